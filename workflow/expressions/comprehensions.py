"""Comprehensions, any() and all(); over constants they are unrolled."""

from __future__ import annotations

import ast
from collections.abc import Callable

from . import binding
from .builder import Reader
from .constants import const_of
from .kinds import BOOL, INT, NEVER, DictKind, ListKind, family
from .membership import exists
from .nodes import (
    FALSE,
    TRUE,
    ZERO,
    Array,
    Binary,
    Collect,
    Cond,
    Const,
    Function,
    Node,
    Object,
    Var,
    binary,
    both,
    call,
    cond,
    either,
    negate,
    or_null,
    walk,
    whole,
)
from .refusals import Page, refuse
from .rules import dicts, lists, numbers
from .scope import Iterable

MOST_UNROLLED = 100
Make = Callable[[], Node]


def list_comprehension(it: Reader, n: ast.ListComp | ast.GeneratorExp) -> Node:
    """[e for x in xs]"""
    return comprehension(it, n.generators, lambda: it.node(n.elt))


def set_comprehension(it: Reader, n: ast.SetComp) -> Node:
    """{e for x in xs}"""
    return lists.to_set(it, comprehension(it, n.generators, lambda: it.node(n.elt)))


def dict_comprehension(it: Reader, n: ast.DictComp) -> Node:
    """{k: v for x in xs}: of equal keys the last wins, as in $merge."""

    def pair() -> Node:
        k = it.node(n.key)
        v = or_null(it.node(n.value))
        return Object(((dicts.text_key(k), v),), kind=DictKind(v.kind, dicts.plain_key(k.kind)))

    xs = comprehension(it, n.generators, pair)
    kind = lists.elem_kind(xs)
    if isinstance(xs, Array):
        objects = [o for o in xs.items if isinstance(o, Object)]
        if len(objects) == len(xs.items) and all(isinstance(k, Const) for o in objects for k, _ in o.pairs):
            pairs = {k: (k, v) for o in objects for k, v in o.pairs}
            return Object(tuple(pairs.values()), kind=kind if pairs else DictKind(NEVER))
    return call("merge", xs, kind=kind)


def quantified(it: Reader, n: ast.GeneratorExp | ast.ListComp, is_all: bool) -> Node:
    """any(...) and all(...): all is `no element without`."""
    elt: Make = (lambda: negate(it.test(n.elt))) if is_all else lambda: it.test(n.elt)
    lazy = isinstance(n, ast.GeneratorExp)
    found = comprehension(it, n.generators, elt, "lazy" if lazy else "whole")
    return negate(found) if is_all else found


def found_in(it: Reader, xs: Node, x: Var, i: Var | None, test: Node, lazy: bool) -> Node:
    """Is there an x with test? $filter looks at all; Python stops at the first, so that none after it can raise."""
    if not (lazy and test.may_fail):
        return exists(xs, x, test, i)
    seen = Var(it.fresh("seen"), kind=BOOL)
    params = (seen.name, x.name, i.name) if i else (seen.name, x.name)
    step = Function(params, Cond(seen, TRUE, test, kind=BOOL), kind=BOOL)
    return call("reduce", xs, step, FALSE, kind=BOOL)


def comprehension(it: Reader, generators: list[ast.comprehension], elt: Make, quantify: str = "") -> Node:
    """One `for` with its `if`s, and those inside of it; `quantify`: whole or lazy, as any([...]) and any(...)."""
    g, more = generators[0], generators[1:]
    if g.is_async:
        raise refuse(Page.LOOP_OR_TRY, "an asynchronous comprehension", "write a plain one")
    source = it.eval(g.iter)
    inner: Make = (lambda: comprehension(it, more, elt, quantify)) if more else elt
    if isinstance(source, Const):
        return unrolled(it, source, g, inner, bool(more), bool(quantify))
    indexed = isinstance(source, Iterable) and source.indexed
    if isinstance(source, Node) and isinstance(source.kind, DictKind):
        source = dicts.keys_of(it, source)
    elif isinstance(source, Node) and family(source.kind) == "str":
        source = lists.characters(it, source)
    if not isinstance(source, Iterable):
        source = Iterable(lists.as_list(it, source), lambda x, i: x, False)
    xs = source.source
    x = Var(it.fresh(g.target.id if isinstance(g.target, ast.Name) else "x"), kind=lists.elem_kind(xs))
    i = Var(it.fresh("i"), kind=INT) if indexed else None
    value = source.element(x, i or ZERO)
    if isinstance(g.target, ast.Name):
        value = whole(value)
    with it.within(it.scope.child()) as scope:
        match xs:  # places are never negative
            case Collect(of=Binary(op="..", left=Const(value=int(first)))) if first >= 0:
                scope.known.add(binary(x, ">=", ZERO))
        if i is not None:
            scope.known.add(binary(i, ">=", ZERO))
        binding.assign(it, g.target, value, shared=False)
        condition = it.chain(g.ifs, True) if g.ifs else TRUE
        test = None if condition == TRUE else scope.close(condition)
        scope.bindings = []
        e = it.assuming(test, True, inner)
        if quantify:
            return found_in(it, xs, x, i, e if test is None else both(test, e), quantify == "lazy")
        return (lists.flattened if more else lists.mapped)(it, xs, x, i, test, e)


def unrolled(it: Reader, source: Const, g: ast.comprehension, inner: Make, flat: bool, quantify: bool) -> Node:
    """A comprehension over constants: one element after the other."""
    try:
        values = list(source.value)
    except TypeError:
        raise refuse(Page.WRONG_TYPE, f"cannot iterate over {source.value!r}", "give a list") from None
    if len(values) > MOST_UNROLLED:
        said = f"a comprehension over {len(values)} constants"
        raise refuse(Page.NESTED_TOO_DEEPLY, said, f"{MOST_UNROLLED} at most, or do it in a Task")
    out: Node = FALSE if quantify else lists.EMPTY
    for v in values:
        with it.within(it.scope.child()) as scope:
            binding.assign(it, g.target, const_of(v))
            condition = it.chain(g.ifs, True) if g.ifs else TRUE
            test = scope.close(condition)
            scope.bindings = []
            if test == FALSE:
                continue
            e = it.assuming(test, True, inner)
        if quantify:
            out = either(out, both(test, e))
        else:
            out = appended(it, out, test, e, flat)
    if isinstance(out, Array) and all(isinstance(i, Const) for i in out.items) and not quantify:
        return const_of([i.value for i in out.items if isinstance(i, Const)])
    return out


def appended(it: Reader, out: Node, test: Node, e: Node, flat: bool) -> Node:
    """The list so far, with what one constant adds."""
    if flat:
        piece = lists.items_of(e) if isinstance(e, Const) else e
    else:
        piece = Array((or_null(e),), kind=ListKind(e.kind))
    more = cond(test, piece, Array((), kind=piece.kind))
    return more if out == lists.EMPTY else numbers.append(it, out, more)


def check_next(generator: ast.expr, made: Node) -> None:
    """next(...) of a generator stops at its first element: what would raise after it must not be evaluated."""
    late = any(isinstance(n, Function) and n.may_fail for n in walk(made))
    if isinstance(generator, ast.GeneratorExp) and late:
        said = "next() of a generator whose later elements may raise"
        raise refuse(Page.UNSUPPORTED_CALL, said, "test before, so that none raises")
