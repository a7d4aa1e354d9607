"""The engine on an event loop with a virtual clock: starts, names, waits, tokens, activities, nested executions."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from typing import Any

import pytest

from simulator import Engine, Submission, TaskCall, TaskFailed, VirtualClock
from simulator.activities import Activity
from simulator.faults import ApiError
from simulator.integrations import AwsTasks
from simulator.machines import Revision, StateMachine, compile_text
from simulator.values import Value
from tests.simulator.support import LAMBDA, machine, types


class Tasks:
    """Answers by the task's state name, with a value, an error, or an awaitable made from the call."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.calls: list[TaskCall] = []

    async def run(self, call: TaskCall) -> Value:
        self.calls.append(call)
        answer: Any = self.answers[call.state]
        if isinstance(answer, Exception):
            raise answer
        if not callable(answer):
            return answer
        made: Any = answer(call)
        return await made


def add(engine: Engine, name: str, states: dict[str, Any], kind: str = "STANDARD", **more: Any) -> str:
    """Put a state machine into an engine."""
    arn = engine.arn("stateMachine", name)
    text = json.dumps(machine(states, **more))
    revision = Revision("INITIAL", text, "arn:aws:iam::000000000000:role/r", compile_text(text))
    engine.machines.by_arn[arn] = StateMachine(arn, name, kind, 0.0, 0.0, revision)
    return arn


async def until(condition: Any) -> None:
    """Wait, in turns of the loop, until something holds."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came true")


async def test_a_three_day_wait_takes_no_time_and_is_dated_right() -> None:
    clock = VirtualClock()
    engine = Engine(Tasks(), clock=clock)
    execution = await engine.run(add(engine, "m", {"W": {"Type": "Wait", "Seconds": 259_200}}))
    assert execution.status == "SUCCEEDED"
    assert execution.run.stopped_at == clock.now() == execution.run.started_at + 259_200


async def test_virtual_time_stands_still_while_a_task_runs() -> None:
    clock = VirtualClock()
    gate = asyncio.Event()

    async def slow(call: TaskCall) -> Value:
        await gate.wait()
        return "done"

    engine = Engine(Tasks(T=slow), clock=clock)
    states = {"T": {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 60}}
    execution = await engine.start(add(engine, "m", states))
    for _ in range(20):
        await asyncio.sleep(0)
    assert execution.status == "RUNNING"
    gate.set()
    await execution.finished.wait()
    assert execution.run.output == "done"


async def test_names_of_standard_executions_are_used_once() -> None:
    engine = Engine(Tasks(), clock=VirtualClock(automatic=False))
    arn = add(engine, "m", {"W": {"Type": "Wait", "Seconds": 5}})
    first = await engine.start(arn, '{"a": 1}', "n")
    assert await engine.start(arn, '{"a":1}', "n") is first
    with pytest.raises(ApiError, match="ExecutionAlreadyExists"):
        await engine.start(arn, '{"a": 2}', "n")
    await engine.stop(first.arn, "E", "C")
    assert (first.status, first.run.error, first.run.cause) == ("ABORTED", "E", "C")
    with pytest.raises(ApiError, match="ExecutionAlreadyExists"):
        await engine.start(arn, '{"a": 1}', "n")


async def test_express_executions_may_share_a_name_and_end_after_five_minutes() -> None:
    engine = Engine(Tasks(), clock=VirtualClock())
    arn = add(engine, "m", {"W": {"Type": "Wait", "Seconds": 400}}, "EXPRESS")
    first, second = await engine.run(arn, name="n"), await engine.run(arn, name="n")
    assert first.arn != second.arn
    assert ":express:m:n:" in first.arn
    assert first.status == "TIMED_OUT"
    assert (first.run.stopped_at or 0) - first.run.started_at == 300


async def test_bad_starts() -> None:
    engine = Engine(Tasks(), clock=VirtualClock(), max_open=1)
    arn = add(engine, "m", {"W": {"Type": "Wait", "Seconds": 5}})
    for code, value, name in (
        ("InvalidExecutionInput", "{", None),
        ("InvalidName", "{}", "a b"),
        ("ValidationException", json.dumps("x" * 262_143), None),
    ):
        with pytest.raises(ApiError, match=code):
            await engine.start(arn, value, name)
    with pytest.raises(ApiError, match="StateMachineDoesNotExist"):
        await engine.start(arn + "x")
    engine.clock = VirtualClock(automatic=False)
    await engine.start(arn)
    with pytest.raises(ApiError, match="ExecutionLimitExceeded"):
        await engine.start(arn)


TOKEN = {
    "T": {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"MessageBody": "{% $states.context.Task.Token %}"},
        "HeartbeatSeconds": 100,
    }
}


async def test_a_token_answers_its_task_once() -> None:
    clock = VirtualClock(automatic=False)
    tasks = Tasks(T={"MessageId": "1"})
    engine = Engine(tasks, clock=clock)
    execution = await engine.start(add(engine, "m", TOKEN))
    await until(lambda: tasks.calls and types(execution.run)[-1] == "TaskSubmitted")
    token = tasks.calls[0].token
    assert token is not None
    assert tasks.calls[0].arguments == {"MessageBody": token}
    clock.advance(90)
    await engine.task_heartbeat(token)
    clock.advance(90)
    assert execution.status == "RUNNING"
    await engine.task_success(token, {"approved": True})
    assert execution.run.output == {"approved": True}
    for again in (engine.task_success(token, 1), engine.task_failure(token, "E", "C"), engine.task_heartbeat(token)):
        with pytest.raises(ApiError, match="TaskTimedOut"):
            await again
    for forged in ("x", token[:-8] + "AAAAAAA="):
        with pytest.raises(ApiError, match="InvalidToken"):
            await engine.task_success(forged, 1)


async def test_a_token_can_fail_its_task_and_silence_times_out() -> None:
    clock = VirtualClock(automatic=False)
    tasks = Tasks(T={})
    engine = Engine(tasks, clock=clock)
    arn = add(engine, "m", TOKEN)
    failing = await engine.start(arn)
    await until(lambda: tasks.calls)
    await engine.task_failure(tasks.calls[0].token or "", "Refused", "no")
    assert (failing.run.error, failing.run.cause) == ("Refused", "no")
    silent = await engine.start(arn)
    await until(lambda: len(tasks.calls) == 2)
    await until(lambda: "TaskSubmitted" in types(silent.run))
    clock.advance(101)
    assert silent.status == "FAILED"
    assert silent.run.error == "States.Timeout"


async def test_activities_hand_out_work_to_whoever_polls() -> None:
    engine = Engine(Tasks(), clock=VirtualClock(automatic=False))
    activity = Activity(engine.arn("activity", "work"), "work", 0.0)
    engine.activities[activity.arn] = activity
    arn = add(engine, "m", {"T": {"Type": "Task", "Resource": activity.arn, "Arguments": {"n": 1}}})
    waiting = asyncio.create_task(engine.activity_task(activity, "w1"))
    await asyncio.sleep(0)
    first = await engine.start(arn)
    token, value = await waiting
    assert value == {"n": 1}
    second = await engine.start(arn)
    other, _ = await engine.activity_task(activity, "w2")
    await engine.task_success(token, "one")
    await engine.task_failure(other, "E", "C")
    assert (first.run.output, second.run.error) == ("one", "E")
    assert types(first.run)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]
    assert await engine.activity_task(activity, "w1", seconds=0.01) == ("", None)


async def test_nested_executions_are_awaited_and_their_output_parsed() -> None:
    tasks = AwsTasks()
    engine = Engine(tasks, clock=VirtualClock())
    tasks.attach(engine)
    inner = add(engine, "inner", {"W": {"Type": "Wait", "Seconds": 60, "Output": {"got": "{% $states.input.x %}"}}})
    call = {"StateMachineArn": inner, "Input": {"x": 5}}
    for suffix, output in ((".sync:2", {"got": 5}), (".sync", '{"got":5}')):
        state = {"Type": "Task", "Resource": f"arn:aws:states:::states:startExecution{suffix}", "Arguments": call}
        outer = await engine.run(add(engine, "outer" + suffix.replace(":", "").replace(".", ""), {"N": state}))
        assert outer.status == "SUCCEEDED", outer.run.cause
        assert outer.run.output["Output"] == output
        assert "TaskSubmitted" in types(outer.run)


async def test_a_nested_execution_that_fails_fails_the_task() -> None:
    tasks = AwsTasks()
    engine = Engine(tasks, clock=VirtualClock())
    tasks.attach(engine)
    inner = add(engine, "inner", {"F": {"Type": "Fail", "Error": "Inner", "Cause": "why"}})
    resource = "arn:aws:states:::states:startExecution.sync:2"
    outer = await engine.run(
        add(engine, "outer", {"N": {"Type": "Task", "Resource": resource, "Arguments": {"StateMachineArn": inner}}})
    )
    assert outer.run.error == "States.TaskFailed"
    described = json.loads(outer.run.cause or "")
    assert (described["Status"], described["Error"], described["Cause"]) == ("FAILED", "Inner", "why")
    missing = await engine.run(
        add(
            engine, "lost", {"N": {"Type": "Task", "Resource": resource, "Arguments": {"StateMachineArn": inner + "x"}}}
        )
    )
    assert missing.run.error == "StepFunctions.StateMachineDoesNotExistException"


async def test_a_runner_that_breaks_is_a_runtime_error() -> None:
    engine = Engine(Tasks(T=ValueError("bug")), clock=VirtualClock())
    execution = await engine.run(add(engine, "m", {"T": {"Type": "Task", "Resource": LAMBDA}}))
    assert execution.run.error == "States.Runtime"
    assert "bug" in (execution.run.cause or "")


async def test_stopping_cancels_the_task_in_flight() -> None:
    cancelled = asyncio.Event()

    async def endless(call: TaskCall) -> Value:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    engine = Engine(Tasks(T=endless), clock=VirtualClock())
    execution = await engine.start(add(engine, "m", {"T": {"Type": "Task", "Resource": LAMBDA}}))
    await asyncio.sleep(0)
    await engine.stop(execution.arn)
    await asyncio.wait_for(cancelled.wait(), 5)


async def test_redrive_goes_on_from_the_state_that_failed() -> None:
    attempts: list[str] = []

    async def flaky(call: TaskCall) -> Value:
        attempts.append(call.state)
        if len(attempts) == 1:
            raise TaskFailed("Once")
        return call.arguments

    states = {
        "A": {"Type": "Pass", "Assign": {"v": 7}, "Next": "T"},
        "T": {
            "Type": "Task",
            "Resource": LAMBDA,
            "Arguments": "{% {'v': $v, 'n': $states.context.Execution.RedriveCount} %}",
        },
    }
    engine = Engine(Tasks(T=flaky), clock=VirtualClock())
    execution = await engine.run(add(engine, "m", states))
    assert execution.status == "FAILED"
    await engine.redrive(execution.arn)
    await execution.finished.wait()
    assert execution.run.output == {"v": 7, "n": 1}
    seen = types(execution.run)
    assert seen.count("TaskStateEntered") == 1
    assert seen[seen.index("ExecutionRedriven") + 1] == "TaskScheduled"
    with pytest.raises(ApiError, match="ExecutionNotRedrivable"):
        await engine.redrive(execution.arn)


async def test_redrive_runs_only_the_branches_and_items_that_did_not_succeed() -> None:
    calls: list[tuple[str, Value]] = []
    broken = {"on": True}

    async def work(call: TaskCall) -> Value:
        calls.append((call.state, call.arguments))
        if broken["on"] and call.arguments in (2, "q"):
            for _ in range(20):
                await asyncio.sleep(0)
            raise TaskFailed("Broken")
        return f"{call.state}:{call.arguments}"

    def task(name: str, argument: Value, follows: str | None = None) -> dict[str, Any]:
        flow: dict[str, Any] = {"End": True} if follows is None else {"Next": follows}
        return {name: {"Type": "Task", "Resource": LAMBDA, "Arguments": argument, **flow}}

    each = {
        "StartAt": "First",
        "States": {**task("First", "f", "Item"), **task("Item", "{% $states.context.Map.Item.Value %}")},
    }
    branches = [
        {"StartAt": "P", "States": task("P", "p")},
        {"StartAt": "M", "States": {"M": {"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": each, "End": True}}},
    ]
    engine = Engine(Tasks(P=work, First=work, Item=work), clock=VirtualClock())
    arn = add(engine, "m", {"B": {"Type": "Parallel", "Branches": branches}})
    execution = await engine.run(arn)
    assert execution.status == "FAILED"
    assert ("P", "p") in calls and ("Item", 3) in calls
    calls.clear()
    broken["on"] = False
    await engine.redrive(execution.arn)
    await execution.finished.wait()
    assert execution.run.output == ["P:p", ["Item:1", "Item:2", "Item:3"]]
    assert calls == [("Item", 2)]
    seen = types(execution.run)
    once = ("ParallelStateStarted", "MapStateStarted", "ParallelStateExited", "MapStateExited")
    assert [seen.count(event) for event in once] == [1, 1, 1, 1]
    assert (seen.count("MapIterationStarted"), seen.count("MapIterationSucceeded")) == (3, 3)


async def test_a_sync_task_reports_its_submission() -> None:
    async def submit(call: TaskCall) -> Value:
        async def rest() -> Value:
            return "finished"

        return Submission({"JobId": "1"}, rest())

    engine = Engine(Tasks(T=submit), clock=VirtualClock())
    state = {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync", "Arguments": {}}
    execution = await engine.run(add(engine, "m", {"T": state}))
    assert execution.run.output == "finished"


async def test_finished_express_executions_are_forgotten_in_time() -> None:
    engine = Engine(Tasks(), clock=VirtualClock())
    arn = add(engine, "m", {"P": {"Type": "Pass"}}, "EXPRESS")
    for _ in range(1_100):
        await (await engine.start(arn)).finished.wait()
    assert len(engine.executions) == 1_000
    # Whoever waits for an execution is told of its end: nobody can ask for it again.
    assert (await engine.run(arn)).status == "SUCCEEDED"
    assert len(engine.executions) == 1_000
    assert all(execution.kept for execution in engine.executions.values())


async def test_an_express_execution_that_nobody_has_is_freed_without_the_collector() -> None:
    async def later(call: TaskCall) -> Value:
        await asyncio.sleep(0)
        return call.arguments

    engine = Engine(Tasks(T=later), clock=VirtualClock())
    task = {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 5, "End": True}
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "T", "States": {"T": task}}}
    arn = add(engine, "m", {"Each": each}, "EXPRESS")
    gc.collect()
    gc.disable()
    try:
        execution = await engine.run(arn, "[1, 2, 3]")
        gone = weakref.ref(execution.run)
        assert execution.status == "SUCCEEDED"
        del execution
        await asyncio.sleep(0)
        assert gone() is None
    finally:
        gc.enable()
