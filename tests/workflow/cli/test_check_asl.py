"""`check` of plain ASL files: exit codes, JSON, SARIF, and the hooks for pre-commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.workflow.cli.conftest import Run

ROOT = Path(__file__).parents[3]
FINE = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
WARNED = {
    "StartAt": "A",
    "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "B"}]},
               "B": {"Type": "Succeed"}},
}  # fmt: skip
WRONG = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}}


@pytest.fixture
def files(run: Run, tmp_path: Path) -> Path:
    for name, asl in (("fine", FINE), ("warned", WARNED), ("wrong", WRONG)):
        (tmp_path / f"{name}.asl.json").write_text(json.dumps(asl, indent=2))
    return tmp_path


def test_exit_codes(run: Run, files: Path) -> None:
    assert run("check", "fine.asl.json").code == 0
    assert run("check", "warned.asl.json").code == 0
    assert run("check", "warned.asl.json", "--strict").code == 1
    assert run("check", "fine.asl.json", "wrong.asl.json").code == 1


def test_text(run: Run, files: Path) -> None:
    said = run("check", "fine.asl.json", "wrong.asl.json")
    assert said.out == (
        "wrong.asl.json:6:15: `A` leads to `B`, which is no state of the same collection; it has A\n"
        '    "Next": "B"\n'
        "            ^^^\n"
        "  docs/errors/asl-target.md\n"
        "\nfine.asl.json: fine\n"
    )


def test_express(run: Run, files: Path) -> None:
    (files / "slow.asl.json").write_text(json.dumps({"TimeoutSeconds": 600, **FINE}))
    assert run("check", "slow.asl.json").code == 0
    said = run("check", "slow.asl.json", "--express")
    assert said.code == 1
    assert said.out.startswith(
        "slow.asl.json:1:20: an Express workflow ends after 300 seconds; give less, or run it as"
    )


def test_json(run: Run, files: Path) -> None:
    said = json.loads(run("check", "fine.asl.json", "warned.asl.json", "--json").out)
    assert said["ok"] is True
    assert [(p["severity"], p["path"], p["line"]) for p in said["problems"]] == [("warning", "warned.asl.json", 4)]
    assert said["sound"] == [{"target": "fine.asl.json"}, {"target": "warned.asl.json"}]


def test_sarif(run: Run, files: Path) -> None:
    said = json.loads(run("check", "warned.asl.json", "wrong.asl.json", "--sarif").out)
    assert (said["version"], len(said["runs"])) == ("2.1.0", 1)
    results = said["runs"][0]["results"]
    rules = said["runs"][0]["tool"]["driver"]["rules"]
    assert [(r["ruleId"], r["level"]) for r in results] == [("asl-choice", "warning"), ("asl-target", "error")]
    assert [rules[r["ruleIndex"]]["id"] for r in results] == ["asl-choice", "asl-target"]
    assert results[1]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "wrong.asl.json"},
                "region": {"startLine": 6, "startColumn": 15, "endColumn": 18},
            }
        }
    ]


def test_a_file_that_is_not_there_or_no_text(run: Run, files: Path) -> None:
    said = run("check", "none.asl.json")
    assert (said.code, said.err) == (2, "Error: none.asl.json: No such file or directory\n")
    (files / "latin.asl.json").write_bytes(b'{"a": "\xe9"}')
    said = run("check", "latin.asl.json")
    assert said.code == 2
    assert said.err.splitlines()[-1].startswith("Error: latin.asl.json is no text in UTF-8:")


def test_other_commands_tell_what_is_wrong_with_a_file(run: Run, files: Path) -> None:
    (files / "cut.asl.json").write_text('{"StartAt": ')
    said = run("graph", "cut.asl.json")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("cut.asl.json:1:13: this is no JSON: a value is missing\n")


def test_the_hooks_call_what_exists(run: Run, files: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {hook["id"] for hook in hooks} == {"check-asl", "check-workflows"}
    for hook in hooks:
        assert hook["entry"].startswith("python -m workflow ")
        command = hook["entry"].split()[3:]
        assert run(*command, "fine.asl.json").code == 0
