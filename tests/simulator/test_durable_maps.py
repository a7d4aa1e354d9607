"""Killed before or after any write of a Map Run, of its failure, redrive and changed limits: nothing is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from simulator import Engine, Run, TaskCall, VirtualClock
from simulator.execution import Execution
from simulator.faults import ApiError
from simulator.history import render
from simulator.maprun import MapRun
from simulator.sqlite import SqliteStore
from simulator.values import Value
from tests.simulator.maps import World, each, working
from tests.simulator.support import LAMBDA
from tests.simulator.test_durable import Dying
from tests.simulator.test_engine import add

INNER = {
    "Type": "Map",
    "Items": "{% [$states.input, $states.input + 1] %}",
    "Label": "inner",
    "ItemProcessor": each({"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}, "EXPRESS"),
    "End": True,
}
STATES: dict[str, Any] = {
    "M": {
        "Type": "Map",
        "Items": [10 * number for number in range(1, 13)],
        "MaxConcurrency": 1,
        "Label": "outer",
        "ItemProcessor": each({"I": INNER}),
    }
}


class Loud(World):
    """The outside, which survives a kill."""

    def __init__(self, *failing: Value) -> None:
        super().__init__(*failing)
        self.answered: Counter[Value] = Counter()

    async def run(self, call: TaskCall) -> Value:
        """Answer, and count what succeeded."""
        result = self(call)
        self.answered[call.arguments] += 1
        return result


async def live(store: SqliteStore, world: Loud, clock: VirtualClock) -> Execution | None:
    """One life of an engine: until the execution succeeded, redriven once, or the store's process has died (None)."""
    engine = Engine(world, clock=clock, store=store, seed="s")
    engine.recover()

    def dead() -> bool:
        return bool(getattr(store, "dead", False))

    arn = engine.arn("stateMachine", "m")
    if arn not in engine.machines.by_arn:
        add(engine, "m", STATES)
        engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), lambda error: None)
    telling: list[asyncio.Task[Any]] = []

    def tell(doing: Any) -> None:
        telling.append(asyncio.ensure_future(doing))

    execution: Execution | None = None
    for _ in range(2_000):
        if dead():
            break
        execution = engine.executions.get(engine.arn("execution", "m", "one"))
        if execution is None and not telling:
            tell(engine.start(arn, "{}", "one"))
        elif execution is not None and not [one for one in telling if not one.done()]:
            if execution.status == "SUCCEEDED" and execution.finished.is_set():
                break
            if execution.status == "FAILED" and execution.finished.is_set():
                world.failing.clear()
                tell(engine.redrive(execution.arn, "token"))
            elif execution.status == "RUNNING" and execution.run.map_runs and execution.run.redrives:
                outer = execution.run.map_runs[0]
                if outer.max_concurrency != 2 and outer.status == "RUNNING":
                    tell(engine.update_map_run(execution, outer.arn, {"max_concurrency": 2}))
        await asyncio.sleep(0)
    for one in telling:
        if not one.done():
            one.cancel()
        with suppress(asyncio.CancelledError, ApiError, sqlite3.OperationalError):
            await one
    await engine.driver.close(list(engine.executions.values()))
    return None if dead() else execution


def shape(run: MapRun) -> dict[str, Any]:
    return {
        "arn": run.arn,
        "status": run.status,
        "redrives": run.redrives,
        "limit": run.max_concurrency,
        "counts": run.counts(0.0, items=True),
        "children": [(child.arn, child.status, child.redrives, child.output) for child in run.children],
    }


async def test_a_redrive_of_nested_map_runs_survives_a_kill_at_any_write(tmp_path: Path) -> None:
    world, clock = Loud(21, 30), VirtualClock()
    whole = Dying(tmp_path / "whole.db", 1_000_000, before=True)
    untouched = await live(whole, world, clock)
    assert untouched is not None and isinstance(untouched.run, Run)
    assert untouched.run.output == [[10 * number, 10 * number + 1] for number in range(1, 13)]
    assert (untouched.run.redrives, untouched.run.map_runs[0].redrives) == (1, 1)
    assert max(world.answered.values()) == 1
    expected = [shape(run) for run in untouched.run.map_runs]
    kinds = Counter(event.type for event in untouched.events)
    assert kinds["MapRunRedriven"] == 1
    points = 0
    for at in range(1, whole.writes + 1):
        for before in (True, False):
            world, path = Loud(21, 30), tmp_path / f"{at}-{before}.db"
            store = Dying(path, at, before=before)
            assert await live(store, world, VirtualClock()) is None, (at, before)
            store._database.close()
            survivor = await live(SqliteStore(path, threaded=False, synchronous="OFF"), world, VirtualClock())
            assert survivor is not None and survivor.status == "SUCCEEDED", (at, before)
            assert survivor.run.output == untouched.run.output
            assert survivor.run.redrives == 1, (at, before)
            assert [shape(run) for run in survivor.run.map_runs] == expected, (at, before)
            assert Counter(event.type for event in survivor.events) == kinds, (at, before)
            # What was in flight at the kill (two items of two children at most) ran again, and nothing else.
            assert max(world.answered.values()) <= 2, (at, before)
            assert sum(world.answered.values()) - len(world.answered) <= 4, (at, before)
            points += 1
    assert points >= 50


async def test_a_finished_execution_of_map_runs_is_replayed_as_it_was(tmp_path: Path) -> None:
    world = World(2)
    engine = Engine(world, store=SqliteStore(tmp_path / "s.db", threaded=False), clock=VirtualClock(), seed="s")
    arn = add(engine, "m", {"M": working(Items=[1, 2, 3], MaxConcurrency=1)})
    engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), lambda error: None)
    execution = await engine.run(arn)
    world.mend()
    await engine.redrive(execution.arn, "t")
    await execution.finished.wait()
    before, events = [shape(run) for run in execution.run.map_runs], [render(event) for event in execution.events]
    when = execution.run.redriven_at
    await engine.close()
    again = Engine(world, store=SqliteStore(tmp_path / "s.db", threaded=False), clock=VirtualClock(), seed="t")
    assert again.recover() == 0
    recalled = again.get(execution.arn)
    assert (recalled.run.redriven_at, recalled.run.redrives) == (when, 1)
    assert [shape(run) for run in recalled.run.map_runs] == before
    assert [render(event) for event in recalled.events] == events
    # The same client token is the same redrive, even of an execution that succeeded since.
    assert await again.redrive(execution.arn, "t") == when
    await again.close()


async def test_a_child_that_was_stopped_and_limits_that_were_changed_are_known_after_a_restart(tmp_path: Path) -> None:
    clock, path = VirtualClock(automatic=False), tmp_path / "s.db"
    engine = Engine(World(), store=SqliteStore(path, threaded=False), clock=clock, seed="s")
    body = each({"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    arn = add(engine, "m", {"M": {"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 1, "ItemProcessor": body}})
    engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), lambda error: None)
    execution = await engine.start(arn)
    (run,) = execution.run.map_runs
    await engine.stop_child(execution, run.children[0].arn, "E", None)
    await engine.update_map_run(execution, run.arn, {"max_concurrency": 2, "tolerated_percentage": 10})
    before = shape(run)
    assert [child.status for child in run.children] == ["ABORTED", "RUNNING", "RUNNING"]
    await engine.close()
    again = Engine(World(), store=SqliteStore(path, threaded=False), clock=clock, seed="t")
    assert again.recover() == 1
    recovered = again.get(execution.arn)
    assert shape(recovered.run.map_runs[0]) == before
    assert recovered.run.map_runs[0].tolerated_percentage == 10
    clock.advance(60)
    assert (recovered.status, recovered.run.output[1:]) == ("SUCCEEDED", [2, 3])
    await again.close()
