# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false, reportReturnType=false
"""match of lists and tuples, what a test of a length or of None proves: expressions over an Order that have to mean the same as in Python."""

from __future__ import annotations

from typing import Any

from .orders import *


def m_parts(o: Order) -> str:
    match o.order_no.split("/"):
        case [only]:
            return only
        case [a, b]:
            return f"{a}+{b}"
        case [a, *rest]:
            return f"{a}>{'|'.join(rest)}"
        case _:
            return "none"


def m_lines(o: Order) -> str:
    match o.lines:
        case []:
            return "empty"
        case [Line(quantity=0) as l]:
            return f"zero {l.product_code}"
        case [Line(status=Status.SHIPPED, product_code=c), *rest] if rest:
            return f"{c} and {len(rest)}"
        case [Line(notes=[n])]:
            return f"note {n}"
        case [l, *_]:
            return l.product_code


def m_status(o: Order) -> tuple[str, int]:
    match (o.status, o.retries):
        case (Status.NEW, None):
            return "new", 0
        case (Status.NEW | Status.PAID, int(n)):
            return "open", n
        case (_, int(n)) if n > 3:
            return "many", n
        case (s, _):
            return s.name, -1


def m_pairs(o: Order) -> list[str]:
    def one(p: tuple[str, int]) -> str:
        match p:
            case ("a", n):
                return f"a{n}"
            case (k, 2):
                return f"{k}two"
            case (k, n):
                return f"{k}{n}"

    return [one(p) for p in o.pairs]


def m_matrix(o: Order) -> list[float]:
    def head(r: list[float]) -> float:
        match r:
            case []:
                return 0.0
            case [x]:
                return x
            case [x, y, *_]:
                return x + y

    return [head(r) for r in o.matrix]


def m_opt(o: Order) -> str:
    match o.extra:
        case None:
            return "none"
        case []:
            return "empty"
        case [l, *_]:
            return l.product_code


def m_opt_dict(o: Order) -> str:
    match o.opt_labels:
        case None:
            return "-"
        case d if not d:
            return "empty"
        case d:
            return ",".join(d)


def m_lit(o: Order) -> int:
    match o.rank, o.channel:
        case 0, _:
            return 0
        case 1, "phone":
            return 1
        case n, ("web" | "shop"):
            return n * 10
        case _:
            return -1


def m_float(o: Order) -> str:
    match o.total:
        case 0.0:
            return "zero"
        case t if t < 0:
            return "neg"
        case 12.5 | 99.995:
            return "known"
        case _:
            return "other"


def m_assign(o: Order) -> dict[str, Any]:
    out: dict[str, Any] = {"id": o.order_no}
    match o.payment:
        case Card(last4=l):
            out = {**out, "card": l}
        case Bank(iban=i, bic=b) if b is not None:
            out = {**out, "bank": i, "bic": b}
        case _:
            pass
    return out


def m_nested(o: Order) -> str:
    match o.payment:
        case Card():
            match o.prio:
                case Prio.HIGH:
                    return "fast card"
                case _:
                    return "card"
        case Cash(given=g):
            if g > 5:
                return "much"
    return "rest"


def m_bool_guard(o: Order) -> str:
    match o.vip, o.gift:
        case True, True:
            return "both"
        case True, (None | False):
            return "vip"
        case False, g if g:
            return "gift"
        case _:
            return "none"


EQUAL: dict[str, Any] = {
    f.__name__: f
    for f in (
        m_parts,
        m_lines,
        m_status,
        m_pairs,
        m_matrix,
        m_opt,
        m_opt_dict,
        m_lit,
        m_float,
        m_assign,
        m_nested,
        m_bool_guard,
    )
}
EQUAL |= {
    "len guard": lambda o: o.tags[1] if len(o.tags) > 1 else "-",
    "len guard eq": lambda o: o.nums[0] if len(o.nums) == 1 else -1,
    "len guard ge": lambda o: o.nums[2] if len(o.nums) >= 3 else -1,
    "len guard 2 of 3": lambda o: o.nums[3] if len(o.nums) >= 3 and o.vip else -1,
    "len guard wrong list": lambda o: o.tags[0] if len(o.nums) > 0 else "-",
    "len guard not": lambda o: "-" if len(o.tags) < 2 else o.tags[1],
    "len guard neg": lambda o: o.nums[-2] if len(o.nums) >= 2 else 0,
    "len guard comp": lambda o: [r[1] for r in o.matrix if len(r) > 1],
    "len guard ne": lambda o: o.tags[0] if len(o.tags) != 0 else "",
    "len guard opts": lambda o: o.opts[1] if len(o.opts) > 1 else 9.0,
    "len guard text": lambda o: o.customer[1] if len(o.customer) > 1 else "",
    "len guard eq 3": lambda o: [o.vals[0], o.vals[2]] if len(o.vals) == 3 else [],
    "len guard and": lambda o: len(o.lines) > 1 and o.lines[1].quantity == 0,
    "len guard or": lambda o: len(o.lines) < 2 or o.lines[1].quantity == 0,
    "len guard split": lambda o: p[1] if len(p := o.order_no.split("-")) == 2 else "",
    "len guard split or": lambda o: (lambda p: p[1] if len(p) > 1 else p[0])(o.order_no.split("/")),
    "and mixed": lambda o: bool(o.note and o.lines and o.payload),
    "or mixed": lambda o: bool(o.note or o.extra or o.retries or o.payload),
    "and or mixed": lambda o: bool((o.note or o.tags) and (o.lines or o.vip)),
    "not and mixed": lambda o: not (o.note and o.lines) or bool(o.vip and o.tags),
    "if mixed": lambda o: "a" if o.note and o.lines else "b" if o.tags or o.retries else "c",
    "filter mixed": lambda o: [l for l in o.lines if l.notes and l.attributes and l.quantity],
    "any mixed": lambda o: any(l.notes and l.attributes for l in o.lines),
    "all mixed": lambda o: all(l.notes or l.quantity for l in o.lines),
    "sum cond": lambda o: sum(1 for l in o.lines if l.notes and not l.attributes),
    "text eq none": lambda o: [t for t in o.opt_texts if t != ""],
    "opt eq chain": lambda o: o.note == o.customer == "",
    "opt ne chain": lambda o: o.previous != o.status != Status.NEW,
    "opt enum in set": lambda o: o.previous in {Status.NEW, Status.PAID},
    "opt enum not in": lambda o: o.previous not in (Status.SHIPPED,),
    "opt date eq": lambda o: o.delivered == o.due,
    "opt dt eq": lambda o: o.paid == o.created,
    "opt dt ne": lambda o: o.paid != o.created,
    "opt list eq": lambda o: o.extra == [],
    "opt dict truth": lambda o: "y" if o.opt_labels else "n",
    "opt float truth": lambda o: "y" if o.tax else "n",
    "opt model eq none": lambda o: o.refund == None,
    "opt model and field": lambda o: o.refund is not None and o.refund.currency == "USD",
    "opt ternary nested": lambda o: o.refund.amount if o.refund else o.billing.city if o.billing else None,
    "opt list or list": lambda o: [l.product_code for l in (o.extra or o.lines or [])],
    "opt default model": lambda o: (o.refund or Money(amount=0.0)).amount,
    "opt default get": lambda o: (o.opt_labels or o.labels).get("k", "?"),
    "opt in comp": lambda o: [l.discount_pct or 0 for l in o.lines if l.discount_pct is None or l.discount_pct > 5],
    "opt sort": lambda o: sorted((x for x in o.opts if x is not None), key=lambda x: -x),
    "opt max": lambda o: max([x for x in (o.tax, o.total, None) if x is not None]),
    "opt dict values": lambda o: {k: v for k, v in {"a": o.note, "b": o.customer}.items() if v},
    "opt dict items": lambda o: [f"{k}:{v}" for k, v in {"a": o.note, "b": o.customer}.items() if v is not None],
    "opt join": lambda o: " ".join(x for x in [o.note, o.customer] if x),
    "opt tuple": lambda o: [x is None for x in (o.note, o.tax, o.refund)],
    "opt first": lambda o: next((l for l in o.lines if l.discount_pct), None),
    "opt first attr": lambda o: l.product_code if (l := next((l for l in o.lines if l.discount_pct), None)) else "none",
    "opt walrus comp": lambda o: [d for l in o.lines if (d := l.discount_pct) is not None],
    "opt getattr": lambda o: getattr(o, "note") or "-",
    "opt lambda": lambda o: (lambda n: n if n is not None else "x")(o.note),
}  # fmt: skip
EQUAL |= {
    "empty lines": lambda o: o.lines == [], "empty lines ne": lambda o: [] != o.lines, "empty rows": lambda o: o.matrix == [] or o.matrix[0] == [], "empty rows comp": lambda o: [r for r in o.matrix if r != []], "empty opts": lambda o: o.opts == [],
}  # fmt: skip
