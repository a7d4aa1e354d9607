"""Opening what each source wraps round a payload, and refusing what is none."""

import base64
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.envelope import look, open_envelope
from handlers.errors import InvalidReading
from handlers.models import Attributes, Record
from tests.handlers.messages import RECEIVED_AT, envelope, record

REPLAY = {
    "ruleName": "telemetry",
    "topic": "devices/fridge-7/telemetry",
    "cloudwatchTraceId": "7e146a2c-95b5-6caf-98b9-50e3969734c7",
    "clientId": "fridge-7",
    "base64OriginalPayload": base64.b64encode(b"{}").decode(),
    "failures": [{"failedAction": "SqsAction", "failedResource": "queue", "errorMessage": "too large"}],
}


def of(document: Any, sent: str | None = None) -> Record:
    body = document if isinstance(document, str) else json.dumps(document)
    return Record(messageId="9d2f6b2e-0001", body=body, attributes=Attributes(SentTimestamp=sent))


def test_the_rules_message_is_opened() -> None:
    opened = open_envelope(record(payload=b"\x00\xff", trace="11111111-aaaa"))
    assert (opened.payload, opened.trace, opened.device_id) == (b"\x00\xff", "11111111-aaaa", "fridge-7")
    assert opened.received_at == RECEIVED_AT


def test_the_error_actions_document_is_opened_and_received_when_the_queue_took_it() -> None:
    opened = open_envelope(of(REPLAY, sent="1795000000123"))
    assert (opened.payload, opened.trace, opened.device_id) == (b"{}", REPLAY["cloudwatchTraceId"], "fridge-7")
    assert opened.received_at == 1_795_000_000_123


@pytest.mark.parametrize(
    "document, fault",
    [
        ("", "envelope: not JSON at line 1, column 1"),
        ("[1]", "envelope: not an object"),
        ('{"topic": "a", "topic": "b"}', "envelope: a field appears twice"),
        ({"topic": "devices/a/telemetry"}, "envelope: no payload"),
        ({"topic": "devices/a/telemetry", "payload": None}, "envelope: no payload"),
        ({"payload": ""}, "envelope: no topic"),
        ({"topic": 7, "payload": ""}, "envelope: no topic"),
        (REPLAY | {"base64OriginalPayload": 7}, "envelope: no payload"),
    ],
)
def test_what_is_no_envelope_is_refused(document: Any, fault: str) -> None:
    with pytest.raises(InvalidReading) as caught:
        open_envelope(of(document))
    assert str(caught.value) == fault


@pytest.mark.parametrize(
    "encoded", ["e30", "e30=\n", " e30=", "e3-_", "e30==", "e31=", "=", "e30=e30=", "ü", "e\u202e30="]
)
def test_base64_is_taken_only_as_an_encoder_writes_it(encoded: str) -> None:
    with pytest.raises(InvalidReading, match=r"^envelope: payload is not Base64$"):
        open_envelope(of({"topic": "devices/a/telemetry", "payload": encoded}))


@pytest.mark.parametrize(
    "topic",
    [
        "devices//telemetry",
        "devices/a/b/telemetry",
        "devices/a/telemetry/",
        "devices/a/other",
        "other/a/telemetry",
        "devices/../telemetry",
        "devices/a.b/telemetry",
        "devices/a#b/telemetry",
        "devices/$aws/telemetry",
        "devices/+/telemetry",
        "devices/a\x00/telemetry",
        "devices/a\n/telemetry",
        "devices/\x1b[31m/telemetry",
        "devices/a\u202e/telemetry",
        "devices/<script>/telemetry",
        "devices/" + "x" * 129 + "/telemetry",
        "devices/é/telemetry",
        "devices/٣/telemetry",
    ],
)
def test_a_topic_names_a_device_only_in_letters_that_a_thing_may_have(topic: str) -> None:
    assert look(of(json.loads(envelope(b"{}", topic=topic)))).device_id is None


@pytest.mark.parametrize("trace", [None, 5, "", "short", "x" * 65, "a#b-c-d-e-f", "<script>", "trace\x00trace"])
def test_without_an_acceptable_trace_the_queues_own_id_stands_for_it(trace: Any) -> None:
    opened = open_envelope(of(json.loads(envelope(b"{}")) | {"traceId": trace}))
    assert opened.trace.startswith("sqs:") and len(opened.trace) == 36
    assert look(of("no envelope")).trace == opened.trace  # the same message, whatever could be read of it


@pytest.mark.parametrize("received", [None, True, "soon", 5, -1, 10**18, 1795000000000.5, [1]])
def test_a_receipt_that_is_no_time_is_the_queues(received: Any) -> None:
    document = json.loads(envelope(b"{}")) | {"receivedAt": received}
    assert look(of(document, sent="1795000000123")).received_at == 1_795_000_000_123
    assert look(of(document)).received_at is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(), st.lists, max_leaves=4
)
names = st.sampled_from(
    ["payload", "topic", "traceId", "receivedAt", "base64OriginalPayload", "cloudwatchTraceId", "x"]
)


@given(body=st.text() | st.dictionaries(names, json_values).map(json.dumps), sqs_id=st.text(max_size=40))
@example(body='"' * 100_000, sqs_id="")
@example(body="[" * 100_000, sqs_id="\ud800")
def test_looking_never_fails(body: str, sqs_id: str) -> None:
    opened = look(Record(messageId=sqs_id, body=body))
    assert opened.trace and opened.trace.isascii() and len(opened.trace) <= 64
    assert opened.fault is None or (opened.fault.isascii() and opened.fault.isprintable())
