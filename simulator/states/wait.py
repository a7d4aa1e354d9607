"""Wait: until some seconds have passed, or until a time.

https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.effects import Sleep
from simulator.errors import RUNTIME, EvaluationError, LocatedError
from simulator.states.base import Dialect, State
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.strand import Strand

# What Java's DateTimeFormatter.ISO_OFFSET_DATE_TIME reads, by whose description AWS refuses other texts.
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)\Z", re.I)


def parse_timestamp(value: str) -> float | None:
    """Seconds since the epoch of an ISO-8601 extended offset date-time, or None if the text is none."""
    found = _TIMESTAMP.match(value)
    if not found:
        return None
    minute, second, fraction, offset = found.groups()
    zone = "+00:00" if offset in "Zz" else offset
    try:
        whole = datetime.fromisoformat(f"{minute.upper()}:{second or '00'}{zone}").timestamp()
    except ValueError:
        return None
    return whole + (float(f"0.{fraction}") if fraction else 0.0)


class Wait(State):
    """Seconds or Timestamp."""

    type = "Wait"

    #: The longest wait, in seconds (a year of 366 days).
    LONGEST = 99_999_999

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect) -> None:
        super().__init__(name, spec, dialect)
        self._seconds = dialect.field(spec, "Seconds", "number")
        self._timestamp = dialect.field(spec, "Timestamp", "string")

    def execute(self, strand: Strand, raw: Value) -> Steps:
        """Sleep, then go on."""
        effective = self.dialect.effective(strand, raw)
        if self._seconds is not None:
            seconds = self._seconds(strand, raw, effective)
            if seconds != int(seconds) or not 0 <= seconds <= self.LONGEST:
                raise self._refuse(
                    f"The Seconds field must be an integer between 0 and {self.LONGEST}, but was: {seconds}", "Seconds"
                )
            until = strand.entered_at + int(seconds)
        else:
            assert self._timestamp is not None  # noqa: S101 - the definition was validated
            stamp = self._timestamp(strand, raw, effective)
            parsed = parse_timestamp(stamp)
            if parsed is None:
                raise self._unreadable(stamp)
            until = parsed
        now, scale = strand.run.now, strand.run.info.wait_scale
        if until > now:
            yield Sleep(until if scale == 1.0 else now + (until - now) * scale)
        output, assigned = self.dialect.plain(strand, raw, effective)
        return self.next, output, assigned

    def _unreadable(self, stamp: str) -> LocatedError:
        if self.dialect.name == "JSONata":
            detail = "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: "
            return EvaluationError(detail + stamp, "Timestamp")
        path = self.spec.get("TimestampPath")
        name, source = ("Timestamp", self.spec.get("Timestamp")) if path is None else ("TimestampPath", path)
        detail = (
            f"The {name} parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            f"{source} == {stamp}"
        )
        return LocatedError(RUNTIME, detail, name)

    def _refuse(self, detail: str, location: str) -> LocatedError:
        if self.dialect.name == "JSONata":
            return EvaluationError(detail, location)
        return LocatedError(RUNTIME, detail, location)
