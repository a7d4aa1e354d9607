"""Dicts: JSON objects, whose keys are text."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from workflow.diagnostics import did_you_mean

from ..builder import Builder
from ..conditions import keep, key_text, keys
from ..constants import const_of
from ..demands import refuse_none
from ..json_values import key as json_key
from ..kinds import (
    BOOL,
    INT,
    NEVER,
    NONE,
    REQUIRED,
    STR,
    DictKind,
    EnumKind,
    Kind,
    ListKind,
    LiteralKind,
    NumberKind,
    RecordKind,
    TupleKind,
    an,
    family,
    fields_of,
    fits,
    is_optional,
    is_typed_dict,
    join,
    of_value,
    same_enum,
    show,
    values_of,
    whole_values,
)
from ..nodes import (
    NULL,
    Array,
    Collect,
    Const,
    Node,
    Object,
    binary,
    call,
    cast,
    cond,
    const,
    or_null,
    with_kind,
)
from ..refusals import Page, refuse
from ..scope import Iterable


def value_kind(d: Node) -> Kind:
    """The kind of a dict's values."""
    if isinstance(d.kind, RecordKind):
        return join(*[f.kind for f in fields_of(d.kind).values()])
    return d.kind.value if isinstance(d.kind, DictKind) else NEVER


def key_kind(d: Node) -> Kind:
    """The kind of a dict's keys."""
    return d.kind.key if isinstance(d.kind, DictKind) else STR


def key_of(d: Node, k: Node) -> Node:
    """A key as JSON has it: text."""
    refuse_none("a key", k)
    fk, fd = family(k.kind), family(key_kind(d))
    empty = isinstance(d, Const) and not d.value
    check_possible(d, k)
    by_enum = isinstance(d, Const) and isinstance(key_kind(d), EnumKind)
    if fk == "number" and (fd == "number" or by_enum) and whole_values(k.kind):
        return key_text(k)
    if fk == fd == "enum" and same_enum(k.kind, key_kind(d)):
        return key_text(k)
    if fk == "str" and (fd == "str" or empty):
        return k
    if fk in ("str", "number", "enum"):
        said = f"a key of type {show(k.kind)}, but the keys are {show(key_kind(d))}"
        raise refuse(Page.NEVER_EQUAL, said, "give a key of that type")
    raise refuse(Page.WRONG_TYPE, f"a key of type {show(k.kind)}", "keys of a JSON object are text")


def check_possible(d: Node, k: Node) -> None:
    """Refuse a constant key that is none of those that an enum or a Literal leaves."""
    keys = values_of(key_kind(d)) if isinstance(d.kind, DictKind) and not isinstance(d, Const) else ()
    if not isinstance(k, Const) or isinstance(k.value, Enum) or not isinstance(k.value, str):
        return
    if keys and k.value not in keys:
        said = f"{k.value!r} is not a value of {show(key_kind(d))}: never a key"
        raise refuse(Page.NEVER_EQUAL, said, did_you_mean(k.value, map(str, keys)))


def check_spelling(table: dict[Any, Any], possible: Sequence[Any], missing: list[Any]) -> None:
    """Refuse a table that has a key of its own where a possible one of nearly the same spelling is missing."""
    own = [str(x) for x in table if x not in possible]
    for m in missing:
        if own and (hint := did_you_mean(str(m), own)).startswith("did"):
            said = f"the table has no key {m!r}, but one that is never looked up: " + hint.split("`")[1]
            raise refuse(Page.NEVER_EQUAL, said, f"correct it: {m!r}")


def lookup(b: Builder, d: Node, k: Node) -> tuple[Node, bool]:
    """The value, and whether it is there for certain."""
    key = key_of(d, k)
    if isinstance(d, Const):
        return look_in_table(d, k, key)
    if isinstance(k, Const) and isinstance(d, Object):
        for name, v in d.pairs:
            if name == k:
                keep(b, *[other for _, other in d.pairs if other is not v])
                return v, True
    kind = value_kind(d)
    shape = d.kind.shape if isinstance(d.kind, DictKind) else None
    d, key = b.let(d), b.let(key)
    if shape is not None and isinstance(k, Const) and (shaped := dict(shape).get(json_key(k.value))) is not None:
        return call("lookup", d, key, kind=shaped), True
    return call("lookup", d, key, kind=kind), binary(key, "in", keys(d)) in b.scope.known


def look_in_table(d: Const, k: Node, key: Node) -> tuple[Node, bool]:
    """A lookup in a dict that is known when compiling; sure where every possible key is in it."""
    table: dict[Any, Any] = d.value
    sure = isinstance(k, Const) and k.value in table
    if isinstance(k.kind, (EnumKind, LiteralKind)) and not isinstance(k, Const):
        possible = k.kind.members if isinstance(k.kind, EnumKind) else k.kind.values
        missing = [m for m in possible if m not in table]
        if len(missing) == len(possible):
            said = f"none of {show(k.kind)} is a key"
            raise refuse(Page.NEVER_EQUAL, said, did_you_mean(str(missing[0]), map(str, table)))
        check_spelling(table, possible, missing)
        sure = not missing
        table = {m: v for m, v in table.items() if m in possible}
    pairs = tuple((const(json_key(x)), const_of(v)) for x, v in table.items())
    kind = join(*map(of_value, table.values()))
    return call("lookup", Object(pairs, kind=d.kind), key, kind=kind), sure


def item(b: Builder, d: Node, k: Node) -> Node:
    """d[k], which raises where the key is missing."""
    got, sure = lookup(b, d, k)
    if sure:
        return got
    return cond(call("exists", got, kind=BOOL), got, call("error", const("KeyError"), kind=got.kind))


def get(b: Builder, d: Node, k: Node, default: Node = NULL, /) -> Node:
    """d.get(k, default)"""
    got, sure = lookup(b, d, k)
    if sure:
        return got
    if default == NULL:
        return with_kind(got, join(got.kind, NONE))
    if is_optional(got.kind):
        return cond(call("exists", got, kind=BOOL), or_null(got), or_null(default))
    return cond(call("exists", got, kind=BOOL), got, or_null(default))


def read_key(d: Node, k: Node) -> Node:
    """A key, which is text in JSON, as the key that Python has."""
    kind = key_kind(d)
    if isinstance(kind, NumberKind) or family(kind) == "number":
        return call("number", k, kind=kind)
    values = values_of(kind) if family(kind) == "enum" else ()
    if values and all(isinstance(v, int) for v in values):
        return call("number", k, kind=kind)
    if not all(isinstance(v, str) for v in values):
        said = f"the keys of {an(d.kind)}, which are numbers and texts"
        raise refuse(Page.NOT_JSON, said, "give the enum values of one type")
    return k if kind == STR else cast(k, kind)


def key_list(d: Node) -> Node:
    """All keys, as text."""
    return Collect(keys(d), kind=ListKind(STR))


def keys_of(b: Builder, d: Node) -> Iterable | Node:
    """d.keys(), or a loop over d."""
    if key_kind(d) == STR or (isinstance(key_kind(d), LiteralKind) and family(key_kind(d)) == "str"):
        return with_kind(key_list(d), ListKind(key_kind(d)))
    return Iterable(key_list(d), lambda k, i: read_key(d, k), False)


def items(b: Builder, d: Node) -> Iterable:
    """d.items()"""
    d = b.let(d)

    def element(k: Node, i: Node) -> Node:
        v = call("lookup", d, k, kind=value_kind(d))
        read = read_key(d, k)
        return Array((read, v), kind=TupleKind((read.kind, v.kind)))

    return Iterable(key_list(d), element, False, True)


def values(b: Builder, d: Node) -> Iterable:
    """d.values()"""
    d = b.let(d)
    return Iterable(key_list(d), lambda k, i: call("lookup", d, k, kind=value_kind(d)), False)


def copied(b: Builder, d: Node) -> Node:
    """d.copy(): data does not change."""
    return d


# ------------------------------------------------------------------ making dicts
def merge(b: Builder, *ds: Node) -> Node:
    """{**a, **b}; what is merged into a TypedDict by its own keys is one again."""
    parts = [d for d in ds if not ((isinstance(d, Object) and not d.pairs) or (isinstance(d, Const) and not d.value))]
    for d in parts:
        if family(d.kind) != "dict" and not is_typed_dict(getattr(d.kind, "cls", None)):
            refuse_none("`**`", d)
            raise refuse(Page.WRONG_TYPE, f"`**` of {an(d.kind)}", "spread dicts only, or name the fields")
    kind = merged_kind(parts)
    if len(parts) == 1:
        return with_kind(parts[0], kind)
    if all(isinstance(d, Object) and all(isinstance(k, Const) for k, _ in d.pairs) for d in parts):
        pairs = {k: (k, v) for d in parts if isinstance(d, Object) for k, v in d.pairs}
        return Object(tuple(pairs.values()), kind=kind)
    return call("merge", Array(tuple(parts), kind=ListKind(kind)), kind=kind)


def merged_kind(parts: list[Node]) -> Kind:
    """The kind of a merge."""
    if not parts:
        return DictKind(NEVER)
    first = parts[0].kind
    if isinstance(first, RecordKind):
        fields = fields_of(first)
        shapes = [d.kind.shape if isinstance(d.kind, DictKind) else None for d in parts[1:]]
        keys = [(k, v) for s in shapes for k, v in s or ()]
        if None not in shapes and all(k in fields and fits(v, fields[k].kind) for k, v in keys):
            return first
    return DictKind(join(*map(value_kind, parts)), join(*map(key_kind, parts)), merged_shape(parts))


def merged_shape(parts: list[Node]) -> tuple[tuple[str, Kind], ...] | None:
    """The keys of a merge, where all parts' are known."""
    shapes = [known_keys(d) for d in parts]
    if any(s is None for s in shapes):
        return None
    return tuple({k: v for s in shapes if s is not None for k, v in s}.items())


def known_keys(d: Node) -> tuple[tuple[str, Kind], ...] | None:
    """The keys that a dict has for certain, if these are all."""
    if isinstance(d.kind, DictKind):
        return d.kind.shape
    fields = fields_of(d.kind).values()
    whole = all(f.default is REQUIRED for f in fields)
    return tuple((f.json, f.kind) for f in fields) if whole else None


def record(b: Builder, pairs: list[tuple[Node, Node]]) -> Node:
    """{k: v, ...}; an object literal of JSONata refuses equal keys, a dict display does not."""
    if all(isinstance(x, Const) for p in pairs for x in p):
        return const_of({k.value: v.value for k, v in pairs if isinstance(k, Const) and isinstance(v, Const)})
    made = [(text_key(k), k.kind, or_null(v)) for k, v in pairs]
    kind = DictKind(join(*[v.kind for _, _, v in made]), join(*[plain_key(k) for _, k, _ in made]))
    constant = all(isinstance(k, Const) for k, _, _ in made)
    if len(made) > 1 and not constant:
        single = [Object(((k, v),), kind=kind) for k, _, v in made]
        return call("merge", Array(tuple(single), kind=ListKind(kind)), kind=kind)
    kept = {k: (k, v) for k, _, v in made}
    if constant:
        shape = tuple((k.value, v.kind) for k, v in kept.values() if isinstance(k, Const))
        kind = DictKind(kind.value, kind.key, shape)
    return Object(tuple(kept.values()), kind=kind)


def plain_key(kind: Kind) -> Kind:
    """A constant key is a text, not one text."""
    if isinstance(kind, LiteralKind) and not kind.declared:
        return STR if family(kind) == "str" else kind
    return INT if isinstance(kind, NumberKind) else kind


def text_key(k: Node) -> Node:
    """A computed or constant key as text."""
    refuse_none("a key", k)
    if family(k.kind) in ("str", "enum") or (family(k.kind) == "number" and whole_values(k.kind)):
        return key_text(k)
    raise refuse(Page.WRONG_TYPE, f"a key of type {show(k.kind)}", "keys of a JSON object are text")


METHODS: dict[tuple[str, str], Any] = {
    ("dict", "get"): get,
    ("dict", "items"): items,
    ("dict", "values"): values,
    ("dict", "keys"): keys_of,
    ("dict", "copy"): copied,
}
