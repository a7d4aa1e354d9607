"""Random Map Runs, redriven until nothing is broken any more."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from simulator import Engine, TaskCall, TaskFailed, VirtualClock
from simulator.maprun import MapRun
from simulator.values import Value
from tests.simulator.maps import World, working
from tests.simulator.test_engine import add
from tests.simulator.test_maprun import redriven


@given(
    count=st.integers(0, 12),
    failing=st.sets(st.integers(0, 11)),
    concurrency=st.integers(0, 4),
    tolerated=st.none() | st.integers(0, 12),
    batch=st.none() | st.integers(1, 4),
    kind=st.sampled_from(["STANDARD", "EXPRESS"]),
    seed=st.integers(0, 99),
)
def test_however_often_it_is_redriven_every_item_succeeds_once_and_the_counts_add_up(
    count: int, failing: set[int], concurrency: int, tolerated: int | None, batch: int | None, kind: str, seed: int
) -> None:
    state: dict[str, Any] = working(kind, Items=list(range(count)), MaxConcurrency=concurrency)
    if tolerated is not None:
        state["ToleratedFailureCount"] = tolerated
    if batch is not None:
        state["ItemBatcher"] = {"MaxItemsPerBatch": batch}
    broken, done, chance = set(failing), Counter[int](), Random(seed)

    class Some(World):
        async def run(self, call: TaskCall) -> Value:
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)
            items = call.arguments["Items"] if batch is not None else [call.arguments]
            if broken.intersection(items):
                raise TaskFailed("Broken")
            done.update(items)
            return items

    async def story() -> None:
        engine = Engine(Some(), clock=VirtualClock(), seed=str(seed))
        execution = await engine.run(add(engine, "m", {"M": state}))
        redrives = 0
        while execution.status == "FAILED":
            assert execution.run.error == "States.ExceedToleratedFailureThreshold"
            check(execution.run.map_runs[0])
            broken.pop()
            await redriven(engine, execution)
            redrives += 1
        (run,) = execution.run.map_runs
        check(run)
        assert (run.redrives, run.status) == (redrives, "SUCCEEDED")
        lost = sum(child.items for child in run.children if child.status != "SUCCEEDED")
        assert lost <= (tolerated or 0)
        assert sorted(done) == [item for item in range(count) if done[item]] and sum(done.values()) == count - lost

    def check(run: MapRun) -> None:
        for items in (True, False):
            counts = run.counts(0.0, items=items)
            parts = ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "pendingRedrive")
            assert sum(counts[name] for name in parts) == counts["total"]
            assert counts["running"] == counts["pendingRedrive"] == 0
        for child in run.children:
            assert [event.id for event in child.events] == list(range(1, len(child.events) + 1))
            assert len([event for event in child.events if event.type == "ExecutionRedriven"]) == child.redrives

    asyncio.run(story())
