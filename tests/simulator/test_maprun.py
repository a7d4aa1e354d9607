"""A redrive of a Distributed Map: only what did not succeed runs again, and the counts say so."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import Engine, Run, TaskCall, TaskFailed, VirtualClock
from simulator.execution import Execution
from simulator.maprun import MapRun
from simulator.redriving import REDRIVABLE_SECONDS
from simulator.values import Value
from tests.simulator.maps import Bucket, World, each, passing, working
from tests.simulator.support import LAMBDA, types
from tests.simulator.test_engine import add


async def failed(world: Any, states: dict[str, Any], **more: Any) -> tuple[Engine, Execution, MapRun]:
    """An engine whose execution of these states failed, with its first Map Run."""
    engine = Engine(world, clock=VirtualClock(), seed="s")
    execution = await engine.run(add(engine, "m", states, **more))
    assert execution.status == "FAILED", execution.run.output
    assert isinstance(execution.run, Run)
    return engine, execution, execution.run.map_runs[0]


async def redriven(engine: Engine, execution: Execution) -> Execution:
    await engine.redrive(execution.arn)
    await execution.finished.wait()
    return execution


def statuses(run: MapRun) -> list[str]:
    return [child.status for child in run.children]


async def test_a_redrive_redrives_what_failed_and_starts_what_never_did() -> None:
    world = World(2, 3)
    state = working(Items=[1, 2, 3, 4, 5], MaxConcurrency=2, Label="each")
    engine, execution, run = await failed(world, {"M": state})
    assert statuses(run) == ["SUCCEEDED", "FAILED", "ABORTED"] and len(run.children) == 3
    counts = run.counts(engine.clock.now(), items=True)
    assert [counts[name] for name in ("succeeded", "failed", "aborted", "pending", "total")] == [1, 1, 1, 2, 5]
    arns = [child.arn for child in run.children]
    world.mend()
    await redriven(engine, execution)
    assert (execution.status, execution.run.output) == ("SUCCEEDED", [1, 2, 3, 4, 5])
    assert sorted(world.asked) == [2, 3, 4, 5]
    assert execution.run.map_runs == [run]
    assert [child.arn for child in run.children][:3] == arns
    assert len({child.name for child in run.children}) == 5
    assert [child.redrives for child in run.children] == [0, 1, 1, 0, 0]
    assert (run.status, run.redrives, run.redriven) == ("SUCCEEDED", 1, execution.run.redriven_at)
    counts = run.counts(engine.clock.now(), items=False)
    assert [counts[name] for name in ("succeeded", "failed", "pendingRedrive", "resultsWritten")] == [5, 0, 0, 5]
    events = types(execution.run)
    assert events[events.index("ExecutionRedriven") :] == [
        "ExecutionRedriven",
        "MapRunRedriven",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    event = next(event for event in execution.run.events if event.type == "MapRunRedriven")
    assert event.details == {"mapRunArn": run.arn, "redriveCount": 1}
    assert events.count("MapRunStarted") == events.count("MapStateStarted") == 1


async def test_a_standard_child_goes_on_from_the_state_that_failed() -> None:
    states = {
        "First": {"Type": "Task", "Resource": LAMBDA, "Arguments": "first", "Assign": {"v": 7}, "Next": "Second"},
        "Second": {
            "Type": "Task",
            "Resource": LAMBDA,
            "Arguments": {"v": "{% $v %}", "n": "{% $states.context.Execution.RedriveCount %}"},
            "End": True,
        },
    }
    world = World({"v": 7, "n": 0})
    engine, execution, run = await failed(world, {"M": {"Type": "Map", "Items": [1], "ItemProcessor": each(states)}})
    world.asked.clear()
    await redriven(engine, execution)
    assert execution.run.output == [{"v": 7, "n": 1}]
    assert world.asked == [{"v": 7, "n": 1}]
    child = [event.type for event in run.children[0].events]
    assert child.count("TaskStateEntered") == 2
    assert child[child.index("ExecutionFailed") :][:3] == ["ExecutionFailed", "ExecutionRedriven", "TaskScheduled"]
    assert [event.id for event in run.children[0].events] == list(range(1, len(child) + 1))


async def test_an_express_child_starts_anew_under_its_name() -> None:
    states = {
        "First": {"Type": "Task", "Resource": LAMBDA, "Arguments": "first", "Next": "Second"},
        "Second": {"Type": "Task", "Resource": LAMBDA, "Arguments": "second", "End": True},
    }
    world = World("second")
    body = each(states, "EXPRESS")
    engine, execution, run = await failed(world, {"M": {"Type": "Map", "Items": [1], "ItemProcessor": body}})
    arn = run.children[0].arn
    world.mend()
    await redriven(engine, execution)
    assert (execution.status, world.asked) == ("SUCCEEDED", ["first", "second"])
    (child,) = run.children
    assert (child.arn, child.redrives, child.redriven) == (arn, 0, None)
    assert "RedriveTime" not in child.context["Execution"]


async def test_failures_are_counted_from_the_redrive_on() -> None:
    world = World(1, 2)
    state = working(Items=[1, 2, 3, 4], MaxConcurrency=1, ToleratedFailureCount=1)
    engine, execution, run = await failed(world, {"M": state})
    assert statuses(run) == ["FAILED", "FAILED"]
    world.failing.remove(1)
    await redriven(engine, execution)
    assert (execution.status, statuses(run)) == ("SUCCEEDED", ["SUCCEEDED", "FAILED", "SUCCEEDED", "SUCCEEDED"])
    assert [one["Status"] for one in execution.run.output if isinstance(one, dict)] == ["FAILED"]
    assert run.failed_items == 1


async def test_a_redrive_may_fail_and_be_redriven_again() -> None:
    world = World(2)
    engine, execution, run = await failed(world, {"M": working(Items=[1, 2])})
    await redriven(engine, execution)
    assert (execution.status, run.status, run.redrives) == ("FAILED", "FAILED", 1)
    world.mend()
    await redriven(engine, execution)
    assert (execution.run.output, run.redrives, run.children[1].redrives) == ([1, 2], 2, 2)


async def test_children_wait_for_their_turn_as_pending_redrive() -> None:
    world = World(1, 2, 3)
    state = working(Items=[1, 2, 3], MaxConcurrency=1, ToleratedFailureCount=2, Label="L")
    engine, execution, run = await failed(world, {"M": {**state, "ToleratedFailureCount": 1}})
    shown: list[list[str]] = []

    class Looking(World):
        def __call__(self, call: TaskCall) -> Value:
            shown.append([child.shown for child in run.children])
            counts = run.counts(engine.clock.now(), items=True)
            assert counts["pendingRedrive"] == shown[-1].count("PENDING_REDRIVE")
            assert sum(counts[name] for name in ("pending", "running", "succeeded", "failed", "pendingRedrive")) == 3
            raise TaskFailed("Again")

    engine.driver._tasks = Looking()
    await redriven(engine, execution)
    assert shown == [["RUNNING", "PENDING_REDRIVE"], ["FAILED", "RUNNING"]]
    assert run.status == "FAILED"
    assert run.counts(engine.clock.now(), items=True)["pendingRedrive"] == 0


async def test_what_was_not_reached_again_is_as_it_was() -> None:
    world = World(1, 2)
    state = working(Items=[1, 2], MaxConcurrency=1, ToleratedFailureCount=1)
    engine, execution, run = await failed(world, {"M": state})
    run.tolerated_count = 0
    world.asked.clear()
    await redriven(engine, execution)
    assert world.asked == [1]
    assert (statuses(run), [child.waits for child in run.children]) == (["FAILED", "FAILED"], [False, False])


async def test_a_map_run_that_tolerated_its_failures_is_not_redriven_with_its_parent() -> None:
    world = World(1)
    broken = {"Type": "Task", "Resource": LAMBDA, "Arguments": 1}
    engine, execution, run = await failed(
        world, {"M": working(Items=[1, 2], ToleratedFailureCount=1, Next="Broken"), "Broken": broken}
    )
    assert run.status == "SUCCEEDED"
    await redriven(engine, execution)
    assert (run.redrives, world.asked.count(2)) == (0, 1)


async def test_not_redrivable_children_stay_failed() -> None:
    world = World(1, 2)
    state = working(Items=[1, 2], MaxConcurrency=1, ToleratedFailureCount=1)
    engine, execution, run = await failed(world, {"M": state})
    run.children[0].stopped -= REDRIVABLE_SECONDS + 1
    now = engine.clock.now()
    assert run.children[0].refusal(now) == "Execution redrivable period exceeded"
    assert run.counts(now, items=True)["failuresNotRedrivable"] == 1
    world.mend()
    await redriven(engine, execution)
    assert (execution.status, world.asked, statuses(run)) == ("SUCCEEDED", [2], ["FAILED", "SUCCEEDED"])
    assert execution.run.output[0]["RedriveStatusReason"] == "Execution redrivable period exceeded"


async def test_too_many_that_cannot_be_redriven_fail_the_map_run_at_once() -> None:
    world = World(1)
    engine, execution, run = await failed(world, {"M": working(Items=[1, 2], MaxConcurrency=1)})
    run.children[0].stopped -= REDRIVABLE_SECONDS + 1
    world.mend()
    await redriven(engine, execution)
    assert (execution.run.error, world.asked) == ("States.ExceedToleratedFailureThreshold", [])


async def test_a_map_run_that_could_not_read_reads_again_when_redriven() -> None:
    spec = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}}
    world = Bucket()
    engine, execution, run = await failed(world, {"M": passing(ItemReader=spec)})
    assert (execution.run.error, execution.run.cause) == (
        "States.ItemReaderFailed",
        "The specified key does not exist.",
    )
    world.objects["b", "k"] = "[1, 2]"
    await redriven(engine, execution)
    assert (execution.run.output, execution.run.map_runs, run.redrives) == ([1, 2], [run], 1)


async def test_what_was_read_is_not_read_again() -> None:
    spec = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}}
    world = Bucket({("b", "k"): "[1, 2]"}, 2)
    engine, execution, _ = await failed(world, {"M": working(ItemReader=spec)})
    world.objects["b", "k"] = "[3]"
    world.mend()
    await redriven(engine, execution)
    assert execution.run.output == [1, 2]
    assert len(world.told) == 1


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"Output": "{% $states.result.missing %}"}, "States.QueryEvaluationError"),
        ({"Output": "{% $pad('', 300000, 'x') %}"}, "States.DataLimitExceeded"),
        ({"Items": ["x" * 100_000] * 3}, "States.DataLimitExceeded"),
    ],
)
async def test_a_state_that_could_not_use_its_results_starts_a_new_map_run(more: dict[str, Any], error: str) -> None:
    engine, execution, run = await failed(World(), {"M": passing(**{"Items": [1], **more})})
    assert execution.run.error == error
    await redriven(engine, execution)
    assert execution.run.error == error
    assert len(execution.run.map_runs) == 2 and run.redrives == 0
    assert types(execution.run).count("MapRunStarted") == 2


async def test_a_parallel_whose_result_was_too_large_runs_all_branches_again() -> None:
    world = World()
    task = {"Type": "Task", "Resource": LAMBDA, "Arguments": "x" * 200_000, "End": True}
    branches = [{"StartAt": name, "States": {name: task}} for name in ("A", "B")]
    engine = Engine(world, clock=VirtualClock())
    execution = await engine.run(add(engine, "m", {"P": {"Type": "Parallel", "Branches": branches}}))
    assert (execution.run.error, len(world.asked)) == ("States.DataLimitExceeded", 2)
    await redriven(engine, execution)
    assert len(world.asked) == 4


async def test_map_runs_in_map_runs_are_redriven_with_them() -> None:
    world = World([1, 2])
    inner = {
        "Type": "Map",
        "Items": "{% $states.input %}",
        "Label": "inner",
        "ItemProcessor": each({"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}),
        "End": True,
    }
    outer = {"Type": "Map", "Items": [[10, 11], [20, 21]], "ItemProcessor": each({"I": inner}), "Label": "outer"}
    world.failing = [11]
    engine, execution, run = await failed(world, {"M": {**outer, "MaxConcurrency": 1}})
    outer_run, inner_run = execution.run.map_runs
    assert outer_run is run
    assert inner_run.execution_arn == run.children[0].arn != execution.arn
    assert (inner_run.status, statuses(inner_run)) == ("FAILED", ["SUCCEEDED", "FAILED"])
    world.mend()
    await redriven(engine, execution)
    assert execution.run.output == [[10, 11], [20, 21]]
    assert world.asked == [11, 20, 21]
    assert [one.redrives for one in execution.run.map_runs] == [1, 1, 0]
    child = [event.type for event in run.children[0].events]
    assert child.count("MapRunRedriven") == child.count("MapRunStarted") == 1


async def test_a_parent_that_is_stopped_aborts_its_map_runs_and_their_children() -> None:
    waiting = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}
    clock = VirtualClock(automatic=False)
    engine = Engine(World(), clock=clock)
    state = {"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 2, "ItemProcessor": each(waiting)}
    execution = await engine.start(add(engine, "m", {"M": state}))
    (run,) = execution.run.map_runs
    assert statuses(run) == ["RUNNING", "RUNNING"]
    await engine.stop(execution.arn)
    assert (run.status, statuses(run)) == ("ABORTED", ["ABORTED", "ABORTED"])
    assert run.counts(clock.now(), items=True)["pending"] == 1
    assert types(execution.run)[-2:] == ["MapRunAborted", "ExecutionAborted"]
    assert run.children[0].events[-1].type == "ExecutionAborted"
    await engine.redrive(execution.arn)
    assert [child.shown for child in run.children] == ["RUNNING", "RUNNING"]
    clock.advance(60)
    clock.advance(60)
    assert (execution.run.output, run.redrives) == ([1, 2, 3], 1)
    assert [child.redrives for child in run.children] == [1, 1, 0]


async def test_a_neighbour_that_fails_aborts_a_map_run() -> None:
    waiting = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}
    maps = {"M": {"Type": "Map", "Items": [1], "ItemProcessor": each(waiting), "End": True}}
    fails = {"W2": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail"}}
    branches = [{"StartAt": "M", "States": maps}, {"StartAt": "W2", "States": fails}]
    engine = Engine(World(), clock=VirtualClock())
    execution = await engine.run(add(engine, "m", {"P": {"Type": "Parallel", "Branches": branches}}))
    assert (execution.status, execution.run.map_runs[0].status) == ("FAILED", "ABORTED")
    assert execution.run.map_runs[0].children[0].status == "ABORTED"


async def test_an_express_child_takes_five_minutes_at_most() -> None:
    waiting = {"W": {"Type": "Wait", "Seconds": "{% $states.input %}", "End": True}}
    state = {"Type": "Map", "Items": [299, 301], "ItemProcessor": each(waiting, "EXPRESS")}
    engine = Engine(World(), clock=VirtualClock())
    execution = await engine.run(add(engine, "m", {"M": {**state, "ToleratedFailurePercentage": 50}}))
    (run,) = execution.run.map_runs
    assert statuses(run) == ["SUCCEEDED", "TIMED_OUT"]
    assert run.children[1].stopped - run.children[1].started == 300
    assert run.children[1].events[-1].type == "ExecutionTimedOut"
    assert (execution.run.output[1]["Status"], execution.run.output[1]["Error"]) == ("TIMED_OUT", "States.Timeout")
    assert run.counts(0.0, items=True)["timedOut"] == 1
    strict = await engine.run(add(engine, "n", {"M": state}))
    assert strict.run.error == "States.ExceedToleratedFailureThreshold"


async def test_a_child_whose_history_is_full_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.scheduling.EXPRESS_EVENTS", 300)
    loop = {
        "C": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input = 1 %}", "Next": "Q"}], "Default": "D"},
        "Q": {"Type": "Pass", "Next": "C"},
        "D": {"Type": "Succeed"},
    }
    engine = Engine(World(), clock=VirtualClock())
    for kind, status in (("STANDARD", "FAILED"), ("EXPRESS", "TIMED_OUT")):
        state = {"Type": "Map", "Items": [0, 1], "ItemProcessor": each(loop, kind), "ToleratedFailureCount": 1}
        execution = await engine.run(add(engine, kind, {"M": state}))
        (run,) = execution.run.map_runs
        assert (execution.status, statuses(run)) == ("SUCCEEDED", ["SUCCEEDED", status])
        if kind == "STANDARD":
            assert len(run.children[1].events) == 25_000
            assert run.children[1].cause == "The execution reached the maximum number of history events (25000)."
            assert run.children[1].refusal(0.0) == "Execution history event limit exceeded"


async def test_a_map_run_is_redriven_a_thousand_times_at_most() -> None:
    world = World(1)
    engine, execution, run = await failed(world, {"M": working(Items=[1])})
    run.redrives = 1_000
    for _ in range(2):
        await redriven(engine, execution)
        assert (execution.run.error, run.redrives, len(execution.run.map_runs)) == ("States.Runtime", 1_000, 1)


async def test_a_retry_starts_a_new_map_run_and_a_redrive_takes_up_the_last() -> None:
    world = World(2)
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    engine, execution, first = await failed(world, {"M": working(Items=[1, 2], Retry=retry)})
    assert len(execution.run.map_runs) == 2
    world.mend()
    await redriven(engine, execution)
    assert execution.run.output == [1, 2]
    assert [run.redrives for run in execution.run.map_runs] == [0, 1]
    assert first.status == "FAILED"
