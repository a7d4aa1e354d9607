"""Functions of time. An evaluation happens at one moment: the execution's clock, not the machine's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from jsonata.datetimeutils import DateTimeUtils
from jsonata.jexception import JException

from simulator.jsonata.errors import Problem, Word
from simulator.jsonata.scope import Scope
from simulator.jsonata.values import UNDEFINED

_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)?(Z|[+-]\d\d:?\d\d)?\Z")
_ZONE = re.compile(r"([+-])(\d\d):?(\d\d)\Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now(scope: Scope, picture: Any = UNDEFINED, zone: Any = UNDEFINED) -> Any:
    """$now."""
    return from_millis(millis(scope), picture, zone)


def millis(scope: Scope) -> int:
    """$millis."""
    return round(scope.setting.now * 1000)


def to_millis(text: Any, picture: Any = UNDEFINED) -> Any:
    """$toMillis: of ISO 8601 text, or by a picture; nothing where the picture does not fit. Raises D3110."""
    if text is UNDEFINED:
        return UNDEFINED
    if picture is not UNDEFINED:
        if len(text) > 1_000 or len(picture) > 1_000:
            raise Problem("D3137", value=Word("The text is too long"))
        result = _borrowed(DateTimeUtils.parse_datetime, text, picture)
        return UNDEFINED if result is None else int(result)
    found = _ISO.match(text)
    if not found:
        raise Problem("D3110", value=text)
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    try:
        zone = UTC if offset in (None, "Z") else _zone(offset)
        moment = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone
        )
    except ValueError:
        raise Problem("D3110", value=text) from None
    whole = (moment - _EPOCH) // timedelta(milliseconds=1)
    return whole + (int(f"{fraction:<03.3}") if fraction else 0)


def from_millis(value: Any, picture: Any = UNDEFINED, zone: Any = UNDEFINED) -> Any:
    """$fromMillis: as ISO 8601 text in UTC, or by a picture in a time zone (`+0100`)."""
    if value is UNDEFINED:
        return UNDEFINED
    if picture is UNDEFINED and zone is UNDEFINED:
        return _iso(int(value), UTC)
    if picture is UNDEFINED:
        return _iso(int(value), _zone(zone))
    if len(picture) > 1_000:
        raise Problem("D3137", value=Word("The picture is too long"))
    return _borrowed(DateTimeUtils.format_datetime, int(value), picture, None if zone is UNDEFINED else zone)


def _iso(value: int, zone: Any) -> str:
    try:
        moment = (_EPOCH + timedelta(milliseconds=value)).astimezone(zone)
    except OverflowError:
        raise Problem("D3137", value=Word("The time is out of range")) from None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _zone(text: str) -> Any:
    found = _ZONE.match(text)
    if not found:
        if text in ("Z", "0000", "00:00"):
            return UTC
        raise Problem("D3134", f"{text!r} is no time zone offset")
    sign, hours, minutes = found.groups()
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-delta if sign == "-" else delta)


def _borrowed(function: Any, *arguments: Any) -> Any:
    """A function of jsonata-python's, whatever it raises turned into a problem."""
    try:
        return function(*arguments)
    except JException as error:
        raise Problem(str(getattr(error, "error", "D3137")), str(error)) from None
    except Exception as error:
        raise Problem("D3137", value=Word(f"{type(error).__name__}: {error}")) from None
