"""Archives as bytes, and what is wrong with them."""

import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from local.engine.assets import AssetError, content, missing, zipped
from local.engine.properties import Archive, Asset, Secret


def names(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "code" / "sub").mkdir(parents=True)
    (tmp_path / "code" / "a.py").write_text("a = 1")
    (tmp_path / "code" / "sub" / "b.py").write_text("b = 1")
    return tmp_path


def test_a_folder_is_the_same_zip_each_time(tree: Path) -> None:
    first = zipped(Archive(path=Path("code")), tree)
    os.utime(tree / "code" / "a.py", (0, 0))
    assert zipped(Archive(path=Path("code")), tree) == first
    assert names(first) == {"a.py": b"a = 1", "sub/b.py": b"b = 1"}


def test_a_zip_is_taken_as_it_is(tree: Path) -> None:
    with zipfile.ZipFile(tree / "code.zip", "w") as archive:
        archive.writestr("x.py", "x")
    data = (tree / "code.zip").read_bytes()
    assert zipped(Archive(path=Path("code.zip")), tree) == data
    assert zipped(Asset(path=Path("code.zip")), tree) == data
    assert zipped(Archive(uri=(tree / "code.zip").as_uri()), tree) == data


def test_a_mapping_of_assets_and_archives(tree: Path) -> None:
    with tarfile.open(tree / "code.tar.gz", "w:gz") as tar:
        tar.add(tree / "code" / "a.py", "./t.py")
    archive = Archive(
        assets={
            "main.py": Asset(text="print()"),
            "file.py": Asset(path=Path("code/a.py")),
            "folder": Archive(path=Path("code")),
            "tarred": Archive(path=Path("code.tar.gz")),
        }
    )
    assert names(zipped(archive, tree)) == {
        "main.py": b"print()",
        "file.py": b"a = 1",
        "folder/a.py": b"a = 1",
        "folder/sub/b.py": b"b = 1",
        "tarred/t.py": b"a = 1",
    }


def test_what_cannot_be_read(tree: Path) -> None:
    with pytest.raises(AssetError, match="a single file is no archive"):
        zipped(Asset(path=Path("code/a.py")), tree)
    with pytest.raises(AssetError, match="neither a folder nor an archive"):
        zipped(Archive(path=Path("code/a.py")), tree)
    with pytest.raises(AssetError, match="is elsewhere, and a local run loads nothing"):
        zipped(Archive(uri="https://example.com/code.zip"), tree)
    with pytest.raises(AssetError, match="there is no file"):
        content(Asset(path=Path("gone.py")), tree)


def test_what_is_missing_is_found_without_reading(tree: Path) -> None:
    inputs = {
        "code": Secret(Archive(path=Path("gone.zip"))),
        "more": [{"deep": Archive(assets={"a": Asset(path=Path("gone.py")), "b": Asset(text="b")})}],
        "far": Asset(uri="s3://bucket/key"),
        "fine": Archive(path=Path("code")),
    }
    found = [error.what.replace(str(tree), "") for error in missing(inputs, tree)]
    assert found == [
        "there is no file /gone.zip",
        "there is no file /gone.py",
        "s3://bucket/key is elsewhere, and a local run loads nothing",
    ]
