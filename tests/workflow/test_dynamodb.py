"""DynamoDB: what is written is read back as the same model, under both engines; arguments read as written by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter

from tests.workflow.evaluate import ENGINES, evaluate
from tests.workflow.models import Color, Everything, Item, Level, Point, Reading
from workflow import GetItem, PutItem, Table, Workflow, WorkflowError

everything = Table("all", Everything)
items = Table("items", Item)
DEFINITION = Workflow.standard(
    "w",
    PutItem("Put", everything, of=Everything, item=lambda e: e)
    >> GetItem("Get", everything, of=Everything, key=lambda e: e.id),
).definition()["States"]

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15).filter(
    lambda x: x == 0 or abs(x) > 1e-300
)
whole = st.integers(-(10**14), 10**14)
points = st.builds(Point, x=numbers, y=st.none() | numbers)
models = st.builds(
    Everything,
    id=text,
    count=whole,
    ratio=numbers,
    flag=st.booleans(),
    color=st.sampled_from(Color),
    level=st.sampled_from(Level),
    mode=st.sampled_from(["a", "b"]),
    at=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    maybe=st.none() | text,
    size=st.none() | whole,
    note=text,
    words=st.lists(text, max_size=3),
    matrix=st.lists(st.lists(whole, max_size=2), max_size=3),
    point=points,
    points=st.lists(points, max_size=2),
    by_name=st.dictionaries(text, numbers, max_size=2),
    pair=st.tuples(text, whole),
    tags=st.sets(text, max_size=2),
    primes=st.sets(whole, max_size=2),
    gaps=st.lists(st.none() | whole, max_size=3),
    price=st.decimals(-(10**20), 10**20, places=4),
    serial=st.uuids(),
    refund=st.none() | st.decimals(0, 10**6, places=2),
)


def near(a: Any, b: Any) -> bool:
    """Equal, but for the digits of a float after the fifteenth."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(near(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(near, a, b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return math.isclose(a, b, rel_tol=1e-14)
    return bool(a == b)


def check_attribute(attribute: Any) -> None:
    """The shape that DynamoDB takes."""
    ((letter, value),) = attribute.items()
    if letter in ("S", "N"):
        assert isinstance(value, str)
        assert letter == "S" or math.isfinite(float(value))
    elif letter == "L":
        for item in value:
            check_attribute(item)
    elif letter == "M":
        for item in value.values():
            check_attribute(item)
    elif letter in ("SS", "NS"):
        assert value and all(isinstance(item, str) for item in value)
        assert len(set(value)) == len(value)
    else:
        assert (letter, type(value)) in {("BOOL", bool), ("NULL", bool)}


@pytest.mark.parametrize("engine", ENGINES)
@given(model=models)
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_back(engine: str, model: Everything) -> None:
    data = TypeAdapter(Everything).dump_python(model, mode="json")
    item = evaluate(DEFINITION["Put"]["Arguments"]["Item"], engine, input=data)
    for attribute in item.values():
        check_attribute(attribute)
    back = evaluate(DEFINITION["Get"]["Output"], engine, input=data, result={"Item": item})
    assert near(back, data)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_none_or_empty_is_left_out_and_null_where_a_default_would_come_back(engine: str) -> None:
    data = TypeAdapter(Everything).dump_python(
        Everything(
            id="a",
            count=1,
            ratio=0.5,
            flag=True,
            color=Color.RED,
            level=Level.LOW,
            mode="a",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            maybe=None,
            size=None,
            words=[],
            matrix=[],
            point=Point(1, None),
            points=[],
            by_name={},
            pair=("a", 1),
            tags=set(),
            primes=set(),
            gaps=[],
            price=Decimal("12.30"),
            serial=UUID(int=1),
        ),
        mode="json",
    )
    item = evaluate(DEFINITION["Put"]["Arguments"]["Item"], engine, input=data)
    assert {"maybe", "tags", "primes"}.isdisjoint(item)
    assert item["size"] == {"NULL": True}
    assert item["point"] == {"M": {"x": {"N": "1"}}}
    assert item["words"] == {"L": []}
    assert item["by_name"] == {"M": {}}
    assert item["price"] == {"N": "12.30"}
    assert item["serial"] == {"S": "00000000-0000-0000-0000-000000000001"}
    assert "refund" not in item


class Partial(BaseModel):
    id: str
    needed: float
    maybe: str | None
    size: int = 3
    note: str | None = "none"
    tags: set[str]


partial = Table("partial", Partial)
PARTIAL = Workflow.standard("w", GetItem("Get", partial, of=Reading, key=lambda r: r.id)).definition()["States"]["Get"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_attribute_is_the_models_default(engine: str) -> None:
    item = {"id": {"S": "a"}, "needed": {"N": "1e-7"}}
    read = evaluate(PARTIAL["Output"], engine, result={"Item": item})
    assert read == {"id": "a", "needed": 1e-7, "maybe": None, "size": 3, "note": "none", "tags": []}
    null = {"NULL": True}
    read = evaluate(PARTIAL["Output"], engine, result={"Item": {**item, "maybe": null, "note": null}})
    assert read["maybe"] is None
    assert read["note"] is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_required_attribute_fails_and_a_missing_item_is_none(engine: str) -> None:
    with pytest.raises(Exception, match="an item of table partial lacks a required attribute"):
        evaluate(PARTIAL["Output"], engine, result={"Item": {"id": {"S": "a"}}})
    assert evaluate(PARTIAL["Output"], engine, result={"SdkHttpMetadata": {}}) is None


def test_a_get_reads_as_if_written_by_hand() -> None:
    chain = GetItem("Get", items, of=Reading, key=lambda r: r.id, consistent=True).timeout(3)
    state = Workflow.standard("w", chain).definition()["States"]["Get"]
    del state["Retry"]
    assert state == {
        "Type": "Task",
        "Resource": "arn:${aws.partition}:states:::dynamodb:getItem",
        "Arguments": {
            "TableName": "${table.items}",
            "Key": {"id": {"S": "{% $states.input.id %}"}},
            "ProjectionExpression": "#id, #celsius, #alert",
            "ExpressionAttributeNames": {"#id": "id", "#celsius": "celsius", "#alert": "alert"},
            "ConsistentRead": True,
        },
        "TimeoutSeconds": 3,
        "Output": "{% ($item := $states.result.Item; $exists($item) ? ($assert($exists($item.id.S) and"
        " $exists($item.celsius.N) and $exists($item.alert.S), 'an item of table items lacks a required attribute');"
        " {'id': $item.id.S, 'celsius': $number($item.celsius.N), 'alert': $item.alert.S}) : null) %}",
        "End": True,
    }


def test_a_put_reads_as_if_written_by_hand() -> None:
    chain = PutItem(
        "Put",
        items,
        of=Reading,
        item=lambda r: Item(id=r.id, celsius=r.celsius, alert="pending" if r.celsius > 5 else "none"),
        unless_exists=True,
    )
    state = Workflow.standard("w", chain).definition()["States"]["Put"]
    assert state["Arguments"] == {
        "TableName": "${table.items}",
        "Item": {
            "id": {"S": "{% $states.input.id %}"},
            "celsius": {"N": "{% $string($states.input.celsius) %}"},
            "alert": {"S": "{% $states.input.celsius > 5 ? 'pending' : 'none' %}"},
        },
        "ConditionExpression": "attribute_not_exists(#id)",
        "ExpressionAttributeNames": {"#id": "id"},
    }
    assert state["Output"] == "{% $states.input %}"


def test_constants_are_plain() -> None:
    chain = PutItem("Put", items, of=Reading, item=lambda r: Item(id="one", celsius=0.1, alert="none"))
    item = Workflow.standard("w", chain).definition()["States"]["Put"]["Arguments"]["Item"]
    assert item == {"id": {"S": "one"}, "celsius": {"N": "0.1"}, "alert": {"S": "none"}}


@dataclass
class Numbered:
    number: int
    words: list[str]


def test_a_number_can_be_the_key() -> None:
    numbered = Table("numbered", Numbered, key="number")
    chain = GetItem("Get", numbered, of=Numbered, key=lambda n: n.number + 1)
    state = Workflow.standard("w", chain).definition()["States"]["Get"]
    assert state["Arguments"]["Key"] == {"number": {"N": "{% $string($states.input.number + 1) %}"}}


class Looping(BaseModel):
    id: str
    inner: list[Looping]


@dataclass
class Odd:
    id: str
    sets: list[set[str]]
    lists: list[list[int] | None]
    either: int | str


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (Looping, ["Looping.inner[]: Looping inside itself"]),
        (Odd, ["Odd.sets[]: set[str]", "Odd.lists[]: list[int] | None", "Odd.either: int | str"]),
    ],
)
def test_what_dynamodb_cannot_hold_is_refused(model: type[Any], told: list[str]) -> None:
    chain = GetItem("Get", Table("odd", model), of=Reading, key=lambda r: r.id)
    with pytest.raises(WorkflowError) as raised:
        Workflow.standard("w", chain)
    assert [p.what for p in raised.value.problems] == [f"table `odd`: DynamoDB has no type for {t}" for t in told]
