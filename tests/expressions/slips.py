"""More mistakes in expressions over an Order: of operators, patterns and functions that take some kinds only.

The exact messages are in goldens/slips.txt.
"""
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false
# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportOptionalIterable=false, reportIndexIssue=false
# pyright: reportOptionalSubscript=false, reportUndefinedVariable=false, reportTypedDictNotRequiredAccess=false
# pyright: reportGeneralTypeIssues=false, reportUnboundVariable=false, reportPossiblyUnboundVariable=false, reportUnusedExpression=false, reportReturnType=false
# pyright: reportUnhashable=false, reportAbstractUsage=false, reportNoOverloadImplementation=false
# ruff: noqa

from __future__ import annotations

import itertools
import math
import operator
import statistics
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from .orders import *


def mm1(o):
    match o.stock:
        case {1: n}:
            return n
        case _:
            return 0


def mm2(o):
    match o.meta:
        case {"source": 3}:
            return 1
        case _:
            return 0


def mm3(o):
    match o.tags:
        case [1, *_]:
            return 1
        case _:
            return 0


def mm5(o):
    match o.anything:
        case {"a": y}:
            return y
        case [x]:
            return x
        case _:
            return ""


def mm6(o):
    match o.coord:
        case Coord(lat, lon, alt, x=1):
            return lat
        case _:
            return 0


def mm8(o):
    match o.payment:
        case Card() as c if c.last:
            return c
        case _:
            return ""


SLIPS: dict[str, Any] = {
    "list & int": lambda o: o.tags & 3,
    "text & int": lambda o: o.customer & 1,
    "float & int": lambda o: o.total & 1,
    "bool & int": lambda o: o.vip & 1,
    "int & bool": lambda o: o.bits & o.vip,
    "shift neg": lambda o: o.bits << -1,
    "shift big": lambda o: o.bits << 60,
    "mask neg": lambda o: o.bits & -4,
    "matmul": lambda o: o.bits @ 2,
    "zip strict computed": lambda o: list(zip(o.tags, o.nums, strict=o.vip)),
    "zip strict typo": lambda o: list(zip(o.tags, o.nums, stricty=True)),
    "range step 0": lambda o: list(range(0, o.count, 0)),
    "range step computed": lambda o: list(range(0, 9, o.rank)),
    "range step float": lambda o: list(range(0, o.count, 0.5)),
    "range none": lambda o: list(range(0, o.retries, 2)),
    "islice none": lambda o: list(itertools.islice(o.tags, o.retries)),
    "islice step": lambda o: list(itertools.islice(o.tags, 0, 5, 2)),
    "islice float": lambda o: list(itertools.islice(o.tags, 1.5)),
    "pairwise int": lambda o: list(itertools.pairwise(o.count)),
    "itemgetter list": lambda o: operator.itemgetter("x")(o.lines),
    "itemgetter model": lambda o: [operator.itemgetter("x")(l) for l in o.lines],
    "attrgetter two typo": lambda o: [operator.attrgetter("quantity", "cod")(l) for l in o.lines],
    "slice step 0": lambda o: o.tags[::0],
    "slice step -2": lambda o: o.tags[::-2],
    "slice step text": lambda o: o.tags[::"a"],
    "slice rev bounds": lambda o: o.tags[2::-1],
    "slice model": lambda o: o.money[1:],
    "mean texts": lambda o: statistics.mean(o.tags),
    "mean int": lambda o: statistics.mean(o.count),
    "median": lambda o: statistics.median(o.vals),
    "prod texts": lambda o: math.prod(o.tags),
    "hypot text": lambda o: math.hypot(o.customer),
    "radians none": lambda o: math.radians(o.tax),
    "star int": lambda o: {*o.count},
    "star none": lambda o: {*o.extra},
    "pow float": lambda o: 2 ** o.total,
    "pow neg base": lambda o: (-2) ** o.count,
    "pow zero": lambda o: 0 ** o.count,
    "pow none": lambda o: 2 ** o.retries,
    "pow text": lambda o: 2 ** o.customer,
    "list * float": lambda o: o.tags * o.total,
    "list * none": lambda o: o.tags * o.retries,
    "text * none": lambda o: "x" * o.tax,
    "text * opt bool": lambda o: "x" * o.gift,
    "tuple * int": lambda o: o.span * 2,
    "replace count computed": lambda o: o.customer.replace("a", "b", o.count),
    "replace count text": lambda o: o.customer.replace("a", "b", "1"),
    "removeprefix int": lambda o: o.customer.removeprefix(o.count),
    "split int": lambda o: o.customer.split(o.count),
    "split none": lambda o: o.customer.split(o.note),
    "partition none": lambda o: o.customer.partition(o.note),
    "f hex float": lambda o: f"{o.total:x}",
    "f hex text": lambda o: f"{o.customer:x}",
    "f hex comma": lambda o: f"{o.bits:,x}",
    "f enum bad": lambda o: f"{o.status:d}",
    "f bool bad": lambda o: f"{o.vip:%Y}",
    "f union bad": lambda o: f"{o.maybe}",
    "f union spec": lambda o: f"{o.key:>5}",
    "isinstance any int": lambda o: isinstance(o.anything, int),
    "isinstance any mix": lambda o: isinstance(o.anything, (str, int)),
    "isinstance any model": lambda o: isinstance(o.anything, Line),
    "isinstance any none": lambda o: isinstance(o.anything, type(None)),
    "any + ": lambda o: o.anything + 1,
    "any [": lambda o: o.anything["a"],
    "any loop": lambda o: [x for x in o.anything],
    "any == 1": lambda o: o.anything == 1,
    "any == enum": lambda o: o.anything == Status.NEW,
    "any truth": lambda o: bool(o.payload.get("a")),
    "any f": lambda o: f"{o.payload.get('a')}",
    "any <": lambda o: o.payload["a"] < 3,
    "any in": lambda o: o.anything in o.tags,
    "any narrowed attr": lambda o: o.anything.x if isinstance(o.anything, dict) else None,
    "fromts naive": lambda o: datetime.fromtimestamp(o.count),
    "fromts zone": lambda o: datetime.fromtimestamp(o.count, tz=timezone(timedelta(hours=1))),
    "fromts text": lambda o: datetime.fromtimestamp(o.customer, tz=UTC),
    "date fromts": lambda o: date.fromtimestamp(o.count),
    "utcfromts": lambda o: datetime.utcfromtimestamp(o.count),
    "td get wrong": lambda o: o.meta.get("contact", {}).get("emial"),
    "td get index": lambda o: o.meta.get("contact", {})["email"],
    "tuple eq len": lambda o: o.span == (1, 2, 3),
    "tuple eq type": lambda o: (o.status, o.vip) == ("nope", True),
    "tuple eq never": lambda o: (o.count, 1) == ("a", 1),
    "tuple in never": lambda o: ("a", "b") in o.pairs,
    "tuple + list": lambda o: o.coord + [1],
    "set ^ list": lambda o: o.uniq ^ o.tags,
    "set of opt": lambda o: len({o.note, o.customer}),
    "set disp model": lambda o: len({o.money, o.refund}),
    "map two funcs": lambda o: list(map(o.tags, o.nums)),
    "map str two": lambda o: list(map(str, o.tags, o.nums)),
    "map none": lambda o: list(map(str.upper, o.opt_texts)),
    "bool two": lambda o: bool(o.vip, o.gift),
    "money + int": lambda o: o.money + 1,
    "money - money": lambda o: o.money - o.money,
    "refund +": lambda o: o.refund + o.money,
    "hex of opt": lambda o: o.maybe.hex,
    "match a key of another type": mm1,
    "match a value of another type": mm2,
    "match an item of another type": mm3,
    "match anything": mm5,
    "match a field that is not there": mm6,
    "guard of a match": mm8,
}  # fmt: skip
