"""Dicts: JSON objects with text keys."""
from __future__ import annotations

import dataclasses
from enum import Enum
from typing import Any

from ..conditions import Builder, keys, refuse_none
from ..constants import const_fn
from ..errors import Refused, did_you_mean
from ..nodes import NULL, Array, Collect, Const, Node, Object, binary, call, cond, const, or_null
from ..scope import Iterable
from ..kinds import BOOL, NONE, STR, DictT, EnumT, ListT, LiteralT, is_optional, join, kind, of_value, show
from .numbers import error


def key_of(d: Node, k: Node) -> Node:
    refuse_none("a key", k)
    if isinstance(d, Const) and d.value and kind(k.type) == "number" and not isinstance(k, Const): return call("string", k, type=STR)
    if kind(k.type) not in ("str", "enum"): raise Refused(f"a key of type {show(k.type)}", "keys of a JSON object are text")
    return k

def lookup(b: Builder, d: Node, k: Node) -> tuple[Node, bool]:
    """The value, and whether it is there for certain."""
    t = d.type.value  # type: ignore[attr-defined]
    key = key_of(d, k)
    if isinstance(d, Const):
        table = d.value
        if isinstance(k.type, (EnumT, LiteralT)) and not isinstance(k, Const):
            members = k.type.members if isinstance(k.type, EnumT) else k.type.values
            missing = [m for m in members if m not in table]
            if missing and not set(members) & set(table): raise Refused(f"none of {show(k.type)} is a key", did_you_mean(str(missing[0]), list(map(str, table))))
            sure = not missing
        else: sure = isinstance(k, Const) and k.value in table
        if kind(k.type) == "number" and not all(isinstance(x, int) for x in table): raise Refused("keys that are not ints")
        pairs = tuple((const(str(x.value if isinstance(x, Enum) else x)), const(v)) for x, v in table.items())
        t = join(*[of_value(v) for v in table.values()])
        return call("lookup", Object(pairs, type=d.type), key, type=t), sure
    if isinstance(d, Object) and isinstance(k, Const):
        for name, v in d.pairs:
            if name == k: return v, True
    d, key = b.let(d), b.let(key)
    return call("lookup", d, key, type=t), binary(key, "in", keys(d)) in b.scope.known

def item(b: Builder, d: Node, k: Node) -> Node:
    got, sure = lookup(b, d, k)
    return got if sure else cond(call("exists", got, type=BOOL), got, error("KeyError", got.type))

def get(b: Builder, d: Node, k: Node, default: Node = NULL) -> Node:
    got, sure = lookup(b, d, k)
    if sure: return got
    if default == NULL: return dataclasses.replace(got, type=join(got.type, NONE))
    if is_optional(got.type): return cond(call("exists", got, type=BOOL), or_null(got), or_null(default))
    return cond(call("exists", got, type=BOOL), got, or_null(default))

def items(b: Builder, d: Node) -> Iterable:
    d = b.let(d)
    def element(k: Node, i: Node) -> Node:
        v = call("lookup", d, k, type=d.type.value)  # type: ignore[attr-defined]
        from ..kinds import TupleT
        return Array((k, v), type=TupleT((STR, v.type)))
    return Iterable(Collect(keys(d), type=ListT(STR)), element, False)

def values(b: Builder, d: Node) -> Iterable:
    d = b.let(d)
    return Iterable(Collect(keys(d), type=ListT(STR)), lambda k, i: call("lookup", d, k, type=d.type.value), False)  # type: ignore[attr-defined]

def merge(b: Builder, *ds: Node) -> Node:
    return merged(list(ds))

def merged(ds: list[Node]) -> Node:
    parts = [d for d in ds if not (isinstance(d, Object) and not d.pairs)]
    for d in parts:
        if kind(d.type) != "dict":
            refuse_none("`**`", d)
            raise Refused(f"`**` of a {show(d.type)}", "spread dicts only")
    t = DictT(join(*[d.type.value for d in parts]))  # type: ignore[attr-defined]
    if len(parts) == 1: return parts[0]
    return call("merge", Array(tuple(parts), type=ListT(t)), type=t)

def record(pairs: list[tuple[Node, Node]]) -> Node:
    if all(isinstance(x, Const) for p in pairs for x in p): return const_fn({k.value: v.value for k, v in pairs})  # type: ignore[attr-defined]
    for k, _ in pairs:
        if kind(k.type) != "str": raise Refused(f"a key of type {show(k.type)}", "keys of a JSON object are text")
    t = DictT(join(*[v.type for _, v in pairs]))
    if len(pairs) > 1 and not all(isinstance(k, Const) for k, _ in pairs):      # an object literal refuses equal keys
        return merged([Object(((k, or_null(v)),), type=t) for k, v in pairs])
    return Object(tuple({k: (k, or_null(v)) for k, v in pairs}.values()), type=t)

METHODS: dict[tuple[str, str], Any] = {
    ("dict", "get"): get, ("dict", "items"): items, ("dict", "values"): values,
    ("dict", "keys"): lambda b, d: Collect(keys(d), type=ListT(STR)), ("dict", "copy"): lambda b, d: d,
}
