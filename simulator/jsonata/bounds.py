"""Bounds of one evaluation: processor time, memory, depth. Hostile expressions end as problems, never as a hang.

Time is the thread's processor time, so a busy machine makes no expression fail. Memory is watched at what an expression
can grow by: every list and text that an operator or function makes is charged, and each charge of some size looks at
the process.
"""

from __future__ import annotations

import resource
import sys
import threading
import time

from simulator.jsonata.errors import Problem

#: Seconds of processor time that one evaluation may take.
TIME_LIMIT = 0.6
#: Bytes that the process may grow by during one evaluation.
MEMORY_LIMIT = 96 * 1024 * 1024
#: Items of one list, and characters of one text.
LIST_LIMIT = 400_000
TEXT_LIMIT = 4 * 1024 * 1024
#: Python frames that an evaluation may nest.
DEPTH_LIMIT = 4_000

_LOOK_EVERY = 1_000_000
_CHECK_EVERY = 256


class Budget:
    """What is left of one evaluation's time and memory."""

    __slots__ = ("_charged", "_deadline", "_resident", "_ticks")

    def __init__(self) -> None:
        self._ticks = self._charged = 0
        self._deadline = time.thread_time() + TIME_LIMIT
        self._resident = 0

    def tick(self) -> None:
        """One step of work. Raises D1012 once time is up."""
        self._ticks += 1
        if self._ticks % _CHECK_EVERY == 0:
            self.look()

    def look(self) -> None:
        """Raises D1012 if time is up: for what works long without a step."""
        if time.thread_time() > self._deadline:
            raise Problem("D1012")

    def items(self, count: int, size: int = 8) -> None:
        """A list of `count` items of `size` bytes each is about to be made. Raises D1013."""
        if count > LIST_LIMIT:
            raise Problem("D1013")
        self._charge(count * size)

    def text(self, length: int) -> None:
        """A text of `length` characters is about to be made. Raises D1013."""
        if length > TEXT_LIMIT:
            raise Problem("D1013")
        self._charge(length)

    def _charge(self, size: int) -> None:
        self._charged += size
        if self._charged >= _LOOK_EVERY:
            self._charged = 0
            self.look()
            now = resident()
            if self._resident == 0:
                self._resident = now
            elif now - self._resident > MEMORY_LIMIT:
                raise Problem("D1013")


class _Current(threading.local):
    budget: Budget | None = None


_CURRENT = _Current()


def use(budget: Budget | None) -> None:
    """Make this the budget of the evaluation that this thread does, for `tick`."""
    _CURRENT.budget = budget


def tick() -> None:
    """One step of work of this thread's evaluation, for what has no scope at hand."""
    budget = _CURRENT.budget
    if budget is not None:
        budget.tick()


def resident() -> int:
    """Bytes of memory that the process holds now; where the system does not say, the most that it ever held."""
    try:
        with open("/proc/self/statm", "rb") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
