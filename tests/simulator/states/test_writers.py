"""ResultWriter: shapes with and without a bucket, files by status, the manifest, and what a redrive writes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator import Engine, Run, TaskCall, TaskFailed, VirtualClock
from simulator.values import Value
from tests.simulator.maps import Bucket, passing, working
from tests.simulator.support import run
from tests.simulator.test_engine import add

PUT = "arn:aws:states:::s3:putObject"
TO: dict[str, Any] = {"Resource": PUT, "Arguments": {"Bucket": "out", "Prefix": "jobs"}}


def files(world: Bucket) -> dict[str, Any]:
    """What was written, by file name, as JSON (JSON Lines as a list)."""
    found: dict[str, Any] = {}
    for (_, key), body in world.objects.items():
        name, text = key.rpartition("/")[2], str(body)
        found[name] = [json.loads(line) for line in text.splitlines()] if name.endswith("jsonl") else json.loads(text)
    return found


def test_without_a_writer_the_result_is_the_outputs_and_what_failed_is_shown_whole() -> None:
    result = run({"M": working(Items=[1, 2], ToleratedFailureCount=1)}, {}, Bucket({}, 2))
    assert result.output[0] == 1
    (run_,) = result.map_runs
    child = run_.children[1]
    assert result.output[1] == {
        "ExecutionArn": child.arn,
        "Input": "2",
        "InputDetails": {"Included": True},
        "Name": child.name,
        "Error": "Broken",
        "Cause": "told to",
        "RedriveCount": 0,
        "RedriveStatus": "REDRIVABLE_BY_MAP_RUN",
        "StartDate": "2026-01-01T00:00:00.000Z",
        "StateMachineArn": run_.machine_arn,
        "Status": "FAILED",
        "StopDate": "2026-01-01T00:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ({"Transformation": "COMPACT"}, [[1, 2], 3]),
        ({}, [[1, 2], 3]),
        ({"Transformation": "FLATTEN"}, [1, 2, 3]),
        ({"Transformation": "FLATTEN", "OutputType": "JSON"}, [1, 2, 3]),
    ],
)
def test_writer_config_alone_shapes_the_states_output(config: dict[str, str], shown: Value) -> None:
    assert run({"M": passing(Items=[[1, 2], 3], ResultWriter={"WriterConfig": config})}).output == shown


def test_none_keeps_the_metadata() -> None:
    result = run({"M": passing(Items=[{"a": 1}], ResultWriter={"WriterConfig": {"Transformation": "NONE"}})})
    (child,) = result.map_runs[0].children
    assert result.output == [
        {
            "ExecutionArn": child.arn,
            "Input": '{"a":1}',
            "InputDetails": {"Included": True},
            "Name": child.name,
            "Output": '{"a":1}',
            "OutputDetails": {"Included": True},
            "RedriveCount": 0,
            "RedriveStatus": "NOT_REDRIVABLE",
            "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            "StartDate": "2026-01-01T00:00:00.000Z",
            "StateMachineArn": result.map_runs[0].machine_arn,
            "Status": "SUCCEEDED",
            "StopDate": "2026-01-01T00:00:00.000Z",
        }
    ]


def test_files_by_status_and_a_manifest_that_names_them() -> None:
    world = Bucket({}, 2)
    result = run({"M": working(Items=[1, 2, 3], ToleratedFailureCount=1, Label="L", ResultWriter=TO)}, {}, world)
    (run_,) = result.map_runs
    identity = run_.arn.rpartition(":")[2]
    key = f"jobs/{identity}/manifest.json"
    assert result.output == {"MapRunArn": run_.arn, "ResultWriterDetails": {"Bucket": "out", "Key": key}}
    written = files(world)
    assert sorted(written) == ["FAILED_0.json", "SUCCEEDED_0.json", "manifest.json"]
    assert [one["Output"] for one in written["SUCCEEDED_0.json"]] == ["1", "3"]
    assert [one["Error"] for one in written["FAILED_0.json"]] == ["Broken"]
    manifest = written["manifest.json"]
    assert (manifest["DestinationBucket"], manifest["MapRunArn"]) == ("out", run_.arn)
    assert manifest["ResultFiles"]["PENDING"] == []
    for status in ("SUCCEEDED", "FAILED"):
        (file,) = manifest["ResultFiles"][status]
        assert file["Key"] == f"jobs/{identity}/{status}_0.json"
        assert file["Size"] == len(world.objects["out", file["Key"]])
    assert run_.counts(0.0, items=True)["resultsWritten"] == 3


def test_lines_and_transformations_go_into_the_files_and_failures_stay_whole() -> None:
    world = Bucket({}, [9])
    config = {"Transformation": "FLATTEN", "OutputType": "JSONL"}
    state = working(Items=[[1, 2], [9], [3]], ToleratedFailureCount=1, ResultWriter={**TO, "WriterConfig": config})
    assert run({"M": state}, {}, world).status == "SUCCEEDED"
    written = files(world)
    assert written["SUCCEEDED_0.jsonl"] == [1, 2, 3]
    assert [one["Status"] for one in written["FAILED_0.jsonl"]] == ["FAILED"]


def test_a_map_run_that_fails_writes_what_there_is() -> None:
    world = Bucket({}, 2)
    result = run({"M": working(Items=[1, 2, 3, 4], MaxConcurrency=1, ResultWriter=TO)}, {}, world)
    assert result.error == "States.ExceedToleratedFailureThreshold"
    written = files(world)
    assert sorted(written) == ["FAILED_0.json", "PENDING_0.json", "SUCCEEDED_0.json", "manifest.json"]
    assert written["PENDING_0.json"] == [
        {"Input": text, "InputDetails": {"Included": True}, "Status": "PENDING"} for text in ("3", "4")
    ]
    assert len(written["manifest.json"]["ResultFiles"]["PENDING"]) == 1


def test_without_a_prefix_and_without_items() -> None:
    world = Bucket()
    result = run({"M": passing(Items=[], ResultWriter={"Resource": PUT, "Arguments": {"Bucket": "out"}})}, {}, world)
    identity = result.map_runs[0].arn.rpartition(":")[2]
    assert list(world.objects) == [("out", f"{identity}/manifest.json")]


class Refusing(Bucket):
    """An S3 that takes nothing."""

    refuses = True

    def __call__(self, call: TaskCall) -> Value:
        if self.refuses and call.resource.action == "putObject":
            raise TaskFailed("S3.NoSuchBucket", "The specified bucket does not exist")
        return super().__call__(call)


def test_a_bucket_that_takes_nothing_fails_the_map_run_or_leaves_its_own_failure() -> None:
    result = run({"M": working(Items=[1], ResultWriter=TO)}, {}, Refusing())
    assert (result.error, result.cause) == ("States.ResultWriterFailed", "The specified bucket does not exist")
    result = run({"M": working(Items=[1], ResultWriter=TO)}, {}, Refusing({}, 1))
    assert result.error == "States.ExceedToleratedFailureThreshold"


async def redriven(world: Bucket, items: list[Value]) -> Run:
    engine = Engine(world, clock=VirtualClock(), seed="s")
    execution = await engine.run(add(engine, "m", {"M": working(Items=items, MaxConcurrency=1, ResultWriter=TO)}))
    assert execution.status == "FAILED"
    world.mend()
    if isinstance(world, Refusing):
        world.refuses = False
    await engine.redrive(execution.arn)
    await execution.finished.wait()
    assert isinstance(execution.run, Run)
    return execution.run


async def test_a_redrive_writes_what_it_did_and_the_manifest_names_the_successes_of_all() -> None:
    world = Bucket({}, 2)
    done = await redriven(world, [1, 2, 3])
    written = files(world)
    assert [one["Output"] for one in written["SUCCEEDED_0.json"]] == ["1"]
    assert [(one["Output"], one["RedriveCount"]) for one in written["SUCCEEDED_1.json"]] == [("2", 1), ("3", 0)]
    assert written["SUCCEEDED_1.json"][0]["RedriveDate"] == "2026-01-01T00:00:00.000Z"
    listed = written["manifest.json"]["ResultFiles"]
    names = [file["Key"].rpartition("/")[2] for file in listed["SUCCEEDED"]]
    assert (names, listed["FAILED"], listed["PENDING"]) == (["SUCCEEDED_0.json", "SUCCEEDED_1.json"], [], [])
    assert done.map_runs[0].counts(0.0, items=True)["resultsWritten"] == 3


async def test_a_redrive_of_a_map_run_whose_results_could_not_be_written_only_writes_them() -> None:
    world = Refusing()
    done = await redriven(world, [1, 2])
    assert (done.status, world.asked) == ("SUCCEEDED", [])
    assert [one["Output"] for one in files(world)["SUCCEEDED_0.json"]] == ["1", "2"]


def test_a_result_that_is_too_large_fails_the_map_run() -> None:
    result = run({"M": passing(Items=["x" * 200_000] * 2, Output="small")})
    assert result.error == "States.DataLimitExceeded"
    assert result.map_runs[0].status == "FAILED"
    assert run({"M": passing(Items=["x" * 200_000] * 2, ResultWriter=TO)}, {}, Bucket()).status == "SUCCEEDED"
