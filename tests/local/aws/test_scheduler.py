"""Schedules fire, survive, and are refused when they cannot be read."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from local.aws.rest import ApiError
from local.aws.scheduler.expressions import When, read
from tests.local.aws.support import ROLE, code_of, function, messages, name, queue, until

HANDLER = """
import json
import boto3
def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl=event["seen"], MessageBody=json.dumps(event))
"""


@pytest.fixture(scope="module")
def arn(aws: LocalAws) -> str:
    return function(aws, HANDLER)


def schedule(arn: str, expression: str, seen: str = "", **options: Any) -> dict[str, Any]:
    text = json.dumps({"at": "<aws.scheduler.scheduled-time>", "seen": seen})
    target = {"Arn": arn, "RoleArn": ROLE, "Input": text}
    return {"ScheduleExpression": expression, "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target, **options}


def test_a_rate_fires_its_function(aws: LocalAws, arn: str) -> None:
    seen, _ = queue(aws)
    client, title = aws.client("scheduler"), name("sweep")
    client.create_schedule(Name=title, **schedule(arn, "rate(5 minutes)", seen))
    [message] = messages(aws, seen, 1)
    fired = datetime.fromisoformat(json.loads(message["Body"])["at"])
    assert abs(fired - datetime.now(UTC)) < timedelta(seconds=20)
    shown = client.get_schedule(Name=title)
    assert (shown["State"], shown["ScheduleExpression"], shown["GroupName"]) == (
        "ENABLED",
        "rate(5 minutes)",
        "default",
    )
    assert [s["Name"] for s in client.list_schedules(NamePrefix=title)["Schedules"]] == [title]
    with pytest.raises(client.exceptions.ConflictException):
        client.create_schedule(Name=title, **schedule(arn, "rate(5 minutes)", seen))
    client.delete_schedule(Name=title)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_schedule(Name=title)


def test_a_moment_fires_once_and_may_delete_its_schedule(aws: LocalAws, arn: str) -> None:
    seen, _ = queue(aws)
    client, title = aws.client("scheduler"), name("once")
    past = datetime.now(UTC).strftime("at(%Y-%m-%dT%H:%M:%S)")
    client.create_schedule(Name=title, ActionAfterCompletion="DELETE", **schedule(arn, past, seen))
    messages(aws, seen, 1)
    until(lambda: not client.list_schedules(NamePrefix=title)["Schedules"], what="the schedule's end")


def test_a_disabled_schedule_does_not_fire(aws: LocalAws, arn: str) -> None:
    seen, _ = queue(aws)
    client, title = aws.client("scheduler"), name("off")
    client.create_schedule(Name=title, State="DISABLED", **schedule(arn, "rate(1 minute)", seen))
    assert not aws.client("sqs").receive_message(QueueUrl=seen, WaitTimeSeconds=1).get("Messages")
    client.update_schedule(Name=title, **schedule(arn, "rate(1 minute)", seen))
    messages(aws, seen, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"ScheduleExpression": "rate(5 minute)"},
        {"ScheduleExpression": "rate(0 minutes)"},
        {"ScheduleExpression": "cron(0 * * * ? *)"},
        {"ScheduleExpression": "at(yesterday)"},
        {"FlexibleTimeWindow": {"Mode": "SOMETIMES"}},
        {"Target": {"Arn": "arn:aws:sns:us-east-1:000000000000:topic", "RoleArn": ROLE}},
    ],
)
def test_what_cannot_be_scheduled_is_refused(aws: LocalAws, change: dict[str, Any]) -> None:
    arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
    with pytest.raises(ClientError) as refused:
        aws.client("scheduler").create_schedule(Name=name("bad"), **{**schedule(arn, "rate(1 hour)"), **change})
    assert code_of(refused.value) == "ValidationException"


def test_expressions() -> None:
    assert read("rate(1 minute)") == When(every=60)
    assert read("rate(12 hours)") == When(every=43_200)
    assert read("at(2026-01-02T03:04:05)", "Europe/Berlin").at == datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC).timestamp()
    for wrong in ("rate(1 minutes)", "rate(2 day)", "rate(-1 hours)", "hourly", "at(2026-13-01T00:00:00)"):
        with pytest.raises(ApiError):
            read(wrong)


def test_missed_turns_are_one_turn() -> None:
    now = time.time()
    when = When(every=60)
    assert when.first(now) == now
    assert when.after(now, now + 0.2) == now + 60
    assert when.after(now, now + 60 * 7 + 5) == now + 60 * 8
    assert When(at=now).after(now, now) is None
