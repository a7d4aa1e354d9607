"""Recordings: histories and log events become executions that run against a definition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import TaskCall, TaskFailed, simulate
from simulator.downloaded import NotRecorded
from simulator.history import render
from simulator.recorded import recording as opened
from simulator.values import Value
from tests.simulator.support import LAMBDA, machine

FLOW = machine(
    {
        "Ask": {"Type": "Task", "Resource": LAMBDA, "Retry": [{"ErrorEquals": ["Flaky"]}], "Next": "Each"},
        "Each": {
            "Type": "Map",
            "Items": "{% $states.input.xs %}",
            "ItemProcessor": {
                "StartAt": "Work",
                "States": {
                    "Work": {
                        "Type": "Task",
                        "Resource": LAMBDA,
                        "Retry": [{"ErrorEquals": ["Flaky"]}],
                        "Catch": [{"ErrorEquals": ["Bad"], "Next": "Sorry"}],
                        "End": True,
                    },
                    "Sorry": {"Type": "Pass", "Output": "sorry", "End": True},
                },
            },
        },
    }
)


def history() -> list[dict[str, Any]]:
    """A history in the API's shape, made by an execution with retries, a caught item and a Map."""
    asked: set[Any] = set()

    def tasks(call: TaskCall) -> Value:
        if call.state == "Ask":
            if call.attempt == 0:
                raise TaskFailed("Flaky", "once")
            return {"xs": [1, 2, 3]}
        if call.arguments == 2:
            raise TaskFailed("Bad", "two")
        if call.arguments == 3 and 3 not in asked:
            asked.add(3)
            raise TaskFailed("Flaky")
        return call.arguments * 10

    run = simulate(FLOW, {"go": True}, tasks)
    assert run.output == [10, "sorry", 30]
    return [render(event) for event in run.events]


def test_a_history_runs_again_and_does_the_same() -> None:
    recording = opened(history())
    assert (recording.status, recording.output, recording.input) == ("SUCCEEDED", [10, "sorry", 30], {"go": True})
    assert [[answer.error for answer in visit] for visit in recording.answers["Ask"]] == [["Flaky", None]]
    assert [[answer.error for answer in visit] for visit in recording.answers["Work"]] == [
        [None],
        ["Bad"],
        ["Flaky", None],
    ]
    again = recording.replay(FLOW)
    assert (again.status, again.output) == ("SUCCEEDED", recording.output)


def test_a_changed_definition_shows_what_changes() -> None:
    changed = json.loads(json.dumps(FLOW))
    changed["States"]["Each"]["ItemProcessor"]["States"]["Sorry"]["Output"] = "changed"
    assert opened(history()).replay(changed).output == [10, "changed", 30]
    longer = json.loads(json.dumps(FLOW))
    longer["States"]["Each"] = {**longer["States"]["Each"], "End": False, "Next": "More"}
    del longer["States"]["Each"]["End"]
    longer["States"]["More"] = {"Type": "Task", "Resource": LAMBDA, "End": True}
    result = opened(history()).replay(longer)
    assert "no further answer for the state 'More'" in (result.cause or "")


def test_files_and_log_events(tmp_path: Path) -> None:
    events = history()
    file = tmp_path / "history.json"
    file.write_text(json.dumps({"events": events}))
    assert opened(file).output == [10, "sorry", 30]
    logged = []
    for event in events:
        details = next((value for key, value in event.items() if key.endswith("EventDetails")), None)
        message = {
            "id": str(event["id"]),
            "type": event["type"],
            "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(int(event["timestamp"] * 1000)),
            "execution_arn": "arn:aws:states:us-east-1:1:express:m:n:u",
            **({"details": details} if details else {}),
        }
        logged.append({"timestamp": 1, "message": json.dumps(message)})
    assert opened(list(reversed(logged))).replay(FLOW).output == [10, "sorry", 30]
    other = json.dumps({**json.loads(str(logged[0]["message"])), "execution_arn": "other"})
    with pytest.raises(NotRecorded, match="2 executions"):
        opened([*logged, {"message": other}])


def test_a_page_of_a_history_is_refused() -> None:
    with pytest.raises(NotRecorded, match="the beginning of the execution is missing"):
        opened(history()[3:])


def test_a_failed_execution_keeps_error_and_cause() -> None:
    def tasks(call: TaskCall) -> Value:
        raise TaskFailed("Broken", "why")

    run = simulate(FLOW, {}, tasks)
    recording = opened([render(event) for event in run.events])
    assert (recording.status, recording.error, recording.cause) == ("FAILED", "Broken", "why")
    assert recording.replay(FLOW).error == "Broken"
