"""The first state of a reading: opens the envelope, reads the payload, and says who sent it, what it is and when."""

import time
from datetime import datetime, timedelta

from handlers import telemetry
from handlers.envelope import open_envelope
from handlers.errors import InvalidReading
from handlers.expiry import expires
from handlers.models import Reading, Record
from payloads.retention import OLDEST_DAYS

AHEAD = timedelta(minutes=10)
"""How far a device's clock may run ahead of ours."""


def validate(record: Record) -> Reading:
    """The reading in a queue's message.

    Who sent it comes from the topic, which AWS IoT checked, never from the payload. Raises InvalidReading, with a
    reason that quotes nothing of the message; any other error would be a fault of ours.
    """
    envelope = open_envelope(record)
    device_id = envelope.device_id
    if device_id is None:
        raise InvalidReading("topic: names no acceptable device")
    said, measured, digest = telemetry.read(envelope.payload)
    if said.deviceId is not None and said.deviceId != device_id:
        raise InvalidReading("deviceId: another device than the topic's")
    received_at = envelope.received_at if envelope.received_at is not None else time.time_ns() // 1_000_000
    _check_time(measured, received_at)
    return Reading(
        record=record,
        trace=envelope.trace,
        id=f"{device_id}#{said.messageId}",
        digest=digest,
        device_id=device_id,
        message_id=said.messageId,
        # Sensors resolve hundredths at best; two decimals keep JSON, JSONata and DynamoDB of one mind about the number.
        temperature=round(said.temperature, 2),
        humidity=round(said.humidity, 2),
        battery=round(said.battery, 2),
        time=measured.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        received_at=received_at,
        expires=expires(received_at),
    )


def _check_time(measured: datetime, received_at: int) -> None:
    """A device whose clock was never set says 1970; one that runs ahead would be the newest reading for ever."""
    received = datetime.fromtimestamp(received_at / 1000, measured.tzinfo)
    if measured > received + AHEAD:
        raise InvalidReading(f"time: more than {AHEAD.seconds // 60} minutes ahead of its receipt")
    if measured < received - timedelta(days=OLDEST_DAYS):
        raise InvalidReading(f"time: more than {OLDEST_DAYS} days before its receipt")
