"""Parts of texts and lists: x[a:b], x[::-1], text[i], where an end may be computed and may count from the end."""

from __future__ import annotations

import itertools
from typing import Any

from ..builder import Builder
from ..conditions import count
from ..demands import need_constant, refuse_none
from ..kinds import FLOAT, INT, STR, ListKind, an, family, show, whole_values
from ..nodes import (
    EMPTY_TEXT,
    NULL,
    ONE,
    TRUE,
    ZERO,
    Array,
    Const,
    Node,
    Var,
    binary,
    both,
    call,
    cond,
    const,
    with_kind,
)
from ..refusals import Page, refuse
from ..scope import Value
from .lists import as_list, elem_kind, mapped
from .numbers import error, never_negative
from .text import length, substring


def end_of(b: Builder, n: Node | None, size: Node, missing: Node) -> Node:
    """An end of a slice, counted from the start; one that counts from the end may still lie before the start."""
    if n is None or n == NULL:
        return missing
    refuse_none("a slice", n)
    if family(n.kind) != "number" or not whole_values(n.kind):
        raise refuse(Page.WRONG_TYPE, f"{an(n.kind)} as the end of a slice", "give an int")
    if isinstance(n, Const):
        return n if n.value >= 0 else binary(size, "-", const(-n.value), INT)
    if never_negative(b, n):
        return n
    n = b.let(n)
    return cond(binary(n, "<", ZERO), binary(size, "+", n, INT), n)


def is_count(n: Node) -> bool:
    """A number that is never negative."""
    return getattr(n, "function", "") in ("$count", "$length")


def at_least_zero(n: Node) -> Node:
    """0 where a number is negative."""
    if isinstance(n, Const):
        return const(max(0, n.value))
    return n if is_count(n) else call("max", Array((ZERO, n), kind=ListKind(INT)), kind=INT)


def of_text(b: Builder, s: Node, start: Node | None, stop: Node | None) -> Node:
    """text[start:stop]"""
    s = b.let(s)
    size = length(s)
    if stop is None or stop == NULL:
        if start is None or start in (NULL, ZERO):
            return s
        end_of(b, start, size, ZERO)
        return substring(s, start)  # $substring counts a negative start from the end, and stops at the start
    first = at_least_zero(end_of(b, start, size, ZERO))
    last = end_of(b, stop, size, size)
    if isinstance(first, Const) and isinstance(last, Const):
        return substring(s, first, const(max(0, last.value - first.value)))
    if first == ZERO:
        computed = not isinstance(stop, Const)
        return substring(s, ZERO, at_least_zero(last) if computed else last)
    if isinstance(first, Const) and isinstance(stop, Const):
        return substring(s, first, binary(size, "-", const(first.value - stop.value), INT))
    return substring(s, first, at_least_zero(binary(last, "-", first, INT)))


def every(b: Builder, xs: Node, step: int) -> Node:
    """xs[::step]"""
    xs = as_list(b, xs)
    x, i = Var(b.fresh("x"), kind=elem_kind(xs)), Var(b.fresh("i"), kind=INT)
    steps = call("floor", binary(i, "/", const(step), FLOAT), kind=INT)
    return mapped(b, xs, x, i, binary(i, "=", binary(const(step), "*", steps, INT)), x)


def first_of(b: Builder, xs: Value, start: Node, stop: Node | None = None, /) -> Node:
    """itertools.islice(xs, stop), islice(xs, start, stop)"""
    first, last = (None, start) if stop is None else (start, stop)
    for n in (first, last):
        refuse_none("islice()", *([] if n is None else [n]))
        if isinstance(n, Const) and n.value is not None and n.value < 0:
            raise refuse(Page.OUT_OF_RANGE, "islice() to a negative place", "slice a list: xs[:-1]")
    ends = [n if n is None or isinstance(n, Const) or is_count(n) else at_least_zero(n) for n in (first, last)]
    return of_list(b, as_list(b, xs), *ends)


def of_list(b: Builder, xs: Node, start: Node | None, stop: Node | None) -> Node:
    """xs[start:stop]"""
    xs = b.let(as_list(b, xs))
    x, i = Var(b.fresh("x"), kind=elem_kind(xs)), Var(b.fresh("i"), kind=INT)
    test: Node = TRUE
    if start is not None and start not in (ZERO, NULL):
        test = binary(i, ">=", b.let(end_of(b, start, count(xs), ZERO)))
    if stop is not None and stop != NULL:
        test = both(test, binary(i, "<", b.let(end_of(b, stop, count(xs), ZERO))))
    if test == TRUE:
        return with_kind(xs, ListKind(elem_kind(xs)))
    return mapped(b, xs, x, i, None if test == TRUE else test, x)


def backwards(b: Builder, x: Node) -> Node:
    """x[::-1]"""
    reverse = call("reverse", as_list(b, x), kind=ListKind(elem_kind(as_list(b, x))))
    return call("join", reverse, EMPTY_TEXT, kind=STR) if family(x.kind) == "str" else reverse


def character(b: Builder, s: Node, i: Node) -> Node:
    """text[i], which raises out of range."""
    refuse_none("an index", i)
    if family(i.kind) != "number" or not whole_values(i.kind):
        raise refuse(Page.WRONG_TYPE, f"an index of type {show(i.kind)}", "give an int")
    n = need_constant("text[i] with a computed index", i).value
    s = b.let(s)
    c = substring(s, const(n), ONE)
    op = ">" if n >= 0 else ">="
    enough = binary(s, "!=", EMPTY_TEXT) if n in (0, -1) else binary(length(s), op, const(abs(n)))
    return c if enough in b.scope.known else cond(enough, c, error("string index out of range", STR))


FUNCTIONS: dict[Any, Any] = {itertools.islice: first_of}
