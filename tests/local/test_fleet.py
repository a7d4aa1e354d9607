"""The simulated fleet says the same for the same seed, and each kind of message is what its name says."""

import itertools
import json
import math
from collections import Counter
from datetime import UTC, datetime

import pytest

from handlers import telemetry
from handlers.envelope import Envelope
from handlers.errors import InvalidReading
from local.fleet import FLEET, MALFORMED, OWN_DEVICE, Kind, Message, Sensor, expected_outcome, messages

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
OVERSIZED = 20_000


def said(sensor: Sensor, number: int, seed: int = 1, oversized: int | None = OVERSIZED) -> list[Message]:
    return list(itertools.islice(messages(sensor, seed=seed, now=lambda: NOON, oversized=oversized), number))


def of_kind(kind: Kind) -> list[Message]:
    return [message for sensor in FLEET for message in said(sensor, 200) if message.kind is kind]


def test_a_seed_fixes_what_is_said() -> None:
    for sensor in FLEET:
        assert said(sensor, 60) == said(sensor, 60)
    assert said(FLEET[0], 60) != said(FLEET[0], 60, seed=2)


def test_every_kind_is_said_within_twenty_seconds() -> None:
    # At the default rate each of the ten devices says 36 messages in 20 s.
    kinds = {message.kind for sensor in FLEET for message in said(sensor, 30)}
    assert kinds == set(Kind)


@pytest.mark.parametrize("kind", Kind)
def test_the_payload_is_accepted_or_refused_as_its_kind_says(kind: Kind) -> None:
    for message in of_kind(kind):
        if kind is Kind.OVERSIZED:
            assert len(message.payload) > OVERSIZED
            continue
        if kind in MALFORMED and kind is not Kind.OTHER_DEVICE:
            with pytest.raises(InvalidReading):
                telemetry.read(message.payload)
            continue
        reading, moment, _ = telemetry.read(message.payload)
        assert moment == NOON
        assert (reading.deviceId not in (None, message.device)) == (kind is Kind.OTHER_DEVICE)


def test_each_device_speaks_on_its_own_topic_under_an_acceptable_name() -> None:
    for sensor in (*FLEET, OWN_DEVICE):
        for message in said(sensor, 5):
            assert Envelope("t", message.topic, message.payload, None).device_id == sensor.device


def test_in_and_out_of_range_are_what_the_table_of_devices_says() -> None:
    for sensor in FLEET:
        for message in said(sensor, 100):
            if message.kind in (Kind.NORMAL, Kind.OUT_OF_RANGE):
                celsius = json.loads(message.payload)["temperature"]
                assert (sensor.low <= celsius <= sensor.high) == (message.kind is Kind.NORMAL), message


def test_the_climate_is_a_cold_chains() -> None:
    for sensor in FLEET:
        readings = [json.loads(m.payload) for m in said(sensor, 300) if m.kind in (Kind.NORMAL, Kind.OUT_OF_RANGE)]
        celsius = [reading["temperature"] for reading in readings]
        span = sensor.high - sensor.low
        assert all(sensor.low - span < value < sensor.high + 3 * span for value in celsius)
        assert [reading["battery"] for reading in readings] == sorted(
            (reading["battery"] for reading in readings), reverse=True
        )
    alarming = of_kind(Kind.OUT_OF_RANGE)
    assert 20 < len(alarming) < 600
    assert len({message.device for message in alarming}) >= 4


def test_what_is_sent_again_repeats_what_went_before_and_a_reused_id_does_not() -> None:
    (flaky,) = [sensor for sensor in FLEET if sensor.flaky]
    script = said(flaky, 300)
    kinds = Counter(message.kind for message in script)
    assert kinds[Kind.SENT_AGAIN] > 20
    assert kinds[Kind.ID_REUSED] > 5
    for before, message in itertools.pairwise(script):
        if message.kind is Kind.SENT_AGAIN:
            assert message.payload == before.payload
        if message.kind is Kind.ID_REUSED:
            assert message.message_id == before.message_id
            assert telemetry.read(message.payload)[2] != telemetry.read(before.payload)[2]


def test_message_ids_are_used_once_but_for_those() -> None:
    for sensor in FLEET:
        ids = [m.message_id for m in said(sensor, 200) if m.kind in (Kind.NORMAL, Kind.OUT_OF_RANGE)]
        assert len(ids) == len(set(ids))


def test_nothing_is_oversized_where_the_queue_takes_all() -> None:
    assert all(message.kind is not Kind.OVERSIZED for sensor in FLEET for message in said(sensor, 60, oversized=None))


def test_outcomes_of_kinds() -> None:
    outcomes = {kind: expected_outcome(kind) for kind in Kind}
    assert outcomes[Kind.NORMAL] == outcomes[Kind.OUT_OF_RANGE] == outcomes[Kind.UNKNOWN_DEVICE] == "stored"
    assert outcomes[Kind.SENT_AGAIN] == "duplicate"
    assert outcomes[Kind.OVERSIZED] == "dead-lettered"
    assert {outcomes[kind] for kind in (*MALFORMED, Kind.ID_REUSED)} == {"quarantined"}


def test_not_a_number_is_written_as_careless_firmware_does() -> None:
    (first, *_) = of_kind(Kind.NOT_A_NUMBER)
    assert math.isnan(json.loads(first.payload)["temperature"])
