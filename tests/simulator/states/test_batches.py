"""ItemBatcher: by count and by bytes, with what all batches share."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Run
from simulator.values import PAYLOAD_LIMIT, Value, dump
from tests.simulator.maps import passing
from tests.simulator.support import run, run_path


def batched(items: list[Value], state: dict[str, Any] | None = None, **batcher: Any) -> Run:
    return run({"M": passing(Items=items, ItemBatcher=batcher, **(state or {}))})


def test_by_count() -> None:
    result = batched([1, 2, 3], MaxItemsPerBatch=2, BatchInput={"f": "{% 1 + 1 %}"})
    assert result.output == [{"BatchInput": {"f": 2}, "Items": [1, 2]}, {"BatchInput": {"f": 2}, "Items": [3]}]
    (run_,) = result.map_runs
    assert [child.items for child in run_.children] == [2, 1]
    assert (run_.counts(0.0, items=True)["total"], run_.counts(0.0, items=False)["total"]) == (3, 2)


@pytest.mark.parametrize("size", [PAYLOAD_LIMIT, 120, 119])
def test_bytes_are_of_the_whole_input_to_the_byte(size: int) -> None:
    # {"Items":["xx..","xx.."]} has 12 bytes, and for each item its quotes, and commas between.
    item = "x" * ((size - 12 - 4 - 1) // 2)
    pad = "y" * ((size - 12 - 4 - 1) % 2)
    exact = batched([item + pad, item] * 2, MaxInputBytesPerBatch=size).map_runs[0].children
    assert [len(dump(child.input)) for child in exact] == [size, size]
    over = batched([item + pad + "z", item] * 2, MaxInputBytesPerBatch=size).map_runs[0].children
    assert len(over) == 4


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(1, 6), st.integers(60, 200))
def test_no_batch_is_over_its_limits_and_no_item_is_lost(items: list[str], count: int, size: int) -> None:
    result = batched(items, MaxItemsPerBatch=count, MaxInputBytesPerBatch=size, BatchInput={"a": 1})
    assert [item for batch in result.output for item in batch["Items"]] == items
    for batch in result.output:
        assert len(batch["Items"]) <= count
        assert len(dump(batch)) <= size or len(batch["Items"]) == 1


def test_limits_by_path_and_by_expression() -> None:
    state = passing(ItemsPath="$.l", ItemBatcher={"MaxItemsPerBatchPath": "$.n", "MaxInputBytesPerBatchPath": "$.b"})
    assert [len(b["Items"]) for b in run_path({"M": state}, {"l": [1, 2, 3], "n": 2, "b": 1000}).output] == [2, 1]
    assert [len(b["Items"]) for b in run_path({"M": state}, {"l": [1, 2], "n": 2, "b": 14}).output] == [1, 1]
    broken = run_path({"M": state}, {"l": [1], "n": 0, "b": 9})
    assert broken.error == "States.Runtime" and "MaxItemsPerBatch" in str(broken.cause)
    assert [len(b["Items"]) for b in batched([1, 2, 3], MaxItemsPerBatch="{% 2 %}").output] == [2, 1]
    assert batched([1], MaxItemsPerBatch="{% 1.5 %}").error == "States.QueryEvaluationError"
    assert batched([1], MaxInputBytesPerBatch="{% -1 %}").error == "States.QueryEvaluationError"


def test_what_is_selected_is_what_is_batched() -> None:
    selector = {"ItemSelector": {"v": "{% $states.context.Map.Item.Value %}"}}
    assert batched([1, 2], selector, MaxItemsPerBatch=2).output == [{"Items": [{"v": 1}, {"v": 2}]}]


@pytest.mark.parametrize("more", [{}, {"ItemBatcher": {"MaxItemsPerBatch": 1}}])
def test_an_input_over_256_kib_fails_the_map_run(more: dict[str, Any]) -> None:
    result = run({"M": passing(Items=["x" * (PAYLOAD_LIMIT - 100)], **more)})
    assert result.status == "SUCCEEDED"
    large = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "b", "Key": "k"}}
    text = '["' + "x" * (PAYLOAD_LIMIT - 1) + '"]'
    result = run({"M": passing(ItemReader=large, **more)}, {}, lambda call: {"Body": text})
    assert (result.error, result.map_runs[0].children) == ("States.DataLimitExceeded", [])
    # A larger item may be read where ItemSelector makes it smaller.
    small = {"ItemSelector": {"n": "{% $length($states.context.Map.Item.Value) %}"}}
    result = run({"M": passing(ItemReader=large, **more, **small)}, {}, lambda call: {"Body": text})
    assert result.status == "SUCCEEDED", result.cause
