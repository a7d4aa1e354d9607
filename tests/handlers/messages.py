"""Makes the queue messages that handlers and pipelines are tested with, right ones and wrong ones."""

import base64
import json
from typing import Any

from handlers.models import Attributes, Record

RECEIVED_AT = 1_795_000_000_000
"""2026-11-18T11:06:40Z, in milliseconds."""

TIME = "2026-11-18T11:06:39.500Z"


def telemetry(**fields: Any) -> dict[str, Any]:
    """A right telemetry message with some fields changed; None leaves a field out."""
    message = {"messageId": "m-1", "temperature": 4.5, "humidity": 61, "battery": 87, "time": TIME} | fields
    return {name: value for name, value in message.items() if value is not None}


def envelope(
    payload: bytes, *, topic: str = "devices/fridge-7/telemetry", trace: str = "11111111-aaaa", **more: Any
) -> str:
    """What the IoT rule puts on the queue."""
    document = {
        "payload": base64.b64encode(payload).decode(),
        "topic": topic,
        "receivedAt": RECEIVED_AT,
        "clientId": "fridge-7",
        "traceId": trace,
    }
    return json.dumps(document | more)


def record(
    message: Any = None,
    *,
    payload: bytes | None = None,
    sqs_id: str = "9d2f6b2e-0001-4c1e-8f55-0242ac120002",
    **envelope_fields: Any,
) -> Record:
    """A queue message round a telemetry message, or round a raw payload."""
    raw = payload if payload is not None else json.dumps(message if message is not None else telemetry()).encode()
    return Record(
        messageId=sqs_id,
        body=envelope(raw, **envelope_fields),
        attributes=Attributes(SentTimestamp=str(RECEIVED_AT + 40)),
    )
