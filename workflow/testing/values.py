"""Values between Python and JSON: what a workflow is given, and what it gives back, by its declared types.

First stage of testing. JSON is what runs; models are what tests are written in.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from payloads.offloaded import Offloaded

from ..expressions import kinds

T = TypeVar("T")


def to_json(value: Any) -> Any:
    """A value as JSON data, as a handler would write it: models by alias, times as text.

    Raises PydanticSerializationError for what has no JSON form.
    """
    return to_jsonable_python(value, by_alias=True)


def read(annotation: Any, value: Any) -> Any:
    """JSON data as a value of a type. Raises pydantic's ValidationError."""
    return adapter(annotation).validate_python(value)


def read_as(of: type[T], value: Any) -> T:
    """JSON data as a value of a class. Raises pydantic's ValidationError."""
    return cast(T, read(of, value))


def write(annotation: Any, value: Any) -> Any:
    """A value as JSON data, after it was checked against a type. Raises pydantic's ValidationError."""
    checked = adapter(annotation).validate_python(value)
    return adapter(annotation).dump_python(checked, mode="json", by_alias=True)


def adapter(annotation: Any) -> TypeAdapter[Any]:
    """pydantic's adapter of a type; cached where the type can be."""
    try:
        return _adapter(annotation)
    except TypeError:  # not hashable
        return TypeAdapter(annotation)


@lru_cache(maxsize=1024)
def _adapter(annotation: Any) -> TypeAdapter[Any]:
    return TypeAdapter(annotation)


def why(error: ValidationError) -> str:
    """The first things that are wrong, in one line: `celsius: Field required; id: Input should be a valid string`."""
    details = error.errors(include_url=False, include_context=False)
    said = [": ".join(filter(None, (".".join(map(str, d["loc"])), d["msg"]))) for d in details[:3]]
    return "; ".join(said) + (f"; and {len(details) - 3} more" if len(details) > 3 else "")


def hints(fn: Callable[..., Any]) -> tuple[Any, Any]:
    """What a handler takes and what it gives, as its annotations say."""
    found = typing.get_type_hints(fn, include_extras=True)
    first = next(iter(fn.__code__.co_varnames), "")
    return found.get(first, Any), found.get("return", Any)


def annotation(kind: kinds.Kind | None) -> Any:
    """The type that a kind was read from, or one that its JSON can be read by; Any where nothing is known."""
    match kind:
        case kinds.NoneKind():
            return None
        case kinds.RecordKind(cls, args) if args:
            generic: Any = cls
            return generic[tuple(annotation(a) if isinstance(a, kinds.Kind) else a for a in args)]
        case kinds.RecordKind(cls) | kinds.EnumKind(cls) | kinds.RootKind(cls):
            return cls
        case kinds.LiteralKind(values):
            return Literal[values]
        case kinds.ListKind(elem):
            return list[annotation(elem)]  # type: ignore[misc]
        case kinds.SetKind(elem):
            return set[annotation(elem)]  # type: ignore[misc]
        case kinds.DictKind(value, key):
            return dict[annotation(key), annotation(value)]  # type: ignore[misc]
        case kinds.TupleKind(items, cls):
            return cls or tuple[tuple(annotation(item) for item in items)]  # type: ignore[misc]
        case kinds.UnionKind(members):
            return _union([annotation(member) for member in members])
        case kinds.NumberKind(integer):
            return int if integer else float
        case kinds.OffloadedKind(value=kept):
            return Offloaded[annotation(kept)]  # type: ignore[misc]
    return _PLAIN.get(type(kind), Any)


def _union(types: list[Any]) -> Any:
    if Any in types:
        return Any
    some = [t for t in types if t is not None]
    union: Any = Union[tuple(some)]  # noqa: UP007 - made of a list
    return union | None if len(some) < len(types) else union


_PLAIN: dict[Any, Any] = {
    kinds.BoolKind: bool,
    kinds.TextKind: str,
    kinds.NamedTextKind: str,
    kinds.DecimalKind: Decimal,
    kinds.DateKind: date,
    kinds.DateTimeKind: datetime,
    kinds.DurationKind: float,
}
