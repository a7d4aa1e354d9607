# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""match in all its patterns: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, assert_never

from .orders import *

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TTL = timedelta(days=30)
DAY = timedelta(days=1)
LATE = date(2024, 6, 1)
DEFAULT = Address("main", "x")
LIMITS = {"web": 100.0, "shop": 50.0, "phone": 10.0}


def pay_tag(o: Order) -> str:
    match o.payment.kind:
        case "card":
            return "c"
        case "bank" | "cash":
            return "b"


def pay_if(o: Order) -> str:
    p = o.payment
    if isinstance(p, Card):
        return p.last4
    elif isinstance(p, Bank):
        return p.bic or p.iban
    else:
        return f"{p.given:.2f}"


def pay_kind_if(o: Order) -> str | None:
    if o.payment.kind == "card":
        return o.payment.last4
    if o.payment.kind == "bank":
        return o.payment.bic
    return None


def match_tuple(o: Order) -> str:
    match (o.status, o.vip):
        case (Status.NEW, True):
            return "new vip"
        case (Status.NEW, False):
            return "new"
        case (s, True) if s.final:
            return "done vip"
        case (s, _):
            return s.value


def match_coord(o: Order) -> str:
    match o.coord:
        case Coord(lat=0.0, lon=0.0):
            return "origin"
        case Coord(lat=x, alt=a) if a > 0:
            return f"high {x:.0f}"
        case Coord(lat, lon):
            return f"{lat + lon:.1f}"


def match_coord_seq(o: Order) -> float:
    match o.coord:
        case (a, b, c):
            return a + b + c


def match_span(o: Order) -> str:
    match o.span:
        case (0, n):
            return f"from zero to {n}"
        case (a, b) if a == b:
            return "same"
        case (a, b):
            return f"{a}..{b}"


def match_dc(o: Order) -> str:
    match o.billing:
        case None:
            return "none"
        case Address(city="c2"):
            return "c2"
        case Address(street=s, zip=None):
            return s
        case Address(geo=(x, y)):
            return f"{x + y:.1f}"
        case Address() as a:
            return a.city


def match_money(o: Order) -> float:
    match o.refund:
        case Money(amount=a, currency="USD"):
            return a * 2
        case Money(amount=a):
            return a
        case None:
            return 0.0


def match_opt(o: Order) -> str:
    match o.retries:
        case None:
            return "never"
        case 0:
            return "zero"
        case n if n < 0:
            return "neg"
        case n:
            return f"{n} times"


def match_text(o: Order) -> int:
    match o.note:
        case None | "":
            return 0
        case str(t) if t.startswith(" "):
            return 1
        case t:
            return len(t)


def match_bool(o: Order) -> str:
    match o.gift:
        case True:
            return "t"
        case False:
            return "f"
        case None:
            return "n"


def match_key(o: Order) -> str:
    match o.key:
        case int(n):
            return f"#{n}"
        case str(s):
            return s


def match_maybe(o: Order) -> str:
    match o.maybe:
        case str():
            return "str"
        case None:
            return "none"
        case _:
            return "num"


def match_channel(o: Order) -> float:
    match o.channel:
        case "web":
            base = 1.0
        case "shop":
            base = 2.0
        case "phone":
            base = 3.0
        case other:
            assert_never(other)
    return base * o.total


def match_prio(o: Order) -> str:
    match o.prio:
        case Prio.LOW:
            return "l"
        case Prio.MID | Prio.HIGH as p:
            return p.name


def match_dict(o: Order) -> str:
    match o.stock:
        case {"AB-12": n}:
            return f"{n}"
        case _:
            return "-"


def match_td(o: Order) -> str:
    match o.meta:
        case {"source": "s"}:
            return "s"
        case _:
            return "-"


def match_nested(o: Order) -> str:
    match (o.payment, o.retries):
        case (Card(), None):
            return "a"
        case (Card(), int()):
            return "b"
        case (_, n) if n:
            return "c"
    return "d"


def match_guard_only(o: Order) -> str:
    match o.count:
        case n if n > 50:
            return "big"
        case n if n < 0:
            return "neg"
        case 3:
            return "three"
    return "rest"


EQUAL: dict[str, Any] = {
    f.__name__: f
    for f in (
        pay_tag,
        pay_if,
        pay_kind_if,
        match_tuple,
        match_coord,
        match_coord_seq,
        match_span,
        match_dc,
        match_money,
        match_opt,
        match_text,
        match_bool,
        match_key,
        match_maybe,
        match_channel,
        match_prio,
        match_dict,
        match_td,
        match_nested,
        match_guard_only,
    )
}
