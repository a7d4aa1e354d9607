"""Displays: lists, tuples, sets and dicts as they are written, with `*` and `**`."""

from __future__ import annotations

import ast

from .builder import Reader
from .constants import const_of
from .kinds import ListKind, SetKind, TupleKind, join
from .nodes import Array, Const, Node, or_null, with_kind
from .rules import dicts, lists, numbers


def list_or_tuple(it: Reader, n: ast.List | ast.Tuple) -> Node:
    """[a, *b] and (a, b)"""
    if any(isinstance(e, ast.Starred) for e in n.elts):
        return spread(it, n.elts)
    items = [it.node(e) for e in n.elts]
    is_tuple = isinstance(n, ast.Tuple)
    if all(isinstance(i, Const) for i in items):
        values = [i.value for i in items if isinstance(i, Const)]
        return const_of(tuple(values) if is_tuple else values)
    made = tuple(map(or_null, items))
    kinds = [i.kind for i in made]
    return Array(made, kind=TupleKind(tuple(kinds)) if is_tuple else ListKind(join(*kinds)))


def spread(it: Reader, elements: list[ast.expr]) -> Node:
    """Lists put together."""
    out: Node = lists.EMPTY
    for e in elements:
        if isinstance(e, ast.Starred):
            value = it.eval(e.value)
            more = lists.items_of(value) if isinstance(value, Const) else lists.as_list(it, value)
            if not isinstance(more, Array):
                more = with_kind(more, ListKind(lists.elem_kind(more)))
            else:
                more = Array(more.items, kind=ListKind(lists.elem_kind(more)))
        else:
            v = or_null(it.node(e))
            more = Array((v,), kind=ListKind(v.kind))
        out = more if out == lists.EMPTY else numbers.append(it, out, more)
    return out


def set_display(it: Reader, n: ast.Set) -> Node:
    """{a, *b}"""
    if any(isinstance(e, ast.Starred) for e in n.elts):
        return lists.to_set(it, spread(it, n.elts))
    items = [it.node(e) for e in n.elts]
    if all(isinstance(i, Const) for i in items):
        return const_of({i.value for i in items if isinstance(i, Const)})
    elem = join(*[i.kind for i in items])
    made = Array(tuple(map(or_null, items)), kind=SetKind(elem))
    return lists.to_set(it, made) if lists.has_sets_of(elem) and len(items) > 1 else made


def dict_display(it: Reader, n: ast.Dict) -> Node:
    """{k: v, **d}"""
    parts: list[Node] = []
    run: list[tuple[Node, Node]] = []
    for k, v in zip(n.keys, n.values):
        if k is not None:
            run.append((it.node(k), it.node(v)))
            continue
        if run:
            parts.append(dicts.record(it, run))
        run = []
        parts.append(it.node(v))
    if run or not parts:
        parts.append(dicts.record(it, run))
    only = len(parts) == 1 and (not n.keys or n.keys[0] is not None)
    return parts[0] if only else dicts.merge(it, *parts)
