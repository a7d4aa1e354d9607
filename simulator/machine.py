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
from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.clock import iso
from simulator.effects import Answer, CancelTimer, Command, Failed, Heartbeat, SetTimer, Started, Succeeded
from simulator.errors import StateError
from simulator.history import Event, detail_key
from simulator.info import Info
from simulator.scheduling import YEAR, Scheduler
from simulator.strand import Strand
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.definition import Machine
    from simulator.maprun import MapRun


__all__ = ["Info", "Run"]

#: Client tokens of redrives that are remembered, and for how many seconds.
#: https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
REDRIVE_TOKENS = 10
REDRIVE_TOKEN_SECONDS = 900.0


class Run(Scheduler):
    """One execution. `status` is RUNNING until it is SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""

    output: Value = None
    error: str | None = None
    cause: str | None = None
    started_at = 0.0
    stopped_at: float | None = None
    redrives = 0
    redriven_at: float | None = None
    #: Bytes of the variables that were assigned, never less than what is stored.
    assigned = 0
    _random: random.Random | None = None
    _context: dict[str, Value] | None = None
    _tokens: tuple[tuple[str, float], ...] = ()
    _root: Strand | None = None

    def __init__(
        self, machine: Machine, info: Info, value: Value, *, seed: str = "", limit: float | None = None
    ) -> None:
        super().__init__(info)
        self.machine, self.input = machine, value
        own = machine.timeout_seconds
        most = limit if info.express else YEAR
        self._limit = limit if own is None else own if most is None else min(own, most)
        self._seed = f"{seed}\0{info.execution_arn}"
        self.map_runs: list[MapRun] = []

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
            }
            if not self.info.express:
                execution["RedriveCount"] = self.redrives
            if self.redriven_at is not None:
                execution["RedriveTime"] = iso(self.redriven_at)
            self._context = {
                "Execution": execution,
                "StateMachine": {"Id": self.info.machine_arn, "Name": self.info.machine_name},
            }
        return self._context

    # -------------------------------------------------------------- told by the driver

    def begin(self, now: float) -> list[Command]:
        """Start. Returns what to do."""
        self.now = self.started_at = now
        if not self.info.express:
            self._closes = now + YEAR
        self.note("ExecutionStarted", 0, {"input": self.input, "roleArn": self.info.role_arn, **self.info.started})
        self._set_limit()
        # AWS lets the first state follow nothing: the lines of an Express execution in
        # https://github.com/aws-samples/aws-batch-runtime-monitoring/pull/21
        self._root = Strand(self, self.machine.chart, self.input, {}, 0)
        self._ready.append((self._root, None))
        return self._work()

    def answer(self, key: int, answer: Answer, now: float) -> list[Command]:
        """A call was answered. Answers that nobody waits for are ignored. Returns what to do."""
        if key not in self._calls or self.status != "RUNNING":
            return []
        if self._late(now):
            return self._take()
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
        if self._late(now):
            return self._take()
        self.now = now
        if key == 0:
            self._time_out()
            return self._take()
        overdue = self._deadlines.pop(key, None)
        if overdue is not None:
            self._overdue(overdue)
            return self._work()
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

    def redrive(self, now: float, token: str | None = None) -> list[Command]:
        """Go on from the state that failed; in a Parallel or Map, from the branches, items or children that failed."""
        failed = self._root
        if failed is None or self.status in ("RUNNING", "SUCCEEDED"):
            return []
        self.now = now
        self.redrives += 1
        self.status, self.error, self.cause, self.stopped_at = "RUNNING", None, None, None
        self.redriven_at, self._context = now, None
        if token is not None:
            self._tokens = (*self._tokens, (token, now))[-REDRIVE_TOKENS:]
        previous = self.note("ExecutionRedriven", len(self.events), {"redriveCount": self.redrives})
        self._set_limit()
        self._root = Strand(self, self.machine.chart, failed.value, failed.variables, previous, again=failed)
        self._ready.append((self._root, None))
        return self._work()

    def stop_child(self, arn: str, error: str | None, cause: str | None, now: float) -> list[Command]:
        """Abort one child execution of a Map Run: it counts as no failure, and the others go on."""
        found = (child for run in self.map_runs for child in run.children if child.arn == arn)
        strand = next((child.strand for child in found if child.status == "RUNNING"), None)
        group = None if strand is None else strand.group
        if strand is None or strand.child is None or group is None or self.status != "RUNNING":
            return []
        self.now = now
        self._abandon(strand)
        del group.active[strand.index]
        strand.child.error, strand.child.cause = error, cause
        group.aborted(strand.index, strand)
        self._carry_on(group)
        return self._work()

    def redriven_with(self, token: str, now: float) -> float | None:
        """When it was redriven with this client token, if that is one of the last and not too long ago."""
        for known, when in self._tokens:
            if known == token and now <= when + REDRIVE_TOKEN_SECONDS:
                return when
        return None

    def update_map_run(self, arn: str, changes: dict[str, float], now: float) -> list[Command]:
        """Change a Map Run's `max_concurrency`, `tolerated_count` or `tolerated_percentage` while it runs."""
        changed = next((one for one in self.map_runs if one.arn == arn), None)
        if changed is None or self.status != "RUNNING":
            return []
        self.now = now
        group = changed.update(changes)
        if group is not None and group.parent is not None and group.parent.waiting is group:
            error = changed.exceeded()
            if error is not None:
                self._break(group, error)
            else:
                self._fill(group)
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

    # -------------------------------------------------------------- inside

    def _set_limit(self) -> None:
        if self._limit is not None:
            self._closing = True
            self._commands.append(SetTimer(0, min(self.now + self._limit, self._closes)))

    def _end(self, status: str, output: Value, error: str | None, cause: str | None) -> None:
        if status == "SUCCEEDED" and output is not self.input and len(dump(output)) > PAYLOAD_LIMIT:
            status, output, error = "FAILED", None, errors.DATA_LIMIT
            cause = "The execution's output has a size exceeding the maximum number of bytes service limit."
        self.status, self.output, self.error, self.cause = status, output, error, cause
        self.stopped_at = self.now
        if self._root is not None and status != "SUCCEEDED" and self._root.waiting is not None:
            self._abandon(self._root)
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
        if self._closing and status != "TIMED_OUT":
            self._commands.append(CancelTimer(0))
        self._closing = False
        self._ready.clear()


_NOTHING: dict[str, Any] = {}
