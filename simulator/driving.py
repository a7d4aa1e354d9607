"""Drives executions on an event loop: runs tasks, sets timers, hands every fact to the store before it is acted on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from simulator import errors
from simulator.activities import Activity
from simulator.answers import write_answer
from simulator.clock import Clock
from simulator.effects import (
    Answer,
    CancelTask,
    CancelTimer,
    Command,
    Failed,
    SetTimer,
    StartTask,
    Submitted,
    Succeeded,
)
from simulator.errors import StateError
from simulator.execution import Execution
from simulator.machine import Run
from simulator.recovery import end_record
from simulator.store import Store
from simulator.tasks import Submission, TaskCall, TaskRunner
from simulator.values import Value

#: Seconds after which a fact that could not be written (a full disk) is written again.
RETRY_SECONDS = 0.5


class Driver:
    """What an engine does with runs. `ended` is called once for each execution that is over."""

    def __init__(
        self,
        tasks: TaskRunner,
        clock: Clock,
        store: Store,
        activities: dict[str, Activity],
        ended: Callable[[Execution], None],
    ) -> None:
        self._tasks, self._clock, self._store, self._activities, self._ended = tasks, clock, store, activities, ended
        self._busy = 0
        self._closed = False
        self._background: set[asyncio.Task[Any]] = set()

    async def answer(self, execution: Execution, key: int, answer: Answer) -> None:
        """Write an answer, then act on it. Raises what kept it from being written."""
        await self.record(execution, [key, *write_answer(answer)], lambda run, now: run.answer(key, answer, now))

    def record(
        self,
        execution: Execution,
        entry: list[Value],
        act: Callable[[Run, float], list[Command]],
        *,
        insist: bool = False,
        reopen: bool = False,
    ) -> asyncio.Future[None]:
        """Write an entry, then act on it. The future is done when it was acted on.

        `insist`: what happened cannot be told to anyone, so a write that fails is tried again until it succeeds.
        `reopen`: the execution was over, and goes on with this entry.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._write(execution, entry, act, done, insist, reopen)
        return done

    def _write(
        self,
        execution: Execution,
        entry: list[Value],
        act: Callable[[Run, float], list[Command]],
        done: asyncio.Future[None],
        insist: bool,
        reopen: bool,
    ) -> None:
        now = self._clock.now()

        def then(error: BaseException | None) -> None:
            if self._closed:
                return
            if error is None:
                run = execution.run
                if isinstance(run, Run):
                    self.carry_out(execution, act(run, now))
                if not done.done():
                    done.set_result(None)
            elif insist:
                asyncio.get_running_loop().call_later(
                    RETRY_SECONDS, self._write, execution, entry, act, done, insist, reopen
                )
            elif not done.done():
                done.set_exception(error)

        if execution.express:
            # An Express execution runs at least once: after a crash it begins anew, so it has no journal.
            then(None)
        else:
            write = self._store.reopen if reopen else self._store.append
            write(execution.arn, [now, *entry], then)

    def carry_out(self, execution: Execution, commands: list[Command]) -> None:
        """Do what a run asks for."""
        for command in commands:
            if isinstance(command, StartTask):
                self.begin_task(execution, command.call)
            elif isinstance(command, SetTimer):
                self.set_timer(execution, command.key, command.when)
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
        self._rest()

    def set_timer(self, execution: Execution, key: int, when: float) -> None:
        """Have a timer fire at `when`."""
        execution.timers[key] = self._clock.call_at(when, partial(self._fire, execution, key))

    def _fire(self, execution: Execution, key: int) -> None:
        execution.timers.pop(key, None)
        self.record(execution, ["fire", key], lambda run, now: run.fire(key, now), insist=True)

    def _rest(self) -> None:
        if self._busy == 0 and not self._closed:
            asyncio.get_running_loop().call_soon(self._idle)

    def _idle(self) -> None:
        if self._busy == 0 and not self._closed:
            self._clock.idle()

    def begin_task(self, execution: Execution, call: TaskCall) -> None:
        """Have a call answered."""
        execution.calls[call.key] = call
        if call.token is not None:
            execution.tokens[call.key] = call.token
        if call.resource.kind == "activity":
            self._offer(execution, call)
            return
        self._busy += 1
        task = asyncio.get_running_loop().create_task(self._perform(execution, call))
        execution.tasks[call.key] = task
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def _offer(self, execution: Execution, call: TaskCall) -> None:
        activity = self._activities.get(call.resource.arn)
        if activity is None:
            failure = Failed(errors.RUNTIME, f"The activity {call.resource.arn} does not exist.")
            entry = [call.key, *write_answer(failure)]
            self.record(execution, entry, lambda run, now: run.answer(call.key, failure, now), insist=True)
            return
        while activity.pollers:
            _, poller = activity.pollers.popleft()
            if not poller.done():
                poller.set_result((execution.arn, call))
                return
        activity.waiting.append((execution.arn, call))

    async def _perform(self, execution: Execution, call: TaskCall) -> None:
        try:
            answer = await self._ask(execution, call)
            if answer is not None and execution.run.waits_for(call.key) and call.key not in execution.answered:
                execution.answered.add(call.key)
                execution.tasks.pop(call.key, None)
                entry = [call.key, *write_answer(answer)]
                await self.record(execution, entry, lambda run, now: run.answer(call.key, answer, now), insist=True)
        finally:
            self._busy -= 1
            self._rest()

    async def _ask(self, execution: Execution, call: TaskCall) -> Answer | None:
        """What the runner says; None when the result comes by token."""
        try:
            result = await self._tasks.run(call)
            if not isinstance(result, Submission) and call.resource.pattern == "token":
                result = Submission(result, None)
            if isinstance(result, Submission):
                if execution.run.waits_for(call.key):
                    submitted = Submitted(result.output)
                    entry = [call.key, *write_answer(submitted)]
                    await self.record(
                        execution, entry, lambda run, now: run.answer(call.key, submitted, now), insist=True
                    )
                if result.completion is None:
                    return None
                # It waits for something that is not ours, or for another execution: virtual time goes on meanwhile.
                self._busy -= 1
                self._rest()
                try:
                    result = await result.completion
                finally:
                    self._busy += 1
            return Succeeded(result)
        except StateError as failure:
            return Failed(failure.error, failure.cause)
        except Exception as error:
            return Failed(errors.RUNTIME, f"{type(error).__name__}: {error}")

    def _end(self, execution: Execution) -> None:
        execution.ending = True
        for timer in execution.timers.values():
            timer.cancel()
        for task in execution.tasks.values():
            task.cancel()
        execution.timers.clear()
        execution.tasks.clear()
        execution.calls.clear()
        if not execution.kept:
            self._ended(execution)
            return
        self._write_end(execution, end_record(execution.run))

    def _write_end(self, execution: Execution, record: dict[str, Value]) -> None:
        def then(error: BaseException | None) -> None:
            if self._closed:
                return
            if error is None:
                self._ended(execution)
            else:
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self._write_end, execution, record)

        self._store.end(execution.arn, record, then)

    async def close(self, executions: list[Execution]) -> None:
        """Stop: cancel timers and tasks in flight, act on nothing more."""
        self._closed = True
        for execution in executions:
            for timer in execution.timers.values():
                timer.cancel()
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
