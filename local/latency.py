"""How long a reading takes from the device to the table, measured from outside.

Stage: the local run's output. After some publications the table is asked for the reading until it is there. That counts
what a user waits for, MQTT included, and needs nothing of the pipeline; a figure is high by one question at most.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from local.fleet import Kind, Message

_ASK_EVERY: Final = 0.03
_REST: Final = 0.4
_AT_ONCE: Final = 3
_PATIENCE: Final = 30.0


@dataclass
class Latency:
    """Measures a few readings at a time, with rests between, so that measuring does not become the load.

    `stored(reading id)` says whether the reading is in the table; blocking, called in a thread.
    """

    stored: Callable[[str], bool]
    seconds: list[float] = field(default_factory=list)
    _waiting: list[asyncio.Future[tuple[str, float]]] = field(default_factory=list)

    def offer(self, message: Message, began: float) -> None:
        """Consider a message that was published at `began` (monotonic seconds); dropped while all are measuring."""
        if message.kind in (Kind.NORMAL, Kind.OUT_OF_RANGE) and self._waiting:
            self._waiting.pop().set_result((f"{message.device}#{message.message_id}", began))

    async def measure(self) -> None:
        """Measure of what is offered, until cancelled."""
        await asyncio.gather(*(self._measure() for _ in range(_AT_ONCE)))

    async def _measure(self) -> None:
        while True:
            offered: asyncio.Future[tuple[str, float]] = asyncio.get_running_loop().create_future()
            self._waiting.append(offered)
            reading, began = await offered
            while not await asyncio.to_thread(self.stored, reading):
                if time.monotonic() - began > _PATIENCE:
                    break
                await asyncio.sleep(_ASK_EVERY)
            else:
                self.seconds.append(time.monotonic() - began)
            await asyncio.sleep(_REST)

    def brief(self) -> str:
        """Return "p50 120 ms" of what was measured so far; there must be something."""
        return f"p50 {percentile(self.seconds, 0.5) * 1000:.0f} ms"

    def summary(self) -> str:
        """Return "p50 120 ms, p95 300 ms (40 readings measured)", or "" if nothing was measured."""
        if not self.seconds:
            return ""
        p50, p95 = (percentile(self.seconds, share) * 1000 for share in (0.5, 0.95))
        return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms ({len(self.seconds)} readings measured)"


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least this share (0 to 1) of `values` does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
