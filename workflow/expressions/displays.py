"""Displays and comprehensions: lists, tuples, sets, dicts, any() and all(); over constants they are unrolled."""
from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Callable

from . import binding
from .constants import const_fn
from .errors import Refused
from .nodes import (
    FALSE,
    TRUE,
    ZERO,
    Array,
    Const,
    Node,
    Object,
    Var,
    both,
    call,
    cond,
    const,
    either,
    negate,
    or_null,
)
from .rules import dicts, lists, numbers
from .scope import Iterable
from .kinds import INT, NEVER, DictT, ListT, SetT, TupleT, join, kind, of_value, show

if TYPE_CHECKING: from .interpret import Interpreter



def list_or_tuple(it: "Interpreter", n: ast.List | ast.Tuple) -> Node:
    tuple_ = isinstance(n, ast.Tuple)
    if any(isinstance(e, ast.Starred) for e in n.elts):
        out: Node = Array((), type=ListT(NEVER))
        for e in n.elts:
            if isinstance(e, ast.Starred):
                more = it.node(e.value)
                if isinstance(more, Const): more = Array(tuple(map(const, more.value)), type=ListT(join(*map(of_value, more.value))))
                lists.elem_type(more)
                more = numbers.retyped(more, ListT(lists.elem_type(more)))
            else:
                v = or_null(it.node(e))
                more = Array((v,), type=ListT(v.type))
            out = more if out == Array((), type=NEVER) else numbers.append(it, out, more)
        return out
    items = [it.node(e) for e in n.elts]
    if all(isinstance(i, Const) for i in items): return const_fn((tuple if tuple_ else list)(i.value for i in items))  # type: ignore[attr-defined]
    t = TupleT(tuple(i.type for i in items)) if tuple_ else ListT(join(*[i.type for i in items]))
    return Array(tuple(map(or_null, items)), type=t)


def set_display(it: "Interpreter", n: ast.Set) -> Node:
    items = [it.node(e) for e in n.elts]
    if all(isinstance(i, Const) for i in items): return const_fn({i.value for i in items})  # type: ignore[attr-defined]
    return Array(tuple(items), type=SetT(join(*[i.type for i in items])))


def dict_display(it: "Interpreter", n: ast.Dict) -> Node:
    parts: list[Node] = []
    run: list[tuple[Node, Node]] = []
    for k, v in zip(n.keys, n.values):
        if k is None:
            if run: parts.append(dicts.record(run))
            run = []
            parts.append(it.node(v))
        else: run.append((it.node(k), it.node(v)))
    if run or not parts: parts.append(dicts.record(run))
    return parts[0] if len(parts) == 1 and (not n.keys or n.keys[0] is not None) else dicts.merge(it, *parts)


def list_comprehension(it: "Interpreter", n: ast.ListComp | ast.GeneratorExp) -> Node:
    return comprehension(it, n.generators, lambda: it.node(n.elt), None)


def set_comprehension(it: "Interpreter", n: ast.SetComp) -> Node:
    return lists.to_set(it, comprehension(it, n.generators, lambda: it.node(n.elt), None))


def dict_comprehension(it: "Interpreter", n: ast.DictComp) -> Node:
    def pair() -> Node:
        k, v = it.node(n.key), or_null(it.node(n.value))
        if kind(k.type) != "str": raise Refused(f"a key of type {show(k.type)}", "keys of a JSON object are text")
        return Object(((k, v),), type=DictT(v.type))
    xs = comprehension(it, n.generators, pair, None)
    if isinstance(xs, Array) and all(isinstance(o, Object) and all(isinstance(k, Const) for k, _ in o.pairs) for o in xs.items):
        return Object(tuple({p[0]: p for o in xs.items for p in o.pairs}.values()), type=lists.elem_type(xs))  # type: ignore[attr-defined]
    return call("merge", xs, type=lists.elem_type(xs))


def quantified(it: "Interpreter", n: ast.GeneratorExp | ast.ListComp, is_all: bool) -> Node:
    """any(...) and all(...): all is `no element without`."""
    elt = (lambda: negate(it.test(n.elt))) if is_all else lambda: it.test(n.elt)
    found = comprehension(it, n.generators, elt, "any")
    return negate(found) if is_all else found


def comprehension(it: "Interpreter", gens: list[ast.comprehension], elt: Callable[[], Node], mode: str | None) -> Node:
    g, more = gens[0], gens[1:]
    source = it.eval(g.iter)
    inner = (lambda: comprehension(it, more, elt, mode)) if more else elt
    if isinstance(source, Const): return unrolled(it, source, g, inner, bool(more), mode)
    indexed = isinstance(source, Iterable) and source.indexed
    xs = source.source if isinstance(source, Iterable) else lists.as_list(it, source)
    hint = g.target.id if isinstance(g.target, ast.Name) else "x"
    x, i = Var(it.fresh(hint), type=lists.elem_type(xs)), Var(it.fresh("i"), type=INT) if indexed else None
    value = source.element(x, i or ZERO) if isinstance(source, Iterable) else x
    with it.within(it.scope.child()) as s:
        binding.assign(it, g.target, value, shared=False)
        condition = ifs(it, g.ifs)
        test = None if condition == TRUE else s.close(condition)
        e = it.assuming(test, True, inner)
        if mode == "any": return lists.exists(it, xs, x, i, e if test is None else both(test, e))
        return (lists.flattened if more else lists.mapped)(it, xs, x, i, test, e)


def ifs(it: "Interpreter", tests: list[ast.expr]) -> Node:
    return it.chain(tests, True) if tests else TRUE


def unrolled(it: "Interpreter", source: Const, g: ast.comprehension, inner: Callable[[], Node], flat: bool, mode: str | None) -> Node:
    """A comprehension over constants: one element after the other."""
    try: values = list(source.value)
    except TypeError as error: raise Refused(f"cannot iterate over {source.value!r}") from error
    if len(values) > 100: raise Refused(f"a comprehension over {len(values)} constants", "100 at most")
    out: Node = FALSE if mode else Array((), type=ListT(NEVER))
    for v in values:
        with it.within(it.scope.child()) as s:
            binding.assign(it, g.target, const_fn(v))
            test = s.close(ifs(it, g.ifs))
            if test == FALSE: continue
            e = it.assuming(test, True, inner)
        if mode: out = either(out, both(test, e))
        else:
            piece: Node = as_array(e) if flat else Array((or_null(e),), type=ListT(e.type))
            out = numbers.append(it, out, cond(test, piece, Array((), type=piece.type))) if out != Array((), type=NEVER) else cond(test, piece, Array((), type=piece.type))
    if isinstance(out, Array) and all(isinstance(i, Const) for i in out.items) and not mode: return const_fn([i.value for i in out.items])  # type: ignore[attr-defined]
    return out


def as_array(e: Node) -> Node:
    return Array(tuple(map(const_fn, e.value)), type=ListT(lists.elem_type(e))) if isinstance(e, Const) else e


HANDLERS: dict[type[ast.expr], Any] = {ast.List: list_or_tuple, ast.Tuple: list_or_tuple, ast.Set: set_display, ast.Dict: dict_display, ast.ListComp: list_comprehension, ast.GeneratorExp: list_comprehension, ast.SetComp: set_comprehension, ast.DictComp: dict_comprehension}
