"""Schedule expressions: when a schedule is due (embedded default).

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html. `rate(...)` and `at(...)` are read;
`cron(...)` is refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local.aws.rest import ApiError

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\(\s*([1-9]\d*)\s+(minute|hour|day)(s?)\s*\)")
_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")


@dataclass(frozen=True)
class When:
    """A read expression: every `every` seconds, or once at `at` (seconds since the epoch)."""

    every: float | None = None
    at: float | None = None

    def first(self, created: float) -> float:
        """When it is due first: a rate without a start date fires when it is created, then after each interval."""
        return created if self.at is None else self.at

    def after(self, due: float, now: float) -> float | None:
        """When it is due next, having fired for `due` at `now`; None for never. Missed turns are one turn."""
        if self.every is None:
            return None
        return due + self.every * max(1, int((now - due) // self.every) + 1)


def read(expression: str, timezone: str = "UTC") -> When:
    """Read an expression. Raises ApiError ValidationException."""
    if found := _RATE.fullmatch(expression):
        count = int(found[1])
        if (count == 1) == (found[3] == ""):
            return When(every=count * _UNITS[found[2]])
    elif found := _AT.fullmatch(expression):
        try:
            return When(at=datetime.fromisoformat(found[1]).replace(tzinfo=ZoneInfo(timezone)).timestamp())
        except (ValueError, ZoneInfoNotFoundError):
            pass
    elif expression.startswith("cron("):
        raise ApiError("ValidationException", "The local AWS reads rate(...) and at(...), not cron(...).")
    raise ApiError("ValidationException", f"Invalid Schedule Expression {expression}.")
