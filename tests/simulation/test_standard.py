"""An engine that is killed at any writes and meets a full disk loses no execution, token, name or decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from simulator.store import Then
from tests.simulation.faults import Fault
from tests.simulation.standard import Standard
from tests.simulation.store import Store

KINDS = {
    Fault.DEATH_BEFORE, Fault.DEATH_AFTER, Fault.DISK_FULL, Fault.TASK_ERROR, Fault.LOST_ANSWER, Fault.CLOCK_FORWARD,
    Fault.CLOCK_BACK,
}  # fmt: skip


@pytest.mark.parametrize("seeds", [100, pytest.param(2_000, marks=pytest.mark.prove)])
def test_nothing_is_lost_and_nothing_answered_runs_again(seeds: int) -> None:
    met, lives = Counter[Fault](), 0
    for seed in range(seeds):
        world = Standard(seed).run()
        assert world.said == [], f"seed {seed}"
        met.update(world.faults.met)
        lives += world.lives
    assert {kind for kind in KINDS if not met[kind]} == set()
    assert lives > seeds * 1.5


def test_a_seed_gives_the_same_trace_again() -> None:
    first = [Standard(seed).run().trace for seed in range(20)]
    assert len(set(first)) == len(first)
    assert [Standard(seed).run().trace for seed in range(20)] == first


class Hasty(Store):
    """A store that says that a fact is safe before it is."""

    def _write(self, what: str, commit: Callable[[], None], then: Then) -> None:
        super()._write(what, commit, lambda error: None)
        if not self._life.dead:
            then(None)


def test_a_store_that_acknowledges_too_early_is_caught() -> None:
    assert any("lost" in said for seed in range(100) for said in Standard(seed, Hasty).run().said)
