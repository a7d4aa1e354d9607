"""What a run has of strands, calls, timers and groups: which strand goes on next, and what it waits for.

`simulator.machine.Run` is told what happened; this is how that reaches the strands, and how one strand's end reaches
the Parallel or Map that it belongs to.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.effects import (
    CancelTask,
    CancelTimer,
    Command,
    Effect,
    Join,
    Perform,
    SetTimer,
    Sleep,
    StartTask,
)
from simulator.errors import OutOfTime, StateError
from simulator.history import EXPRESS_EVENTS, Event
from simulator.strand import HistoryFull, Strand
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.info import Info

#: Seconds that a Standard execution may take: a year.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-state-machine-executions
YEAR = 31_536_000.0


class Scheduler:
    """Resumes strands until all of them wait. `_closes` is when the execution has taken as long as it may."""

    status = "RUNNING"
    now = 0.0
    _closes = float("inf")
    _closing = False

    def __init__(self, info: Info) -> None:
        self.info = info
        self.most_events = EXPRESS_EVENTS if info.express else info.event_limit - 1
        self.events: list[Event] = []
        self._keys = 1
        self._commands: list[Command] = []
        self._ready: deque[tuple[Strand, Any]] = deque()
        self._waiting: dict[int, Strand] = {}
        self._calls: dict[int, Open] = {}
        self._timers: dict[int, int] = {}
        self._deadlines: dict[int, Strand] = {}

    def key(self) -> int:
        """A new key for a call or a timer."""
        key = self._keys
        self._keys = key + 1
        return key

    def full(self, strand: Strand) -> bool:
        """Whether the execution that a strand belongs to has as many events as it may have."""
        child = strand.child
        most = EXPRESS_EVENTS if child is not None and child.express else self.most_events
        return len(strand.log) >= most

    def _end(self, status: str, output: Value, error: str | None, cause: str | None) -> None:
        raise NotImplementedError

    def _take(self) -> list[Command]:
        commands, self._commands = self._commands, []
        return commands

    def _work(self) -> list[Command]:
        """Resume strands until all of them wait."""
        ready = self._ready
        most = self.most_events
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
                self._full(strand)
            else:
                self._wait(strand, effect)
            if len(strand.log) >= most and self.status == "RUNNING" and self.full(strand):
                self._full(strand)
        return self._take()

    def _time_out(self) -> None:
        # StartSyncExecution names an error, DescribeExecution none.
        self._end("TIMED_OUT", None, errors.TIMEOUT if self.info.express else None, None)

    def _full(self, strand: Strand) -> None:
        """End the execution that a strand belongs to, the run's own or a Map Run's child, for its history is full."""
        cause = f"The execution reached the maximum number of history events ({self.info.event_limit})."
        child = strand.child
        if child is None:
            return self._time_out() if self.info.express else self._end("FAILED", None, errors.RUNTIME, cause)
        root = strand
        while root.group is not None and root.group.parent is not None and root.group.parent.child is child:
            root = root.group.parent
        if root.group is None or root.group.active.get(root.index) is not root:
            return None  # it is over already, by its own last step
        self._abandon(root)
        return self._failed(root, OutOfTime() if child.express else StateError(errors.RUNTIME, cause))

    # -------------------------------------------------------------- waiting

    def _wait(self, strand: Strand, effect: Effect) -> None:
        if isinstance(effect, Perform):
            call = effect.call
            opened = Open(call.timeout, call.heartbeat)
            self._calls[call.key] = opened
            self._waiting[call.key] = strand
            strand.waiting = call.key
            self._commands.append(StartTask(call))
            if call.timeout is not None:
                opened.timeout_key = self.key()
                self._timers[opened.timeout_key] = call.key
                self._set(opened.timeout_key, self.now + call.timeout)
            opened.call_key = call.key
            self._rearm(opened)
        elif isinstance(effect, Sleep):
            key = self.key()
            self._waiting[key] = strand
            strand.waiting = key
            self._set(key, effect.when)
        elif isinstance(effect, Join):
            effect.parent = strand
            strand.waiting = effect
            if effect.count == 0:
                self._ready.append((strand, effect.results))
            else:
                self._fill(effect)
        else:
            self._waiting[effect.key] = strand
            strand.waiting = effect.key

    def _set(self, key: int, when: float) -> None:
        """Set a timer. One that lies beyond the end of the execution's time sets the timer of that end too: no other
        execution needs one, for what is answered later is found to be late."""
        self._commands.append(SetTimer(key, when))
        if when > self._closes and not self._closing:
            self._closing = True
            self._commands.append(SetTimer(0, self._closes))

    def _late(self, now: float) -> bool:
        """Whether the execution's time was over before `now`; it ends then."""
        if now <= self._closes:
            return False
        self.now = self._closes
        self._time_out()
        return True

    def _rearm(self, call: Open) -> None:
        if call.heartbeat is None:
            return
        if call.heartbeat_key:
            self._timers.pop(call.heartbeat_key, None)
            self._commands.append(CancelTimer(call.heartbeat_key))
        call.heartbeat_key = self.key()
        self._timers[call.heartbeat_key] = call.call_key
        self._set(call.heartbeat_key, self.now + call.heartbeat)

    def _close(self, key: int, *, cancel: bool = False) -> None:
        call = self._calls.pop(key)
        for timer in (call.timeout_key, call.heartbeat_key):
            if timer and self._timers.pop(timer, None) is not None:
                self._commands.append(CancelTimer(timer))
        if cancel:
            self._commands.append(CancelTask(key))

    # -------------------------------------------------------------- groups

    def _launch(self, group: Join) -> None:
        index = group.todo[group.next]
        group.next += 1
        strand = group.launch(index)
        strand.group, strand.index = group, index
        group.active[index] = strand
        self._ready.append((strand, None))
        if group.seconds is not None:
            strand.deadline = self.key()
            self._deadlines[strand.deadline] = strand
            self._set(strand.deadline, self.now + group.seconds)

    def _finished(self, strand: Strand, value: Value) -> None:
        group = strand.group
        if group is None:
            self._end("SUCCEEDED", value, None, None)
            return
        del group.active[strand.index]
        if strand.deadline:
            self._undo(strand)
        group.results[strand.index] = value
        group.finished(strand.index, strand)
        self._carry_on(group)

    def _failed(self, strand: Strand, error: StateError) -> None:
        group = strand.group
        if group is None:
            self._end("FAILED", None, error.error, error.cause)
            return
        del group.active[strand.index]
        if strand.deadline:
            self._undo(strand)
        if group.failed(strand.index, strand, error):
            self._carry_on(group)
        else:
            self._break(group, error)

    def _undo(self, strand: Strand) -> None:
        if self._deadlines.pop(strand.deadline, None) is not None:
            self._commands.append(CancelTimer(strand.deadline))
        strand.deadline = 0

    def _overdue(self, strand: Strand) -> None:
        """A child execution has taken as long as it may."""
        strand.deadline = 0
        self._abandon(strand)
        self._failed(strand, OutOfTime())

    def _break(self, group: Join, error: StateError) -> None:
        """Stop what is left of a group, and fail the state that waits for it."""
        for index, other in list(group.active.items()):
            self._abandon(other)
            group.aborted(index, other)
        group.active.clear()
        group.next = group.count
        if group.parent is not None:
            self._ready.append((group.parent, error))

    def _carry_on(self, group: Join) -> None:
        """One strand of a group is over: the next takes its place, unless the limit was lowered since."""
        if group.next < group.count:
            if len(group.active) < group.limit:
                self._launch(group)
        elif not group.active and group.parent is not None:
            self._ready.append((group.parent, group.results))

    def _fill(self, group: Join) -> None:
        """Launch as many of a group's strands as may run."""
        while group.next < group.count and len(group.active) < group.limit:
            self._launch(group)

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
        if strand.deadline:
            self._undo(strand)
        kept = [entry for entry in self._ready if entry[0] is not strand]
        self._ready.clear()  # in place: _work holds this very queue while it resumes the strand that failed
        self._ready.extend(kept)
        strand.steps.close()


class Open:
    """A call that is being waited for, with its timers."""

    __slots__ = ("call_key", "heartbeat", "heartbeat_key", "timeout", "timeout_key")

    def __init__(self, timeout: float | None, heartbeat: float | None) -> None:
        self.timeout, self.heartbeat = timeout, heartbeat
        self.call_key = self.timeout_key = self.heartbeat_key = 0
