"""From Python's annotations and values to kinds. The first stage of compiling: nothing here knows of JSONata."""

from __future__ import annotations

import functools
import re
import sys
import types
import typing
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, Flag
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from payloads.offloaded import Offloaded

from .base import (
    ANY,
    BOOL,
    DATE,
    DECIMAL,
    DURATION,
    FLOAT,
    INT,
    NONE,
    TEXT,
    DateTimeKind,
    DictKind,
    EnumKind,
    Kind,
    Limit,
    Limits,
    ListKind,
    LiteralKind,
    NamedTextKind,
    NumberKind,
    OffloadedKind,
    OpaqueKind,
    RecordKind,
    RootKind,
    SetKind,
    TextKind,
    TupleKind,
    family,
    join,
)
from .words import show

LIMITS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")
CHANGES = ("strip_whitespace", "to_upper", "to_lower")
TRANSFORMERS = ("BeforeValidator", "AfterValidator", "WrapValidator", "PlainValidator")
SERIALIZERS = ("PlainSerializer", "WrapSerializer")


def from_annotation(annotation: Any) -> Kind:
    """The kind of the values that an annotation admits. What has no known JSON form is opaque, never an error."""
    if isinstance(annotation, Kind):
        return annotation
    try:
        return _cached(annotation)
    except TypeError:  # unhashable: Annotated[int, [1]]
        return _read(annotation)


@functools.cache
def _cached(annotation: Any) -> Kind:
    return _read(annotation)


def _read(a: Any) -> Kind:
    if a is Any or a is object or isinstance(a, (str, typing.ForwardRef)):  # what a name stands for is not known here
        return ANY
    if isinstance(a, type) and not get_args(a):
        return of_class(a)
    origin, args = get_origin(a), get_args(a)
    if origin is Annotated:
        return annotated(from_annotation(args[0]), a.__metadata__)
    if origin in (Union, types.UnionType):
        return join(*map(from_annotation, args))
    if origin is Literal:
        return join(*map(of_literal, args))
    if a is None:
        return NONE
    if hasattr(a, "__supertype__"):  # NewType
        return from_annotation(a.__supertype__)
    if type(a).__name__ == "TypeAliasType":
        return of_alias(a, a.__value__)
    if origin is not None and type(origin).__name__ == "TypeAliasType":  # type Pair[T] = ...; Pair[int]
        return of_alias(a, substituted(origin.__value__, dict(zip(origin.__type_params__, args))))
    if isinstance(a, TypeVar):
        return from_annotation(a.__bound__) if a.__bound__ is not None else OpaqueKind(a.__name__)
    if (getattr(origin, "__name__", "") or getattr(origin, "_name", "")) in (
        "Required",
        "NotRequired",
        "ReadOnly",
        "ClassVar",
        "Final",
    ):
        return from_annotation(args[0])
    if origin is Offloaded:
        return offloaded(from_annotation(args[0]))
    return of_generic(origin, args, a) if isinstance(origin, type) else OpaqueKind(getattr(a, "__name__", str(a)))


def offloaded(value: Kind) -> Kind:
    """A reference to a value of this kind."""
    return OffloadedKind(f"Offloaded[{show(value)}]", True, value)


_open_aliases: set[Any] = set()


def of_alias(alias: Any, value: Any) -> Kind:
    """`type Json = dict[str, Json] | ...`: inside itself an alias is read as anything."""
    if alias in _open_aliases:
        return ANY
    _open_aliases.add(alias)
    try:
        return from_annotation(value)
    finally:
        _open_aliases.discard(alias)


def of_class(cls: type) -> Kind:
    """The kind of the instances of a class."""
    for known, kind in SCALARS:
        if cls is known:
            return kind
    if cls is Offloaded:
        return offloaded(ANY)
    if issubclass(cls, Flag):
        return OpaqueKind(cls.__name__)
    if issubclass(cls, Enum):
        plain = all(isinstance(m.value, (str, int, float)) for m in cls)
        return EnumKind(cls, tuple(cls)) if plain else OpaqueKind(cls.__name__)
    if (root := root_of(cls)) is not None:
        return RootKind(cls, from_annotation(root))
    if is_record(cls):
        return RecordKind(cls)
    if is_named_tuple(cls):
        return named_tuple(cls, {})
    bare = {list: ListKind(ANY), tuple: ListKind(ANY, (), True), set: SetKind(ANY), dict: DictKind(ANY)}
    if cls in bare:
        return bare[cls]
    if cls.__module__ == "decimal" and cls.__name__ == "Decimal":
        return DECIMAL
    if (cls.__module__, cls.__name__) in NAMED_TEXT or cls.__module__.startswith("pathlib"):
        return NamedTextKind(cls.__name__)
    if cls.__module__.startswith("pydantic") and cls.__name__ in PYDANTIC:
        return PYDANTIC[cls.__name__]
    for base, kind in SCALARS:  # class Celsius(float)
        if issubclass(cls, base) and cls.__module__ != "builtins":
            return kind
    return OpaqueKind(cls.__name__)


SCALARS: tuple[tuple[type, Kind], ...] = (
    (bool, BOOL),
    (int, INT),
    (float, FLOAT),
    (str, TEXT),
    (type(None), NONE),
    (datetime, DateTimeKind()),
    (date, DATE),
    (timedelta, OpaqueKind("timedelta field", True)),
    (time, OpaqueKind("time", True)),
    (bytes, OpaqueKind("bytes", True)),
)
NAMED_TEXT = {("uuid", "UUID"), ("ipaddress", "IPv4Address"), ("ipaddress", "IPv6Address")}
PYDANTIC: dict[str, Kind] = {
    "AwareDatetime": DateTimeKind(),
    "PastDatetime": DateTimeKind(),
    "FutureDatetime": DateTimeKind(),
    "NaiveDatetime": DateTimeKind("naive"),
    "PastDate": DATE,
    "FutureDate": DATE,
    "SecretStr": OpaqueKind("SecretStr", True),
}


def of_generic(origin: type, args: tuple[Any, ...], a: Any) -> Kind:
    """list[int], dict[str, X], Box[int]."""
    if origin is tuple:
        whole = ListKind(from_annotation(args[0]), (), True) if args[1:] == (...,) else None
        return whole or TupleKind(tuple(map(from_annotation, args)))
    if issubclass(origin, AbstractSet):
        return SetKind(from_annotation(args[0]))
    if is_record(origin):
        return RecordKind(origin, args)
    if is_named_tuple(origin):
        return named_tuple(origin, dict(zip(origin.__parameters__, args)))  # type: ignore[attr-defined]
    if issubclass(origin, Mapping) and len(args) == 2:
        key = from_annotation(args[0])
        plain = family(key) in ("str", "enum") or (family(key) == "number" and not isinstance(key, LiteralKind))
        return DictKind(from_annotation(args[1]), key) if plain else OpaqueKind(str(a))
    if issubclass(origin, Sequence):
        return ListKind(from_annotation(args[0]))
    return OpaqueKind(str(a))


def of_literal(value: Any) -> Kind:
    """One value of a Literal."""
    if value is None:
        return NONE
    return EnumKind(type(value), (value,)) if isinstance(value, Enum) else LiteralKind((value,), True)


def annotated(kind: Kind, metadata: tuple[Any, ...]) -> Kind:
    """Limits become part of what is known of a value; what changes values or their JSON makes them opaque."""
    limits: list[Limit] = []
    for m in metadata:
        name = type(m).__name__
        if name in SERIALIZERS:
            return OpaqueKind("field with its own serializer")
        if name in TRANSFORMERS or any(getattr(m, c, None) for c in CHANGES):
            limits.append(Limit("validator", getattr(m, "said", name)))
        limits += [
            Limit(n, v) for n in LIMITS if (v := getattr(m, n, None)) is not None and (n, v) != ("min_length", 0)
        ]
        for inner in getattr(m, "metadata", ()):  # a FieldInfo inside Annotated
            limits += [Limit(n, getattr(inner, n)) for n in LIMITS if getattr(inner, n, None) is not None]
    return limited(kind, tuple(limits)) if limits else kind


def limited(kind: Kind, limits: Limits) -> Kind:
    """The kind with limits, where it has room for them: None and records have none."""
    match kind:
        case NumberKind(integer, have):
            return NumberKind(integer, have + limits)
        case TextKind(have):
            return TextKind(have + limits)
        case ListKind(elem, have, is_tuple):
            return ListKind(elem, have + limits, is_tuple)
        case SetKind(elem, have):
            return SetKind(elem, have + limits)
        case DictKind(value, key, shape, have):
            return DictKind(value, key, shape, have + limits)
    if family(kind) == "optional":
        return join(*[limited(m, limits) for m in kind.members])  # type: ignore[attr-defined]
    return kind


# ------------------------------------------------------------------ classes
def is_pydantic(cls: Any) -> bool:
    """A pydantic model; asked without importing pydantic."""
    return isinstance(cls, type) and hasattr(cls, "__pydantic_fields__") and not is_dataclass(cls)


def root_of(cls: Any) -> Any:
    """The annotation of a RootModel's root; None for other classes."""
    return cls.__pydantic_fields__["root"].annotation if getattr(cls, "__pydantic_root_model__", False) else None


def is_typed_dict(cls: Any) -> bool:
    """A TypedDict, of typing or of typing_extensions."""
    return isinstance(cls, type) and hasattr(cls, "__required_keys__") and hasattr(cls, "__total__")


def is_record(cls: Any) -> bool:
    """A class whose instances are JSON objects with named fields."""
    if getattr(cls, "__pydantic_root_model__", False):
        return False
    return is_pydantic(cls) or (isinstance(cls, type) and is_dataclass(cls)) or is_typed_dict(cls)


def is_named_tuple(cls: Any) -> bool:
    """A NamedTuple or namedtuple."""
    return isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")


def named_tuple(cls: Any, given: dict[Any, Any]) -> Kind:
    """A NamedTuple, with the type arguments of a generic one."""
    hints = hints_of(cls)
    return TupleKind(tuple(from_annotation(substituted(hints.get(n, Any), given)) for n in cls._fields), cls)


def hints_of(cls: Any) -> dict[str, Any]:
    """A class's annotations with Annotated kept; names that cannot be resolved read as Any."""
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except NameError:
        module = vars(sys.modules.get(cls.__module__, types.ModuleType("")))
        names = {n: Any for n in _forward_names(cls) if n not in module}
        return typing.get_type_hints(cls, localns=names, include_extras=True)


def _forward_names(cls: Any) -> set[str]:
    """The identifiers in a class's annotations that are texts."""
    texts = [a for c in cls.__mro__ for a in vars(c).get("__annotations__", {}).values() if isinstance(a, str)]
    texts += [
        getattr(a, "__forward_arg__", "") for c in cls.__mro__ for a in vars(c).get("__annotations__", {}).values()
    ]
    return {n for t in texts for n in re.findall(r"[A-Za-z_]\w*", t)}


def substituted(annotation: Any, given: dict[Any, Any]) -> Any:
    """An annotation with type variables replaced."""
    if not given:
        return annotation
    if annotation in given:
        return given[annotation]
    parameters = getattr(annotation, "__parameters__", ())
    return annotation[tuple(given.get(p, p) for p in parameters)] if parameters else annotation


# ------------------------------------------------------------------ values
def of_value(v: Any) -> Kind:
    """The kind of a value that is known when compiling."""
    match v:
        case None:
            return NONE
        case Enum():
            return EnumKind(type(v), (v,)) if not isinstance(v, Flag) else OpaqueKind(type(v).__name__)
        case bool():
            return BOOL
        case int() | float():
            return NumberKind(isinstance(v, int))
        case str():
            return LiteralKind((str(v),))
        case datetime():
            return DateTimeKind("naive" if v.tzinfo is None else "own" if v.utcoffset() else "utc")
        case date():
            return DATE
        case timedelta():
            return DURATION
        case tuple():
            return TupleKind(tuple(map(of_value, v)), type(v) if is_named_tuple(type(v)) else None)
        case list() | range():
            return ListKind(join(*map(of_value, v)))
        case set() | frozenset():
            return SetKind(join(*map(of_value, v)))
        case dict():
            return DictKind(join(*map(of_value, v.values())), key_of_values(v))
    cls = type(v)
    if cls.__name__ == "Decimal" and cls.__module__ == "decimal":
        return DECIMAL
    if (cls.__module__, cls.__name__) in NAMED_TEXT:
        return NamedTextKind(cls.__name__)
    if (root := root_of(cls)) is not None:
        return RootKind(cls, from_annotation(root))
    return RecordKind(cls) if is_record(cls) else OpaqueKind(cls.__name__)


def key_of_values(keys: Any) -> Kind:
    """The kind of a dict's keys: a constant text is a text, not one text."""
    kinds = [of_value(k) for k in keys]
    return join(*[TEXT if isinstance(k, LiteralKind) and family(k) == "str" else k for k in kinds]) if kinds else TEXT
