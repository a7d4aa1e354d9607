"""Expressions over a Shipment that have to be refused: mistakes, and what cannot mean the same in JSONata.

The exact messages are in goldens/refused.txt.
"""
# mypy: ignore-errors
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false, reportCallIssue=false, reportOptionalMemberAccess=false
# pyright: reportOperatorIssue=false, reportIndexIssue=false, reportUnhashable=false, reportGeneralTypeIssues=false
# pyright: reportAssignmentType=false, reportOptionalOperand=false, reportOptionalSubscript=false, reportOptionalIterable=false
# pyright: reportUndefinedVariable=false, reportTypedDictNotRequiredAccess=false, reportReturnType=false, reportPossiblyUnboundVariable=false
# pyright: reportUnsupportedDunderAll=false, reportOptionalCall=false, reportRedeclaration=false, reportFunctionMemberAccess=false
# pyright: reportUnusedCoroutine=false, reportUnusedExpression=false
# ruff: noqa

from __future__ import annotations

import copy
import functools
import json
import math
import os
import random
import re
import textwrap
import time
import uuid
from collections.abc import Callable

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .models import (
    UTC,
    Aliased,
    Bounded,
    Cat,
    Checked,
    Codes,
    Computed,
    Dropped,
    Hiding,
    Holder,
    Level,
    Limits,
    Opened,
    Page,
    Parcel,
    Patterned,
    Position,
    Shade,
    Shipment,
    Size,
    State,
    Sub,
)

TABLE = {"auto": 1}


def loop(s: Shipment) -> float:
    t = 0.0
    for p in s.parcels:
        t += p.net_weight
    return t


def while_loop(s: Shipment) -> int:
    n = 0
    while n < s.count:
        n += 1
    return n


def trying(s: Shipment) -> str:
    try:
        return s.names[0]
    except IndexError:
        return ""


def raising(s: Shipment) -> str:
    if s.title is None:
        raise ValueError("no title")
    return s.title


def mutating(s: Shipment) -> Shipment:
    s.title = "x"
    return s


def appending(s: Shipment) -> list[str]:
    s.names.append("z")
    return s.names


def growing_data(s: Shipment) -> list[str]:
    xs = s.names
    xs += ["z"]
    return s.names


def growing_two(s: Shipment) -> list[str]:
    xs = [s.id]
    ys = xs
    ys += ["z"]
    return xs


def matching_star(s: Shipment) -> str:
    match (s.id, s.mode):
        case (first, *_):
            return first


def deleting(s: Shipment) -> Any:
    del s.counts["a"]
    return s.counts


def item_set(s: Shipment) -> Any:
    s.counts["a"] = 1
    return s.counts


def recursive(n: int) -> int:
    return recursive(n - 1) if n > 0 else 0


def generating(s: Shipment) -> Any:
    yield s.id


async def waiting(s: Shipment) -> Any:
    return s.id


def unassigned(s: Shipment) -> str:
    if s.flag:
        word = "x"
    return word


def starred(s: Shipment) -> str:
    first, *rest = s.names
    return first


def importing(s: Shipment) -> str:
    import string

    return string.digits + s.id


def matching_list(s: Shipment) -> str:
    match s.names:
        case [*_, last]:
            return last
        case _:
            return ""


def matching_wrong(s: Shipment) -> str:
    match s.mode:
        case "autoo":
            return "a"
        case _:
            return "b"


def matching_field(s: Shipment) -> str:
    match s.event:
        case Dropped(force=f):
            return f"{f}"
        case _:
            return ""


def narrowed_too_late(s: Shipment) -> str:
    if s.flag:
        if s.title is None:
            return "-"
    return s.title.upper()


def wrong_branch(s: Shipment) -> float:
    if isinstance(s.event, Opened):
        return s.event.g
    return 0.0


def deco(f):
    return f


def decorated_inside(s: Shipment) -> str:
    @deco
    def g(x):
        return x

    return g(s.id)


REFUSED: dict[str, Callable[[Shipment], object]] = {
    # ---------------------------------------------------------------- misspelt
    "field": lambda s: s.celsiu,
    "field of a dataclass": lambda s: s.size.widht,
    "field of a generic": lambda s: s.page.item,
    "field of a NamedTuple": lambda s: s.position.latt,
    "field of a RootModel": lambda s: s.labels.rot,
    "field of an item": lambda s: [p.net_wieght for p in s.parcels],
    "field by alias": lambda s: [p.netWeight for p in s.parcels],
    "key of a TypedDict": lambda s: s.limits["hihg"],
    "key of a TypedDict get": lambda s: s.limits.get("hihg"),
    "key of a TypedDict in": lambda s: "hihg" in s.limits,
    "attribute of a TypedDict": lambda s: s.limits.high,
    "method": lambda s: s.id.uper(),
    "method of a model": lambda s: s.ovr(3.0),
    "enum attribute": lambda s: s.state.valu,
    "enum member": lambda s: s.state == State.DON,
    "name": lambda s: shipmnt.id,  # noqa: F821
    "Literal": lambda s: s.mode == "autoo",
    "Literal in": lambda s: s.mode in ("auto", "of"),
    "Literal number": lambda s: s.number == 4,
    "Literal order never": lambda s: s.mode == 3,
    "enum text": lambda s: s.state == "planed",
    "enum name": lambda s: s.state.name == "DON",
    "tag of a union": lambda s: s.event.type == "droped",
    "field of a list": lambda s: s.parcels.tags,
    "enum of another": lambda s: s.state == Shade.DARK,
    "plain enum text": lambda s: s.shade == "dark",
    "int enum number": lambda s: s.level == 2,
    "keyword": lambda s: Parcel(parcel_id=s.id, net_wieght=1.0),
    "keyword of a dataclass": lambda s: Size(widht=s.count),
    "keyword of a NamedTuple": lambda s: Position(lat=1.0, lon=2.0, nam=s.id),
    "keyword of a TypedDict": lambda s: Limits(low=s.celsius, high=1.0, mid=2.0),
    "keyword of a copy": lambda s: s.tree.model_copy(update={"nme": "x"}),
    "keyword that is an alias only": lambda s: Aliased(code=s.id),
    "match Literal": matching_wrong,
    "match field": matching_field,
    "table key": lambda s: {"atuo": 1, "mnual": 2}[s.mode],
    # ---------------------------------------------------------------- None
    "optional attribute": lambda s: s.maybe_size.width,
    "optional method": lambda s: s.title.upper(),
    "optional arithmetic": lambda s: s.maybe_count + 1,
    "optional order": lambda s: s.maybe_count > 5,
    "optional in text": lambda s: f"{s.title}",
    "optional concatenated": lambda s: s.id + s.title,
    "optional loop": lambda s: [p for p in s.maybe_parcels],
    "optional len": lambda s: len(s.maybe_parcels),
    "optional sum": lambda s: sum(s.maybes),
    "optional join": lambda s: ",".join(s.texts.values()),
    "optional sort": lambda s: sorted(s.maybes),
    "optional max": lambda s: max(s.maybe_count, 1),
    "optional date": lambda s: s.maybe_day < s.day,
    "optional datetime": lambda s: s.at - s.seen > timedelta(0),
    "optional enum value": lambda s: s.maybe_state.value,
    "optional union": lambda s: s.maybe_event.type,
    "optional generic": lambda s: s.pair.second + 1,
    "optional get": lambda s: s.counts.get("a") + 1,
    "optional value of get": lambda s: s.texts.get("a", "").upper(),
    "optional next": lambda s: next((p for p in s.parcels), None).parcel_id,
    "optional into a field": lambda s: Opened(by=s.title, at=s.at),
    "optional by another test": lambda s: s.title.upper() if s.maybe_count else "",
    "optional after or": lambda s: s.title is None or s.seen is None or s.maybe_count > 1,
    "optional too late": narrowed_too_late,
    "optional key": lambda s: s.counts[s.title],
    "optional slice": lambda s: s.title[:3],
    "optional negative": lambda s: -s.maybe_count,
    "optional isoformat": lambda s: s.seen.isoformat(),
    # ---------------------------------------------------------------- types
    "text plus number": lambda s: s.id + s.count,
    "number plus text": lambda s: s.count + "x",
    "list plus text": lambda s: s.names + s.id,
    "number in text": lambda s: s.count in s.id,
    "text in numbers": lambda s: "1" in s.numbers,
    "number == text": lambda s: s.celsius == "8",
    "datetime == text": lambda s: s.at == "2024-01-01",
    "datetime < date": lambda s: s.at < date(2024, 1, 1),
    "datetime < number": lambda s: s.at < 3,
    "date == datetime": lambda s: s.day == datetime(2024, 1, 1, tzinfo=UTC),
    "next of what may raise": lambda s: next((n for n in s.numbers if 1 / n > 0), None),
    "reduce without start": lambda s: functools.reduce(lambda a, b: a + b, s.numbers),
    "reduce to a list": lambda s: functools.reduce(lambda a, b: [*a, b], s.numbers, []),
    "dict of triples": lambda s: dict((a, b, a) for a, b in s.spans),
    "split twice": lambda s: s.id.split("/", 2),
    "count of a computed text": lambda s: s.id.count(s.mode),
    "split by nothing": lambda s: s.id.split(""),
    "text times a float": lambda s: s.id * s.celsius,
    "zeros and a sign": lambda s: f"{s.celsius:+08.1f}",
    "list < list": lambda s: s.names < s.names,
    "dict == dict": lambda s: s.counts == {"a": 1},
    "list == list of models": lambda s: s.parcels == s.parcels[:1],
    "Decimal order": lambda s: s.price > 3,
    "Decimal arithmetic": lambda s: s.price * 2,
    "Decimal ==": lambda s: s.price == Decimal("1.5"),
    "Decimal int": lambda s: int(s.price),
    "UUID order": lambda s: s.key < uuid.UUID(int=3),
    "timedelta field": lambda s: s.wait.total_seconds(),
    "timedelta field order": lambda s: s.wait > timedelta(minutes=1),
    "unknown type": lambda s: s.anything["a"],
    "unknown attribute": lambda s: s.anything.x,
    "bitwise": lambda s: s.celsius > 3 & s.count,
    "invert": lambda s: ~s.flag,
    "index by text": lambda s: s.names["a"],
    "index by float": lambda s: s.names[1.5],
    "index of a number": lambda s: s.count[0],
    "key of another kind": lambda s: s.counts[3],
    "key of another kind get": lambda s: s.by_number.get("1"),
    "call of a field": lambda s: s.id(),
    "is with text": lambda s: s.id is s.mode,
    "field of a union": lambda s: s.event.g,
    "field of another member": wrong_branch,
    "text into float": lambda s: Parcel(parcel_id=s.id, net_weight=s.id),
    "float into int": lambda s: Bounded(n=s.celsius),
    "number into text": lambda s: Parcel(parcel_id=s.count),
    "text into enum": lambda s: Shipment(id=s.id, celsius=1.0, at=s.at, state=s.mode),
    "text into Literal": lambda s: Shipment(id=s.id, celsius=1.0, at=s.at, mode=s.id),
    "constant into Literal": lambda s: Shipment(id=s.id, celsius=1.0, at=s.at, mode="atuo"),
    "list of another": lambda s: Parcel(parcel_id=s.id, tags=s.numbers),
    "subclass into a field": lambda s: Holder(cat=Sub(lives=s.count, name="x", color="red")),
    "wrong TypedDict": lambda s: Shipment(id=s.id, celsius=1.0, at=s.at, limits={"low": s.celsius, "hihg": 1.0}),
    "missing field": lambda s: Parcel(net_weight=s.celsius),
    "missing field of a dataclass": lambda s: Size(height=s.count),
    "too many values": lambda s: Position(1.0, 2.0, "x", s.id),
    "positional model": lambda s: Parcel(s.id),
    "naive and aware": lambda s: s.at > datetime(2024, 1, 1),
    "naive and aware fields": lambda s: s.at > s.local,
    "naive timestamp": lambda s: s.local.timestamp(),
    "naive to UTC": lambda s: s.local.astimezone(UTC),
    "naive into aware": lambda s: Opened(by=s.id, at=s.local),
    # ---------------------------------------------------------------- models that cannot be built or read
    "validators": lambda s: Checked(code=s.id),
    "pattern": lambda s: Patterned(code=s.id),
    "multiple_of": lambda s: Patterned(code="a", even=s.count),
    "limits inside a list": lambda s: Patterned(code="a", names=s.names),
    "constant out of limits": lambda s: Bounded(n=200, code=s.mode),
    "constant too long": lambda s: Bounded(code="abcde", n=s.count),
    "excluded field": lambda s: (lambda h: h.hidden)(s.hiding),
    "copy with computed field": lambda s: Computed(n=s.count).model_copy(update={"n": 2}),
    "model_dump": lambda s: s.model_dump(),
    "model_dump_json": lambda s: s.tree.model_dump_json(),
    "model_validate": lambda s: Parcel.model_validate(s.counts),
    "private": lambda s: s.__dict__,
    "class of": lambda s: s.__class__.__name__,
    "RootModel validated": lambda s: Codes(s.names),
    # ---------------------------------------------------------------- calls
    "print": lambda s: print(s.id),
    "open": lambda s: open(s.id),
    "input": lambda s: input() + s.id,
    "environ": lambda s: os.environ["HOME"] + s.id,
    "getenv": lambda s: os.getenv("HOME", "") + s.id,
    "naive now": lambda s: s.at < datetime.now(),
    "utcnow": lambda s: s.at < datetime.utcnow(),
    "today": lambda s: s.day < date.today(),
    "sleep": lambda s: time.sleep(1),
    "random choice": lambda s: random.choice(s.names),
    "uuid1": lambda s: str(uuid.uuid1()),
    "json.dumps": lambda s: json.dumps(s.counts),
    "re.match": lambda s: bool(re.match("a", s.id)),
    "library": lambda s: textwrap.shorten(s.id, 10),
    "copy.copy": lambda s: copy.copy(s),
    "eval": lambda s: eval("s.id"),
    "type": lambda s: type(s.id) is str,
    "hasattr": lambda s: hasattr(s, "id"),
    "getattr with default": lambda s: getattr(s, "idd", 0),
    "hash": lambda s: hash(s.id),
    "id": lambda s: id(s),
    "ord": lambda s: ord(s.id),
    "math.sin": lambda s: math.sin(s.celsius),
    "enum from text": lambda s: State(s.mode),
    "enum from name": lambda s: State[s.mode],
    "title": lambda s: s.id.title(),
    "format": lambda s: "{}".format(s.id),
    "percent format": lambda s: "%s" % s.id,
    "encode": lambda s: s.id.encode(),
    "astimezone other": lambda s: s.at.astimezone(ZoneInfo("Europe/Berlin")),
    "datetime replace a late day": lambda s: s.at.replace(day=31),
    "datetime replace a month": lambda s: s.at.replace(month=2),
    "datetime replace a computed part": lambda s: s.at.replace(hour=s.count),
    "datetime replace out of range": lambda s: s.at.replace(hour=25),
    "datetime replace another zone": lambda s: s.at.replace(tzinfo=ZoneInfo("Europe/Berlin")),
    "strftime names": lambda s: s.at.strftime("%B"),
    "microseconds": lambda s: s.at.microsecond,
    "fromisoformat": lambda s: datetime.fromisoformat(s.id),
    "parts of a computed datetime": lambda s: (s.at + timedelta(hours=1)).hour,
    "wrong helper arguments": lambda s: loop(s, 1),
    "missing helper argument": lambda s: recursive(),
    "unknown helper argument": lambda s: recursive(m=s.count),
    "recursion": lambda s: recursive(s.count),
    # ---------------------------------------------------------------- JSON
    "set result": lambda s: {s.id},
    "set field result": lambda s: set(s.names),
    "list of a set": lambda s: list(set(s.names)),
    "timedelta result": lambda s: s.at - datetime(2024, 1, 1, tzinfo=UTC),
    "timedelta in a dict": lambda s: {"d": s.day - date(2024, 1, 1)},
    "function result": lambda s: lambda: s.id,
    "function in a list": lambda s: [lambda: s.id],
    "class result": lambda s: Shipment,
    "module result": lambda s: math,
    "bytes": lambda s: b"x",
    "complex": lambda s: s.celsius * 1j,
    "infinity": lambda s: s.celsius < float("inf"),
    "nan": lambda s: s.celsius < math.nan,
    "big int": lambda s: s.count + 2**60,
    "text of float": lambda s: f"{s.celsius}",
    "str of float": lambda s: str(s.celsius),
    "text of datetime": lambda s: f"{s.at}",
    "text of date": lambda s: str(s.day),
    "text of model": lambda s: f"{s.tree}",
    "text of list": lambda s: str(s.names),
    "repr": lambda s: f"{s.id!r}",
    "unknown format": lambda s: f"{s.celsius:e}",
    "format of int for float": lambda s: f"{s.celsius:d}",
    "computed format": lambda s: f"{s.celsius:{s.mode}}",
    "sorted lists": lambda s: sorted(s.rows),
    "set of models": lambda s: len({p for p in s.parcels}),
    "step slice": lambda s: s.names[:: s.count],
    "step slice of text": lambda s: s.id[::2],
    "computed slice by float": lambda s: s.id[: s.celsius],
    "computed index of text": lambda s: s.id[s.count],
    "computed width": lambda s: s.id.ljust(s.count),
    "float divisor": lambda s: s.celsius // 0.3,
    "float modulo": lambda s: s.celsius % 1.5,
    "computed exponent": lambda s: s.celsius**s.count,
    "zero division": lambda s: s.celsius / 0,
    "index out of range": lambda s: (s.id, s.mode)[2],
    "constant index out of range": lambda s: "abc"[5] + s.id,
    "constant key missing": lambda s: TABLE["manual"] + s.count,
    "unpacking a list": lambda s: [a for a, b in s.rows],
    "unpacking too few": lambda s: [a for a, b, c in s.spans],
    "spread of a list": lambda s: max(*s.numbers),
    "too many constants": lambda s: [i + s.count for i in range(1000)],
    # ---------------------------------------------------------------- statements
    "loop": loop,
    "while": while_loop,
    "try": trying,
    "raise": raising,
    "mutation": mutating,
    "append": appending,
    "grown data": growing_data,
    "grown by two names": growing_two,
    "match star": matching_star,
    "delete": deleting,
    "item assignment": item_set,
    "generator": generating,
    "async": waiting,
    "unassigned": unassigned,
    "starred": starred,
    "import": importing,
    "match list": matching_list,
    "decorated inside": decorated_inside,
    "function chosen": lambda s: (len if s.flag else sum)(s.numbers),
    "method not called": lambda s: s.id.upper,
    "lambda as value": lambda s: {"f": lambda x: x},
    "exec": eval("lambda s: s.id"),
}  # fmt: skip
