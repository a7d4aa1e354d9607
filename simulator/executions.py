"""The engine: owns state machines and executions, drives them on an event loop, and answers for them.

All methods belong to one event loop. Every fact is handed to the store before it is acted on; a durable store makes the
engine resume where it was killed, with tasks that were in flight run again.
"""

from __future__ import annotations

import asyncio
import random
import uuid
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from simulator import errors, tokens
from simulator.activities import Activity
from simulator.clock import Clock, Handle, RealClock
from simulator.errors import StateError
from simulator.faults import ApiError, execution_missing
from simulator.history import Event
from simulator.machine import (
    Answer,
    CancelTask,
    CancelTimer,
    Command,
    Failed,
    Heartbeat,
    Info,
    Run,
    SetTimer,
    Started,
    StartTask,
    Submitted,
    Succeeded,
)
from simulator.machines import Machines, Revision, StateMachine, Target, check_name
from simulator.store import MemoryStore, Store
from simulator.tasks import Submission, TaskCall, TaskRunner
from simulator.values import Value, load, text

#: Seconds that an Express execution may take.
EXPRESS_LIMIT = 300.0
#: Finished Express executions that stay readable; AWS keeps none.
EXPRESS_KEPT = 1_000


@dataclass(slots=True, eq=False)
class Execution:
    """One execution, running or over."""

    arn: str
    name: str
    machine: StateMachine
    revision: Revision
    input: str
    run: Run
    version_arn: str | None = None
    alias_arn: str | None = None
    trace_header: str | None = None
    test_case: str | None = None
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    timers: dict[int, Handle] = field(default_factory=dict)
    tokens: dict[int, str] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)
    calls: dict[int, TaskCall] = field(default_factory=dict)
    ending: bool = False
    kept: bool = True

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self.run.status

    @property
    def express(self) -> bool:
        """Whether this is an Express execution."""
        return self.run.info.express

    @property
    def events(self) -> list[Event]:
        """The history so far."""
        return self.run.events


class Engine:
    """Runs state machines.

    `tasks` answers Tasks. `seed` makes randomness reproducible; without it each engine draws its own. `max_open` bounds
    executions that run at the same time: a start beyond it raises ExecutionLimitExceeded. `on_end` is called with each
    execution that ended.
    """

    def __init__(
        self,
        tasks: TaskRunner,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        region: str = "us-east-1",
        account: str = "000000000000",
        partition: str = "aws",
        seed: str | None = None,
        max_open: int = 10_000,
        on_end: Callable[[Execution], None] | None = None,
    ) -> None:
        self.tasks, self.clock = tasks, clock or RealClock()
        self.store: Store = store or MemoryStore()
        self.region, self.account, self.partition = region, account, partition
        self.seed = uuid.uuid4().hex if seed is None else seed
        self.random = random.Random(self.seed)  # noqa: S311 - ids of a simulation
        self.machines = Machines()
        self.activities: dict[str, Activity] = {}
        self.executions: OrderedDict[str, Execution] = OrderedDict()
        self.max_open = max_open
        self.on_end = on_end
        self._open = 0
        self._busy = 0
        self._express_done: list[str] = []
        self._closed = False
        self._background: set[asyncio.Task[Any]] = set()

    # -------------------------------------------------------------- names

    def arn(self, kind: str, *rest: str) -> str:
        """An ARN of this engine: arn('stateMachine', 'orders')."""
        return ":".join(("arn", self.partition, "states", self.region, self.account, kind, *rest))

    def uuid(self) -> str:
        """A new id, from the engine's seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    # -------------------------------------------------------------- starting and reading

    async def start(
        self, machine_arn: str, value: str = "{}", name: str | None = None, trace_header: str | None = None
    ) -> Execution:
        """Start an execution (`value` is its input as JSON text) and return it, running. StartExecution's semantics.

        A Standard execution's name is used once: the same name with the same input while it runs gives that execution;
        anything else raises ExecutionAlreadyExists. Raises ApiError.
        """
        return await self._start(self._target(machine_arn), value, name, trace_header)

    async def run(
        self, machine_arn: str, value: str = "{}", name: str | None = None, trace_header: str | None = None
    ) -> Execution:
        """Start an execution and wait for its end. Express executions: StartSyncExecution's semantics."""
        execution = await self._start(self._target(machine_arn), value, name, trace_header, sync=True)
        await execution.finished.wait()
        return execution

    def get(self, arn: str) -> Execution:
        """The execution with this ARN. Raises ExecutionDoesNotExist."""
        try:
            return self.executions[arn]
        except KeyError:
            raise execution_missing(arn) from None

    def _target(self, machine_arn: str) -> Target:
        return self.machines.resolve(machine_arn.partition("#")[0], self.random)

    async def _start(
        self, target: Target, value: str, name: str | None, trace_header: str | None, *, sync: bool = False
    ) -> Execution:
        machine = target.machine
        if len(value.encode("utf-8")) > 262_144:
            raise ApiError(
                "ValidationException",
                "1 validation error detected: Value at 'input' failed to satisfy "
                "constraint: Member must have length less than or equal to 262144",
            )
        try:
            parsed = load(value)
        except ValueError as error:
            raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from None
        chosen = check_name(name) if name is not None else self.uuid()
        if machine.express:
            arn = self.arn("express", machine.name, chosen, self.uuid())
        else:
            arn = self.arn("execution", machine.name, chosen)
            existing = self.executions.get(arn)
            if existing is not None:
                same = load(existing.input) == parsed and existing.revision.id == target.revision.id
                if existing.status == "RUNNING" and same:
                    return existing
                raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        if self._open >= self.max_open:
            raise ApiError(
                "ExecutionLimitExceeded", f"The maximum number of running executions ({self.max_open}) is reached."
            )
        now = self.clock.now()
        execution = self._make(arn, chosen, target, value, parsed, trace_header)
        self.executions[arn] = execution
        self._open += 1
        record = {
            "name": chosen,
            "machine": machine.arn,
            "revision": target.revision.id,
            "version": target.version_arn,
            "alias": target.alias_arn,
            "input": value,
            "trace": trace_header,
            "now": now,
            "seed": self.seed,
            "express": machine.express,
            "definition": target.revision.definition,
            "role": target.revision.role_arn,
        }
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def begun(error: BaseException | None) -> None:
            if error is not None:
                self.executions.pop(arn, None)
                self._open -= 1
                if not ready.done():
                    ready.set_exception(error)
                return
            self._carry_out(execution, execution.run.begin(now))
            if not ready.done():
                ready.set_result(None)

        execution.kept = not (sync and machine.express)
        if execution.kept:
            self.store.begin(arn, record, begun)
        else:
            begun(None)
        await ready
        return execution

    def _make(
        self, arn: str, name: str, target: Target, value: str, parsed: Value, trace_header: str | None
    ) -> Execution:
        machine, revision = target.machine, target.revision
        started: dict[str, Any] = {}
        if target.alias_arn is not None:
            started["stateMachineAliasArn"] = target.alias_arn
        if target.version_arn is not None:
            started["stateMachineVersionArn"] = target.version_arn
        info = Info(arn, name, revision.role_arn, machine.arn, machine.name, express=machine.express, started=started)
        compiled = revision.machine
        run = Run(compiled, info, parsed, seed=self.seed, limit=EXPRESS_LIMIT if machine.express else None)
        return Execution(arn, name, machine, revision, value, run, target.version_arn, target.alias_arn, trace_header)

    # -------------------------------------------------------------- stopping and answering

    async def stop(self, arn: str, error: str | None = None, cause: str | None = None) -> float:
        """Abort an execution. Returns when it stopped. An execution that is over stays as it is."""
        execution = self.get(arn)
        if execution.status == "RUNNING":
            await self._record(execution, ["stop", error, cause], lambda now: execution.run.stop(error, cause, now))
        return execution.run.stopped_at or self.clock.now()

    async def task_success(self, token: str, output: Value) -> None:
        """SendTaskSuccess. Raises InvalidToken, TaskDoesNotExist or TaskTimedOut."""
        await self._by_token(token, Succeeded(output))

    async def task_failure(self, token: str, error: str | None, cause: str | None) -> None:
        """SendTaskFailure. Raises InvalidToken, TaskDoesNotExist or TaskTimedOut."""
        await self._by_token(token, Failed(error, cause))

    async def task_heartbeat(self, token: str) -> None:
        """SendTaskHeartbeat. Raises InvalidToken, TaskDoesNotExist or TaskTimedOut."""
        await self._by_token(token, Heartbeat())

    async def _by_token(self, token: str, answer: Answer) -> None:
        claim = tokens.read(token)
        if claim is None:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        execution = self.executions.get(claim.execution_arn)
        if execution is None or execution.tokens.get(claim.key) != token:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        if claim.key in execution.answered or not execution.run.waits_for(claim.key):
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        if not isinstance(answer, Heartbeat):
            execution.answered.add(claim.key)
        await self._answer(execution, claim.key, answer)

    async def activity_task(self, activity: Activity, worker: str | None, seconds: float = 60.0) -> tuple[str, Value]:
        """GetActivityTask: the next task's token and input, waiting for one at most `seconds`. ("", None) for none."""
        while activity.waiting:
            arn, call = activity.waiting.popleft()
            if self._still_open(arn, call):
                return await self._hand_out(arn, call, worker)
        poller: asyncio.Future[tuple[str, TaskCall]] = asyncio.get_running_loop().create_future()
        entry = (worker, poller)
        activity.pollers.append(entry)
        try:
            async with asyncio.timeout(seconds):
                arn, call = await poller
        except TimeoutError:
            return "", None
        finally:
            if entry in activity.pollers:
                activity.pollers.remove(entry)
        return await self._hand_out(arn, call, worker)

    def _still_open(self, arn: str, call: TaskCall) -> bool:
        execution = self.executions.get(arn)
        return execution is not None and execution.run.waits_for(call.key) and call.key not in execution.answered

    async def _hand_out(self, arn: str, call: TaskCall, worker: str | None) -> tuple[str, Value]:
        await self._answer(self.executions[arn], call.key, Started(worker))
        return call.token or "", call.arguments

    # -------------------------------------------------------------- driving

    async def _answer(self, execution: Execution, key: int, answer: Answer) -> None:
        await self._record(execution, [key, *_entry(answer)], lambda now: execution.run.answer(key, answer, now))

    def _record(
        self, execution: Execution, entry: list[Value], act: Callable[[float], list[Command]]
    ) -> asyncio.Future[None]:
        """Write an entry, then act on it. The future is done when it was acted on."""
        now = self.clock.now()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def then(error: BaseException | None) -> None:
            if error is None and not self._closed:
                self._carry_out(execution, act(now))
            if not done.done():
                if error is None:
                    done.set_result(None)
                else:
                    done.set_exception(error)
                    done.exception()

        if execution.express:
            # An Express execution runs at least once: after a crash it begins anew, so it has no journal.
            then(None)
        else:
            self.store.append(execution.arn, [now, *entry], then)
        return done

    def _carry_out(self, execution: Execution, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, StartTask):
                self._begin_task(execution, command.call)
            elif isinstance(command, SetTimer):
                key = command.key
                execution.timers[key] = self.clock.call_at(command.when, partial(self._fire, execution, key))
            elif isinstance(command, CancelTimer):
                timer = execution.timers.pop(command.key, None)
                if timer is not None:
                    timer.cancel()
            elif isinstance(command, CancelTask):
                execution.calls.pop(command.key, None)
                task = execution.tasks.pop(command.key, None)
                if task is not None:
                    task.cancel()
        if execution.run.status != "RUNNING" and not execution.ending:
            self._end(execution)
        if self._busy == 0:
            asyncio.get_running_loop().call_soon(self._idle)

    def _idle(self) -> None:
        if self._busy == 0 and not self._closed:
            self.clock.idle()

    def _fire(self, execution: Execution, key: int) -> None:
        execution.timers.pop(key, None)
        self._record(execution, ["fire", key], lambda now: execution.run.fire(key, now))

    def _begin_task(self, execution: Execution, call: TaskCall) -> None:
        execution.calls[call.key] = call
        if call.token is not None:
            execution.tokens[call.key] = call.token
        if call.resource.kind == "activity":
            self._offer(execution, call)
            return
        self._busy += 1
        execution.tasks[call.key] = self._spawn(self._perform(execution, call))

    def _offer(self, execution: Execution, call: TaskCall) -> None:
        activity = self.activities.get(call.resource.arn)
        if activity is None:
            cause = f"The activity {call.resource.arn} does not exist."
            self._record(
                execution,
                [call.key, "failed", errors.RUNTIME, cause],
                lambda now: execution.run.answer(call.key, Failed(errors.RUNTIME, cause), now),
            )
            return
        while activity.pollers:
            _, poller = activity.pollers.popleft()
            if not poller.done():
                poller.set_result((execution.arn, call))
                return
        activity.waiting.append((execution.arn, call))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _perform(self, execution: Execution, call: TaskCall) -> None:
        by_token = call.resource.pattern == "token"
        try:
            try:
                result = await self.tasks.run(call)
                if isinstance(result, Submission):
                    await self._answer(execution, call.key, Submitted(result.output))
                    if result.completion is None:
                        return
                    result = await result.completion
                elif by_token:
                    if execution.run.waits_for(call.key):
                        await self._answer(execution, call.key, Submitted(result))
                    return
                answer: Answer = Succeeded(result)
            except StateError as failure:
                answer = Failed(failure.error, failure.cause)
            except Exception as error:
                answer = Failed(errors.RUNTIME, f"{type(error).__name__}: {error}")
            if execution.run.waits_for(call.key) and call.key not in execution.answered:
                execution.answered.add(call.key)
                execution.tasks.pop(call.key, None)
                await self._answer(execution, call.key, answer)
        finally:
            self._busy -= 1
            if self._busy == 0 and not self._closed:
                asyncio.get_running_loop().call_soon(self._idle)

    def _end(self, execution: Execution) -> None:
        execution.ending = True
        run = execution.run
        for timer in execution.timers.values():
            timer.cancel()
        execution.timers.clear()
        for task in execution.tasks.values():
            task.cancel()
        execution.tasks.clear()
        execution.calls.clear()
        self._open -= 1

        def ended(error: BaseException | None) -> None:
            execution.finished.set()
            if self.on_end is not None:
                self.on_end(execution)

        if execution.express:
            self._express_done.append(execution.arn)
            while len(self._express_done) > EXPRESS_KEPT:
                self.executions.pop(self._express_done.pop(0), None)
        if not execution.kept:
            ended(None)
        else:
            record = {
                "status": run.status,
                "output": None if run.status != "SUCCEEDED" else text(run.output),
                "error": run.error,
                "cause": run.cause,
                "stopped": run.stopped_at,
            }
            self.store.end(execution.arn, record, ended)

    async def close(self) -> None:
        """Stop driving: cancel tasks in flight and timers. A durable store resumes executions later."""
        self._closed = True
        for execution in self.executions.values():
            for timer in execution.timers.values():
                timer.cancel()
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self.store.close()


def _entry(answer: Answer) -> list[Value]:
    """An answer as a journal keeps it; `read_answer` is its inverse."""
    if isinstance(answer, Succeeded):
        return ["succeeded", answer.result]
    if isinstance(answer, Failed):
        return ["failed", answer.error, answer.cause]
    if isinstance(answer, Submitted):
        return ["submitted", answer.result]
    if isinstance(answer, Started):
        return ["started", answer.worker]
    return ["heartbeat"]


def read_answer(entry: list[Value]) -> Answer:
    """An answer from its journal entry."""
    kind = entry[0]
    if kind == "succeeded":
        return Succeeded(entry[1])
    if kind == "failed":
        return Failed(entry[1], entry[2])
    if kind == "submitted":
        return Submitted(entry[1])
    if kind == "started":
        return Started(entry[1])
    return Heartbeat()
