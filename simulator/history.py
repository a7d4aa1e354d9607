"""The history of one execution: events noted cheaply while it runs, rendered as GetExecutionHistory on demand.

Shapes: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
Values stay values until someone asks: turning inputs and outputs into JSON text is most of the cost of a history.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from simulator.values import text

#: Events that an execution of a Standard workflow may have.
EVENT_LIMIT = 25_000

#: Events after which an Express execution, which has no limit of its own, is taken for one that ran out of its five
#: minutes: a loop of states that never waits.
EXPRESS_EVENTS = 250_000


class Event(NamedTuple):
    """One event: `details` are unrendered (see `render`), `key` names their field ("" for events without details)."""

    id: int
    type: str
    timestamp: float
    previous: int
    key: str
    details: dict[str, Any]


_TEXT_FIELDS = frozenset({"input", "output", "parameters"})
_DETAILS_OF = {"input": "inputDetails", "output": "outputDetails"}


@cache
def detail_key(event_type: str) -> str:
    """The field that holds an event's details: stateEnteredEventDetails for PassStateEntered, and so on."""
    if event_type.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if event_type.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


def render(event: Event) -> dict[str, Any]:
    """An event as the API returns it; `timestamp` in seconds since the epoch."""
    shown: dict[str, Any] = {
        "timestamp": round(event.timestamp, 3),
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous,
    }
    if event.key:
        details: dict[str, Any] = {}
        for name, value in event.details.items():
            if name in _TEXT_FIELDS:
                details[name] = text(value)
                if name in _DETAILS_OF:
                    details[_DETAILS_OF[name]] = {"truncated": False}
            elif name == "assignedVariables":
                details[name] = {variable: text(assigned) for variable, assigned in value.items()}
                details["assignedVariablesDetails"] = {"truncated": False}
            elif name == "taskCredentials" or value is not None:
                details[name] = value
        shown[event.key] = details
    return shown
