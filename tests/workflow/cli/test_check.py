"""`check` of Python modules: text, JSON, and every problem where it is."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workflow.cli.conftest import Run


def test_a_problem_is_printed_as_diagnostics_render_it(run: Run) -> None:
    said = run("check", "mistake:shop")
    assert (said.code, said.err) == (1, "")
    head, _, page = said.out.rstrip().rpartition("\n")
    assert head.splitlines()[0].endswith("Order has no field `totel`; did you mean `total`?")
    assert head.startswith("mistake.py:12:")
    assert page.startswith("  docs/errors/")


def test_sound_and_unsound_targets_in_one_call(run: Run) -> None:
    said = run("check", "mistake", "app:small")
    assert said.code == 1
    assert said.out.endswith("\n\napp:small: fine (Standard workflow `small`, 2 states, at most 0 s)\n")


def test_json(run: Run) -> None:
    said = json.loads(run("check", "mistake", "app:shop", "--json").out)
    assert said["ok"] is False
    (problem,) = said["problems"]
    assert (problem["path"], problem["line"], problem["severity"]) == ("mistake.py", 12, "error")
    assert problem["what"] == "Order has no field `totel`"
    assert problem["instead"] == "did you mean `total`?"
    assert Path(problem["page"]).parent.as_posix() == "docs/errors"
    assert said["sound"] == [
        {
            "target": "app:shop",
            "name": "shop",
            "type": "EXPRESS",
            "states": 6,
            "functions": ["price"],
            "symbols": ["aws.partition", "function.price", "table.orders"],
            "longestSeconds": 74.0,
        }
    ]


def test_sarif(run: Run) -> None:
    said = json.loads(run("check", "mistake", "--sarif").out)
    (result,) = said["runs"][0]["results"]
    assert result["level"] == "error"
    assert result["message"] == {"text": "Order has no field `totel`; did you mean `total`?"}
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "mistake.py"}
    assert location["region"]["startLine"] == 12
    assert said["runs"][0]["tool"]["driver"]["rules"][0]["id"] == result["ruleId"]


def test_help_shows_examples_and_exit_codes(run: Run) -> None:
    for args in (["--help"], ["check", "-h"], ["compile", "-h"], ["graph", "-h"], ["permissions", "-h"]):
        said = run(*args)
        assert said.code == 0
        assert "Examples:" in said.out and "Exit codes:" in said.out
        assert "  3  internal error" in said.out


def test_a_state_that_stands_in_no_workflow_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "lost.py").write_text((tmp_path / "wide.py").read_text() + 'lost = Pass("Lost", Order, lambda o: o)\n')
    told = "lost.py:14:8: warning: `Lost` stands in no workflow; chain it with >>, or leave it out"
    said = run("check", "lost")
    assert (said.code, said.err) == (0, "")
    assert [line for line in said.out.splitlines() if line.startswith("lost.py")][1] == told
    for command in ("compile", "graph", "permissions"):
        said = run(command, "lost")
        assert said.code == 0
        assert said.err.count(told) == 1
        assert "WorkflowWarning" not in said.err


WARNED = (
    "wide.py:12:8: warning: `Each` asks for 100 items at once; an inline Map runs 40; use a Distributed Map, "
    "or a smaller number"
)


def test_warnings_are_printed_once_and_count_only_if_wanted(run: Run) -> None:
    said = run("check", "wide")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == WARNED
    assert said.out.endswith("wide:wide: fine (Standard workflow `wide`, 2 states, at most 0 s)\n")
    assert run("check", "wide", "--strict").code == 1
    said = run("compile", "wide")
    assert (said.code, said.err.splitlines()[0]) == (0, WARNED)
    assert json.loads(said.out)["StartAt"] == "Each"
