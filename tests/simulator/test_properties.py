"""Any machine, any schedule: runs end, histories hold together, and a journal replayed gives the same history."""

from __future__ import annotations

import heapq
import itertools
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Run, compile_machine
from simulator.answers import read_answer, write_answer
from simulator.drive import DEFAULT_INFO
from simulator.effects import Answer, CancelTask, CancelTimer, Command, Failed, SetTimer, StartTask, Succeeded
from simulator.history import render
from tests.simulator.support import LAMBDA

ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")
RETRY = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 1, "MaxAttempts": 2, "JitterStrategy": "FULL"}]


class Namer:
    """Names that no two states share."""

    def __init__(self) -> None:
        self.count = itertools.count()

    def __call__(self) -> str:
        return f"S{next(self.count)}"


@st.composite
def charts(draw: Any, namer: Namer, depth: int = 0) -> dict[str, Any]:
    """A chain of one to four states of any type, branches and Maps nested twice at most."""
    kinds = ["Pass", "Task", "Wait", "Fail?", "Choice"] + (["Parallel", "Map"] if depth < 2 else [])
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    names = [namer() for _ in chosen] + [namer()]
    states: dict[str, Any] = {}
    for name, following, kind in zip(names, names[1:], chosen, strict=False):
        states[name] = {
            **draw(state(namer, kind, names[-1], depth)),
            **({} if kind == "Choice" else {"Next": following}),
        }
        if kind == "Choice":
            states[name]["Default"] = following
    states[names[-1]] = {"Type": "Succeed"}
    return {"StartAt": names[0], "States": states}


@st.composite
def state(draw: Any, namer: Namer, kind: str, last: str, depth: int) -> dict[str, Any]:
    catch = draw(st.sampled_from([[], [{"ErrorEquals": ["States.ALL"], "Next": last}]]))
    guards = {"Catch": catch} if catch else {}
    if kind == "Pass":
        return {"Type": "Pass", "Assign": {"v": "{% $random() %}"}}
    if kind == "Task":
        token = draw(st.booleans())
        resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken" if token else LAMBDA
        return {"Type": "Task", "Resource": resource, "Arguments": {}, "TimeoutSeconds": 50, "Retry": RETRY, **guards}
    if kind == "Wait":
        return {"Type": "Wait", "Seconds": draw(st.integers(0, 100))}
    if kind == "Choice":
        return {"Type": "Choice", "Choices": [{"Condition": "{% $random() < 0.3 %}", "Next": last}]}
    if kind == "Fail?":
        return {"Type": "Pass", "Output": draw(st.sampled_from(["fine", "{% $undefined %}"]))}
    if kind == "Parallel":
        branches = [draw(charts(namer, depth + 1)) for _ in range(draw(st.integers(1, 3)))]
        return {"Type": "Parallel", "Branches": branches, "Retry": RETRY, **guards}
    items = list(range(draw(st.integers(0, 5))))
    return {
        "Type": "Map",
        "Items": items,
        "MaxConcurrency": draw(st.integers(0, 2)),
        "ItemProcessor": draw(charts(namer, depth + 1)),
        **guards,
    }


machines = st.builds(lambda chart: {**chart, "QueryLanguage": "JSONata"}, st.deferred(lambda: charts(Namer())))


class World:
    """Drives a run with answers, failures, delays and silence drawn from a seed, and keeps the journal."""

    def __init__(self, run: Run, seed: int) -> None:
        self.run, self.chance = run, random.Random(seed)
        self.journal: list[list[Any]] = []
        self.due: list[tuple[float, int, int, Answer | None]] = []
        self.order = itertools.count()
        self.gone: set[int] = set()
        self.started: set[int] = set()
        self.now = 0.0

    def take(self, commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, SetTimer):
                heapq.heappush(self.due, (command.when, next(self.order), command.key, None))
            elif isinstance(command, CancelTimer | CancelTask):
                self.gone.add(command.key)
            elif isinstance(command, StartTask):
                assert command.call.key not in self.started
                self.started.add(command.call.key)
                self.answer_later(command.call.key)

    def answer_later(self, key: int) -> None:
        luck = self.chance.random()
        if luck < 0.1:
            return
        answer: Answer = Failed(self.chance.choice(["Flaky", "Bad"]), "c") if luck < 0.4 else Succeeded({"n": luck})
        heapq.heappush(self.due, (self.now + self.chance.choice([0, 1, 20, 60]), next(self.order), key, answer))

    def live(self) -> None:
        self.take(self.run.begin(0.0))
        steps = 0
        while self.run.status == "RUNNING":
            steps += 1
            assert steps < 20_000 and self.due, "nothing can happen any more, and it is not over"
            when, _, key, answer = heapq.heappop(self.due)
            if key in self.gone:
                continue
            self.now = max(self.now, when)
            if answer is None:
                self.journal.append([self.now, "fire", key])
                self.take(self.run.fire(key, self.now))
            else:
                self.journal.append([self.now, key, *write_answer(answer)])
                self.take(self.run.answer(key, answer, self.now))


def again(definition: dict[str, Any], journal: list[list[Any]]) -> Run:
    run = Run(compile_machine(definition), DEFAULT_INFO, {}, seed="s")
    run.begin(0.0)
    for now, what, *rest in journal:
        if what == "fire":
            run.fire(rest[0], now)
        else:
            run.answer(what, read_answer(rest), now)
    return run


def check(definition: dict[str, Any], seed: int) -> None:
    run = Run(compile_machine(definition), DEFAULT_INFO, {}, seed="s")
    world = World(run, seed)
    world.live()
    events = [render(event) for event in run.events]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert all(event["previousEventId"] < event["id"] for event in events)
    assert [event["type"] for event in events if event["type"] in ENDS] == [events[-1]["type"]]
    times = [event["timestamp"] for event in events]
    assert times == sorted(times)
    if run.status == "SUCCEEDED":
        entered = [event["type"] for event in events if event["type"].endswith("StateEntered")]
        exited = [event["type"] for event in events if event["type"].endswith("StateExited")]
        assert len(exited) <= len(entered)
    assert not run._waiting and not run._calls
    replayed = again(definition, world.journal)
    assert (replayed.status, replayed.output, replayed.error, replayed.cause) == (
        run.status,
        run.output,
        run.error,
        run.cause,
    )
    assert [render(event) for event in replayed.events] == events


@settings(max_examples=120, deadline=None)
@given(machines, st.integers(0, 2**32))
def test_any_machine_under_any_schedule(definition: dict[str, Any], seed: int) -> None:
    check(definition, seed)


@pytest.mark.prove
@settings(max_examples=3_000, deadline=None)
@given(machines, st.integers(0, 2**32))
def test_many_machines_under_many_schedules(definition: dict[str, Any], seed: int) -> None:
    check(definition, seed)
