# mypy: ignore-errors
# pyright: basic, reportCallIssue=false
"""Models of a second domain, orders: aliases, generics, tagged unions, tuples, nested dicts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum, auto
from functools import cached_property
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, NotRequired, Required, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

T = TypeVar("T")
K = TypeVar("K")


class Status(StrEnum):
    NEW = auto()
    PAID = auto()
    SHIPPED = auto()
    LOST = "lost.for.good"

    @property
    def final(self) -> bool:
        return self in (Status.SHIPPED, Status.LOST)

    @classmethod
    def opened(cls) -> list[Status]:
        return [cls.NEW, cls.PAID]


class Prio(IntEnum):
    LOW = 0
    MID = 1
    HIGH = 2


class Hue(Enum):
    RED = 1
    GREEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    amount: float
    currency: Literal["EUR", "USD"] = "EUR"

    def __add__(self, other: Money) -> Money:
        return Money(amount=self.amount + other.amount, currency=self.currency)

    @property
    def cents(self) -> int:
        return round(self.amount * 100)


@dataclass
class Address:
    street: str
    city: str
    zip: str | None = None
    geo: tuple[float, float] | None = None
    LAND: ClassVar[str] = "DE"


@dataclass
class Depot(Address):
    docks: int = 1


class Contact(TypedDict, total=False):
    email: Required[str]
    phone: str
    tags: list[str]


class Meta(TypedDict):
    source: str
    retries: int
    contact: NotRequired[Contact]


class Coord(NamedTuple):
    lat: float
    lon: float
    alt: float = 0.0


class Line(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    product_code: str
    unit_price: float
    quantity: int = 1
    discount_pct: float | None = None
    attributes: dict[str, str] = {}
    notes: list[str] = []
    status: Status = Status.NEW
    shipped_at: datetime | None = None

    @property
    def gross(self) -> float:
        return self.unit_price * self.quantity

    @property
    def net(self) -> float:
        return self.gross * (1 - (self.discount_pct or 0.0) / 100)

    @cached_property
    def code_parts(self) -> list[str]:
        return self.product_code.split("-")


class Card(BaseModel):
    kind: Literal["card"] = "card"
    last4: str
    expires: date | None = None


class Bank(BaseModel):
    kind: Literal["bank"] = "bank"
    iban: str
    bic: str | None = None


class Cash(BaseModel):
    kind: Literal["cash"] = "cash"
    given: float


Payment = Annotated[Card | Bank | Cash, Field(discriminator="kind")]


class Box(BaseModel, Generic[T]):
    value: T
    history: list[T] = []
    by: dict[str, T] = {}

    @property
    def latest(self) -> T:
        return self.history[-1] if self.history else self.value


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


class Order(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    order_no: str = Field(alias="orderNo")
    customer: str
    note: str | None = None
    total: float = 0.0
    tax: float | None = None
    count: int = 0
    big: int = 0
    retries: int | None = None
    bits: int = 0
    status: Status = Status.NEW
    previous: Status | None = None
    prio: Prio = Prio.LOW
    hue: Hue = Hue.RED
    channel: Literal["web", "shop", "phone"] = "web"
    opt_channel: Literal["web", "shop"] | None = None
    rank: Literal[0, 1, 2] = 0
    vip: bool = False
    gift: bool | None = None
    created: datetime
    paid: datetime | None = None
    due: date = date(2024, 5, 31)
    delivered: date | None = None
    price: Decimal = Decimal("10.00")
    ref: uuid.UUID = uuid.UUID(int=5)
    money: Money = Money(amount=1.5)
    refund: Money | None = None
    address: Address = Address("s", "c")
    billing: Address | None = None
    depot: Depot = Depot("d", "c")
    contact: Contact = {"email": "a@b.c"}
    meta: Meta = {"source": "x", "retries": 0}
    coord: Coord = Coord(1.0, 2.0)
    route: list[Coord] = []
    lines: list[Line] = []
    extra: list[Line] | None = None
    payment: Payment = Cash(given=1.0)
    payments: list[Payment] = []
    box: Box[int] = Box[int](value=1)
    lbox: Box[Line] | None = None
    tree: Tree = Tree(name="root")
    labels: dict[str, str] = {}
    stock: dict[str, int] = {}
    weights: dict[str, float] = {}
    groups: dict[str, list[int]] = {}
    nested: dict[str, dict[str, int]] = {}
    per_status: dict[Status, int] = {}
    by_line: dict[str, Line] = {}
    opt_labels: dict[str, str] | None = None
    payload: dict[str, Any] = {}
    tags: list[str] = []
    nums: list[int] = []
    vals: list[float] = []
    opts: list[float | None] = []
    opt_texts: list[str | None] = []
    matrix: list[list[float]] = []
    flags: list[bool] = []
    stamps: list[datetime] = []
    pairs: list[tuple[str, int]] = []
    mixed: list[int | str] = []
    statuses: list[Status] = []
    span: tuple[int, int] = (0, 1)
    uniq: set[str] = set()
    key: int | str = 1
    maybe: float | str | None = None
    anything: Any = None

    @property
    def open_lines(self) -> list[Line]:
        return [x for x in self.lines if not x.status.final]

    @property
    def biggest(self) -> Line | None:
        if not self.lines:
            return None
        return max(self.lines, key=lambda line: line.gross)

    def with_tax(self, rate: float = 0.19) -> float:
        return self.total * (1 + rate)

    def find(self, code: str) -> Line | None:
        return next((x for x in self.lines if x.product_code == code), None)
