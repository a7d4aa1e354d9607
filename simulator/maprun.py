"""Map Runs: what a Distributed Map started, child by child, as DescribeMapRun and ListExecutions show it.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html and, for what a redrive does,
https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from simulator.clock import iso
from simulator.errors import EXCEED_TOLERATED_FAILURE, StateError
from simulator.history import Event
from simulator.redriving import refusal
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.effects import Join
    from simulator.strand import Strand

#: Children at the same time at most, where MaxConcurrency names no limit or a higher one.
MOST_CHILDREN = 10_000
#: How often one Map Run may be redriven.
MOST_REDRIVES = 1_000


class Given(NamedTuple):
    """What a child is given: its input, how many items that has, and the context object's Map.Item."""

    input: Value
    items: int
    seen: dict[str, Value]


@dataclass(slots=True, eq=False)
class Child:
    """One child execution: an item, or a batch of `items`. Times are seconds since the epoch."""

    arn: str
    name: str
    input: Value
    started: float
    items: int = 1
    express: bool = False
    status: str = "RUNNING"
    stopped: float = 0.0
    output: Value = None
    error: str | None = None
    cause: str | None = None
    events: list[Event] = field(default_factory=list)
    machine_arn: str = ""
    role_arn: str = ""
    _context: dict[str, Value] | None = None
    redrives: int = 0
    redriven: float | None = None
    #: It failed, and its Map Run was redriven, but it did not start again yet.
    waits: bool = False
    #: Its result was handed on, to the ResultWriter or into the state's result.
    written: bool = False
    #: Bytes of the variables that were assigned, never less than what is stored.
    assigned: int = 0
    strand: Strand | None = None

    @property
    def shown(self) -> str:
        """The status that the API shows."""
        return "PENDING_REDRIVE" if self.waits else self.status

    @property
    def context(self) -> dict[str, Value]:
        """The context object without what a state adds to it. Made when first asked for."""
        if self._context is None:
            execution: dict[str, Value] = {
                "Id": self.arn,
                "Input": self.input,
                "Name": self.name,
                "RoleArn": self.role_arn,
                "StartTime": iso(self.started),
                "RedriveCount": self.redrives,
            }
            if self.redriven is not None:
                execution["RedriveTime"] = iso(self.redriven)
            machine = {"Id": self.machine_arn, "Name": self.machine_arn.rpartition(":")[2]}
            self._context = {"Execution": execution, "StateMachine": machine}
        return self._context

    def again(self, now: float) -> None:
        """It runs again: a Standard child is redriven, an Express child starts anew."""
        self.status, self.waits, self.written, self.error, self.cause = "RUNNING", False, False, None, None
        self._context = None
        if self.express:
            self.started = now
            self.events.clear()
        else:
            self.redrives, self.redriven = self.redrives + 1, now

    def refusal(self, now: float) -> str | None:
        """Why the Map Run cannot redrive this child; None if it can. Express children are started anew, always."""
        if self.express and self.status not in ("RUNNING", "SUCCEEDED"):
            return None
        return refusal(self.status, len(self.events), self.stopped, now)


@dataclass(slots=True, eq=False)
class MapRun:
    """One run of a Distributed Map. Its limits are those that its state evaluated to, or UpdateMapRun set since."""

    arn: str
    execution_arn: str
    machine_arn: str
    started: float
    max_concurrency: int
    tolerated_count: float | None
    tolerated_percentage: float | None
    status: str = "RUNNING"
    stopped: float | None = None
    total_items: int = 0
    children: list[Child] = field(default_factory=list)
    #: One for each child, started or not; None as long as the items were not read.
    inputs: list[Given] | None = None
    redrives: int = 0
    redriven: float | None = None
    #: Items of children that failed since the Map Run began or was last redriven.
    failed_items: int = 0
    #: Files that the ResultWriter wrote of children that succeeded, over all redrives.
    succeeded_files: list[dict[str, Value]] = field(default_factory=list)
    group: Join | None = None

    @property
    def limit(self) -> int:
        """Children that may run at the same time."""
        return min(self.max_concurrency or MOST_CHILDREN, MOST_CHILDREN)

    def given(self, inputs: list[Given]) -> None:
        """The items were read: this is what the children are given."""
        self.inputs = inputs
        self.total_items = sum(one.items for one in inputs)

    def exceeded(self) -> StateError | None:
        """The error if more items failed than are tolerated. Without limits none may fail; with both, either counts."""
        failed, count, percentage = self.failed_items, self.tolerated_count, self.tolerated_percentage
        if count is None and percentage is None:
            over = failed > 0
        else:
            share = 100.0 * failed / self.total_items if self.total_items else 0.0
            over = (count is not None and failed > count) or (percentage is not None and share > percentage)
        if not over:
            return None
        return StateError(EXCEED_TOLERATED_FAILURE, "The specified tolerated failure threshold was exceeded")

    def update(self, changes: dict[str, float]) -> Join | None:
        """Take new limits. Returns the group of children that they are for, if any runs."""
        self.max_concurrency = int(changes.get("max_concurrency", self.max_concurrency))
        self.tolerated_count = changes.get("tolerated_count", self.tolerated_count)
        self.tolerated_percentage = changes.get("tolerated_percentage", self.tolerated_percentage)
        if self.group is not None:
            self.group.limit = self.limit
        return self.group

    def redrive(self, now: float) -> None:
        """Run again: unsuccessful children wait to be redriven, those that cannot be count as failed, and failures are
        counted from there."""
        self.status, self.stopped = "RUNNING", None
        self.redrives += 1
        self.redriven = now
        self.failed_items = 0
        for child in self.children:
            if child.status == "SUCCEEDED":
                continue
            child.waits = child.refusal(now) is None
            if not child.waits:
                self.failed_items += child.items

    def end(self, status: str, now: float) -> None:
        """It is over. What still waited to be redriven is as it was before."""
        self.status, self.stopped, self.group = status, now, None
        for child in self.children:
            child.waits = False

    def counts(self, now: float, *, items: bool) -> dict[str, int]:
        """How many children, or their items, are in each state."""
        found = dict.fromkeys(_COUNTS, 0)
        begun = 0
        for child in self.children:
            more = child.items if items else 1
            begun += more
            found[_COUNTED[child.shown]] += more
            if child.written:
                found["resultsWritten"] += more
            if child.status in _UNSUCCESSFUL and child.refusal(now) is not None:
                found["failuresNotRedrivable"] += more
        found["total"] = self.total_items if items else len(self.inputs or ())
        found["pending"] = found["total"] - begun
        return found


_UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
_COUNTED = {
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timedOut",
    "ABORTED": "aborted",
    "PENDING_REDRIVE": "pendingRedrive",
}
_COUNTS = ("pending", *_COUNTED.values(), "total", "resultsWritten", "failuresNotRedrivable")
