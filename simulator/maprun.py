"""Map Runs: what a Distributed Map started, child by child, as DescribeMapRun and ListExecutions show it.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.history import Event
from simulator.values import Value


@dataclass(slots=True)
class Child:
    """One child execution: an item, or a batch of `items`."""

    arn: str
    name: str
    input: Value
    started: float
    items: int = 1
    status: str = "RUNNING"
    stopped: float = 0.0
    output: Value = None
    error: str | None = None
    cause: str | None = None
    events: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class MapRun:
    """One run of a Distributed Map. Its limits are those that its state evaluated to."""

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
    total_children: int = 0
    children: list[Child] = field(default_factory=list)

    def exceeded(self) -> bool:
        """Whether more items failed than are tolerated. Without limits none may fail; with both, either counts."""
        failed = sum(child.items for child in self.children if child.status in ("FAILED", "TIMED_OUT"))
        if self.tolerated_count is None and self.tolerated_percentage is None:
            return failed > 0
        if self.tolerated_count is not None and failed > self.tolerated_count:
            return True
        share = 100.0 * failed / self.total_items if self.total_items else 0.0
        return self.tolerated_percentage is not None and share > self.tolerated_percentage

    def counts(self, *, items: bool) -> dict[str, int]:
        """How many children, or their items, are in each state."""
        by_status: dict[str, int] = {}
        for child in self.children:
            by_status[child.status] = by_status.get(child.status, 0) + (child.items if items else 1)
        total = self.total_items if items else self.total_children
        return {
            "pending": total - sum(by_status.values()),
            "running": by_status.get("RUNNING", 0),
            "succeeded": by_status.get("SUCCEEDED", 0),
            "failed": by_status.get("FAILED", 0),
            "timedOut": by_status.get("TIMED_OUT", 0),
            "aborted": by_status.get("ABORTED", 0),
            "total": total,
            "resultsWritten": 0,
        }
