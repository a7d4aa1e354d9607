"""Kinds: what the compiler knows about a value. Read from annotations, joined at branches, narrowed by tests.

A kind describes the JSON form of a Python type: a datetime is text with an offset, an enum is the value of one of its
members. `family` groups the kinds into the rows of the tables of operations. Kinds are plain data; reading them from
annotations is `annotations`, reading the fields of records is `records`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal


@dataclass(frozen=True)
class Limit:
    """A constraint of pydantic's that a value is known to meet, or has to: `ge`, `max_length`, ... and its bound."""

    name: str
    bound: Any

    def __str__(self) -> str:
        return f"{self.name}={self.bound!r}"


Limits = tuple[Limit, ...]


@dataclass(frozen=True)
class Kind:
    """One type of value."""


@dataclass(frozen=True)
class NoneKind(Kind):
    """null, or a field that is missing: the two are read alike."""


@dataclass(frozen=True)
class NeverKind(Kind):
    """No value at all: the elements of an empty list, a branch that ends in an error."""


@dataclass(frozen=True)
class BoolKind(Kind):
    """true or false."""


@dataclass(frozen=True)
class TextKind(Kind):
    """Text; `limits` do not make it another kind."""

    limits: Limits = field(default=(), compare=False)


@dataclass(frozen=True)
class NumberKind(Kind):
    """An int or a float; JSON does not tell 3 from 3.0."""

    integer: bool
    limits: Limits = field(default=(), compare=False)


@dataclass(frozen=True)
class DecimalKind(Kind):
    """A Decimal: text in JSON, so that no digit is lost."""


@dataclass(frozen=True)
class DateKind(Kind):
    """A date: text such as 2024-05-01."""


Zone = Literal["own", "utc", "lost", "naive"]


@dataclass(frozen=True)
class DateTimeKind(Kind):
    """A datetime: ISO text. own: the text carries its offset; utc: the offset is Z; lost: the instant is right but
    its offset is gone (JSONata computes in UTC); naive: there is no offset."""

    zone: Zone = "own"


@dataclass(frozen=True)
class DurationKind(Kind):
    """A computed timedelta: a number of milliseconds."""


@dataclass(frozen=True)
class EnumKind(Kind):
    """One of the given members of an enum: their values in JSON."""

    cls: type[Enum]
    members: tuple[Enum, ...]


@dataclass(frozen=True)
class LiteralKind(Kind):
    """One of the given texts, numbers or booleans. `declared`: a Literal[...] of the user's, not a constant's own."""

    values: tuple[Any, ...]
    declared: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class RecordKind(Kind):
    """A pydantic model, dataclass or TypedDict: an object; `args` are the type arguments of a generic one."""

    cls: type
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class ShapeKind(Kind):
    """A record without a class, whose fields are read where they are: what a state's lambda is given."""

    name: str
    fields: tuple[tuple[str, Kind], ...]


@dataclass(frozen=True)
class RootKind(Kind):
    """A pydantic RootModel: in JSON its root alone."""

    cls: type
    root: Kind


@dataclass(frozen=True)
class OpaqueKind(Kind):
    """A value that may be passed on and tested for None; nothing else is known of it, but perhaps that it is not a
    list."""

    name: str
    scalar: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class OffloadedKind(OpaqueKind):
    """A reference to a value that is kept outside of the state's data: passed on, never looked into."""

    value: Kind = field(default=NeverKind())


@dataclass(frozen=True)
class NamedTextKind(Kind):
    """A value whose JSON is the text that str() gives: a UUID, a Path."""

    name: str


@dataclass(frozen=True)
class ListKind(Kind):
    """A list, or a tuple of any length, which no list is equal to."""

    elem: Kind
    limits: Limits = field(default=(), compare=False)
    is_tuple: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class SetKind(Kind):
    """A set: in JSON a list in no order."""

    elem: Kind
    limits: Limits = field(default=(), compare=False)


@dataclass(frozen=True)
class DictKind(Kind):
    """A dict: an object. `shape` are the keys of a display whose keys are all constants."""

    value: Kind
    key: Kind = TextKind()
    shape: tuple[tuple[str, Kind], ...] | None = field(default=None, compare=False)
    limits: Limits = field(default=(), compare=False)


@dataclass(frozen=True)
class TupleKind(Kind):
    """A tuple of known length, or a NamedTuple `cls`: in JSON a list."""

    items: tuple[Kind, ...]
    cls: type | None = field(default=None, compare=False)


@dataclass(frozen=True)
class UnionKind(Kind):
    """One of several kinds; never nested, never a single one."""

    members: tuple[Kind, ...]


NONE, NEVER, BOOL, TEXT = NoneKind(), NeverKind(), BoolKind(), TextKind()
INT, FLOAT = NumberKind(True), NumberKind(False)
DECIMAL, DATE, DURATION = DecimalKind(), DateKind(), DurationKind()
STR = TEXT
ANY = UnionKind((OpaqueKind("Any"), NONE))

LISTS = ("list", "tuple", "set")


def members(kind: Kind) -> tuple[Kind, ...]:
    """The alternatives of a union; the kind itself otherwise; nothing for no value at all."""
    if isinstance(kind, UnionKind):
        return kind.members
    return () if isinstance(kind, NeverKind) else (kind,)


def is_optional(kind: Kind) -> bool:
    """May it be None?"""
    return kind == NONE or (isinstance(kind, UnionKind) and NONE in kind.members)


def without(kind: Kind, gone: Callable[[Kind], bool]) -> Kind:
    """The kind less the alternatives for which `gone` holds."""
    return join(*[m for m in members(kind) if not gone(m)])


def some(kind: Kind) -> Kind:
    """The kind once None is excluded."""
    return without(kind, lambda m: m == NONE) if is_optional(kind) else kind


def join(*kinds: Kind) -> Kind:
    """The kind of a value that is one of `kinds`."""
    out: list[Kind] = []
    for kind in kinds:
        for m in members(kind):
            for i, have in enumerate(out):
                if (both := merged(have, m)) is not None:
                    out[i] = both
                    break
            else:
                out.append(m)
    if not out:
        return NEVER
    return out[0] if len(out) == 1 else UnionKind(tuple(out))


def common(a: Limits, b: Limits) -> Limits:
    """What both are known to meet."""
    return tuple(x for x in a if x in b)


def merged(a: Kind, b: Kind) -> Kind | None:
    """One kind for both, where a union would only be noise; None where they stay apart."""
    match a, b:
        case NumberKind(), NumberKind():
            return NumberKind(a.integer and b.integer, common(a.limits, b.limits))
        case TextKind(), TextKind():
            return TextKind(common(a.limits, b.limits))
        case LiteralKind(), LiteralKind() if family(a) == family(b):
            return LiteralKind(tuple(dict.fromkeys(a.values + b.values)), a.declared and b.declared)
        case EnumKind(), EnumKind() if a.cls is b.cls:
            return EnumKind(a.cls, tuple(m for m in a.cls if m in a.members + b.members))
        case (TextKind(), LiteralKind() | EnumKind()) | (LiteralKind() | EnumKind(), TextKind()):
            return TEXT if family(a) == family(b) and not _apart(a, b) else None
        case (LiteralKind(), EnumKind()) | (EnumKind(), LiteralKind()) if family(a) == family(b) == "str":
            return None if _apart(a, b) else TEXT
        case (NumberKind(), LiteralKind() | EnumKind()) | (LiteralKind() | EnumKind(), NumberKind()):
            if family(a) != family(b) or _apart(a, b):
                return None
            ints = all(m.integer if isinstance(m, NumberKind) else whole_values(m) for m in (a, b))
            return NumberKind(ints)
        case DateTimeKind(), DateTimeKind() if (a.zone == "naive") == (b.zone == "naive"):
            return a if a == b else DateTimeKind("own" if {a.zone, b.zone} == {"own", "utc"} else "lost")
        case ListKind(), ListKind():
            return ListKind(join(a.elem, b.elem), common(a.limits, b.limits), a.is_tuple and b.is_tuple)
        case SetKind(), SetKind():
            return SetKind(join(a.elem, b.elem), common(a.limits, b.limits))
        case TupleKind(), TupleKind() if a.cls is b.cls and len(a.items) == len(b.items):
            return TupleKind(tuple(map(join, a.items, b.items)), a.cls)
        case DictKind(), DictKind():
            same = a.shape is not None and b.shape is not None and [k for k, _ in a.shape] == [k for k, _ in b.shape]
            shape = tuple((k, join(v, w)) for (k, v), (_, w) in zip(a.shape or (), b.shape or ())) if same else None
            return DictKind(join(a.value, b.value), join(a.key, b.key), shape, common(a.limits, b.limits))
    return a if a == b else None


def _apart(a: Kind, b: Kind) -> bool:
    """An enum's text, as Python shows it, is not its value: such members are kept apart from plain text."""
    return any(isinstance(k, EnumKind) and any(str(m) != str(m.value) for m in k.members) for k in (a, b))


def whole_values(kind: Kind) -> bool:
    """Are all values of a number kind ints?"""
    if isinstance(kind, NumberKind):
        return kind.integer
    if isinstance(kind, UnionKind):
        return all(map(whole_values, kind.members))
    return all(isinstance(v, int) for v in values_of(kind))


def same_enum(a: Kind, b: Kind) -> bool:
    """Are both members of one enum?"""
    return isinstance(a, EnumKind) and isinstance(b, EnumKind) and a.cls is b.cls


def values_of(kind: Kind) -> tuple[Any, ...]:
    """The JSON values of an enum or a Literal; empty for other kinds."""
    if isinstance(kind, LiteralKind):
        return kind.values
    return tuple(m.value for m in kind.members) if isinstance(kind, EnumKind) else ()


def family(kind: Kind) -> str:
    """The row of the operation tables that a kind belongs to."""
    match kind:
        case EnumKind():
            return "str" if issubclass(kind.cls, str) else "number" if issubclass(kind.cls, int) else "enum"
        case LiteralKind():
            kinds = {"bool" if isinstance(v, bool) else "str" if isinstance(v, str) else "number" for v in kind.values}
            return kinds.pop() if len(kinds) == 1 else "union"
        case UnionKind():
            if is_optional(kind):
                return "optional"
            kinds = {family(m) for m in kind.members}
            return kinds.pop() if len(kinds) == 1 and kinds <= {"str", "number", "bool"} else "union"
    return FAMILIES.get(type(kind), "other")


FAMILIES: dict[type[Kind], str] = {
    NoneKind: "None",
    BoolKind: "bool",
    TextKind: "str",
    NumberKind: "number",
    DecimalKind: "decimal",
    NamedTextKind: "named text",
    DateTimeKind: "datetime",
    DateKind: "date",
    DurationKind: "timedelta",
    RecordKind: "model",
    ShapeKind: "model",
    RootKind: "root",
    ListKind: "list",
    SetKind: "set",
    DictKind: "dict",
    TupleKind: "tuple",
}


def unlimited(kind: Kind) -> Kind:
    """The kind without what its values are known to meet: that of a value computed from it."""
    if isinstance(kind, (NumberKind, TextKind, ListKind, SetKind, DictKind)) and kind.limits:
        return replace(kind, limits=())
    return kind


def may_be_list(kind: Kind) -> bool:
    """May an array flatten a value of this kind?"""
    return any(_in_json(m) in (*LISTS, "other") for m in members(kind))


def is_list(kind: Kind) -> bool:
    """Is it a list for certain?"""
    return all(_in_json(m) in LISTS for m in members(kind))


def _in_json(kind: Kind) -> str:
    if isinstance(kind, RootKind):
        inner = {_in_json(m) for m in members(kind.root)}
        return inner.pop() if len(inner) == 1 else "other"
    return "scalar" if isinstance(kind, OpaqueKind) and kind.scalar else family(kind)


def with_limits_of(kind: Kind, want: Kind) -> Kind:
    """The kind of a value that was checked to meet the limits of another."""
    match kind, want:
        case NumberKind(), NumberKind() | UnionKind():
            return replace(kind, limits=limits_of(want))
        case TextKind(), TextKind() | UnionKind():
            return replace(kind, limits=limits_of(want))
        case ListKind(), ListKind() | UnionKind():
            return replace(kind, limits=limits_of(want))
    return kind


def limits_of(kind: Kind) -> Limits:
    """What the values of a kind meet."""
    return tuple(x for m in members(kind) for x in getattr(m, "limits", ()))
