"""Warnings: told when a workflow is created, accepted in code with a reason."""

from __future__ import annotations

import re
import runpy
import warnings
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from payloads.sensitive import Sensitive
from tests.workflow.models import Batch, Reading, validate
from workflow import TRANSIENT, Map, Pass, Task, Workflow, WorkflowWarning

LONG = "x" * 10_000
TOLD = "warning: `Each` asks for 100 items at once; an inline Map runs 40; use a Distributed Map, or a smaller number"


def many() -> Map[Batch, list[Reading]]:
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


class Card(BaseModel):
    number: Sensitive[str]
    holder: str
    pin: Sensitive[str] | None = None


class Payment(BaseModel):
    id: str
    cards: list[Card]


def pay(payment: Payment) -> Card:
    raise NotImplementedError


def test_sensitive_fields_are_told_with_where_they_land() -> None:
    task = Task("Pay", pay).timeout(5)
    with pytest.warns(WorkflowWarning) as told:
        Workflow.standard("w", task)
    lines = [str(t.message).splitlines()[0].split(": ", 1)[1] for t in told]
    assert lines == [
        f"warning: `Card.{field}` is sensitive and passes through `Pay`: it can be read in the execution history and"
        ' logs that include data; pass a reference instead, or accept={"sensitive": "why"} of the workflow'
        for field in ("number", "pin")
    ]
    with pytest.warns(WorkflowWarning, match="`Pay`: it can be read in logs that include data"):
        Workflow.express("w", task, timeout=60)
    assert Workflow.standard("w", task, accept={"sensitive": "it is a token"}).warnings == ()


def test_types_see_through_the_mark() -> None:
    card = Card(number="1", holder="me")
    assert card.number.upper() == "1"
    states = Workflow.standard(
        "w", Pass("Number", Card, lambda c: c.number + "!"), accept={"sensitive": "a test"}
    ).definition()["States"]
    assert states["Number"]["Output"] == "{% $states.input.number & '!' %}"


ORPHANS = """from tests.workflow.models import *
from workflow import *

started = Task("Start", start)
polled = Task("Poll", poll)
again = polled.retry("States.TaskFailed")
forgotten = Task("Forgotten", start).timeout(5)
copied = Task("Copied", start)


def later():
    return Task("Later", start)


kept = later()
one = Workflow.standard("one", started >> copied.prefixed("A "))
two = Workflow.standard("two", again)
"""


def test_a_state_that_stands_in_no_workflow_is_told_once(tmp_path: Path) -> None:
    file = tmp_path / "orphans.py"
    file.write_text(ORPHANS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module = runpy.run_path(str(file))
    with pytest.warns(WorkflowWarning) as told:
        module["one"].definition()
    assert [str(t.message).splitlines() for t in told] == [
        [
            f"{file}:7:13: warning: `Forgotten` stands in no workflow; chain it with >>, or leave it out",
            '    forgotten = Task("Forgotten", start).timeout(5)',
            "                ^^^^^^^^^^^^^^^^^^^^^^^^",
            "  docs/errors/orphan.md",
        ]
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module["two"].definition()
