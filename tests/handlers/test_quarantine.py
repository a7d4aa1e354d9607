"""What is kept of a message that cannot be stored: once, bounded, and nothing of it raw."""

import base64
import json

import pytest

from handlers import clients
from handlers.errors import HandlerError, Unavailable
from handlers.models import Done, Quarantined, Record, Rejected
from handlers.quarantine import KEPT_BYTES, quarantine, quarantined
from tests.handlers.aws import Aws
from tests.handlers.messages import RECEIVED_AT, record


def test_a_message_is_kept_with_its_reason(aws: Aws) -> None:
    message = record(payload=b"{oops", trace="11111111-2222")
    done = quarantine(Rejected(record=message, reason="payload: not JSON at line 1, column 2"))
    assert done == Done(sqs_id=message.messageId, trace="11111111-2222", outcome="quarantined")
    (item,) = aws.read(aws.quarantine, Quarantined)
    assert item.reason == "payload: not JSON at line 1, column 2"
    assert (item.topic, item.device_id) == ("devices/fridge-7/telemetry", "fridge-7")
    assert (base64.b64decode(item.payload), item.payload_bytes) == (b"{oops", 5)
    assert item.received_at == RECEIVED_AT and item.expires == RECEIVED_AT // 1000 + 400 * 86_400


def test_a_redelivery_changes_nothing(aws: Aws) -> None:
    first = Rejected(record=record(payload=b"", sqs_id="00000000-first"), reason="payload: empty")
    again = Rejected(record=record(payload=b"", sqs_id="00000000-again"), reason="something else")
    quarantine(first)
    before = aws.items(aws.quarantine)
    assert quarantine(again).sqs_id == "00000000-again"
    assert aws.items(aws.quarantine) == before


def test_the_retention_is_the_environments(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEDUPLICATION_DAYS", "30")
    item = quarantined(Rejected(record=record(), reason="x"))
    assert item.expires == RECEIVED_AT // 1000 + 30 * 86_400


def test_what_is_kept_is_bounded() -> None:
    payload = b"\x00" * 150_000
    item = quarantined(Rejected(record=record(payload=payload), reason="r" * 5_000))
    assert base64.b64decode(item.payload) == payload[:KEPT_BYTES]
    assert item.payload_bytes == 150_000
    assert len(item.model_dump_json()) < 30_000


HOSTILE = ["../../etc", "#", "+", "$aws", "\x00", "\x1b[31m", "\u202e", "x" * 10_000, "<script>alert(1)</script>"]


@pytest.mark.parametrize("name", HOSTILE, ids=[ascii(name)[:20] for name in HOSTILE])
def test_a_hostile_sender_reaches_no_text(aws: Aws, name: str) -> None:
    message = record(topic=f"devices/{name}/telemetry", trace=name)
    done = quarantine(Rejected(record=message, reason="topic: names no acceptable device"))
    (item,) = aws.read(aws.quarantine, Quarantined)
    assert item.trace == done.trace and item.trace.startswith("sqs:") and item.device_id == ""
    written = json.dumps(aws.items(aws.quarantine), ensure_ascii=False)
    assert name.strip("#+") == "" or name not in written
    assert len(item.topic) < 140 and set(item.topic) <= set(
        "devices/telemetry?:_-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/..."
    )
    assert "\x1b" not in written and "\x00" not in written and "<" not in written and "$" not in written


def test_what_is_no_envelope_is_kept_whole(aws: Aws) -> None:
    quarantine(Rejected(record=Record(messageId="5b1b6d62", body="hello \ud800"), reason="envelope: not JSON"))
    (item,) = aws.read(aws.quarantine, Quarantined)
    assert base64.b64decode(item.payload) == b"hello \\ud800"
    assert item.trace.startswith("sqs:")


def test_throttling_is_said_in_a_way_that_is_retried(aws: Aws) -> None:
    aws.fail("PutItem", "ProvisionedThroughputExceededException")
    with pytest.raises(Unavailable, match=r"could not put the quarantined message: Provisioned"):
        quarantine(Rejected(record=record(), reason="x"))
    aws.fail("PutItem", "InternalServerError", status=500)
    with pytest.raises(Unavailable):
        quarantine(Rejected(record=record(), reason="x"))


def test_a_refusal_of_aws_is_not_retried(aws: Aws) -> None:
    aws.fail("PutItem", "AccessDeniedException")
    with pytest.raises(aws.dynamodb.exceptions.ClientError, match="AccessDenied"):
        quarantine(Rejected(record=record(), reason="x"))


def test_a_missing_environment_is_named(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUARANTINE_TABLE")
    with pytest.raises(HandlerError, match="QUARANTINE_TABLE is not set"):
        quarantine(Rejected(record=record(), reason="x"))


def test_no_answer_is_unavailable() -> None:
    from botocore.exceptions import ConnectTimeoutError

    with pytest.raises(Unavailable, match="ConnectTimeoutError"), clients.aws_errors("ask"):
        raise ConnectTimeoutError(endpoint_url="https://dynamodb")


def test_the_replayed_document_has_the_same_trace(aws: Aws) -> None:
    replayed = json.dumps(
        {
            "ruleName": "telemetry",
            "topic": "devices/fridge-7/telemetry",
            "cloudwatchTraceId": "11111111-2222",
            "clientId": "fridge-7",
            "base64OriginalPayload": base64.b64encode(b"{oops").decode(),
            "failures": [{"failedAction": "SqsAction", "failedResource": "q", "errorMessage": "too large"}],
        }
    )
    quarantine(Rejected(record=record(payload=b"{oops", trace="11111111-2222"), reason="x"))
    quarantine(Rejected(record=Record(messageId="5b1b6d62", body=replayed), reason="x"))
    assert len(aws.items(aws.quarantine)) == 1
