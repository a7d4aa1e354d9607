"""What goes wrong: every kind of fault, which of them a seed has and how often, and how often each was met."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from random import Random

from simulator.clock import VirtualClock


class Fault(StrEnum):
    """The kinds."""

    TASK_ERROR = "a task fails for good"
    THROTTLED = "a service throttles"
    LOST_ANSWER = "a call had its effect, its answer is lost"
    LOST_REQUEST = "a call neither has an effect nor an answer"
    LAMBDA_TIMEOUT = "a function takes longer than its task waits, and has its effect afterwards"
    SLOW_SERVICE = "a service takes longer than its task waits, and has its effect afterwards"
    NOTIFY_FAILS = "an alert cannot be published"
    POISON = "a message fails whenever it is handled"
    DEATH_BEFORE = "the process dies before a write"
    DEATH_AFTER = "the process dies after a write"
    DUPLICATE_DELIVERY = "the queue delivers a message twice at once"
    LOST_RECEIVE = "messages were handed out, and did not arrive"
    LOST_DELETE = "a deleted message comes again"
    REORDERED = "the queue hands out a younger message before an older one"
    REPORT_LOST = "an execution ended, its report is lost"
    EXPIRED = "a stored reading expires"
    STALE_READ = "a read that is not consistent sees what was before"
    CLOCK_FORWARD = "the process's clock is set forward"
    CLOCK_BACK = "the process's clock is set back"
    RANGE_CHANGED = "a device's range changes"
    SWEEP_FAILS = "the sweeper fails in the middle"
    DISK_FULL = "a durable store cannot write"


RARE = {Fault.DEATH_BEFORE: 0.2, Fault.DEATH_AFTER: 0.2, Fault.POISON: 0.5}
"""How much rarer than others these are: they can strike at every single write, or for good."""


class Faults:
    """The faults of one seed: about half of the kinds, each with a rate of its own, until some time has passed."""

    def __init__(self, random: Random, clock: VirtualClock, seconds: float) -> None:
        self._random, self._clock = random, clock
        self._until = clock.now() + seconds
        self._rates = {
            kind: random.choice((0.03, 0.1, 0.3)) * RARE.get(kind, 1.0) for kind in Fault if random.random() < 0.5
        }
        self.met: Counter[Fault] = Counter()

    def __contains__(self, kind: Fault) -> bool:
        return kind in self._rates

    def strikes(self, kind: Fault) -> bool:
        """Whether this kind of fault happens here."""
        rate = self._rates.get(kind)
        if rate is None or self._clock.now() > self._until or self._random.random() >= rate:
            return False
        self.met[kind] += 1
        return True

    def first(self, *kinds: Fault) -> Fault | None:
        """The first of these kinds that happens here."""
        return next((kind for kind in kinds if self.strikes(kind)), None)
