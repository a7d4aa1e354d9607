"""A function's code on disk: zip archives, unpacked once per content (embedded default)."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from local.aws.rest import ApiError

MAX_UNZIPPED = 262_144_000


def digest(archive: bytes) -> str:
    """CodeSha256 as Lambda shows it."""
    return base64.b64encode(hashlib.sha256(archive).digest()).decode()


def unpack(archive: bytes, folder: Path) -> Path:
    """Unpack an archive under `folder`, in a place named by its content, and return that place.

    Raises ApiError for what Lambda refuses, and for archives that write outside their folder.
    """
    target = folder / hashlib.sha256(archive).hexdigest()[:32]
    if target.is_dir():
        return target
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder))
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            _check(zipped)
            zipped.extractall(temporary)  # every name and the whole size are checked above
        try:
            os.replace(temporary, target)
        except OSError:
            # Functions of one program share their code and are created at once: another has put it there meanwhile.
            if not target.is_dir():
                raise
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        text = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise ApiError("InvalidParameterValueException", text) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _check(zipped: zipfile.ZipFile) -> None:
    size = 0
    for entry in zipped.infolist():
        size += entry.file_size
        path = PurePosixPath(entry.filename)
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or link:
            raise ApiError(
                "InvalidParameterValueException", f"The archive holds a path that is refused: {entry.filename!r}"
            )
    if size > MAX_UNZIPPED:
        text = f"Unzipped size must be smaller than {MAX_UNZIPPED} bytes"
        raise ApiError("InvalidParameterValueException", text)
