"""Executions of AWS as their events: a history from GetExecutionHistory, or an Express execution's lines of its log.

Express executions have no history API: each event is a line in the workflow's log group, in no order.
https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulator.history import detail_key

Source = str | os.PathLike[str] | Mapping[str, Any] | Iterable[Mapping[str, Any]]
"""The path of a JSON file, its text, what boto3 or the AWS CLI answered, or the events alone; pages may follow one
another."""


class NotRecorded(ValueError):
    """This is no recording of an execution, or of several."""


def events_of(source: Source, execution: str | None = None) -> list[dict[str, Any]]:
    """The events of one execution, in order, as GetExecutionHistory has them; times as the source has them.

    execution: the ARN of the one to read, where log events hold several. Raises NotRecorded.
    """
    events = [dict(event) for event in _events(_loaded(source))]
    if any("message" in event and "type" not in event for event in events):
        events = [message for event in events if (message := _message(event)) is not None]
    if any("execution_arn" in event for event in events):
        events = _from_logs(events, execution)
    if not events:
        raise NotRecorded("there are no events of an execution in this")
    events.sort(key=lambda event: int(event["id"]))
    if events[0]["type"] != "ExecutionStarted":
        raise NotRecorded(f"the first event is {events[0]['type']}: the beginning of the execution is missing")
    return events


def _loaded(source: Any) -> Any:
    if isinstance(source, os.PathLike):
        source = Path(source).read_text(encoding="utf-8")
    if not isinstance(source, str):
        return source
    try:
        return json.loads(source)
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in source.splitlines() if line.strip()]
    except ValueError as error:
        raise NotRecorded(f"this is neither JSON nor lines of JSON: {error}") from None


def _events(data: Any) -> Iterable[Mapping[str, Any]]:
    """The events of an answer, of several pages, or as they are."""
    if isinstance(data, Mapping):
        if "events" not in data:
            raise NotRecorded("there is no `events` in this")
        return list(data["events"])
    pages = list(data)
    if pages and all(isinstance(page, Mapping) and "events" in page for page in pages):
        return [event for page in pages for event in page["events"]]
    if not all(isinstance(page, Mapping) for page in pages):
        raise NotRecorded("events are JSON objects")
    return pages


def _message(event: Mapping[str, Any]) -> dict[str, Any] | None:
    """The event that a log event holds; None for a line of something else."""
    try:
        message = json.loads(event["message"])
    except (KeyError, TypeError, ValueError):
        return None
    return message if isinstance(message, dict) and {"id", "type", "execution_arn"} <= message.keys() else None


def _from_logs(events: list[dict[str, Any]], execution: str | None) -> list[dict[str, Any]]:
    """Log events of one execution as events of a history: `details` under its own name, times in seconds."""
    arns = sorted({str(event["execution_arn"]) for event in events if "execution_arn" in event})
    if execution is None and len(arns) > 1:
        raise NotRecorded(f"there are {len(arns)} executions in this; say which: execution={arns[0]!r}, ...")
    wanted = execution or arns[0]
    if wanted not in arns:
        raise NotRecorded(f"there is no execution {wanted} in this, only {', '.join(arns[:3])}")
    made: dict[int, dict[str, Any]] = {}
    for event in events:
        if event.get("execution_arn") == wanted:  # a log may deliver an event twice
            details = event.get("details")
            made[int(event["id"])] = {
                "timestamp": int(event["event_timestamp"]) / 1000,
                "type": event["type"],
                "id": int(event["id"]),
                "previousEventId": int(event.get("previous_event_id", 0)),
                **({detail_key(event["type"]): details} if details else {}),
            }
    return list(made.values())
