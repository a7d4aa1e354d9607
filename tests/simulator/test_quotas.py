"""AWS's quotas of one execution and of one call, each at its edge.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from simulator import Engine, VirtualClock
from simulator.activities import Activity
from simulator.api.app import operations
from simulator.clock import VIRTUAL_START
from simulator.drive import simulate
from simulator.faults import ApiError
from simulator.machines import ALIAS_LIMIT, VERSION_LIMIT
from simulator.scheduling import YEAR
from simulator.strand import VARIABLES_LIMIT
from simulator.values import PAYLOAD_LIMIT
from tests.simulator.maps import World, each
from tests.simulator.support import LAMBDA, machine, run, run_path, types
from tests.simulator.test_engine import add, until

ROLE = "arn:aws:iam::000000000000:role/r"


def large(size: int) -> str:
    """A text whose JSON has so many bytes."""
    return "x" * (size - 2)


async def refused(engine: Engine, operation: str, /, **parameters: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        await operations(engine)[operation](parameters)
    return caught.value


# ------------------------------------------------------------------ variables


def test_a_variable_has_256_kib_and_so_have_all_of_one_assign() -> None:
    def assigning(*sizes: int) -> Any:
        return run({"P": {"Type": "Pass", "Assign": {f"v{at}": large(size) for at, size in enumerate(sizes)}}})

    assert assigning(PAYLOAD_LIMIT).status == "SUCCEEDED"
    assert assigning(PAYLOAD_LIMIT + 1).error == "States.DataLimitExceeded"
    assert assigning(PAYLOAD_LIMIT // 2, PAYLOAD_LIMIT // 2).status == "SUCCEEDED"
    assert assigning(PAYLOAD_LIMIT // 2, PAYLOAD_LIMIT // 2 + 1).error == "States.DataLimitExceeded"


def chain(count: int, size: int, last: int | None = None) -> dict[str, Any]:
    """States that assign a variable each."""
    states: dict[str, Any] = {}
    for at in range(count):
        given = large(last if last is not None and at == count - 1 else size)
        states[f"S{at}"] = {"Type": "Pass", "Assign": {f"v{at}": given}, "Next": f"S{at + 1}"}
    return {**states, f"S{count}": {"Type": "Succeed"}}


def test_all_variables_of_an_execution_have_10_mib() -> None:
    count = VARIABLES_LIMIT // PAYLOAD_LIMIT
    assert VARIABLES_LIMIT == count * PAYLOAD_LIMIT == 10_485_760
    assert run(chain(count, PAYLOAD_LIMIT)).status == "SUCCEEDED"
    over = run(chain(count + 1, PAYLOAD_LIMIT, last=3))
    assert (over.status, over.error) == ("FAILED", "States.DataLimitExceeded")
    assert types(over)[-2:] == ["PassStateEntered", "ExecutionFailed"]


def test_a_variable_that_is_assigned_again_counts_once() -> None:
    loop = {
        "Start": {"Type": "Pass", "Assign": {"n": 0}, "Next": "Put"},
        "Put": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}", "v": large(200_000)}, "Next": "Enough?"},
        "Enough?": {"Type": "Choice", "Choices": [{"Condition": "{% $n > 60 %}", "Next": "Done"}], "Default": "Put"},
        "Done": {"Type": "Succeed"},
    }
    assert run(loop).status == "SUCCEEDED"


def test_variables_of_open_branches_and_items_count_and_those_of_ended_ones_do_not() -> None:
    def branches(size: int) -> Any:
        charts: list[dict[str, Any]] = []
        for at in range(2):
            put = {"Type": "Pass", "Assign": {f"w{at}": large(size)}, "Next": f"W{at}"}
            wait = {"Type": "Wait", "Seconds": 1, "End": True}
            charts.append({"StartAt": f"P{at}", "States": {f"P{at}": put, f"W{at}": wait}})
        states = chain(39, PAYLOAD_LIMIT)
        return run({**states, "S39": {"Type": "Parallel", "Branches": charts}})

    assert branches(PAYLOAD_LIMIT // 2).status == "SUCCEEDED"
    assert branches(PAYLOAD_LIMIT // 2 + 1).error == "States.DataLimitExceeded"
    put = {"Type": "Pass", "Assign": {"w": large(PAYLOAD_LIMIT)}, "Output": 1, "End": True}
    body = {"StartAt": "P", "States": {"P": put}}
    one_by_one = {"Type": "Map", "Items": "{% [1..60] %}", "MaxConcurrency": 1, "ItemProcessor": body}
    assert run({"M": one_by_one}).status == "SUCCEEDED"


def test_each_child_execution_has_variables_of_its_own() -> None:
    states = chain(30, PAYLOAD_LIMIT)
    state = {"Type": "Map", "Items": [1, 2], "ItemProcessor": each(states)}
    assert run({"M": state}).status == "SUCCEEDED"


# ------------------------------------------------------------------ time


@pytest.mark.parametrize("seconds", [99_999_999, 31_536_001])
async def test_an_execution_takes_a_year_at_most(seconds: int) -> None:
    engine = Engine(World(), clock=VirtualClock())
    execution = await engine.run(add(engine, "m", {"W": {"Type": "Wait", "Seconds": seconds}}))
    assert (execution.status, execution.run.error) == ("TIMED_OUT", None)
    assert execution.run.stopped_at == VIRTUAL_START + YEAR == VIRTUAL_START + 365 * 86_400
    assert types(execution.run)[-1] == "ExecutionTimedOut"
    exactly = await engine.run(add(engine, "n", {"W": {"Type": "Wait", "Seconds": 31_536_000}}))
    assert exactly.status == "SUCCEEDED"
    own = await engine.run(add(engine, "o", {"W": {"Type": "Wait", "Seconds": 99}}, TimeoutSeconds=98))
    assert (own.status, (own.run.stopped_at or 0) - own.run.started_at) == ("TIMED_OUT", 98)
    longer = await engine.run(add(engine, "p", {"W": {"Type": "Wait", "Seconds": seconds}}, TimeoutSeconds=99_999_999))
    assert (longer.run.stopped_at or 0) - longer.run.started_at == YEAR


async def test_an_answer_after_a_year_is_too_late() -> None:
    clock = VirtualClock()
    tokens: list[str] = []

    class Keeping(World):
        async def run(self, call: Any) -> Any:
            tokens.append(call.token)
            return {}

    engine = Engine(Keeping(), clock=clock)
    states = {"T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}}
    for late, status in ((0.0, "SUCCEEDED"), (1.0, "TIMED_OUT")):
        execution = await engine.start(add(engine, f"m{late:g}", states))
        await until(lambda of=execution: "TaskSubmitted" in types(of.run))
        assert execution.status == "RUNNING"  # waiting sets no timer: a virtual clock does not jump a year
        clock.advance(YEAR + late)
        await engine.task_success(tokens[-1], 1)
        assert execution.status == status
        assert (execution.run.stopped_at or 0) - execution.run.started_at == YEAR


async def test_a_tasks_timeout_beyond_the_year_ends_with_it() -> None:
    async def endless(call: Any) -> None:
        await asyncio.Event().wait()

    class Endless(World):
        async def run(self, call: Any) -> Any:
            return await endless(call)

    clock = VirtualClock(automatic=False)
    engine = Engine(Endless(), clock=clock)
    state = {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 99_999_999}
    execution = await engine.start(add(engine, "m", {"T": state}))
    clock.advance(YEAR - 1)
    assert execution.status == "RUNNING"
    clock.advance(1)
    await until(execution.finished.is_set)
    assert (execution.status, execution.run.stopped_at) == ("TIMED_OUT", VIRTUAL_START + YEAR)


@pytest.mark.parametrize("field", ["TimeoutSeconds", "HeartbeatSeconds"])
def test_times_have_99_999_999_seconds_at_most(field: str) -> None:
    def task(value: Any) -> Any:
        return simulate(machine({"T": {"Type": "Task", "Resource": LAMBDA, field: value}}), {}, lambda call: 1)

    assert task(99_999_999).status == "SUCCEEDED"
    with pytest.raises(ValueError, match="99999999"):
        task(100_000_000)
    assert task("{% 99999999 %}").status == "SUCCEEDED"
    assert task("{% 100000000 %}").error == "States.QueryEvaluationError"
    with pytest.raises(ValueError, match="99999999"):
        run({"W": {"Type": "Wait", "Seconds": 100_000_000}})
    assert run({"W": {"Type": "Wait", "Seconds": "{% 100000000 %}"}}).error == "States.QueryEvaluationError"
    assert run_path({"W": {"Type": "Wait", "SecondsPath": "$"}}, 100_000_000).error == "States.Runtime"


async def test_an_express_execution_takes_five_minutes_at_most() -> None:
    engine = Engine(World(), clock=VirtualClock())
    for seconds, status in ((299, "SUCCEEDED"), (301, "TIMED_OUT")):
        name = f"m{seconds}"
        execution = await engine.run(add(engine, name, {"W": {"Type": "Wait", "Seconds": seconds}}, "EXPRESS"))
        assert (execution.status, execution.run.error) == (status, None if status == "SUCCEEDED" else "States.Timeout")


# ------------------------------------------------------------------ histories


def test_a_history_has_25_000_events_items_of_inline_maps_included() -> None:
    body = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    # 4 events an item; 6 of the execution, the state and its Map.
    state = {"Type": "Map", "Items": "{% [1..$states.input] %}", "ItemProcessor": body, "Output": 1}
    fits = run({"M": state}, 6_247)
    assert (fits.status, len(fits.events)) == ("SUCCEEDED", 4 * 6_247 + 6)
    full = run({"M": state}, 6_250)
    assert (full.status, full.error, len(full.events)) == ("FAILED", "States.Runtime", 25_000)
    assert full.cause == "The execution reached the maximum number of history events (25000)."


# ------------------------------------------------------------------ calls


async def test_a_definition_has_a_mebibyte_and_a_states_name_80_characters() -> None:
    engine = Engine(World(), clock=VirtualClock())
    call = operations(engine)
    plain = json.dumps(machine({"P": {"Type": "Pass"}}))
    fits = plain + " " * (1_048_576 - len(plain))
    made = await call["CreateStateMachine"]({"name": "m", "definition": fits, "roleArn": ROLE})
    for name, more in (
        ("CreateStateMachine", {"name": "n", "roleArn": ROLE}),
        ("UpdateStateMachine", {"stateMachineArn": made["stateMachineArn"]}),
        ("ValidateStateMachineDefinition", {}),
    ):
        error = await refused(engine, name, definition=fits + " ", **more)
        assert (error.code, error.message) == (
            "ValidationException",
            "1 validation error detected: Value at 'definition' failed to satisfy constraint: "
            "Member must have length less than or equal to 1048576",
        )
    run({"x" * 80: {"Type": "Pass"}})
    long = json.dumps(machine({"x" * 81: {"Type": "Pass"}}))
    assert (await refused(engine, "CreateStateMachine", name="o", definition=long, roleArn=ROLE)).code == (
        "InvalidDefinition"
    )


async def test_versions_aliases_and_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (VERSION_LIMIT, ALIAS_LIMIT) == (1_000, 100)
    monkeypatch.setattr("simulator.api.machine_operations.VERSION_LIMIT", 2)
    engine = Engine(World(), clock=VirtualClock())
    call = operations(engine)
    made = {"name": "m", "definition": json.dumps(machine({"P": {"Type": "Pass"}})), "roleArn": ROLE}
    arn = (await call["CreateStateMachine"](made))["stateMachineArn"]
    for number in range(2):
        await call["UpdateStateMachine"]({"stateMachineArn": arn, "roleArn": f"{ROLE}{number}", "publish": True})
    error = await refused(engine, "UpdateStateMachine", stateMachineArn=arn, roleArn=f"{ROLE}9", publish=True)
    assert (error.code, error.status) == ("ServiceQuotaExceededException", 402)
    routing = [{"stateMachineVersionArn": f"{arn}:1", "weight": 100}]
    for number in range(100):
        await call["CreateStateMachineAlias"]({"name": f"a{number}", "routingConfiguration": routing})
    error = await refused(engine, "CreateStateMachineAlias", name="more", routingConfiguration=routing)
    assert error.code == "ServiceQuotaExceededException"
    await call["CreateStateMachineAlias"]({"name": "a0", "routingConfiguration": routing})  # it is there already
    tags = [{"key": f"k{number}", "value": "v" * 256} for number in range(50)]
    await call["TagResource"]({"resourceArn": arn, "tags": tags})
    assert (await refused(engine, "TagResource", resourceArn=arn, tags=[{"key": "k50"}])).code == "TooManyTags"
    for key, value in (("k" * 129, ""), ("k0", "v" * 257), ("aws:k", ""), ("k0", "aws:")):
        tag = {"key": key, "value": value}
        assert (await refused(engine, "TagResource", resourceArn=arn, tags=[tag])).code == "ValidationException"
    other = {**made, "name": "n", "tags": [*tags, {"key": "k50"}]}
    assert (await refused(engine, "CreateStateMachine", **other)).code == "TooManyTags"
    assert len((await call["ListTagsForResource"]({"resourceArn": arn}))["tags"]) == 50


async def test_a_thousand_workers_poll_an_activity_at_the_same_time() -> None:
    engine = Engine(World(), clock=VirtualClock())
    arn = engine.arn("activity", "a")
    activity = engine.activities[arn] = Activity(arn, "a", 0.0)
    polls = [asyncio.ensure_future(engine.activity_task(activity, None)) for _ in range(1_000)]
    await until(lambda: len(activity.pollers) == 1_000)
    error = await refused(engine, "GetActivityTask", activityArn=arn)
    assert (error.code, error.message) == (
        "ActivityWorkerLimitExceeded",
        "The maximum number of workers concurrently polling for activity tasks has been reached.",
    )
    for poll in polls:
        poll.cancel()
    await asyncio.gather(*polls, return_exceptions=True)
    assert not activity.pollers


async def test_errors_and_causes_that_callers_give() -> None:
    engine = Engine(World(), clock=VirtualClock(automatic=False))
    execution = await engine.start(add(engine, "m", {"W": {"Type": "Wait", "Seconds": 9}}))
    for more in ({"error": "e" * 257}, {"cause": "c" * 32_769}):
        assert (await refused(engine, "StopExecution", executionArn=execution.arn, **more)).code == (
            "ValidationException"
        )
        assert (await refused(engine, "SendTaskFailure", taskToken="t", **more)).code == "ValidationException"
    given = {"executionArn": execution.arn, "error": "e" * 256, "cause": "c" * 32_768}
    await operations(engine)["StopExecution"](given)
    assert (execution.run.error, execution.run.cause) == (given["error"], given["cause"])
