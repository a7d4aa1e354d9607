"""Expressions over a Thing that have to mean the same as in Python."""
# ruff: noqa
# mypy: ignore-errors
# pyright: basic, reportCallIssue=false, reportArgumentType=false, reportOptionalMemberAccess=false
# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false, reportTypedDictNotRequiredAccess=false, reportReturnType=false
# pyright: reportUndefinedVariable=false

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from .things import *


def part_text(x: Thing) -> str:
    match x.part:
        case Leaf(extra_n=n) if n:
            return f"leaf {n}"
        case Leaf(name=name):
            return name
        case Stem(leaves=[]):
            return "bare"
        case Stem(leaves=ls):
            return f"{len(ls)}"


def part_text2(x: Thing) -> str:
    match x.part:
        case Leaf(extra_n=n) if n:
            return f"leaf {n}"
        case Leaf(name=name):
            return name
        case Stem(leaves=ls):
            return f"{len(ls)}"


def lit_match(x: Thing) -> str:
    match x.lit_mixed:
        case 1:
            return "int"
        case "one":
            return "text"
        case None:
            return "none"


def union_text(x: Thing) -> str:
    if x.union is None:
        return "-"
    if isinstance(x.union, list):
        return f"{len(x.union)}"
    return str(x.union + 1)


def span_text(x: Thing) -> str:
    if x.span is None:
        return "open"
    start, end = x.span
    return f"{(end - start).total_seconds() / 3600:.1f}h"


def list_match(x: Thing) -> str:
    match x.seq:
        case []:
            return "none"
        case [only]:
            return f"one {only}"
        case [a, b]:
            return f"two {a}{b}"
        case [a, *rest]:
            return f"{a} and {len(rest)}"


def list_match2(x: Thing) -> str:
    match x.name.split("."):
        case [a, b]:
            return b + a
        case [a]:
            return a
        case _:
            return "-"


def list_match3(x: Thing) -> str:
    match x.rngs:
        case [Range(lo=l), *_]:
            return f"{l}"
        case _:
            return "-"


def list_match4(x: Thing) -> str:
    match (x.seq, x.dup):
        case ([], Dup.A):
            return "a"
        case ([n, *rest], _) if n > 0:
            return f"{n}{len(rest)}"
        case _:
            return "?"


EQUAL: dict[str, Callable[[Thing], object]] = {
    "part_text": part_text,
    "part_text2": part_text2,
    "lit_match": lit_match,
    "union_text": union_text,
    "span_text": span_text,
    "list_match": list_match,
    "list_match2": list_match2,
    "list_match3": list_match3,
    "list_match4": list_match4,
    "newtype": lambda x: x.uid + 1,
    "newtype f": lambda x: f"{x.uid}",
    "annotated": lambda x: x.name.upper() + f"{x.price:.2f}",
    "constrained": lambda x: x.count * x.ratio,
    "dup": lambda x: x.dup is Dup.ALSO_A,
    "dup name": lambda x: x.dup.name,
    "dup list": lambda x: [d.name for d in Dup],
    "dup table": lambda x: {Dup.A: 1, Dup.B: 2}[x.dup],
    "size": lambda x: x.size > Size.S,
    "neg": lambda x: x.neg < 0,
    "neg idx": lambda x: ["a", "b"][x.neg],
    "neg key": lambda x: {Neg.MINUS: "m", Neg.ZERO: "z"}[x.neg],
    "neg bool": lambda x: bool(x.neg),
    "neg f": lambda x: f"{x.neg}",
    "fl": lambda x: x.fl is Fl.HALF,
    "fl value": lambda x: x.fl.value * 2,
    "yes": lambda x: x.yes is Yes.ON,
    "yes value": lambda x: x.yes.value,
    "lit": lambda x: x.lit,
    "lit is": lambda x: x.lit is True,
    "lit none": lambda x: x.lit_none or "-",
    "lit none ==": lambda x: x.lit_none == "a",
    "lit mixed": lambda x: x.lit_mixed == 1,
    "lit mixed2": lambda x: x.lit_mixed is None,
    "seq": lambda x: sum(x.seq),
    "seq idx": lambda x: x.seq[0] if x.seq else 0,
    "seq list": lambda x: list(x.seq),
    "seq slice": lambda x: x.seq[1:],
    "maps": lambda x: x.maps.get("m", []),
    "maps all": lambda x: {k: len(v) for k, v in x.maps.items()},
    "maps first": lambda x: [v[0] for v in x.maps.values() if v],
    "tup": lambda x: len(x.tup),
    "tup sum": lambda x: sum(x.tup) + (x.tup[0] if x.tup else 0),
    "tup in": lambda x: 7 in x.tup,
    "tup list": lambda x: list(x.tup),
    "tup +": lambda x: [*x.tup, 1],
    "tup pass": lambda x: x.tup,
    "frozen": lambda x: "a" in x.frozen,
    "frozen sorted": lambda x: sorted(x.frozen),
    "frozen len": lambda x: len(x.frozen | {"q"}),
    "old": lambda x: [d.get("a", 0.0) for d in x.old or []],
    "old none": lambda x: x.old is not None and len(x.old) == 0,
    "old sum": lambda x: sum(sum(d.values()) for d in x.old) if x.old else 0,
    "union list": lambda x: x.union if isinstance(x.union, list) else [x.union],
    "union truth": lambda x: "y" if isinstance(x.union, int) and x.union else "n",
    "leaf alias": lambda x: x.leaf.extra_n,
    "leaf base": lambda x: x.leaf.tag + x.leaf.describe(),
    "leaf pass": lambda x: x.leaf,
    "leaf build": lambda x: Leaf(id=x.uid, extra_n=x.count),
    "leaf build alias": lambda x: Leaf(**{"id": x.uid, "extra-n": 1}),
    "leaf copy": lambda x: x.leaf.model_copy(update={"extra_n": 5}),
    "part base": lambda x: x.part.name + x.part.tag,
    "part method": lambda x: x.part.describe(),
    "part tag": lambda x: x.part.leaves if x.part.kind == "stem" else [],
    "part isinstance": lambda x: isinstance(x.part, Mid),
    "part leaf": lambda x: x.part.extra_n if isinstance(x.part, Leaf) else -1,
    "parts": lambda x: {k: v.kind for k, v in x.parts.items()},
    "parts get": lambda x: p.name if (p := x.parts.get("a")) else None,
    "parts leaf": lambda x: [k for k, v in x.parts.items() if isinstance(v, Leaf)],
    "parts sum": lambda x: sum(v.extra_n for v in x.parts.values() if v.kind == "leaf"),
    "rng": lambda x: x.rng.size,
    "rng hi": lambda x: x.rng.hi or -1,
    "rng opt": lambda x: x.opt_rng.lo if x.opt_rng is not None else None,
    "rng opt truth": lambda x: "y" if x.opt_rng else "n",
    "rng unpack": lambda x: [lo + (hi or 0) for lo, hi in x.rngs],
    "rng filter": lambda x: [r for r in x.rngs if r.hi is None],
    "rng sorted": lambda x: sorted(x.rngs, key=lambda r: r.lo),
    "rng max": lambda x: max((r.size for r in x.rngs), default=0),
    "rng list": lambda x: list(x.rng),
    "rngs pass": lambda x: x.rngs,
    "rng build": lambda x: [Range(n) for n in x.seq],
    "rng == ": lambda x: x.rng == Range(1),
    "rng replace": lambda x: x.rng._replace(hi=x.count),
    "rng in": lambda x: 3 in x.rng,
    "ver": lambda x: x.ver.major * 10 + x.ver.minor,
    "ver bump": lambda x: x.ver.bump(),
    "ver str": lambda x: str(x.ver),
    "ver f": lambda x: f"v{x.ver}",
    "ver sorted key": lambda x: sorted(x.vers, key=lambda v: (v.major, v.minor)),
    "ver max": lambda x: max(x.vers, key=lambda v: v.minor).label if x.vers else None,
    "ver ==": lambda x: x.ver == Ver(1, 0, label="other"),
    "ver build": lambda x: Ver(x.count, label=x.name),
    "ver in": lambda x: Ver(1, 1) in x.vers,
    "opts": lambda x: x.opts["on"],
    "opts level": lambda x: x.opts["level"] or 0,
    "opts retry": lambda x: x.opts.get("retry", {}).get("n", 0),
    "opts in": lambda x: x.opts["and_"] if "and_" in x.opts else "-",
    "opts level ==": lambda x: x.opts["level"] == 2,
    "opts build": lambda x: Opts(on=x.lit, level=None),
    "opts build display": lambda x: {"opts": Opts(on=True, level=1, retry={"n": x.count})},
    "odd and": lambda x: x.odd.and_ + x.odd.function,
    "odd in": lambda x: x.odd.in_ + x.odd.spaced + x.odd.num,
    "odd or": lambda x: [n + 1 for n in x.odd.or_list],
    "odd true": lambda x: "t" if x.odd.true else "f",
    "odd null": lambda x: x.odd.null or "-",
    "odd null is": lambda x: x.odd.null is None,
    "odd dotted": lambda x: x.odd.dotted + x.odd.dollar + x.odd.uni + x.odd.quoted,
    "odd pass": lambda x: x.odd,
    "odd build": lambda x: Odd(and_=x.name, in_=x.count, or_list=[*x.seq], dotted="q", uni=x.name),
    "odd copy": lambda x: x.odd.model_copy(update={"dotted": x.name, "spaced": 1}),
    "odd list": lambda x: [o.spaced for o in [x.odd]],
    "odd sorted": lambda x: sorted([x.odd, x.odd], key=lambda o: (o.in_, o.dotted, o.spaced))[0].num,
    "loose": lambda x: x.loose.a,
    "loose pass": lambda x: x.loose,
    "loose build": lambda x: Loose(a=x.count),
    "clock pass": lambda x: {"c": x.clock},
    "clock none": lambda x: x.clock is None,
    "ip": lambda x: str(x.ip) + f"{x.ip}",
    "path": lambda x: str(x.path),
    "day": lambda x: x.day.isoformat() if x.day else None,
    "day month": lambda x: x.day.month if x.day is not None else 0,
    "day or": lambda x: (x.day or date(2024, 1, 1)) + timedelta(days=1),
    "span": lambda x: x.span[1] > x.span[0] if x.span else None,
    "span pass": lambda x: x.span,
    "spans": lambda x: [(b - a).days for a, b in x.spans],
    "spans any": lambda x: any(a <= date(2024, 1, 15) <= b for a, b in x.spans),
    "spans max": lambda x: max((b for _, b in x.spans), default=None),
    "spans sorted": lambda x: sorted(x.spans),
    "dec": lambda x: x.dec if x.dec is not None else "0",
    "dec f": lambda x: float(x.dec) if x.dec else 0.0,
    "dec none": lambda x: x.dec is None,
    "deep": lambda x: [d["c"] for m in x.deep.values() for l in m.values() for d in l if "c" in d],
    "deep get": lambda x: x.deep.get("a", {}).get("b", []),
    "deep idx": lambda x: x.deep["a"]["b"][0]["c"] if x.deep.get("a", {}).get("b") else None,
    "deep comp": lambda x: {k: {j: [sum(d.values()) for d in l] for j, l in m.items()} for k, m in x.deep.items()},
    "deep len": lambda x: {k: [len(l) for l in m.values()] for k, m in x.deep.items()},
    "opt deep": lambda x: [n for l in (x.opt_deep or {}).values() for n in (l or []) if n is not None],
    "opt deep kv": lambda x: {k: [n or 0 for n in v] if v is not None else None for k, v in x.opt_deep.items()} if x.opt_deep is not None else {},
    "opt deep pass": lambda x: x.opt_deep,
    "opt deep get": lambda x: (x.opt_deep or {}).get("y"),
    "opt deep first": lambda x: y[0] if (y := (x.opt_deep or {}).get("y")) else None,
    "computed": lambda x: x.double,
    "whole": lambda x: x,
    "rank <": lambda x: x.rank < Rank.HIGH,
    "rank >=": lambda x: x.rank >= Rank.HIGH,
    "rank >": lambda x: x.rank > Rank.LOW,
    "rank value": lambda x: sorted(x.ranks, key=lambda r: r.value),
    "pure >": lambda x: x.pure > Pure.A,
    "bag str": lambda x: f"{x.bag}!" + str(x.bag),
    "bag +": lambda x: x.bag + Bag(1, 1),
    "bag sum": lambda x: x.bag.n + x.bag.m,
    "seven": lambda x: 7 in x.rng,
}  # fmt: skip
