"""Killed before or after any write, an engine on the same file goes on as if nothing had happened."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from simulator import Engine, TaskCall, TaskFailed, VirtualClock
from simulator.api.execution_operations import ExecutionOperations
from simulator.api.machine_operations import MachineOperations
from simulator.faults import ApiError
from simulator.history import render
from simulator.sqlite import SqliteStore
from simulator.store import Then
from simulator.values import Value
from tests.simulator.support import LAMBDA, machine
from tests.simulator.test_engine import Tasks, add, until

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


class Disk:
    """A connection whose disk fails: SQLite's own errors, at the statement that `where` names."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.failing: str | None = None
        self.where: tuple[str, ...] = ("COMMIT",)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        if self.failing is not None and statement.startswith(self.where):
            raise sqlite3.OperationalError(self.failing)
        return self._database.execute(statement, values)


#: Statements at which a disk fails. Where even ROLLBACK fails, the next write finds a transaction open.
WHERE = (("BEGIN",), ("INSERT", "UPDATE"), ("COMMIT",), ("COMMIT", "ROLLBACK"))


class Failing(Dying):
    """A store whose disk is full, or broken, from its n-th write on: for three writes, or until the process dies."""

    def __init__(self, path: Path, at: int, fault: str, *, killed: bool) -> None:
        super().__init__(path, 1_000_000, before=True)
        self.disk = Disk(self._database)
        self._database = cast(sqlite3.Connection, self.disk)
        self.at, self.fault, self.killed, self.refused = at, fault, killed, 0

    def _write(self, statements: Any, then: Then) -> None:
        if not self.dead:
            fails = self.writes + 1 >= self.at and self.refused < 3
            self.disk.failing = self.fault if fails else None
            self.disk.where = WHERE[self.at % len(WHERE)]
            self.refused += fails
            self.dead = self.killed and self.refused == 3
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
        errors: list[BaseException | None] = []
        while not dead() and None not in errors:
            engine.store.put("machine", arn, engine.machines.by_arn[arn].save(), errors.append)

    async def start() -> None:
        while not dead():
            with suppress(sqlite3.OperationalError):  # whoever hears of it tries again
                await engine.start(engine.arn("stateMachine", "m"), f'{{"n": {items}}}', "one")
                return
            await asyncio.sleep(0)

    starting = asyncio.ensure_future(start())
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
                assert isinstance(answering.exception(), ApiError | sqlite3.OperationalError)
            answering.cancel()
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    if dead():
        await engine.driver.close(list(engine.executions.values()))
        return None
    return engine


@dataclass
class Survivor:
    """An engine at the end of its story; `writes` and `written` are of its first life, `asked` of the last."""

    engine: Engine
    writes: int
    written: list[list[Value]]
    asked: int


async def die_and_go_on(store: Dying, items: int) -> Survivor:
    """Live; and if that ended with the store, live again on the same file."""
    world, clock = World(), VirtualClock(automatic=False)
    engine = await live(store._path, store, world, clock, items)
    if engine is not None:
        return Survivor(engine, store.writes, [], len(world.asked))
    store._database.close()
    asked = len(world.asked)
    second = SqliteStore(store._path, threaded=False, synchronous="OFF")
    written = [entry for saved in second.executions() for entry in second.journal(saved.arn)]
    engine = await live(store._path, second, world, clock, items)
    assert engine is not None
    return Survivor(engine, store.writes, written, len(world.asked) - asked)


def answers(journal: list[list[Value]]) -> int:
    """How many calls a journal has the runner's answer to. Whoever has the token answers after it was submitted."""
    kinds = [entry[2] for entry in journal if entry[1] != "fire"]
    until_token = kinds.index("submitted") + 1 if "submitted" in kinds else len(kinds)
    return sum(kind in ("succeeded", "failed", "submitted") for kind in kinds[:until_token])


class Expected:
    """What an engine that nothing happens to does: every other must end the same."""

    def __init__(self, untouched: Survivor) -> None:
        self.untouched = untouched
        self.name = untouched.engine.arn("execution", "m", "one")
        self.execution = untouched.engine.executions[self.name]
        assert self.execution.status == "SUCCEEDED"
        assert self.execution.run.output["said"] == "yes"

    async def check(self, survivor: Survivor, about: object) -> None:
        """Nothing lost, nothing repeated; what was answered before is not asked again, all else once."""
        engine, expected = survivor.engine, self.execution
        assert list(engine.executions) == [self.name], about
        execution = engine.executions[self.name]
        assert execution.status == "SUCCEEDED", (about, execution.run.error, execution.run.cause)
        assert execution.run.output == expected.run.output, about
        events = [render(event) for event in execution.events]
        assert [event["id"] for event in events] == list(range(1, len(events) + 1)), about
        assert Counter(event["type"] for event in events) == Counter(event.type for event in expected.events), about
        assert survivor.asked == self.untouched.asked - answers(survivor.written), about
        with pytest.raises(ApiError, match="ExecutionAlreadyExists"):
            await engine.start(engine.arn("stateMachine", "m"), '{"n": 0}', "one")
        engine.store.close()
        again = SqliteStore(engine.store._path, threaded=False)  # type: ignore[attr-defined]
        (saved,) = again.executions()
        assert saved.end is not None and saved.end["status"] == "SUCCEEDED", about
        assert len(again.journal(saved.arn)) == self.untouched.writes - 3, about  # all but machine, start and end
        again.close()


@pytest.mark.parametrize("items", [92, pytest.param(300, marks=pytest.mark.prove)])
async def test_killed_at_every_write_nothing_is_lost_and_nothing_repeated(tmp_path: Path, items: int) -> None:
    untouched = await die_and_go_on(Dying(tmp_path / "whole.db", 1_000_000, before=True), items)
    expected, points = Expected(untouched), 0
    for at in range(1, untouched.writes + 1):
        for before in (True, False):
            store = Dying(tmp_path / f"{at}-{before}.db", at, before=before)
            await expected.check(await die_and_go_on(store, items), (at, before))
            assert store.dead
            points += 1
    assert points >= 200


@pytest.mark.parametrize("killed", [False, True], ids=["mended", "killed"])
@pytest.mark.parametrize("fault", ["database or disk is full", "disk I/O error"], ids=["ENOSPC", "EIO"])
async def test_a_disk_that_fails_at_any_write_loses_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, killed: bool
) -> None:
    monkeypatch.setattr("simulator.driving.RETRY_SECONDS", 0.0)
    untouched = await die_and_go_on(Dying(tmp_path / "whole.db", 1_000_000, before=True), 20)
    expected = Expected(untouched)
    for at in range(1, untouched.writes + 1):
        store = Failing(tmp_path / f"{at}.db", at, fault, killed=killed)
        await expected.check(await die_and_go_on(store, 20), at)
        assert (store.refused, store.dead) == (3, killed)


async def test_what_could_not_be_written_did_not_happen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.driving.RETRY_SECONDS", 0.0)
    store = SqliteStore(tmp_path / "s.db", threaded=False)
    disk = Disk(store._database)
    store._database = cast(sqlite3.Connection, disk)
    engine = Engine(Tasks(T=TaskFailed("Broken")), store=store, seed="s")
    machines, others = MachineOperations(engine), ExecutionOperations(engine)
    made = {"name": "m", "roleArn": "r", "definition": json.dumps(machine({"T": {"Type": "Task", "Resource": LAMBDA}}))}
    arn = engine.arn("stateMachine", "m")

    async def refused(doing: Any) -> None:
        disk.failing = "disk I/O error"
        with pytest.raises(sqlite3.OperationalError, match="I/O"):
            await doing
        disk.failing = None

    await refused(machines.create_state_machine(made))
    assert arn not in engine.machines.by_arn
    await machines.create_state_machine(made)
    changed = {"stateMachineArn": arn, "roleArn": "other"}
    await refused(machines.update_state_machine(changed))
    assert engine.machines.get(arn).revision.role_arn == "r"
    await refused(machines.delete_state_machine(changed))
    assert arn in engine.machines.by_arn
    await refused(others.create_activity({"name": "a"}))
    assert not engine.activities
    await refused(engine.start(arn, "{}", "one"))
    execution = await engine.run(arn, "{}", "one")
    assert execution.status == "FAILED"
    await refused(engine.redrive(execution.arn))
    assert (execution.status, execution.ending, execution.finished.is_set()) == ("FAILED", True, True)
    await engine.redrive(execution.arn)
    await execution.finished.wait()
    assert execution.run.redrives == 1


async def test_a_start_is_told_to_nobody_before_it_is_safe(tmp_path: Path) -> None:
    class Slow(SqliteStore):
        """Holds starts back."""

        held: list[Any]

        def begin(self, arn: str, record: dict[str, Any], then: Then) -> None:
            self.held = [then]

    store = Slow(tmp_path / "s.db", threaded=False)
    engine = Engine(World(), store=store, seed="s")
    arn = add(engine, "m", {"W": {"Type": "Wait", "Seconds": 60}})
    starts = [asyncio.ensure_future(engine.start(arn, "{}", "one")) for _ in range(2)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(start.done() for start in starts)
    store.held[0](sqlite3.OperationalError("disk I/O error"))
    said = await asyncio.gather(*starts, return_exceptions=True)
    assert [type(one) for one in said] == [sqlite3.OperationalError] * 2
    assert not engine.executions


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
