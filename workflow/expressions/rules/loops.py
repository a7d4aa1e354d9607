"""Loops that other lists are made of: enumerate, zip, range, map, filter."""

from __future__ import annotations

import itertools
from typing import Any

from ..builder import Builder
from ..conditions import count, truth
from ..demands import need_constant, refuse_none
from ..kinds import FLOAT, INT, ListKind, TupleKind, an, family, whole_values
from ..nodes import (
    FALSE,
    NULL,
    ONE,
    TRUE,
    ZERO,
    Array,
    Collect,
    Const,
    Index,
    Node,
    Var,
    binary,
    both,
    call,
    cond,
    const,
)
from ..refusals import Page, refuse
from ..scope import Iterable, Value
from .lists import as_list, elem_kind, mapped


def enumerated(b: Builder, iterable: Value, start: Node = ZERO) -> Iterable:
    """enumerate(xs, start)"""
    source = as_list(b, iterable)

    def element(x: Node, i: Node) -> Node:
        n = i if start == ZERO else binary(i, "+", start, INT)
        return Array((n, x), kind=TupleKind((INT, x.kind)))

    return Iterable(source, element, True)


def zipped(b: Builder, *lists: Value, strict: Node = FALSE) -> Iterable:
    """zip(xs, ys, ...), as long as the shortest; strict: an error where the lengths differ."""
    xs = [b.let(as_list(b, v), "xs") for v in lists]
    if len(xs) < 2:
        raise refuse(Page.UNSUPPORTED_CALL, "zip() of fewer than two lists", "loop over the list")
    sizes = Array(tuple(map(count, xs)), kind=ListKind(INT))
    exact = need_constant("zip() with a computed `strict`", strict).value
    shortest = count(xs[0]) if exact else call("min", sizes, kind=INT)
    places: Node = Collect(binary(ZERO, "..", binary(shortest, "-", ONE, INT), INT), kind=ListKind(INT))
    if exact:
        alike: Node = TRUE
        for v in xs[1:]:
            alike = both(alike, binary(count(xs[0]), "=", count(v)))
        places = cond(alike, places, call("error", const("zip() of lists of different lengths"), kind=places.kind))

    def element(x: Node, i: Node) -> Node:
        items = tuple(Index(v, x, kind=elem_kind(v)) for v in xs)
        return Array(items, kind=TupleKind(tuple(v.kind for v in items)))

    return Iterable(b.let(places, "places") if exact else places, element, False)


def neighbours(b: Builder, xs: Value, /) -> Iterable:
    """itertools.pairwise(xs)"""
    xs = b.let(as_list(b, xs), "xs")
    kind = elem_kind(xs)
    last = binary(count(xs), "-", const(2), INT)

    def element(i: Node, _: Node) -> Node:
        items = Index(xs, i, kind=kind), Index(xs, binary(i, "+", ONE, INT), kind=kind)
        return Array(items, kind=TupleKind((kind, kind)))

    return Iterable(Collect(binary(ZERO, "..", last, INT), kind=ListKind(INT)), element, False)


def counted(b: Builder, first: Node, stop: Node | None = None, step: Node = ONE, /) -> Node | Iterable:
    """range(...)"""
    start, end = (ZERO, first) if stop is None else (first, stop)
    for n in (start, end):
        if family(n.kind) != "number" or not whole_values(n.kind):
            refuse_none("range()", n)
            raise refuse(Page.WRONG_TYPE, f"range() of {an(n.kind)}", "give an int")
    by = need_constant("range() with a computed step", step).value
    if not isinstance(by, int) or by == 0:
        raise refuse(Page.OUT_OF_RANGE, f"range() with the step {by!r}", "give a whole number other than 0")
    if by != 1:
        return stepped(b, start, end, by)
    last = const(end.value - 1) if isinstance(end, Const) else binary(end, "-", ONE, INT)
    return Collect(binary(start, "..", last, INT), kind=ListKind(INT))


def stepped(b: Builder, start: Node, end: Node, by: int) -> Iterable:
    """range(start, end, by)"""
    start = b.let(start)
    distance = end if start == ZERO else binary(end, "-", start, INT)
    size = call("ceil", binary(distance, "/", const(by), FLOAT), kind=INT)
    places = Collect(binary(ZERO, "..", binary(size, "-", ONE, INT), INT), kind=ListKind(INT))

    def element(i: Node, _: Node) -> Node:
        moved = binary(i, "*", const(by), INT)
        return moved if start == ZERO else binary(start, "+", moved, INT)

    return Iterable(places, element, False)


def map_over(b: Builder, f: Value, xs: Value, /, *more: Value) -> Node:
    """map(f, xs), map(f, xs, ys)"""
    if more:
        pairs = zipped(b, xs, *more)
        i = Var(b.fresh("i"), kind=INT)
        items = pairs.element(i, i)
        made = b.apply(f, list(items.items) if isinstance(items, Array) else [])
        return mapped(b, pairs.source, i, None, None, applied_to(made))
    xs = as_list(b, xs)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    return mapped(b, xs, x, None, None, applied(b, f, x))


def filter_over(b: Builder, f: Value, xs: Value, /) -> Node:
    """filter(f, xs)"""
    xs = as_list(b, xs)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    test = b.assuming(None, True, lambda: truth(b, x if f == NULL else applied(b, f, x)))
    return mapped(b, xs, x, None, test, b.assuming(test, True, lambda: b.scope.refine(x)))


def applied(b: Builder, f: Value, x: Node) -> Node:
    """f(x), as data."""
    return applied_to(b.apply(f, [x]))


def applied_to(made: Value) -> Node:
    """What a function gave, as data."""
    if not isinstance(made, Node):
        raise refuse(Page.NOT_A_VALUE, "a function that makes a function", "return data")
    return made


FUNCTIONS: dict[Any, Any] = {
    enumerate: enumerated,
    zip: zipped,
    range: counted,
    map: map_over,
    filter: filter_over,
    itertools.pairwise: neighbours,
}
