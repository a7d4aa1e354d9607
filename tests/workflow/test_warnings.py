"""Warnings: told when a workflow is created, accepted in code with a reason."""

from __future__ import annotations

import re
import warnings
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.models import Batch, validate
from workflow import TRANSIENT, Map, Pass, Task, Workflow, WorkflowWarning

LONG = "x" * 10_000
TOLD = "warning: `Each` asks for 100 items at once; an inline Map runs 40; use a Distributed Map, or a smaller number"


def many() -> Map[Batch, list[object]]:
    return Map("Each", Task("Validate", validate), of=Batch, items=lambda b: b.items, max_concurrency=100)


def test_a_warning_is_told_with_its_place() -> None:
    with pytest.warns(WorkflowWarning, match=re.escape(TOLD)) as told:
        workflow = Workflow.standard("w", many())
    assert len(told) == 1
    text = str(told[0].message)
    assert text.startswith("tests/workflow/test_warnings.py:")
    assert text.endswith("  docs/errors/map-concurrency.md")
    assert [w.page for w in workflow.warnings] == ["map-concurrency"]
    assert (Path(__file__).parents[2] / "docs" / "errors" / "map-concurrency.md").is_file()


def test_an_accepted_warning_is_not_told() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        workflow = Workflow.standard("w", many().accept("map-concurrency", because="the quota was raised"))
    assert workflow.warnings == ()


def test_service_errors_that_are_never_retried() -> None:
    task = Task("Validate", validate).retry(TRANSIENT, attempts=0)
    with pytest.warns(WorkflowWarning) as told:
        Workflow.standard("w", task)
    line = str(told[0].message).splitlines()[0]
    assert line.endswith(
        "warning: `Validate` never retries Lambda.ClientExecutionTimeoutException: a moment's trouble at AWS fails it;"
        " retry it, or accept it with a reason"
    )
    assert "docs/errors/not-retried.md" in str(told[0].message)
    accepted = task.accept("not-retried", because="a charge must not happen twice")
    assert Workflow.standard("w", accepted).warnings == ()


def test_a_definition_that_aws_would_refuse() -> None:
    states: list[Any] = [Pass(f"P{n}", str, lambda s: s + LONG) for n in range(120)]
    chain = reduce(lambda a, b: a >> b, states)
    with pytest.warns(WorkflowWarning) as told:
        Workflow.standard("w", chain)
    line = str(told[0].message).splitlines()[0]
    assert line.endswith(
        "warning: the definition of `w` has 1,208,592 bytes; AWS takes 1,048,576; split it into nested executions"
    )
    assert "docs/errors/definition-size.md" in str(told[0].message)
