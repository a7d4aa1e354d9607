"""Whether an execution can be redriven, and AWS's words for why not.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html#redrive-eligibility and redriveStatusReason
of https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.history import EVENT_LIMIT
from simulator.scheduling import YEAR

if TYPE_CHECKING:
    from simulator.execution import Execution

#: Seconds after its end in which an execution can be redriven.
REDRIVABLE_SECONDS = 14 * 86_400.0


def refusal(
    status: str, events: int, stopped: float, now: float, *, closes: float | None = None, limit: int = EVENT_LIMIT
) -> str | None:
    """Why a Standard execution cannot be redriven at `now`; None if it can.

    `events` are those of its history, of which it may have `limit`: a redrive needs room for two. `closes` is when it
    has been open for as long as it may be. Times are seconds since the epoch.
    """
    if status in ("RUNNING", "SUCCEEDED"):
        return f"Execution is {status} and cannot be redriven"
    if events >= limit - 1:
        return "Execution history event limit exceeded"
    if closes is not None and now >= closes:
        return "Execution has exceeded the max execution time"
    if now > stopped + REDRIVABLE_SECONDS:
        return "Execution redrivable period exceeded"
    return None


def refusal_of(execution: Execution, now: float) -> str | None:
    """Why this execution of an engine cannot be redriven at `now`; None if it can."""
    run = execution.run
    if execution.express or (execution.status not in ("RUNNING", "SUCCEEDED") and not execution.ending):
        return f"Execution is {execution.status} and cannot be redriven"
    stopped = run.stopped_at or 0.0
    # Only the history of what could be redriven otherwise is worth counting: it may have to be replayed.
    return refusal(execution.status, 0, stopped, now, closes=run.started_at + YEAR) or refusal(
        execution.status, len(execution.events), stopped, now, limit=run.info.event_limit
    )
