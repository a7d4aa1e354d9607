"""The payload of a device: what is a reading, what is not, and that reasons quote nothing."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers import telemetry
from handlers.errors import InvalidReading
from tests.handlers.messages import telemetry as message


def refused(payload: bytes) -> str:
    with pytest.raises(InvalidReading) as caught:
        telemetry.read(payload)
    return str(caught.value)


def encoded(**fields: Any) -> bytes:
    return json.dumps(message(**fields)).encode()


def test_a_right_message_is_read() -> None:
    said, moment, digest = telemetry.read(encoded(time="2026-11-18T12:06:39.5+01:00"))
    assert (said.messageId, said.temperature, said.humidity, said.battery) == ("m-1", 4.5, 61, 87)
    assert moment.isoformat() == "2026-11-18T11:06:39.500000+00:00"
    assert len(digest) == 64


WRONG = {
    "empty": (b"", "payload: empty"),
    "too large": (b" " * 8193, "payload: larger than 8192 bytes"),
    "not UTF-8": (b"\xff\xfe{", "payload: not UTF-8"),
    "UTF-16": (json.dumps(message()).encode("utf-16"), "payload: not UTF-8"),
    "byte order mark": (b"\xef\xbb\xbf{}", "payload: not JSON at line 1, column 1"),
    "cut off": (encoded()[:-9], "payload: not JSON at line 1, column"),
    "two values": (b"{}{}", "payload: not JSON at line 1, column 3"),
    "list": (b"[]", "payload: not an object"),
    "text": (b'"hello"', "payload: not an object"),
    "null": (b"null", "payload: not an object"),
    "deep": (b"[" * 4000 + b"]" * 4000, "payload: nested deeper than 8 levels"),
    "deep below a field": (b'{"a":' * 9 + b"1" + b"}" * 9, "payload: nested deeper than 8 levels"),
    "NaN": (b'{"temperature": NaN}', "payload: NaN and Infinity are not JSON"),
    "Infinity": (b'{"temperature": -Infinity}', "payload: NaN and Infinity are not JSON"),
    "beyond float": (b'{"temperature": 1e999}', "payload: a number is too large or too long"),
    "5000 digits": (b'{"temperature": ' + b"9" * 5000 + b"}", "payload: a number is too large or too long"),
    "field twice": (b'{"temperature": 4, "temperature": 40}', "payload: a field appears twice"),
    "nothing in it": (
        b"{}",
        "messageId: missing; temperature: missing; humidity: missing; battery: missing; time: missing",
    ),
    "text for a number": (encoded(temperature="4.5"), "temperature: not a number"),
    "true for a number": (encoded(humidity=True), "humidity: not a number"),
    "object for a number": (encoded(battery={"percent": 4}), "battery: not a number"),
    "39 digits": (encoded(temperature=10**38), "temperature: above 150"),
    "colder than anything": (encoded(temperature=-273.15), "temperature: below -100"),
    "over 100 percent": (encoded(humidity=100.1), "humidity: above 100"),
    "below 0 percent": (encoded(battery=-1), "battery: below 0"),
    "number as id": (encoded(messageId=17), "messageId: not text"),
    "empty id": (encoded(messageId=""), "messageId: not 1 to 128 letters, digits and : . _ -"),
    "time without zone": (encoded(time="2026-11-18T11:06:39"), "time: not ISO 8601 with a zone"),
    "week date": (encoded(time="2026-W47-3T11:06:39Z"), "time: not ISO 8601 with a zone"),
    "no such time": (encoded(time="2026-02-30T11:06:39Z"), "time: no such time"),
    "before time": (encoded(time="0001-01-01T00:00:00+23:59"), "time: no such time"),
    "time as a number": (encoded(time=1795000000), "time: not text"),
    "time in other digits": (encoded(time="٢٠٢٦-11-18T11:06:39Z"), "time: not ISO 8601 with a zone"),
}


@pytest.mark.parametrize("payload, reason", WRONG.values(), ids=WRONG)
def test_a_wrong_message_is_refused_with_its_reason(payload: bytes, reason: str) -> None:
    assert refused(payload).startswith(reason)


HOSTILE = [
    "../../etc",
    "a#b",
    "a+b",
    "$aws/things",
    "nul\x00",
    "esc\x1b[31m",
    "rtl\u202e",
    "x" * 10_000,
    "<script>",
    "a\n",
    " leading",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[ascii(text)[:20] for text in HOSTILE])
@pytest.mark.parametrize("field", ["messageId", "time", "temperature"])
def test_hostile_text_is_refused_and_not_quoted(field: str, text: str) -> None:
    reason = refused(encoded(**{field: text[:7000]}))
    assert text[:7000] not in reason
    assert reason.isascii() and reason.isprintable() and len(reason) < 100


def test_fields_that_are_not_read_count_in_the_digest() -> None:
    *_, plain = telemetry.read(encoded())
    *_, more = telemetry.read(encoded(firmware={"version": "2.1"}))
    assert plain != more


def test_the_digest_is_of_the_content_and_not_of_its_spelling() -> None:
    *_, digest = telemetry.read(encoded())
    spelt = json.dumps(dict(reversed(message(humidity=61.0).items())), indent=2).encode()
    assert telemetry.read(spelt)[2] == digest
    assert telemetry.read(encoded(temperature=4.51))[2] != digest


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
almost = st.fixed_dictionaries(
    {},
    optional={name: values | st.just(right) for name, right in message().items()}
    | {"deviceId": values, "other": values},
).map(lambda fields: json.dumps(fields).encode())


@given(
    payload=st.binary()
    | st.text(st.characters(codec="utf-8")).map(str.encode)
    | values.map(lambda v: json.dumps(v).encode())
    | almost
)
@example(payload=encoded())
@example(payload=b'{"a": "\\')
@example(payload=b'"' * 8000)
def test_any_bytes_are_a_reading_or_refused(payload: bytes) -> None:
    try:
        said, moment, _ = telemetry.read(payload)
    except InvalidReading as error:
        reason = str(error)
        assert 0 < len(reason) < 300 and reason.isascii() and reason.isprintable()
    else:
        assert -100 <= said.temperature <= 150 and 0 <= said.humidity <= 100 and moment.tzinfo is not None
