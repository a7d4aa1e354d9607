"""The seam between an execution and the world: what a Task asks for, and how it is answered.

`TaskRunner` is implemented by `simulator.integrations` (AWS services through boto3, Lambda through an injected
function), by tests, and by anyone who wants a Task answered in another way.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal, Protocol

from simulator.errors import StateError
from simulator.values import Value

Pattern = Literal["request", "sync", "token"]


class TaskFailed(StateError):
    """Raised by a runner when the Task failed: `error` is what Retry and Catch compare, `cause` the text beside it."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A Task's Resource ARN, taken apart.

    `kind` is "lambda" (a function's own ARN), "activity" or "service". `service` and `action` name an integration as
    history events do: "lambda" and "invoke", "aws-sdk:s3" and "getObject"; `action` without its pattern's suffix,
    `full_action` with it ("startExecution.sync:2").
    """

    arn: str
    kind: Literal["lambda", "activity", "service"]
    service: str
    action: str
    full_action: str
    pattern: Pattern

    @staticmethod
    def parse(arn: str) -> Resource:
        """Take a Resource apart. Raises ValueError for what is no ARN of a task."""
        parts = arn.split(":")
        if len(parts) < 6 or parts[0] != "arn":
            raise ValueError(f"{arn!r} is no ARN")
        if parts[2] == "lambda":
            return Resource(arn, "lambda", "lambda", "invoke", "invoke", "request")
        if parts[2] != "states":
            raise ValueError(f"{arn!r} is no resource of a Task state")
        if parts[5] == "activity":
            return Resource(arn, "activity", "activity", ":".join(parts[6:]), ":".join(parts[6:]), "token")
        rest = parts[5:]
        if rest[0] == "aws-sdk":
            if len(rest) < 3:
                raise ValueError(f"{arn!r} names no action")
            service, full_action = f"aws-sdk:{rest[1]}", ":".join(rest[2:])
        else:
            if len(rest) < 2:
                raise ValueError(f"{arn!r} names no action")
            service, full_action = rest[0], ":".join(rest[1:])
        action, _, suffix = full_action.partition(".")
        pattern: Pattern = "request"
        if suffix in ("sync", "sync:2"):
            pattern = "sync"
        elif suffix == "waitForTaskToken":
            pattern = "token"
        elif suffix:
            raise ValueError(f"{arn!r} has an unknown pattern")
        return Resource(arn, "service", service, action, full_action, pattern)


def submits(resource: Resource, error: str | None) -> bool:
    """Whether a task of this resource that is said to fail so was submitted before: a `.sync` or `.waitForTaskToken`
    task whose error is not that of the called service, which refused the request."""
    if resource.kind != "service" or resource.pattern == "request":
        return False
    prefix = f"{resource.service.rpartition(':')[2]}.".lower()
    return not (error or "").lower().startswith((prefix, "stepfunctions.", "states.runtime"))


@dataclass(frozen=True, slots=True)
class TaskCall:
    """One attempt of one Task.

    `attempt` counts from 0 (the context object's RetryCount). `timeout` and `heartbeat` are seconds or None. `token`
    is set for `.waitForTaskToken` and activities. `key` tells the attempts of an execution apart. `path` are the
    indices of the branches and items that the state stands in, from the outside in.
    """

    resource: Resource
    arguments: Value
    execution_arn: str
    state: str
    attempt: int
    timeout: float | None
    heartbeat: float | None
    token: str | None
    credentials: Value
    key: int
    path: tuple[int, ...] = ()


class TaskRunner(Protocol):
    """Answers Tasks."""

    async def run(self, call: TaskCall) -> Value:
        """Do what the Task asks for and return its result.

        For `.waitForTaskToken`, return once the request is submitted: the result arrives by token. Raises TaskFailed
        for the task's own failures; any other exception becomes States.Runtime.
        """
        ...


class Submission:
    """What a runner may return for a `.sync` task: the answer to its request (TaskSubmitted shows it), and the
    completion to wait for. For `.waitForTaskToken` the completion is None: the result arrives by token."""

    __slots__ = ("completion", "output")

    def __init__(self, output: Value, completion: Awaitable[Value] | None) -> None:
        self.output, self.completion = output, completion
