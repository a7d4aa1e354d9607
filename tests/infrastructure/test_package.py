"""Lambda packages: the same bytes from the same sources, everywhere; what is in them; and life without a network."""

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pulumi
import pytest

from infrastructure import package

KNOWN = {"b/two.py": b"print(2)\n", "a.py": b"print(1)\n" * 100}
KNOWN_SHA256 = "34865f9ab9699dcc0445818d152d5e07a1e5f53d00108b5d6e73c592fc5a5d25"


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    package.write_zip(stream, files)
    return stream.getvalue()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with a handler, data, and what must stay out."""
    root = tmp_path / "project"
    for name, text in {
        "handlers/__init__.py": '"""Handlers."""\n',
        "handlers/hello.py": "def hello(x: str) -> str: return x\n",
        "handlers/__pycache__/hello.cpython-311.pyc": "junk",
        "handlers/notes.txt": "not code",
        "payloads/__init__.py": "",
        "payloads/table.json": "{}",
        "workflow/__init__.py": "never deployed",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


# ---- bytes


def test_a_zip_is_the_same_on_every_machine() -> None:
    """The digest is fixed here: another Python, another zlib or another day must not change it."""
    assert hashlib.sha256(zipped(KNOWN)).hexdigest() == KNOWN_SHA256


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_other_pythons_write_the_same_bytes(version: str) -> None:
    find = [package._uv(), "python", "find", "--no-python-downloads", version]
    python = subprocess.run(find, capture_output=True, text=True, check=False).stdout.strip()
    if not python:
        pytest.skip(f"no Python {version} is here")
    source = (package.ROOT / "infrastructure" / "package.py").read_text()
    start = source.index("def write_zip(")
    function = source[start : source.index("\ndef ", start + 1)]
    program = (
        "from __future__ import annotations\nimport hashlib, io, zipfile\n_EPOCH = (1980, 1, 1, 0, 0, 0)\n"
        f"{function}\nstream = io.BytesIO()\nwrite_zip(stream, {KNOWN!r})\n"
        "print(hashlib.sha256(stream.getvalue()).hexdigest())\n"
    )
    done = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == KNOWN_SHA256


def test_order_does_not_matter() -> None:
    assert zipped(dict(reversed(KNOWN.items()))) == zipped(KNOWN)


def test_entries_are_sorted_old_and_readable_by_lambda() -> None:
    with zipfile.ZipFile(io.BytesIO(zipped(KNOWN))) as opened:
        entries = opened.infolist()
    assert [entry.filename for entry in entries] == ["a.py", "b/two.py"]
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


# ---- sources


def test_only_what_lambda_runs_is_packaged(project: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package.sources_only(project, tmp_path / "cache")) as opened:
        assert opened.namelist() == [
            "handlers/__init__.py",
            "handlers/hello.py",
            "payloads/__init__.py",
            "payloads/table.json",
        ]
        assert opened.read("handlers/hello.py") == (project / "handlers/hello.py").read_bytes()


def test_touching_changes_nothing_and_editing_does(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = package.sources_only(project, cache)
    (project / "handlers/hello.py").touch()
    (project / "handlers/hello.py").chmod(0o600)
    assert package.sources_only(project, cache) == first
    (project / "handlers/hello.py").write_text("def hello(x: str) -> str: return x + x\n")
    second = package.sources_only(project, cache)
    assert second != first
    assert second.read_bytes() != first.read_bytes()


def test_moving_bytes_between_files_changes_the_name(project: Path, tmp_path: Path) -> None:
    (project / "payloads/a.py").write_text("xy")
    (project / "payloads/b.py").write_text("")
    first = package.sources_only(project, tmp_path / "cache")
    (project / "payloads/a.py").write_text("x")
    (project / "payloads/b.py").write_text("y")
    assert package.sources_only(project, tmp_path / "cache") != first


def test_a_package_is_built_once(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = package.sources_only(project, cache)
    path.write_bytes(b"marked")
    assert package.sources_only(project, cache).read_bytes() == b"marked"
    assert [each.name for each in cache.iterdir()] == [path.name]


def test_old_packages_do_not_pile_up(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = cache
    for number in range(package.KEPT + 3):
        (project / "handlers/hello.py").write_text(f"n = {number}\n")
        path = package.sources_only(project, cache)
        os.utime(path, (number, number))
    assert len(list(cache.glob("*.zip"))) == package.KEPT
    assert path.exists()


def test_the_projects_handlers_import_from_their_package(tmp_path: Path) -> None:
    """What the zip holds is enough for every handler beside the locked dependencies."""
    target = tmp_path / "unpacked"
    with zipfile.ZipFile(package.sources_only(package.ROOT, tmp_path / "cache")) as opened:
        opened.extractall(target)
    program = (
        "import importlib, pathlib\n"
        "for path in sorted(pathlib.Path('handlers').glob('*.py')):\n"
        "    importlib.import_module('handlers.' + path.stem if path.stem != '__init__' else 'handlers')\n"
        "import handlers; print(handlers.__file__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=target, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith(str(target))


# ---- dependencies


def fake_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Puts a shell script in uv's place; returns the file in which it notes how it was called."""
    calls = tmp_path / "calls"
    uv = tmp_path / "uv"
    target = 'prev=; for a in "$@"; do [ "$prev" = --target ] && t=$a; prev=$a; done'
    uv.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n{target}\n{script}')
    uv.chmod(0o755)
    monkeypatch.setattr(package, "_uv", lambda: str(uv))
    return calls


WHEELS = (
    "mkdir -p $t/lib/__pycache__ $t/lib-1.dist-info $t/bin\n"
    "echo code > $t/lib/__init__.py; echo junk > $t/lib/__pycache__/x.pyc; echo elf > $t/lib/core.so\n"
    "echo m > $t/lib-1.dist-info/METADATA; echo r > $t/lib-1.dist-info/RECORD; echo u > $t/lib-1.dist-info/INSTALLER\n"
    "echo '#!/somewhere' > $t/bin/tool\n"
)


def test_dependencies_are_packaged_without_what_names_the_machine(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_uv(tmp_path, monkeypatch, WHEELS)
    with zipfile.ZipFile(package.bundled(project, tmp_path / "cache")) as opened:
        names = [name for name in opened.namelist() if not name.startswith(("handlers/", "payloads/"))]
    assert names == ["lib-1.dist-info/METADATA", "lib/__init__.py", "lib/core.so"]


def test_they_are_locked_hashed_and_for_lambdas_platform(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = fake_uv(tmp_path, monkeypatch, WHEELS)
    package.bundled(project, tmp_path / "cache")
    (call,) = calls.read_text().splitlines()
    for option in (
        "--require-hashes",
        "--only-binary :all:",
        "--python-platform aarch64-manylinux2014",
        "--python-version 3.13",
        "--offline",
    ):
        assert option in call


def test_they_are_fetched_once_for_a_lock(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = fake_uv(tmp_path, monkeypatch, WHEELS)
    cache, lock = tmp_path / "cache", tmp_path / "lock.txt"
    lock.write_text("a==1\n")
    first = package.dependencies(cache, lock)
    assert package.dependencies(cache, lock) == first
    lock.write_text("a==2\n")
    assert package.dependencies(cache, lock) != first
    assert len(calls.read_text().splitlines()) == 2


def test_the_index_is_asked_only_if_the_cache_has_not_all(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = fake_uv(tmp_path, monkeypatch, f'case "$*" in *--offline*) exit 1;; esac\n{WHEELS}')
    package.bundled(project, tmp_path / "cache")
    assert ["--offline" in call for call in calls.read_text().splitlines()] == [True, False]


def test_without_a_network_it_says_what_is_missing(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_uv(tmp_path, monkeypatch, "echo 'error: no route to host' >&2; mkdir -p $t/half; exit 2\n")
    cache = tmp_path / "cache"
    with pytest.raises(package.PackageError, match=r"could not be fetched \(is the package index reachable.*no route"):
        package.bundled(project, cache)
    assert list(cache.iterdir()) == [], "a half-filled folder stayed behind"


def test_uv_is_asked_for_by_name_if_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(package, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(package.PackageError, match="run make install"):
        package._uv()


def test_the_lock_names_no_index_and_nothing_that_lambda_brings() -> None:
    lines = package.LOCK.read_text().splitlines()
    locked = {line.split("==")[0] for line in lines if line and not line.startswith((" ", "#"))}
    assert {"aws-lambda-powertools", "pydantic", "pydantic-core", "aws-xray-sdk"} <= locked
    assert not locked & {"boto3", "botocore", "s3transfer", "urllib3", "six", "python-dateutil"}
    assert not [line for line in lines if "://" in line or line.startswith("--index")]


def test_the_lock_agrees_with_the_environment_that_tests_run_in() -> None:
    def pins(path: Path) -> dict[str, str]:
        lines = [line.split(" ")[0] for line in path.read_text().splitlines() if "==" in line and line[0] not in " #"]
        return {name: version for name, _, version in (line.partition("==") for line in lines)}

    tested = pins(package.LOCK.with_name("dev.txt"))
    assert {name: tested.get(name) for name in pins(package.LOCK)} == pins(package.LOCK)


# ---- what the program gets


def test_up_fails_without_dependencies_and_preview_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unreachable(**_: object) -> Path:
        raise package.PackageError("the index is away")

    warned: list[str] = []
    monkeypatch.setattr(package, "bundled", unreachable)
    monkeypatch.setattr(pulumi.log, "warn", warned.append)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    assert package.archive(bundle_dependencies=True).path == package.archive(bundle_dependencies=False).path
    assert warned == ["the index is away; this preview goes on without them, so every function shows as changed"]
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)
    with pytest.raises(package.PackageError):
        package.archive(bundle_dependencies=True)


def test_only_an_up_is_patient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[bool] = []

    def bundled(*, patient: bool) -> Path:
        asked.append(patient)
        return tmp_path

    monkeypatch.setattr(package, "bundled", bundled)
    for preview in (True, False):
        monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda preview=preview: preview)
        package.archive(bundle_dependencies=True)
    assert asked == [False, True]


def test_the_path_in_the_state_starts_at_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert package.archive(bundle_dependencies=False).path.startswith("build/lambda/")


@pytest.mark.prove
def test_the_real_package_is_for_lambdas_processor_and_the_same_twice(tmp_path: Path) -> None:
    """Fetches the locked dependencies (from uv's cache, or the index) twice."""
    try:
        first, second = (package.bundled(cache=tmp_path / name) for name in ("one", "two"))
    except package.PackageError as error:
        pytest.skip(f"NOT PROVED: {error}")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as opened:
        names = opened.namelist()
        extensions = [name for name in names if name.endswith(".so")]
        machines = {int.from_bytes(opened.read(name)[18:20], "little") for name in extensions}
        size = sum(entry.file_size for entry in opened.infolist())
    assert machines == {183}, "EM_AARCH64"
    assert all("cpython-313" in name or "abi3" in name for name in extensions)
    assert not [name for name in names if name.startswith(("boto", "bin/", "urllib3")) or name.endswith(".pyc")]
    assert size < 40_000_000, "the zip is uploaded as it is, and Lambda takes 50 MB"
