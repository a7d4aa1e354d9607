"""Whatever goes wrong, in any order: one outcome for each message, no reading stored twice, no alert lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from simulator import Machine
from tests.simulation.faults import Fault
from tests.simulation.properties import outcomes, problems
from tests.simulation.world import World, bound, compiled

SEEDS = 150
MANY = 2_000
SECONDS = 120.0


@pytest.fixture(scope="module")
def machine() -> Machine:
    """The telemetry workflow."""
    return compiled()


@pytest.mark.parametrize("seeds", [SEEDS, pytest.param(MANY, marks=pytest.mark.prove)])
def test_every_message_has_one_outcome_and_no_alert_is_lost(machine: Machine, seeds: int) -> None:
    met, ended, lives = Counter[Fault](), Counter[str](), 0
    started = time.process_time()
    for seed in range(seeds):
        world = World(seed, machine).run()
        assert problems(world) == [], f"seed {seed}: python -m tests.simulation {seed}"
        met.update(world.faults.met)
        ended.update(outcome for every in outcomes(world).values() for outcome in every[:1])
        lives += len(world.lives)
    assert time.process_time() - started < SECONDS
    assert {kind for kind in Fault if not met[kind]} == {Fault.DISK_FULL}  # which has tests of its own
    assert set(ended) == {"stored", "duplicate", "quarantined", "dead-lettered"}
    assert lives > seeds * 2


def test_a_seed_gives_the_same_trace_again(machine: Machine) -> None:
    first = [World(seed, machine).run().trace for seed in range(25)]
    assert len(set(first)) == len(first)
    assert [World(seed, machine, keep=True).run().trace for seed in range(25)] == first
    for hashing in ("1", "2"):  # in other processes too, whatever the order of their sets
        said = subprocess.run(
            [sys.executable, "-m", "tests.simulation", "0-24"],
            env={**os.environ, "PYTHONHASHSEED": hashing},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert [line.split()[1] for line in said.splitlines()] == first


def _inside(definition: dict[str, Any]) -> dict[str, Any]:
    """The states of one reading."""
    states: dict[str, Any] = definition["States"]["Each"]["ItemProcessor"]["States"]["Reading"]["Branches"][0]["States"]
    return states


def mark_before_notify(states: dict[str, Any]) -> None:
    pending = states["Alert pending?"]["Choices"][0]
    pending["Next"], after = "Mark sent", states["Mark sent"]["Next"]
    states["Mark sent"]["Next"], states["Alert"]["Next"] = "Alert", after


def store_unconditionally(states: dict[str, Any]) -> None:
    del states["Store"]["Arguments"]["ConditionExpression"]


def take_what_is_stored_for_done(states: dict[str, Any]) -> None:
    states["Same content?"]["Choices"][0]["Next"] = "Came again?"
    del states["Keep stored"]  # nothing leads to it any more


def forget_repeats(states: dict[str, Any]) -> None:
    states["Came again?"]["Choices"][0]["Next"] = states["Came again?"]["Default"]
    del states["Record repeat"]  # nothing leads to it any more


@pytest.mark.parametrize(
    "mutate, said",
    [
        (mark_before_notify, "never sent"),
        (store_unconditionally, "was stored over"),
        (take_what_is_stored_for_done, "left the queue while its alert was pending"),
        (forget_repeats, "ended as []"),
    ],
)
def test_a_wrong_workflow_is_caught(mutate: Callable[[dict[str, Any]], None], said: str) -> None:
    definition = bound()
    mutate(_inside(definition))
    wrong = compiled(definition)
    for seed in range(SEEDS):
        if any(said in problem for problem in problems(World(seed, wrong).run())):
            return
    pytest.fail(f"{mutate.__name__} went unnoticed")
