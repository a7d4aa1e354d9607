"""Whether a JSON value is what a service's model writes on the wire, member for member (embedded default).

botocore checks, copies and converts every value that it sends or receives. What a workflow sends to DynamoDB, and what
comes back, is nearly always in its final form: to see that takes a tenth of the time. Whoever is told no goes
botocore's way, which also says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

Fits = Callable[[Any], bool]

_EXACT: dict[str, type] = {"string": str, "boolean": bool, "integer": int, "long": int}


def fits(shape: Shape | None) -> Fits:
    """A check for values of a shape, made once. Names are as Step Functions shows them: they begin with a capital."""
    return _nothing if shape is None else _check(shape, {})


def _nothing(value: Any) -> bool:
    return value.__class__ is dict and not value


def _never(value: Any) -> bool:
    return False


def _check(shape: Shape, known: dict[str, Fits]) -> Fits:
    if shape.name not in known:
        known[shape.name] = lambda value: known[shape.name](value)  # for a shape within itself, as lists of DynamoDB's
        known[shape.name] = _made(shape, known)
    return known[shape.name]


def _made(shape: Shape, known: dict[str, Fits]) -> Fits:
    least = shape.metadata.get("min")
    if isinstance(shape, StructureShape):
        return _structure(shape, known)
    if isinstance(shape, MapShape):
        return _map(_check(shape.key, known), _check(shape.value, known))
    if isinstance(shape, ListShape):
        return _list(_check(shape.member, known), least or 0)
    kind = _EXACT.get(shape.type_name)
    if kind is None:
        return _never  # times, numbers with a fraction, and bytes, which are written otherwise
    if least is None:
        return lambda value: value.__class__ is kind
    if kind is str:
        return lambda value: value.__class__ is str and len(value) >= least
    return lambda value: value.__class__ is kind and value >= least


def _structure(shape: StructureShape, known: dict[str, Fits]) -> Fits:
    renamed = any(member.serialization.get("name", name) != name for name, member in shape.members.items())
    small = not all(name[:1].isupper() for name in shape.members)
    if renamed or small or shape.is_document_type or shape.is_tagged_union:
        return _never
    members = {name: _check(member, known) for name, member in shape.members.items()}
    required = tuple(shape.required_members)

    def check(value: Any) -> bool:
        if value.__class__ is not dict:
            return False
        for name in required:
            if name not in value:
                return False
        for name, item in value.items():
            member = members.get(name)
            if member is None or not member(item):
                return False
        return True

    return check


def _map(of_key: Fits, of_value: Fits) -> Fits:
    def check(value: Any) -> bool:
        if value.__class__ is not dict:
            return False
        return all(of_key(name) and of_value(item) for name, item in value.items())

    return check


def _list(of_member: Fits, least: int) -> Fits:
    return lambda value: value.__class__ is list and len(value) >= least and all(of_member(item) for item in value)
