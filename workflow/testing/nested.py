"""Nested workflows: a state that starts another workflow starts it for real, in the same environment.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import TaskCall, TaskFailed
from simulator.clock import iso
from simulator.values import load, text

from ..aws.executions import EXECUTION_EXISTS, CallExpress, RunExecution, StartExecution
from ..diagnostics import Place
from ..states.working import Service
from .program import program

if TYPE_CHECKING:
    from .environment import Environment
    from .execution import Execution


def starts(state: Service[Any, Any] | None) -> bool:
    """Whether a state starts another workflow."""
    return isinstance(state, (StartExecution, RunExecution, CallExpress))


def start(environment: Environment, state: Any, call: TaskCall, place: Place) -> Execution[Any]:
    """The execution that a call starts, or the one that has its name and input already. Raises TaskFailed."""
    arguments: Any = call.arguments
    given = arguments.get("Input", {})
    value = load(given) if isinstance(given, str) else given
    name = arguments.get("Name")
    of = environment.executions(state.workflow)
    for other in of:
        if name is not None and other.name == name and state.workflow.kind == "STANDARD":
            if other.input == value and other.status == "RUNNING":
                return other
            raise TaskFailed(EXECUTION_EXISTS, f"Execution Already Exists: '{other.arn}'")
    made = program(state.workflow, environment.bindings, place)
    return environment.begin(made, value, None, place, name=name)


def started(child: Execution[Any]) -> dict[str, Any]:
    """What StartExecution answers."""
    return {"ExecutionArn": child.arn, "StartDate": child.result.started.isoformat()}


def ended(state: Any, child: Execution[Any]) -> dict[str, Any]:
    """The result of a state that waited for its execution. Raises TaskFailed for one that did not succeed."""
    result = child.result
    said: dict[str, Any] = {
        "ExecutionArn": child.arn,
        "Name": child.name,
        "StartDate": iso(result.started.timestamp()),
        "StateMachineArn": child.machine_arn,
        "Status": result.status,
        "StopDate": iso((result.ended or result.started).timestamp()),
    }
    failed = {key: value for key, value in (("Error", result.error), ("Cause", result.cause)) if value is not None}
    if isinstance(state, CallExpress):
        output = {"Output": text(result.json)} if result.status == "SUCCEEDED" else failed
        return {**said, "Input": text(child.input), **output}
    if result.status != "SUCCEEDED":
        raise TaskFailed("States.TaskFailed", text({**said, "Input": child.input, **failed}))
    return {**said, "Input": child.input, "Output": result.json}
