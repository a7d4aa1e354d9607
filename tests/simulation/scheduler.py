"""Time and order: an event loop that runs on a virtual clock, a process's own clock, and the life of a process.

The loop never waits: when nothing is ready it jumps to what comes next. All that is random comes from one seed, so
that the same seed gives the same run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from simulator.clock import Handle, VirtualClock


class Stuck(Exception):
    """Nothing is left that could happen."""


class Loop(asyncio.BaseEventLoop):
    """An event loop without sockets, whose time is a virtual clock's. The clock's timers fire in between."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self._selector = self
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Virtual seconds."""
        return self._clock.now()

    def select(self, timeout: float | None) -> list[Any]:
        """What a selector does, with no files: let time pass if nothing is ready."""
        if timeout == 0:
            return []
        due = self._clock.due()
        if due is None and timeout is None:
            raise Stuck
        if due is not None and (timeout is None or due <= self._clock.now() + timeout):
            self._clock.next()
        else:
            self._clock.advance(timeout or 0.0)
        return []

    def _process_events(self, events: list[Any]) -> None:
        """There are none."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""

    def finish(self, work: Awaitable[None]) -> None:
        """Run `work` to its end, then let go of everything else."""
        try:
            self.run_until_complete(work)
        finally:
            for _ in range(3):  # some tasks wait for others before they end
                tasks = asyncio.all_tasks(self)
                for task in tasks:
                    task.cancel()
                if tasks:
                    self.run_until_complete(asyncio.wait(tasks))
            self.close()


class Died(BaseException):
    """The process is gone in the middle of what it did."""


class Life:
    """One life of a process. What it has sent when it is killed may still land, or not; it learns of neither."""

    def __init__(self, clock: VirtualClock, random: Random, ended: Callable[[], None]) -> None:
        self._clock, self._random, self._ended = clock, random, ended
        self._sent: dict[int, Handle] = {}
        self._count = 0
        self.dead = False

    def send(self, seconds: float, land: Callable[[], None]) -> None:
        """Have something happen elsewhere after a while."""
        self._count += 1
        number = self._count

        def now() -> None:
            self._sent.pop(number, None)
            land()

        self._sent[number] = self._clock.call_at(self._clock.now() + seconds, now)

    def kill(self) -> None:
        """End it, here and now."""
        if self.dead:
            return
        self.dead = True
        for handle in self._sent.values():
            if self._random.random() < 0.5:
                handle.cancel()
        self._ended()

    async def go_on(self) -> None:
        """Return while it lives; never, once it does not."""
        if self.dead:
            await asyncio.get_running_loop().create_future()


class StepClock:
    """A process's wall clock over true time: `step` sets it forward or back. Its timers do what RealClock's do."""

    def __init__(self, true: VirtualClock, life: Life) -> None:
        self._true, self._life = true, life
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since the epoch, as this process believes."""
        return self._true.now() + self._ahead

    def step(self, seconds: float) -> None:
        """Set the clock."""
        self._ahead += seconds

    def call_at(self, when: float, action: Callable[[], None]) -> Handle:
        """Run `action` at `when`; armed again while the clock says that it is early."""
        return _Timer(self._true, self._life, self, when, action)

    def idle(self) -> None:
        """The loop lets time pass."""


class _Timer:
    def __init__(
        self, true: VirtualClock, life: Life, clock: StepClock, when: float, action: Callable[[], None]
    ) -> None:
        self._true, self._life, self._clock, self._when, self._action = true, life, clock, when, action
        self._arm()

    def _arm(self) -> None:
        delay = min(max(self._when - self._clock.now(), 0.0), 3600.0)
        self._handle = self._true.call_at(self._true.now() + delay, self._fire)

    def _fire(self) -> None:
        if self._life.dead:
            return
        if self._clock.now() + 0.001 < self._when:
            self._arm()
        else:
            self._action()

    def cancel(self) -> None:
        self._handle.cancel()
