"""Retry and Catch: which retrier or catcher takes an error, and how long to wait.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from simulator.errors import StateError, covers


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of Retry, with AWS's defaults filled in."""

    errors: tuple[str, ...]
    interval: float = 1.0
    attempts: int = 3
    backoff: float = 2.0
    max_delay: float | None = None
    jitter: bool = False

    @staticmethod
    def of(spec: dict[str, Any]) -> Retrier:
        """Read an entry of a definition."""
        return Retrier(
            tuple(spec["ErrorEquals"]),
            spec.get("IntervalSeconds", 1),
            spec.get("MaxAttempts", 3),
            spec.get("BackoffRate", 2.0),
            spec.get("MaxDelaySeconds"),
            spec.get("JitterStrategy", "NONE") == "FULL",
        )

    def delay(self, retry: int, chance: random.Random) -> float:
        """Seconds before the `retry`-th retry (0 is the first) of this retrier."""
        # A power beyond any delay would overflow; no wait is longer than a year.
        exponent = min(retry, 64)
        seconds = min(self.interval * float(self.backoff) ** exponent, 31_622_400.0)
        if self.max_delay is not None:
            seconds = min(seconds, self.max_delay)
        return chance.uniform(0.0, seconds) if self.jitter else seconds


class Retries:
    """The retriers of one visit to one state, with what each has used up."""

    __slots__ = ("_retriers", "_used")

    def __init__(self, retriers: tuple[Retrier, ...]) -> None:
        self._retriers = retriers
        self._used = [0] * len(retriers)

    def delay(self, error: StateError, chance: random.Random) -> float | None:
        """Seconds to wait before another attempt, or None if there is to be none. The first retrier that matches
        decides; each counts its own attempts."""
        for index, retrier in enumerate(self._retriers):
            if covers(retrier.errors, error):
                used = self._used[index]
                if used >= retrier.attempts:
                    return None
                self._used[index] = used + 1
                return retrier.delay(used, chance)
        return None


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of Catch; `fields` is what the state's dialect made of its output fields."""

    errors: tuple[str, ...]
    next: str
    fields: Any
