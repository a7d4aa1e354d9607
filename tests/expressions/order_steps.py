# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Places, pairs, ranges, bits, tuples and values of any type, in several steps: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

import itertools
import math
import operator
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

from .orders import *

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = 2
CODES = {"AB": "alpha", "zé": "zeta"}


def any_walk(o: Order) -> str:
    x = o.anything
    if isinstance(x, str):
        return x.upper()
    if isinstance(x, list):
        return f"{len(x)} items"
    if isinstance(x, dict):
        return ",".join(sorted(x))
    return "?"


def any_match(o: Order) -> str:
    match o.anything:
        case str(s):
            return s[:2]
        case list():
            return "list"
        case dict():
            return "dict"
        case None:
            return "none"
        case _:
            return "other"


def td_match(o: Order) -> str:
    match o.meta:
        case {"source": "s", "retries": n}:
            return f"s{n}"
        case {"contact": {"email": e}}:
            return e
        case {"retries": n} if n < 0:
            return "neg"
        case _:
            return "-"


def stock_match(o: Order) -> int | None:
    match o.stock:
        case {"AB-12": 0}:
            return -1
        case {"AB-12": n, "x": m}:
            return n + m
        case {"AB-12": n}:
            return n
        case {}:
            return 99


def early_loopless(o: Order) -> dict[str, Any]:
    pairs = list(itertools.pairwise(o.nums))
    rising = all(a < b for a, b in pairs)
    jumps = [abs(b - a) for a, b in pairs]
    return {"rising": rising, "max": max(jumps, default=0), "n": len(pairs), "pairs": pairs}


def weights(o: Order) -> dict[str, float]:
    total = sum(o.weights.values())
    if not total:
        return {}
    return {k: round(v / total, 3) for k, v in o.weights.items()}


def flags(o: Order) -> list[str]:
    bits = o.bits
    out = ["one"] if bits & 1 else []
    if bits & 2:
        out += ["two"]
    if bits >> 2 & 1:
        out += ["four"]
    rest = bits & ~7 if False else bits >> 3
    return out + ([f"rest {rest:x}"] if rest else [])


def grid(o: Order) -> list[list[str]]:
    return [[f"{i},{j}" for j in range(i + 1)] for i in range(o.rank + 1)]


def tri(o: Order) -> list[tuple[int, int]]:
    return [(i, j) for i in range(o.rank + 1) for j in range(i, o.rank + 1) if i != j]


def neighbours(o: Order) -> list[str]:
    return [f"{a.product_code}>{b.product_code}" for a, b in itertools.pairwise(o.lines)]


def backwards(o: Order) -> list[int]:
    return [o.nums[i] - o.nums[i - 1] for i in range(len(o.nums) - 1, 0, -1)]


def delays(o: Order) -> list[int]:
    n = o.retries or 0
    return [min(60, 2**i) for i in range(n)] if n > 0 else []


def mean_or(o: Order) -> float:
    xs = [l.net for l in o.lines if l.quantity > 0]
    return statistics.fmean(xs) if xs else -1.0


def nested_def(o: Order) -> list[str]:
    def label(l: Line, i: int = 0) -> str:
        def mark() -> str:
            return "*" if l.quantity > 1 else ""

        return f"{i}{mark()}{l.product_code}"

    return [label(l, i) for i, l in enumerate(o.lines)] + [label(l) for l in o.lines[-1:]]


def cond_expr(o: Order) -> dict[str, Any]:
    base = {"id": o.order_no}
    if o.note:
        base = {**base, "note": o.note}
    if o.vip:
        base |= {"vip": "yes"}
    return base


def tuple_state(o: Order) -> str:
    state = (o.status, o.vip)
    if state == (Status.NEW, False):
        return "fresh"
    if state[0] is Status.LOST:
        return "lost"
    a, b = state
    return f"{a}{b}"


def date_logic(o: Order) -> str:
    if o.delivered is None:
        late = o.created.date() > o.due
        return "late" if late else "pending"
    days = (o.delivered - o.due).days
    return "on time" if days <= 0 else f"{days} days late"


def window(o: Order) -> bool:
    start = o.created.replace(hour=0, minute=0, second=0, microsecond=0)
    return start <= o.created < start + timedelta(days=1)


EQUAL: dict[str, Any] = {
    f.__name__: f
    for f in (
        any_walk,
        any_match,
        td_match,
        stock_match,
        early_loopless,
        weights,
        flags,
        grid,
        tri,
        neighbours,
        backwards,
        delays,
        mean_or,
        nested_def,
        cond_expr,
        tuple_state,
        date_logic,
        window,
    )
}
EQUAL |= {
    "sorted i 0": lambda o: [sorted(r)[0] for r in o.matrix if r],
    "sorted rows i": lambda o: [sorted(o.matrix[i])[-1] for i in range(len(o.matrix)) if o.matrix[i]],
    "sorted by row i": lambda o: sorted(range(len(o.matrix)), key=lambda i: len(o.matrix[i])),
    "sorted by row first": lambda o: sorted((i for i in range(len(o.matrix)) if o.matrix[i]), key=lambda i: o.matrix[i][0]),
    "max by pair": lambda o: max(range(len(o.pairs)), key=lambda i: (o.pairs[i][1], o.pairs[i][0]), default=None),
    "min by route": lambda o: min(range(len(o.route)), key=lambda i: o.route[i].lat, default=-1),
    "sorted by lookup": lambda o: sorted(o.tags, key=lambda t: CODES.get(t, t)),
    "sorted by dict idx": lambda o: sorted(o.stock, key=lambda k: (-o.stock[k], k)),
    "sorted by nested": lambda o: sorted(o.lines, key=lambda l: l.notes[0] if l.notes else ""),
    "sorted lines by attr get": lambda o: [l.product_code for l in sorted(o.lines, key=lambda l: l.attributes.get("color", "~"))],
    "groups get idx": lambda o: o.groups["h"][o.rank] if "h" in o.groups and len(o.groups["h"]) > o.rank else None,
    "groups get idx 0": lambda o: o.groups.get("h", [0])[0],
    "nested idx": lambda o: o.nested["a"]["b"] if "a" in o.nested and "b" in o.nested["a"] else 0,
    "nested raises": lambda o: o.nested["a"]["b"],
    "rows raises": lambda o: o.matrix[1][0],
    "rows raises computed": lambda o: o.matrix[o.rank][o.rank],
    "pairs raises": lambda o: o.pairs[o.rank][1],
    "lines raises": lambda o: o.lines[o.rank].notes[o.rank],
    "zip strict rows": lambda o: [a + b for r in o.matrix for a, b in zip(r, r, strict=True)],
    "zip strict in any": lambda o: any(a == b for a, b in zip(o.tags, o.tags, strict=True)),
    "zip strict dict": lambda o: {k: v for k, v in zip(o.stock, o.stock.values(), strict=True)},
    "zip of zip": lambda o: [(a, b, c) for (a, b), c in zip(zip(o.tags, o.nums), o.flags)],
    "zip enumerate": lambda o: [(i, a, b) for (i, a), b in zip(enumerate(o.tags), o.nums)],
    "zip opts": lambda o: [a if a is not None else b for a, b in zip(o.opts, o.vals)],
    "zip lines": lambda o: [a.product_code + b for a, b in zip(o.lines, o.tags)],
    "zip reversed": lambda o: list(zip(o.tags, reversed(o.tags))),
    "zip sorted": lambda o: sorted(zip(o.nums, o.tags)),
    "zip max": lambda o: max(zip(o.vals, o.tags), default=None),
    "zip star": lambda o: [list(t) for t in zip(o.tags, o.nums)],
    "zip sum": lambda o: sum(a * b for a, b in zip(o.vals, range(1, 9))),
    "enumerate 1": lambda o: {i: t for i, t in enumerate(o.tags, start=1)},
    "enumerate slice": lambda o: [(i, t) for i, t in enumerate(o.tags[1:])],
    "enumerate filter": lambda o: [i for i, v in enumerate(o.vals) if v > 0],
    "enumerate opt": lambda o: [i for i, v in enumerate(o.opts) if v is None],
    "enumerate rows": lambda o: [(i, len(r)) for i, r in enumerate(o.matrix)],
    "enumerate rows x": lambda o: [(i, j, x) for i, r in enumerate(o.matrix) for j, x in enumerate(r)],
    "enumerate dict": lambda o: [f"{i}{k}{v}" for i, (k, v) in enumerate(sorted(o.stock.items()))],
    "range 0": lambda o: list(range(o.rank)),
    "range neg": lambda o: list(range(-o.rank, o.rank)),
    "range step 3": lambda o: list(range(1, o.count + 2, 3)),
    "range step neg": lambda o: list(range(o.count, -1, -40)),
    "range step empty": lambda o: list(range(5, o.rank, 2)),
    "range len": lambda o: len(range(o.rank)) if False else len(list(range(0, o.rank, 2))),
    "range sum": lambda o: sum(range(o.rank + 1)),
    "range any": lambda o: any(i * i == o.count for i in range(0, 20, 10)),
    "range comp if": lambda o: [i for i in range(o.rank + 3) if i % 2],
    "slice step 3": lambda o: o.nums[::3],
    "slice step neg start": lambda o: o.nums[-3::2],
    "slice step stop": lambda o: o.tags[:3:2],
    "slice step rows": lambda o: o.matrix[::2],
    "slice step opts": lambda o: o.opts[1::2],
    "slice computed": lambda o: o.nums[o.rank : o.rank + 2],
    "slice computed neg": lambda o: o.nums[-o.rank :],
    "slice text computed": lambda o: o.customer[o.rank : o.rank + 3],
    "slice text computed neg": lambda o: o.customer[-o.rank :],
    "slice text both neg": lambda o: o.customer[-5:-2],
    "slice text neg to": lambda o: o.customer[: -o.rank] if o.rank else o.customer,
    "slice of slice": lambda o: o.customer[1:][:3],
    "slice of split": lambda o: o.order_no.split("/")[1:],
    "slice of split join": lambda o: "/".join(o.order_no.split("/")[:-1]),
    "islice 0": lambda o: list(itertools.islice(o.nums, 0)),
    "islice from": lambda o: list(itertools.islice(o.nums, 1, 3)),
    "islice computed": lambda o: list(itertools.islice(o.lines, o.rank)),
    "pairwise opts": lambda o: list(itertools.pairwise(o.opts)),
    "pairwise any": lambda o: any(a == b for a, b in itertools.pairwise(o.tags)),
    "pairwise dict": lambda o: {a: b for a, b in itertools.pairwise(o.tags)},
    "map two": lambda o: list(map(lambda a, b: f"{a}{b}", o.tags, o.nums)),
    "map max": lambda o: list(map(max, o.nums, reversed(o.nums))),
    "itemgetter pair": lambda o: list(map(operator.itemgetter(1), o.pairs)),
    "itemgetter dict": lambda o: [operator.itemgetter("source")(o.meta)],
    "attrgetter deep": lambda o: list(map(operator.attrgetter("status"), o.lines)),
    "prod empty": lambda o: math.prod(l.quantity for l in o.lines),
    "hypot three": lambda o: math.hypot(o.coord.lat, o.coord.lon, o.coord.alt),
    "mean ints": lambda o: statistics.mean(o.nums) if o.nums else 0,
    "mean raises": lambda o: statistics.mean(o.vals),
    "pow": lambda o: [2**o.rank, 10 ** (o.rank + 1), 1.5**o.rank],
    "pow text": lambda o: f"{2 ** len(o.tags)}",
    "pow neg": lambda o: 2**-o.rank,
    "pow min": lambda o: min(2 ** (o.retries or 0), 8),
    "sqrt pow": lambda o: round(abs(o.total) ** 0.5, 3),
    "round -1": lambda o: [round(n * 7, -1) for n in o.nums],
    "round -2 f": lambda o: round(o.total * 3, -1),
    "hex": lambda o: [f"{n:x}" for n in o.nums] + [f"{o.bits:08b}", f"{o.big:X}"],
    "hex width": lambda o: f"{o.bits:>6x}|{o.bits:<6o}|{o.bits:06x}",
    "bits or": lambda o: [(o.bits | 1) & 7, (o.bits ^ 255) >> 1, o.bits << 3],
    "bits ne": lambda o: (o.bits & 4) == 4,
    "bits and": lambda o: bool(o.bits & 1) and not o.bits & 2,
    "bool times": lambda o: "x" * o.vip + o.vip * "y" + "z" * (o.rank > 1),
    "list times": lambda o: [o.tags * 2, ["a", "b"] * o.rank, [o.nums] * 2, [None] * o.rank],
    "tuples plus": lambda o: o.span + o.span + ("x", o.note),
    "tuple plus coord": lambda o: (*o.coord, o.note),
    "range star": lambda o: list(range(*o.span)),
    "call star": lambda o: max(*o.span),
    "call star helper": lambda o: (lambda a, b, *rest: a + b + len(rest))(*o.coord),
    "set xor": lambda o: sorted(set(o.tags) ^ {"b", "z"}),
    "set star": lambda o: sorted({*o.tags, o.customer}),
    "set display in loop": lambda o: [t for t in o.tags if t in {o.channel, "b"}],
    "set display le": lambda o: {o.channel, "web"} <= {"web", "shop"},
    "set display minus": lambda o: sorted({o.channel, "b", "a"} - set(o.tags)),
    "set display str": lambda o: ",".join(sorted({o.channel, "web"})),
    "f enum": lambda o: f"[{o.status:>14}][{o.status:<14}][{o.status:^14}][{o.previous or o.status:.3}]",
    "f bool": lambda o: f"{o.vip:<6}|{o.vip:d}|{o.gift if o.gift is not None else False:>3}",
    "f prio": lambda o: f"{o.prio:>3}|{o.prio:03d}",
    "f hue": lambda o: f"{o.hue:>12}",
    "f union": lambda o: f"{o.retries if o.retries is not None else 'n/a'} {o.key}",
    "f union list": lambda o: "".join(f"{x}" for x in o.mixed),
    "f %y": lambda o: f"{o.created:%d.%m.%y}",
    "replace n": lambda o: [o.customer.replace("o", "0", 1), o.order_no.replace("/", "", -1), o.order_no.replace("/", "", 0)],
    "removeprefix": lambda o: [t.removeprefix(o.channel[:1]) for t in (*o.tags, o.channel, "w", "")],
    "removesuffix": lambda o: [t.removesuffix(o.channel[-1:]) for t in (*o.tags, o.channel, "b", "")],
    "split sep": lambda o: o.customer.split(o.channel[-1]),
    "split sep raises": lambda o: o.customer.split(o.order_no[:1]),
    "partition sep": lambda o: o.customer.partition(o.channel[1])[0],
    "fromtimestamp": lambda o: [datetime.fromtimestamp(o.count, UTC), datetime.fromtimestamp(o.big / 1000, tz=UTC) > EPOCH, datetime.fromtimestamp(o.total, tz=UTC)],
    "fromtimestamp parts": lambda o: datetime.fromtimestamp(o.count * 86400, tz=UTC).strftime("%Y-%m-%d"),
    "uuid hex": lambda o: o.ref.hex[-4:],
    "td truth": lambda o: "c" if o.meta.get("contact") else "-",
    "any eq": lambda o: o.anything == "text" or o.payload.get("s") == "t",
    "any in": lambda o: o.payload.get("a") in ("z", "y"),
    "any str in": lambda o: "t" in o.anything if isinstance(o.anything, str) else False,
    "any list loop": lambda o: [x for x in o.anything] if isinstance(o.anything, list) else [],
    "any list first": lambda o: o.anything[0] if isinstance(o.anything, list) and o.anything else None,
    "any dict keys": lambda o: sorted(o.anything) if isinstance(o.anything, dict) else [],
    "any dict get str": lambda o: v if isinstance(o.anything, dict) and isinstance(v := o.anything.get("a"), list) else [],
    "any payload str all": lambda o: {k: v for k, v in o.payload.items() if isinstance(v, str)},
    "any payload len": lambda o: len(o.payload),
    "money add": lambda o: (o.money + (o.refund or Money(amount=0.0))).amount,
    "money add chain": lambda o: (o.money + o.money + Money(amount=o.total)).cents,
    "cond unpack": lambda o: [a for a, b in [(o.count, "x") if o.vip else (0, "y")]],
    "is const": lambda o: [s for s in Status if s is o.status],
    "enum idx key": lambda o: {Hue.RED: 1, Hue.GREEN: 2}.get(o.hue, 0) + {Prio.LOW: 5, Prio.MID: 6, Prio.HIGH: 7}[o.prio],
    "enum int key comp": lambda o: {h: 1 for h in (o.hue, Hue.RED)},
}  # fmt: skip
EQUAL |= {
    "tuple eq": lambda o: (o.status, o.vip) == (Status.NEW, False),
    "tuple eq note": lambda o: (o.note, o.customer) == (None, "ann"),
    "tuple ne": lambda o: (o.count, o.note) != (3, o.customer),
    "tuple eq pair": lambda o: [p == ("a", 2) for p in o.pairs],
    "tuple eq two": lambda o: [a == b for a, b in itertools.pairwise(o.pairs)],
    "tuple in": lambda o: ("a", 2) in o.pairs,
    "tuple in tuples": lambda o: (o.channel, o.vip) in (("shop", True), ("web", False)),
    "tuple index": lambda o: o.pairs.index(("a", 2)) if ("a", 2) in o.pairs else -1,
    "tuple count": lambda o: o.pairs.count(("b", 2)),
    "tuple dates": lambda o: (o.created, o.due) == (o.paid, o.delivered),
    "coord eq mixed": lambda o: o.coord == (o.coord.lat, o.coord.lon, 0.0),
}  # fmt: skip
