"""Lists: comprehension shapes that neither lose nulls nor flatten, indexing, slices, lists made of lists."""

from __future__ import annotations

import functools
import itertools
from typing import Any

from ..builder import Builder
from ..conditions import count, keep
from ..constants import const_of
from ..demands import refuse_none
from ..equality import equal
from ..kinds import (
    BOOL,
    INT,
    NEVER,
    STR,
    Kind,
    ListKind,
    LiteralKind,
    SetKind,
    TupleKind,
    an,
    family,
    fits,
    is_optional,
    join,
    may_be_list,
    of_value,
    show,
    unlimited,
    whole_values,
)
from ..membership import element_kind
from ..nodes import (
    ONE,
    ZERO,
    Array,
    Binary,
    Call,
    Cast,
    Collect,
    Cond,
    Const,
    Function,
    Index,
    Negative,
    Node,
    Var,
    binary,
    both,
    call,
    cond,
    const,
    or_null,
    whole,
    with_kind,
)
from ..own_methods import refuse_own
from ..refusals import Page, refuse
from ..scope import Iterable, Value
from . import dicts

EMPTY = Array((), kind=ListKind(NEVER))


def elem_kind(xs: Node) -> Kind:
    """The kind of the items; refuses what cannot be looped over."""
    if isinstance(xs.kind, (ListKind, SetKind, TupleKind)):
        refuse_own("a loop", xs.kind, "__iter__")
        return element_kind(xs.kind)
    refuse_none("a loop", xs)
    raise refuse(Page.WRONG_TYPE, f"cannot iterate over {an(xs.kind)}", "only lists, tuples, sets and dicts")


def as_list(b: Builder, v: Value) -> Node:
    """Whatever can be looped over, as one list."""
    if isinstance(v, Node) and not isinstance(v, Const):
        v = dicts.keys_of(b, v) if family(v.kind) == "dict" else characters(b, v) if family(v.kind) == "str" else v
    if isinstance(v, Iterable):
        x = Var(b.fresh("x"), kind=elem_kind(v.source))
        i = Var(b.fresh("i"), kind=INT) if v.indexed else None
        element = v.element
        return mapped(b, v.source, x, i, None, b.assuming(None, True, lambda: whole(element(x, i or ZERO))))
    if not isinstance(v, Node):
        raise refuse(Page.NOT_A_VALUE, "a function is not a list", "call it")
    elem = elem_kind(v)
    if isinstance(v, Array) and isinstance(v.kind, SetKind) and len(v.items) > 1 and not has_sets_of(elem):
        refuse_none("a set", Var("item", kind=elem))
        raise no_set(elem)  # {a, b} whose equal members nobody has taken out
    return v


def has_sets_of(elem: Kind) -> bool:
    """Do engines agree on which values of this kind are equal?"""
    return elem == NEVER or family(elem) in ("str", "number")


def no_set(elem: Kind) -> Exception:
    """The refusal of a set."""
    said = f"a set of {show(elem)}"
    return refuse(Page.UNSUPPORTED_CALL, said, "engines agree on sets of texts and numbers only")


def characters(b: Builder, s: Node) -> Iterable:
    """The characters of a text; $split would cut those that are two code units in two."""
    s = b.let(s)
    last = binary(call("length", s, kind=INT), "-", ONE, INT)
    places = Collect(binary(ZERO, "..", last, INT), kind=ListKind(INT))
    return Iterable(places, lambda i, _: call("substring", s, i, ONE, kind=STR), False)


def items_of(xs: Const) -> Array:
    """A constant list, item by item."""
    values = list(xs.value)
    return Array(tuple(map(const_of, values)), kind=ListKind(join(*map(of_value, values))))


def mapped(b: Builder, xs: Node, x: Var, i: Var | None, test: Node | None, e: Node) -> Node:
    """[e for x in xs if test]"""
    params = (x.name, i.name) if i else (x.name,)
    kind = ListKind(e.kind)
    if isinstance(e, Const) and isinstance(e.value, (list, tuple)):
        e = with_kind(items_of(e), e.kind)
    if may_be_list(e.kind):  # $map and $filter would flatten a single result
        acc = Var(b.fresh("all"), kind=kind)
        more = call("append", acc, Array((or_null(e),), kind=kind), kind=kind)
        body = more if test is None else cond(test, more, acc)
        return call("reduce", xs, Function((acc.name, *params), body, kind=kind), EMPTY, kind=kind)
    if isinstance(e, Cast) and e.of == x:  # the same text, read as another kind
        e = with_kind(x, e.kind)
    if e == x and i is None and not is_optional(x.kind):
        if test is None:
            return with_kind(xs, kind) if not isinstance(xs, Const) else items_of(xs)
        return Collect(call("filter", xs, Function(params, test, kind=BOOL), kind=kind), kind=kind)
    e = or_null(e)
    made = e if test is None else Cond(test, e, None, kind=e.kind)
    return Collect(call("map", xs, Function(params, made, kind=e.kind), kind=kind), kind=kind)


def flattened(b: Builder, xs: Node, x: Var, i: Var | None, test: Node | None, inner: Node) -> Node:
    """[... for x in xs if test for ...]: `inner` is the list of one x."""
    acc = Var(b.fresh("all"), kind=inner.kind)
    more = call("append", acc, inner, kind=inner.kind)
    params = (acc.name, x.name, i.name) if i else (acc.name, x.name)
    body = more if test is None else cond(test, more, acc)
    return call("reduce", xs, Function(params, body, kind=inner.kind), EMPTY, kind=inner.kind)


# ------------------------------------------------------------------ parts
def item(b: Builder, xs: Node, i: Node) -> Node:
    """xs[i], which raises out of range."""
    refuse_own("`[...]`", xs.kind, "__getitem__")
    elem = elem_kind(xs)
    if isinstance(i, Const) and isinstance(i.value, int):
        length = (
            len(xs.items) if isinstance(xs, Array) else len(xs.kind.items) if isinstance(xs.kind, TupleKind) else None
        )
        if length is not None:
            if not -length <= i.value < length:
                raise refuse(Page.OUT_OF_RANGE, f"index {i.value} is out of range of {show(xs.kind)}", "count from 0")
            if isinstance(xs, Array):
                chosen = xs.items[i.value]
                keep(b, *[x for x in xs.items if x is not chosen])
                return chosen
            return Index(b.let(xs), i, kind=xs.kind.items[i.value])  # type: ignore[attr-defined]
    elif family(i.kind) != "number" or not whole_values(i.kind):
        refuse_none("an index", i)
        raise refuse(Page.WRONG_TYPE, f"an index of type {show(i.kind)}", "give an int")
    split = xs.of if isinstance(xs, Collect) and isinstance(xs.of, Call) and xs.of.function == "$split" else None
    sure = 1 if split is not None and isinstance(split.args[1], Const) else least(b, xs)
    xs, i = b.let(xs), b.let(i)
    got = Index(xs, i, kind=elem)
    sure = sure or least(b, xs)
    if isinstance(i, Const) and -sure <= i.value < sure:
        return got
    there: Node = call("exists", got, kind=BOOL)
    if is_optional(elem) and not isinstance(i, Const):  # jsonata-python finds no null by a computed index
        size = count(xs)
        there = both(binary(i, ">=", Negative(size, kind=INT)), binary(i, "<", size))
    return cond(there, got, call("error", const("list index out of range"), kind=elem))


def has_items(b: Builder, xs: Node) -> bool:
    """Is the list known not to be empty?"""
    return least(b, xs) > 0


def least(b: Builder, xs: Node) -> int:
    """How many items the list has at least, by what is known here."""
    size, out = count(xs), 0
    for test in b.scope.known:
        if isinstance(test, Binary) and test.left == size and isinstance(test.right, Const):
            n = test.right.value
            if isinstance(n, int):
                out = max(out, {"=": n, ">=": n, ">": n + 1}.get(test.op, 1 if (test.op, n) == ("!=", 0) else 0))
    return out


# ------------------------------------------------------------------ lists made of lists
def to_list(b: Builder, xs: Value = EMPTY, /) -> Node:
    """list(xs)"""
    if isinstance(xs, Node) and isinstance(xs.kind, SetKind):
        raise refuse(Page.NOT_JSON, "list() of a set has no order", "write sorted(...)")
    xs = as_list(b, xs)
    return items_of(xs) if isinstance(xs, Const) else with_kind(xs, ListKind(elem_kind(xs)))


def to_set(b: Builder, xs: Value = EMPTY, /) -> Node:
    """set(xs)"""
    xs = as_list(b, xs)
    elem = elem_kind(xs)
    if not has_sets_of(elem):
        refuse_none("a set", Var("item", kind=elem))
        raise no_set(elem)
    return Collect(call("distinct", xs, kind=SetKind(elem)), kind=SetKind(elem))


def backwards(b: Builder, xs: Value, /) -> Node:
    """reversed(xs)"""
    if isinstance(xs, Node) and isinstance(xs.kind, SetKind):
        raise refuse(Page.NOT_JSON, "a set has no order", "write sorted(..., reverse=True)")
    xs = as_list(b, xs)
    return call("reverse", xs, kind=ListKind(elem_kind(xs)))


def position(b: Builder, xs: Node, value: Node, /) -> Node:
    """xs.count(value)"""
    value = b.let(value)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    return count(mapped(b, xs, x, None, b.assuming(None, True, lambda: equal(b, x, value)), ONE))


def index_of(b: Builder, xs: Node, value: Node, /) -> Node:
    """xs.index(value), which raises where it is not there."""
    value = b.let(value)
    x, i = Var(b.fresh("x"), kind=elem_kind(xs)), Var(b.fresh("i"), kind=INT)
    places = b.let(mapped(b, xs, x, i, b.assuming(None, True, lambda: equal(b, x, value)), i))
    none = call("error", const("not in list"), kind=INT)
    return cond(binary(count(places), ">", ZERO), Index(places, ZERO, kind=INT), none)


def chained(b: Builder, *lists: Value) -> Node:
    """itertools.chain(xs, ys, ...)"""
    out: Node = EMPTY
    for v in lists:
        xs = to_list(b, v)
        kind = ListKind(join(elem_kind(out), elem_kind(xs)))
        out = xs if out == EMPTY else call("append", out, xs, kind=kind)
    return out


def chained_all(b: Builder, lists: Value, /) -> Node:
    """itertools.chain.from_iterable(lists)"""
    xs = as_list(b, lists)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    return flattened(b, xs, x, None, None, b.assuming(None, True, lambda: to_list(b, x)))


def reduced(b: Builder, f: Value, xs: Value, initial: Node | None = None, /) -> Node:
    """functools.reduce(f, xs, initial)"""
    if initial is None:
        raise refuse(Page.UNSUPPORTED_CALL, "reduce() without an initial value", "give one: reduce(f, xs, 0)")
    xs = as_list(b, xs)
    elem, kind = elem_kind(xs), unlimited_of(initial.kind)
    for _ in range(3):  # the kind of the result may be wider than that of the start
        acc, x = Var(b.fresh("acc"), kind=kind), Var(b.fresh("x"), kind=elem)
        made = b.apply(f, [acc, x])
        if not isinstance(made, Node) or may_be_list(made.kind):
            raise refuse(Page.UNSUPPORTED_CALL, "reduce() that makes a list or a function", "write a comprehension")
        if fits(made.kind, kind):
            return call(
                "reduce", xs, Function((acc.name, x.name), or_null(made), kind=kind), or_null(initial), kind=kind
            )
        kind = join(kind, unlimited_of(made.kind))
    raise refuse(Page.UNSUPPORTED_CALL, "reduce() whose result changes its type", "write sum(...) or a comprehension")


def unlimited_of(kind: Kind) -> Kind:
    """A constant's kind as that of any such value."""
    if isinstance(kind, LiteralKind) and not kind.declared:
        return STR if family(kind) == "str" else INT
    return unlimited(kind)


def same(b: Builder, xs: Node) -> Node:
    """xs.copy(): data does not change."""
    return xs


FUNCTIONS: dict[Any, Any] = {
    set: to_set,
    frozenset: to_set,
    list: to_list,
    tuple: to_list,
    reversed: backwards,
    iter: to_list,
    itertools.chain: chained,
    itertools.chain.from_iterable: chained_all,
    functools.reduce: reduced,
}
METHODS: dict[tuple[str, str], Any] = {
    ("list", "count"): position,
    ("list", "copy"): same,
    ("list", "index"): index_of,
    ("tuple", "count"): position,
    ("tuple", "index"): index_of,
}
