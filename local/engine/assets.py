"""Assets and archives as bytes: what a Lambda function is given as its code.

Stage: used by planning (do they exist?) and deploying. Zips made here are the same, byte for byte, for the same files:
sorted names, one date, one mode. A zip that the program names is taken as it is.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from local.engine.properties import Archive, Asset, Secret

_EPOCH = (1980, 1, 1, 0, 0, 0)


class AssetError(Exception):
    """An asset or archive that cannot be read. `instead` says what to write."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(f"{what}; {instead}")
        self.what, self.instead = what, instead


def zipped(value: Archive | Asset, root: Path) -> bytes:
    """The bytes of a zip with the archive's files. Relative paths are in the program's folder `root`.

    Raises AssetError for files that are missing and for URLs.
    """
    path = _path(value, root)
    if path is not None and path.is_file() and zipfile.is_zipfile(path):
        return path.read_bytes()
    if isinstance(value, Asset):
        raise AssetError("a single file is no archive", 'write pulumi.AssetArchive({"name": the asset})')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted(_files(value, root)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, content)
    return buffer.getvalue()


def content(value: Asset, root: Path) -> bytes:
    """The bytes of one file. Raises AssetError."""
    if value.text is not None:
        return value.text.encode()
    path = _path(value, root)
    if path is None or not path.is_file():
        raise AssetError(f"there is no file {path}", "write the path of a file, from the program's folder")
    return path.read_bytes()


def missing(value: Any, root: Path) -> Iterator[AssetError]:
    """What is wrong with the assets in a resource's inputs, without reading them."""
    if isinstance(value, Secret):
        yield from missing(value.value, root)
    elif isinstance(value, Asset | Archive):
        try:
            path = _path(value, root)
        except AssetError as error:
            yield error
            return
        if path is not None and not path.exists():
            yield AssetError(
                f"there is no file {path}", "build it first, or correct its path from the program's folder"
            )
        if isinstance(value, Archive):
            yield from missing(value.assets or {}, root)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from missing(item, root)
    elif isinstance(value, list):
        for item in value:
            yield from missing(item, root)


def _path(value: Archive | Asset, root: Path) -> Path | None:
    if value.path is not None:
        return root / value.path
    if value.uri is not None:
        parts = urlsplit(value.uri)
        if parts.scheme == "file":
            return Path(unquote(parts.path))
        raise AssetError(f"{value.uri} is elsewhere, and a local run loads nothing", "name a file of this machine")
    return None


def _files(archive: Archive, root: Path) -> Iterator[tuple[str, bytes]]:
    """Names in the archive, with `/`, and contents."""
    if archive.assets is not None:
        for name, value in archive.assets.items():
            if isinstance(value, Asset):
                yield name, content(value, root)
            else:
                for inner, data in _files(value, root):
                    yield f"{name}/{inner}", data
        return
    path = _path(archive, root)
    if path is not None and path.is_dir():
        for file in path.rglob("*"):
            if file.is_file():
                yield file.relative_to(path).as_posix(), file.read_bytes()
    elif path is not None and path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as source:
            for name in source.namelist():
                if not name.endswith("/"):
                    yield name, source.read(name)
    elif path is not None and path.is_file() and tarfile.is_tarfile(path):
        with tarfile.open(path) as tar:
            for member in tar.getmembers():
                if member.isfile() and (opened := tar.extractfile(member)) is not None:
                    yield member.name.removeprefix("./"), opened.read()
    else:
        raise AssetError(f"{path} is neither a folder nor an archive", "name a folder, a zip or a tar file")
