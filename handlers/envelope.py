"""Opens the envelopes in which messages arrive: the one place that knows what each source wraps round a payload.

Two sources so far, told apart by their fields:
- the IoT rule's message, as its SQL selects it: `{"payload": base64, "topic", "receivedAt", "clientId", "traceId"}`;
- the document of the rule's error action, on replay, with `base64OriginalPayload` and `cloudwatchTraceId`:
  https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html

The payload stays bytes here; `telemetry` reads it. `look` never fails, so that a message which is refused can still be
quarantined under its trace; `open_envelope` is for those who need all of it.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from handlers.errors import InvalidReading
from handlers.models import Record
from handlers.text import BadJson, load_json

_TRACE = re.compile(r"[A-Za-z0-9-]{8,64}")
_DEVICE = re.compile(r"[A-Za-z0-9:_-]{1,128}")  # what AWS IoT allows as a thing's name
_EARLIEST, _LATEST = 946_684_800_000, 4_102_444_800_000  # 2000 and 2100, in milliseconds


@dataclass(frozen=True)
class Envelope:
    """What could be read of an envelope, and what is wrong with it."""

    trace: str
    """The message's own id; made of the SQS id where the envelope has none: then no rule sent it."""
    topic: str
    """As it came, unsafe to show; empty if there is none."""
    payload: bytes
    """What the device sent; the whole queue message where that cannot be told."""
    received_at: int | None
    """Milliseconds since 1970; None if nobody says."""
    fault: str | None = None
    """Why this is no envelope; None if it is one. Quotes nothing of it."""

    @property
    def device_id(self) -> str | None:
        """The device that sent it, from the topic `devices/{deviceId}/telemetry`; None if the topic names none."""
        parts = self.topic.split("/")
        if len(parts) != 3 or parts[0] != "devices" or parts[2] != "telemetry":
            return None
        return parts[1] if _DEVICE.fullmatch(parts[1]) else None


def open_envelope(record: Record) -> Envelope:
    """The envelope of a queue's message. Raises InvalidReading if it is none."""
    envelope = look(record)
    if envelope.fault is not None:
        raise InvalidReading(envelope.fault)
    return envelope


def look(record: Record) -> Envelope:
    """What can be read of a queue's message; never fails."""
    own = f"sqs:{hashlib.sha256(record.messageId.encode('utf-8', 'backslashreplace')).hexdigest()[:32]}"
    sent = _milliseconds(record.attributes.SentTimestamp if record.attributes else None)
    raw = record.body.encode("utf-8", "backslashreplace")
    try:
        document = load_json(record.body)
    except BadJson as error:
        return Envelope(own, "", raw, sent, f"envelope: {error}")
    if not isinstance(document, dict):
        return Envelope(own, "", raw, sent, "envelope: not an object")
    if "base64OriginalPayload" in document:
        names = ("base64OriginalPayload", "cloudwatchTraceId")
    else:
        names = ("payload", "traceId")
    return _opened(document, *names, own=own, raw=raw, sent=sent)


def _opened(
    document: dict[str, Any], payload_name: str, trace_name: str, *, own: str, raw: bytes, sent: int | None
) -> Envelope:
    trace, topic = document.get(trace_name), document.get("topic")
    encoded = document.get(payload_name)
    faults = []
    if not (isinstance(trace, str) and _TRACE.fullmatch(trace)):
        trace = own
    if not isinstance(topic, str):
        topic = ""
        faults.append("envelope: no topic")
    payload = _decoded(encoded)
    if payload is None:
        missing = not isinstance(encoded, str)
        payload = raw
        faults.append("envelope: no payload" if missing else "envelope: payload is not Base64")
    received_at = _milliseconds(document.get("receivedAt"))
    return Envelope(
        trace, topic, payload, received_at if received_at is not None else sent, faults[0] if faults else None
    )


def _decoded(encoded: object) -> bytes | None:
    """Base64 exactly as an encoder writes it; Python's decoder alone would take stray bits and odd padding too."""
    if not isinstance(encoded, str):
        return None
    try:
        payload = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return payload if base64.b64encode(payload).decode() == encoded else None


def _milliseconds(value: object) -> int | None:
    """A time that a service stamped; anything else than a number of milliseconds in this century counts as none."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if _EARLIEST <= value < _LATEST else None
