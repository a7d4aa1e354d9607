"""Execution: one run under test, on the environment's virtual clock, that may be watched and answered on its way."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from simulator import After, Run, StateError, TaskCall
from simulator.effects import (
    Answer,
    CancelTask,
    CancelTimer,
    Command,
    Failed,
    Heartbeat,
    SetTimer,
    StartTask,
    Submitted,
    Succeeded,
)
from simulator.history import render
from simulator.tasks import submits

from ..diagnostics import WorkflowError
from ..error_names import ErrorGroup
from . import answers as answering
from . import nested
from .answers import Script
from .program import Program
from .result import Result

if TYPE_CHECKING:
    from .environment import Environment

Out = TypeVar("Out", covariant=True)
T = TypeVar("T")


class Stuck(AssertionError):
    """The execution waits for something that no one will do; says for what."""


class NothingWaits(LookupError):
    """No task of that name waits for an answer now."""


class Execution(Generic[Out]):
    """A running execution. `environment.start(...)` makes it; time moves only by `advance` and `finish`."""

    def __init__(self, environment: Environment, program: Program, run: Run, script: Script) -> None:
        self.program = program
        """What is run."""
        self._environment, self._run, self._script = environment, run, script
        self._open: dict[int, TaskCall] = {}
        self._timers: dict[int, Any] = {}
        self._failure: BaseException | None = None
        self._over = False
        self._children: dict[int, Execution[Any]] = {}
        self._on_end: Callable[[], None] | None = None

    @property
    def name(self) -> str:
        """The execution's name."""
        return self._run.info.name

    @property
    def arn(self) -> str:
        """The execution's ARN, in an account that is nobody's."""
        return self._run.info.execution_arn

    @property
    def machine_arn(self) -> str:
        """The state machine's ARN."""
        return self._run.info.machine_arn

    @property
    def input(self) -> Any:
        """What it was given, as JSON data."""
        return self._run.input

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self._run.status

    @property
    def result(self) -> Result[Out]:
        """How far it has come."""
        run = self._run
        children = {m.arn: [[render(e) for e in child.events] for child in m.children] for m in run.map_runs}
        events = [render(event) for event in run.events]
        return Result(events, program=self.program, name=self.program.name, children=children, failure=self._failure)

    @property
    def waiting(self) -> list[str]:
        """The states that wait for an answer by token, for an activity's worker, or for an answer that takes time."""
        return [call.state for call in self._open.values()]

    def token(self, state: str, *at: int) -> str:
        """The token of a task that waits. Raises NothingWaits."""
        return self._waiting(state, at).token or ""

    # -------------------------------------------------------------- time

    def advance(self, seconds: float = 0.0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> Result[Out]:
        """Let virtual time pass, and everything happen that falls into it. Returns how far the execution has come."""
        self._environment.advance(seconds, minutes=minutes, hours=hours, days=days)
        return self.result

    def finish(self) -> Result[Out]:
        """Let time pass until the execution ends. Raises Stuck where it never will."""
        return now(self.finish_async())

    async def finish_async(self) -> Result[Out]:
        """The same where answers are async functions."""
        await self._environment._until(lambda: self.status != "RUNNING")
        if self.status == "RUNNING":
            what = [f"`{call.state}` ({call.resource.full_action})" for call in self._open.values()]
            raise Stuck(
                f"the execution waits for {', '.join(what)}, without a timeout, and nobody answers;"
                f" give answers= or send an answer\n{self.result!r}"
            )
        return self.result

    # -------------------------------------------------------------- answers from outside

    def succeed(self, state: str, value: Any = None, *at: int) -> None:
        """Answer a task that waits, as SendTaskSuccess does. The value is checked against the task's type.

        at: the last indices of the branches and items that the state stands in, where several wait. Raises
        NothingWaits, and WorkflowError for a wrong value.
        """
        call = self._waiting(state, at)
        self._tell(call, Succeeded(self._script.result(state, value)))

    def fail(self, state: str, error: Any, cause: str = "", *at: int) -> None:
        """Fail a task that waits, as SendTaskFailure does. error: a name or an exception."""
        failure = answering.fails(error, cause)
        self._tell(self._waiting(state, at), Failed(failure.error, failure.cause))

    def heartbeat(self, state: str, *at: int) -> None:
        """Say that a task is being worked on, as SendTaskHeartbeat does."""
        self._tell(self._waiting(state, at), Heartbeat())

    def stop(self, error: str = "", cause: str = "") -> Result[Out]:
        """Abort, as StopExecution does."""
        self._carry_out(self._run.stop(error or None, cause or None, self._now()))
        return self.result

    def _waiting(self, state: str, at: tuple[int, ...]) -> TaskCall:
        found = [c for c in self._open.values() if c.state == state and c.path[len(c.path) - len(at) :] == at]
        if len(found) == 1:
            return found[0]
        what = f"{len(found)} tasks `{state}` wait: say which by its index" if found else f"`{state}` does not wait"
        others = f"; {', '.join(self.waiting)} do" if self._open and not found else ""
        raise NothingWaits(f"{what}{others}\n{self.result!r}")

    def _tell(self, call: TaskCall, answer: Answer) -> None:
        self._answer(call, answer)
        self._environment.advance(0.0)

    # -------------------------------------------------------------- the run

    def _now(self) -> float:
        return self._environment.clock.now()

    def _begin(self) -> None:
        self._carry_out(self._run.begin(self._now()))

    def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, StartTask):
                self._open[command.call.key] = command.call
                self._environment._calls.append((self, command.call))
            elif isinstance(command, SetTimer):
                fire = partial(self._fire, command.key)
                self._timers[command.key] = self._environment.clock.call_at(command.when, fire)
            elif isinstance(command, CancelTimer):
                timer = self._timers.pop(command.key, None)
                if timer is not None:
                    timer.cancel()
            elif isinstance(command, CancelTask):
                self._open.pop(command.key, None)
                if command.key in self._children:
                    self._children.pop(command.key).stop()
        if self._run.status != "RUNNING" and not self._over:
            self._abandon()
            self._environment._ended(self)
            if self._on_end is not None:
                self._on_end()

    def _abandon(self) -> None:
        """Nothing happens in this execution any more: it is over, or an answer raised what is no task's failure."""
        self._over = True
        self._open.clear()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _fire(self, key: int) -> None:
        self._timers.pop(key, None)
        self._carry_out(self._run.fire(key, self._now()))

    def _answer(self, call: TaskCall, answer: Answer) -> None:
        if isinstance(answer, (Succeeded, Failed)):
            self._open.pop(call.key, None)
        self._carry_out(self._run.answer(call.key, answer, self._now()))

    async def _perform(self, call: TaskCall) -> None:
        """Answer a call, or leave it open for whoever has its token."""
        if call.key not in self._open:
            return
        answer = self._script.next(call)
        waits = call.resource.pattern == "token"
        try:
            made = await self._settle(answer, call)
        except StateError as failure:
            self._failure = failure.__cause__ or self._failure
            if submits(call.resource, failure.error):
                self._answer(call, Submitted({}))
            self._answer(call, Failed(failure.error, failure.cause))
            return
        by_token = waits and made.real
        if call.resource.pattern != "request" and call.resource.kind == "service":
            self._answer(call, Submitted(made.value if by_token else {}))
        if by_token:
            return
        if made.seconds == 0.0:
            self._answer(call, made.answer())
        elif made.seconds < math.inf:
            later = partial(self._answer, call, made.answer())
            self._environment.clock.call_at(self._now() + made.seconds, later)

    async def _settle(self, answer: Any, call: TaskCall, by: Callable[..., Any] | None = None) -> _Made:
        """An answer as the task's raw result. Raises StateError for a failure."""
        if answer is answering.REAL and nested.starts(self.program.services.get(call.state)):
            return self._nested(call)
        if answer is answering.REAL:
            return _Made(self._environment._really(self.program, call), real=True)
        if isinstance(answer, answering.Raw):
            return _Made(answer.value)
        if isinstance(answer, After):
            if answer is answering.NEVER:
                return _Made(None, seconds=math.inf)
            try:
                made = await self._settle(answer.result, call, by)
            except StateError as failure:
                return _Made(None, seconds=answer.seconds, failure=failure)
            return _Made(made.value, seconds=answer.seconds + made.seconds, failure=made.failure)
        if isinstance(answer, BaseException) or (isinstance(answer, type) and issubclass(answer, BaseException)):
            if isinstance(answer, BaseException) and not isinstance(answer, Exception):
                raise answer  # not a task's failure: KeyboardInterrupt and its like
            raise answering.as_failure(answer)
        if isinstance(answer, ErrorGroup):
            raise answering.fails(answer)
        if answering.is_action(answer):
            return await self._settle(await self._asked(answer, call), call, answer)
        return _Made(self._script.result(call.state, answer, by))

    def _nested(self, call: TaskCall) -> _Made:
        """Start another workflow; where the state waits for it, its end answers the call."""
        state = self.program.services[call.state]
        child = nested.start(self._environment, state, call, self._script.place)
        if call.resource.pattern == "token":
            return _Made(nested.started(child), real=True)
        if call.resource.full_action == "startExecution":
            return _Made(nested.started(child))
        if child.status != "RUNNING":
            return _Made(nested.ended(state, child))

        def answer() -> None:
            self._children.pop(call.key, None)
            try:
                self._answer(call, Succeeded(nested.ended(state, child)))
            except StateError as failure:
                self._answer(call, Failed(failure.error, failure.cause))

        self._children[call.key] = child
        child._on_end = answer
        return _Made(None, seconds=math.inf)

    async def _asked(self, fn: Callable[..., Any], call: TaskCall) -> Any:
        try:
            said = self._script.ask(fn, call)
            return await said if inspect.isawaitable(said) else said
        except (StateError, AssertionError, WorkflowError, NotAsync):
            raise
        except Exception as error:
            raise answering.as_failure(error) from error


class _Made:
    """What an answer came to."""

    def __init__(
        self, value: Any, *, seconds: float = 0.0, failure: StateError | None = None, real: bool = False
    ) -> None:
        self.value, self.seconds, self.failure, self.real = value, seconds, failure, real

    def answer(self) -> Answer:
        if self.failure is not None:
            return Failed(self.failure.error, self.failure.cause)
        return Succeeded(self.value)


class NotAsync(TypeError):
    """An answer is an async function that waits, but nothing awaits it."""


def now(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing. Raises NotAsync for one that does."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise NotAsync("an answer is async: write `await run_async(...)`, or `await execution.finish_async()`")
