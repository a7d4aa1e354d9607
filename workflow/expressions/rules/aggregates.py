"""The built-ins that make one value of a list, and sorting."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from ..builder import Builder
from ..conditions import as_number, count, millis, truth
from ..constants import const_of
from ..demands import need_constant, refuse_none
from ..kinds import (
    ANY,
    FLOAT,
    INT,
    NEVER,
    Kind,
    ListKind,
    TupleKind,
    an,
    family,
    is_optional,
    join,
    may_be_list,
    show,
    unlimited,
    whole_values,
)
from ..membership import exists
from ..nodes import (
    FALSE,
    NULL,
    ONE,
    ZERO,
    Array,
    Block,
    Collect,
    Const,
    Field,
    Function,
    Index,
    Node,
    Object,
    Sort,
    Var,
    binary,
    call,
    cond,
    const,
    negate,
    or_null,
    walk,
)
from ..own_methods import refuse_own
from ..refusals import Page, refuse
from ..scope import Iterable, Value
from .lists import as_list, elem_kind, has_items, items_of, mapped
from .loops import applied
from .numbers import error
from .rounding import needs_number


def length(b: Builder, xs: Value, /) -> Node:
    """len(xs)"""
    if isinstance(xs, Node):
        refuse_own("len()", xs.kind, "__len__")
        match family(xs.kind):
            case "str":
                return call("length", xs, kind=INT)
            case "dict":
                return count(call("keys", xs, kind=ListKind(NEVER)))
            case "tuple" if isinstance(xs.kind, TupleKind):
                return const(len(xs.kind.items))
        refuse_none("len()", xs)
    return count(as_list(b, xs))


def total(b: Builder, xs: Value, /, start: Node = ZERO) -> Node:
    """sum(xs, start)"""
    xs = as_list(b, xs)
    elem = elem_kind(xs)
    if family(elem) == "bool":
        x = Var(b.fresh("x"), kind=elem)
        xs = mapped(b, xs, x, None, None, as_number(x))
        elem = INT
    if family(elem) == family(start.kind) == "timedelta":
        return binary(start, "+", call("sum", xs, kind=elem), elem)
    if family(elem) != "number" and elem != NEVER:
        instead = "give a list of numbers" + (" without None: x or 0" if is_optional(elem) else "")
        if may_be_list(elem):
            instead = "write [x for xs in lists for x in xs]"
        page = Page.OPTIONAL_UNTESTED if is_optional(elem) else Page.WRONG_TYPE
        raise refuse(page, f"sum() of {an(xs.kind)}", instead)
    if family(start.kind) != "number":
        raise refuse(Page.WRONG_TYPE, f"sum() that starts with {an(start.kind)}", "give a number")
    kind = INT if whole_values(elem) or elem == NEVER else FLOAT
    out = call("sum", xs, kind=kind)
    return out if start == ZERO else binary(start, "+", out, kind if whole_values(start.kind) else FLOAT)


def product(b: Builder, xs: Value, /, *, start: Node = ONE) -> Node:
    """math.prod(xs)"""
    xs = as_list(b, xs)
    elem = elem_kind(xs)
    if elem != NEVER:
        needs_number("math.prod", Var("item", kind=elem))
    kind = INT if (elem == NEVER or whole_values(elem)) and whole_values(start.kind) else FLOAT
    acc, x = Var(b.fresh("acc"), kind=kind), Var(b.fresh("x"), kind=elem)
    times = Function((acc.name, x.name), binary(acc, "*", x, kind), kind=kind)
    return call("reduce", xs, times, start, kind=kind)


def mean(b: Builder, xs: Value, /) -> Node:
    """statistics.mean(xs), statistics.fmean(xs)"""
    xs = b.let(as_list(b, xs))
    elem = elem_kind(xs)
    if elem != NEVER:
        needs_number("statistics.mean", Var("item", kind=elem))
    made = binary(call("sum", xs, kind=FLOAT), "/", count(xs), FLOAT)
    return made if has_items(b, xs) else cond(binary(count(xs), ">", ZERO), made, error("mean of an empty list", FLOAT))


def any_of(b: Builder, xs: Value, /) -> Node:
    """any(xs)"""
    xs = as_list(b, xs)
    if isinstance(xs, Array):
        xs = b.let(xs)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    return exists(xs, x, b.assuming(None, True, lambda: truth(b, x)))


def all_of(b: Builder, xs: Value, /) -> Node:
    """all(xs): none without."""
    xs = as_list(b, xs)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    return negate(exists(xs, x, b.assuming(None, True, lambda: negate(truth(b, x)))))


# ------------------------------------------------------------------ the best of a list
def extreme(name: str) -> Callable[..., Node]:
    """min and max."""
    down = name == "max"

    def rule(b: Builder, first: Value, /, *more: Node, key: Value | None = None, default: Node | None = None) -> Node:
        if more:
            items = [x for x in (first, *more) if isinstance(x, Node)]
            refuse_none(f"{name}()", *items)
            xs: Node = Array(tuple(items), kind=ListKind(join(*[x.kind for x in items])))
        else:
            key = first_item(first, key)
            xs = as_list(b, first)
        elem = elem_kind(xs)
        if isinstance(xs, Const):
            xs = items_of(xs)

        refuse_own("the order", elem, "__lt__", "__gt__")

        def best(xs: Node) -> Node:
            if family(elem) == "number" and key is None:
                return call(name, xs, kind=unlimited(elem))
            return Index(ordered(b, xs, key, down), ZERO, kind=elem)

        if isinstance(xs, Array) and xs.items:
            return best(xs)
        if has_items(b, xs):
            return best(xs)
        xs = b.let(xs)
        full = binary(count(xs), ">", ZERO)
        if full in b.scope.known:
            return best(xs)
        none = or_null(default) if default is not None else error(f"{name}() of an empty list", elem)
        return cond(full, best(xs), none)

    return rule


def next_of(b: Builder, xs: Value, default: Node | None = None, /) -> Node:
    """next(xs, default)"""
    xs = b.let(as_list(b, xs))
    got = Index(xs, ZERO, kind=elem_kind(xs))
    none = or_null(default) if default is not None else error("StopIteration", got.kind)
    return cond(binary(count(xs), ">", ZERO), or_null(got), none)


# ------------------------------------------------------------------ sorting
def sort(b: Builder, xs: Value, /, *, key: Value | None = None, reverse: Node = FALSE) -> Node:
    """sorted(xs, key=..., reverse=...)"""
    down = need_constant("sorted() with a computed `reverse`", reverse, "choose between two lists").value
    key = first_item(xs, key)
    xs = as_list(b, xs)
    if isinstance(xs, Const):
        xs = items_of(xs)
    elem = elem_kind(xs)
    return Collect(ordered(b, xs, key, bool(down)), kind=ListKind(elem))


def first_item(xs: Value, key: Value | None) -> Value | None:
    """The key that tells all items apart: Python does not look at what follows it, which may have no order."""
    bare = key is None or key == NULL
    return const_of(operator.itemgetter(0)) if bare and isinstance(xs, Iterable) and xs.distinct else key


def ordered(b: Builder, xs: Node, key: Value | None, down: bool) -> Node:
    """xs^(key): stable in both directions, as Python's."""
    elem = elem_kind(xs)
    if elem == NEVER:
        return xs
    bare = key is None or key == NULL
    if may_be_list(elem) and bare and not isinstance(elem, TupleKind):
        instead = "sort records, or do it in a Task: lists have no order in JSONata"
        raise refuse(Page.UNSUPPORTED_CALL, f"sorting {an(xs.kind)}", instead)
    if may_be_list(elem) or is_optional(elem):  # `^` flattens lists of lists, and jsonata-python's loses nulls
        return decorated(b, xs, None if bare else key, down, elem)
    here = Var("", kind=elem)
    made = here if key is None or key == NULL else applied(b, key, here)
    parts = sort_keys(made, key is None)
    if all(is_plain(p) and not p.may_fail for p in parts):  # `^` does not look at the key of an only item
        return Sort(xs, tuple((p, down) for p in parts), kind=ListKind(elem))
    return decorated(b, xs, key, down, elem)


def decorated(b: Builder, xs: Node, key: Value | None, down: bool, elem: Kind) -> Node:
    """A key that needs more than a path is computed once for each item, beside it."""
    x, pair = Var(b.fresh("x"), kind=elem), Var(b.fresh("pair"), kind=ANY)
    made = x if key is None else applied(b, key, x)
    bindings = made.bindings if isinstance(made, Block) else ()
    parts = sort_keys(made.result if isinstance(made, Block) else made, key is None)
    names = [f"k{i}" if i else "k" for i in range(len(parts))]
    fields = ((const("x"), or_null(x)), *((const(n), p) for n, p in zip(names, parts)))
    beside: Node = Object(fields, kind=pair.kind)
    if bindings:
        beside = Block(bindings, beside, kind=pair.kind)
    each = Function((x.name,), beside, kind=pair.kind)
    pairs = Collect(call("map", xs, each, kind=ListKind(pair.kind)), kind=ListKind(pair.kind))
    here = Var("", kind=pair.kind)
    by = tuple((Field(here, n, kind=p.kind), down) for n, p in zip(names, parts))
    in_order = Collect(Sort(pairs, by, kind=ListKind(pair.kind)), kind=ListKind(pair.kind))
    return mapped(b, in_order, pair, None, None, Field(pair, "x", kind=elem))


def sort_keys(made: Node, bare: bool) -> tuple[Node, ...]:
    """A key, or the parts of a tuple of keys."""
    if isinstance(made, Const) and isinstance(made.value, tuple):
        made = items_of(made)
    parts: tuple[Node, ...] = made.items if isinstance(made, Array) else (made,)
    if not isinstance(made, Array) and isinstance(made.kind, TupleKind):
        parts = tuple(Index(made, const(i), kind=kind) for i, kind in enumerate(made.kind.items))
    return tuple(sortable(p, bare) for p in parts)


def sortable(p: Node, bare: bool) -> Node:
    """A key that JSONata sorts as Python does."""
    if isinstance(p, Block):
        return Block(p.bindings, sortable(p.result, bare), kind=p.result.kind)
    refuse_own("the order", p.kind, "__lt__", "__gt__")
    match family(p.kind):
        case "number" | "str" | "timedelta" | "date":
            return p
        case "datetime":
            return millis(p)
        case "bool":
            return as_number(p)
    what = "sorting" if bare else "a sort key"
    refuse_none(what, Var("item", kind=p.kind) if bare else p)
    raise refuse(Page.WRONG_TYPE, f"{what} of type {show(p.kind)}", "use numbers, texts or datetimes")


def is_plain(p: Node) -> bool:
    """May it stand in `^( )`? Locals, functions and computed indexes may not: their context is another."""
    inside = [x.index for x in walk(p) if isinstance(x, Index)]
    moved = any(isinstance(y, Var) and not y.name for i in inside for y in walk(i))
    return not moved and not any(isinstance(x, (Block, Function)) for x in walk(p))


FUNCTIONS: dict[Any, Any] = {
    len: length,
    sum: total,
    max: extreme("max"),
    min: extreme("min"),
    sorted: sort,
    any: any_of,
    all: all_of,
    math.prod: product,
    next: next_of,
}
