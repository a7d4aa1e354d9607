"""A mark for fields that should not be seen: `card: Sensitive[str]`. Data only; what it means is up to who reads it.

The compiler says where such a field lands, and what is printed on a laptop masks it. pydantic, mypy and pyright see the
bare type.
"""

from typing import Annotated, Any, TypeVar, get_args

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
