"""Lambda packages: zips whose bytes depend on their content alone.

Stage: while the program runs, before functions are declared. A package is handlers/ and payloads/, and (unless the
runtime brings them, as on a laptop) the dependencies locked in requirements/lambda.txt, fetched by uv as wheels for
Lambda's Linux: no Docker, nothing built. Files are sorted, dated 1980, of fixed modes and stored uncompressed, for
deflate differs between zlib versions: the same sources give the same sha256 on every machine, and Pulumi updates a
function exactly when its code changed. A package is kept under build/ by what it is made of, so that a preview works
without network; a preview that has never seen the dependencies goes on without them and says so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pulumi

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("handlers", "payloads")
LOCK = ROOT / "requirements" / "lambda.txt"
CACHE = ROOT / "build" / "lambda"

PYTHON = "3.13"
PLATFORM = "aarch64-manylinux2014"
KEPT = 8
"""Packages that stay under build/: each edit of a handler makes one."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMAT = "1"  # raise it when the layout of the zip changes: packages under build/ are found by it

# Of a wheel's metadata, these name the installer or the machine; scripts hold the path of the interpreter.
_DROPPED_NAMES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".lock"})
_SCRIPTS = "bin"
_IMPATIENT = {"UV_HTTP_TIMEOUT": "5", "UV_HTTP_RETRIES": "0"}


class PackageError(pulumi.RunError):
    """The dependencies could not be fetched; the text says why and what to do."""


def archive(*, bundle_dependencies: bool) -> pulumi.FileArchive:
    """The functions' code. With dependencies it may fetch them (once for a lock); raises PackageError if it cannot.

    In a preview that cannot fetch them the sources stand in, with a warning: functions then show as changed.
    """
    if not bundle_dependencies:
        return _file(sources_only())
    preview = pulumi.runtime.is_dry_run()
    try:
        return _file(bundled(patient=not preview))
    except PackageError as error:
        if not preview:
            raise
        pulumi.log.warn(f"{error}; this preview goes on without them, so every function shows as changed")
        return _file(sources_only())


def _file(path: Path) -> pulumi.FileArchive:
    # From the program's folder, where Pulumi runs: the path goes into the stack's state, which other machines read.
    return pulumi.FileArchive(os.path.relpath(path, ROOT))


def sources_only(root: Path = ROOT, cache: Path = CACHE) -> Path:
    """A zip of handlers/ and payloads/ alone; returns its path under build/."""
    return _packed(_sources(root), cache)


def bundled(root: Path = ROOT, cache: Path = CACHE, *, patient: bool = True) -> Path:
    """A zip of the sources and the locked dependencies; returns its path under build/. Raises PackageError."""
    return _packed({**_tree(dependencies(cache, patient=patient)), **_sources(root)}, cache)


def dependencies(cache: Path = CACHE, lock: Path = LOCK, *, patient: bool = True) -> Path:
    """The folder of the locked dependencies, fetched if this lock was never fetched. Raises PackageError.

    First from uv's own cache, which needs no network; then from the index, with retries if `patient`.
    """
    folder = cache / f"dependencies-{_digest([_FORMAT, PYTHON, PLATFORM, lock.read_text(encoding='utf-8')])}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    # Filled beside its place and then renamed: a run that is stopped leaves no half-filled folder behind.
    fresh = Path(tempfile.mkdtemp(prefix="fetching-", dir=cache))
    try:
        if _fetch(fresh, lock, "--offline") is not None:
            trouble = _fetch(
                fresh, lock, environment={} if patient else {"UV_HTTP_TIMEOUT": "5", "UV_HTTP_RETRIES": "0"}
            )
            if trouble is not None:
                raise PackageError(
                    "the Lambda functions' dependencies could not be fetched (is the package index reachable? "
                    f"UV_DEFAULT_INDEX, SSL_CERT_FILE): {trouble}"
                )
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another run was faster, with the same content
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _fetch(target: Path, lock: Path, *options: str, environment: Mapping[str, str] | None = None) -> str | None:
    """Installs the lock into `target`; returns uv's last words if it failed."""
    command = [
        _uv(),
        *("pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--python-platform", PLATFORM, "--python-version", PYTHON, "--link-mode", "copy"),
        *("--target", str(target), "--requirement", str(lock), *options),
    ]
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return " ".join(lines[-2:]) or f"uv ended with {done.returncode}"


def _uv() -> str:
    """uv of this environment, of the bootstrap, or on PATH. Raises PackageError."""
    for candidate in (Path(sys.prefix) / "bin" / "uv", ROOT / ".tools" / "bin" / "uv"):
        if candidate.is_file():
            return str(candidate)
    found = shutil.which("uv")
    if found is None:
        raise PackageError("packaging the Lambda functions needs uv and there is none; run make install")
    return found


def _sources(root: Path) -> dict[str, bytes]:
    return {
        f"{folder}/{name}": content
        for folder in SOURCES
        for name, content in _tree(root / folder).items()
        if name.endswith((".py", ".json"))
    }


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        dropped = path.name in _DROPPED_NAMES or path.suffix == ".pyc" or parts[0] == _SCRIPTS
        if path.is_file() and not dropped:
            yield path


def _packed(files: Mapping[str, bytes], cache: Path) -> Path:
    """Writes the zip named by its content's digest, unless it is there."""
    content = _digest([_FORMAT, *(part for name in sorted(files) for part in (name, files[name]))])
    path = cache / f"{content}.zip"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(suffix=".zip", dir=cache)
        with os.fdopen(handle, "wb") as stream:
            write_zip(stream, files)
        os.replace(fresh, path)
        for old in sorted(cache.glob("*.zip"), key=_age)[KEPT:]:
            old.unlink(missing_ok=True)
    return path


def _age(path: Path) -> float:
    """For sorting, the newest first; one that another run removes meanwhile counts as oldest."""
    try:
        return -path.stat().st_mtime
    except FileNotFoundError:
        return 0


def write_zip(stream: object, files: Mapping[str, bytes]) -> None:
    """Writes `files` as a zip into a binary stream: sorted, dated 1980, rw-r--r--, stored."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:  # type: ignore[call-overload]
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, wherever it is written: else Windows would mark it otherwise
            entry.external_attr = 0o100644 << 16
            package.writestr(entry, files[name])


def _digest(parts: list[str | bytes]) -> str:
    """Each part with its length, so that no two lists of parts read the same."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:32]
