"""Models and handlers that the tests of the language share. Types only: nothing here runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel


class Raw(BaseModel):
    messageId: str
    body: str


class Reading(BaseModel):
    id: str
    device_id: str
    celsius: float


class Summary(BaseModel):
    text: str


class Device(BaseModel):
    device_id: str
    low: float
    high: float
    armed: bool = True


class Enriched(BaseModel):
    reading: Reading
    summary: Summary
    device: Device | None


class Known(BaseModel):
    reading: Reading
    device: Device


class Item(BaseModel):
    id: str
    celsius: float
    alert: Literal["none", "pending", "sent"]


class Rejected(BaseModel):
    id: str
    why: str


class Done(BaseModel):
    id: str
    outcome: Literal["stored", "quarantined"]


class Failed(BaseModel):
    id: str
    error: str
    outcome: Literal["failed"] = "failed"


class Batch(BaseModel):
    items: list[Raw]


class Job(BaseModel):
    id: str
    delay: int = 5


class Status(BaseModel):
    id: str
    state: str


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass
class Point:
    x: float
    y: float | None


class Everything(BaseModel):
    """One field of each kind that a table can hold."""

    id: str
    count: int
    ratio: float
    flag: bool
    color: Color
    level: Level
    mode: Literal["a", "b"]
    at: datetime
    maybe: str | None
    size: int | None = 7
    note: str = "none"
    words: list[str]
    matrix: list[list[int]]
    point: Point
    points: list[Point]
    by_name: dict[str, float]
    pair: tuple[str, int]
    tags: set[str]
    primes: set[int]
    gaps: list[int | None]
    price: Decimal
    serial: UUID
    refund: Decimal | None = None


class Bad(Exception):
    """The parent of two errors."""


class Worse(Bad):
    """A subclass, which AWS knows nothing of."""


class Exists(Exception):
    pass


def validate(raw: Raw) -> Reading:
    raise NotImplementedError


def summarize(reading: Reading) -> Summary:
    raise NotImplementedError


def look_up(reading: Reading) -> Device | None:
    raise NotImplementedError


def store(enriched: Enriched) -> Enriched:
    raise NotImplementedError


def alert(known: Known) -> Done:
    raise NotImplementedError


def fine(known: Known) -> Done:
    raise NotImplementedError


def quarantine(rejected: Rejected) -> Done:
    raise NotImplementedError


def start(job: Job) -> Job:
    raise NotImplementedError


def poll(job: Job) -> Status:
    raise NotImplementedError


def with_context(job: Job, context: Any = None) -> Job:
    raise NotImplementedError
