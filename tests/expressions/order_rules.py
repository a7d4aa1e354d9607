# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Rules and summaries of several steps, sets, places in lists, values of any type: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime

from .orders import *

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rule:
    def __init__(self, low: float, *tags: str):
        self.low, self.tags = low, tags

    def __call__(self, o: Order) -> bool:
        return o.total > self.low and (not self.tags or any(t in o.tags for t in self.tags))

    def label(self, o: Order) -> str:
        return f"{self.__class__.__name__}:{self.low:.1f}:{o.channel}"

    @classmethod
    def kinds(cls, o: Order) -> list[str]:
        return [p.kind for p in o.payments]


def fold(o: Order) -> str:
    best = None
    if o.lines:
        best = max(o.lines, key=lambda l: l.unit_price)
    if best is not None and best.discount_pct:
        return f"{best.product_code} -{best.discount_pct:.0f}%"
    return best.product_code if best else "none"


def route_len(o: Order) -> dict[str, float]:
    legs = [math.hypot(b.lat - a.lat, b.lon - a.lon) for a, b in itertools.pairwise(o.route)]
    return {"legs": len(legs), "total": sum(legs), "longest": max(legs, default=0.0)}


def histogram(o: Order) -> dict[str, int]:
    codes = [l.product_code.partition("-")[0] for l in o.lines]
    return {c: codes.count(c) for c in sorted(set(codes))}


def summary(o: Order) -> dict[str, object]:
    paid = [l for l in o.lines if l.status in (Status.PAID, Status.SHIPPED)]
    open_ = (
        [l for l in o.lines if l not in paid]
        if False
        else [l for l in o.lines if l.status not in (Status.PAID, Status.SHIPPED)]
    )
    return {
        "paid": len(paid),
        "open": [l.product_code for l in open_],
        "ratio": len(paid) / len(o.lines) if o.lines else None,
    }


def backoff(o: Order) -> int:
    attempt = o.retries if o.retries is not None and o.retries > 0 else 0
    return min(300, 5 * 2**attempt)


def nested_opt(o: Order) -> str | None:
    b = o.billing
    if b is None or not b.geo:
        return None
    lat, lon = b.geo
    if lat < 0:
        return "south"
    return f"{lat:.2f},{lon:.2f}"


def sev(o: Order) -> str:
    score = 0
    if o.vip:
        score += 2
    if o.total > 50:
        score += 1
    if o.retries:
        score += o.retries
    if score >= 3:
        return "high"
    if score:
        return "mid"
    return "low"


def shadowed(o: Order) -> list[str]:
    x = "x"
    ys = [x for x in o.tags]
    f = lambda x: x + "!"
    return ys + [x] + [f(y) for y in ys]


def returns_model(o: Order) -> Line | None:
    if not o.lines:
        return None
    first = o.lines[0]
    if first.quantity == 0:
        return first.model_copy(update={"quantity": 1})
    return first


def early_bool(o: Order) -> bool:
    if o.note is None:
        return False
    n = o.note.strip()
    if not n:
        return False
    return n[0] == "x" or n.endswith("b")


EQUAL: dict[str, Any] = {
    "rule": Rule(1.0), "rule tags": Rule(-10.0, "b", "only"), "rule kinds": Rule.kinds,
 **{f.__name__: f for f in (fold, route_len, histogram, summary, backoff, nested_opt, sev, shadowed, returns_model, early_bool)},
    "set display len": lambda o: len({o.rank, o.count, 0}),
    "set display sorted": lambda o: sorted({o.customer, o.order_no, ""}),
    "set display in": lambda o: o.channel in {o.customer, "web"},
    "set display eq": lambda o: {o.rank, 0} == {0},
    "set display any": lambda o: any(x for x in {o.rank, 0}),
    "set display sum": lambda o: sum({o.rank, o.rank, 1}),
    "set display loop": lambda o: sorted(x + 1 for x in {o.rank, o.count}),
    "set display or": lambda o: len({o.channel} | {"web"}),
    "set display minus": lambda o: len({o.channel, "web"} - {"web"}),
    "set comp len": lambda o: len({n % 2 for n in o.nums}),
    "set of call": lambda o: len(set([o.rank, o.rank, 0])),
    "set star": lambda o: len({*o.tags, *o.uniq, "b"}),
    "set frozenset": lambda o: frozenset(o.tags) == frozenset(o.tags[::-1]),
    "set sub lt": lambda o: {"a"} < {"a", "b"} and o.vip,
    "set max": lambda o: max({*o.nums, 0}),
    "set bool": lambda o: not {n for n in o.nums if n > 2},
    "set isdisjoint": lambda o: {"a"}.isdisjoint(o.tags),
    "set union method": lambda o: sorted(o.uniq.union({"k"}, )),
    "set in list": lambda o: {l.product_code for l in o.lines} <= set(o.stock),
    "td nested get": lambda o: o.meta.get("contact", {}).get("email"),
    "td nested get default": lambda o: o.meta.get("contact", {}).get("phone", "none"),
    "td nested get tags": lambda o: o.meta.get("contact", {}).get("tags", []),
    "td local empty": lambda o: (lambda c: c.get("email", "x"))(o.meta.get("contact", {})),
    "money sum": lambda o: sum(m.amount for m in (o.money, o.refund) if m is not None),
    "money cond": lambda o: (o.refund or o.money).cents,
    "money list": lambda o: [m for m in (o.money, o.refund) if m],
    "money dict": lambda o: {"m": o.money, "r": o.refund},
    "rows computed j": lambda o: [r[o.rank] for r in o.matrix if len(r) > o.rank],
    "rows computed both": lambda o: o.matrix[len(o.matrix) - 1][len(o.matrix[-1]) - 1] if o.matrix and o.matrix[-1] else None,
    "split index computed": lambda o: o.order_no.split("/")[o.rank] if o.order_no.count("/") >= o.rank else "-",
    "split each first": lambda o: [t.split(".")[0] for t in o.tags],
    "split each last char": lambda o: [t.split(".")[-1][-1:] for t in o.tags],
    "split of split": lambda o: [x for t in o.tags for x in t.split(".")],
    "split list of lists": lambda o: [t.split(".") for t in o.tags],
    "split dict": lambda o: {t.split(".")[0]: t for t in o.tags},
    "split pairs dict": lambda o: {p.partition("=")[0]: p.partition("=")[2] for p in ["a=1", o.order_no]},
    "char at": lambda o: [t[0] for t in o.tags if t],
    "char in": lambda o: [c for c in o.channel if c not in "aeiou"],
    "text in list of split": lambda o: "B" in o.order_no.split("/"),
    "text eq strip lower": lambda o: o.customer.strip().lower() == "bob  miller",
    "text contains any of": lambda o: [w for w in ("Bob", "Zoë") if w in o.customer],
    "text count cond": lambda o: o.customer.count("o") > 1,
    "text index cond": lambda o: o.customer.index("b") if "b" in o.customer else -1,
    "text max len": lambda o: max((len(t) for t in o.tags), default=0),
    "text longest": lambda o: max(o.tags, key=len, default=""),
    "text sorted by last": lambda o: sorted((t for t in o.tags if t), key=lambda t: t[-1]),
    "text compare cond": lambda o: "a" <= o.channel[:1] <= "q",
    "text none eq": lambda o: (o.note or "") == "",
    "text tuple": lambda o: (o.note, o.customer) == (None, "ann"),
    "text ternary in f": lambda o: f"{o.note!s}" if o.note else f"{'-'!s}",
    "text int eq": lambda o: str(o.count) == "3",
    "text number join": lambda o: "".join([str(o.rank), str(o.count)]),
    "text bool lower": lambda o: str(o.vip).lower(),
    "ints sorted desc": lambda o: sorted(o.nums, key=lambda n: -n)[:1],
    "ints dedupe": lambda o: sorted(set(o.nums), reverse=True),
    "ints minmax": lambda o: max(o.nums, default=0) - min(o.nums, default=0),
    "ints pos": lambda o: next((i for i, n in enumerate(o.nums) if n == 2), None),
    "ints cumulative": lambda o: [sum(o.nums[: i + 1]) for i in range(len(o.nums))],
    "ints windows": lambda o: [o.nums[i : i + 2] for i in range(len(o.nums) - 1)],
    "ints reversed range": lambda o: [o.nums[i] for i in range(len(o.nums) - 1, -1, -1)],
    "ints zip index": lambda o: [i * n for i, n in zip(range(len(o.nums)), o.nums)],
    "ints any pair": lambda o: any(a == b for i, a in enumerate(o.nums) for b in o.nums[i + 1 :]),
    "ints all eq": lambda o: len(set(o.nums)) <= 1,
    "ints divmod": lambda o: [divmod(n, 2) for n in o.nums],
    "ints ternary": lambda o: [n if n >= 0 else None for n in o.nums],
    "ints or": lambda o: [n or None for n in o.nums],
    "ints and": lambda o: [n and 10 // n for n in o.nums],
    "ints mean": lambda o: sum(o.nums) // len(o.nums) if o.nums else 0,
    "ints str": lambda o: [str(n) for n in o.nums],
    "ints f": lambda o: [f"{n:+03d}" if False else f"{n:03d}" for n in o.nums],
    "ints float": lambda o: [n / 2 for n in o.nums],
    "ints pow": lambda o: [2**n for n in o.nums],
    "ints shift": lambda o: [n >> 1 for n in o.nums],
    "ints bits": lambda o: [n & 6 for n in o.nums] + [n | 5 for n in o.nums] + [n ^ 3 for n in o.nums],
    "ints bits mask2": lambda o: [n & 0b10110 for n in (o.bits, o.count, *o.nums)],
    "floats floor": lambda o: [v // 1 for v in o.vals],
    "floats mod": lambda o: [v % 1 for v in o.vals],
    "floats round0": lambda o: [round(v + 0.1) for v in o.vals],
    "floats abs max": lambda o: max((abs(v) for v in o.vals), default=0.0),
    "floats neg": lambda o: [-v for v in o.vals],
    "floats cmp": lambda o: [v for v in o.vals if -1 < v < 2],
    "floats int eq": lambda o: [v == int(v) for v in o.vals],
    "floats norm": lambda o: [v / sum(o.vals) for v in o.vals] if sum(o.vals) else [],
    "floats prod": lambda o: math.prod(v for v in o.vals if v),
    "floats f": lambda o: [f"{v:.2f}" for v in o.vals if v != 0.25],
    "stamps f": lambda o: [f"{t:%H:%M}" for t in o.stamps],
    "stamps dates": lambda o: sorted({t.date().isoformat() for t in o.stamps}),
    "stamps per day": lambda o: {t.strftime("%F"): 1 for t in o.stamps},
    "stamps in": lambda o: o.created in o.stamps,
    "stamps index": lambda o: o.stamps[0] == o.created if o.stamps else None,
    "stamps span": lambda o: (max(o.stamps) - min(o.stamps)).total_seconds() if o.stamps else 0.0,
    "stamps count": lambda o: sum(t > EPOCH for t in o.stamps),
    "stamps set": lambda o: len({t.year for t in o.stamps}),
    "cond list": lambda o: o.tags if o.vip else o.labels.values() if False else [],
    "cond tuple": lambda o: (o.count, "x") if o.vip else (0, "y"),
    "cond tuple unpack": lambda o: (lambda a, b: f"{a}{b}")(*((o.count, "x") if o.vip else (0, "y"))),
    "cond none list": lambda o: o.tags if o.tags else None,
    "cond model": lambda o: o.lines[0] if o.lines else Line(product_code="none", unit_price=0.0),
    "cond dict": lambda o: {"a": 1} if o.vip else {"b": 2},
    "cond nested none": lambda o: {"x": {"y": o.note, "z": [o.tax, o.retries]}},
    "deep none": lambda o: [[o.note], [[o.tax]], {"n": [None, o.retries]}],
    "tuple none": lambda o: (o.note, None, o.tax),
    "any payload list": lambda o: [o.payload, o.anything],
    "any payload cond": lambda o: o.anything if o.vip else None,
    "any payload comp": lambda o: [v for v in o.payload.values()],
    "any payload items": lambda o: {k: v for k, v in o.payload.items() if v is not None},
    "any payload keys": lambda o: sorted(o.payload),
    "any is none": lambda o: o.payload.get("a") is None,
    "any list": lambda o: len(o.anything) if isinstance(o.anything, list) else -1,
    "any dict get": lambda o: o.anything.get("a") if isinstance(o.anything, dict) else None,
    "any str or": lambda o: o.anything if isinstance(o.anything, str) and o.anything else "-",
    "any bool": lambda o: x is True if isinstance(x := o.payload.get("x"), bool) else False,
    "any nested": lambda o: d["x"] if isinstance(d := o.payload.get("d"), dict) and "x" in d else None,
    "any comp": lambda o: [v.upper() for v in o.payload.values() if isinstance(v, str)],
    "any ne": lambda o: o.payload.get("a") != "z",
    "any str either": lambda o: isinstance(o.anything, (list, dict)),
}  # fmt: skip


def unpack_cond(o: Order) -> str:
    word, n = ("vip", o.count) if o.vip else ("std", 0)
    return f"{word}{n}"


def unpack_if(o: Order) -> str:
    if o.vip:
        word, n = "vip", o.count
    else:
        word, n = o.channel, 0
    return f"{word}{n}"


def unpack_helper(o: Order) -> str:
    def f(x: int) -> tuple[str, int]:
        if x > 2:
            return "big", x
        return "small", -x

    a, b = f(o.count)
    return f"{a}{b}"


EQUAL |= {f.__name__: f for f in (unpack_cond, unpack_if, unpack_helper)}
EQUAL |= {
    "set enum in": lambda o: o.status in {o.previous, Status.NEW},
    "set opt in": lambda o: o.customer in {o.note, "ann"},
    "set status len": lambda o: len({o.status, Status.NEW}),
    "cond tuples list": lambda o: [("a", n) if n > 0 else ("b", -n) for n in o.nums],
    "cond tuples sum": lambda o: sum(n for _, n in [("a", n) if n > 0 else ("b", -n) for n in o.nums]),
    "cond coords": lambda o: (o.route[0] if o.route else o.coord).lat,
    "cond route or": lambda o: (o.route[0] if o.route else None) or o.coord,
}  # fmt: skip
