"""Time: one protocol, a real clock on the event loop and a virtual one that takes no time.

Times are seconds since the epoch, as floats. The interpreter never reads a clock: its drivers do.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

#: Where virtual time begins unless a test says otherwise: 2026-01-01T00:00:00Z.
VIRTUAL_START = 1_767_225_600.0


class Handle(Protocol):
    """A timer that can be given up."""

    def cancel(self) -> None:
        """Forget the timer; nothing happens if it is gone already."""
        ...


class Clock(Protocol):
    """What drivers need of time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def call_at(self, when: float, action: Callable[[], None]) -> Handle:
        """Run `action` once at `when`, or as soon as possible if that has passed."""
        ...

    def idle(self) -> None:
        """Nothing can happen before the next timer: a virtual clock may jump there."""
        ...


class RealClock:
    """The machine's clock; timers on the running event loop."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def call_at(self, when: float, action: Callable[[], None]) -> Handle:
        """Run `action` on the running loop at `when`; re-armed while the machine's clock says that it is early."""
        return _RealTimer(self, when, action)

    def idle(self) -> None:
        """Real time passes by itself."""


class _RealTimer:
    """A loop timer of at most an hour at a time: long waits survive clock changes, and loops refuse huge delays."""

    def __init__(self, clock: RealClock, when: float, action: Callable[[], None]) -> None:
        self._clock, self._when, self._action = clock, when, action
        self._arm()

    def _arm(self) -> None:
        delay = min(max(self._when - self._clock.now(), 0.0), 3600.0)
        self._handle = asyncio.get_running_loop().call_later(delay, self._fire)

    def _fire(self) -> None:
        if self._clock.now() + 0.001 < self._when:
            self._arm()
        else:
            self._action()

    def cancel(self) -> None:
        """Forget the timer."""
        self._handle.cancel()


class _VirtualTimer:
    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class VirtualClock:
    """Time that stands still until it is moved.

    `automatic` (the default) jumps to the next timer whenever a driver says that nothing else can happen; otherwise
    `advance` and `next` move it. Timers due at the same time fire in the order in which they were set.
    """

    def __init__(self, start: float = VIRTUAL_START, *, automatic: bool = True) -> None:
        self._now = start
        self._automatic = automatic
        self._timers: list[tuple[float, int, _VirtualTimer]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Seconds since the epoch, virtual."""
        return self._now

    def call_at(self, when: float, action: Callable[[], None]) -> Handle:
        """Run `action` when time has been moved to `when`."""
        timer = _VirtualTimer(action)
        heapq.heappush(self._timers, (max(when, self._now), next(self._order), timer))
        return timer

    def idle(self) -> None:
        """Jump to the next timer and fire it, if this clock is automatic."""
        if self._automatic:
            self.next()

    def due(self) -> float | None:
        """When the next timer fires; None if there is none."""
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def next(self) -> bool:
        """Jump to the next timer and fire it. Returns whether there was one."""
        if not self._pending():
            return False
        when, _, timer = heapq.heappop(self._timers)
        self._now = max(self._now, when)
        action, timer.action = timer.action, None
        if action is not None:
            action()
        return True

    def _pending(self) -> bool:
        """Whether a timer is set, those given up cleared away from the front."""
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        return bool(self._timers)

    def advance(self, seconds: float) -> None:
        """Move time on, firing what falls due on the way, each at its own time."""
        end = self._now + seconds
        while self._pending() and self._timers[0][0] <= end:
            self.next()
        self._now = max(self._now, end)


def iso(when: float) -> str:
    """A time as the context object writes it: 2026-01-01T00:00:00.000Z."""
    return datetime.fromtimestamp(round(when, 3), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
