"""Killed before or after any write, an engine on the same file goes on as if nothing had happened."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from simulator import Engine, TaskCall, TaskFailed, VirtualClock
from simulator.faults import ApiError
from simulator.history import render
from simulator.sqlite import SqliteStore
from simulator.store import Then
from simulator.values import Value
from tests.simulator.support import LAMBDA, machine
from tests.simulator.test_engine import add, until

APPROVAL: dict[str, Any] = {
    "First": {
        "Type": "Task",
        "Resource": LAMBDA,
        "Arguments": {"n": "{% $states.input.n %}"},
        "Assign": {"a": "{% $states.result %}"},
        "Output": "{% $states.input %}",
        "Next": "Fan",
    },
    "Fan": {
        "Type": "Map",
        "Items": "{% [1..$states.input.n] %}",
        "ItemProcessor": {
            "StartAt": "Each",
            "States": {
                "Each": {
                    "Type": "Task",
                    "Resource": LAMBDA,
                    "Retry": [{"ErrorEquals": ["Flaky"], "JitterStrategy": "FULL"}],
                    "End": True,
                }
            },
        },
        "Next": "Wait",
    },
    "Wait": {"Type": "Wait", "Seconds": 3600, "Next": "Ask"},
    "Ask": {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"MessageBody": "{% $states.context.Task.Token %}"},
        "TimeoutSeconds": 86_400,
        "Output": {"a": "{% $a %}", "r": "{% $random() %}", "said": "{% $states.result %}"},
    },
}


class Killed(BaseException):
    """The process is gone."""


class Dying(SqliteStore):
    """A store whose process dies at its n-th write, before or after it is committed."""

    def __init__(self, path: Path, at: int, *, before: bool) -> None:
        super().__init__(path, threaded=False, synchronous="OFF")
        self.left, self.before, self.dead, self.writes = at, before, False, 0

    def _write(self, statements: Any, then: Then) -> None:
        if self.dead:
            return
        self.writes += 1
        self.left -= 1
        if self.left == 0:
            self.dead = True
            if not self.before:
                super()._write(statements, lambda error: None)
            return
        super()._write(statements, then)


class World:
    """What is outside: it survives. Each item fails once, by what was asked, not by how often the engine died."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.asked: list[tuple[str, int]] = []

    async def run(self, call: TaskCall) -> Value:
        self.asked.append((call.state, call.attempt))
        if call.state == "Ask":
            self.tokens.append(call.token or "")
            return {}
        if call.state == "Each" and call.attempt == 0 and call.arguments == 2:
            raise TaskFailed("Flaky")
        return call.arguments


async def live(path: Path, store: SqliteStore, world: World, clock: VirtualClock, items: int = 3) -> Engine | None:
    """One life of an engine: until all is done, or the store's process has died (None)."""
    engine = Engine(world, clock=clock, store=store, seed="s")
    engine.recover()

    def dead() -> bool:
        return bool(getattr(store, "dead", False))

    name = engine.arn("execution", "m", "one")
    if engine.arn("stateMachine", "m") not in engine.machines.by_arn:
        arn = add(engine, "m", APPROVAL)
        engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), lambda error: None)
    starting = asyncio.ensure_future(engine.start(engine.arn("stateMachine", "m"), f'{{"n": {items}}}', "one"))
    for turn in range(3_000):
        await asyncio.sleep(0)
        if dead():
            break
        execution = engine.executions.get(name)
        if execution is not None and execution.finished.is_set():
            break
        asking = execution is not None and execution.run.events[-1].type in ("TaskStarted", "TaskSubmitted")
        if turn % 7 == 0 and not asking:
            clock.next()
        if world.tokens and execution is not None and execution.tokens and turn % 5 == 0:
            answering = asyncio.ensure_future(engine.task_success(world.tokens[-1], "yes"))
            await asyncio.sleep(0)
            if answering.done() and answering.exception() is not None:
                assert isinstance(answering.exception(), ApiError)
            answering.cancel()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    if dead():
        await engine.driver.close(list(engine.executions.values()))
        return None
    return engine


async def die_and_go_on(folder: Path, items: int, at: int, *, before: bool) -> tuple[Engine, int]:
    path = folder / f"{at}-{before}.db"
    world, clock = World(), VirtualClock(automatic=False)
    store: SqliteStore = Dying(path, at, before=before)
    engine = await live(path, store, world, clock, items)
    writes = getattr(store, "writes", 0)
    if engine is None:
        sqlite3.Connection.close(store._database)
        store = SqliteStore(path, threaded=False, synchronous="OFF")
        engine = await live(path, store, world, clock, items)
    assert engine is not None
    return engine, writes


@pytest.mark.parametrize("items", [20, pytest.param(120, marks=pytest.mark.prove)])
async def test_killed_at_every_write_nothing_is_lost_and_nothing_repeated(tmp_path: Path, items: int) -> None:
    untouched, writes = await die_and_go_on(tmp_path, items, 1_000_000, before=True)
    name = untouched.arn("execution", "m", "one")
    expected = untouched.executions[name]
    assert expected.status == "SUCCEEDED"
    assert expected.run.output["said"] == "yes"
    assert writes > items + 8
    for at in range(1, writes + 1):
        for before in (True, False):
            engine, _ = await die_and_go_on(tmp_path, items, at, before=before)
            execution = engine.executions[name]
            assert execution.status == "SUCCEEDED", (at, before, execution.run.error, execution.run.cause)
            assert execution.run.output == expected.run.output
            events = [render(event) for event in execution.events]
            assert [event["id"] for event in events] == list(range(1, len(events) + 1))
            assert Counter(event["type"] for event in events) == Counter(event.type for event in expected.events)
            engine.store.close()


async def test_a_history_read_after_a_restart_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    clock, world = VirtualClock(automatic=False), World()
    engine = await live(path, SqliteStore(path, threaded=False), world, clock)
    assert engine is not None
    name = engine.arn("execution", "m", "one")
    before = [render(event) for event in engine.executions[name].events]
    await engine.close()
    again = Engine(world, clock=clock, store=SqliteStore(path, threaded=False), seed="other")
    assert again.recover() == 0
    assert [render(event) for event in again.get(name).events] == before
    assert again.get(name).run.started_at == engine.executions[name].run.started_at
    with pytest.raises(ApiError, match="ExecutionAlreadyExists"):
        await again.start(again.arn("stateMachine", "m"), '{"n": 3}', "one")


async def test_tokens_survive_and_answer_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    clock, world = VirtualClock(automatic=False), World()
    engine = Engine(world, clock=clock, store=SqliteStore(path, threaded=False), seed="s")
    arn = add(engine, "m", {"Ask": {**APPROVAL["Ask"], "Output": "{% $states.result %}"}})
    engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), lambda error: None)
    execution = await engine.start(arn)
    await until(lambda: any(event.type == "TaskSubmitted" for event in execution.events))
    await engine.close()
    again = Engine(world, clock=clock, store=SqliteStore(path, threaded=False), seed="t")
    assert again.recover() == 1
    await again.task_success(world.tokens[0], "later")
    assert again.get(execution.arn).run.output == "later"
    assert len(world.tokens) == 1


async def test_a_task_in_flight_runs_again_and_an_express_execution_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    started: list[str] = []

    class Slow:
        async def run(self, call: TaskCall) -> Value:
            started.append(call.state)
            if len(started) <= 2:
                await asyncio.Event().wait()
            return "done"

    engine = Engine(Slow(), store=SqliteStore(path, threaded=False), seed="s")
    states = {"T": {"Type": "Task", "Resource": LAMBDA}}
    for name, kind in (("m", "STANDARD"), ("x", "EXPRESS")):
        arn = add(engine, name, states, kind)
        engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), lambda error: None)
        await engine.start(arn)
    await until(lambda: len(started) == 2)
    await engine.close()
    again = Engine(Slow(), store=SqliteStore(path, threaded=False), seed="s2")
    assert again.recover() == 2
    for execution in list(again.executions.values()):
        await asyncio.wait_for(execution.finished.wait(), 5)
        assert execution.run.output == "done"


async def test_a_full_disk_refuses_starts_and_loses_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.driving.RETRY_SECONDS", 0.01)
    store = SqliteStore(tmp_path / "s.db", threaded=False)
    gate = asyncio.Event()

    class Gated:
        async def run(self, call: TaskCall) -> Value:
            await gate.wait()
            return "x" * 50_000

    engine = Engine(Gated(), store=store)
    arn = add(engine, "m", {"T": {"Type": "Task", "Resource": LAMBDA}})
    execution = await engine.start(arn)
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await engine.start(arn, '{"big": "' + "x" * 50_000 + '"}')
    assert len(engine.executions) == 1
    gate.set()
    for _ in range(10):
        await asyncio.sleep(0.01)
    assert execution.status == "RUNNING"
    store._database.execute("PRAGMA max_page_count = 1000000")
    await asyncio.wait_for(execution.finished.wait(), 5)
    assert execution.status == "SUCCEEDED"


async def test_redrive_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    broken = {"on": True}

    class Switch:
        async def run(self, call: TaskCall) -> Value:
            if broken["on"]:
                raise TaskFailed("Broken")
            return "mended"

    engine = Engine(Switch(), store=SqliteStore(path, threaded=False), seed="s")
    arn = add(engine, "m", {"T": {"Type": "Task", "Resource": LAMBDA}})
    execution = await engine.run(arn)
    assert execution.status == "FAILED"
    await engine.close()
    again = Engine(Switch(), store=SqliteStore(path, threaded=False), seed="s")
    again.recover()
    broken["on"] = False
    recalled = again.get(execution.arn)
    await again.redrive(execution.arn)
    await asyncio.wait_for(recalled.finished.wait(), 5)
    assert (recalled.status, recalled.run.output) == ("SUCCEEDED", "mended")
    await again.close()
    third = Engine(Switch(), store=SqliteStore(path, threaded=False), seed="s")
    assert third.recover() == 0
    assert third.get(execution.arn).status == "SUCCEEDED"
    assert third.get(execution.arn).run.redrives == 1


async def test_old_histories_leave_memory_and_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.executions.STANDARD_KEPT", 2)
    engine = Engine(World(), store=SqliteStore(tmp_path / "s.db", threaded=False), seed="s")
    arn = add(engine, "m", {"P": {"Type": "Pass", "Output": "{% $states.input.n %}"}})
    ran = [await engine.run(arn, f'{{"n": {number}}}') for number in range(4)]
    assert [type(execution.run).__name__ for execution in ran] == ["Recalled", "Recalled", "Run", "Run"]
    assert [execution.run.output for execution in ran] == [0, 1, 2, 3]
    assert [event.type for event in ran[0].events] == [event.type for event in ran[3].events]


async def test_the_threaded_store_commits_in_groups_and_in_order(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    order: list[int] = []
    done = asyncio.Event()
    for number in range(1_000):
        store.append("arn", [number], lambda error, number=number: order.append(number))  # type: ignore[misc]
    store.append("arn", [1_000], lambda error: done.set())
    await asyncio.wait_for(done.wait(), 20)
    assert order == list(range(1_000))
    store.close()
    reopened = SqliteStore(tmp_path / "s.db", threaded=False)
    assert reopened.journal("arn") == [[number] for number in range(1_001)]
    assert (tmp_path / "s.db").stat().st_mode & 0o077 == 0


def test_definitions_are_made_once() -> None:
    assert machine(APPROVAL)["StartAt"] == "First"
