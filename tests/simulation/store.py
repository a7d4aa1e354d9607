"""A store that outlives the process: facts are committed in order, some time after they were handed over; a process
that dies leaves any number of the first of them, and a disk that is full refuses some."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any

from simulator.clock import VirtualClock
from simulator.store import Saved, Then
from simulator.values import dump, load
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Life


class Disk:
    """What is on it: everything that was committed."""

    def __init__(self) -> None:
        self.machines: dict[str, dict[str, Any]] = {}
        self.saved: dict[str, Saved] = {}
        self.ends: list[str] = []


class Store:
    """One life's store on a disk."""

    durable = True

    def __init__(
        self, disk: Disk, life: Life, clock: VirtualClock, random: Random, faults: Faults, note: Callable[..., None]
    ) -> None:
        self._disk, self._life, self._clock, self._random, self._faults, self._note = (
            disk, life, clock, random, faults, note,
        )  # fmt: skip
        self._last = clock.now()

    def _write(self, what: str, commit: Callable[[], None], then: Then) -> None:
        if self._life.dead:
            return
        if self._faults.strikes(Fault.DEATH_BEFORE):
            self._life.kill()
            return
        self._last = max(self._last, self._clock.now() + self._random.uniform(0, 0.01))
        full = self._faults.strikes(Fault.DISK_FULL)

        def land() -> None:
            if self._life.dead:
                return
            if full:
                self._note("not written", what)
                then(OSError(28, "No space left on device"))
                return
            commit()
            self._note("written", what)
            if self._faults.strikes(Fault.DEATH_AFTER):
                self._life.kill()
                return
            then(None)

        self._clock.call_at(self._last, land)

    def put(self, kind: str, key: str, value: dict[str, Any], then: Then) -> None:
        """Keep a registry object."""
        self._write(f"{kind} {key}", lambda: self._disk.machines.__setitem__(key, load(dump(value))), then)

    def delete(self, kind: str, key: str, then: Then) -> None:
        """Nothing is deleted here."""
        raise AssertionError

    def begin(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Keep a new execution."""
        kept = load(dump(record))

        def commit() -> None:
            assert arn not in self._disk.saved, f"{arn} began twice"
            self._disk.saved[arn] = Saved(arn, kept)

        self._write(f"begin {arn}", commit, then)

    def append(self, arn: str, entry: list[Any], then: Then) -> None:
        """Add to a journal."""
        kept = load(dump(entry))
        self._write(f"{entry[1:3]}", lambda: self._disk.saved[arn].journal.append(kept), then)

    def reopen(self, arn: str, entry: list[Any], then: Then) -> None:
        """Nothing is redriven here."""
        raise AssertionError

    def end(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Keep how an execution ended."""
        kept = load(dump(record))

        def commit() -> None:
            assert self._disk.saved[arn].end in (None, kept), f"{arn} ended in two ways"
            self._disk.saved[arn].end = kept
            self._disk.ends.append(arn)

        self._write(f"end {arn}", commit, then)

    def objects(self, kind: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """The state machines."""
        return list(self._disk.machines.items()) if kind == "machine" else []

    def executions(self) -> Iterable[Saved]:
        """All executions."""
        return [Saved(s.arn, s.begin, list(s.journal), s.end) for s in self._disk.saved.values()]

    def journal(self, arn: str) -> list[list[Any]]:
        """One journal."""
        return list(self._disk.saved[arn].journal)

    def close(self) -> None:
        """Nothing to do."""
