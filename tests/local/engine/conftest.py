"""Small Pulumi programs, written to a folder of their own, and the real local AWS."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.aws.stack import LocalAws

Write = Callable[..., Path]

HEADER = "import json\nimport pulumi\nimport pulumi_aws as aws\n"


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """`write(program, project=..., dev=..., **files)` gives the program's folder, which is the working directory.

    The program's first own line is line 4: imports of json, pulumi and pulumi_aws stand before it.
    """
    monkeypatch.chdir(tmp_path)

    def written(program: str, *, project: str = "", dev: str | None = "config: {}", **files: str) -> Path:
        (tmp_path / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n" + textwrap.dedent(project))
        if dev is not None:
            (tmp_path / "Pulumi.dev.yaml").write_text(textwrap.dedent(dev))
        (tmp_path / "__main__.py").write_text(HEADER + textwrap.dedent(program).lstrip("\n"))
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(text).lstrip("\n"))
        return tmp_path

    return written


@pytest.fixture(scope="session")
def local_aws() -> Iterator[LocalAws]:
    with LocalAws() as running:
        yield running
