"""From a queue's message to a reading: who, what, when; and nothing else than InvalidReading for anything wrong."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.errors import InvalidReading
from handlers.models import Reading, Record
from handlers.validate import validate
from tests.handlers.messages import RECEIVED_AT, envelope, record, telemetry


def test_a_reading_is_identified_by_the_topics_device_and_its_message_id() -> None:
    reading = validate(record(telemetry(messageId="m-17"), topic="devices/truck:4/telemetry", trace="11111111-bbbb"))
    assert (reading.id, reading.device_id, reading.message_id) == ("truck:4#m-17", "truck:4", "m-17")
    assert (reading.trace, reading.received_at) == ("11111111-bbbb", RECEIVED_AT)
    assert reading.time == "2026-11-18T11:06:39.500Z"
    assert reading.expires == RECEIVED_AT // 1000 + 400 * 86_400
    assert reading.record.messageId == "9d2f6b2e-0001-4c1e-8f55-0242ac120002"


def test_numbers_are_kept_to_two_decimals() -> None:
    reading = validate(record(telemetry(temperature=-0.005000000001, humidity=33.333333333, battery=1e-9)))
    assert (reading.temperature, reading.humidity, reading.battery) == (-0.01, 33.33, 0.0)


def test_another_zone_is_the_same_time() -> None:
    assert validate(record(telemetry(time="2026-11-18T06:06:39.5-05:00"))).time == "2026-11-18T11:06:39.500Z"


def test_the_payload_may_repeat_who_sent_it_but_not_claim_another() -> None:
    assert validate(record(telemetry(deviceId="fridge-7"))).device_id == "fridge-7"
    with pytest.raises(InvalidReading, match=r"^deviceId: another device than the topic's$"):
        validate(record(telemetry(deviceId="fridge-8")))


@pytest.mark.parametrize(
    "time, reason",
    [
        ("2026-11-18T11:16:40Z", None),  # ten minutes after its receipt, exactly
        ("2026-11-18T11:16:40.001Z", "time: more than 10 minutes ahead of its receipt"),
        ("9999-12-31T23:59:59Z", "time: more than 10 minutes ahead of its receipt"),
        ("2025-11-18T11:06:40Z", None),
        ("1970-01-01T00:00:07Z", "time: more than 366 days before its receipt"),
    ],
)
def test_time_is_bounded_by_the_receipt(time: str, reason: str | None) -> None:
    message = record(telemetry(time=time))
    if reason is None:
        assert validate(message).time.startswith(time[:19])
        return
    with pytest.raises(InvalidReading) as caught:
        validate(message)
    assert str(caught.value) == reason


def test_a_message_that_nobody_stamped_is_received_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: RECEIVED_AT * 1_000_000)
    body = json.dumps(json.loads(envelope(json.dumps(telemetry()).encode())) | {"receivedAt": None})
    assert validate(Record(messageId="9d2f6b2e", body=body)).received_at == RECEIVED_AT


def test_a_topic_without_device_is_refused_without_quoting_it() -> None:
    with pytest.raises(InvalidReading) as caught:
        validate(record(topic="devices/<script>/telemetry"))
    assert str(caught.value) == "topic: names no acceptable device"


def test_what_it_returns_fits_through_json() -> None:
    reading = validate(record())
    assert Reading.model_validate_json(reading.model_dump_json()) == reading


payloads = st.binary(max_size=60) | st.fixed_dictionaries(
    {},
    optional={
        name: st.just(value) | st.none() | st.text() | st.floats(allow_nan=False) | st.booleans()
        for name, value in telemetry(deviceId="fridge-7").items()
    },
).map(lambda message: json.dumps(message).encode())
topics = st.just("devices/fridge-7/telemetry") | st.text() | st.text().map("devices/{}/telemetry".format)


@given(payload=payloads, topic=topics, more=st.dictionaries(st.sampled_from(["receivedAt", "traceId"]), st.integers()))
def test_any_message_is_a_reading_or_refused(payload: bytes, topic: str, more: dict[str, Any]) -> None:
    try:
        reading = validate(record(payload=payload, topic=topic, **more))
    except InvalidReading as error:
        assert str(error).isascii() and str(error).isprintable()
    else:
        assert reading.id == f"fridge-7#{reading.message_id}" or topic != "devices/fridge-7/telemetry"
        assert reading.id.isascii() and reading.id.isprintable() and reading.id.count("#") == 1
