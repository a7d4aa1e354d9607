"""A strand: one path of states being walked, whether the execution's own, a branch's or an item's."""

from __future__ import annotations

from types import GeneratorType
from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.clock import iso
from simulator.effects import Join, Steps, Work
from simulator.errors import LocatedError, StateError
from simulator.history import Event
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.definition import Chart
    from simulator.machine import Run
    from simulator.maprun import Child, MapRun
    from simulator.states.base import State


#: Bytes of JSON that all variables of an execution may have together.
#: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html#limits
VARIABLES_LIMIT = 10 * 1024 * 1024
_TOO_MANY = f"The total size of the execution's variables exceeds the limit of {VARIABLES_LIMIT} bytes."


class HistoryFull(Exception):
    """The execution has as many events as it may have. Nothing catches it but the run."""


class Strand:
    """One path of states being walked."""

    __slots__ = (
        "chart",
        "child",
        "deadline",
        "entered_at",
        "entered_event",
        "group",
        "index",
        "item",
        "log",
        "owns_variables",
        "previous",
        "retry_count",
        "run",
        "state",
        "steps",
        "token",
        "unfinished",
        "value",
        "variables",
        "waiting",
        "work",
    )

    def __init__(
        self,
        run: Run,
        chart: Chart,
        value: Value,
        variables: dict[str, Value],
        previous: int,
        item: Value = None,
        *,
        log: list[Event] | None = None,
        child: Child | None = None,
        again: Strand | None = None,
    ) -> None:
        self.run = run
        self.chart = chart
        self.variables = variables
        self.owns_variables = False
        self.previous = previous
        self.item = item
        self.log = run.events if log is None else log
        #: The child execution of a Map Run that this is a path of; None: the run's own.
        self.child = child
        self.deadline = 0
        self.group: Join | None = None
        self.index = 0
        self.waiting: int | Join | None = None
        self.state: State | None = None
        self.entered_at = 0.0
        self.entered_event = 0
        self.retry_count = 0
        self.token: str | None = None
        self.value = value
        #: What the state that is being worked on has of its branches or items; and what a redrive takes up of it.
        self.work: Work | MapRun | None = None
        self.unfinished: Work | MapRun | None = None
        if again is not None:
            # A redrive: the state that failed is entered already, and works again on what it was given.
            self.state, self.entered_at, self.entered_event = again.state, again.entered_at, again.entered_event
            self.variables, self.unfinished = again.variables, again.work
        self.steps: Steps = self._follow(value)

    def _follow(self, value: Value) -> Steps:
        """Walk from state to state. Returns the output of the last; raises what no state caught."""
        states = self.chart.states
        name: str | None = self.chart.start_at if self.state is None else self.state.name
        entered = self.state is not None
        while name is not None:
            state = states[name]
            if not entered:
                self.enter(state, value)
            entered = False
            try:
                outcome: Any = state.execute(self, value)
                if outcome.__class__ is GeneratorType:
                    outcome = yield from outcome
                name, value = self.exit(state, value, *outcome)
            except StateError as error:
                self.place(error)
                if self.work is not None and not state.keeps(self.work, error):
                    self.work = None
                raise
            if len(self.log) >= self.run.most_events and self.run.full(self):
                raise HistoryFull
        return value

    def resume(self, count: int) -> tuple[Work, bool]:
        """The work of a state with so many branches or items, and whether a redrive takes up what is left of it."""
        left, self.unfinished = self.unfinished, None
        if isinstance(left, Work) and len(left.results) == count:
            self.work = left
            return left, True
        self.work = made = Work(count)
        return made, False

    def enter(self, state: State, value: Value) -> None:
        """Note that a state was entered."""
        self.state = state
        self.value = value
        self.retry_count = 0
        self.token = None
        self.work = None
        self.entered_at = self.run.now
        self.entered_event = self.note(state.entered_type, {"name": state.name, "input": value})

    def exit(
        self, state: State, value: Value, name: str | None, output: Value, assigned: dict[str, Value] | None
    ) -> tuple[str | None, Value]:
        """Note that a state was left. Returns where to go and with what."""
        if output is not value and len(dump(output)) > PAYLOAD_LIMIT:
            raise too_large(state)
        details: dict[str, Any] = {"name": state.name, "output": output}
        if assigned:
            size = len(dump(assigned))
            # Names and punctuation do not count.
            if size > PAYLOAD_LIMIT and sum(len(dump(given)) for given in assigned.values()) > PAYLOAD_LIMIT:
                raise too_large(state)
            self.assign(assigned)
            holder = self.run if self.child is None else self.child
            holder.assigned += size
            if holder.assigned > VARIABLES_LIMIT:
                holder.assigned = stored(self)
                if holder.assigned > VARIABLES_LIMIT:
                    raise StateError(errors.DATA_LIMIT, _TOO_MANY)
            details["assignedVariables"] = assigned
        self.note(state.exited_type, details)
        return name, output

    def assign(self, assigned: dict[str, Value]) -> None:
        """Give variables of this scope new values; outer scopes keep theirs."""
        if not self.owns_variables:
            self.variables = dict(self.variables)
            self.owns_variables = True
        self.variables.update(assigned)

    def place(self, error: StateError) -> None:
        """Complete an error that the state's own field made, and note failed evaluations. Once per error."""
        if isinstance(error, LocatedError) and error.cause is error.detail and self.state is not None:
            error.placed(self.state.name, self.entered_event)
            if error.error == errors.QUERY_EVALUATION:
                details = {"error": error.error, "cause": error.cause, "state": self.state.name}
                if error.location is not None:
                    details["location"] = error.location
                self.note("EvaluationFailed", details)

    def note(self, event_type: str, details: dict[str, Any] | None = None) -> int:
        """Add an event to the history. Returns its id."""
        self.previous = self.run.note(event_type, self.previous, details, self.log)
        return self.previous

    def aside(self, event_type: str) -> None:
        """Add an event that the next one does not name as the one before it, as AWS does for MapStateSucceeded."""
        self.run.note(event_type, self.previous, None, self.log)

    def path(self) -> tuple[int, ...]:
        """Which branches and items this strand stands in, from the outside in; () for the execution's own."""
        indices: list[int] = []
        strand: Strand | None = self
        while strand is not None and strand.group is not None:
            indices.append(strand.index)
            strand = strand.group.parent
        return tuple(reversed(indices))

    def context(self) -> dict[str, Value]:
        """The context object as this state sees it.

        https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
        """
        state = self.state
        seen: dict[str, Value] = dict(self.run.context if self.child is None else self.child.context)
        if state is not None:
            entered: dict[str, Value] = {"Name": state.name, "EnteredTime": iso(self.entered_at)}
            if state.retried:
                entered["RetryCount"] = self.retry_count
            seen["State"] = entered
        if self.token is not None:
            seen["Task"] = {"Token": self.token}
        if self.item is not None:
            seen["Map"] = {"Item": self.item}
        return seen


def stored(strand: Strand) -> int:
    """Bytes of JSON of the variables that the execution of a strand stores now, each once, in all scopes."""
    root = strand
    while root.group is not None and root.group.parent is not None and root.group.parent.child is root.child:
        root = root.group.parent
    total = 0
    open_strands: list[tuple[Strand, dict[str, Value]]] = [(root, {})]
    while open_strands:
        one, outer = open_strands.pop()
        # No inner scope assigns to an outer one's names.
        total += sum(len(dump(value)) for name, value in one.variables.items() if name not in outer)
        if isinstance(one.waiting, Join):
            inner = (other for other in one.waiting.active.values() if other.child is one.child)
            open_strands.extend((other, one.variables) for other in inner)
    return total


def too_large(state: State) -> StateError:
    """States.DataLimitExceeded for a state whose output is over 262,144 bytes."""
    return StateError(
        errors.DATA_LIMIT,
        f"The state/task '{state.name}' returned a result with a size exceeding the maximum number of bytes "
        "service limit.",
    )
