"""The interpreter: one execution as pure, deterministic code.

A `Run` is told what happened (it begins, a task was answered, a timer fired, someone stops it), each with the time, and
says what to do next (`Command`s). It reads no clock, starts nothing and waits for nothing; randomness comes from its
seed. The same definition, input, seed and sequence of answers give the same history, event by event, which is what the
durable store replays after a crash. Drivers: `simulator.drive` (synchronous, virtual time) and `simulator.executions`.

Inside, each path of states (the execution's own, a branch of a Parallel, an item of a Map) is a `Strand`: a generator
that yields effects (`Perform`, `Sleep`, `Join`) and is resumed with their outcome.
"""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.clock import iso
from simulator.effects import (
    Answer,
    CancelTask,
    CancelTimer,
    Command,
    Effect,
    Failed,
    Heartbeat,
    Join,
    Perform,
    SetTimer,
    Sleep,
    Started,
    StartTask,
    Succeeded,
)
from simulator.errors import StateError
from simulator.history import EXPRESS_EVENTS, Event, detail_key
from simulator.info import Info
from simulator.strand import HistoryFull, Strand
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.definition import Machine
    from simulator.maprun import MapRun


__all__ = ["Info", "Run"]


class Run:
    """One execution. `status` is RUNNING until it is SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""

    def __init__(
        self, machine: Machine, info: Info, value: Value, *, seed: str = "", limit: float | None = None
    ) -> None:
        self.machine, self.info, self.input = machine, info, value
        own = machine.timeout_seconds
        self._limit = limit if own is None else own if limit is None else min(own, limit)
        self.most_events = EXPRESS_EVENTS if info.express else info.event_limit - 1
        self._seed = f"{seed}\0{info.execution_arn}"
        self._random: random.Random | None = None
        self.status = "RUNNING"
        self.output: Value = None
        self.error: str | None = None
        self.cause: str | None = None
        self.now = 0.0
        self.started_at = 0.0
        self.stopped_at: float | None = None
        self.redrives = 0
        self.map_runs: list[MapRun] = []
        self.events: list[Event] = []
        self._context: dict[str, Value] | None = None
        self._redriven: float | None = None
        self._keys = 1
        self._commands: list[Command] = []
        self._ready: deque[tuple[Strand, Any]] = deque()
        self._waiting: dict[int, Strand] = {}
        self._calls: dict[int, _Open] = {}
        self._timers: dict[int, int] = {}
        self._root: Strand | None = None

    @property
    def random(self) -> random.Random:
        """The execution's own generator: $random, $uuid, tokens, jitter. Made when first asked for."""
        if self._random is None:
            self._random = random.Random(self._seed)  # noqa: S311 - a simulation, reproducible by design
        return self._random

    @property
    def context(self) -> dict[str, Value]:
        """The context object without what a state adds to it. Made when first asked for."""
        if self._context is None:
            execution: dict[str, Value] = {
                "Id": self.info.execution_arn,
                "Input": self.input,
                "Name": self.info.name,
                "RoleArn": self.info.role_arn,
                "StartTime": iso(self.started_at),
                "RedriveCount": self.redrives,
            }
            if self._redriven is not None:
                execution["RedriveTime"] = iso(self._redriven)
            self._context = {
                "Execution": execution,
                "StateMachine": {"Id": self.info.machine_arn, "Name": self.info.machine_name},
            }
        return self._context

    # -------------------------------------------------------------- told by the driver

    def begin(self, now: float) -> list[Command]:
        """Start. Returns what to do."""
        self.now = self.started_at = now
        previous = self.note(
            "ExecutionStarted", 0, {"input": self.input, "roleArn": self.info.role_arn, **self.info.started}
        )
        if self._limit is not None:
            self._commands.append(SetTimer(0, now + self._limit))
        self._root = Strand(self, self.machine.chart, self.input, {}, previous)
        self._ready.append((self._root, None))
        return self._work()

    def answer(self, key: int, answer: Answer, now: float) -> list[Command]:
        """A call was answered. Answers that nobody waits for are ignored. Returns what to do."""
        if key not in self._calls or self.status != "RUNNING":
            return []
        self.now = now
        call = self._calls[key]
        if isinstance(answer, Heartbeat):
            self._rearm(call)
            return self._take()
        strand = self._waiting.get(key)
        if strand is None:
            return []
        if isinstance(answer, Succeeded | Failed):
            self._close(key)
            outcome: Any = answer.result if isinstance(answer, Succeeded) else StateError(answer.error, answer.cause)
        else:
            outcome = answer
            if isinstance(answer, Started):
                self._rearm(call)
        del self._waiting[key]
        self._ready.append((strand, outcome))
        return self._work()

    def fire(self, key: int, now: float) -> list[Command]:
        """A timer fired. Returns what to do."""
        if self.status != "RUNNING":
            return []
        self.now = now
        if key == 0:
            self._time_out()
            return self._take()
        of = self._timers.pop(key, None)
        if of is not None:
            call = self._calls[of]
            also = None if key == call.timeout_key else errors.HEARTBEAT_TIMEOUT
            self._close(of, cancel=True)
            strand = self._waiting.pop(of, None)
            if strand is None:
                return self._take()
            self._ready.append((strand, StateError(errors.TIMEOUT, None, also)))
        else:
            strand = self._waiting.pop(key, None)
            if strand is None:
                return []
            self._ready.append((strand, None))
        return self._work()

    def stop(self, error: str | None, cause: str | None, now: float) -> list[Command]:
        """Abort. Returns what to cancel."""
        if self.status == "RUNNING":
            self.now = now
            self._end("ABORTED", None, error, cause)
        return self._take()

    def redrive(self, now: float) -> list[Command]:
        """Go on from the state that failed; in a Parallel or inline Map, from the branches or items that failed."""
        failed = self._root
        if failed is None or self.status in ("RUNNING", "SUCCEEDED"):
            return []
        self.now = now
        self.redrives += 1
        self.status, self.error, self.cause, self.stopped_at = "RUNNING", None, None, None
        self._redriven, self._context = now, None
        previous = self.note("ExecutionRedriven", len(self.events), {"redriveCount": self.redrives})
        if self._limit is not None:
            self._commands.append(SetTimer(0, now + self._limit))
        self._root = Strand(self, self.machine.chart, failed.value, failed.variables, previous, again=failed)
        self._ready.append((self._root, None))
        return self._work()

    def waits_for(self, key: int) -> bool:
        """Whether that call is still open."""
        return key in self._calls

    # -------------------------------------------------------------- used by states

    def note(
        self,
        event_type: str,
        previous: int,
        details: dict[str, Any] | None = None,
        log: list[Event] | None = None,
    ) -> int:
        """Add an event to the history, or to a child execution's own. Returns its id."""
        events = self.events if log is None else log
        number = len(events) + 1
        if details is None:
            events.append(Event(number, event_type, self.now, previous, "", _NOTHING))
        else:
            events.append(Event(number, event_type, self.now, previous, detail_key(event_type), details))
        return number

    def key(self) -> int:
        """A new key for a call or a timer."""
        key = self._keys
        self._keys = key + 1
        return key

    # -------------------------------------------------------------- inside

    def _take(self) -> list[Command]:
        commands, self._commands = self._commands, []
        return commands

    def _work(self) -> list[Command]:
        """Resume strands until all of them wait."""
        ready = self._ready
        while ready and self.status == "RUNNING":
            strand, outcome = ready.popleft()
            steps = strand.steps
            strand.waiting = None
            try:
                effect = steps.throw(outcome) if isinstance(outcome, StateError) else steps.send(outcome)
            except StopIteration as end:
                self._finished(strand, end.value)
            except StateError as error:
                self._failed(strand, error)
            except HistoryFull:
                self._full()
            else:
                self._wait(strand, effect)
            if len(self.events) >= self.most_events and self.status == "RUNNING":
                self._full()
        return self._take()

    def _time_out(self) -> None:
        # StartSyncExecution names an error, DescribeExecution none.
        self._end("TIMED_OUT", None, errors.TIMEOUT if self.info.express else None, None)

    def _full(self) -> None:
        if self.info.express:
            return self._time_out()
        cause = f"The execution reached the maximum number of history events ({self.info.event_limit})."
        return self._end("FAILED", None, errors.RUNTIME, cause)

    def _wait(self, strand: Strand, effect: Effect) -> None:
        if isinstance(effect, Perform):
            call = effect.call
            opened = _Open(call.timeout, call.heartbeat)
            self._calls[call.key] = opened
            self._waiting[call.key] = strand
            strand.waiting = call.key
            self._commands.append(StartTask(call))
            if call.timeout is not None:
                opened.timeout_key = self.key()
                self._timers[opened.timeout_key] = call.key
                self._commands.append(SetTimer(opened.timeout_key, self.now + call.timeout))
            opened.call_key = call.key
            self._rearm(opened)
        elif isinstance(effect, Sleep):
            key = self.key()
            self._waiting[key] = strand
            strand.waiting = key
            self._commands.append(SetTimer(key, effect.when))
        elif isinstance(effect, Join):
            effect.parent = strand
            strand.waiting = effect
            if effect.count == 0:
                self._ready.append((strand, effect.results))
            else:
                while effect.next < effect.count and len(effect.active) < effect.limit:
                    self._launch(effect)
        else:
            self._waiting[effect.key] = strand
            strand.waiting = effect.key

    def _launch(self, group: Join) -> None:
        index = group.todo[group.next]
        group.next += 1
        strand = group.launch(index)
        strand.group, strand.index = group, index
        group.active[index] = strand
        self._ready.append((strand, None))

    def _rearm(self, call: _Open) -> None:
        if call.heartbeat is None:
            return
        if call.heartbeat_key:
            self._timers.pop(call.heartbeat_key, None)
            self._commands.append(CancelTimer(call.heartbeat_key))
        call.heartbeat_key = self.key()
        self._timers[call.heartbeat_key] = call.call_key
        self._commands.append(SetTimer(call.heartbeat_key, self.now + call.heartbeat))

    def _close(self, key: int, *, cancel: bool = False) -> None:
        call = self._calls.pop(key)
        for timer in (call.timeout_key, call.heartbeat_key):
            if timer and self._timers.pop(timer, None) is not None:
                self._commands.append(CancelTimer(timer))
        if cancel:
            self._commands.append(CancelTask(key))

    def _finished(self, strand: Strand, value: Value) -> None:
        group = strand.group
        if group is None:
            self._end("SUCCEEDED", value, None, None)
            return
        del group.active[strand.index]
        group.results[strand.index] = value
        group.finished(strand.index, strand)
        self._carry_on(group)

    def _failed(self, strand: Strand, error: StateError) -> None:
        group = strand.group
        if group is None:
            self._end("FAILED", None, error.error, error.cause)
            return
        del group.active[strand.index]
        if group.failed(strand.index, strand, error):
            self._carry_on(group)
            return
        for index, other in list(group.active.items()):
            self._abandon(other)
            group.aborted(index, other)
        group.active.clear()
        group.next = group.count
        if group.parent is not None:
            self._ready.append((group.parent, error))

    def _carry_on(self, group: Join) -> None:
        if group.next < group.count:
            self._launch(group)
        elif not group.active and group.parent is not None:
            self._ready.append((group.parent, group.results))

    def _abandon(self, strand: Strand) -> None:
        """Stop a strand and everything below it."""
        waiting = strand.waiting
        if isinstance(waiting, Join):
            for other in waiting.active.values():
                self._abandon(other)
            waiting.active.clear()
            waiting.next = waiting.count
        elif waiting is not None:
            self._waiting.pop(waiting, None)
            if waiting in self._calls:
                self._close(waiting, cancel=True)
            else:
                self._commands.append(CancelTimer(waiting))
        kept = [entry for entry in self._ready if entry[0] is not strand]
        self._ready.clear()  # in place: _work holds this very queue while it resumes the strand that failed
        self._ready.extend(kept)
        strand.steps.close()

    def _end(self, status: str, output: Value, error: str | None, cause: str | None) -> None:
        if status == "SUCCEEDED" and output is not self.input and len(dump(output)) > PAYLOAD_LIMIT:
            status, output, error = "FAILED", None, errors.DATA_LIMIT
            cause = "The execution's output has a size exceeding the maximum number of bytes service limit."
        self.status, self.output, self.error, self.cause = status, output, error, cause
        self.stopped_at = self.now
        # An Express execution has no redrive. Without this circle of references its history goes once nobody has it.
        root, self._root = self._root, None if self.info.express else self._root
        previous = 0 if status == "ABORTED" else len(self.events)
        if root is not None and status == "SUCCEEDED":
            previous = root.previous
        if status == "SUCCEEDED":
            self.note("ExecutionSucceeded", previous, {"output": output})
        else:
            event_type = {"FAILED": "ExecutionFailed", "TIMED_OUT": "ExecutionTimedOut"}.get(status, "ExecutionAborted")
            self.note(event_type, previous, {"error": error, "cause": cause})
        if root is not None and status != "SUCCEEDED" and root.waiting is not None:
            self._abandon(root)
        if self._limit is not None and status != "TIMED_OUT":
            self._commands.append(CancelTimer(0))
        self._ready.clear()


_NOTHING: dict[str, Any] = {}


class _Open:
    """A call that is being waited for, with its timers."""

    __slots__ = ("call_key", "heartbeat", "heartbeat_key", "timeout", "timeout_key")

    def __init__(self, timeout: float | None, heartbeat: float | None) -> None:
        self.timeout, self.heartbeat = timeout, heartbeat
        self.call_key = self.timeout_key = self.heartbeat_key = 0
