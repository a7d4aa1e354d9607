"""What a device says: reads the payload of one telemetry message, strictly. Pure: no clock, no topic, no envelope.

A payload is a JSON object in UTF-8 of at most 8 KiB:

    {"messageId": "m-17", "temperature": 4.5, "humidity": 61, "battery": 87, "time": "2026-05-04T03:02:01Z"}

`deviceId` may be given too; it must be the device of the topic. Further fields are not read, so that a newer firmware
may say more, but they count when two messages under one id are compared.
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handlers.errors import InvalidReading
from handlers.text import BadJson, load_json
from payloads.limits import PAYLOAD_BYTES

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")

Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Telemetry(BaseModel):
    """The fields of a telemetry message. Strict: no text for numbers, no true for 1."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)

    messageId: Annotated[str, Field(pattern=r"\A[A-Za-z0-9][A-Za-z0-9:._-]{0,127}\z")]
    """Chosen by the device; unique among its messages. Letters, digits and `: . _ -`, so that it is fit for keys."""
    temperature: Annotated[float, Field(ge=-100, le=150, allow_inf_nan=False)]
    """Degrees Celsius; from below dry ice (-78.5) to above any steriliser."""
    humidity: Percent
    """Relative humidity, percent."""
    battery: Percent
    """Charge, percent."""
    time: Annotated[str, Field(max_length=40)]
    """When it was measured, ISO 8601 with a zone."""
    deviceId: str | None = None
    """Who the device says that it is; believed only as a contradiction of the topic."""


def read(payload: bytes) -> tuple[Telemetry, datetime, str]:
    """The message in a payload, the moment of its measurement, and the digest of its content.

    Raises InvalidReading, with a reason that names fields and kinds of error and quotes no value.
    """
    document = _document(payload)
    try:
        telemetry = Telemetry.model_validate(document)
    except ValidationError as error:
        raise InvalidReading(_reason(error)) from None
    return telemetry, _moment(telemetry.time), digest(document)


def digest(document: Any) -> str:
    """SHA-256, in hexadecimal, of a JSON value: the same for other spacing, field order and spelling of numbers."""
    canonical = json.dumps(_plain(document), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _document(payload: bytes) -> dict[str, Any]:
    if not payload:
        raise InvalidReading("payload: empty")
    if len(payload) > PAYLOAD_BYTES:
        raise InvalidReading(f"payload: larger than {PAYLOAD_BYTES} bytes")
    try:
        document = load_json(payload.decode("utf-8"))
    except UnicodeDecodeError:
        raise InvalidReading("payload: not UTF-8") from None
    except BadJson as error:
        raise InvalidReading(f"payload: {error}") from None
    if not isinstance(document, dict):
        raise InvalidReading("payload: not an object")
    return document


def _moment(text: str) -> datetime:
    """The moment that a time with a zone names. The form is checked first: fromisoformat reads week dates too."""
    if not _TIME.fullmatch(text):
        raise InvalidReading("time: not ISO 8601 with a zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidReading("time: no such time") from None


def _plain(value: Any) -> Any:
    """4 and 4.0 are one number to a device's JSON writer; integers beyond 2**53 stay themselves."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    return value


_WORDS = {
    "missing": "missing",
    "float_type": "not a number",
    "string_type": "not text",
    "string_pattern_mismatch": "not 1 to 128 letters, digits and : . _ -",
    "string_too_long": "longer than {max_length} characters",
    "greater_than_equal": "below {ge:g}",
    "less_than_equal": "above {le:g}",
}


def _reason(error: ValidationError) -> str:
    """Where and what, `temperature: not a number`; the names are ours, since unknown fields are not read."""
    return "; ".join(
        f"{'.'.join(map(str, detail['loc']))}: "
        + _WORDS.get(detail["type"], detail["type"]).format(**detail.get("ctx", {}))
        for detail in error.errors(include_url=False, include_input=False)
    )
