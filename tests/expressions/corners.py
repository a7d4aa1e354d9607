"""Refusals that few users meet: with these, `refused` and `mistakes`, every message of the language is written down.

The exact messages are in goldens/corners.txt.
"""
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportAttributeAccessIssue=false
# pyright: reportOperatorIssue=false, reportIndexIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportOptionalMemberAccess=false, reportUnhashable=false, reportRedeclaration=false
# pyright: reportPossiblyUnboundVariable=false
# ruff: noqa

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from ipaddress import IPv4Address
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, RootModel, field_serializer, model_validator
from typing_extensions import TypedDict


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"

    def __bool__(self) -> bool:
        return self is Mood.GOOD


class Mixed(Enum):
    ONE = 1
    TWO = "two"


class Word(str, Enum):
    A = "a"
    B = "b"


class Kept(BaseModel):
    n: int

    @field_serializer("n")
    def shown(self, n: int) -> str:
        return str(n)


class Made(BaseModel):
    n: int
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))


class Twin(BaseModel):
    name: str


class Other(BaseModel):
    name: str


class Ticked(BaseModel):
    odd: int = Field(default=1, alias="a`b")


class Hiding(BaseModel):
    seen: str
    secret: str = Field(default="", exclude=True)


class Tree(BaseModel):
    name: str
    child: Tree | None = None


class Codes(RootModel[list[int]]):
    pass


class Checked(RootModel[list[int]]):
    @model_validator(mode="after")
    def check(self) -> Checked:
        return self


class Limits(TypedDict):
    low: int


@dataclass
class Size:
    width: int


@dataclass
class Posted:
    n: int

    def __post_init__(self) -> None:
        self.n += 1


@dataclass
class Own:
    n: int

    def __eq__(self, other: object) -> bool:
        return True


@dataclass
class Listed:
    rows: list[list[int]] = field(default_factory=list)


class Bag(NamedTuple):
    n: int

    def __len__(self) -> int:
        return self.n


class Broken:
    @property
    def value(self) -> int:
        raise ValueError("not now")


class Corner(BaseModel):
    n: int
    m: int
    f: float
    text: str
    flag: bool
    at: datetime
    names: list[str]
    numbers: list[int]
    counts: dict[str, int]
    unique: set[str]
    flags: set[bool]
    mood: Mood
    word: Word
    by_mixed: dict[Mixed, int]
    either: list[int] | str
    kept: Kept
    made: Made
    twins: Twin | Other
    ticked: Ticked
    tree: Tree
    limits: Limits
    size: Size
    posted: Posted
    own: Own
    bag: Bag
    many: tuple[int, ...]
    hiding: Hiding
    listed: Listed
    address: IPv4Address
    wait: timedelta


BROKEN = Broken()
THING = object()
BY_FLOAT = {1.5: "a"}


def two(a: int, b: int = 1) -> int:
    return a + b


def chosen(c: Corner) -> int:
    if c.flag:
        f = lambda x: x
    else:
        f = lambda x: x + 1
    return f(c.n)


def one_path(c: Corner) -> int:
    if c.flag:
        f = lambda x: x
    else:
        f = 3
    return c.n


def after_branches(c: Corner) -> Any:
    if c.flag:
        word = "a"
        if c.n > 3:
            return word
    else:
        word = "b"
    return lambda: word


def alternatives(c: Corner) -> str:
    match c.twins:
        case Twin(name=n) | Other(name=n):
            return n


def item_grown(c: Corner) -> Any:
    c.counts["a"] += 1
    return c.counts


CORNERS: dict[str, Callable[[Corner], object]] = {
    "attribute of a function": lambda c: (lambda x: x).name,
    "attribute of None": lambda c: (lambda n: n.name)(None),
    "method of an enum not called": lambda c: c.word.upper,
    "property that raises": lambda c: BROKEN.value + c.n,
    "argument given twice": lambda c: two(c.n, a=1),
    "function as data": lambda c: c.text.replace("a", lambda: 1),
    "function chosen by if": chosen,
    "function on one path": one_path,
    "function after branches": after_branches,
    "asynchronous": lambda c: list(x async for x in c.names),
    "loop over a constant": lambda c: [x for x in 5],
    "truth of a union": lambda c: bool(c.either),
    "truth of an enum with its own": lambda c: not c.mood,
    "argument of another type": lambda c: c.text.startswith(c.n),
    "models that contain themselves": lambda c: c.tree == c.tree.model_copy(update={"name": c.text}),
    "models with their own ==": lambda c: c.own == Own(c.n),
    "tuple and list": lambda c: c.many == [1],
    "a length of its own": lambda c: len(c.bag),
    "models with excluded fields": lambda c: c.hiding == c.hiding.model_copy(update={"seen": c.text}),
    "models with lists of lists": lambda c: c.listed == Listed(rows=[[c.n]]),
    "function under a condition": lambda c: ((lambda v: lambda x: x + v)(c.n * 2 + 1) if c.flag else (lambda x: x))(3),
    "slices in a tuple": lambda c: c.names[1:2, 3],
    "constant without JSON": lambda c: [c.n, THING],
    "constant with a float key": lambda c: BY_FLOAT,
    "serializers": lambda c: c.kept.n,
    "number in dict of texts": lambda c: c.n in c.counts,
    "computed key in TypedDict": lambda c: c.text in c.limits,
    "in a stepped range": lambda c: c.n in range(0, 10, 2),
    "alternatives with names": alternatives,
    "name with a backtick": lambda c: c.ticked.odd,
    "sum from a text": lambda c: sum(c.numbers, "x"),
    "mask that is computed": lambda c: c.n & c.m,
    "shift that is computed": lambda c: c.n << c.m,
    "right shift that is computed": lambda c: c.n >> c.m,
    "bits of a float": lambda c: c.f & 1,
    "key that is a list": lambda c: c.counts[c.numbers],
    "key to build that is a list": lambda c: {c.numbers: 1, "a": c.n},
    "keys of two types": lambda c: [k for k in c.by_mixed],
    "spread of a model": lambda c: {**c.tree, "a": c.n},
    "computed key of a TypedDict": lambda c: c.limits[c.text],
    "reduce that changes its type": lambda c: functools.reduce(lambda a, x: {"a": a}, c.numbers, 0),
    "function as a list": lambda c: sum(lambda: 1),
    "reversed set": lambda c: list(reversed(c.unique)),
    "function of a function": lambda c: list(map(lambda x: lambda y: y, c.numbers)),
    "dict of enumerate": lambda c: dict(enumerate(c.names)),
    "default_factory": lambda c: Made(n=c.n),
    "computed names": lambda c: c.tree.model_copy(update={c.text: "x", "name": "y"}),
    "replace of a model": lambda c: dataclasses.replace(c.tree, name=c.text),
    "replace with __post_init__": lambda c: dataclasses.replace(c.posted, n=c.n),
    "RootModel of two": lambda c: Codes(c.numbers, c.numbers),
    "RootModel with validators": lambda c: Checked(c.numbers),
    "field given twice": lambda c: Size(c.n, width=1),
    "list times a float": lambda c: c.names * c.f,
    "text times many": lambda c: c.text * 30,
    "sets of bools": lambda c: len(c.flags | c.flags),
    "character by a float": lambda c: c.text[c.f],
    "islice from the end": lambda c: list(itertools.islice(c.names, -1)),
    "split words once": lambda c: c.text.split(maxsplit=1),
    "replace nothing": lambda c: c.text.replace("", "x"),
    "fromtimestamp of a text": lambda c: datetime.fromtimestamp(c.text, tz=UTC),
    "duration by zero": lambda c: ((c.at - datetime(2024, 1, 1, tzinfo=UTC)) / 0).total_seconds(),
    "durations by zero": lambda c: (c.at - datetime(2024, 1, 1, tzinfo=UTC)) // timedelta(0),
    "hex of an address": lambda c: c.address.hex,
    "microseconds of a duration": lambda c: c.at + timedelta(microseconds=c.n),
    "duration of a text": lambda c: c.at + timedelta(hours=c.text),
    "isinstance of what is unknown": lambda c: isinstance(c.wait, int),
    "isinstance of twins": lambda c: isinstance(c.twins, Twin),
    "isinstance of a computed class": lambda c: isinstance(c.n, c.m),
    "item grown": item_grown,
    "computed keywords": lambda c: two(**c.counts),
    "walrus of the time": lambda c: [(t := datetime.now(UTC)), t],
    "minus text": lambda c: -c.text,
}  # fmt: skip
