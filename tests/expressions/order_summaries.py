# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""What workflows make of an order: keys, envelopes, subjects, rules, statistics: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

import math
import operator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .orders import *


class Rule:
    """A configurable rule, as engineers keep them in a list."""

    def __init__(self, name: str, least: float, *channels: str) -> None:
        self.name, self.least, self.channels = name, least, channels

    def applies(self, o: Order) -> bool:
        return o.total >= self.least and (not self.channels or o.channel in self.channels)


RULES = [Rule("big", 50.0), Rule("shop", 5.0, "shop"), Rule("any", 0.0)]
WINDOWS = {"web": timedelta(days=14), "shop": timedelta(days=30), "phone": timedelta(days=7)}
FEES = ((100.0, 0.0), (10.0, 2.5), (0.0, 5.0))
SKIP = {Status.LOST}


def rule_names(o: Order) -> list[str]:
    return [r.name for r in RULES if r.applies(o)]


def first_rule(o: Order) -> str:
    return next((r.name for r in RULES if r.applies(o)), "none")


def fee(o: Order) -> float:
    return next((f for least, f in FEES if o.total >= least), 9.0)


def return_by(o: Order) -> datetime:
    return o.created + WINDOWS[o.channel]


def overdue(o: Order) -> bool:
    return o.paid is None and o.created + WINDOWS[o.channel] < datetime(2024, 6, 1, tzinfo=UTC)


def envelope(o: Order) -> dict[str, Any]:
    head = {"id": o.order_no, "at": o.created.isoformat(), "v": 1}
    body = {
        "lines": [
            {"code": l.product_code, "qty": l.quantity, "net": round(l.net, 2)} for l in o.lines if l.status not in SKIP
        ]
    }
    return {**head, **body, "empty": not body["lines"]}


def key_of(o: Order) -> dict[str, str]:
    return {"pk": f"ORDER#{o.order_no}", "sk": f"{o.created:%Y-%m-%d}#{o.prio:02d}", "gsi": o.status.value.upper()}


def dedupe(o: Order) -> str:
    return "-".join([o.channel, o.order_no.replace("/", "_"), str(int(o.created.timestamp()))])[:80]


def chunked(o: Order) -> list[dict[str, Any]]:
    return [{"n": i // 2, "items": o.tags[i : i + 2]} for i in range(0, len(o.tags), 2)]


def batch_failures(o: Order) -> dict[str, list[dict[str, str]]]:
    return {"batchItemFailures": [{"itemIdentifier": l.product_code} for l in o.lines if not l.quantity]}


def subject(o: Order) -> str:
    return f"[{o.prio.name}] {o.customer.strip()[:10] or 'unknown'}: {len(o.lines)} line{'' if len(o.lines) == 1 else 's'}, {o.total:,.2f} {o.money.currency}"


def tags_kv(o: Order) -> list[dict[str, str]]:
    return [{"Key": k, "Value": v} for k, v in sorted(o.labels.items()) if v]


def attributes(o: Order) -> dict[str, dict[str, str]]:
    return {
        k: {"DataType": "String", "StringValue": v}
        for k, v in {"channel": o.channel, "status": o.status.value, "note": o.note or ""}.items()
        if v
    }


def retry_delay(o: Order) -> int:
    return min(900, 30 * 2 ** min(o.retries if o.retries and o.retries > 0 else 0, 10))


def is_business_hours(o: Order) -> bool:
    return o.created.weekday() < 5 and 8 <= o.created.hour < 18


def next_monday(o: Order) -> date:
    return o.due + timedelta(days=7 - o.due.weekday())


def topic(o: Order) -> list[str]:
    return f"orders/{o.channel}/{o.order_no or 'none'}/status".split("/")


def diff(o: Order) -> dict[str, Any]:
    return {k: v for k, v in {"total": (o.total, o.tax), "count": (o.count, o.retries)}.items() if v[0] != v[1]}


def coalesce(*xs: Any) -> Any:
    return next((x for x in xs if x is not None), None)


def use_coalesce(o: Order) -> float:
    return coalesce(o.tax, o.total)


def score(o: Order) -> int:
    return sum([2 if o.vip else 0, 1 if o.gift else 0, min(len(o.lines), 3), -1 if o.status.final else 0])


def grade(o: Order) -> str:
    s = score(o)
    for_all = {0: "none", 1: "low"}
    return for_all.get(s, "high" if s > 2 else "mid")


def bounding(o: Order) -> dict[str, float] | None:
    if not o.route:
        return None
    lats, lons = [c.lat for c in o.route], [c.lon for c in o.route]
    return {"n": max(lats), "s": min(lats), "e": max(lons), "w": min(lons)}


def moving_avg(o: Order) -> list[float]:
    return [sum(o.vals[max(0, i - 1) : i + 1]) / len(o.vals[max(0, i - 1) : i + 1]) for i in range(len(o.vals))]


def outliers(o: Order) -> list[float]:
    if len(o.vals) < 2:
        return []
    mean = sum(o.vals) / len(o.vals)
    var = sum((v - mean) ** 2 for v in o.vals) / (len(o.vals) - 1)
    return [v for v in o.vals if abs(v - mean) > math.sqrt(var)]


def by_status(o: Order) -> dict[str, int]:
    return {s.value: n for s in Status if (n := sum(1 for l in o.lines if l.status is s))}


def ranked(o: Order) -> list[str]:
    return [
        f"{i}. {l.product_code}" for i, l in enumerate(sorted(o.lines, key=lambda l: (-l.gross, l.product_code)), 1)
    ]


def matrix_t(o: Order) -> list[list[float]]:
    if not o.matrix or any(len(r) != len(o.matrix[0]) for r in o.matrix):
        return []
    return [[r[j] for r in o.matrix] for j in range(len(o.matrix[0]))]


def dot(o: Order) -> float:
    return sum(map(operator.mul, o.vals, o.vals)) if False else sum(a * b for a, b in zip(o.vals, o.nums))


def flatten_deep(o: Order) -> list[str]:
    return [f"{a}.{b}" for a, inner in sorted(o.nested.items()) for b in sorted(inner)]


def inverted(o: Order) -> dict[int, list[str]]:
    return {n: sorted(k for k, v in o.stock.items() if v == n) for n in set(o.stock.values())}


def pick(o: Order) -> dict[str, Any]:
    return {k: v for k, v in zip(("a", "b", "c"), (o.note, o.count, o.vip)) if v}


EQUAL: dict[str, Any] = {
    f.__name__: f
    for f in (
        rule_names,
        first_rule,
        fee,
        return_by,
        overdue,
        envelope,
        key_of,
        dedupe,
        chunked,
        batch_failures,
        subject,
        tags_kv,
        attributes,
        retry_delay,
        is_business_hours,
        next_monday,
        topic,
        diff,
        use_coalesce,
        score,
        grade,
        bounding,
        moving_avg,
        outliers,
        by_status,
        ranked,
        matrix_t,
        dot,
        flatten_deep,
        inverted,
        pick,
    )
}
EQUAL |= {
    "sorted items lists": lambda o: sorted(o.groups.items()), "sorted items models": lambda o: [k for k, _ in sorted(o.by_line.items(), reverse=True)], "max items": lambda o: max(o.by_line.items(), default=None), "min items": lambda o: min(o.nested.items())[0] if o.nested else "", "sorted items comp": lambda o: {k: len(v) for k, v in sorted(o.groups.items())}, "sorted stock items": lambda o: sorted(o.stock.items(), reverse=True), "sorted enum items": lambda o: [(k.value, v) for k, v in sorted(o.per_status.items())],
}  # fmt: skip
