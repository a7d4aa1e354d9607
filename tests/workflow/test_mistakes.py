"""Mistakes and what the import says about them: each file of `mistakes/` is code, a line of dashes, the exact message.

`UPDATE_GOLDEN=1` writes the messages anew; read the diff.
"""

from __future__ import annotations

import ast
import linecache
import os
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflow
from workflow import WorkflowError

HERE = Path(__file__).parent
CASES = sorted((HERE / "mistakes").glob("*.txt"))
DASHES = "--------\n"
PRELUDE = """from pydantic import BaseModel
from tests.workflow.models import *
from workflow import *
"""
OTHERS = {"expressions", "cli", "diagram", "lint", "testing"}  # told by tests of their own
PACKAGE = Path(workflow.__file__).parent
PAGES = HERE.parent.parent / "docs" / "errors"


def message(code: str, folder: Path) -> str:
    """What importing the code raises."""
    file = folder / "mistake.py"
    file.write_text(PRELUDE + code)
    linecache.clearcache()
    with pytest.raises(WorkflowError) as raised:
        runpy.run_path(str(file), run_name="mistake")
    return f"{raised.value}\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_mistake_is_told_with_its_place_and_what_to_write(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, expected = case.read_text().split(DASHES)
    said = message(code, tmp_path)
    if os.environ.get("UPDATE_GOLDEN"):
        case.write_text(code + DASHES + said)
        expected = said
    assert said == expected


def pages_named() -> Iterator[str]:
    """The pages of all problems that the language makes, expressions apart."""
    for path in PACKAGE.rglob("*.py"):
        if OTHERS & set(path.parts) or path.name == "diagnostics.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("Problem", "Refused")
            ):
                position = 3 if node.func.id == "Problem" else 2
                page = node.args[position] if len(node.args) > position else None
                if isinstance(page, ast.Constant) and isinstance(page.value, str):
                    yield page.value
                elif not (isinstance(page, ast.Name) and page.id == "UNKNOWN_INPUT"):
                    raise AssertionError(f"{path.name}:{node.lineno}: a problem names its page by a literal text")


def test_every_page_exists_and_starts_with_a_title() -> None:
    pages = {*pages_named(), "unknown-input"}
    assert len(pages) > 30
    missing = sorted(page for page in pages if not (PAGES / f"{page}.md").is_file())
    assert missing == []
    for page in pages:
        text = (PAGES / f"{page}.md").read_text()
        assert text.startswith("# "), page
        assert "```" in text, f"{page} shows no code"


def test_every_page_is_told_in_a_test() -> None:
    """Most by a file of `mistakes/`; the others by tests that name the page."""
    told = "".join(case.read_text().split(DASHES)[1] for case in CASES)
    told += "".join(path.read_text() for path in HERE.parent.rglob("test_*.py"))
    pages = {*pages_named(), "unknown-input"}
    untold = sorted(page for page in pages if f"{page}.md" not in told and f'"{page}"' not in told)
    assert untold == []
