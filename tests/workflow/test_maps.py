"""Maps: inline with selected items, distributed over lists and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from simulator.drive import simulate
from simulator.tasks import TaskCall
from simulator.validation import problems
from tests.workflow.models import Batch, Done, Reading, validate
from workflow import (
    Batched,
    Bucket,
    Csv,
    DistributedMap,
    JsonArray,
    JsonLines,
    Listed,
    Manifest,
    Map,
    Objects,
    Pass,
    Results,
    S3Object,
    Source,
    Task,
    Workflow,
)


@dataclass
class Job:
    id: str
    file: str
    limit: int


@dataclass
class Row:
    device_id: str
    celsius: str


@dataclass
class Import:
    job: str
    row: Row


def load(row: Row) -> Done:
    raise NotImplementedError


def load_import(row: Import) -> Done:
    raise NotImplementedError


def load_batch(rows: Batched[Row, str]) -> list[Done]:
    raise NotImplementedError


imports = Bucket("imports")
results = Bucket("results")


def state_of(chain: Any) -> dict[str, Any]:
    definition = Workflow.standard("w", chain).definition()
    assert problems(definition) == []
    state: dict[str, Any] = definition["States"]["Import"]
    del state["ItemProcessor"]["States"]
    return state


def test_a_map_selects_what_each_gets() -> None:
    each = Map(
        "Import",
        Pass("Name", tuple[str, int, str], lambda p: f"{p[0]}:{p[1]}:{p[2]}"),
        of=Batch,
        items=lambda b: b.items,
        select=lambda b, raw: (raw.messageId, len(b.items), raw.body),
        max_concurrency=lambda b: len(b.items) + 1,
    )
    definition = Workflow.standard("w", each).definition()
    assert definition["States"]["Import"]["ItemSelector"] == [
        "{% $states.context.Map.Item.Value.messageId %}",
        "{% $count($states.input.items) %}",
        "{% $states.context.Map.Item.Value.body %}",
    ]
    assert definition["States"]["Import"]["MaxConcurrency"] == "{% $count($states.input.items) + 1 %}"
    run = simulate(definition, {"items": [{"messageId": "a", "body": "x"}, {"messageId": "b", "body": "y"}]})
    assert run.output == ["a:2:x", "b:2:y"]


def test_a_distributed_map_over_a_list() -> None:
    chain = DistributedMap(
        "Import",
        Task("Validate", validate).timeout(5),
        items=Listed(Batch, lambda b: b.items),
        child="EXPRESS",
        label="import",
        max_concurrency=100,
        tolerated_percentage=5,
        tolerated_failures=lambda b: len(b.items),
    ).retry("States.ItemReaderFailed")
    state = state_of(chain)
    assert state == {
        "Type": "Map",
        "Label": "import",
        "Items": "{% $states.input.items %}",
        "MaxConcurrency": 100,
        "ToleratedFailureCount": "{% $count($states.input.items) %}",
        "ToleratedFailurePercentage": 5,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Validate",
        },
        "Retry": [
            {
                "ErrorEquals": ["States.ItemReaderFailed"],
                "IntervalSeconds": 1,
                "MaxAttempts": 3,
                "BackoffRate": 2.0,
                "JitterStrategy": "FULL",
            }
        ],
        "End": True,
    }


def test_a_distributed_map_runs() -> None:
    chain = DistributedMap("Import", Task("Validate", validate), items=Listed(Batch, lambda b: b.items)).output(
        lambda readings: [r.celsius for r in readings]
    )

    def answer(call: TaskCall) -> Any:
        arguments: Any = call.arguments
        return {"Payload": {"id": "r", "device_id": "d", "celsius": float(arguments["Payload"]["input"]["body"])}}

    items = [{"messageId": "a", "body": "1.5"}, {"messageId": "b", "body": "2.5"}]
    assert simulate(Workflow.standard("w", chain).definition(), {"items": items}, answer).output == [1.5, 2.5]


def test_the_rows_of_a_csv_file() -> None:
    rows = Csv(Row, of=Job, bucket=imports, key=lambda j: j.file, max_items=lambda j: j.limit)
    chain = DistributedMap("Import", Task("Load", load), items=rows)
    workflow = Workflow.standard("w", chain)
    assert state_of(chain)["ItemReader"] == {
        "Resource": "arn:${aws.partition}:states:::s3:getObject",
        "ReaderConfig": {
            "InputType": "CSV",
            "CSVHeaderLocation": "FIRST_ROW",
            "MaxItems": "{% $states.input.limit %}",
        },
        "Arguments": {"Bucket": "${bucket.imports}", "Key": "{% $states.input.file %}"},
    }
    assert workflow.symbols == ("aws.partition", "bucket.imports", "function.load")
    assert workflow.buckets == (imports,)


def test_a_csv_file_without_a_header() -> None:
    rows = Csv(Row, of=Job, bucket="b", key="k.csv", headers=["device_id", "celsius", "more"], delimiter=";")
    reader = state_of(DistributedMap("Import", Task("Load", load), items=rows))["ItemReader"]
    assert reader["ReaderConfig"] == {
        "InputType": "CSV",
        "CSVHeaderLocation": "GIVEN",
        "CSVHeaders": ["device_id", "celsius", "more"],
        "CSVDelimiter": "SEMICOLON",
    }
    assert reader["Arguments"] == {"Bucket": "b", "Key": "k.csv"}


@pytest.mark.parametrize(
    ("source", "config"),
    [
        (JsonLines(Row, of=Job, bucket=imports, key=lambda j: j.file), {"InputType": "JSONL"}),
        (
            JsonArray(Row, of=Job, bucket=imports, key=lambda j: j.file, max_items=5),
            {"InputType": "JSON", "MaxItems": 5},
        ),
    ],
)
def test_json_files(source: Source[Job, Row], config: dict[str, Any]) -> None:
    reader = state_of(DistributedMap("Import", Task("Load", load), items=source))["ItemReader"]
    assert reader["ReaderConfig"] == config


def test_an_inventory() -> None:
    items = Manifest(Job, bucket=imports, key=lambda j: j.file)
    each = Pass("Key", dict[str, str], lambda row: row["Key"])
    reader = state_of(DistributedMap("Import", each, items=items))["ItemReader"]
    assert reader["ReaderConfig"] == {"InputType": "MANIFEST"}


def test_the_objects_of_a_bucket() -> None:
    items = Objects(Job, bucket=imports, prefix=lambda j: f"{j.id}/", max_items=1000)
    each = Pass("Key", S3Object, lambda o: (o.Key, o.Size))
    assert state_of(DistributedMap("Import", each, items=items))["ItemReader"] == {
        "Resource": "arn:${aws.partition}:states:::s3:listObjectsV2",
        "ReaderConfig": {"MaxItems": 1000},
        "Arguments": {"Bucket": "${bucket.imports}", "Prefix": "{% $states.input.id & '/' %}"},
    }


def test_items_are_selected_and_batched() -> None:
    rows = JsonLines(Row, of=Job, bucket=imports, key=lambda j: j.file)
    selected = rows.select(lambda job, row: Import(job=job.id, row=row))
    state = state_of(DistributedMap("Import", Task("Load", load_import), items=selected))
    assert state["ItemSelector"] == {
        "job": "{% $states.input.id %}",
        "row": "{% $states.context.Map.Item.Value %}",
    }
    batched = rows.batched(100, size=200_000, given=lambda j: j.id)
    state = state_of(DistributedMap("Import", Task("Load", load_batch), items=batched))
    assert state["ItemBatcher"] == {
        "MaxItemsPerBatch": 100,
        "MaxInputBytesPerBatch": 200_000,
        "BatchInput": "{% $states.input.id %}",
    }


def test_results_are_written() -> None:
    rows = JsonLines(Row, of=Job, bucket=imports, key=lambda j: j.file)
    where = Results(results, prefix="done/", transformation="FLATTEN", output="JSONL")
    chain = DistributedMap("Import", Task("Load", load), items=rows, results=where).output(
        lambda w: w.ResultWriterDetails.Key
    )
    state = state_of(chain)
    assert state["ResultWriter"] == {
        "Resource": "arn:${aws.partition}:states:::s3:putObject",
        "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"},
        "Arguments": {"Bucket": "${bucket.results}", "Prefix": "done/"},
    }
    assert state["Output"] == "{% $states.result.ResultWriterDetails.Key %}"
    assert Workflow.standard("w", chain).buckets == (imports, results)


def test_a_reading_is_a_reading() -> None:
    """What `Listed` gives is what the flow takes: no cast, no copy."""
    each = Pass("Id", Reading, lambda r: r.id)
    chain = DistributedMap("Import", each, items=Listed(list[Reading], lambda rs: [r for r in rs if r.celsius > 3]))
    assert state_of(chain)["Items"].startswith("{% [$filter($states.input")
