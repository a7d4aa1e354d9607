"""A mark for fields that should not be seen: `card: Sensitive[str]`. Data only; what it means is up to who reads it.

The compiler says where such a field lands, and what is printed on a laptop masks it. pydantic, mypy and pyright see the
bare type.
"""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")


class Mark:
    """Stands in the annotation of a sensitive field."""

    def __repr__(self) -> str:
        return "SENSITIVE"


SENSITIVE = Mark()

Sensitive = Annotated[T, SENSITIVE]
"""A value of type T that should not be seen."""


def is_sensitive(annotation: Any) -> bool:
    """Whether an annotation carries the mark, anywhere in it: `Sensitive[str] | None`, `list[Sensitive[str]]`."""
    if any(isinstance(mark, Mark) for mark in getattr(annotation, "__metadata__", ())):
        return True
    return any(is_sensitive(part) for part in get_args(annotation))


MASK = "***"


def masked(value: Any) -> Any:
    """The value as plain data for people to read, every marked field replaced: what may be printed on a laptop.

    Models, dataclasses and lists or dicts of them become dicts and lists; anything else stays as it is.
    """
    cls = type(value)
    if dataclasses.is_dataclass(value) or hasattr(cls, "model_fields"):
        hints = get_type_hints(cls, include_extras=True)
        names = [
            n for n in hints if n in getattr(cls, "model_fields", ()) or n in getattr(cls, "__dataclass_fields__", ())
        ]
        return {name: MASK if is_sensitive(hints[name]) else masked(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(item) for item in value]
    return value
