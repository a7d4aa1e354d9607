"""Distributed Maps: labels and ARNs, limits by value, path and expression, what children see."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from simulator import Engine, Run, TaskCall, VirtualClock
from simulator.maprun import MOST_CHILDREN
from simulator.values import Value
from tests.simulator.maps import World, each, passing, working
from tests.simulator.support import run, run_path, types
from tests.simulator.test_engine import add


def test_a_label_is_part_of_every_arn_and_made_where_there_is_none() -> None:
    labelled = run({"M": passing(Items=[1], Label="rows")}).map_runs[0]
    head = "arn:aws:states:us-east-1:123456789012"
    assert labelled.arn.startswith(f"{head}:mapRun:simulated/rows:")
    assert labelled.machine_arn == f"{head}:stateMachine:simulated/rows"
    (child,) = labelled.children
    assert child.arn == f"{head}:execution:simulated/rows:{child.name}"
    made = [run({"Each row": passing(Items=[1])}).map_runs[0].machine_arn.rpartition("/")[2] for _ in range(2)]
    assert made[0] == made[1] == str(uuid.UUID(made[0]))
    assert run({"Other": passing(Items=[1])}).map_runs[0].machine_arn.rpartition("/")[2] != made[0]


class Watching(World):
    """Knows how many run at once at most."""

    def __init__(self, *failing: Value) -> None:
        super().__init__(*failing)
        self.most = 0
        self.run_: Run | None = None

    async def run(self, call: TaskCall) -> Value:
        assert self.run_ is not None
        self.most = max(self.most, self.run_.map_runs[0].counts(0.0, items=False)["running"])
        return self(call)


@pytest.mark.parametrize(
    ("language", "limit", "most"),
    [
        ("JSONata", {"MaxConcurrency": 3}, 3),
        ("JSONata", {"MaxConcurrency": "{% $states.input.n %}"}, 2),
        ("JSONata", {"MaxConcurrency": 0}, 60),
        ("JSONata", {}, 60),
        ("JSONPath", {"MaxConcurrencyPath": "$.n"}, 2),
    ],
)
async def test_so_many_children_run_at_once(language: str, limit: dict[str, Any], most: int) -> None:
    world = Watching()
    engine = Engine(world, clock=VirtualClock())
    items = {"Items": "{% [1..60] %}"} if language == "JSONata" else {"ItemsPath": "$.l"}
    arn = add(engine, "m", {"M": working(**items, **limit)}, language=language)
    execution = await engine.start(arn, '{"n": 2, "l": [' + ",".join("1" * 60) + "]}")
    assert isinstance(execution.run, Run)
    world.run_ = execution.run
    await execution.finished.wait()
    assert (execution.status, world.most) == ("SUCCEEDED", most)


def test_no_more_than_10_000_run_at_once() -> None:
    (run_,) = run({"M": passing(Items=[1], MaxConcurrency=20_000)}).map_runs
    assert (run_.max_concurrency, run_.limit, MOST_CHILDREN) == (20_000, 10_000, 10_000)


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({}, "FAILED"),
        ({"ToleratedFailureCount": 2}, "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, "FAILED"),
        ({"ToleratedFailurePercentage": 50}, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 49.9}, "FAILED"),
        ({"ToleratedFailureCount": 2, "ToleratedFailurePercentage": 49}, "FAILED"),
        ({"ToleratedFailureCount": 1, "ToleratedFailurePercentage": 100}, "FAILED"),
        ({"ToleratedFailureCount": "{% 1 + 1 %}"}, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": "{% $states.input.p %}"}, "SUCCEEDED"),
    ],
)
def test_so_many_failures_are_tolerated(limits: dict[str, Any], status: str) -> None:
    result = run({"M": working(Items=[1, 2, 3, 4], **limits)}, {"p": 50}, World(1, 2))
    assert result.status == status
    assert result.error == (None if status == "SUCCEEDED" else "States.ExceedToleratedFailureThreshold")


def test_failures_of_a_batch_are_all_its_items() -> None:
    world = World({"Items": [1, 2]})
    state = working(Items=[1, 2, 3, 4], ItemBatcher={"MaxItemsPerBatch": 2})
    assert run({"M": {**state, "ToleratedFailureCount": 1}}, {}, world).status == "FAILED"
    assert run({"M": {**state, "ToleratedFailureCount": 2}}, {}, world).status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("ToleratedFailureCount", 2, None),
        ("ToleratedFailurePercentage", 50, None),
        ("ToleratedFailureCount", -1, "ToleratedFailureCount cannot be negative."),
        ("ToleratedFailurePercentage", 100.1, "ToleratedFailurePercentage must be between 0 and 100."),
        (
            "ToleratedFailureCount",
            "NoNumber",
            'The ToleratedFailureCountPath field refers to value "NoNumber" which is not a valid integer: $.v',
        ),
        (
            "ToleratedFailurePercentage",
            "NoNumber",
            'The ToleratedFailurePercentagePath field refers to value "NoNumber" which is not a valid float: $.v',
        ),
    ],
)
def test_failures_are_tolerated_by_path(field: str, value: Value, cause: str | None) -> None:
    state = working(ItemsPath="$.l", **{f"{field}Path": "$.v"})
    result = run_path({"M": state}, {"l": [1, 2, 3, 4], "v": value}, World(1, 2))
    if cause is None:
        assert result.status == "SUCCEEDED"
        return
    assert (result.error, str(result.cause).partition("#2). ")[2]) == ("States.Runtime", cause)
    assert types(result)[-2:] == ["MapStateStarted", "ExecutionFailed"]


def test_a_threshold_may_be_caught_and_the_map_run_keeps_what_became_of_it() -> None:
    catch = [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "Next": "C", "Output": "caught"}]
    result = run({"M": working(Items=[1], Catch=catch), "C": {"Type": "Pass"}}, {}, World(1))
    assert (result.output, result.map_runs[0].status) == ("caught", "FAILED")
    events = types(result)
    assert events[events.index("MapRunFailed") :][:3] == ["MapRunFailed", "MapStateFailed", "MapStateExited"]


def test_a_child_knows_itself_and_its_input_as_an_executions() -> None:
    context = "$states.context"
    shown = {
        "id": "{% " + context + ".Execution.Id %}",
        "in": "{% " + context + ".Execution.Input %}",
        "n": "{% " + context + ".Execution.RedriveCount %}",
        "m": "{% " + context + ".StateMachine %}",
    }
    body = each({"P": {"Type": "Pass", "Output": shown, "End": True}})
    result = run({"M": {"Type": "Map", "Items": [{"k": 1}], "Label": "L", "ItemProcessor": body}}, {"parent": True})
    (child,) = result.map_runs[0].children
    machine = {"Id": result.map_runs[0].machine_arn, "Name": "simulated/L"}
    assert result.output == [{"id": child.arn, "in": {"k": 1}, "n": 0, "m": machine}]
