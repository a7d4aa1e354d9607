"""An offloaded value in expressions: passed on whole, never looked into, and the refusal says why."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from payloads.offloaded import Offloaded
from workflow import Pass, PutItem, Table, Task, Workflow, WorkflowError
from workflow.diagnostics import Refusal
from workflow.expressions import compile_function

WHY = "an Offloaded[list[int]] (its value is in S3, not in the state's data)"


class Loaded(BaseModel):
    rows: Offloaded[list[int]]
    more: Offloaded[list[int]] | None
    count: int


class Stored(BaseModel):
    id: str
    rows: Offloaded[list[int]]


def use(rows: Offloaded[list[int]]) -> int:
    return len(rows.value)


def texts(rows: Offloaded[list[str]]) -> int:
    return len(rows.value)


PASSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "whole": (lambda x: x.rows, "$states.input.rows"),
    "in a list": (lambda x: [x.rows], "[$states.input.rows]"),
    "one or the other": (
        lambda x: x.more if x.more is not None else x.rows,
        "$states.input.more != null ? $states.input.more : $states.input.rows",
    ),
}


@pytest.mark.parametrize("case", PASSED)
def test_it_is_passed_on(case: str) -> None:
    fn, compiled = PASSED[case]
    assert compile_function(fn, [Loaded]) == compiled


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a field": (lambda x: x.rows.total, f"`.total` of {WHY} cannot be read in an expression"),
    "the value": (lambda x: x.rows.value, f"`.value` of {WHY} cannot be read in an expression"),
    "the length": (lambda x: len(x.rows), f"cannot iterate over {WHY}"),
    "an element": (lambda x: x.rows[0], f"`[...]` of {WHY} has no JSONata form"),
    "a loop": (lambda x: [row + 1 for row in x.rows], f"cannot iterate over {WHY}"),
    "the truth": (lambda x: 1 if x.rows else 2, f"the truth of {WHY} has no JSONata form"),
    "the text": (lambda x: f"{x.rows}", f"the text of {WHY} differs"),
    "a method": (lambda x: x.rows.sum(), f".sum() of {WHY} has no JSONata form"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_look_inside_is_refused_with_the_reason(case: str) -> None:
    fn, said = REFUSED[case]
    with pytest.raises(Refusal) as refused:
        compile_function(fn, [Loaded])
    assert said in str(refused.value)


def test_a_field_is_refused_with_what_to_write_and_a_page() -> None:
    with pytest.raises(Refusal) as refused:
        compile_function(lambda x: x.rows.total, [Loaded])
    problem = refused.value.problem
    assert problem.instead == "read it in a Task, or have the handler return it in a field beside"
    assert problem.page == "offloaded"
    assert Path("docs/errors/offloaded.md").exists()


def test_what_is_offloaded_has_to_fit() -> None:
    rows = Pass("Rows", Loaded, lambda x: x.rows)
    assert Workflow.standard("fits", rows >> Task("Use", use)).definition()
    with pytest.raises(WorkflowError, match=r"`Texts` takes Offloaded\[list\[str\]\], but `Rows` passes Offl"):
        Workflow.standard("unfit", rows >> Task("Texts", texts))  # type: ignore[arg-type]


def test_a_table_cannot_hold_a_reference() -> None:
    table = Table("stored", Stored, key="id")
    with pytest.raises(WorkflowError, match="DynamoDB has no type for"):
        Workflow.standard("storing", PutItem("Store", table, of=Stored, item=lambda s: s))
