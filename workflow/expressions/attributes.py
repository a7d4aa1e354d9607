"""Attributes: fields of records, parts of datetimes, values of enums, properties and methods of the user's classes."""

from __future__ import annotations

import functools
import inspect
import types
from enum import Enum
from typing import Any

from workflow.diagnostics import did_you_mean

from .builder import Builder
from .constants import const_of, value_of
from .demands import refuse_none
from .functions import METHODS, apply_rule, method_names
from .kinds import (
    LISTS,
    EnumKind,
    OffloadedKind,
    RecordKind,
    RootKind,
    ShapeKind,
    TupleKind,
    an,
    family,
    fields_of,
    is_typed_dict,
    join,
    members,
    of_literal,
    root_of,
    show,
)
from .nodes import Const, Node, cast
from .refusals import Page, refuse
from .rules import fields, models, text, times
from .scope import Bound, Value


def attribute_value(b: Builder, x: Value, name: str) -> Value:
    """x.name; properties come as Bound, to be called."""
    if not isinstance(x, Node):
        raise refuse(Page.NOT_A_VALUE, f"`.{name}` of a function", "call it first")
    if isinstance(x, Const):
        return of_constant(x, name)
    kind = x.kind
    f = family(kind)
    if f == "union" and all(family(m) == "model" for m in members(kind)):
        return of_union(b, x, name)
    if isinstance(kind, (RecordKind, ShapeKind)):
        return of_record(b, x, kind, name)
    if isinstance(kind, TupleKind) and kind.cls is not None:
        found = fields.field(b, x, name)
        return found if found is not None else class_member(x, kind.cls, name)
    if isinstance(kind, RootKind):
        return models.root(x) if name == "root" else class_member(x, kind.cls, name)
    if isinstance(kind, EnumKind):
        return of_enum(x, kind, name)
    if (f, name) in times.ATTRIBUTES:
        return apply_rule(times.ATTRIBUTES[f, name], name, b, [x], {})
    refuse_none(f"`.{name}`", x)
    if isinstance(kind, OffloadedKind):
        said = f"`.{name}` of {an(kind)} cannot be read in an expression"
        raise refuse(Page.OFFLOADED, said, "read it in a Task, or have the handler return it in a field beside")
    if (f, name) in METHODS:
        raise refuse(Page.NOT_A_VALUE, f"the method .{name} must be called here", f"write .{name}(...)")
    hint = f"loop over it: [x.{name} for x in xs]" if f in LISTS else did_you_mean(name, method_names(f))
    if f == "dict" and not hint.startswith("did"):
        hint = f'write ["{name}"]'
    said = f"`.{name}` of {an(kind)} has no JSONata form here"
    raise refuse(Page.UNKNOWN_FIELD, said, hint or "do it in a Task")


def of_constant(x: Const, name: str) -> Value:
    """An attribute that is known when compiling."""
    if x.value is None:
        raise refuse(Page.OPTIONAL_UNTESTED, f"`.{name}` of None", "test for None first")
    try:
        value = getattr(x.value, name)
    except AttributeError as e:
        enum = isinstance(x.value, type) and issubclass(x.value, Enum)
        names = list(x.value.__members__) if enum else [n for n in dir(x.value) if not n.startswith("_")]
        said = f"{x.value.__name__} has no member `{name}`" if enum else str(e)
        hint = did_you_mean(name, names)
        if not enum and not hint.startswith("did"):  # what Python's own classes have differs between versions
            hint = "correct the name"
        raise refuse(Page.UNKNOWN_FIELD, said, hint) from None
    except Exception as e:
        said = f"reading .{name} when compiling raised {type(e).__name__}"
        raise refuse(Page.OUT_OF_RANGE, said, "read it outside the lambda") from e
    return value_of(value)


def of_record(b: Builder, x: Node, kind: RecordKind | ShapeKind, name: str) -> Value:
    """A field, or what the class has besides."""
    if isinstance(kind, RecordKind) and is_typed_dict(kind.cls):
        instead = f'write ["{name}"]' if name in fields_of(kind) else "read its keys"
        raise refuse(Page.UNKNOWN_FIELD, f"a TypedDict has no attribute `{name}`", instead)
    found = fields.field(b, x, name)
    if found is not None:
        return found
    if isinstance(kind, ShapeKind):
        raise refuse(Page.UNKNOWN_FIELD, f"{kind.name} has no field `{name}`", did_you_mean(name, fields_of(kind)))
    return class_member(x, kind.cls, name)


def of_union(b: Builder, x: Node, name: str) -> Value:
    """A field that all members of a union of models have."""
    found = fields.field(b, x, name)
    if found is not None:
        return found
    have = [m for m in members(x.kind) if name in fields_of(m)]
    classes = [m.cls for m in members(x.kind) if isinstance(m, RecordKind)]
    inherited = {id(inspect.getattr_static(c, name, None)) for c in classes}
    if not have and len(inherited) == 1 and inspect.getattr_static(classes[0], name, None) is not None:
        return class_member(x, classes[0], name)  # one property or method of a base class
    if not have:
        names = [n for m in members(x.kind) for n in fields_of(m)]
        raise refuse(Page.UNKNOWN_FIELD, f"{show(x.kind)} has no field `{name}`", did_you_mean(name, names))
    said = f"`.{name}` is not a field of every member of {show(x.kind)}"
    raise refuse(Page.UNION_UNDECIDED, said, f"test first: isinstance(x, {show(have[0])}), or its Literal field")


def of_enum(x: Node, kind: EnumKind, name: str) -> Value:
    """.value, .name, and the enum's own properties and methods."""
    if name in ("value", "_value_"):
        return cast(x, join(*[of_literal(m.value) for m in kind.members]))
    if name in ("name", "_name_"):
        return text.by_member(x, {m: m.name for m in kind.members})
    if (family(kind), name) in METHODS:
        raise refuse(Page.NOT_A_VALUE, f"the method .{name} must be called here", f"write .{name}(...)")
    return class_member(x, kind.cls, name)


def class_member(x: Node, cls: Any, name: str) -> Value:
    """A property, method or constant of a user's class."""
    if name.startswith("__") and name.endswith("__"):
        raise refuse(Page.UNSUPPORTED_CALL, f"`.{name}` of a value of the execution", "use its fields")
    member = inspect.getattr_static(cls, name, None)
    member = getattr(member, "wrapped", member)  # pydantic's computed_field
    if isinstance(member, property):
        return Bound(member.fget, x, True)
    if isinstance(member, functools.cached_property):
        return Bound(member.func, x, True)
    if isinstance(member, (staticmethod, classmethod)):
        return const_of(getattr(cls, name))
    if isinstance(member, types.FunctionType):
        return Bound(member, x)
    if member is None or member is inspect.Parameter.empty or name in getattr(cls, "__private_attributes__", ()):
        names = [*fields_of(x.kind), *getattr(cls, "_fields", ()), *own_members(cls)]
        raise refuse(Page.UNKNOWN_FIELD, f"{cls.__name__} has no field `{name}`", did_you_mean(name, names))
    return const_of(getattr(cls, name))


def own_members(cls: Any) -> list[str]:
    """The properties and methods that the user's own classes define, for did-you-mean."""
    names = ["root"] if root_of(cls) is not None else ["value", "name"] if issubclass(cls, Enum) else []
    for c in cls.__mro__:
        if c.__module__.split(".")[0] not in ("pydantic", "builtins", "enum", "typing", "abc"):
            members = [(n, getattr(m, "wrapped", m)) for n, m in vars(c).items() if not n.startswith(("_", "model_"))]
            names += [n for n, m in members if isinstance(m, (property, types.FunctionType, staticmethod, classmethod))]
    return names
