"""What the simulator's tests share: short ways to run states and to look at histories."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from simulator import Run, TaskCall, simulate
from simulator.drive import TaskFunction
from simulator.values import Value

LAMBDA = "arn:aws:states:::lambda:invoke"


def machine(states: dict[str, Any], language: str = "JSONata", **more: Any) -> dict[str, Any]:
    """A definition of these states; the first is the start, and those that end nowhere get End."""
    finished = {}
    for name, state in states.items():
        ends = state["Type"] in ("Succeed", "Fail", "Choice") or "Next" in state or "End" in state
        finished[name] = state if ends else {**state, "End": True}
    return {"QueryLanguage": language, "StartAt": next(iter(states)), "States": finished, **more}


def run(states: dict[str, Any], value: Value = None, tasks: TaskFunction | None = None, **more: Any) -> Run:
    """Run JSONata states."""
    return simulate(machine(states, **more), value, tasks)


def run_path(states: dict[str, Any], value: Value = None, tasks: TaskFunction | None = None, **more: Any) -> Run:
    """Run JSONPath states."""
    return simulate(machine(states, "JSONPath", **more), value, tasks)


def evaluate(expression: str, value: Value = None) -> Value:
    """The value of a JSONata expression over $states.input, through a Pass state. Fails the test if it fails."""
    result = run({"P": {"Type": "Pass", "Output": "{% " + expression + " %}"}}, value)
    assert result.status == "SUCCEEDED", result.cause
    return result.output


def refused(expression: str, value: Value = None) -> str:
    """The cause with which a JSONata expression fails. Fails the test if it succeeds."""
    result = run({"P": {"Type": "Pass", "Output": "{% " + expression + " %}"}}, value)
    assert (result.status, result.error) == ("FAILED", "States.QueryEvaluationError"), result.output
    assert result.cause is not None
    return result.cause


def types(of: Any) -> list[str]:
    """The types of a run's events."""
    return [event.type for event in of.events]


def echo(call: TaskCall) -> Value:
    """A task that returns its arguments."""
    return call.arguments


async def denied(request: Awaitable[Any]) -> tuple[str, str]:
    """The code and message with which a request to the API is refused. Fails the test if it is not."""
    with pytest.raises(ClientError) as error:
        await request
    response: Any = error.value.response
    details = response["Error"]
    return details["Code"], details["Message"]
