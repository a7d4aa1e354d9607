"""Definitions and what the linter says: each file of `cases/` is ASL, a line of dashes, the exact messages.

`express-` in a name: linted as an Express workflow. `UPDATE_GOLDEN=1` writes the messages anew; read the diff.
"""

from __future__ import annotations

import ast
import json
import linecache
import os
import re
from pathlib import Path

import pytest

import workflow.lint
from workflow.lint import lint_file, lint_text

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CASES = sorted((HERE / "cases").glob("*.txt"))
DASHES = "--------\n"
PAGES = ROOT / "docs" / "errors"
SOURCES = sorted(Path(workflow.lint.__file__).parent.glob("*.py"))


def messages(text: str, folder: Path, *, express: bool) -> str:
    """What is printed for a file with this text."""
    file = folder / "m.asl.json"
    file.write_text(text, encoding="utf-8")
    linecache.clearcache()
    return "".join(f"{problem.render()}\n" for problem in lint_file(file, express=express)) or "fine\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_definition_is_told_what_is_wrong_with_it(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, expected = case.read_text(encoding="utf-8").split(DASHES)
    said = messages(text, tmp_path, express=case.stem.startswith("express-"))
    if os.environ.get("UPDATE_GOLDEN"):
        case.write_text(text + DASHES + said, encoding="utf-8")
        expected = said
    assert said == expected


def pages_named() -> set[str]:
    """The pages that the linter's problems name."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"asl-[a-z]+", node.value)
            ):
                found.add(node.value)
    return found


def test_every_page_exists_shows_asl_and_has_a_case() -> None:
    told = "".join(case.read_text(encoding="utf-8").split(DASHES)[1] for case in CASES)
    assert len(pages_named()) >= 13
    for page in sorted(pages_named()):
        text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
        assert text.startswith("# "), page
        assert "```json" in text, f"{page} shows no ASL"
        assert f"docs/errors/{page}.md" in told, f"no case leads to {page}"


def test_what_ran_on_aws_has_no_errors() -> None:
    records = ROOT.parent / "shared" / "conformance" / "recorded.jsonl"
    if not records.is_file():
        pytest.skip(f"no recorded executions at {records}: what AWS accepted is not compared")
    count = 0
    for line in records.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text = json.dumps(record["definition"], indent=2)
        found = lint_text(text, record["id"], express=record["type"] == "EXPRESS")
        assert [p.render() for p in found if p.severity == "error"] == []
        count += 1
    assert count > 50


@pytest.mark.parametrize("golden", sorted(ROOT.glob("tests/**/golden/*.asl.json")), ids=lambda path: path.stem)
def test_what_the_language_writes_has_no_errors(golden: Path) -> None:
    assert [p.render() for p in lint_file(golden) if p.severity == "error"] == []


@pytest.mark.parametrize("text", ["{", "[]", '{"States": 5}', '{"States": {"a": null}}', '{"StartAt": 1, "States": []}',
                                  '{"States": {"a": {"Type": "Choice", "Choices": {"b": 1}, "Catch": "x"}}}',
                                  '{"StartAt": "a", "States": {"a": {"Type": "Map", "Iterator": 3, "Branches": [1]}}}',
                                  '{"QueryLanguage": 3, "StartAt": "a", "States": {"a": {"Type": "Pass"}}}',
                                  '{"StartAt": "a", "States": {"a": {"Type": "Pass", "Assign": [], "Next": {}}}}',
                                  "[" * 1000])  # fmt: skip
def test_what_has_no_right_shape_is_told_and_breaks_nothing(text: str) -> None:
    assert lint_text(text, "m.json")
