# ruff: noqa
"""Expressions over a Shipment, as a user would write them: EQUAL have to be compiled and mean the same as Python."""

# mypy: disable-error-code="no-untyped-def,no-any-return,no-untyped-call,comparison-overlap,operator,arg-type"
from __future__ import annotations

import dataclasses
import functools
import itertools
import math
import operator
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from .models import (
    Bounded,
    Cat,
    Codes,
    Computed,
    Dog,
    Dropped,
    Grade,
    Hiding,
    Labels,
    Level,
    Limits,
    Mixed,
    Node,
    Opened,
    Page,
    Pair,
    Parcel,
    Position,
    Scanned,
    Shade,
    Shipment,
    Size,
    State,
)

LIMIT = 8.0
WORDS = {State.PLANNED: "soon", State.MOVING: "now", State.DONE: "past"}
RANKS = {"auto": 1, "manual": 2}
START = datetime(2024, 1, 1, tzinfo=UTC)
FIRST = date(2024, 1, 1)
HALF = Size(5)


def event_text(s: Shipment) -> str:
    match s.event:
        case Opened(by=who):
            return f"opened by {who}"
        case Dropped(g=g, harm=True) if g > 1:
            return "broken"
        case Dropped() as d:
            return f"dropped {d.g:.1f}"
        case Scanned():
            return "scanned"


def by_class(s: Shipment) -> float:
    if isinstance(s.event, Dropped):
        return s.event.g
    if isinstance(s.event, Opened):
        return len(s.event.by)
    return -1.0


def value_text(s: Shipment) -> str:
    match s.value:
        case None:
            return "none"
        case str() as t:
            return t.upper()
        case int():
            return "number"


def match_state(s: Shipment) -> int:
    match s.state:
        case State.PLANNED | State.MOVING:
            out = 1
        case _:
            out = 2
    return out + s.count


def match_capture(s: Shipment) -> int:
    match s.maybe_count:
        case None:
            return 0
        case n if n > 10:
            return n
        case n:
            return -n


def summary(s: Shipment) -> dict[str, Any]:
    heavy = [p for p in s.parcels if p.net_weight > 1]
    total = sum(p.net_weight for p in heavy)
    mean = total / len(heavy) if heavy else None
    return {"n": len(heavy), "mean": mean, "ids": [p.parcel_id for p in heavy]}


def guard(s: Shipment) -> str:
    if not s.parcels:
        return "empty"
    first = s.parcels[0]
    if first.size is None:
        return first.parcel_id
    return f"{first.parcel_id}: {first.size.area}"


def clamp(x: float, low: float, high: float) -> float:
    return max(low, min(x, high))


def nested_calls(s: Shipment) -> float:
    def scaled(x: float, by: float = 2.0) -> float:
        return clamp(x * by, -10, 10)

    return scaled(s.celsius) + scaled(s.count, by=3)


def several_ways(s: Shipment) -> str:
    if s.flag:
        word = "f"
        if s.celsius > 50:
            return "hot"
    elif s.maybe_flag:
        word = "m"
    else:
        word = "-"
    n = s.count + 1
    return f"{word}{n}"


def counting(s: Shipment) -> int:
    n = 0
    if s.title:
        n += 1
    if s.maybe_count is not None:
        n += s.maybe_count
    if s.flag and s.parcels:
        n *= 2
    return n


def shadowing(s: Shipment) -> list[str]:
    all_p = "outer"
    return [f"{all_p}{t}" for p in s.parcels for t in p.tags] + [all_p]


def local_names(s: Shipment) -> list[Any]:
    got = s.title
    x = s.count + 1
    x2 = x * x
    x3 = x2 + x2
    return [got, x2, x3 + x3]


def match_pair(s: Shipment) -> str:
    match (s.mode, s.flag, s.title):
        case ("auto", True, _):
            return "on"
        case (_, _, None):
            return "untitled"
        case ("off" | "manual", _, str() as t) if t:
            return t.upper()
        case _:
            return "other"


def grown(s: Shipment) -> list[str]:
    out = []
    if s.title:
        out += [s.title]
    found = sorted(s.names)
    found += ["z"]
    return out + found


def named_like_functions(s: Shipment) -> list[Any]:
    count = len(s.names) + 1
    string = f"{s.id}!"
    now = sum(s.numbers) + count
    return [
        count * count + now + now,
        string + str(now) + string,
        [join + "," for join in s.names],
        max(s.numbers, default=count),
    ]


def chained(s: Shipment) -> str:
    text: str = s.id
    text = text.strip()
    text = text.replace("-", "_").lower()
    return text[:8] if len(text) > 8 else text


def early_none(s: Shipment) -> str | None:
    if s.maybe_size is None:
        return None
    if s.maybe_size.tags == []:
        return "no tags"
    return ",".join(s.maybe_size.tags)


def parts(p: Position) -> tuple[float, float]:
    return p.lat, p.lon


def unpacking(s: Shipment) -> float:
    lat, lon, _ = s.position
    low, high = s.span
    return lat + lon + low - high


class Threshold:
    margin = 1.0

    def __init__(self, limit: float) -> None:
        self.limit = limit

    def __call__(self, s: Shipment) -> bool:
        return s.celsius > self.limit + self.margin

    def explain(self, s: Shipment) -> str:
        return "over" if self(s) else "under"


EQUAL: dict[str, Callable[[Shipment], object]] = {
    # ---------------------------------------------------------------- enums
    "StrEnum is": lambda s: s.state is State.MOVING,
    "StrEnum ==": lambda s: s.state == State.DONE or s.state == "moving",
    "StrEnum in": lambda s: s.state in (State.PLANNED, State.DONE),
    "StrEnum in set": lambda s: s.state in {State.PLANNED, State.DONE},
    "StrEnum text": lambda s: f"{s.state}!" + s.state + str(s.state),
    "StrEnum upper": lambda s: s.state.upper(),
    "StrEnum value and name": lambda s: [s.state.value, s.state.name, s.state.name.lower()],
    "enum property": lambda s: s.state.open,
    "enum method": lambda s: s.state.label("> "),
    "str enum text": lambda s: [f"{s.grade}", str(s.grade), s.grade.value],
    "str enum or text": lambda s: s.grade.value if s.flag else "other",
    "plain enum": lambda s: s.shade == Shade.DARK,
    "plain enum value": lambda s: s.shade.value + "!",
    "plain enum is not": lambda s: s.shade is not Shade.LIGHT,
    "int enum order": lambda s: [s.level > Level.LOW, s.level >= 5, s.level + 1, max(s.level, Level.MID)],
    "int enum name": lambda s: s.level.name,
    "int enum text": lambda s: f"{s.level}",
    "mixed enum": lambda s: s.mixed is Mixed.TWO,
    "mixed enum value": lambda s: s.mixed.value,
    "optional enum": lambda s: s.maybe_state is State.DONE,
    "optional enum !=": lambda s: s.maybe_state != State.DONE,
    "optional enum in": lambda s: s.maybe_state in (State.DONE, None),
    "optional enum value": lambda s: s.maybe_state.value if s.maybe_state else "none",
    "optional enum name": lambda s: s.maybe_state.name if s.maybe_state is not None else None,
    "enum table": lambda s: WORDS[s.state],
    "enum table of optional": lambda s: WORDS[s.maybe_state] if s.maybe_state else "-",
    "enum table get": lambda s: WORDS.get(s.state, "?"),
    "Literal table": lambda s: RANKS.get(s.mode, 0),
    "Literal table in": lambda s: RANKS[s.mode] if s.mode in RANKS else -1,
    "Literal narrowed by in": lambda s: RANKS[s.mode] if s.mode in ("auto", "manual") else -1,
    "Literal narrowed by !=": lambda s: RANKS[s.mode] if s.mode != "off" else -1,
    "all enum values": lambda s: [x.value for x in State],
    "enum comprehension": lambda s: [x for x in State if x != s.state],
    "Literal of enum": lambda s: s.moving is State.DONE,
    "Literal of enum value": lambda s: s.moving.value,
    "Literal numbers": lambda s: s.number + 1 if s.number != 3 else 0,
    "Literal number text": lambda s: f"{s.number}",
    "enum chosen": lambda s: State.DONE if s.flag else s.state,
    "enum list in": lambda s: State.DONE in s.states,
    "enum list values": lambda s: [x.value for x in s.states if x is not State.DONE],
    "enum list joined": lambda s: ",".join(s.states),
    "enum sorted": lambda s: sorted(s.states),
    "enum by call": lambda s: s.state == State("done"),
    "enum by name": lambda s: s.state == State["DONE"],
    # ---------------------------------------------------------------- datetimes, dates
    "datetime after constant": lambda s: s.at > START,
    "datetime between": lambda s: START <= s.at < datetime(2025, 1, 1, tzinfo=UTC),
    "datetime minus datetime": lambda s: (s.at - START).total_seconds(),
    "datetime difference in hours": lambda s: (s.at - START) / timedelta(hours=1),
    "datetime days": lambda s: (s.at - START).days,
    "datetime older": lambda s: s.at - START > timedelta(days=30),
    "datetime plus": lambda s: s.at + timedelta(minutes=90) > START,
    "datetime parts": lambda s: [s.at.year, s.at.month, s.at.day, s.at.hour, s.at.minute, s.at.second],
    "datetime strftime": lambda s: s.at.strftime("%Y-%m-%d %H:%M:%S"),
    "datetime isoweekday": lambda s: s.at.isoweekday(),
    "datetime date ==": lambda s: s.at.date() == date(2024, 2, 29),
    "datetime date text": lambda s: s.at.date().isoformat(),
    "datetime timestamp": lambda s: s.at.timestamp() * 1000,
    "datetime in UTC": lambda s: s.at.astimezone(UTC).strftime("%d %H"),
    "computed in UTC": lambda s: (s.at + timedelta(hours=3)).astimezone(UTC).day,
    "datetime list max": lambda s: max(s.times, default=None),
    "datetime list sorted": lambda s: sorted(s.times),
    "datetime list filter": lambda s: [t for t in s.times if t > START],
    "datetime seen ==": lambda s: s.seen is not None and s.seen == s.at,
    "datetime optional order": lambda s: s.seen < s.at if s.seen else None,
    "naive compared": lambda s: s.local > datetime(2024, 2, 1),
    "naive parts": lambda s: s.local.hour * 60 + s.local.minute,
    "naive moved": lambda s: s.local + timedelta(hours=1),
    "naive difference": lambda s: (s.local - datetime(2024, 1, 1)).total_seconds(),
    "date order": lambda s: s.day < date(2024, 3, 1),
    "date equality": lambda s: s.day == date(2024, 2, 29),
    "date optional": lambda s: s.maybe_day is not None and s.maybe_day < s.day,
    "date optional ==": lambda s: s.maybe_day == s.day,
    "date parts": lambda s: [s.day.year, s.day.month, s.day.day, s.day.weekday(), s.day.isoweekday()],
    "date minus date": lambda s: (s.day - FIRST).days,
    "date plus days": lambda s: s.day + timedelta(days=2),
    "date minus days": lambda s: s.day - timedelta(days=30, hours=5),
    "date text": lambda s: f"{s.day:%d.%m.%Y}",
    "date isoformat": lambda s: s.day.isoformat() + "!",
    "date of datetime order": lambda s: s.at.date() > s.day,
    "date list": lambda s: [d.isoformat() for d in sorted(s.days)],
    "date max": lambda s: max(s.days) if s.days else s.day,
    "date in list": lambda s: s.day in s.days,
    "date default": lambda s: s.maybe_day or s.day,
    "timedelta field passed on": lambda s: {"wait": s.wait},
    "timedelta arithmetic": lambda s: (timedelta(minutes=1) * s.count + timedelta(hours=1)).total_seconds(),
    "timedelta halves": lambda s: ((s.at - START) / 2).total_seconds(),
    "timedelta whole hours": lambda s: (s.at - START) // timedelta(hours=1),
    "timedelta absolute": lambda s: abs(START - s.at).total_seconds(),
    "timedelta sum": lambda s: sum((timedelta(minutes=n) for n in s.numbers), timedelta()).total_seconds(),
    "datetime at midnight": lambda s: s.at.replace(hour=0, minute=0, second=0, microsecond=0),
    "datetime parts replaced": lambda s: [s.at.replace(minute=5), s.at.replace(year=2020, month=3, day=4), s.at.replace(tzinfo=UTC)],
    "date first of month": lambda s: s.day.replace(day=1),
    "naive at noon": lambda s: s.local.replace(hour=12, minute=0),
    "timedelta negative": lambda s: -(START - s.at) == s.at - START,
    # ---------------------------------------------------------------- Decimal, UUID, anything
    "Decimal passed on": lambda s: {"price": s.price},
    "Decimal truth": lambda s: "paid" if s.price else "free",
    "Decimal as float": lambda s: float(s.price) > 1.0,
    "Decimal text": lambda s: f"{s.price} EUR " + str(s.price),
    "Decimal constant": lambda s: {"p": Decimal("1.10"), "id": s.id},
    "UUID text": lambda s: str(s.key) + f"{s.key}",
    "UUID passed on": lambda s: [s.key],
    "anything passed on": lambda s: {"x": s.anything},
    "anything is None": lambda s: s.anything is None,
    # ---------------------------------------------------------------- dataclasses, TypedDict, NamedTuple
    "dataclass field": lambda s: s.size.width * s.size.height,
    "dataclass property": lambda s: s.size.area + 1,
    "dataclass built": lambda s: Size(s.count, tags=[s.id]),
    "dataclass built by position": lambda s: Size(s.count, 5),
    "dataclass method": lambda s: s.size.scaled(2),
    "dataclass method chain": lambda s: s.size.scaled(2).area,
    "dataclass replace": lambda s: dataclasses.replace(s.size, width=s.count),
    "dataclass constant": lambda s: HALF.width + s.count,
    "dataclass constant given": lambda s: HALF if s.flag else s.size,
    "dataclass optional": lambda s: s.maybe_size.width if s.maybe_size else 0,
    "dataclass ==": lambda s: s.size == Size(3),
    "dataclass optional ==": lambda s: s.maybe_size == s.size,
    "TypedDict read": lambda s: s.limits["high"] - s.limits["low"],
    "TypedDict in": lambda s: "note" in s.limits,
    "TypedDict guarded": lambda s: s.limits["note"] if "note" in s.limits else "-",
    "TypedDict unguarded raises": lambda s: s.limits["note"],  # pyright: ignore
    "TypedDict get": lambda s: s.limits.get("note"),
    "TypedDict get default": lambda s: s.limits.get("note", "none"),
    "TypedDict get or": lambda s: s.limits.get("step") or 1,
    "TypedDict required get": lambda s: s.limits.get("low", 9.0),
    "TypedDict built": lambda s: Limits(low=s.celsius, high=9.0),
    "TypedDict merged": lambda s: {**s.limits, "high": s.celsius},
    "TypedDict updated": lambda s: s.limits | {"note": s.id},
    "TypedDict updated and read": lambda s: {**s.limits, "high": s.celsius}["high"],
    "TypedDict display": lambda s: {"limits": {"low": s.celsius, "high": 9.0}},
    "NamedTuple field": lambda s: s.position.lat + s.position.lon,
    "NamedTuple optional": lambda s: s.position.name or "nowhere",
    "NamedTuple index": lambda s: s.position[0],
    "NamedTuple property": lambda s: s.position.north,
    "NamedTuple built": lambda s: Position(s.celsius, 1.0),
    "NamedTuple built by name": lambda s: Position(lat=0.0, lon=s.celsius, name=s.title),
    "NamedTuple unpacked": unpacking,
    "NamedTuple helper": lambda s: parts(s.position),
    "NamedTuple replaced": lambda s: s.position._replace(lon=s.celsius),
    "NamedTuple as dict": lambda s: s.position._asdict(),
    "NamedTuple list": lambda s: [p.lat for p in s.positions if p.name is not None],
    "NamedTuple list passed on": lambda s: s.positions,
    "NamedTuple list made": lambda s: [Position(n, 0.0) for n in s.numbers],
    "tuple field": lambda s: s.span[0] + s.span[1],
    "tuple field unpacked": lambda s: [a + b for a, b in [s.span]],
    "tuple pairs": lambda s: {k: v for k, v in s.spans},
    "tuple pairs filter": lambda s: [k for k, v in s.spans if v > 0],
    "tuple passed on": lambda s: s.span,
    # ---------------------------------------------------------------- generics, RootModel, aliases
    "generic dataclass": lambda s: s.pair.first + 1,
    "generic optional": lambda s: s.pair.second if s.pair.second is not None else s.pair.first,
    "generic built": lambda s: Pair[int](s.count),
    "generic model": lambda s: [p.parcel_id for p in s.page.items],
    "generic model next": lambda s: s.page.next is not None,
    "generic model built": lambda s: Page[Parcel](items=s.parcels, next=s.title),
    "RootModel root": lambda s: s.labels.root.get("a", "-"),
    "RootModel method": lambda s: s.labels.has("a"),
    "RootModel list": lambda s: [c + 1 for c in s.codes.root],
    "RootModel sum": lambda s: sum(s.codes.root),
    "RootModel passed on": lambda s: {"l": s.labels, "c": s.codes},
    "RootModel in lists": lambda s: [s.codes, s.labels],
    "RootModel built": lambda s: Codes([s.count, 1]),
    "RootModel built by name": lambda s: Labels(root={"id": s.id}),
    "alias read": lambda s: [p.net_weight for p in s.parcels],
    "alias built by name": lambda s: Parcel(parcel_id=s.id, net_weight=s.celsius),
    "alias built by alias": lambda s: Parcel(parcelId=s.id),  # type: ignore[call-arg]
    "alias passed on": lambda s: s.parcels,
    "alias copy": lambda s: [p.model_copy(update={"net_weight": 1.0}) for p in s.parcels],
    "NewType": lambda s: s.id.upper(),
    # ---------------------------------------------------------------- unions
    "union match": event_text,
    "union isinstance": by_class,
    "union isinstance ternary": lambda s: s.event.g if isinstance(s.event, Dropped) else 0.0,
    "union isinstance two": lambda s: s.event.by if isinstance(s.event, (Opened, Scanned)) else "-",
    "union not isinstance": lambda s: 0.0 if not isinstance(s.event, Dropped) else s.event.g,
    "union isinstance and": lambda s: isinstance(s.event, Dropped) and s.event.harm,
    "union tag": lambda s: s.event.type,
    "union tag ==": lambda s: s.event.harm if s.event.type == "dropped" else False,
    "union tag in": lambda s: s.event.by if s.event.type in ("opened", "scanned") else None,  # pyright: ignore
    "union optional": lambda s: s.maybe_event.g if isinstance(s.maybe_event, Dropped) else None,
    "union optional none": lambda s: s.maybe_event is None or s.maybe_event.type == "opened",
    "union untagged": lambda s: s.animal.lives if isinstance(s.animal, Cat) else 1,
    "union untagged other": lambda s: s.animal.barks if isinstance(s.animal, Dog) else False,
    "union untagged common": lambda s: s.animal.name.upper(),
    "union list": lambda s: [e.g for e in s.events if isinstance(e, Dropped)],
    "union list by tag": lambda s: sum(e.g for e in s.events if e.type == "dropped"),
    "union list any": lambda s: any(isinstance(e, Dropped) and e.g > 1 for e in s.events),
    "union list types": lambda s: [e.type for e in s.events],
    "union list next": lambda s: next((e for e in s.events if isinstance(e, Opened)), None),
    "union built": lambda s: Dropped(g=s.celsius) if s.flag else Scanned(by=s.id),
    "union optional not": lambda s: "other" if not isinstance(s.maybe_event, Dropped) else s.maybe_event.g,
    "union optional not text": lambda s: "other" if not isinstance(s.value, str) else s.value.upper(),
    "union optional not number": lambda s: 0 if not isinstance(s.value, (int, float)) else s.value + 1,
    "union optional not untagged": lambda s: not isinstance(s.maybe_event, (Opened, Dropped)),
    "union of scalars": lambda s: s.value + 1 if isinstance(s.value, int) else 0,
    "union of scalars text": lambda s: s.value.upper() if isinstance(s.value, str) else "-",
    "union of scalars match": value_text,
    "union of scalars none": lambda s: "none" if s.value is None else "some",
    # ---------------------------------------------------------------- dicts
    "dict of enum keys": lambda s: s.by_state.get(State.DONE, 0),
    "dict of enum keys in": lambda s: s.by_state[State.DONE] if State.DONE in s.by_state else -1,
    "dict of enum keys by field": lambda s: s.by_state.get(s.state),
    "dict of enum keys loop": lambda s: {k.value: v for k, v in s.by_state.items() if k is not State.DONE},
    "dict of enum keys names": lambda s: [k.name for k in s.by_state],
    "dict of int keys": lambda s: s.by_number.get(1, "-"),
    "dict of int keys computed": lambda s: s.by_number.get(s.count + 7, "-"),
    "dict of int keys loop": lambda s: sorted(k * 2 for k in s.by_number),
    "dict of int keys items": lambda s: [f"{k}={v}" for k, v in s.by_number.items()],
    "dict of int keys in": lambda s: 10 in s.by_number,
    "dict of int keys passed on": lambda s: s.by_number,
    "dict sum of values": lambda s: sum(s.counts.values()),
    "dict max of values": lambda s: max(s.counts.values(), default=0),
    "dict any of values": lambda s: any(v is None for v in s.texts.values()),
    "dict optional values": lambda s: {k: v or "-" for k, v in s.texts.items()},
    "dict get of optional": lambda s: s.texts.get("a", "z"),
    "dict get of optional or": lambda s: s.texts.get("a") or "z",
    "dict in and not none": lambda s: "a" in s.texts and s.texts["a"] is not None,
    "dict keys": lambda s: list(s.counts.keys()),
    "dict sorted items": lambda s: [f"{k}:{v}" for k, v in sorted(s.counts.items(), key=lambda kv: kv[0])],
    "dict sorted by value": lambda s: sorted(s.counts, key=lambda k: s.counts[k]),
    "dict inverted": lambda s: {str(v): k for k, v in s.counts.items()},
    "dict union": lambda s: s.counts | {"z": 1},
    "dict merge three": lambda s: {**s.counts, "n": s.count, **{"m": 2}},
    "dict literal read": lambda s: {"a": s.count, "b": s.id}["a"] + 1,
    "dict local read": lambda s: (lambda d: d["n"] + len(d["t"]))({"n": s.count, "t": s.id}),
    "dict call": lambda s: dict(a=s.id, b=s.count),
    "dict comprehension of models": lambda s: {p.parcel_id: p for p in s.parcels},
    "dict from zip": lambda s: dict(zip(s.names, s.numbers)) if False else {a: b for a, b in zip(s.names, s.numbers)},
    "dict of pairs": lambda s: [dict(s.spans), dict(zip(s.names, s.numbers)), dict((n, len(n)) for n in s.names)],
    "dict and more": lambda s: [dict(s.counts, z=1), dict(s.limits)],
    "dict of keys": lambda s: [dict.fromkeys(s.names, 0), list(dict.fromkeys(["b", s.id, "b"]))],
    "first key": lambda s: next(iter(s.counts), None),
    "sorted items": lambda s: [sorted(s.counts.items()), sorted(s.spans), min(s.spans, default=None)],
    "best item": lambda s: max(s.counts.items(), key=lambda kv: kv[1])[0] if s.counts else None,
    "dict nested get": lambda s: {"a": {"b": s.id}}["a"]["b"],
    "dict len of comprehension": lambda s: len({p.parcel_id for p in s.parcels}),
    # ---------------------------------------------------------------- lists and aggregates
    "sum of products": lambda s: sum(p.net_weight * 2 for p in s.parcels if not p.fragile),
    "mean of filter": lambda s: (lambda xs: sum(xs) / len(xs) if xs else 0.0)([f for f in s.floats if f > 0]),
    "mean if any": lambda s: sum(s.floats) / len(s.floats) if len(s.floats) > 0 else 0.0,
    "mean": lambda s: sum(s.floats) / len(s.floats) if s.floats else None,
    "count where": lambda s: sum(1 for p in s.parcels if p.net_weight > 0),
    "count of bools": lambda s: sum(s.flags),
    "len of filter": lambda s: len([p for p in s.parcels if p.tags]),
    "max by key": lambda s: max(s.parcels, key=lambda p: p.net_weight).parcel_id if s.parcels else None,
    "max by optional property": lambda s: s.heaviest.parcel_id if s.heaviest else "none",
    "min of comprehension": lambda s: min((p.net_weight for p in s.parcels), default=0.0),
    "sorted by two": lambda s: [p.parcel_id for p in sorted(s.parcels, key=lambda p: (-p.net_weight, p.parcel_id))],
    "sorted reverse by date": lambda s: [p.parcel_id for p in sorted((p for p in s.parcels if p.due_date), key=lambda p: p.due_date or s.day, reverse=True)],
    "sorted by helper": lambda s: sorted(s.names, key=lambda n: n.lower()),
    "sorted by len": lambda s: sorted(s.names, key=len),
    "sorted by conditional": lambda s: sorted(s.numbers, key=lambda n: n if n > 1 else 10 - n),
    "sorted by local": lambda s: sorted(s.names, key=lambda n: (lambda t: t + t)(n.upper() + "x")),
    "sorted by field of best": lambda s: sorted(s.parcels, key=lambda p: max([len(t) for t in p.tags], default=0)),
    "attrgetter": lambda s: [p.parcel_id for p in sorted(s.parcels, key=operator.attrgetter("parcel_id"))],
    "first match": lambda s: next((p.parcel_id for p in s.parcels if p.fragile), "none"),
    "flattened": lambda s: [t for p in s.parcels for t in p.tags],
    "flattened and filtered": lambda s: [x for row in s.rows if row for x in row if x > 1],
    "rows": lambda s: [[x + 1 for x in row] for row in s.rows],
    "rows sums": lambda s: [sum(row) for row in s.rows],
    "rows firsts": lambda s: [row[0] if row else None for row in s.rows],
    "row lengths max": lambda s: max((len(row) for row in s.rows), default=0),
    "enumerate": lambda s: [f"{i}:{n}" for i, n in enumerate(s.names)],
    "enumerate filter": lambda s: [n for i, n in enumerate(s.numbers) if i % 2 == 0],
    "zip": lambda s: [a + b for a, b in zip(s.numbers, s.floats)],
    "pairs of neighbours": lambda s: [b - a for a, b in zip(s.numbers, s.numbers[1:])],
    "range": lambda s: [i * i for i in range(len(s.names))],
    "reversed": lambda s: list(reversed(s.names)),
    "unique sorted": lambda s: sorted(set(s.numbers)),
    "set membership": lambda s: "p" in s.unique,
    "set of fields sorted": lambda s: sorted({p.net_weight for p in s.parcels}),
    "chained lists": lambda s: list(itertools.chain(s.names, ["z"], s.unique - s.unique if False else s.size.tags)),
    "chained rows": lambda s: [list(itertools.chain.from_iterable(s.rows)), sum(itertools.chain.from_iterable(s.rows))],
    "reduced": lambda s: [functools.reduce(lambda a, n: a * 2 + n, s.numbers, 1), functools.reduce(max, s.numbers, 0)],
    "reduced text": lambda s: functools.reduce(lambda a, n: f"{a}<{n}>", s.names, ""),
    "filtered truth": lambda s: [list(filter(None, s.maybes)), " ".join(filter(None, [s.title, s.id]))],
    "sorted with None": lambda s: sorted(s.maybes, key=lambda x: (x is None, x or 0)),
    "set difference": lambda s: sorted(set(s.names) - {"bob", "al"}),
    "set difference of fields": lambda s: sorted(s.unique - set(s.names)),
    "set union": lambda s: sorted({t for p in s.parcels for t in p.tags} | {"z"}),
    "set intersection": lambda s: len(s.unique & {"p", "q", "r"}),
    "set equality": lambda s: set(s.numbers) == {1, 2, 3},
    "set subset": lambda s: [s.unique <= {"p", "q"}, {"p"} >= s.unique, s.unique.issubset(s.names)],
    "set disjoint": lambda s: s.unique.isdisjoint(s.names),
    "set missing": lambda s: "missing" if {"a", "b"} - set(s.counts) else "complete",
    "set truth": lambda s: bool(s.unique),
    "set in of numbers": lambda s: 1 in set(s.numbers),
    "count method": lambda s: s.numbers.count(1),
    "in comprehension": lambda s: s.id in [p.parcel_id for p in s.parcels],
    "last two": lambda s: s.numbers[-2:],
    "all but first": lambda s: s.names[1:],
    "second": lambda s: s.names[1] if len(s.names) > 1 else None,
    "index raises": lambda s: s.numbers[2],
    "index of split": lambda s: s.id.split("/")[0],
    "list equality": lambda s: s.names == ["only"],
    "list of optionals": lambda s: [m if m is not None else -1 for m in s.maybes],
    "list optionals kept": lambda s: [m for m in s.maybes],
    "list optionals sum": lambda s: sum(m for m in s.maybes if m is not None),
    "list optionals any": lambda s: any(s.maybes),
    "list optionals in": lambda s: None in s.maybes,
    "list concatenated": lambda s: [s.id, *s.names] + ["end"],
    "list of lists appended": lambda s: s.rows + [s.numbers],
    "list of mixed": lambda s: [s.names, s.count, None, s.rows],
    "list times none": lambda s: [] if s.flag else None,
    "optional list comp": lambda s: [p.parcel_id for p in s.maybe_parcels or []],
    "optional list guard": lambda s: s.maybe_parcels is not None and len(s.maybe_parcels) > 0,
    "optional list any": lambda s: any(p.fragile for p in (s.maybe_parcels or s.parcels)),
    "any stops": lambda s: any(10 / n > 4 for n in s.numbers),
    "all stops": lambda s: all(row[0] > 1 for row in s.rows),
    "any of a list does not": lambda s: any([10 / n > 4 for n in s.numbers]),
    "bool list all": lambda s: all(s.flags),
    "map and filter": lambda s: list(map(lambda n: n + 1, filter(lambda n: n > 1, s.numbers))),
    "map str": lambda s: "-".join(map(str, s.numbers)),
    "max of two lists": lambda s: max(max(s.numbers, default=0), len(s.names)),
    "tuple result": lambda s: (s.id, s.numbers, None),
    "nested comprehension of dicts": lambda s: [{"id": p.parcel_id, "tags": [t.upper() for t in p.tags]} for p in s.parcels],
    "sets of texts": lambda s: sorted({t for p in s.parcels for t in p.tags}),
    # ---------------------------------------------------------------- text
    "f-string of many": lambda s: f"{s.id}/{s.count:03d}/{s.celsius:.2f}/{s.title or '-'}",
    "whole format": lambda s: f"{s.celsius:.0f} {s.bounded.ratio - 0.9:.0f} {s.count:.0f}",
    "digits": lambda s: s.id.isdigit() or s.mode.isdigit(),
    "percent": lambda s: f"{s.bounded.ratio:.0%}",
    "align": lambda s: f"[{s.mode:<8}][{s.mode:>8}][{s.count:>5}]",
    "zfill": lambda s: str(s.count).zfill(4),
    "partition": lambda s: s.id.partition("/")[2],
    "partition first": lambda s: s.id.partition("-")[0],
    "find": lambda s: s.id.find("/"),
    "count in text": lambda s: s.id.count("/"),
    "strip characters": lambda s: s.id.strip("as/-"),
    "strip a slash": lambda s: (s.title or "").strip(" /"),
    "strip brackets": lambda s: f"([{s.title or s.id}]){{x}}".strip("([{)]}x^-\\ "),
    "strip a backslash": lambda s: (s.title or "").strip(" \\"),
    "rstrip characters": lambda s: [s.id.rstrip("1/"), s.id.lstrip("s-"), (s.title or "").rstrip(" \\z")],
    "characters": lambda s: [c for c in s.id],
    "characters any": lambda s: any(c in "é/" for c in s.id),
    "characters of emoji": lambda s: [*f"a😀{s.mode}"],
    "characters sorted": lambda s: sorted(s.id),
    "characters counted": lambda s: len(set(s.id)),
    "characters numbered": lambda s: [f"{i}{c}" for i, c in enumerate(s.id)],
    "text reversed": lambda s: s.id[::-1] + "".join(reversed(s.mode)),
    "list reversed": lambda s: [s.names[::-1], s.rows[::-1]],
    "text up to": lambda s: [s.id[: s.count], s.id[: len(s.mode)], s.id[: -len(s.names)]],
    "text from": lambda s: [s.id[s.count :], s.id[-2:-1], s.id[1 : s.level]],
    "list up to": lambda s: [s.names[: s.count], s.names[len(s.names) // 2 :], s.numbers[-s.level : -1]],
    "text times": lambda s: [s.id * 2, "-" * s.level, s.number * "ab"],
    "split once": lambda s: [s.id.split("/", 1), s.id.rsplit("/", 1), s.id.rsplit("-", maxsplit=1)],
    "last part": lambda s: [s.id.rsplit("/", 1)[-1], s.id.rpartition("/")[2], s.id.rpartition("/")],
    "place in text": lambda s: s.id.index("/") if "/" in s.id else None,
    "place in text raises": lambda s: s.id.index("b"),
    "place in list": lambda s: s.names.index("al") if "al" in s.names else -1,
    "place in list raises": lambda s: s.numbers.index(0),
    "number of text": lambda s: int(s.id) if s.id.isdigit() else -1,
    "number of text raises": lambda s: [int(" +07 "), int(f" {s.count} "), float(f"{s.count}.5"), float(f"{s.count}e2")],
    "number of any text raises": lambda s: int(s.id),
    "centred": lambda s: [f"[{s.mode:^9}]", f"[{s.mode:^3}]", f"[{s.id:*^8}]", f"[{s.count:^6}]"],
    "with a sign": lambda s: [f"{s.count:+d}", f"{s.count:+}"],
    "with zeros": lambda s: [f"{s.count:06.1f}", f"{s.count:04}"],
    "removesuffix": lambda s: s.id.removesuffix("c"),
    "starts with title": lambda s: s.title is not None and s.id.startswith(s.title),
    "text in list": lambda s: s.mode in ["auto", "off"],
    "text compare": lambda s: s.id < "b",
    "split and index": lambda s: s.id.split("-")[-1].upper(),
    "split words": lambda s: len((s.title or "").split()),
    "replace and join": lambda s: "_".join(s.id.replace("/", " ").split()),
    "text by index": lambda s: s.id[0] if s.id else "",
    "quotes": lambda s: s.id + "'" + '"' + "\\" + "\n",
    "braces and percent": lambda s: f"{{%{s.id}%}}",
    "unicode": lambda s: s.id + "é😀",
    "text of bool": lambda s: f"{s.flag} {str(s.flag).lower()}",
    "text of length": lambda s: "n=" + str(len(s.names)),
    # ---------------------------------------------------------------- numbers
    "arithmetic": lambda s: (s.celsius * 9 / 5 + 32) - -s.count,
    "floor division": lambda s: [s.count // 7, s.count % 7, -s.count // 7],
    "divmod": lambda s: divmod(s.count, 7),
    "rounding": lambda s: [round(s.celsius), int(s.celsius), math.floor(s.celsius), math.ceil(s.celsius)],
    "rounded int": lambda s: [round(s.count), round(s.count, 2), math.floor(s.count)],
    "power": lambda s: s.count**2,
    "absolute": lambda s: abs(s.celsius - LIMIT) < 0.5,
    "clamped": lambda s: clamp(s.celsius, 0.0, 8.0),
    "int or default": lambda s: (s.maybe_count or 0) + 1,
    "None or zero": lambda s: s.maybe_count if s.maybe_count is not None else -1,
    "chained comparison": lambda s: 0 <= s.count <= 50,
    "decided but evaluated": lambda s: [s.names[0] in [], s.parcels[0] is None, bool(s.parcels[0])],
    "one of several": lambda s: [s.names[0], s.count][1] + {"a": s.names[0], "b": 1}["b"],
    "tested but always true": lambda s: 1 if s.parcels[0] else 2,
    "chained and lazy": lambda s: [s.count < -1 < s.numbers[0], 2 < s.level < len(s.names[0]) < 9],
    "bools counted": lambda s: s.flag + s.warm,
    "bool compared": lambda s: s.flag == s.warm,
    "bool xor": lambda s: s.flag ^ s.warm,
    "optional bool": lambda s: [s.maybe_flag is True, s.maybe_flag is False, s.maybe_flag is None, not s.maybe_flag],
    "optional bool ==": lambda s: s.maybe_flag == s.flag,
    "division guarded": lambda s: 100 / s.count if s.count else 0.0,
    "division guarded by >": lambda s: 100 / s.count if s.count > 0 else 0.0,
    "division raises": lambda s: 1 / s.count,
    "modulo of field raises": lambda s: 10 % s.count,
    "sqrt raises": lambda s: math.sqrt(s.celsius),
    "negative exponent raises": lambda s: s.count**-1,
    "min of optional": lambda s: min(s.maybe_count, 10) if s.maybe_count is not None else None,
    # ---------------------------------------------------------------- models
    "built with defaults": lambda s: Parcel(parcel_id="x"),
    "built with optional": lambda s: Scanned(by=s.title),
    "built nested": lambda s: Node(name=s.id, child=Node(name="leaf")),
    "built from parts": lambda s: Opened(by=s.title or "nobody", at=s.seen or s.at),
    "built then read": lambda s: Parcel(parcel_id=s.id, tags=s.names).tags,
    "built in list": lambda s: [Dropped(g=x) for x in s.floats],
    "built with dataclass": lambda s: Parcel(parcel_id=s.id, size=s.maybe_size),
    "built with computed field": lambda s: Computed(n=s.count),
    "built with excluded field": lambda s: Hiding(seen=s.id, hidden="y"),
    "bounded built": lambda s: Bounded(n=s.count),
    "bounded built optional": lambda s: Bounded(maybe=s.maybe_count),
    "bounded built text": lambda s: Bounded(code=s.mode),
    "bounded built list": lambda s: Bounded(many=s.numbers),
    "bounded passed on": lambda s: Bounded(n=s.bounded.n, code=s.bounded.code),
    "bounded read after": lambda s: Bounded(n=s.count - 1).code,
    "copied": lambda s: s.bounded.model_copy(update={"n": 3}),
    "copied whole": lambda s: s.tree.model_copy(),
    "copied and read": lambda s: s.tree.model_copy(update={"name": "z"}).name,
    "property": lambda s: s.warm,
    "method": lambda s: s.over(8.0) or s.over(8.0, strict=False),
    "class method": lambda s: s.unit() + Shipment.unit(),
    "static method": lambda s: s.twice(s.celsius) + Shipment.twice(1.0),
    "recursive model": lambda s: s.tree.child.child.name if s.tree.child and s.tree.child.child else None,
    "recursive model walrus": lambda s: g.name if (c := s.tree.child) and (g := c.child) else "-",
    "model in dict": lambda s: {"size": s.size, "tree": s.tree},
    "model or other": lambda s: s.maybe_size or s.size,
    "whole": lambda s: s,
    "cast": lambda s: typing.cast(str, s.id).upper(),
    "getattr": lambda s: getattr(s, "id") + "!",
    # ---------------------------------------------------------------- functions and statements
    "summary": summary,
    "guard": guard,
    "match state": match_state,
    "match capture": match_capture,
    "nested calls": nested_calls,
    "several ways": several_ways,
    "counting": counting,
    "shadowing": shadowing,
    "local names": local_names,
    "match pair": match_pair,
    "grown": grown,
    "names of functions": named_like_functions,
    "functions as parameters": lambda s: [(lambda map, filter: map + len(s.names) + filter * map)(s.count + 1, s.level + 1)],
    "chained": chained,
    "early none": early_none,
    "callable object": Threshold(5.0),
    "bound method": Threshold(5.0).explain,
    "partial": partial(lambda s, limit: s.celsius > limit, limit=3.0),
    "partial of method": partial(Shipment.over, limit=3.0),
    "unbound method": Shipment.over.__get__(None, Shipment) if False else (lambda s: Shipment.over(s, 3.0)),
    "immediately called": lambda s: (lambda a, *, b=2: a * b)(s.count),
    "star arguments": lambda s: (lambda *a: sum(a))(s.count, 1, *[2, 3]),
    "keyword arguments": lambda s: (lambda **k: k["x"] + len(k))(x=s.count, y=1),
    "conditional expression of lists": lambda s: [*(s.names if s.flag else []), "z"],
    "walrus in condition": lambda s: n if (n := s.count) > 2 else -n,
    "walrus in comprehension": lambda s: [w for p in s.parcels if (w := p.net_weight) > 0],
    "not not": lambda s: not not s.title,
    "or of None": lambda s: s.title or s.maybe_count or None,
    "and chain": lambda s: s.title and s.names and s.names[0],
    "constant folded": lambda s: s.celsius > LIMIT * 2 - 3,
    "unused local": lambda s: (lambda unused: s.id)(s.count + 1),
}  # fmt: skip
