"""Truth and order: what Python's tests mean for each kind of value."""

from __future__ import annotations

from .builder import Builder
from .constants import const_of
from .demands import refuse_none
from .json_values import key as json_key
from .kinds import (
    BOOL,
    INT,
    LISTS,
    NONE,
    OMITTED,
    STR,
    DateTimeKind,
    EnumKind,
    Kind,
    ListKind,
    RecordKind,
    ShapeKind,
    TupleKind,
    an,
    family,
    fields_of,
    is_optional,
    is_typed_dict,
    members,
    show,
    values_of,
)
from .nodes import (
    EMPTY_TEXT,
    FALSE,
    ONE,
    TRUE,
    ZERO,
    Call,
    Const,
    Node,
    Regex,
    binary,
    both,
    call,
    cond,
    const,
    not_none,
)
from .own_methods import own_method, refuse_own
from .refusals import Page, refuse


def truth(b: Builder, x: Node) -> Node:
    """bool(x), as a test."""
    if isinstance(x, Const):
        return const(bool(x.value))
    if is_optional(x.kind):
        if x.kind == NONE:
            return FALSE
        x = b.let(x)
        some = not_none(x)
        return both(some, b.assuming(some, True, lambda: truth(b, b.scope.refine(x))))
    check_enum_truth(x.kind)
    if (values := values_of(x.kind)) and len({bool(v) for v in values}) == 1 and family(x.kind) != "enum":
        return const(bool(values[0]))
    match family(x.kind):
        case "bool":
            return x
        case "number" | "timedelta":
            return binary(x, "!=", ZERO)
        case "str":
            return binary(x, "!=", EMPTY_TEXT)
        case "list" | "set":
            return binary(count(x), ">", ZERO)
        case "dict":
            return binary(count(keys(x)), ">", ZERO)
        case "model" if is_typed_dict(getattr(x.kind, "cls", None)) and not always_true(x.kind):
            return binary(count(keys(x)), ">", ZERO)
        case "tuple" if isinstance(x.kind, TupleKind):
            refuse_own("the truth", x.kind, "__bool__", "__len__")
            return const(bool(x.kind.items))
        case "decimal":  # a digit other than 0 before an exponent
            return call("contains", x, Regex("^[^Ee]*[1-9]", kind=STR), kind=BOOL)
        case "model" if always_true(x.kind):
            return TRUE
        case "datetime" | "date" | "enum" | "named text":
            return TRUE
        case "union" if all(family(m) in ("bool", "number", "str") for m in members(x.kind)):
            return call("boolean", x, kind=BOOL)
        case "union" if all(always_true(m) for m in members(x.kind)):
            return TRUE
    raise refuse(Page.WRONG_TYPE, f"the truth of {an(x.kind)} has no JSONata form", "compare it with something")


def keep(b: Builder, *xs: Node) -> None:
    """Evaluate what may raise, though its value decides nothing."""
    for x in xs:
        if x.may_fail:
            b.let(x)


def check_enum_truth(kind: Kind) -> None:
    """An enum may decide its own truth."""
    for m in members(kind):
        if isinstance(m, EnumKind) and any("__bool__" in vars(c) for c in m.cls.__mro__ if c.__module__ != "builtins"):
            raise refuse(
                Page.WRONG_TYPE, f"the truth of {an(m)}, which has its own __bool__", "compare it with a member"
            )


def always_true(kind: object) -> bool:
    """A record whose class does not decide its truth."""
    if isinstance(kind, ShapeKind):
        return True
    if not isinstance(kind, RecordKind):
        return False
    if is_typed_dict(kind.cls):
        return any(f.default is not OMITTED for f in fields_of(kind).values())
    return not any(hasattr(kind.cls, n) for n in ("__bool__", "__len__"))


def count(xs: Node) -> Node:
    """$count(xs)"""
    return call("count", xs, kind=INT)


def keys(d: Node) -> Node:
    """$keys(d): one text for one key, nothing for none."""
    return call("keys", d, kind=ListKind(STR))


def key_text(k: Node) -> Node:
    """A text, a whole number or an enum member as a key of a JSON object, which is text."""
    if isinstance(k, Const):
        return const(json_key(k.value))
    values = k.kind.members if isinstance(k.kind, EnumKind) else ()
    texts = [json_key(m) == m.value for m in values]
    return k if family(k.kind) == "str" or (texts and all(texts)) else call("string", k, kind=STR)


def millis(x: Node) -> Node:
    """A datetime as milliseconds; a naive one is read as UTC, whatever the engine's own zone."""
    if isinstance(x, Call) and x.function == "$fromMillis":
        return x.args[0]
    if isinstance(x.kind, DateTimeKind) and x.kind.zone == "naive":
        x = binary(x, "&", const("Z"), STR)
    return call("toMillis", x, kind=INT)


def check_zones(what: str, x: Node, y: Node) -> None:
    """Python neither compares nor subtracts a naive and an aware datetime."""
    zones = [k.zone == "naive" for k in (x.kind, y.kind) if isinstance(k, DateTimeKind)]
    if len(set(zones)) > 1:
        said = f"{what} between a naive datetime and one with a time zone"
        raise refuse(Page.TIME_ZONE, said, "give both a time zone: datetime(..., tzinfo=timezone.utc)")


def as_number(x: Node) -> Node:
    """A bool as Python counts it."""
    return const(int(x.value)) if isinstance(x, Const) else cond(x, ONE, ZERO)


ORDER = {"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}


def order(b: Builder, op: str, x: Node, y: Node) -> Node:
    """x < y and the like."""
    kx, ky = family(x.kind), family(y.kind)
    if kx == "bool" and ky in ("bool", "number"):
        x, kx = as_number(x), "number"
    if ky == "bool" and kx == "number":
        y, ky = as_number(y), "number"
    if (own := own_method(x.kind, ORDER[op])) is not None:
        made = b.apply(const_of(own), [x, y])
        return truth(b, made if isinstance(made, Node) else FALSE)
    if kx == ky and kx in ("number", "str", "timedelta", "date"):
        return binary(x, op, y)
    if kx == ky == "datetime":
        check_zones(f"`{op}`", x, y)
        return binary(millis(x), op, millis(y))
    refuse_none(f"`{op}`", x, y)
    said = f"`{op}` between {show(x.kind)} and {show(y.kind)}"
    if "decimal" in (kx, ky):
        raise refuse(Page.WRONG_TYPE, said, "a Decimal is text in JSON: write float(x), or do it in a Task")
    if kx == ky and kx in LISTS:
        raise refuse(Page.WRONG_TYPE, f"{said} has no JSONata form", "compare their items")
    raise refuse(Page.WRONG_TYPE, said, "compare values of one type")
