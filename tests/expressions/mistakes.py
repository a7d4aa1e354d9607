"""Mistakes in expressions over an Order: misspelt names at every depth, None that nobody tested, wrong arguments.

The exact messages are in goldens/mistakes.txt.
"""
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false
# pyright: reportOptionalMemberAccess=false, reportOptionalOperand=false, reportOptionalIterable=false, reportIndexIssue=false
# pyright: reportOptionalSubscript=false, reportUndefinedVariable=false, reportTypedDictNotRequiredAccess=false
# pyright: reportGeneralTypeIssues=false, reportUnboundVariable=false, reportPossiblyUnboundVariable=false, reportUnusedExpression=false, reportReturnType=false
# pyright: reportUnhashable=false, reportAbstractUsage=false, reportNoOverloadImplementation=false
# ruff: noqa

from __future__ import annotations

import json
import math
import operator
import re
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

from .orders import *


def helper(l: Line, rate: float) -> float:
    return l.gross * rate


def kwonly(o: Order, *, rate: float) -> float:
    return o.total * rate


def m1(o):
    match o.payment:
        case Card(last=x):
            return x
        case _:
            return ""


def m2(o):
    match o.status:
        case Status.NWE:
            return 1
        case _:
            return 2


def m3(o):
    match o.channel:
        case "wbe":
            return 1
        case _:
            return 2


def m4(o):
    match o.coord:
        case Coord(a, b, c, d):
            return a
        case _:
            return 0.0


def m5(o):
    match o.payment:
        case Card(x):
            return x
        case _:
            return ""


def m6(o):
    match o.meta:
        case {"soruce": s}:
            return s
        case _:
            return ""


def m7(o):
    match o.span:
        case (a, b, c):
            return a
        case _:
            return 0


def m8(o):
    match o.customer:
        case ["x", *rest]:
            return rest
        case _:
            return []


def m9(o):
    match o.labels:
        case {"k": v, **rest}:
            return v
        case _:
            return ""


def f1(o):
    total = o.totl
    return total


def f2(o):
    x = o.lines[0]
    return x.product_cod


def f3(o):
    if o.billing is None:
        return "-"
    return o.billing.zip.upper()


def f4(o):
    n = o.retries
    n += 1
    return n


def f5(o):
    for i in range(3):
        pass
    return i


def f6(o):
    return helper(o.lines[0])


def f7(o):
    a, b, c = o.span
    return a


def f8(o):
    nonlocal_x = 1

    def g():
        nonlocal nonlocal_x
        nonlocal_x = 2
        return nonlocal_x

    return g()


def f9(o):
    global GLOBAL
    GLOBAL = 1
    return o.total


def f10(o):
    with open("x") as f:
        return f.read()


def f12(o):
    x: int
    return x


def f13(o):
    lambda: 1
    return o.total


def f14(o):
    print(o.total)
    return o.total


def f15(o):
    o.lines.sort(key=lambda l: l.gross)
    return o.lines


def f16(o):
    xs = list(o.tags)
    xs[0] = "z"
    return xs


def f17(o):
    class A:
        pass

    return o.total


def f18(o):
    if o.vip:
        return 1
    raise ValueError("x")


def f19(o):
    try:
        return o.lines[0].gross
    finally:
        pass


def f20(o):
    return [await_ for await_ in o.tags if awit_]


MISTAKES: dict[str, Any] = {
    "match field": m1,
    "match enum": m2,
    "match Literal": m3,
    "match too many": m4,
    "match a model by position": m5,
    "match a key": m6,
    "match another length": m7,
    "match a list": m8,
    "match the rest": m9,
    "assigned": f1,
    "of an item": f2,
    "after another test": f3,
    "added to None": f4,
    "for": f5,
    "missing argument": f6,
    "unpacked": f7,
    "nonlocal": f8,
    "global": f9,
    "with": f10,
    "declared only": f12,
    "thrown away": f13,
    "printed": f14,
    "sorted in place": f15,
    "item assigned": f16,
    "class": f17,
    "raise": f18,
    "try": f19,
    "misspelt in a condition": f20,
    "lines typo": lambda o: [l.prodct_code for l in o.lines],
    "lines camel": lambda o: [l.productCode for l in o.lines],
    "alias name": lambda o: o.orderNo,
    "deep typo": lambda o: o.lbox.value.unit_prce if o.lbox else 0.0,
    "box typo": lambda o: o.box.valeu,
    "box hist typo": lambda o: [h.x for h in o.box.history],
    "tree typo": lambda o: [c.nam for c in o.tree.children],
    "addr typo": lambda o: o.address.stret,
    "addr opt": lambda o: o.billing.city,
    "addr opt zip": lambda o: o.address.zip.upper(),
    "addr opt geo": lambda o: o.address.geo[0],
    "nt typo": lambda o: o.coord.latt,
    "nt idx": lambda o: o.coord[3],
    "td typo": lambda o: o.meta["sorce"],
    "td nested typo": lambda o: o.meta["contact"]["emial"] if "contact" in o.meta else "",
    "td get typo": lambda o: o.contact.get("phon"),
    "td attr": lambda o: o.contact.email,
    "td build typo": lambda o: Contact(emial="x"),
    "td build miss": lambda o: Contact(phone=o.customer),
    "enum typo": lambda o: o.status is Status.NEWW,
    "enum val typo": lambda o: o.status == "nwe",
    "enum in typo": lambda o: o.status in ("new", "payed"),
    "hue eq": lambda o: o.hue == 1,
    "hue other": lambda o: o.hue is Prio.LOW,
    "prio eq": lambda o: o.prio == 7,
    "lit typo": lambda o: o.channel == "wbe",
    "lit not in": lambda o: o.channel not in ("web", "shopp"),
    "lit opt typo": lambda o: o.opt_channel == "phone",
    "table typo": lambda o: {"web": 1, "shop": 2, "phon": 3}[o.channel],
    "payment typo": lambda o: o.payment.last4,
    "payment isinstance typo": lambda o: o.payment.lst4 if isinstance(o.payment, Card) else "",
    "payment kind typo": lambda o: o.payment.kind == "crd",
    "payment wrong": lambda o: o.payment.iban if o.payment.kind == "card" else "",
    "method typo": lambda o: o.customer.uper(),
    "method typo2": lambda o: o.customer.startwith("x"),
    "list method": lambda o: o.tags.apend("x"),
    "list append": lambda o: o.tags.append("x"),
    "dict method": lambda o: o.labels.item(),
    "dict pop": lambda o: o.labels.pop("k"),
    "dict setdefault": lambda o: o.labels.setdefault("k", "v"),
    "dict update": lambda o: o.labels.update({"a": "b"}),
    "set add": lambda o: o.uniq.add("x"),
    "dt typo": lambda o: o.created.isofrmat(),
    "dt attr": lambda o: o.created.hours,
    "dt method noparen": lambda o: o.created.isoformat,
    "date method": lambda o: o.due.isoformt(),
    "order method typo": lambda o: o.with_tx(),
    "order method args": lambda o: o.with_tax(0.1, 0.2),
    "order method kw": lambda o: o.with_tax(rat=0.1),
    "order prop call": lambda o: o.open_lines(),
    "order prop typo": lambda o: o.open_line,
    "helper args": lambda o: helper(o.lines[0], 1.0, 2.0),
    "helper kw": lambda o: helper(o.lines[0], rat=1.0),
    "helper missing": lambda o: kwonly(o),
    "name typo": lambda o: helpr(o.lines[0], 1.0),
    "name typo2": lambda o: ordr.total,
    "module typo": lambda o: math.flor(o.total),
    "lambda comp var": lambda o: [x for x in o.tags if y],
    "none plus": lambda o: o.tax + 1,
    "none rplus": lambda o: 1 + o.tax,
    "none mult": lambda o: o.total * o.tax,
    "none div": lambda o: o.total / o.tax,
    "none floordiv": lambda o: o.count // o.retries,
    "none mod": lambda o: o.retries % 2,
    "none pow": lambda o: o.retries ** 2,
    "none neg": lambda o: -o.tax,
    "none bit": lambda o: o.retries & 1,
    "none shift": lambda o: o.retries >> 1,
    "none lt": lambda o: o.tax < 3,
    "none gt r": lambda o: 3 > o.tax,
    "none chain": lambda o: 0 < o.retries < 5,
    "none concat": lambda o: o.note + "x",
    "none f": lambda o: f"{o.note}",
    "none f spec": lambda o: f"{o.tax:.2f}",
    "none f enum": lambda o: f"{o.previous}",
    "none str": lambda o: str(o.retries),
    "none int": lambda o: int(o.tax),
    "none float": lambda o: float(o.tax),
    "none round": lambda o: round(o.tax, 1),
    "none abs": lambda o: abs(o.tax),
    "none len": lambda o: len(o.note),
    "none len list": lambda o: len(o.extra),
    "none loop": lambda o: [l for l in o.extra],
    "none in": lambda o: "x" in o.note,
    "none in list": lambda o: o.lines[0] in o.extra,
    "none in dict": lambda o: "x" in o.opt_labels,
    "none idx": lambda o: o.extra[0],
    "none slice": lambda o: o.note[:2],
    "none key": lambda o: o.opt_labels["x"],
    "none get": lambda o: o.opt_labels.get("x"),
    "none as key": lambda o: o.labels[o.note],
    "none get as key": lambda o: o.labels.get(o.note),
    "none method": lambda o: o.note.upper(),
    "none arg": lambda o: o.customer.startswith(o.note),
    "none replace": lambda o: o.customer.replace("a", o.note),
    "none join": lambda o: ",".join(o.opt_texts),
    "none join2": lambda o: ",".join([o.customer, o.note]),
    "none split": lambda o: o.note.split(","),
    "none sum": lambda o: sum(o.opts),
    "none max": lambda o: max(o.opts),
    "none max2": lambda o: max(o.total, o.tax),
    "none sorted": lambda o: sorted(o.opt_texts),
    "none sorted key": lambda o: sorted(o.lines, key=lambda l: l.discount_pct),
    "none any": lambda o: any(l.attributes for l in o.extra),
    "none date lt": lambda o: o.delivered < o.due,
    "none date minus": lambda o: o.delivered - o.due,
    "none dt": lambda o: o.paid - o.created,
    "none dt attr": lambda o: o.paid.year,
    "none dt plus": lambda o: o.paid + timedelta(days=1),
    "none enum value": lambda o: o.previous.value,
    "none enum prop": lambda o: o.previous.final,
    "none build": lambda o: Line(product_code=o.note, unit_price=1.0),
    "none build list": lambda o: Line(product_code="x", unit_price=1.0, notes=o.opt_texts),
    "none call helper": lambda o: helper(o.biggest, 1.0),
    "none spread": lambda o: [*o.extra],
    "none dict spread": lambda o: {**o.opt_labels},
    "none dict or": lambda o: o.labels | o.opt_labels,
    "none list plus": lambda o: o.lines + o.extra,
    "none zip": lambda o: list(zip(o.lines, o.extra)),
    "none enumerate": lambda o: list(enumerate(o.extra)),
    "none range": lambda o: list(range(o.retries)),
    "none math": lambda o: math.sqrt(o.tax),
    "none next": lambda o: next((l for l in o.lines), None).gross,
    "none find": lambda o: o.find("x").gross,
    "none get chain": lambda o: o.nested.get("a").get("b"),
    "none get op": lambda o: o.stock.get("a") * 2,
    "none timedelta": lambda o: timedelta(hours=o.retries),
    "none ternary": lambda o: (o.note if o.vip else "x").upper(),
    "none index": lambda o: o.tags[o.retries],
    "none bool op": lambda o: o.note.upper() or "x",
    "none and wrong": lambda o: o.tax > 1 and o.tax is not None,
    "none or wrong": lambda o: o.tax is None and o.tax > 1,
    "none other": lambda o: o.note.upper() if o.tax else "",
    "none unpack": lambda o: (lambda a, b: a)(*o.address.geo),
    "none mean": lambda o: statistics.mean(o.opts),
    "none prod": lambda o: math.prod(o.opts),
    "none itemgetter": lambda o: operator.itemgetter(0)(o.extra),
    "none fromtimestamp": lambda o: datetime.fromtimestamp(o.tax, tz=UTC),
    "none repeat": lambda o: "x" * o.retries,
    "none zfill": lambda o: o.note.zfill(3),
    "none membership tuple": lambda o: o.note in o.opt_labels,
    "text+int": lambda o: o.customer + o.count,
    "int+text": lambda o: o.count + o.customer,
    "text+float": lambda o: "x" + o.total,
    "list+text": lambda o: o.tags + o.customer,
    "list+tuple": lambda o: o.tags + ("x",),
    "list-list": lambda o: o.tags - ["x"],
    "text-text": lambda o: o.customer - "x",
    "dict+dict": lambda o: o.labels + o.labels,
    "list*list": lambda o: o.tags * o.tags,
    "text/": lambda o: o.customer / 2,
    "text<int": lambda o: o.customer < 3,
    "dt<text": lambda o: o.created < "2024",
    "dt-int": lambda o: o.created - 5,
    "dt+int": lambda o: o.created + 5,
    "dt+dt": lambda o: o.created + o.created,
    "date-dt": lambda o: o.created - o.due,
    "int in text": lambda o: o.count in o.customer,
    "text in int": lambda o: "1" in o.count,
    "int in strs": lambda o: 1 in o.tags,
    "bool in": lambda o: o.vip in o.tags,
    "enum eq text of plain": lambda o: o.hue == "red",
    "status eq hue": lambda o: o.status == Hue.RED,
    "line eq text": lambda o: o.lines[0] == "x",
    "list eq text": lambda o: o.tags == "x",
    "dict eq list": lambda o: o.labels == [],
    "len int": lambda o: len(o.count),
    "sum texts": lambda o: sum(o.tags),
    "sum lines": lambda o: sum(o.lines),
    "max lines": lambda o: max(o.lines),
    "sorted lines": lambda o: sorted(o.lines),
    "join ints": lambda o: ",".join(o.nums),
    "join lines": lambda o: ",".join(o.lines),
    "index text": lambda o: o.tags["0"],
    "index float": lambda o: o.tags[0.5],
    "key int": lambda o: o.labels[0],
    "key other": lambda o: o.per_status["x"],
    "idx int": lambda o: o.count[0],
    "call int": lambda o: o.count(),
    "call list": lambda o: o.tags(),
    "call dict": lambda o: o.labels("k"),
    "attr list": lambda o: o.lines.product_code,
    "attr dict": lambda o: o.labels.k,
    "attr int": lambda o: o.count.real,
    "attr opt list": lambda o: o.extra.gross,
    "loop int": lambda o: [x for x in o.count],
    "loop model": lambda o: [x for x in o.money],
    "unpack int": lambda o: [a for a, b in o.nums],
    "unpack 3": lambda o: [a for a, b, c in o.pairs],
    "unpack list": lambda o: (lambda a, b: a)(*o.tags),
    "build typo": lambda o: Line(product_cod="x", unit_price=1.0),
    "build missing": lambda o: Line(unit_price=1.0),
    "build wrong": lambda o: Line(product_code=o.count, unit_price=1.0),
    "build wrong list": lambda o: Line(product_code="x", unit_price=o.total, notes=o.nums),
    "build wrong enum": lambda o: Line(product_code="x", unit_price=o.total, status="payed"),
    "build wrong enum2": lambda o: Line(product_code="x", unit_price=o.total, status=o.customer),
    "build literal": lambda o: Money(amount=o.total, currency="GBP"),
    "build positional": lambda o: Line(o.customer, 1.0),
    "build dc kwonly": lambda o: Money(o.total),
    "build nt many": lambda o: Coord(o.total, 1.0, 2.0, 3.0),
    "build nt missing": lambda o: Coord(o.total),
    "build union": lambda o: Order(order_no="x", customer="y", created=o.created, payment=o.lines),
    "build dt": lambda o: Order(order_no="x", customer="y", created=o.customer),
    "build nested typo": lambda o: Tree(name=o.customer, children=[Tree(nam="x")]),
    "build generic": lambda o: Box[int](value=o.customer),
    "copy typo": lambda o: o.tree.model_copy(update={"nam": "x"}),
    "copy wrong": lambda o: o.tree.model_copy(update={"name": o.count}),
    "nt replace typo": lambda o: o.coord._replace(latt=1.0),
    "replace args": lambda o: o.customer.replace("a"),
    "split args": lambda o: o.customer.split("a", 1, 2),
    "round args": lambda o: round(o.total, 1, 2),
    "round text": lambda o: round(o.customer),
    "len args": lambda o: len(o.tags, 1),
    "sorted args": lambda o: sorted(o.tags, cmp=1),
    "sorted key str": lambda o: sorted(o.lines, key="gross"),
    "max key typo": lambda o: max(o.lines, key=lambda l: l.gros),
    "range float": lambda o: list(range(o.total)),
    "zip one": lambda o: list(zip(o.tags)),
    "any args": lambda o: any(o.vip, o.gift),
    "any bool": lambda o: any(o.vip),
    "sum args": lambda o: sum(1, 2, o.count),
    "isinstance str name": lambda o: isinstance(o.payment, "Card"),
    "dt now": lambda o: datetime.now() > o.created,
    "dt fromts": lambda o: datetime.fromtimestamp(o.count),
    "re": lambda o: re.match("a", o.customer),
    "json": lambda o: json.dumps(o.labels),
    "yield": lambda o: (yield o.total),
    "star": lambda o: [*o.count],
    "dict comp dup": lambda o: {o.lines[0]: 1},
    "dict list key": lambda o: {o.tags[0]: 1, tuple(o.nums): 2},
    "set of models": lambda o: {l for l in o.lines},
    "set result": lambda o: {t for t in o.tags},
    "tuple+list": lambda o: o.span + [1],
    "walrus unused": lambda o: (x := o.ttl),
    "not prop": lambda o: not o.vipp,
    "cmp typo": lambda o: o.total > o.limt,
    "f typo": lambda o: f"order {o.order_n} by {o.customer}",
    "f nested typo": lambda o: f"{', '.join(l.code for l in o.lines)}",
    "kw nested typo": lambda o: Line(product_code=o.custmer, unit_price=o.total),
    "multi-line typo": lambda o: {
        "a": o.total,
        "b": o.totl,
    },
    "chain typo": lambda o: o.customer.strip().lowr().replace("a", "b"),
    "sub typo": lambda o: o.lines[0].notez[0] if o.lines else "",
    "dict val typo": lambda o: [v.gros for v in o.by_line.values()],
    "items typo": lambda o: [f"{k}{v.gros}" for k, v in o.by_line.items()],
    "enumerate typo": lambda o: [f"{i}{l.gros}" for i, l in enumerate(o.lines)],
    "zip typo": lambda o: [a.gros for a, b in zip(o.lines, o.tags)],
    "filter typo": lambda o: [l.gross for l in o.lines if l.quantit > 1],
    "sorted typo": lambda o: sorted(o.lines, key=lambda l: (l.gross, l.cod)),
    "map typo": lambda o: list(map(lambda l: l.cod, o.lines)),
    "attrgetter typo": lambda o: sorted(o.lines, key=operator.attrgetter("cod")),
    "itemgetter typo": lambda o: [operator.itemgetter("x")(p) for p in o.pairs],
    "next typo": lambda o: next((l.cod for l in o.lines), None),
    "any typo": lambda o: any(l.cod for l in o.lines),
    "ternary typo": lambda o: o.total if o.vip else o.totle,
    "lambda in lambda typo": lambda o: (lambda x: x.totl)(o),
    "comp in comp typo": lambda o: [[n.x for n in l.notes] for l in o.lines],
}  # fmt: skip
