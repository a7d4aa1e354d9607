"""Recorded executions of AWS, opened as such here.

A recording knows its input and how each task answered, so that it can run against today's definition: what AWS did once
becomes a test case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.definition import Machine
from simulator.downloaded import Source, events_of
from simulator.drive import simulate
from simulator.errors import RUNTIME
from simulator.history import detail_key
from simulator.machine import Run
from simulator.tasks import TaskCall, TaskFailed
from simulator.values import Value, load

_FAILED = ("TaskFailed", "TaskTimedOut", "LambdaFunctionFailed", "LambdaFunctionTimedOut", "ActivityFailed")
_FAILED_TOO = ("ActivityTimedOut", "TaskSubmitFailed", "TaskStartFailed", "LambdaFunctionScheduleFailed")
_SUCCEEDED = ("TaskSucceeded", "LambdaFunctionSucceeded", "ActivitySucceeded")
_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a task answered once: with a result, or with an error."""

    result: Value = None
    error: str | None = None
    cause: str | None = None
    failed: bool = False


@dataclass(slots=True)
class Recording:
    """An execution as it was recorded. `answers`: for each Task state its visits (an item of a Map each), in order, and
    for each visit the answers of its attempts."""

    input: Value
    status: str
    output: Value
    error: str | None
    cause: str | None
    states: list[str]
    events: list[dict[str, Any]]
    answers: dict[str, list[list[Answer]]] = field(default_factory=dict)

    def replay(self, machine: Machine | dict[str, Any] | str | bytes) -> Run:
        """Run a definition on the recorded input, with every task answering as it did. Raises InvalidDefinition.

        A task that was never recorded, or is asked more often than it was, fails with States.Runtime.
        """
        visits: dict[tuple[str, tuple[int, ...]], list[Answer]] = {}
        left = {state: list(of_state) for state, of_state in self.answers.items()}

        def answer(call: TaskCall) -> Value:
            place = (call.state, call.path)
            if not visits.get(place):
                waiting = left.get(call.state)
                if not waiting:
                    raise TaskFailed(RUNTIME, f"The recording has no further answer for the state '{call.state}'.")
                visits[place] = list(waiting.pop(0))
            given = visits[place].pop(0)
            if given.failed:
                raise TaskFailed(given.error, given.cause)
            return given.result

        return simulate(machine, self.input, answer)


def recording(source: Source, execution: str | None = None) -> Recording:
    """An execution from its history or its log events (`includeExecutionData`), by whatever `events_of` takes.

    Raises NotRecorded.
    """
    events = events_of(source, execution)
    last = events[-1]
    end = last.get(detail_key(last["type"]), {})
    begin = events[0]["executionStartedEventDetails"]
    made = Recording(
        load(begin.get("input") or "{}"),
        _ENDS.get(last["type"], "RUNNING"),
        load(end["output"]) if end.get("output") else None,
        end.get("error"),
        end.get("cause"),
        [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")],
        events,
    )
    _collect(made)
    return made


def _collect(recording: Recording) -> None:
    """Find each task's answers, and which visit of which state they belong to, by following the events backwards."""
    by_id = {event["id"]: event for event in recording.events}
    visits: dict[tuple[str, int], tuple[tuple[int, ...], list[Answer]]] = {}
    for event in recording.events:
        kind = event["type"]
        if kind not in _SUCCEEDED and kind not in _FAILED and kind not in _FAILED_TOO:
            continue
        details = event.get(detail_key(kind), {})
        entered, items = _visit(event, by_id)
        if entered is None:
            continue
        name = entered["stateEnteredEventDetails"]["name"]
        if kind in _SUCCEEDED:
            answer = Answer(load(details["output"]) if details.get("output") else None)
        else:
            answer = Answer(error=details.get("error"), cause=details.get("cause"), failed=True)
        visits.setdefault((name, entered["id"]), (items, []))[1].append(answer)
    for (name, _), (_, answers) in sorted(visits.items(), key=lambda visit: (visit[1][0], visit[0][1])):
        recording.answers.setdefault(name, []).append(answers)


def _visit(
    event: Mapping[str, Any], by_id: Mapping[int, dict[str, Any]]
) -> tuple[dict[str, Any] | None, tuple[int, ...]]:
    """The event with which the task's state was entered, and the items of the Maps around it, outermost first."""
    entered: dict[str, Any] | None = None
    items: list[int] = []
    at = by_id.get(event["previousEventId"])
    while at is not None:
        if entered is None and at["type"] == "TaskStateEntered":
            entered = at
        elif at["type"] == "MapIterationStarted":
            items.append(at["mapIterationStartedEventDetails"]["index"])
        at = by_id.get(at["previousEventId"])
    return entered, tuple(reversed(items))
