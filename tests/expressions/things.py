"""Things: types that are rare, names that JSONata reads otherwise, classes with operators of their own."""
# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false
# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false, reportTypedDictNotRequiredAccess=false, reportReturnType=false
# pyright: reportUndefinedVariable=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, IntFlag, StrEnum
from ipaddress import IPv4Address
from pathlib import PurePosixPath
from typing import Annotated, Dict, List, Literal, NamedTuple, NewType, Optional, Tuple, TypeVar, Union

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveFloat,
    computed_field,
)
from typing_extensions import NotRequired, TypeAliasType, TypedDict

UserId = NewType("UserId", int)
Name = Annotated[str, Field(min_length=1, max_length=40)]
Money = Annotated[float, Field(ge=0)]
Json = TypeAliasType("Json", "dict[str, int | str | None]")
N = TypeVar("N", bound=int)


class Dup(StrEnum):
    A = "a"
    B = "b"
    ALSO_A = "a"


class Perm(IntFlag):
    R = 4
    W = 2


class Size(IntEnum):
    S = 1
    L = 9


class Neg(IntEnum):
    MINUS = -1
    ZERO = 0


class Fl(Enum):
    HALF = 0.5
    ONE = 1.0


class Yes(Enum):
    ON = True
    OFF = False


class Rank(str, Enum):
    LOW = "low"
    HIGH = "high"

    def __lt__(self, other: object) -> bool:
        return self is Rank.LOW and other is Rank.HIGH

    def __ge__(self, other: Rank) -> bool:
        return not self < other


class Pure(Enum):
    A = 1
    B = 2

    def __gt__(self, other: Pure) -> bool:
        return self.value > other.value


class Bag(NamedTuple):
    n: int
    m: int

    def __len__(self) -> int:
        return self.n

    def __bool__(self) -> bool:
        return self.n > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bag) and self.n == other.n

    def __str__(self) -> str:
        return f"<{self.n}>"

    def __add__(self, other: Bag) -> Bag:
        return Bag(self.n + other.n, 0)


class Base(BaseModel):
    id: UserId
    at: AwareDatetime = datetime(2024, 1, 1, tzinfo=UTC)

    @property
    def tag(self) -> str:
        return f"#{self.id}"

    def describe(self) -> str:
        return f"{type(self).__name__}" if False else f"base {self.tag}"


class Mid(Base):
    name: Name = "n"

    def describe(self) -> str:
        return f"mid {self.name} {super().describe()}" if False else f"mid {self.name}"


class Leaf(Mid):
    kind: Literal["leaf"] = "leaf"
    extra_n: int = Field(default=0, alias="extra-n")
    model_config = ConfigDict(populate_by_name=True)


class Stem(Mid):
    kind: Literal["stem"] = "stem"
    leaves: list[Leaf] = []


class Range(NamedTuple):
    lo: int
    hi: Optional[int] = None

    def __contains__(self, x: object) -> bool:
        return isinstance(x, int) and self.lo <= x <= (self.hi if self.hi is not None else x)

    @property
    def size(self) -> int:
        return (self.hi or self.lo) - self.lo


@dataclass(order=True)
class Ver:
    major: int
    minor: int = 0
    _: KW_ONLY
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    def bump(self) -> Ver:
        return Ver(self.major, self.minor + 1, label=self.label)


class Opts(TypedDict):
    and_: NotRequired[str]
    retry: NotRequired[Dict[str, int]]
    on: bool
    level: Literal[1, 2] | None


class Odd(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    and_: str = Field(default="x", alias="and")
    in_: int = Field(default=1, alias="in")
    or_list: List[int] = Field(default=[], alias="or")
    true: bool = False
    null: str | None = None
    function: str = "f"
    dotted: str = Field(default="d", alias="a.b")
    spaced: int = Field(default=3, alias="x y")
    dollar: str = Field(default="$", alias="$ref")
    num: int = Field(default=7, alias="1st")
    uni: str = Field(default="ü", alias="größe")
    quoted: str = Field(default="q", alias='a"b')


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int = 1


class Thing(BaseModel):
    rank: Rank = Rank.LOW
    pure: Pure = Pure.A
    ranks: list[Rank] = [Rank.HIGH, Rank.LOW]
    bag: Bag = Bag(0, 1)
    uid: UserId = UserId(5)
    name: Name = "thing"
    price: Money = 2.5
    count: NonNegativeInt = 3
    ratio: PositiveFloat = 0.5
    dup: Dup = Dup.A
    size: Size = Size.L
    neg: Neg = Neg.ZERO
    fl: Fl = Fl.HALF
    yes: Yes = Yes.ON
    lit: Literal[True] = True
    lit_none: Literal["a", None] = None
    lit_mixed: Literal[1, "one", None] = 1
    json_: Json = {}
    seq: Sequence[int] = []
    maps: Mapping[str, Sequence[str]] = {}
    tup: Tuple[int, ...] = ()
    frozen: frozenset[str] = frozenset()
    old: Optional[List[Dict[str, float]]] = None
    union: Union[int, List[int], None] = None
    leaf: Leaf = Leaf(id=UserId(1))
    part: Annotated[Union[Leaf, Stem], Field(discriminator="kind")] = Stem(id=UserId(2))
    parts: Dict[str, Annotated[Union[Leaf, Stem], Field(discriminator="kind")]] = {}
    rng: Range = Range(1)
    rngs: list[Range] = []
    opt_rng: Range | None = None
    ver: Ver = Ver(1)
    vers: list[Ver] = []
    opts: Opts = {"on": True, "level": None}
    odd: Odd = Odd()
    loose: Loose = Loose()
    clock: time = time(8, 30)
    ip: IPv4Address = IPv4Address("10.0.0.1")
    path: PurePosixPath = PurePosixPath("/a/b")
    day: Optional[date] = None
    span: Optional[Tuple[datetime, datetime]] = None
    spans: list[tuple[date, date]] = []
    dec: Optional[Decimal] = None
    deep: dict[str, dict[str, list[dict[str, int]]]] = {}
    opt_deep: Optional[dict[str, Optional[list[Optional[int]]]]] = None

    @computed_field
    @property
    def double(self) -> int:
        return self.count * 2


def things() -> t.Iterator[Thing]:
    d = datetime(2024, 2, 29, 12, tzinfo=UTC)
    yield Thing()
    yield Thing(
        rank=Rank.HIGH,
        pure=Pure.B,
        bag=Bag(2, 3),
        uid=UserId(-1),
        name="é.x",
        price=0.0,
        count=0,
        ratio=1.5,
        dup=Dup.B,
        size=Size.S,
        neg=Neg.MINUS,
        fl=Fl.ONE,
        yes=Yes.OFF,
        lit_none="a",
        lit_mixed="one",
        json_={"k": 1, "s": "t", "n": None},
        seq=[3],
        maps={"m": ["x"]},
        tup=(7,),
        frozen=frozenset({"f"}),
        old=[{"a": 1.5}],
        union=4,
        leaf=Leaf(id=UserId(9), name="l", extra_n=4),
        part=Leaf(id=UserId(3)),
        parts={"p": Leaf(id=UserId(4))},
        rng=Range(0, 5),
        rngs=[Range(2)],
        opt_rng=Range(0, 0),
        ver=Ver(2, 3, label="x"),
        vers=[Ver(1, 1)],
        opts={"on": False, "level": 2, "and_": "z", "retry": {"n": 1}},
        odd=Odd(
            and_="A",
            in_=2,
            or_list=[5],
            true=True,
            null="n",
            function="g",
            dotted="D",
            spaced=0,
            dollar="s",
            num=1,
            uni="u",
            quoted="Q",
        ),
        loose=Loose(a=2),
        day=date(2024, 2, 29),
        span=(d, d + timedelta(hours=5)),
        spans=[(date(2024, 1, 1), date(2024, 1, 31))],
        dec=Decimal("1.10"),
        deep={"a": {"b": [{"c": 1}]}},
        opt_deep={"x": [None]},
    )
    yield Thing(
        count=12,
        json_={"s": "", "k": 0},
        seq=[1, 2, 3],
        maps={"m": [], "n": ["a", "b"]},
        tup=(1, 2),
        frozen=frozenset({"a", "b"}),
        old=[],
        union=[1],
        part=Stem(id=UserId(2), leaves=[Leaf(id=UserId(8)), Leaf(id=UserId(7), extra_n=1)]),
        parts={"a": Stem(id=UserId(1)), "b": Leaf(id=UserId(2))},
        rngs=[Range(1, 2), Range(5, None), Range(0, 9)],
        vers=[Ver(1, 2), Ver(1, 0, label="a"), Ver(0, 9)],
        opts={"on": True, "level": 1, "retry": {}},
        spans=[(date(2024, 1, 1), date(2024, 1, 2)), (date(2023, 1, 1), date(2024, 1, 1))],
        deep={"a": {}, "z": {"b": [], "q": [{}, {"c": 2, "d": 3}]}},
        opt_deep={"x": None, "y": [1, None, 2], "z": []},
        odd=Odd(or_list=[1, 2]),
    )
