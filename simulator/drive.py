"""The synchronous driver: one execution on a virtual clock, tasks answered by a plain function.

The fastest way to run a definition, and the one that tests use: no event loop, no threads, no waiting.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.clock import VIRTUAL_START
from simulator.definition import Machine, compile_machine
from simulator.effects import (
    Answer,
    CancelTask,
    CancelTimer,
    Command,
    Failed,
    SetTimer,
    Started,
    StartTask,
    Submitted,
    Succeeded,
)
from simulator.errors import RUNTIME, StateError
from simulator.machine import Info, Run
from simulator.tasks import TaskCall, submits
from simulator.values import Value


@dataclass(frozen=True, slots=True)
class After:
    """What a task function may return: `result` (a value, or an exception for a failure) after `seconds` of virtual
    time, so that timeouts and races can be tried."""

    seconds: float
    result: Value


#: Answers a task: returns its result or an `After`, or raises TaskFailed.
TaskFunction = Callable[[TaskCall], Value]


def simulate(
    machine: Machine | dict[str, Any] | str | bytes,
    value: Value = None,
    tasks: TaskFunction | None = None,
    *,
    start: float = VIRTUAL_START,
    seed: str = "",
    info: Info | None = None,
) -> Run:
    """Run a definition from its begin to its end. Returns the finished `Run`: status, output, error, cause, events.

    `value` is the input. `tasks` answers every Task, in the order in which they are started; without it a Task fails.
    Raises InvalidDefinition.
    """
    compiled = machine if isinstance(machine, Machine) else compile_machine(machine)
    run = Run(compiled, info or DEFAULT_INFO, value, seed=seed)
    _Loop(run, tasks or _no_tasks, start).finish()
    return run


DEFAULT_INFO = Info(
    execution_arn="arn:aws:states:us-east-1:123456789012:execution:simulated:simulated",
    name="simulated",
    role_arn="arn:aws:iam::123456789012:role/simulated",
    machine_arn="arn:aws:states:us-east-1:123456789012:stateMachine:simulated",
    machine_name="simulated",
)


def _no_tasks(call: TaskCall) -> Value:
    raise StateError(RUNTIME, f"Nothing answers the task {call.state!r} ({call.resource.arn}).")


class _Loop:
    def __init__(self, run: Run, tasks: TaskFunction, start: float) -> None:
        self._run, self._tasks, self._now = run, tasks, start
        self._calls: deque[TaskCall] = deque()
        self._due: list[tuple[float, int, int, Answer | None]] = []
        self._order = itertools.count()
        self._cancelled: set[int] = set()

    def finish(self) -> None:
        run = self._run
        self._carry_out(run.begin(self._now))
        while run.status == "RUNNING":
            if self._calls:
                call = self._calls.popleft()
                if call.key not in self._cancelled:
                    self._perform(call)
            elif self._due:
                when, _, key, answer = heapq.heappop(self._due)
                if key in self._cancelled:
                    continue
                self._now = max(self._now, when)
                self._carry_out(run.fire(key, self._now) if answer is None else run.answer(key, answer, self._now))
            else:
                self._carry_out(run.stop(RUNTIME, "Nothing is left that could happen.", self._now))

    def _perform(self, call: TaskCall) -> None:
        try:
            result = self._tasks(call)
        except StateError as error:
            self._answer(call, Failed(error.error, error.cause))
            return
        if isinstance(result, After):
            inner = result.result
            answer: Answer = Failed(inner.error, inner.cause) if isinstance(inner, StateError) else Succeeded(inner)
            heapq.heappush(self._due, (self._now + result.seconds, next(self._order), call.key, answer))
        else:
            self._answer(call, Succeeded(result))

    def _answer(self, call: TaskCall, answer: Answer) -> None:
        if call.resource.kind == "activity":
            self._carry_out(self._run.answer(call.key, Started(None), self._now))
        elif call.resource.pattern != "request" and (
            not isinstance(answer, Failed) or submits(call.resource, answer.error)
        ):
            result = answer.result if isinstance(answer, Succeeded) else None
            self._carry_out(self._run.answer(call.key, Submitted(result), self._now))
        self._carry_out(self._run.answer(call.key, answer, self._now))

    def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, StartTask):
                self._calls.append(command.call)
            elif isinstance(command, SetTimer):
                heapq.heappush(self._due, (command.when, next(self._order), command.key, None))
            elif isinstance(command, CancelTask | CancelTimer):
                self._cancelled.add(command.key)
