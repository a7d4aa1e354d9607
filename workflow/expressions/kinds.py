"""What the interpreter knows about a value: read from annotations, joined at branches, checked at fields."""
from __future__ import annotations

import dataclasses
import functools
import types as pytypes
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from typing_extensions import is_typeddict

from .errors import Refused


@dataclass(frozen=True)
class Type:
    pass

@dataclass(frozen=True)
class NoneT(Type): pass
@dataclass(frozen=True)
class BoolT(Type): pass
@dataclass(frozen=True)
class StrT(Type): pass
@dataclass(frozen=True)
class DateT(Type): pass
@dataclass(frozen=True)
class DeltaT(Type): pass
@dataclass(frozen=True)
class NeverT(Type): pass

@dataclass(frozen=True)
class NumT(Type):
    integer: bool

@dataclass(frozen=True)
class DateTimeT(Type):
    zone: str = "own"            # own: the text carries its offset; utc; lost: an instant whose offset is gone

@dataclass(frozen=True)
class EnumT(Type):
    cls: type[Enum]
    members: tuple[Enum, ...]

@dataclass(frozen=True)
class LiteralT(Type):
    values: tuple[Any, ...]
    declared: bool = field(default=False, compare=False)      # a Literal[...] of the user's, not a constant's own type

@dataclass(frozen=True)
class ModelT(Type):
    cls: type

@dataclass(frozen=True)
class OpaqueT(Type):
    name: str

@dataclass(frozen=True)
class ShapeT(Type):
    """A record that has no class: its fields by name."""
    name: str
    fields: tuple[tuple[str, Type], ...]

@dataclass(frozen=True)
class ListT(Type):
    elem: Type

@dataclass(frozen=True)
class SetT(Type):
    elem: Type

@dataclass(frozen=True)
class DictT(Type):
    value: Type

@dataclass(frozen=True)
class TupleT(Type):
    items: tuple[Type, ...]

@dataclass(frozen=True)
class UnionT(Type):
    members: tuple[Type, ...]

NONE, BOOL, STR, INT, FLOAT, NEVER = NoneT(), BoolT(), StrT(), NumT(True), NumT(False), NeverT()


def members(t: Type) -> tuple[Type, ...]:
    return t.members if isinstance(t, UnionT) else () if isinstance(t, NeverT) else (t,)

def is_optional(t: Type) -> bool:
    return NONE in members(t)

def without(t: Type, gone: typing.Callable[[Type], bool]) -> Type:
    return join(*[m for m in members(t) if not gone(m)])

def some(t: Type) -> Type:
    """The type once None is excluded."""
    return without(t, lambda m: m == NONE)


def join(*ts: Type) -> Type:
    out: list[Type] = []
    for t in ts:
        for m in members(t):
            for i, have in enumerate(out):
                if (both := merged(have, m)) is not None:
                    out[i] = both
                    break
            else:
                out.append(m)
    return NEVER if not out else out[0] if len(out) == 1 else UnionT(tuple(out))

def merged(a: Type, b: Type) -> Type | None:
    """One type for both, where a union would only be noise."""
    if a == b: return a
    match a, b:
        case NumT(), NumT(): return FLOAT
        case LiteralT(), LiteralT() if kind(a) == kind(b): return LiteralT(tuple(dict.fromkeys(a.values + b.values)), a.declared and b.declared)
        case EnumT(), EnumT() if a.cls is b.cls: return EnumT(a.cls, tuple(m for m in a.cls if m in a.members + b.members))
        case (StrT(), LiteralT()) | (LiteralT(), StrT()) if kind(a) == kind(b): return STR
        case (StrT(), EnumT()) | (EnumT(), StrT()) if kind(a) == kind(b): return STR
        case (LiteralT(), EnumT()) | (EnumT(), LiteralT()) if kind(a) == kind(b) == "str": return STR
        case (NumT(), LiteralT() | EnumT()) | (LiteralT() | EnumT(), NumT()) if kind(a) == kind(b): return a if isinstance(a, NumT) else b
        case DateTimeT(), DateTimeT(): return DateTimeT("lost")
        case ListT(), ListT(): return ListT(join(a.elem, b.elem))
        case DictT(), DictT(): return DictT(join(a.value, b.value))
    return None


def kind(t: Type) -> str:
    """The row of the operation tables that a type belongs to."""
    match t:
        case NoneT(): return "None"
        case BoolT(): return "bool"
        case StrT(): return "str"
        case NumT(): return "number"
        case DateTimeT(): return "datetime"
        case DateT(): return "date"
        case DeltaT(): return "timedelta"
        case ModelT() | ShapeT(): return "model"
        case ListT(): return "list"
        case SetT(): return "set"
        case DictT(): return "dict"
        case TupleT(): return "tuple"
        case EnumT(): return "str" if issubclass(t.cls, str) else "number" if issubclass(t.cls, int) else "enum"
        case LiteralT():
            ks = {"bool" if isinstance(v, bool) else "str" if isinstance(v, str) else "number" for v in t.values}
            return ks.pop() if len(ks) == 1 else "union"
        case UnionT(): return "optional" if is_optional(t) else "union"
    return "other"


def show(t: Type) -> str:
    match t:
        case NumT(): return "int" if t.integer else "float"
        case EnumT(): return t.cls.__name__
        case LiteralT(): return f"Literal[{', '.join(map(repr, t.values))}]"
        case ModelT(): return t.cls.__name__
        case ShapeT(): return t.name
        case ListT(): return f"list[{show(t.elem)}]"
        case SetT(): return f"set[{show(t.elem)}]"
        case DictT(): return f"dict[str, {show(t.value)}]"
        case TupleT(): return f"tuple[{', '.join(map(show, t.items))}]"
        case UnionT(): return " | ".join(map(show, t.members))
        case OpaqueT(): return t.name
    return kind(t)


# ---------------------------------------------------------------- from Python
@functools.cache
def from_annotation(a: Any) -> Type:
    origin, args = get_origin(a), get_args(a)
    if origin is Annotated: return from_annotation(args[0])
    if origin in (Union, pytypes.UnionType): return join(*map(from_annotation, args))
    if origin is Literal: return join(*[NONE if v is None else LiteralT((v,), True) for v in args])
    if a is None or a is type(None): return NONE
    if origin is tuple: return ListT(from_annotation(args[0])) if args[1:] == (...,) else TupleT(tuple(map(from_annotation, args)))
    if origin in (set, frozenset): return SetT(from_annotation(args[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return DictT(from_annotation(args[1])) if kind(from_annotation(args[0])) == "str" else OpaqueT(str(a))
    if isinstance(origin, type) and issubclass(origin, Sequence): return ListT(from_annotation(args[0]))
    if isinstance(a, type):
        if issubclass(a, Enum): return EnumT(a, tuple(a))
        if is_record(a): return ModelT(a)
        for py, t in ((bool, BOOL), (int, INT), (float, FLOAT), (str, STR), (datetime, DateTimeT()), (date, DateT()), (timedelta, OpaqueT("timedelta field"))):
            if issubclass(a, py): return t
    if a in (Any, object): return UnionT((OpaqueT("Any"), NONE))
    return OpaqueT(getattr(a, "__name__", str(a)))

def is_record(a: Any) -> bool:
    return hasattr(a, "model_fields") and "root" not in a.model_fields or dataclasses.is_dataclass(a) or is_typeddict(a)


@dataclass(frozen=True)
class FieldT:
    json: str
    type: Type
    annotation: Any
    default: Any                 # REQUIRED, OMITTED, a value, or a Factory

REQUIRED, OMITTED, FACTORY = object(), object(), object()

@functools.cache
def fields_of(cls: type) -> dict[str, FieldT]:
    if hasattr(cls, "model_fields"):
        own = cls.__pydantic_decorators__  # type: ignore[attr-defined]
        if own.field_serializers or own.model_serializers: raise Refused(f"{cls.__name__} has its own serializers: its JSON cannot be known", "read it in a Task")
        out = {}
        for name, f in cls.model_fields.items():
            default = f.default_factory() if f.default_factory in (list, dict) else FACTORY if f.default_factory else f.default
            if f.is_required(): default = REQUIRED
            out[name] = FieldT(f.serialization_alias or f.alias or name, from_annotation(f.annotation), Annotated[f.annotation, *f.metadata] if f.metadata else f.annotation, default)
        return out
    hints = typing.get_type_hints(cls)
    if dataclasses.is_dataclass(cls):
        return {f.name: FieldT(f.name, from_annotation(hints[f.name]), hints[f.name],
                f.default if f.default is not dataclasses.MISSING else f.default_factory() if f.default_factory in (list, dict)
                else REQUIRED if f.default_factory is dataclasses.MISSING else FACTORY) for f in dataclasses.fields(cls)}
    needed = cls.__required_keys__  # type: ignore[attr-defined]
    return {k: FieldT(k, from_annotation(v), v, REQUIRED if k in needed else OMITTED) for k, v in hints.items()}


def of_value(v: Any) -> Type:
    """The type of a value that is known when compiling."""
    if v is None: return NONE
    if isinstance(v, Enum): return EnumT(type(v), (v,))
    if isinstance(v, bool): return BOOL
    if isinstance(v, (int, float)): return NumT(isinstance(v, int))
    if isinstance(v, str): return LiteralT((str(v),))
    if isinstance(v, datetime): return DateTimeT("utc" if v.tzinfo is not None and not v.utcoffset() else "own")
    if isinstance(v, date): return DateT()
    if isinstance(v, timedelta): return DeltaT()
    if isinstance(v, tuple): return TupleT(tuple(map(of_value, v)))
    if isinstance(v, (list, range)): return ListT(join(*map(of_value, v)))
    if isinstance(v, (set, frozenset)): return SetT(join(*map(of_value, v)))
    if isinstance(v, dict): return DictT(join(*map(of_value, v.values())))
    if is_record(type(v)): return ModelT(type(v))
    return OpaqueT(type(v).__name__)


def fits(have: Type, want: Type) -> bool:
    """May a value of `have` stand where `want` is declared?"""
    if isinstance(want, OpaqueT): return want.name in ("Any", "object") or have == want
    if isinstance(have, UnionT): return all(fits(m, want) for m in have.members)
    if isinstance(want, UnionT): return any(fits(have, m) for m in want.members)
    match have, want:
        case NeverT(), _: return True
        case NumT(), NumT(): return have.integer or not want.integer
        case LiteralT(), LiteralT(): return set(have.values) <= set(want.values)
        case EnumT(), EnumT(): return have.cls is want.cls and set(have.members) <= set(want.members)
        case (LiteralT() | EnumT()), (StrT() | NumT()): return kind(have) == kind(want)
        case DateTimeT(), DateTimeT(): return True
        case ModelT(), ModelT(): return issubclass(have.cls, want.cls)
        case ListT(), ListT(): return fits(have.elem, want.elem)
        case DictT(), DictT(): return fits(have.value, want.value)
        case DictT(), ModelT(): return False
        case TupleT(), TupleT(): return len(have.items) == len(want.items) and all(map(fits, have.items, want.items))
    return have == want


def check_json(v: Any) -> None:
    if isinstance(v, float) and v - v != 0: raise Refused(f"{v} has no JSON form", "use a finite number or leave the test out")
    if isinstance(v, int) and not isinstance(v, bool) and abs(v) > 2**53: raise Refused(f"{str(v)[:25]} is above 2^53: JSON numbers lose digits there", "keep such numbers as text")
