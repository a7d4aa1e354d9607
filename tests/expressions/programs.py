"""Random programs over a Shipment, from a grammar by the type of value: what hand-written expressions do not think of.

A program is Python text. The generator keeps the variables in scope by type, so that most programs are well typed;
those that are not sound for some value raise in Python and have to raise in JSONata.
"""

from __future__ import annotations

import random
from collections.abc import Callable

HEADER = "from datetime import date, datetime, timedelta, timezone\nfrom tests.expressions.models import *\n\n"
LEAVES = {
    "num": ["s.celsius", "s.count", "s.level", "3", "0", "-2.5", "s.size.width", "s.position.lat", "s.limits['low']"],
    "text": [
        "s.id",
        "s.mode",
        "'a'",
        "''",
        "s.state",
        "s.state.name",
        "s.grade.value",
        "s.animal.name",
        "s.event.type",
    ],
    "bool": [
        "s.flag",
        "s.warm",
        "True",
        "s.title is None",
        "s.state is State.DONE",
        "s.mode == 'auto'",
        "'note' in s.limits",
    ],
    "texts": ["s.names", "['a', 'b']", "[]", "s.size.tags", "s.id.split('/')", "sorted(s.counts)", "sorted(s.unique)"],
    "nums": ["s.numbers", "s.floats", "[1, 2.5]", "list(s.counts.values())", "s.codes.root"],
    "day": ["s.day", "date(2024, 2, 29)", "s.at.date()"],
    "when": ["s.at", "datetime(2024, 5, 1, tzinfo=timezone.utc)"],
    "span": ["timedelta(hours=3)", "timedelta(days=s.count)"],
    "parcel": ["Parcel(parcel_id=s.id)", "s.parcels[0]"],
}
MAYBE = {
    "num": ["s.maybe_count", "s.counts.get('a')", "s.pair.second"],
    "text": ["s.title", "s.texts.get('a')", "s.page.next", "s.position.name"],
    "bool": ["s.maybe_flag"],
    "day": ["s.maybe_day"],
    "when": ["s.seen"],
    "parcel": ["s.heaviest", "next((q for q in s.parcels if q.fragile), None)"],
}
LOOPS = [
    ("s.parcels", "parcel"),
    ("s.names", "text"),
    ("s.numbers", "num"),
    ("s.counts", "text"),
    ("s.counts.values()", "num"),
    ("s.rows", "nums"),
    ("s.days", "day"),
    ("s.times", "when"),
    ("(s.maybe_parcels or [])", "parcel"),
    ("(1, 5)", "num"),
]


class Program:
    """Writes one program."""

    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.names: dict[str, list[str]] = {}
        self.count = 0

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def a(self, kind: str, depth: int) -> str:
        """An expression of a kind."""
        known = self.names.get(kind, [])
        if known and self.r.random() < 0.4:
            return self.r.choice(known)
        if depth <= 0 or self.r.random() < 0.12:
            return self.r.choice(LEAVES[kind])
        return self.r.choice([*RULES[kind], *COMMON])(self, kind, depth - 1)

    def with_name(self, kind: str, make: Callable[[str], str]) -> str:
        """A part in which a new name of a kind is known."""
        name = self.fresh()
        self.names.setdefault(kind, []).append(name)
        try:
            return make(name)
        finally:
            self.names[kind].remove(name)

    def loop(self, wanted: str, depth: int) -> str:
        """e for v in xs if test"""
        source, kind = self.r.choice(LOOPS)

        def body(name: str) -> str:
            test = f" if {self.a('bool', depth)}" if self.r.random() < 0.5 else ""
            return f"{self.a(wanted, depth)} for {name} in {source}{test}"

        return self.with_name(kind, body)

    def narrowed(self, wanted: str, depth: int) -> str:
        """x if maybe is not None else y, and its kin."""
        kind = self.r.choice(list(MAYBE))
        maybe = self.r.choice(MAYBE[kind])

        def body(name: str) -> str:
            inner, other = self.a(wanted, depth), self.a(wanted, depth)
            return self.r.choice(
                [
                    f"({inner} if ({name} := {maybe}) is not None else {other})",
                    f"({other} if ({name} := {maybe}) is None else {inner})",
                    f"({inner} if ({name} := {maybe}) and {self.a('bool', depth)} else {other})",
                    f"(lambda {name}: {inner} if {name} is not None else {other})({maybe})",
                ]
            )

        return self.with_name(kind, body)

    def union(self, wanted: str, depth: int) -> str:
        """A member of a union, told by its class or its tag."""
        cls, tag, kind, field = self.r.choice(
            [
                ("Dropped", "dropped", "num", "g"),
                ("Dropped", "dropped", "bool", "harm"),
                ("Opened", "opened", "text", "by"),
            ]
        )
        where = self.r.choice([f"isinstance(s.event, {cls})", f"s.event.type == '{tag}'"])
        self.names.setdefault(kind, []).append(f"s.event.{field}")
        inner = self.a(wanted, depth)
        self.names[kind].remove(f"s.event.{field}")
        return f"({inner} if {where} else {self.a(wanted, depth)})"

    def statements(self, depth: int, out: list[str]) -> None:
        """Assignments, ifs, early returns and matches."""
        pad = "    " * depth
        for _ in range(self.r.randint(1, 3)):
            roll = self.r.random()
            if roll < 0.5 or depth > 2:
                kind = self.r.choice(["num", "text", "bool", "texts", "nums"])
                have = self.names.get(kind, [])
                value = self.a(kind, 2)
                if have and self.r.random() < 0.6:
                    out.append(f"{pad}{self.r.choice(have)} = {value}")
                elif depth == 1:
                    name = self.fresh()
                    out.append(f"{pad}{name} = {value}")
                    self.names.setdefault(kind, []).append(name)
                else:
                    out.append(f"{pad}pass")
            elif roll < 0.9:
                out.append(f"{pad}if {self.a('bool', 2)}:")
                self.statements(depth + 1, out)
                if self.r.random() < 0.3:
                    out.append(f"{pad}    return {self.result(1)}")
                if self.r.random() < 0.4:
                    out.append(f"{pad}else:")
                    self.statements(depth + 1, out)
            else:
                out.append(f"{pad}match s.state:")
                out.append(f"{pad}    case State.DONE:")
                self.statements(depth + 2, out)
                out.append(f"{pad}    case _:")
                self.statements(depth + 2, out)

    def result(self, depth: int) -> str:
        """What a program gives."""
        kind = self.r.choice(["num", "text", "bool", "texts", "nums", "day", "parcel"])
        a, b = self.a(kind, depth), self.a(self.r.choice(["text", "nums"]), depth)
        return self.r.choice(
            [
                a,
                a,
                f"[{a}, {b}]",
                f"{{'a': {a}, 'b': {b}}}",
                f"[{self.loop(kind, depth)}]",
                f"({a} if s.flag else None)",
            ]
        )

    def text(self, name: str) -> str:
        """The whole program, as a function of this name."""
        if self.r.random() < 0.5:
            return f"def {name}(s):\n    return {self.result(3)}\n"
        out = [f"def {name}(s):"]
        self.statements(1, out)
        return "\n".join([*out, f"    return {self.result(2)}", ""])


def binary(left: str, ops: str, right: str) -> Callable[[Program, str, int], str]:
    return lambda p, _, d: f"({p.a(left, d)} {p.r.choice(ops.split())} {p.a(right, d)})"


def one(template: str, *kinds: str) -> Callable[[Program, str, int], str]:
    return lambda p, _, d: template.format(*[p.a(k, d) for k in kinds])


def over(template: str, kind: str) -> Callable[[Program, str, int], str]:
    return lambda p, _, d: template.format(p.loop(kind, d))


COMMON: list[Callable[[Program, str, int], str]] = [
    lambda p, k, d: p.narrowed(k, d),
    lambda p, k, d: p.union(k, d),
    lambda p, k, d: f"({p.a(k, d)} if {p.a('bool', d)} else {p.a(k, d)})",
    lambda p, k, d: f"(lambda q: q)({p.a(k, d)})",
]
RULES: dict[str, list[Callable[[Program, str, int], str]]] = {
    "num": [
        binary("num", "+ - *", "num"),
        one("-{}", "num"),
        one("abs({})", "num"),
        one("len({})", "texts"),
        one("len({})", "text"),
        one("round({})", "num"),
        one("int({})", "num"),
        one("({} // 4)", "num"),
        one("({} % 5)", "num"),
        one("sum({})", "nums"),
        over("sum({})", "num"),
        one("min({}, {})", "num", "num"),
        over("max(({}), default=1)", "num"),
        one("{}.net_weight", "parcel"),
        one("({} - {}).days", "day", "day"),
        one("({} - {}).total_seconds()", "when", "when"),
        one("{}[0]", "nums"),
        one("{}.weekday()", "day"),
        one("{}.find({})", "text", "text"),
        one("Size({}, 2).area", "num"),
        one("(lambda q: q * q)({})", "num"),
        one("({} / {})", "num", "num"),
        over("len([{}])", "num"),
        one("Level.MID + {}", "num"),
    ],
    "text": [
        binary("text", "+", "text"),
        one("{}.upper()", "text"),
        one("{}[1:]", "text"),
        one("{}[:2]", "text"),
        one("{}.strip()", "text"),
        one("'-'.join({})", "texts"),
        one("({} or 'none')", "text"),
        one("{}.parcel_id", "parcel"),
        one("str(len({}))", "texts"),
        one("{}.replace('a', 'b')", "text"),
        one("(lambda q: f'<{{q}}>')({})", "text"),
        one("{}.partition('/')[0]", "text"),
        one("{}.isoformat()", "day"),
        one("({} and {})", "text", "text"),
        one("{}[-1]", "texts"),
        one("{}.removeprefix('s')", "text"),
        one("(lambda q: f'{{len(q):02d}}')({})", "texts"),
        one("{}.ljust(4)", "text"),
    ],
    "bool": [
        binary("num", "< <= > >= == !=", "num"),
        binary("text", "< == !=", "text"),
        binary("day", "< == >=", "day"),
        binary("when", "< == >=", "when"),
        binary("bool", "and or", "bool"),
        one("(not {})", "bool"),
        over("any({})", "bool"),
        over("all({})", "bool"),
        one("({} in {})", "text", "texts"),
        one("bool({})", "nums"),
        one("({} in {})", "text", "text"),
        one("({} in (1, 3, None))", "num"),
        one("{}.startswith({})", "text", "text"),
        one("(s.maybe_state in (State.DONE, None) and {})", "bool"),
        one("({} < {} <= {})", "num", "num", "num"),
        one("{}.fragile", "parcel"),
        one("(set({}) <= set({}))", "texts", "texts"),
        one("({} == {})", "texts", "texts"),
        one("({} - {} > {})", "when", "when", "span"),
        one("any({})", "texts"),
        one("{}.endswith(('a', 'b'))", "text"),
    ],
    "texts": [
        over("[{}]", "text"),
        binary("texts", "+", "texts"),
        one("sorted({})", "texts"),
        one("[{}, *{}]", "text", "texts"),
        one("{}[1:]", "texts"),
        one("({} or ['e'])", "texts"),
        one("{}.tags", "parcel"),
        one("list(reversed({}))", "texts"),
        one("sorted({}, key=len)", "texts"),
        one("sorted(set({}) - {{'a'}})", "texts"),
        one("{}.split('a')", "text"),
        over("sorted({{{}}})", "text"),
        one("(lambda qs: [q for q in qs if q])({})", "texts"),
    ],
    "nums": [
        over("[{}]", "num"),
        one("sorted({})", "nums"),
        one("[{}, {}]", "num", "num"),
        binary("nums", "+", "nums"),
        one("(lambda qs: [q * 2 for q in qs])({})", "nums"),
        one("sorted({}, key=lambda q: -q)", "nums"),
        one("{}[-2:]", "nums"),
        one("(lambda qs: [y - x for x, y in zip(qs, [1, 2])])({})", "nums"),
        one("[x for row in s.rows for x in row if {}]", "bool"),
    ],
    "day": [one("({} + timedelta(days=2))", "day"), one("max({}, {})", "day", "day"), one("{}.date()", "when")],
    "when": [one("({} + {}).astimezone(timezone.utc)", "when", "span"), one("min({}, {})", "when", "when")],
    "span": [one("({} - {})", "when", "when"), one("({} * 2)", "span"), one("timedelta(minutes={})", "num")],
    "parcel": [
        one("Parcel(parcel_id={}, net_weight={}, tags={})", "text", "num", "texts"),
        one("max(s.parcels, key=lambda q: {})", "num"),
        one("{}.model_copy(update={{'tags': {}}})", "parcel", "texts"),
    ],
}
