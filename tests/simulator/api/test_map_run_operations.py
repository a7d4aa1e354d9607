"""DescribeMapRun, ListMapRuns, UpdateMapRun and ListExecutions of a Map Run, as AWS's service model has them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.session import get_session
from botocore.stub import Stubber

from simulator import Engine, TaskCall, VirtualClock
from simulator.api.app import operations
from simulator.faults import ApiError
from simulator.redriving import REDRIVABLE_SECONDS
from simulator.values import Value
from tests.simulator.maps import World, each, working
from tests.simulator.support import LAMBDA
from tests.simulator.test_engine import add, until


class Slow(World):
    """Tasks wait until they are let go."""

    def __init__(self, *failing: Value) -> None:
        super().__init__(*failing)
        self.gate = asyncio.Event()

    async def run(self, call: TaskCall) -> Value:
        """Answer once the gate is open."""
        self.asked.append(call.arguments)
        await self.gate.wait()
        self.asked.pop()
        return self(call)


class Api:
    """Calls operations of an engine, and holds their answers against the service model of botocore."""

    def __init__(self, engine: Engine) -> None:
        self._operations = operations(engine)
        client: Any = get_session().create_client(
            "stepfunctions", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self._stubber = Stubber(client)
        self._client = client

    async def __call__(self, name: str, **parameters: Any) -> dict[str, Any]:
        answer = await self._operations[name](parameters)
        method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        self._stubber.add_response(method, answer)  # raises for what is no answer of this operation
        return answer

    async def refused(self, name: str, **parameters: Any) -> ApiError:
        """The error that an operation answers with."""
        with pytest.raises(ApiError) as caught:
            await self._operations[name](parameters)
        return caught.value


async def test_a_map_run_that_runs_is_described_and_updated() -> None:
    world = Slow()
    engine = Engine(world, clock=VirtualClock(), seed="s")
    api = Api(engine)
    execution = await engine.start(add(engine, "m", {"M": working(Items=[1, 2, 3, 4, 5], MaxConcurrency=1, Label="L")}))
    await until(lambda: world.asked == [1])
    (listed,) = (await api("ListMapRuns", executionArn=execution.arn))["mapRuns"]
    arn = listed["mapRunArn"]
    assert arn.startswith(engine.arn("mapRun", "m/L")) and "stopDate" not in listed
    assert listed["stateMachineArn"] == engine.arn("stateMachine", "m/L")
    shown = await api("DescribeMapRun", mapRunArn=arn)
    assert (shown["status"], shown["maxConcurrency"], shown["redriveCount"]) == ("RUNNING", 1, 0)
    assert (shown["executionCounts"]["running"], shown["itemCounts"]["pending"]) == (1, 4)
    assert "redriveDate" not in shown and "stopDate" not in shown
    assert await api("UpdateMapRun", mapRunArn=arn, maxConcurrency=3) == {}
    await until(lambda: len(world.asked) == 3)
    await api("UpdateMapRun", mapRunArn=arn, maxConcurrency=2, toleratedFailureCount=7, toleratedFailurePercentage=12.5)
    shown = await api("DescribeMapRun", mapRunArn=arn)
    assert [shown[name] for name in ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")] == [
        2,
        7,
        12.5,
    ]
    assert shown["executionCounts"]["running"] == 3  # those that run go on
    await api("UpdateMapRun", mapRunArn=arn, maxConcurrency=0)  # no limit
    await until(lambda: len(world.asked) == 5)
    world.gate.set()
    await execution.finished.wait()
    assert execution.run.output == [1, 2, 3, 4, 5]
    error = await api.refused("UpdateMapRun", mapRunArn=arn, maxConcurrency=3)
    assert (error.code, error.reason) == ("ValidationException", "CANNOT_UPDATE_COMPLETED_MAP_RUN")


async def test_a_lower_limit_holds_back_what_was_not_started() -> None:
    world, most = Slow(), [0]
    engine = Engine(world, clock=VirtualClock(), seed="s")
    api = Api(engine)
    execution = await engine.start(add(engine, "m", {"M": working(Items=list(range(6)), MaxConcurrency=3)}))
    await until(lambda: len(world.asked) == 3)
    (run,) = execution.run.map_runs
    await api("UpdateMapRun", mapRunArn=run.arn, maxConcurrency=1)

    class Counting(World):
        async def run(self, call: TaskCall) -> Value:
            most[0] = max(most[0], run.counts(0.0, items=False)["running"])
            return call.arguments

    engine.driver._tasks = Counting()
    world.gate.set()
    await execution.finished.wait()
    assert (execution.status, most[0]) == ("SUCCEEDED", 1)


async def test_a_lower_tolerance_fails_a_map_run_that_is_over_it() -> None:
    class Half(Slow):
        async def run(self, call: TaskCall) -> Value:
            return self(call) if call.arguments in self.failing else await super().run(call)

    engine = Engine(Half(1, 2), clock=VirtualClock(), seed="s")
    api = Api(engine)
    state = working(Items=[1, 2, 3, 4], ToleratedFailurePercentage=50)
    execution = await engine.start(add(engine, "m", {"M": state}))
    (run,) = execution.run.map_runs
    await until(lambda: run.failed_items == 2)
    await api("UpdateMapRun", mapRunArn=run.arn, toleratedFailurePercentage=60)
    assert execution.status == "RUNNING"
    await api("UpdateMapRun", mapRunArn=run.arn, toleratedFailurePercentage=49)
    await execution.finished.wait()
    assert (execution.run.error, run.status) == ("States.ExceedToleratedFailureThreshold", "FAILED")
    assert [child.status for child in run.children] == ["FAILED", "FAILED", "ABORTED", "ABORTED"]


async def test_what_update_map_run_refuses() -> None:
    world = Slow()
    engine = Engine(world, clock=VirtualClock(), seed="s")
    api = Api(engine)
    execution = await engine.start(add(engine, "m", {"M": working(Items=[1])}))
    arn = execution.run.map_runs[0].arn
    error = await api.refused("UpdateMapRun", mapRunArn=arn)
    assert (error.code, error.reason) == ("ValidationException", "MISSING_REQUIRED_PARAMETER")
    for name, value, constraint in (
        ("maxConcurrency", -1, "greater than or equal to 0"),
        ("toleratedFailureCount", -1, "greater than or equal to 0"),
        ("toleratedFailurePercentage", 100.5, "less than or equal to 100"),
        ("toleratedFailurePercentage", -0.5, "greater than or equal to 0"),
    ):
        error = await api.refused("UpdateMapRun", mapRunArn=arn, **{name: value})
        assert error.code == "ValidationException" and constraint in error.message
    assert (await api.refused("UpdateMapRun", mapRunArn=arn, maxConcurrency="3")).code == "SerializationException"
    assert (await api.refused("UpdateMapRun", mapRunArn=arn + "x", maxConcurrency=1)).code == "ResourceNotFound"
    assert (await api.refused("UpdateMapRun", mapRunArn=execution.arn, maxConcurrency=1)).code == "InvalidArn"
    assert (await api.refused("DescribeMapRun", mapRunArn="m")).code == "InvalidArn"
    assert (await api.refused("ListMapRuns", executionArn="m")).code == "InvalidArn"
    missing = engine.arn("execution", "m", "none")
    assert (await api.refused("ListMapRuns", executionArn=missing)).code == "ExecutionDoesNotExist"
    world.gate.set()
    await execution.finished.wait()


async def test_map_runs_are_listed_in_pages_and_by_the_execution_that_started_them() -> None:
    def outer(name: str, after: str) -> dict[str, Any]:
        inner = {
            "Type": "Map",
            "Items": [1],
            "ItemProcessor": each({f"P{name}": {"Type": "Pass", "End": True}}),
            "End": True,
        }
        return {"Type": "Map", "Items": [1], "Label": name, "ItemProcessor": each({f"I{name}": inner}), "Next": after}

    states = {name: outer(name, after) for name, after in (("A", "B"), ("B", "C"), ("C", "D"))}
    engine = Engine(World(), clock=VirtualClock(), seed="s")
    api = Api(engine)
    execution = await engine.run(add(engine, "m", {**states, "D": {"Type": "Succeed"}}))
    assert execution.status == "SUCCEEDED", execution.run.cause
    labels: list[str] = []
    more: dict[str, str] = {}
    for size in (2, 1):
        page = await api("ListMapRuns", executionArn=execution.arn, maxResults=2, **more)
        assert len(page["mapRuns"]) == size
        labels += [run["stateMachineArn"].rpartition("/")[2] for run in page["mapRuns"]]
        more = {"nextToken": page["nextToken"]} if "nextToken" in page else {}
    assert (labels, more) == (["A", "B", "C"], {})
    first = execution.run.map_runs[0].children[0]
    (nested,) = (await api("ListMapRuns", executionArn=first.arn))["mapRuns"]
    assert nested["executionArn"] == first.arn
    assert (await api("DescribeMapRun", mapRunArn=nested["mapRunArn"]))["executionArn"] == first.arn


async def test_children_are_listed_by_status_and_by_redrive_in_pages() -> None:
    world = World(2)
    clock = VirtualClock()
    engine = Engine(world, clock=clock, seed="s")
    api = Api(engine)
    state = working(Items=[1, 2, 3], MaxConcurrency=1, Label="L", ItemBatcher={"MaxItemsPerBatch": 1})
    world.failing = [{"Items": [2]}]
    execution = await engine.run(add(engine, "m", {"M": state}))
    arn = execution.run.map_runs[0].arn

    async def listed(**more: Any) -> list[dict[str, Any]]:
        children: list[dict[str, Any]] = (await api("ListExecutions", mapRunArn=arn, **more))["executions"]
        return children

    assert [child["status"] for child in await listed()] == ["FAILED", "SUCCEEDED"]
    assert [child["itemCount"] for child in await listed(statusFilter="FAILED")] == [1]
    failed = (await listed(statusFilter="FAILED"))[0]["executionArn"]
    shown = await api("DescribeExecution", executionArn=failed)
    assert (shown["redriveStatus"], shown["redriveCount"], shown["error"]) == ("REDRIVABLE_BY_MAP_RUN", 0, "Broken")
    clock.advance(REDRIVABLE_SECONDS + 1)
    shown = await api("DescribeExecution", executionArn=failed)
    assert (shown["redriveStatus"], shown["redriveStatusReason"]) == (
        "NOT_REDRIVABLE",
        "Execution redrivable period exceeded",
    )
    assert (await api("DescribeMapRun", mapRunArn=arn))["executionCounts"]["failuresNotRedrivable"] == 1
    execution.run.map_runs[0].children[1].stopped = execution.run.stopped_at = clock.now()  # as if it ended just now
    world.mend()
    before = await api("RedriveExecution", executionArn=execution.arn, clientToken="a")
    await execution.finished.wait()
    assert await api("RedriveExecution", executionArn=execution.arn, clientToken="a") == before
    assert (await api.refused("RedriveExecution", executionArn=execution.arn, clientToken="b")).message == (
        "Execution is SUCCEEDED and cannot be redriven"
    )
    assert [child["executionArn"] for child in await listed(redriveFilter="REDRIVEN")] == [failed]
    assert len(await listed(redriveFilter="NOT_REDRIVEN")) == 2
    page = await api("ListExecutions", mapRunArn=arn, maxResults=2)
    assert len(page["executions"]) == 2 and "nextToken" in page
    shown = await api("DescribeMapRun", mapRunArn=arn)
    assert (shown["redriveCount"], shown["redriveDate"]) == (1, before["redriveDate"])
    parent = await api("DescribeExecution", executionArn=execution.arn)
    assert (parent["redriveCount"], parent["redriveDate"]) == (1, before["redriveDate"])
    machine = execution.machine.arn
    assert len((await api("ListExecutions", stateMachineArn=machine, redriveFilter="REDRIVEN"))["executions"]) == 1
    assert not (await api("ListExecutions", stateMachineArn=machine, redriveFilter="NOT_REDRIVEN"))["executions"]


async def test_what_list_executions_refuses() -> None:
    engine = Engine(World(), clock=VirtualClock(), seed="s")
    api = Api(engine)
    machine = add(engine, "m", {"T": {"Type": "Task", "Resource": LAMBDA}})
    run = engine.arn("mapRun", "m/L:1")
    for parameters in (
        {},
        {"mapRunArn": run, "stateMachineArn": machine},
        {"stateMachineArn": machine, "statusFilter": "PENDING_REDRIVE"},
        {"stateMachineArn": machine, "statusFilter": "DONE"},
        {"stateMachineArn": machine, "redriveFilter": "MAYBE"},
    ):
        assert (await api.refused("ListExecutions", **parameters)).code == "ValidationException"
    assert (await api.refused("ListExecutions", mapRunArn=run)).code == "ResourceNotFound"


async def test_an_execution_is_redriven_within_fourteen_days_and_a_year() -> None:
    clock = VirtualClock()
    engine = Engine(World("a"), clock=clock, seed="s")
    api = Api(engine)
    states: dict[str, Any] = {
        "W": {"Type": "Wait", "Seconds": "{% $states.input.wait %}", "Next": "T"},
        "T": {"Type": "Task", "Resource": LAMBDA, "Arguments": "a"},
    }
    arn = add(engine, "m", states)
    short = await engine.run(arn, '{"wait": 0}', "short")
    clock.advance(REDRIVABLE_SECONDS)
    assert (await api("DescribeExecution", executionArn=short.arn))["redriveStatus"] == "REDRIVABLE"
    clock.advance(1)
    shown = await api("DescribeExecution", executionArn=short.arn)
    assert shown["redriveStatusReason"] == "Execution redrivable period exceeded"
    assert (await api.refused("RedriveExecution", executionArn=short.arn)).code == "ExecutionNotRedrivable"
    long = await engine.run(arn, '{"wait": 31535999}', "long")
    assert long.run.error == "Broken"
    clock.advance(1)
    error = await api.refused("RedriveExecution", executionArn=long.arn)
    assert error.message == "Execution has exceeded the max execution time"


async def test_a_child_is_stopped_alone_and_redriven_by_its_parent_only() -> None:
    waiting = {"W": {"Type": "Wait", "Seconds": 60, "Next": "F"}, "F": {"Type": "Pass", "End": True}}
    clock = VirtualClock(automatic=False)
    engine = Engine(World(), clock=clock, seed="s")
    api = Api(engine)
    states = {"M": {"Type": "Map", "Items": [1, 2, 3], "MaxConcurrency": 1, "ItemProcessor": each(waiting)}}
    execution = await engine.start(add(engine, "m", states))
    (run,) = execution.run.map_runs
    clock.advance(1)
    first = run.children[0].arn
    assert await api("StopExecution", executionArn=first, error="E", cause="C") == {"stopDate": clock.now()}
    assert await api("StopExecution", executionArn=first) == {"stopDate": clock.now()}  # it is over
    shown = await api("DescribeExecution", executionArn=first)
    assert (shown["status"], shown["error"], shown["cause"]) == ("ABORTED", "E", "C")
    assert run.children[0].events[-1].type == "ExecutionAborted"
    assert [child.status for child in run.children] == ["ABORTED", "RUNNING"]  # its place is taken
    error = await api.refused("RedriveExecution", executionArn=first)
    assert error.code == "ExecutionNotRedrivable"
    clock.advance(120)
    assert execution.status == "SUCCEEDED"  # what a user stops is no failure
    assert [execution.run.output[0]["Status"], *execution.run.output[1:]] == ["ABORTED", 2, 3]
    assert run.counts(clock.now(), items=True)["aborted"] == 1
    endless = each({"V": {"Type": "Wait", "Seconds": 60, "End": True}}, "EXPRESS")
    express = {"M": {"Type": "Map", "Items": [1], "ItemProcessor": endless}}
    other = await engine.start(add(engine, "x", express))
    child = other.run.map_runs[0].children[0].arn
    assert (await api.refused("StopExecution", executionArn=child)).code == "InvalidArn"
    await engine.stop(other.arn)


async def test_the_definition_of_a_child_is_its_parents_with_its_label() -> None:
    engine = Engine(World(), clock=VirtualClock(), seed="s")
    api = Api(engine)
    execution = await engine.run(add(engine, "m", {"M": working(Items=[1], Label="L")}))
    (run,) = execution.run.map_runs
    own = await api("DescribeStateMachineForExecution", executionArn=execution.arn)
    shown = await api("DescribeStateMachineForExecution", executionArn=run.children[0].arn)
    assert shown == {**own, "mapRunArn": run.arn, "label": "L"}
