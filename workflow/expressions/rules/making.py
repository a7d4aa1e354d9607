"""dict(...) and dict.fromkeys(...): dicts made of pairs, of other dicts, of keys."""

from __future__ import annotations

from typing import Any

from ..builder import Builder
from ..kinds import DictKind, ListKind, TupleKind, an, family
from ..nodes import NULL, Array, Collect, Const, Function, Index, Node, Object, Var, call, const, or_null
from ..refusals import Page, refuse
from ..scope import Iterable, Value
from .dicts import merge, plain_key, record, text_key
from .lists import as_list, elem_kind, items_of


def to_dict(b: Builder, pairs: Value | None = None, /, **named: Node) -> Node:
    """dict(pairs, name=value)"""
    given = record(b, [(const(k), v) for k, v in named.items()]) if named else None
    if pairs is None:
        return given if given is not None else record(b, [])
    if isinstance(pairs, Node) and family(pairs.kind) in ("dict", "model"):
        made: Node = merge(b, pairs)
    else:
        made = of_pairs(b, pairs)
    return made if given is None else merge(b, made, given)


def of_pairs(b: Builder, pairs: Value) -> Node:
    """A dict of (key, value) pairs; of equal keys the last wins."""
    source = pairs if isinstance(pairs, Iterable) else Iterable(as_list(b, pairs), lambda x, i: x, False)
    xs = items_of(source.source) if isinstance(source.source, Const) else source.source
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    if source.indexed:
        raise refuse(Page.UNSUPPORTED_CALL, "dict() of enumerate()", "write a dict comprehension")
    pair = source.element(x, const(0))
    if not isinstance(pair.kind, TupleKind) or len(pair.kind.items) != 2:
        raise refuse(Page.WRONG_TYPE, f"dict() of {an(pair.kind)} each", "give pairs, or write a dict comprehension")
    if isinstance(pair, Array):
        key, value = pair.items
    else:
        key, value = (Index(pair, const(i), kind=kind) for i, kind in enumerate(pair.kind.items))
    return merged(b, xs, x, key, value)


def merged(b: Builder, xs: Node, x: Var, key: Node, value: Node) -> Node:
    """One object of all."""
    value = or_null(value)
    kind = DictKind(value.kind, plain_key(key.kind))
    one = Object(((text_key(key), value),), kind=kind)
    each = Collect(call("map", xs, Function((x.name,), one, kind=kind), kind=ListKind(kind)), kind=ListKind(kind))
    return call("merge", each, kind=kind)


def from_keys(b: Builder, keys: Value, value: Node = NULL, /) -> Node:
    """dict.fromkeys(keys, value)"""
    xs = as_list(b, keys)
    x = Var(b.fresh("x"), kind=elem_kind(xs))
    return merged(b, xs, x, x, b.let(value))


FUNCTIONS: dict[Any, Any] = {dict: to_dict, dict.fromkeys: from_keys}
