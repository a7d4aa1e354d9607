"""Models and values on which the expressions of these tests are compiled and compared: a cold chain's shipments.

Between them they have every type that the language reads: dataclasses, TypedDicts, NamedTuples, enums, Literals,
datetimes and dates, Decimal, UUID, generic and nested models, tagged and untagged unions, aliases, limits, RootModels.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, NotRequired, TypeVar

from pydantic import BaseModel, ConfigDict, Field, NaiveDatetime, RootModel, computed_field, field_validator
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

T = TypeVar("T")
ShipmentId = NewType("ShipmentId", str)


class State(StrEnum):
    PLANNED = "planned"
    MOVING = "moving"
    DONE = "done"

    @property
    def open(self) -> bool:
        return self is not State.DONE

    def label(self, mark: str) -> str:
        return mark + self.value


class Grade(str, Enum):  # noqa: UP042
    A = "a"
    B = "b"


class Shade(Enum):
    DARK = "dark"
    LIGHT = "light"


class Level(IntEnum):
    LOW = 1
    MID = 5
    HIGH = 10


class Mixed(Enum):
    ONE = 1
    TWO = "two"


class Position(NamedTuple):
    lat: float
    lon: float
    name: str | None = None

    @property
    def north(self) -> bool:
        return self.lat > 0


class Limits(TypedDict):
    low: float
    high: float
    note: NotRequired[str]
    step: NotRequired[int | None]


@dataclass
class Size:
    width: int
    height: int = 2
    tags: list[str] = field(default_factory=list)

    @property
    def area(self) -> int:
        return self.width * self.height

    def scaled(self, by: int) -> Size:
        return Size(self.width * by, self.height * by)


@dataclass
class Pair(Generic[T]):
    first: T
    second: T | None = None


class Page(BaseModel, Generic[T]):
    items: list[T] = []
    next: str | None = None


class Labels(RootModel[dict[str, str]]):
    def has(self, name: str) -> bool:
        return name in self.root


class Codes(RootModel[list[int]]):
    pass


class Opened(BaseModel):
    type: Literal["opened"] = "opened"
    by: str
    at: datetime


class Dropped(BaseModel):
    type: Literal["dropped"] = "dropped"
    g: float
    harm: bool = False


class Scanned(BaseModel):
    type: Literal["scanned"] = "scanned"
    by: str | None = None


class Cat(BaseModel):
    lives: int
    name: str


class Dog(BaseModel):
    barks: bool
    name: str


class Parcel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    parcel_id: str
    net_weight: float = 1.0
    size: Size | None = None
    tags: list[str] = []
    fragile: bool = False
    due_date: date | None = None


class Aliased(BaseModel):
    code: str = Field(alias="Code")
    count: int = Field(default=0, serialization_alias="N", validation_alias="n")


class Bounded(BaseModel):
    n: int = Field(default=1, ge=0, le=100)
    ratio: float = Field(default=0.5, gt=0, lt=1)
    code: str = Field(default="ab", min_length=2, max_length=4)
    many: list[int] = Field(default=[], max_length=3)
    maybe: Annotated[int, Field(ge=0)] | None = None


class Patterned(BaseModel):
    code: str = Field(pattern="^[a-z]+$")
    even: int = Field(default=2, multiple_of=2)
    names: list[Annotated[str, Field(min_length=1)]] = []


class Checked(BaseModel):
    code: str

    @field_validator("code")
    @classmethod
    def lower(cls, v: str) -> str:
        return v.lower()


class Computed(BaseModel):
    n: int = 1

    @computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> int:
        return self.n * 2


class Hiding(BaseModel):
    seen: str
    hidden: str = Field(default="x", exclude=True)


class Sub(Cat):
    color: str


class Holder(BaseModel):
    cat: Cat


class Node(BaseModel):
    name: str
    child: Node | None = None


class Shipment(BaseModel):
    id: ShipmentId
    title: str | None = None
    celsius: float
    count: int = 0
    maybe_count: int | None = None
    state: State = State.PLANNED
    maybe_state: State | None = None
    grade: Grade = Grade.A
    shade: Shade = Shade.DARK
    level: Level = Level.LOW
    mixed: Mixed = Mixed.ONE
    mode: Literal["auto", "manual", "off"] = "auto"
    number: Literal[1, 2, 3] = 1
    moving: Literal[State.MOVING, State.DONE] = State.MOVING
    at: datetime
    seen: datetime | None = None
    local: NaiveDatetime = datetime(2024, 1, 1, 12, 30)
    day: date = date(2024, 2, 28)
    maybe_day: date | None = None
    wait: timedelta = timedelta(minutes=5)
    price: Decimal = Decimal("1.50")
    key: uuid.UUID = uuid.UUID(int=1)
    position: Position = Position(1.0, 2.0)
    limits: Limits = {"low": 0.0, "high": 1.0}
    size: Size = Size(3)
    maybe_size: Size | None = None
    pair: Pair[int] = Pair(1)
    page: Page[Parcel] = Page[Parcel]()
    parcels: list[Parcel] = []
    maybe_parcels: list[Parcel] | None = None
    labels: Labels = Labels({})
    codes: Codes = Codes([])
    event: Opened | Dropped | Scanned = Dropped(g=1.0)
    maybe_event: Opened | Dropped | None = None
    animal: Cat | Dog = Dog(barks=True, name="d")
    value: int | str | None = None
    anything: Any = None
    by_state: dict[State, int] = {}
    by_number: dict[int, str] = {}
    counts: dict[str, int] = {}
    texts: dict[str, str | None] = {}
    names: list[str] = []
    numbers: list[int] = []
    floats: list[float] = []
    maybes: list[int | None] = []
    flags: list[bool] = []
    states: list[State] = []
    times: list[datetime] = []
    days: list[date] = []
    positions: list[Position] = []
    rows: list[list[int]] = []
    events: list[Opened | Dropped | Scanned] = []
    tree: Node = Node(name="root")
    span: tuple[int, int] = (1, 2)
    spans: list[tuple[str, int]] = []
    unique: set[str] = set()
    bounded: Bounded = Bounded()
    flag: bool = False
    maybe_flag: bool | None = None
    hiding: Hiding = Hiding(seen="s")

    @property
    def warm(self) -> bool:
        return self.celsius > 8

    @property
    def heaviest(self) -> Parcel | None:
        return max(self.parcels, key=lambda p: p.net_weight, default=None)

    def over(self, limit: float, *, strict: bool = True) -> bool:
        return self.celsius > limit if strict else self.celsius >= limit

    @classmethod
    def unit(cls) -> str:
        return "C"

    @staticmethod
    def twice(x: float) -> float:
        return x * 2


def shipments() -> Iterator[Shipment]:
    """Values with every kind of edge: empty, one, several; None and not; zero and negative."""
    p1 = Parcel(parcel_id="P-1", net_weight=2.5, size=Size(2, 3, ["x"]), tags=["a"], due_date=date(2024, 3, 1))
    p2 = Parcel(parcel_id="p/2", net_weight=-1.0, fragile=True)
    p3 = Parcel(parcel_id="P-3", net_weight=2.5, tags=["a", "b"], due_date=date(2024, 2, 29))
    opened = Opened(by="ann", at=datetime(2024, 5, 1, 10, tzinfo=UTC))
    yield Shipment(id=ShipmentId("s-1"), celsius=4.0, at=datetime(2024, 5, 1, 10, 30, 15, tzinfo=UTC))
    yield Shipment(
        id=ShipmentId("S-é-2"),
        title="Milk",
        celsius=-3.5,
        count=3,
        maybe_count=0,
        state=State.MOVING,
        maybe_state=State.DONE,
        grade=Grade.B,
        shade=Shade.LIGHT,
        level=Level.HIGH,
        mixed=Mixed.TWO,
        mode="manual",
        number=2,
        moving=State.DONE,
        at=datetime(2024, 2, 29, 23, 59, 59, 500000, tzinfo=UTC),
        seen=datetime(2024, 2, 29, tzinfo=UTC),
        local=datetime(2024, 2, 29, 1, 2, 3),
        day=date(2024, 2, 29),
        maybe_day=date(2023, 12, 31),
        wait=timedelta(days=1, seconds=3),
        price=Decimal("0.00"),
        key=uuid.UUID(int=255),
        position=Position(-1.5, 0.0, "x"),
        limits={"low": -1.0, "high": 8.0, "note": "n"},
        size=Size(0, 5, ["a"]),
        maybe_size=Size(4),
        pair=Pair(2, 3),
        page=Page[Parcel](items=[p1], next="n"),
        parcels=[p1],
        maybe_parcels=[p1],
        labels=Labels({"a": "b"}),
        codes=Codes([7]),
        event=opened,
        maybe_event=opened,
        animal=Cat(lives=9, name="c"),
        value="x",
        anything={"a": [1]},
        by_state={State.DONE: 2},
        by_number={1: "one"},
        counts={"a": 1},
        texts={"a": None},
        names=["bob"],
        numbers=[3],
        floats=[1.5],
        maybes=[None],
        flags=[True],
        states=[State.DONE],
        times=[datetime(2024, 5, 1, tzinfo=UTC)],
        days=[date(2024, 5, 1)],
        positions=[Position(1.0, 2.0, "p")],
        rows=[[1, 2]],
        events=[opened],
        tree=Node(name="r", child=Node(name="c")),
        span=(0, -1),
        spans=[("a", 1)],
        unique={"u"},
        bounded=Bounded(n=100, ratio=0.25, code="abcd", many=[1, 2, 3], maybe=0),
        flag=True,
        maybe_flag=False,
    )
    yield Shipment(
        id=ShipmentId(""),
        title="",
        celsius=8.0,
        count=-2,
        maybe_count=55,
        state=State.DONE,
        maybe_state=State.PLANNED,
        level=Level.MID,
        mode="off",
        number=3,
        at=datetime(1999, 12, 31, tzinfo=timezone(timedelta(hours=2))),
        seen=datetime(1999, 12, 30, 22, tzinfo=UTC),
        day=date(1999, 12, 31),
        maybe_day=date(2024, 1, 1),
        price=Decimal("-12.30"),
        position=Position(0.0, -7.25),
        limits={"low": 1.0, "high": 1.0, "step": 4},
        maybe_size=Size(1, 1, []),
        pair=Pair(0),
        page=Page[Parcel](items=[p1, p2]),
        parcels=[p1, p2, p3],
        maybe_parcels=[],
        labels=Labels({"x": "", "y": "z"}),
        codes=Codes([1, 2]),
        event=Scanned(),
        maybe_event=Dropped(g=-1.0, harm=True),
        value=0,
        by_state={State.PLANNED: 0, State.DONE: 5},
        by_number={10: "ten", -1: ""},
        counts={"a": 0, "b": 5},
        texts={"a": "", "b": "t"},
        names=["Zoe", "al", "Bob"],
        numbers=[3, 1, 2, 1],
        floats=[2.5, -0.5],
        maybes=[0, None, 4],
        flags=[False, True],
        states=[State.MOVING, State.PLANNED],
        times=[datetime(2024, 5, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=timezone(timedelta(hours=-5)))],
        days=[date(2024, 5, 1), date(2023, 1, 1)],
        positions=[Position(1.0, 2.0), Position(0.5, 9.0, "")],
        rows=[[1], [], [2, 3]],
        events=[Dropped(g=2.0), Scanned(by="eve"), opened],
        tree=Node(name="", child=Node(name="c", child=Node(name="d"))),
        span=(5, 5),
        spans=[("a", 1), ("b", -2)],
        unique={"p", "q"},
        bounded=Bounded(n=0, ratio=0.75, code="xyz", many=[9]),
        flag=True,
        maybe_flag=True,
    )
    yield Shipment(
        id=ShipmentId("a/b/c"),
        title=" x'y\"z\\ ",
        celsius=99.95,
        count=100,
        maybe_count=-7,
        at=datetime(2030, 1, 1, tzinfo=UTC),
        parcels=[p2, p3],
        page=Page[Parcel](items=[], next=""),
        event=Scanned(by="eve"),
        names=["only"],
        numbers=[0],
        rows=[[]],
        maybes=[],
        spans=[("q", 0)],
        counts={"auto": 3, "": 2},
        texts={"k": None, "a": "v"},
        value=7,
        flags=[False],
        positions=[],
        day=date(2024, 3, 31),
        anything=[1, None],
        limits={"low": 5.0, "high": 2.0, "note": ""},
    )
