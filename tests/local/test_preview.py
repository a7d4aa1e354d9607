"""The preview command: the whole program for a stack, as a tree, as JSON, and its mistakes in one line."""

import json
from pathlib import Path

import pytest

from local.engine import UNKNOWN, Secret
from local.preview import main, plain


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_program_as_a_tree(stack: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", stack]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"pulumi:pulumi:Stack  symphony-{stack}\n  symphony:infrastructure:Tables  tables\n")
    assert "\n    aws:sfn/stateMachine:StateMachine  telemetry\n" in printed
    assert f"output readingsTable = symphony-{stack}-readings\n" in printed
    assert "output stateMachine = [known after deployment]\n" in printed


def test_inputs_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "dev", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    rule = next(one for one in plan["resources"] if one["type"] == "aws:iot/topicRule:TopicRule")
    assert rule["inputs"]["sql"].startswith("SELECT encode(*, 'base64') AS payload")


def test_an_unknown_stack_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--stack", "staging"]) == 1
    assert capsys.readouterr().err == (
        "Pulumi.yaml:1:1: there is no stack 'staging': no file Pulumi.staging.yaml; there is dev, local, prod\n"
    )


def test_settings_are_refused_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: x\nruntime: python\nconfig:\n  size:\n    type: integer\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  x:size: large\n")
    (tmp_path / "__main__.py").write_text("import pulumi\n")
    assert main(["--stack", "dev", "--program", str(tmp_path / "__main__.py")]) == 1
    first = capsys.readouterr().err.splitlines()[0]
    assert "Pulumi.dev.yaml:2:11: " in first, first


def test_secrets_are_not_shown() -> None:
    assert plain({"a": [Secret("hidden")], "b": UNKNOWN}) == {"a": ["[secret]"], "b": "[known after deployment]"}
