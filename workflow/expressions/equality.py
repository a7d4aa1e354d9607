"""Equality: which values Python holds equal, said in a way that all engines agree on."""

from __future__ import annotations

from enum import Enum
from functools import partial
from typing import Any

from workflow.diagnostics import did_you_mean

from .builder import Builder
from .conditions import as_number, check_zones, count, millis
from .demands import refuse_none
from .json_values import to_json
from .kinds import (
    ANY,
    EnumKind,
    Kind,
    ListKind,
    LiteralKind,
    RecordKind,
    ShapeKind,
    TupleKind,
    enum_names,
    family,
    fields_of,
    is_optional,
    is_typed_dict,
    members,
    reachable,
    show,
    some,
    values_of,
)
from .nodes import (
    FALSE,
    NULL,
    TRUE,
    ZERO,
    Array,
    Const,
    Field,
    Index,
    Node,
    binary,
    both,
    cond,
    const,
    negate,
    not_none,
    or_null,
)
from .own_methods import refuse_own
from .refusals import Page, refuse

SCALARS = ("str", "number", "bool", "date", "timedelta", "named text")


def equal(b: Builder, x: Node, y: Node) -> Node:
    """x == y; refuses what can never hold."""
    if isinstance(x, Const) and isinstance(y, Const):
        return const(bool(x.value == y.value))
    if isinstance(x, Const):
        x, y = y, x
    if y == NULL:
        return negate(not_none(x))
    if x == NULL:
        return negate(not_none(y))
    if x.kind == ANY and isinstance(y, Const) and isinstance(y.value, str) and not isinstance(y.value, Enum):
        return binary(x, "=", y)  # numbers are left out: engines differ on 1 = true
    if is_optional(x.kind) or is_optional(y.kind):
        return equal_optional(b, x, y)
    kx, ky = family(x.kind), family(y.kind)
    if kx != "model":
        refuse_own("`==`", x.kind, "__eq__")
        refuse_own("`==`", y.kind, "__eq__")
    if kx == ky and kx in ("str", "number", "enum"):
        check_member(x, y)
    if isinstance(y, Const) and list(values_of(x.kind)) == [to_json(y.value)] and kx == ky:
        return TRUE
    if kx == ky and kx in SCALARS:
        return binary(x, "=", y)
    if kx == ky == "list" and (as_tuple(x) != as_tuple(y)):
        raise refuse(Page.NEVER_EQUAL, "a tuple never equals a list", "write list(...)")
    for one, other in ((x, y), (y, x)):
        if kx == ky == "list" and isinstance(other, Const) and not other.value and not plain_list(one.kind):
            return binary(count(one), "=", ZERO)
    match kx, ky:
        case "enum", "enum" if _enum(x.kind) is _enum(y.kind):
            return binary(x, "=", y)
        case "datetime", "datetime":
            check_zones("`==`", x, y)
            return binary(millis(x), "=", millis(y))
        case "bool", "number":
            return equal(b, as_number(x), y)
        case "number", "bool":
            return equal(b, x, as_number(y))
        case "model", "model" if x.kind == y.kind:
            return equal_records(b, x, y)
        case "tuple", "tuple" if len(tuple_items(b, x)) != len(tuple_items(b, y)):
            raise refuse(Page.NEVER_EQUAL, f"{show(x.kind)} never equals {show(y.kind)}", "compare as many items")
        case "tuple", "tuple" if plain_list(x.kind) and plain_list(y.kind):
            equal_tuples(b, x, y)  # refuses items that can never be equal
            return binary(x, "=", y)
        case ("list", "list") | ("tuple", "tuple") if plain_list(x.kind) and plain_list(y.kind):
            return binary(x, "=", y)
        case "tuple", "tuple" if len(tuple_items(b, x)) == len(tuple_items(b, y)) > 0:
            return equal_tuples(b, x, y)
        case "union", ("str" | "number") if isinstance(y, Const) and ky in {family(m) for m in members(x.kind)}:
            if not _lookalike(x.kind, ky):
                return binary(x, "=", y)
    if kx == ky or {"union", "other", "decimal", "root"} & {kx, ky} or {kx, ky} == {"model", "dict"}:
        said = f"`==` between {show(x.kind)} and {show(y.kind)} has no JSONata form that all engines agree on"
        raise refuse(Page.WRONG_TYPE, said, _instead(kx, ky))
    said = f"{show(x.kind)} never equals {show(y.kind)}"
    instead = "compare with a member, or write .value" if "enum" in (kx, ky) else "compare values of one type"
    raise refuse(Page.NEVER_EQUAL, said, instead)


def as_tuple(x: Node) -> bool:
    """A tuple of any length?"""
    return isinstance(x.kind, ListKind) and x.kind.is_tuple


def _instead(kx: str, ky: str) -> str:
    if "decimal" in (kx, ky):
        return "a Decimal is text in JSON: compare float(x), or do it in a Task"
    return "compare their fields" if "model" in (kx, ky) else "compare parts of them"


def _enum(kind: Kind) -> Any:
    return kind.cls if isinstance(kind, EnumKind) else kind


def _lookalike(kind: Kind, wanted: str) -> bool:
    """A member that Python does not hold equal to its JSON: True and 1, a plain enum and its value."""
    others = [m for m in members(kind) if family(m) != wanted]
    return any(
        family(m) in ("datetime", "date", "enum", "decimal", "other", "named text")
        if wanted == "str"
        else family(m) in ("bool", "enum", "other", "timedelta")
        for m in others
    )


def check_member(x: Node, y: Node) -> None:
    """A misspelt member of a Literal or an enum can never be equal."""
    for one, kind, other, other_kind in ((x, some(x.kind), y, some(y.kind)), (y, some(y.kind), x, some(x.kind))):
        values = [to_json(other.value)] if isinstance(other, Const) else list(values_of(other_kind))
        if isinstance(one, Const) or not values or not isinstance(kind, (LiteralKind, EnumKind)):
            continue
        if isinstance(kind, LiteralKind) and not kind.declared:
            continue
        declared = [m.value for m in kind.cls] if isinstance(kind, EnumKind) else list(kind.values)
        if not any(v == d for v in values for d in declared):
            said = f"{values[0]!r} is not a value of {show(kind)}: never equal"
            raise refuse(Page.NEVER_EQUAL, said, did_you_mean(str(values[0]), enum_names(kind)))


def plain_list(kind: Kind) -> bool:
    """A list of texts and numbers, which all engines compare alike."""
    items = (kind.elem,) if isinstance(kind, ListKind) else kind.items if isinstance(kind, TupleKind) else ()
    return all(family(m) in ("str", "number") for i in items for m in members(i))


def equal_optional(b: Builder, x: Node, y: Node) -> Node:
    """One of the two may be None."""
    all_members = members(x.kind) + members(y.kind)
    scalar = all(family(m) in ("str", "number", "bool", "None", "date", "named text") for m in all_members)
    one_family = len({family(m) for m in members(some(x.kind)) + members(some(y.kind))}) == 1
    if scalar and one_family:
        if family(some(x.kind)) in ("str", "number"):
            check_member(x, y)
        both_optional = is_optional(x.kind) and is_optional(y.kind)
        return binary(or_null(x), "=", or_null(y)) if both_optional else binary(x, "=", y)
    x, y = b.let(x), b.let(y)

    def same() -> Node:
        return equal(b, b.scope.refine(x), b.scope.refine(y))

    if not is_optional(y.kind):
        return both(not_none(x), b.assuming(not_none(x), True, same))
    if not is_optional(x.kind):
        return both(not_none(y), b.assuming(not_none(y), True, same))
    has_y = not_none(y)
    values = b.assuming(not_none(x), True, lambda: both(has_y, b.assuming(has_y, True, same)))
    return cond(not_none(x), values, negate(has_y))


def equal_records(b: Builder, x: Node, y: Node) -> Node:
    """Field by field: engines differ on objects with nulls, and a missing field equals a null one."""
    fields = fields_of(x.kind)
    if isinstance(x.kind, ShapeKind) or any(f.excluded for f in fields.values()):
        raise refuse(Page.WRONG_TYPE, f"`==` between two {show(x.kind)}", "compare the fields that matter")
    cls = x.kind.cls if isinstance(x.kind, RecordKind) else None
    if not compares_fields(cls):
        raise refuse(Page.WRONG_TYPE, f"`==` of {show(x.kind)}, which has its own __eq__", "compare the fields")
    apart = {f.name for f in getattr(cls, "__dataclass_fields__", {}).values() if not f.compare}
    if not isinstance(y, Const) and any(cls in reachable(f.kind) for f in fields.values()):
        said = f"`==` between two {show(x.kind)}: the model contains itself"
        raise refuse(Page.WRONG_TYPE, said, "compare the fields that matter")
    x, y = b.let(x), b.let(y)
    out: Node = TRUE
    for name, f in fields.items():
        if name in apart:
            continue
        left = Field(x, f.json, kind=f.read_kind)
        right: Node = Field(y, f.json, kind=f.read_kind)
        if isinstance(y, Const):
            right = const(y.value.get(name) if isinstance(y.value, dict) else getattr(y.value, name))
        out = both(out, b.assuming(out, True, partial(equal, b, left, right)))
        if out == FALSE:
            return out
    return out


def tuple_items(b: Builder, x: Node) -> list[Node]:
    """The items of a tuple of known length; none of another."""
    if not isinstance(x.kind, TupleKind):
        return []
    if isinstance(x, Const):
        return [const(v) for v in x.value]
    return list(x.items) if isinstance(x, Array) else [Index(x, const(i), kind=k) for i, k in enumerate(x.kind.items)]


def equal_tuples(b: Builder, x: Node, y: Node) -> Node:
    """Item by item."""
    x, y = (v if isinstance(v, (Array, Const)) else b.let(v) for v in (x, y))
    out: Node = TRUE
    for left, right in zip(tuple_items(b, x), tuple_items(b, y)):
        out = both(out, b.assuming(out, True, partial(equal, b, left, right)))
    return out


def compares_fields(cls: Any) -> bool:
    """Is `==` of the class the comparison of all fields, as pydantic and dataclasses make it?"""
    if is_typed_dict(cls):
        return True
    own = getattr(cls, "__eq__", None)
    if hasattr(cls, "__dataclass_fields__"):
        return getattr(getattr(own, "__code__", None), "co_filename", "") == "<string>"
    return str(getattr(own, "__module__", "")).startswith("pydantic")


def only_members(kind: Kind, value: Enum) -> bool:
    """Is whatever equals the member in JSON that member?"""
    others = [m for m in members(kind) if not isinstance(m, EnumKind)]
    plain = all(isinstance(m, LiteralKind) and value.value not in m.values for m in others)
    return plain and any(isinstance(m, EnumKind) for m in members(kind))


def is_same(b: Builder, x: Node, y: Node) -> Node:
    """x is y, where it means something for data: None, True, False and enum members."""
    if y == NULL or x == NULL:
        return equal(b, x, y)
    if isinstance(x, Const):
        x, y = y, x
    if isinstance(y, Const) and isinstance(y.value, bool) and family(some(x.kind)) == "bool":
        return equal(b, x, y)
    if isinstance(y, Const) and isinstance(y.value, Enum) and only_members(some(x.kind), y.value):
        return equal(b, x, y)
    refuse_none("`is`", y)
    raise refuse(Page.WRONG_TYPE, "`is` compares with None, True, False and enum members only", "write ==")
