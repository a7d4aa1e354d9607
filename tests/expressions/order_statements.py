# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""Statements: if, match, walrus, early returns, local functions: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from .orders import *

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TTL = timedelta(days=30)
DAY = timedelta(days=1)
LATE = date(2024, 6, 1)
DEFAULT = Address("main", "x")
LIMITS = {"web": 100.0, "shop": 50.0, "phone": 10.0}


def early2(o: Order) -> dict[str, Any]:
    if not o.lines:
        return {"empty": True}
    first, last = o.lines[0], o.lines[-1]
    return {"first": first.product_code, "last": last.product_code, "n": len(o.lines)}


def none_chain(o: Order) -> str:
    if o.billing is None:
        return "no billing"
    if o.billing.zip is None or o.billing.zip == "":
        return "no zip"
    if o.billing.geo is None:
        return o.billing.zip
    lat, lon = o.billing.geo
    return f"{o.billing.zip} {lat:.1f} {lon:.1f}"


def nested_helper(o: Order) -> float:
    def price(l: Line, *, vat: float = 0.19) -> float:
        if l.discount_pct is None:
            return l.gross * (1 + vat)
        return l.net * (1 + vat)

    return sum(price(l) for l in o.lines) + sum(price(l, vat=0.0) for l in o.lines if l.quantity)


def nested_closure(o: Order) -> list[str]:
    prefix = o.channel[:1]

    def tag(t: str) -> str:
        nonlocal_free = prefix + ":"
        return nonlocal_free + t

    return [tag(t) for t in o.tags]


def swap(o: Order) -> list[int]:
    a, b = o.span
    a, b = b, a
    if a > b:
        a, b = b, a
    return [a, b]


def accumulate(o: Order) -> list[str]:
    out: list[str] = []
    if o.vip:
        out = [*out, "vip"]
    if o.gift:
        out = out + ["gift"]
    if o.note is not None and "x" in o.note:
        out += [o.note]
    return out


def reassigned_type(o: Order) -> str:
    x: Any = o.count
    if o.vip:
        x = "vip"
    return x if isinstance(x, str) else str(x)


def opt_reassigned(o: Order) -> str:
    note = o.note
    if note is None:
        note = o.customer or None
    if note is None:
        return "-"
    return note.strip()


def opt_assign_else(o: Order) -> int:
    n = o.retries if o.retries is not None else 0
    n = max(n, 0)
    n -= 1
    return n


def deep_if(o: Order) -> str:
    if o.status is Status.NEW:
        if o.vip:
            return "a"
        elif o.count > 0:
            if o.tax is None:
                return "b"
        else:
            return "c"
    elif o.status.final:
        return "d"
    return "e"


def ternary_stmt(o: Order) -> dict[str, Any]:
    ship = 0.0 if o.total > 50 or o.vip else 4.9
    total = o.total + ship
    return {"shipping": ship, "total": round(total, 2), "free": ship == 0.0}


def pass_branch(o: Order) -> int:
    n = o.count
    if o.vip:
        pass
    else:
        n += 1
    return n


def docstring_only(o: Order) -> str:
    """What it says."""
    label: str
    label = "x"
    return label


def chained_assign(o: Order) -> int:
    a = b = o.count + 1
    return a * b


def multi_walrus(o: Order) -> str:
    if (n := len(o.lines)) > 1 and (first := o.lines[0]).quantity > 1:
        return f"{n} {first.product_code}"
    return f"{n}"


def assert_is(o: Order) -> str:
    assert isinstance(o.payment, Cash)
    return f"{o.payment.given:.1f}"


def while_const(o: Order) -> int:
    total = sum(l.quantity for l in o.lines)
    total, rest = divmod(total, 4)
    return total * 10 + rest


def helper_star(o: Order) -> int:
    def add(*xs: int, scale: int = 1) -> int:
        return sum(xs) * scale

    return add(o.count, o.rank, scale=2)


def helper_default(o: Order, rate: float = 0.5) -> float:
    return o.total * rate


def helper_tuple(o: Order) -> tuple[str, int]:
    return o.order_no, o.count


def helper_opt(l: Line | None) -> str:
    return l.product_code if l else "none"


def use_tuple(o: Order) -> str:
    no, n = helper_tuple(o)
    return f"{no}:{n}"


def lam_local(o: Order) -> list[str]:
    fmt = lambda l, sep="x": f"{l.quantity}{sep}{l.product_code}"
    return [fmt(l) for l in o.lines] + [fmt(l, "*") for l in o.lines[:1]]


EQUAL: dict[str, Any] = {
    f.__name__: f
    for f in (
        early2,
        none_chain,
        nested_helper,
        nested_closure,
        swap,
        accumulate,
        reassigned_type,
        opt_reassigned,
        opt_assign_else,
        deep_if,
        ternary_stmt,
        pass_branch,
        docstring_only,
        chained_assign,
        multi_walrus,
        assert_is,
        while_const,
        helper_star,
        helper_default,
        use_tuple,
        lam_local,
    )
}
