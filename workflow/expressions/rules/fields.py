"""The fields of records, where they are read: by name, by key, by place."""

from __future__ import annotations

from workflow.diagnostics import did_you_mean

from ..builder import Builder
from ..kinds import (
    BOOL,
    NEVER,
    NONE,
    OMITTED,
    DictKind,
    Kind,
    RecordField,
    RecordKind,
    TupleKind,
    UnionKind,
    an,
    fields_of,
    is_typed_dict,
    join,
    members,
    show,
)
from ..nodes import NULL, Array, Const, Field, Index, Node, Object, call, cond, const, or_null, with_kind
from ..refusals import Page, refuse


def field(b: Builder, x: Node, name: str) -> Node | None:
    """x.name, if there is such a field."""
    if isinstance(x.kind, UnionKind):
        return shared_field(b, x, name)
    if isinstance(x.kind, TupleKind):
        return tuple_field(b, x, name)
    f = fields_of(x.kind).get(name)
    if f is None:
        return None
    if isinstance(x, Object):
        for k, v in x.pairs:
            if k == const(f.json):
                return v
    check_readable(x.kind, f)
    return Field(b.let(x), f.json, kind=f.read_kind)


def check_readable(kind: Kind, f: RecordField) -> None:
    """JSON does not have what a model excludes."""
    if f.excluded:
        said = f"{show(kind)}.{f.name} is excluded from JSON"
        raise refuse(Page.NOT_JSON, said, "read it in a Task")


def tuple_field(b: Builder, x: Node, name: str) -> Node | None:
    """A field of a NamedTuple, which is a list in JSON."""
    names: tuple[str, ...] = getattr(getattr(x.kind, "cls", None), "_fields", ())
    if name not in names or not isinstance(x.kind, TupleKind):
        return None
    i = names.index(name)
    return x.items[i] if isinstance(x, Array) else Index(b.let(x), const(i), kind=x.kind.items[i])


def shared_field(b: Builder, x: Node, name: str) -> Node | None:
    """A field that every member of a union of models has."""
    found = [fields_of(m).get(name) for m in members(x.kind)]
    fields = [f for f in found if f is not None]
    if not fields or len(fields) < len(found) or len({f.json for f in fields}) != 1:
        return None
    for m, f in zip(members(x.kind), fields):
        check_readable(m, f)
    return Field(b.let(x), fields[0].json, kind=join(*[f.read_kind for f in fields]))


def key(b: Builder, x: Node, k: Node) -> Node:
    """x["key"] of a TypedDict; a key that may be left out raises where it is missing."""
    f = key_field(x, k)
    place = field(b, x, f.name) or NULL
    if f.default is not OMITTED or isinstance(x, Object):
        return place
    there = call("exists", place, kind=BOOL)
    place = with_kind(place, f.kind)
    return place if there in b.scope.known else cond(there, place, call("error", const("KeyError"), kind=f.kind))


def get(b: Builder, x: Node, k: Node, default: Node = NULL, /) -> Node:
    """x.get("key", default) of a TypedDict."""
    f = key_field(x, k)
    place = field(b, x, f.name) or NULL
    if f.default is not OMITTED or isinstance(x, Object) or default == NULL:
        return place
    there = call("exists", place, kind=BOOL)
    return cond(there, or_null(with_kind(place, f.kind)), or_null(default))


def get_or_nothing(b: Builder, x: Node, k: Node, default: Node = NULL, /) -> Node:
    """x.get("a", {}).get("key"): of a TypedDict, or of an empty dict in its place."""
    record = with_kind(x, next(m for m in members(x.kind) if isinstance(m, RecordKind)))
    f = key_field(record, k)
    place = Field(b.let(record), f.json, kind=join(f.read_kind, NONE))
    if default == NULL:
        return place
    return cond(call("exists", place, kind=BOOL), or_null(with_kind(place, f.kind)), or_null(default))


def or_empty(kind: Kind) -> bool:
    """A TypedDict, or an empty dict?"""
    apart = [m for m in members(kind) if not (isinstance(m, DictKind) and m.value == NEVER)]
    return len(apart) == 1 and is_typed_dict(getattr(apart[0], "cls", None)) and len(members(kind)) > 1


def key_field(x: Node, k: Node) -> RecordField:
    """The field of a TypedDict that a constant key names."""
    if not isinstance(k, Const) or not isinstance(k.value, str):
        raise refuse(Page.NEEDS_A_CONSTANT, f"a computed key of {an(x.kind)}", "write the key as a constant")
    fields = fields_of(x.kind)
    if k.value not in fields:
        raise refuse(Page.UNKNOWN_FIELD, f"{show(x.kind)} has no key `{k.value}`", did_you_mean(k.value, fields))
    return fields[k.value]
