"""Sets of texts and numbers: in JSON lists, in which no value is there twice, in no order."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..builder import Builder
from ..conditions import count
from ..constants import const_of
from ..equality import equal
from ..kinds import BOOL, NEVER, Kind, SetKind, an, family, join, of_value
from ..membership import element_kind, exists
from ..nodes import Array, Collect, Const, Function, Node, Var, binary, both, call, negate
from ..refusals import Page, refuse

Rule = Callable[[Builder, Node, Node], Node]


def plain(x: Node) -> Node:
    """A set that engines agree on; a constant one value by value."""
    elem = element_kind(x.kind)
    if family(elem) not in ("str", "number") and elem != NEVER:
        said = f"an operation on {an(x.kind)}"
        raise refuse(Page.UNSUPPORTED_OPERATOR, said, "engines agree on sets of texts and numbers only")
    if isinstance(x, Const):
        values = sorted(x.value, key=repr)
        return Array(tuple(map(const_of, values)), kind=SetKind(join(*map(of_value, values))))
    return x


def kind_of(x: Node, y: Node) -> Kind:
    """The kind of what is in one or the other."""
    return SetKind(join(element_kind(x.kind), element_kind(y.kind)))


def union(b: Builder, x: Node, y: Node, /) -> Node:
    """x | y"""
    x, y = plain(x), plain(y)
    kind = kind_of(x, y)
    return Collect(call("distinct", call("append", x, y, kind=kind), kind=kind), kind=kind)


def kept(b: Builder, x: Node, y: Node, inside: bool) -> Node:
    """What is in x and, or but, not in y."""
    x, y = plain(x), b.let(plain(y))
    check_comparable(b, x, y)
    item = Var(b.fresh("item"), kind=element_kind(x.kind))
    there = binary(item, "in", y)
    test = Function((item.name,), there if inside else negate(there), kind=BOOL)
    return Collect(call("filter", x, test, kind=x.kind), kind=x.kind)


def check_comparable(b: Builder, x: Node, y: Node) -> None:
    """Refuse sets that can have nothing in common."""
    kinds = element_kind(x.kind), element_kind(y.kind)
    if NEVER not in kinds:
        equal(b, Var("x", kind=kinds[0]), Var("y", kind=kinds[1]))


def intersection(b: Builder, x: Node, y: Node, /) -> Node:
    """x & y"""
    return kept(b, x, y, True)


def difference(b: Builder, x: Node, y: Node, /) -> Node:
    """x - y"""
    return kept(b, x, y, False)


def apart(b: Builder, x: Node, y: Node, /) -> Node:
    """x ^ y"""
    x, y = b.let(plain(x)), b.let(plain(y))
    kind = kind_of(x, y)
    return Collect(call("append", difference(b, x, y), difference(b, y, x), kind=kind), kind=kind)


def subset(b: Builder, x: Node, y: Node, /) -> Node:
    """x <= y: none of x is missing in y."""
    x, y = plain(x), b.let(plain(y))
    check_comparable(b, x, y)
    item = Var(b.fresh("item"), kind=element_kind(x.kind))
    return negate(exists(x, item, negate(binary(item, "in", y))))


def superset(b: Builder, x: Node, y: Node, /) -> Node:
    """x >= y"""
    return subset(b, y, x)


def disjoint(b: Builder, x: Node, y: Node, /) -> Node:
    """x.isdisjoint(y)"""
    x, y = plain(x), b.let(plain(y))
    check_comparable(b, x, y)
    item = Var(b.fresh("item"), kind=element_kind(x.kind))
    return negate(exists(x, item, binary(item, "in", y)))


def equal_sets(b: Builder, x: Node, y: Node) -> Node:
    """x == y: as many, and none missing."""
    x, y = b.let(plain(x)), b.let(plain(y))
    return both(binary(count(x), "=", count(y)), subset(b, x, y))


BINARY: dict[tuple[type[ast.operator], str, str], Rule] = {
    (ast.BitOr, "set", "set"): union,
    (ast.BitAnd, "set", "set"): intersection,
    (ast.Sub, "set", "set"): difference,
    (ast.BitXor, "set", "set"): apart,
}
METHODS: dict[tuple[str, str], Any] = {
    ("set", "union"): union,
    ("set", "intersection"): intersection,
    ("set", "difference"): difference,
    ("set", "symmetric_difference"): apart,
    ("set", "issubset"): subset,
    ("set", "issuperset"): superset,
    ("set", "isdisjoint"): disjoint,
}
