"""The context object, typed: `lambda r: Job(id=context.execution.name)`.

What Step Functions knows of the execution, the state and the map item that is being run.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from typing import Any, cast

from .expressions import Root
from .expressions.nodes import Node, Symbolic


class _Place(Symbolic):
    """A field of the context object."""

    def __init__(self, node: Node) -> None:
        self.node = node


def _read(path: str, annotation: Any) -> Any:
    return cast(Any, _Place(Root.path(f"states.context.{path}", annotation).node))


class ExecutionContext:
    """The execution."""

    @property
    def id(self) -> str:
        """Its ARN."""
        return cast(str, _read("Execution.Id", str))

    @property
    def name(self) -> str:
        """Its name."""
        return cast(str, _read("Execution.Name", str))

    @property
    def input(self) -> Any:
        """Its input."""
        return _read("Execution.Input", Any)

    @property
    def role(self) -> str:
        """The ARN of its role."""
        return cast(str, _read("Execution.RoleArn", str))

    @property
    def start_time(self) -> str:
        """When it began: ISO 8601, UTC, milliseconds."""
        return cast(str, _read("Execution.StartTime", str))

    @property
    def redrive_count(self) -> int:
        """How often it was redriven."""
        return cast(int, _read("Execution.RedriveCount", int))


class StateContext:
    """The state that is being run."""

    @property
    def name(self) -> str:
        """Its name."""
        return cast(str, _read("State.Name", str))

    @property
    def entered_time(self) -> str:
        """When it was entered: ISO 8601, UTC, milliseconds."""
        return cast(str, _read("State.EnteredTime", str))

    @property
    def retry_count(self) -> int:
        """How often it was retried: 0 at the first time."""
        return cast(int, _read("State.RetryCount", int))


class MachineContext:
    """The state machine."""

    @property
    def id(self) -> str:
        """Its ARN."""
        return cast(str, _read("StateMachine.Id", str))

    @property
    def name(self) -> str:
        """Its name."""
        return cast(str, _read("StateMachine.Name", str))


class TaskContext:
    """The task, where it waits for a token."""

    @property
    def token(self) -> str:
        """What SendTaskSuccess and SendTaskFailure name."""
        return cast(str, _read("Task.Token", str))


class ItemContext:
    """The item, inside a Map."""

    @property
    def index(self) -> int:
        """Its position in the list, from 0."""
        return cast(int, _read("Map.Item.Index", int))

    @property
    def value(self) -> Any:
        """The item itself."""
        return _read("Map.Item.Value", Any)


class Context:
    """The whole of it."""

    execution = ExecutionContext()
    state = StateContext()
    machine = MachineContext()
    task = TaskContext()
    item = ItemContext()


context = Context()
"""The context object, for lambdas."""
