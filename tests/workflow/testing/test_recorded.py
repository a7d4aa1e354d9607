"""Executions of AWS open as results: histories as the CLI and boto3 give them, and Express ones from their log."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, assert_type

import pytest

from tests.workflow.testing.shop import Order, Outcome, Slow, batch, sell
from workflow.testing import Result, coverage, in_turn, run
from workflow.testing.recorded import NotRecorded, recorded

TEA = Order(id="o-1", sku="tea")
ARN = "arn:aws:states:us-east-1:123456789012:express:batch:1:1"


def as_the_cli_prints(result: Result[Any]) -> dict[str, Any]:
    """Times as text with an offset, as `aws stepfunctions get-execution-history` has them."""
    events = [{**e, "timestamp": datetime.fromtimestamp(e["timestamp"], UTC).isoformat()} for e in result.events]
    return {"events": events}


def as_log_events(result: Result[Any], arn: str = ARN) -> list[dict[str, Any]]:
    """Lines of the log group. https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""
    lines = []
    for event in result.events:
        details = next((value for name, value in event.items() if name.endswith("EventDetails")), None)
        message = {
            "id": str(event["id"]),
            "type": event["type"],
            **({"details": details} if details is not None else {}),
            "redrive_count": "0",
            "previous_event_id": str(event["previousEventId"]),
            "event_timestamp": str(round(event["timestamp"] * 1000)),
            "execution_arn": arn,
        }
        lines.append({"logStreamName": "s", "timestamp": 0, "message": json.dumps(message), "eventId": "1"})
    return lines


def same(here: Result[Any], there: Result[Any]) -> bool:
    return (
        repr(here.path.tree()) == repr(there.path.tree())
        and (here.status, here.json, here.started, here.ended) == (there.status, there.json, there.started, there.ended)
        and [v.input for v in here.visits] == [v.input for v in there.visits]
        and [v.attempts for v in here.visits] == [v.attempts for v in there.visits]
    )


@pytest.fixture
def sold() -> Result[Outcome]:
    return run(sell, TEA, answers={"Price": in_turn(Slow)})


def test_a_history_of_the_cli_opens_typed(sold: Result[Outcome], tmp_path: Path) -> None:
    file = tmp_path / "execution.json"
    file.write_text(json.dumps(as_the_cli_prints(sold)), encoding="utf-8")
    result = recorded(file, of=sell)
    assert_type(result, Result[Outcome])
    assert same(result, sold) and result.output == Outcome(id="o-1", said="sold") and result.name == "sell"
    assert [call.error for call in result.calls("Price")] == ["Slow", None]


def test_histories_of_boto3_open_in_pages_and_in_any_order(sold: Result[Outcome]) -> None:
    events = [{**e, "timestamp": datetime.fromtimestamp(e["timestamp"], UTC)} for e in reversed(sold.events)]
    for source in ({"events": events}, [{"events": events[:7]}, {"events": events[7:]}], events):
        assert same(recorded(source), sold)


def test_an_express_execution_opens_from_its_log() -> None:
    here = run(batch, [TEA, Order(id="o-2", sku="gone")])
    lines = as_log_events(here)
    noise = {"message": "START RequestId: 1"}, {"message": json.dumps({"level": "INFO"})}
    for source in ({"events": [*noise, *reversed(lines), lines[0]]}, [json.loads(line["message"]) for line in lines]):
        there = recorded(source, of=batch)
        assert same(there, here) and [o.said for o in there.output] == ["priced", "no gone"]
    text = "\n".join(line["message"] for line in lines)
    assert same(recorded(text), here)


def test_a_log_with_several_executions_asks_for_one() -> None:
    first, second = run(batch, [TEA]), run(batch, [])
    lines = [*as_log_events(first), *as_log_events(second, ARN + "2")]
    with pytest.raises(NotRecorded, match="there are 2 executions in this; say which: execution="):
        recorded(lines)
    assert same(recorded(lines, execution=ARN + "2"), second)
    with pytest.raises(NotRecorded, match="there is no execution another in this"):
        recorded(lines, execution="another")


@pytest.mark.parametrize(
    "source, said",
    [
        ("{nonsense", "neither JSON nor lines of JSON"),
        ({"Events": []}, "no `events`"),
        ({"events": []}, "no events of an execution"),
        ("[1]", "events are JSON objects"),
        ({"events": [{"message": "text"}]}, "no events of an execution"),
        ([{"id": 2, "type": "PassStateEntered", "timestamp": 0}], "the beginning of the execution is missing"),
    ],
)
def test_what_is_no_recording_is_refused(source: Any, said: str) -> None:
    with pytest.raises(NotRecorded, match=said):
        recorded(source)


def test_texts_that_a_log_cut_off_stay_texts(sold: Result[Outcome]) -> None:
    events = json.loads(json.dumps(sold.events))
    events[0]["executionStartedEventDetails"] |= {"input": '{"id": "o-', "inputDetails": {"truncated": True}}
    assert recorded(events).input == '{"id": "o-'


def test_recordings_count_for_coverage(sold: Result[Outcome]) -> None:
    measured = coverage.Coverage()
    result = recorded(sold.events, of=sell)
    assert result.program is not None
    measured.note(result.program, result)
    (covered,) = measured.workflows.values()
    assert covered.count("rule") == (1, 2) and covered.count("retrier") == (1, 1) and covered.count("catcher") == (0, 2)
