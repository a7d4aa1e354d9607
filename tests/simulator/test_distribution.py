"""Fields of Distributed Maps that AWS refuses when a state machine is created."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.validation import problems
from tests.simulator.maps import each, passing
from tests.simulator.support import LAMBDA, machine

GET, LIST, PUT = (f"arn:aws:states:::s3:{action}" for action in ("getObject", "listObjectsV2", "putObject"))
AT: dict[str, Any] = {"Bucket": "b"}


def found(language: str = "JSONata", **fields: Any) -> list[str]:
    """Where problems are, below the state."""
    definition = machine({"M": passing(**fields)}, language)
    return [one.location.removeprefix("/States/M/") for one in problems(definition) if one.severity == "ERROR"]


def reader(resource: str = GET, **config: Any) -> dict[str, Any]:
    return {"ItemReader": {"Resource": resource, "Arguments": AT, "ReaderConfig": config}}


GIVEN: dict[str, Any] = {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a"]}
CONFIG = "ItemReader/ReaderConfig/"


@pytest.mark.parametrize(
    "fields",
    [
        reader(InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVDelimiter="TAB"),
        reader(InputType="CSV", **GIVEN),
        reader(InputType="MANIFEST", CSVDelimiter="PIPE"),
        reader(InputType="PARQUET"),
        reader(ManifestType="S3_INVENTORY"),
        reader(ManifestType="ATHENA_DATA", InputType="JSONL"),
        reader(LIST),
        reader(LIST, Transformation="NONE"),
        reader(LIST, Transformation="LOAD_AND_FLATTEN", InputType="JSON"),
        {"Items": {"a": 1}},
        {"ItemBatcher": {"MaxInputBytesPerBatch": 262_144}},
        {"ItemBatcher": {"MaxItemsPerBatch": "{% 1 %}"}},
        {"ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}}},
        {"ResultWriter": {"Resource": PUT, "Arguments": AT}},
        {"Label": "a-label_1é"},
        {"Label": "x" * 40},
    ],
)
def test_what_is_right(fields: dict[str, Any]) -> None:
    assert found(**fields) == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        (reader(InputType="XML"), f"{CONFIG}InputType"),
        (reader(InputType="JSON", CSVDelimiter="TAB"), f"{CONFIG}CSVDelimiter"),
        (reader(InputType="CSV", CSVDelimiter=","), f"{CONFIG}CSVDelimiter"),
        (reader(InputType="CSV", CSVHeaderLocation="LAST_ROW"), f"{CONFIG}CSVHeaderLocation"),
        (reader(InputType="CSV", CSVHeaderLocation="GIVEN"), f"{CONFIG}CSVHeaders"),
        (reader(InputType="CSV", CSVHeaders=["a"]), f"{CONFIG}CSVHeaders"),
        (reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=[]), f"{CONFIG}CSVHeaders"),
        (reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=[1]), f"{CONFIG}CSVHeaders"),
        (reader(ManifestType="S3_INVENTORY", InputType="CSV"), f"{CONFIG}InputType"),
        (reader(ManifestType="ATHENA_DATA"), f"{CONFIG}InputType"),
        (reader(ManifestType="ATHENA_DATA", InputType="JSON"), f"{CONFIG}InputType"),
        (reader(ManifestType="OTHER"), f"{CONFIG}ManifestType"),
        (reader(LIST, Transformation="LOAD_AND_FLATTEN"), f"{CONFIG}InputType"),
        (reader(LIST, Transformation="LOAD_AND_FLATTEN", InputType="MANIFEST"), f"{CONFIG}InputType"),
        (reader(LIST, Transformation="FLATTEN"), f"{CONFIG}Transformation"),
        (reader(LAMBDA), "ItemReader/Resource"),
        ({"ItemReader": {"Resource": GET, "Parameters": AT}}, "ItemReader/Parameters"),
        ({"ItemBatcher": {}}, "ItemBatcher"),
        ({"ItemBatcher": {"BatchInput": {}}}, "ItemBatcher"),
        ({"ItemBatcher": {"MaxItemsPerBatch": 0}}, "ItemBatcher/MaxItemsPerBatch"),
        ({"ItemBatcher": {"MaxItemsPerBatch": 1.5}}, "ItemBatcher/MaxItemsPerBatch"),
        ({"ItemBatcher": {"MaxInputBytesPerBatch": 262_145}}, "ItemBatcher/MaxInputBytesPerBatch"),
        ({"ResultWriter": {}}, "ResultWriter"),
        ({"ResultWriter": {"Resource": PUT}}, "ResultWriter"),
        ({"ResultWriter": {"Arguments": AT}}, "ResultWriter"),
        ({"ResultWriter": {"Resource": GET, "Arguments": AT}}, "ResultWriter/Resource"),
        ({"ResultWriter": {"WriterConfig": {"OutputType": "CSV"}}}, "ResultWriter/WriterConfig/OutputType"),
        ({"ResultWriter": {"WriterConfig": {"Transformation": "X"}}}, "ResultWriter/WriterConfig/Transformation"),
        ({"Label": "x" * 41}, "Label"),
        ({"Label": "a b"}, "Label"),
        ({"Label": "a?"}, "Label"),
        ({"Label": "a\x7f"}, "Label"),
        ({"Items": 1}, "Items"),
    ],
)
def test_what_is_wrong(fields: dict[str, Any], place: str) -> None:
    assert found(**fields) == [place]


def test_paths_beside_values() -> None:
    both = {"ItemBatcher": {"MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.n"}}
    assert found("JSONPath", **both) == ["ItemBatcher/MaxItemsPerBatchPath"]
    config = {"MaxItems": 1, "MaxItemsPath": "$.n"}
    both = {"ItemReader": {"Resource": GET, "Parameters": AT, "ReaderConfig": config}}
    assert found("JSONPath", **both) == ["ItemReader/ReaderConfig/MaxItemsPath"]
    assert found("JSONPath", **reader()) == ["ItemReader/Arguments"]


def test_labels_are_unique_in_their_state_machine() -> None:
    inner = {"Type": "Map", "Label": "L", "ItemProcessor": each({"P": {"Type": "Pass", "End": True}}), "End": True}
    outer = {"Type": "Map", "Label": "L", "ItemProcessor": each({"I": inner})}
    (one,) = problems(machine({"M": outer}))
    assert (one.message, one.location) == ("Duplicate label: L", "/States/M/ItemProcessor/States/I/Label")


def test_express_children_have_no_tasks_that_wait() -> None:
    token = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}
    for kind, wrong in (("STANDARD", 0), ("EXPRESS", 1)):
        state = {"Type": "Map", "ItemProcessor": each({"T": token}, kind)}
        assert len([one for one in problems(machine({"M": state})) if one.severity == "ERROR"]) == wrong
    (one,) = [p for p in problems(machine({"M": passing(ItemProcessor=each(kind="FAST"))})) if p.severity == "ERROR"]
    assert one.location == "/States/M/ItemProcessor/ProcessorConfig/ExecutionType"
