"""Annotations to kinds, kinds joined, what fits where, and the fields of records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Generic, Literal, NewType, NotRequired, Optional, Required, TypeVar, Union

import pytest
from pydantic import BaseModel, Field, NaiveDatetime, PlainSerializer
from typing_extensions import TypeAliasType, TypedDict

from workflow.expressions import Page, Refusal, kinds
from workflow.expressions.kinds import OMITTED, REQUIRED, fields_of, fits, from_annotation, join, show, some, unmet

from .models import Bounded, Cat, Grade, Level, Limits, Mixed, Pair, Parcel, Position, Shade, State, Sub
from .models import Page as PageOf

Name = NewType("Name", str)
Alias = TypeAliasType("Alias", list[int])
Tree = TypeAliasType("Tree", dict[str, "Tree"] | int)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (int, "int"),
        (float, "float"),
        (bool, "bool"),
        (str, "str"),
        (None, "None"),
        (Any, "Any | None"),
        (object, "Any | None"),
        (datetime, "datetime"),
        (NaiveDatetime, "naive datetime"),
        (date, "date"),
        (timedelta, "timedelta field"),
        (Decimal, "Decimal"),
        (uuid.UUID, "UUID"),
        (Optional[int], "int | None"),  # noqa: UP045
        (Union[int, str, None], "int | str | None"),  # noqa: UP007
        (int | float, "float"),
        (list[int | None], "list[int | None]"),
        (Sequence[str], "list[str]"),
        (Mapping[str, int], "dict[str, int]"),
        (dict[State, int], "dict[State, int]"),
        (dict[int, str], "dict[int, str]"),
        (dict[float, str], "dict[float, str]"),
        (tuple[int, ...], "list[int]"),
        (tuple[int, str], "tuple[int, str]"),
        (set[str], "set[str]"),
        (frozenset[int], "set[int]"),
        (list, "list[Any | None]"),
        (Literal["a", 1, None], "Literal['a'] | Literal[1] | None"),
        (Literal["a", "b"], "Literal['a', 'b']"),
        (Literal[State.DONE], "State"),
        (Annotated[int, "x"], "int"),
        (Final[int], "int"),
        (Name, "str"),
        (Alias, "list[int]"),
        (Tree, "dict[str, Any | None] | int"),
        (Parcel, "Parcel"),
        (PageOf[Parcel], "Page[Parcel]"),
        (Pair[int], "Pair[int]"),
        (Position, "Position"),
        (Limits, "Limits"),
        (State, "State"),
        (bytes, "bytes"),
    ],
)
def test_annotations(annotation: Any, shown: str) -> None:
    assert show(from_annotation(annotation)) == shown


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (int, float, "float"),
        (int, bool, "int | bool"),
        (str, Literal["a"], "str"),
        (Literal["a"], Literal["b"], "Literal['a', 'b']"),
        (str, State, "str"),
        (str, Grade, "str | Grade"),
        (int, Level, "int"),
        (Optional[int], Optional[str], "int | None | str"),  # noqa: UP045
        (list[int], list[str], "list[int | str]"),
        (Cat, Sub, "Cat | Sub"),
        (datetime, NaiveDatetime, "datetime | naive datetime"),
    ],
)
def test_join(one: Any, other: Any, shown: str) -> None:
    assert show(join(from_annotation(one), from_annotation(other))) == shown


def test_narrowed_by_none() -> None:
    assert show(some(from_annotation(int | str | None))) == "int | str"
    assert some(kinds.NONE) == kinds.NEVER


@pytest.mark.parametrize(
    ("have", "want", "expected"),
    [
        (int, float, True),
        (float, int, False),
        (bool, int, False),
        (int, int | None, True),
        (int | None, int, False),
        (State, str, True),
        (str, State, False),
        (Literal["a"], str, True),
        (Literal["a"], Literal["a", "b"], True),
        (str, Literal["a"], False),
        (Literal[1], float, True),
        (Level, int, True),
        (Shade, str, False),
        (Mixed, Mixed, True),
        (Sub, Cat, True),
        (Cat, Sub, False),
        (list[int], list[float], True),
        (list[int | None], list[int], False),
        (tuple[int, int], list[int], True),
        (tuple[int, int], tuple[int, str], False),
        (dict[str, int], dict[str, float], True),
        (dict[str, int], Limits, False),
        (PageOf[Parcel], PageOf[Parcel], True),
        (Pair[int], Pair[str], False),
        (datetime, NaiveDatetime, False),
        (datetime, date, False),
        (Parcel, Any, True),
        (Any, Parcel, False),
        (int, bool, False),
    ],
)
def test_fits(have: Any, want: Any, expected: bool) -> None:
    assert fits(from_annotation(have), from_annotation(want)) is expected


def test_limits_are_known_and_compared() -> None:
    fields = fields_of(Bounded)
    assert unmet(kinds.INT, fields["n"].kind) == [(False, kinds.Limit("ge", 0)), (False, kinds.Limit("le", 100))]
    assert unmet(fields["n"].kind, fields["n"].kind) == []
    assert unmet(kinds.INT, fields["maybe"].kind) == [(False, kinds.Limit("ge", 0))]
    inside = from_annotation(list[Annotated[int, Field(ge=1)]])
    assert unmet(from_annotation(list[int]), inside) == [(True, kinds.Limit("ge", 1))]
    assert kinds.INT == fields["n"].kind


class Base(TypedDict):
    a: int


class Derived(Base, total=False):
    b: int
    c: Required[str]


class Quoted(TypedDict):
    a: int
    b: NotRequired[int]


T = TypeVar("T")


class Box(BaseModel, Generic[T]):
    value: T
    note: str = None  # type: ignore[assignment]


class Hidden(BaseModel):
    shown: Annotated[int, PlainSerializer(lambda v: str(v))] = 1
    secret: int = Field(default=1, exclude=True)


def test_fields_of_records() -> None:
    assert {n: f.default for n, f in fields_of(Derived).items()} == {"a": REQUIRED, "b": OMITTED, "c": REQUIRED}
    assert {n: f.default for n, f in fields_of(Quoted).items()} == {"a": REQUIRED, "b": OMITTED}
    assert show(fields_of(Quoted)["b"].read_kind) == "int | None"
    assert show(fields_of(Box[int])["value"].kind) == "int"
    assert show(fields_of(Box[int])["note"].kind) == "str | None"
    assert {n: show(f.kind) for n, f in fields_of(from_annotation(Pair[str])).items()} == {
        "first": "str",
        "second": "str | None",
    }
    parcel = fields_of(Parcel)["net_weight"]
    assert (parcel.json, parcel.keywords, parcel.default) == ("netWeight", ("net_weight", "netWeight"), 1.0)
    hidden = fields_of(Hidden)
    assert (hidden["secret"].excluded, hidden["shown"].excluded) == (True, False)
    assert show(hidden["shown"].kind) == "field with its own serializer"


def test_a_model_with_serializers_has_no_known_json() -> None:
    from pydantic import model_serializer

    class Own(BaseModel):
        n: int

        @model_serializer
        def dump(self) -> dict[str, Any]:
            return {}

    with pytest.raises(Refusal) as raised:
        fields_of(Own)
    assert raised.value.problem.page == Page.MODEL_NOT_BUILT


def test_families_are_the_rows_of_the_tables() -> None:
    rows = {a: kinds.family(from_annotation(a)) for a in (Grade, Level, Shade, State | str, int | str, int | None, Cat)}
    assert list(rows.values()) == ["str", "number", "enum", "str", "union", "optional", "model"]
