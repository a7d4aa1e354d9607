"""Every ```python block of the pages runs, in order and in one module a page.

A block ```python refused raises a WorkflowError whose first line says what the plain block after it shows.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from types import ModuleType

import pytest
from mypy import api

from tests.docs.blocks import Block, blocks
from workflow import WorkflowError, WorkflowWarning

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(page for page in DOCS.glob("*.md") if any(b.info.startswith("python") for b in blocks(page)))


def write(wanted: list[Block], file: Path) -> None:
    """Write blocks as one Python file with the lines of the page."""
    lines: list[str] = []
    for block in wanted:
        lines += [""] * (block.line - 1 - len(lines)) + block.text.splitlines()
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def execute(wanted: list[Block], file: Path, names: dict[str, object]) -> None:
    """Run blocks as one Python file with the lines of the page, so that lambdas have their source."""
    write(wanted, file)
    exec(compile(file.read_bytes(), str(file), "exec", dont_inherit=True), names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType(f"page_{page.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # where dataclasses look for their module
    found = blocks(page)
    warnings.simplefilter("error", WorkflowWarning)  # pytest restores the filters
    execute([block for block in found if block.info == "python"], tmp_path / f"{page.stem}.py", module.__dict__)
    for block, after in zip(found, [*found[1:], None]):
        if block.info == "python refused":
            assert after is not None and after.info == "", f"{page.name}:{block.line} shows no message"
            file = tmp_path / f"{page.stem}_{block.line}.py"
            with pytest.raises(WorkflowError) as raised:
                execute([block], file, dict(module.__dict__))
            place, _, said = str(raised.value).splitlines()[0].partition(": ")
            assert said == after.text.strip(), f"{page.name}:{after.line}"
            assert block.line <= int(place.split(":")[1]) < block.line + block.text.count("\n")
        else:
            assert not block.info.startswith("python") or block.info == "python", f"```{block.info} is not run"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_pass_mypy(page: Path, tmp_path: Path) -> None:
    file = tmp_path / f"{page.stem}.py"
    write([block for block in blocks(page) if block.info == "python"], file)
    config = ["--config-file", str(DOCS.parent / "pyproject.toml"), "--follow-imports=silent", "--strict"]
    out, err, code = api.run([*config, str(file)])
    assert (code, err) == (0, ""), out


def test_the_language_has_a_page() -> None:
    assert DOCS / "language.md" in PAGES
