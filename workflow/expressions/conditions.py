"""Truth, equality, order, membership: what Python's tests mean for each kind of value."""
from __future__ import annotations

import ast
import operator
from enum import Enum
from typing import Any, Protocol

from .errors import Refused, did_you_mean
from .nodes import (
    FALSE,
    NULL,
    ONE,
    TRUE,
    ZERO,
    Array,
    Call,
    Cond,
    Const,
    Field,
    Function,
    Node,
    Var,
    binary,
    both,
    call,
    cond,
    const,
    either,
    negate,
    not_none,
    or_null,
)
from .printer import to_json
from .scope import Scope, Value
from .kinds import BOOL, INT, STR, DictT, EnumT, ListT, LiteralT, ModelT, TupleT, Type, fields_of, is_optional, kind, members, show, some


class Builder(Protocol):
    """What a rule may ask of the interpreter."""
    scope: Scope
    def let(self, n: Node, hint: str = "x") -> Node: ...
    def fresh(self, hint: str) -> str: ...
    def apply(self, f: Value, args: list[Value]) -> Value: ...
    def assuming(self, test: Node, truth: bool, make: Any) -> Node: ...


# ---------------------------------------------------------------- truth
def truth(b: Builder, x: Node) -> Node:
    if isinstance(x, Const): return const(bool(x.value))
    if is_optional(x.type):
        if x.type == NULL.type: return FALSE
        x = b.let(x)
        return both(not_none(x), b.assuming(not_none(x), True, lambda: truth(b, b.scope.refine(x))))
    match kind(x.type):
        case "bool": return x
        case "number": return binary(x, "!=", ZERO)
        case "timedelta": return binary(x, "!=", ZERO)
        case "str": return binary(x, "!=", const(""))
        case "list" | "set": return binary(call("count", x, type=INT), ">", ZERO)
        case "dict": return binary(call("count", keys(x), type=INT), ">", ZERO)
        case "tuple": return const(bool(x.type.items))  # type: ignore[attr-defined]
        case "model" if not {"__bool__", "__len__"} & set(dir(x.type.cls)) or issubclass(x.type.cls, dict): return TRUE  # type: ignore[attr-defined]
        case "datetime" | "date" | "enum": return TRUE
        case "union" if all(kind(m) in ("bool", "number", "str") for m in members(x.type)): return call("boolean", x, type=BOOL)
    raise Refused(f"the truth of a {show(x.type)} has no JSONata form", "compare it with something")

def keys(d: Node) -> Node:
    return call("keys", d, type=ListT(STR))


# ---------------------------------------------------------------- equality
def equal(b: Builder, x: Node, y: Node) -> Node:
    if isinstance(x, Const) and isinstance(y, Const): return const(x.value == y.value)
    if isinstance(x, Const): x, y = y, x
    if y == NULL: return negate(not_none(x))
    if is_optional(x.type) or is_optional(y.type): return equal_optional(b, x, y)
    kx, ky = kind(x.type), kind(y.type)
    if kx == ky and kx in ("str", "number", "enum"): check_member(x, y)
    if isinstance(y, Const) and isinstance(x.type, (LiteralT, EnumT)) and only(x.type) == [to_json(y.value)]: return TRUE
    match kx, ky:
        case ("str", "str") | ("number", "number") | ("bool", "bool") | ("date", "date") | ("timedelta", "timedelta"): return binary(x, "=", y)
        case "enum", "enum" if x.type.cls is y.type.cls: return binary(x, "=", y)  # type: ignore[attr-defined]
        case "datetime", "datetime": return binary(millis(x), "=", millis(y))
        case "bool", "number": return equal(b, as_number(x), y)
        case "number", "bool": return equal(b, x, as_number(y))
        case "model", "model" if x.type == y.type: return equal_models(b, x, y)
        case ("list", "list") | ("tuple", "tuple") if plain_list(x.type) and plain_list(y.type): return binary(x, "=", y)
        case "union", _ if isinstance(y, Const) and ky in {kind(m) for m in members(x.type)} and ky in ("str", "number"): return binary(x, "=", y)
    if kx == ky or "union" in (kx, ky) or "other" in (kx, ky): raise Refused(f"`==` between {show(x.type)} and {show(y.type)} has no JSONata form that all engines agree on", "compare their fields")
    raise Refused(f"{show(x.type)} never equals {show(y.type)}", "compare values of one type")

def only(t: LiteralT | EnumT) -> list[Any]:
    return list(t.values) if isinstance(t, LiteralT) else [m.value for m in t.members]

def check_member(x: Node, y: Node) -> None:
    """A misspelt member of a Literal or an enum can never be equal."""
    for one, t, u in ((x, some(x.type), some(y.type)), (y, some(y.type), some(x.type))):
        other = y if one is x else x
        values = [to_json(other.value)] if isinstance(other, Const) else only(u) if isinstance(u, (LiteralT, EnumT)) else []
        if isinstance(t, (LiteralT, EnumT)) and not isinstance(one, Const) and values and getattr(t, "declared", True):
            names = [getattr(v, "value", v) for v in (t.cls if isinstance(t, EnumT) else t.values)]
            if not set(names) & set(values):
                wrong = values[0]
                raise Refused(f"{wrong!r} is not a value of {show(t)}: never equal", did_you_mean(str(wrong), list(map(str, names))))

def plain_list(t: Type) -> bool:
    items = (t.elem,) if isinstance(t, ListT) else t.items if isinstance(t, TupleT) else ()
    return all(kind(m) in ("str", "number") for i in items for m in members(i))

def equal_optional(b: Builder, x: Node, y: Node) -> Node:
    scalar = all(kind(m) in ("str", "number", "bool", "None") for m in members(x.type) + members(y.type))
    one_kind = len({kind(m) for m in members(some(x.type)) + members(some(y.type))}) == 1
    if scalar and one_kind:
        if kind(some(x.type)) != "bool": check_member(x, y)
        both_optional = is_optional(x.type) and is_optional(y.type)
        return binary(or_null(x), "=", or_null(y)) if both_optional else binary(x, "=", y)
    x, y = b.let(x), b.let(y)
    same = lambda: equal(b, b.scope.refine(x), b.scope.refine(y))
    if not is_optional(y.type): return both(not_none(x), b.assuming(not_none(x), True, same))
    if not is_optional(x.type): return both(not_none(y), b.assuming(not_none(y), True, same))
    values = b.assuming(not_none(x), True, lambda: both(not_none(y), b.assuming(not_none(y), True, same)))
    return cond(not_none(x), values, negate(not_none(y)))

def equal_models(b: Builder, x: Node, y: Node) -> Node:
    """Field by field: engines differ on objects with nulls, and a missing field equals a null one."""
    cls = x.type.cls  # type: ignore[attr-defined]
    fs = fields_of(cls)
    if not isinstance(y, Const) and any(cls in reachable(f.type, ()) for f in fs.values()):
        raise Refused(f"`==` between two {cls.__name__}: the model contains itself", "compare the fields that matter")
    x, y = b.let(x), b.let(y)
    out: Node = TRUE
    for name, f in fs.items():
        right: Node = const(getattr(y.value, name)) if isinstance(y, Const) else Field(y, f.json, type=f.type)
        out = both(out, equal(b, Field(x, f.json, type=f.type), right))
    return out

def reachable(t: Type, seen: tuple[type, ...]) -> set[type]:
    out: set[type] = set()
    for m in members(t):
        if isinstance(m, ModelT) and m.cls not in seen:
            out |= {m.cls}.union(*[reachable(f.type, (*seen, m.cls)) for f in fields_of(m.cls).values()])
        if isinstance(m, (ListT, DictT)): out |= reachable(m.elem if isinstance(m, ListT) else m.value, seen)
    return out


# ---------------------------------------------------------------- order
def millis(x: Node) -> Node:
    if isinstance(x, Call) and x.function == "$fromMillis": return x.args[0]
    return call("toMillis", x, type=INT)

def as_number(x: Node) -> Node:
    return const(int(x.value)) if isinstance(x, Const) else cond(x, ONE, ZERO)

def order(b: Builder, op: str, x: Node, y: Node) -> Node:
    kx, ky = kind(x.type), kind(y.type)
    if kx == "bool" and ky in ("bool", "number"): x, kx = as_number(x), "number"
    if ky == "bool" and kx == "number": y, ky = as_number(y), "number"
    if kx == ky and kx in ("number", "str", "timedelta", "date"): return binary(x, op, y)
    if kx == ky == "datetime": return binary(millis(x), op, millis(y))
    refuse_none(f"`{op}`", x, y)
    raise Refused(f"`{op}` between {show(x.type)} and {show(y.type)}", "compare values of one type")

def refuse_none(what: str, *xs: Node) -> None:
    from .printer import show as text
    for x in xs:
        if is_optional(x.type):
            raise Refused(f"{what}: `{text(x)[:80]}` may be None here ({show(x.type)})", "test it first: `... if x is not None else ...`")


# ---------------------------------------------------------------- membership
def contains(b: Builder, x: Node, xs: Node) -> Node:
    refuse_none("`in`", xs)
    match kind(xs.type):
        case "str":
            refuse_none("`in`", x)
            if kind(x.type) == "str": return call("contains", xs, x, type=BOOL)
        case "dict":
            refuse_none("`in`", x)
            if kind(x.type) == "str": return binary(x, "in", keys(xs))
        case "list" | "tuple" | "set":
            if isinstance(xs, Const) and isinstance(xs.value, range): return in_range(b, x, xs.value)
            items: list[Node] | None = [const(v) for v in (sorted(xs.value, key=repr) if isinstance(xs.value, (set, frozenset)) else xs.value)] if isinstance(xs, Const) else list(xs.items) if isinstance(xs, Array) else None
            if items is not None: return one_of(b, x, items)
            if kind(x.type) == kind(xs.type.elem) and kind(x.type) in ("str", "number"): return binary(x, "in", xs)  # type: ignore[attr-defined]
            elem = Var(b.fresh("item"), type=xs.type.elem)  # type: ignore[attr-defined]
            x = b.let(x)
            if is_optional(elem.type):                     # jsonata-python's $filter loses nulls
                found = Cond(equal(b, elem, x), TRUE, None, type=BOOL)
                return call("exists", call("map", xs, Function((elem.name,), found, type=BOOL), type=xs.type), type=BOOL)
            else:
                return call("exists", call("filter", xs, Function((elem.name,), equal(b, elem, x), type=BOOL), type=xs.type), type=BOOL)
    raise Refused(f"`in` between {show(x.type)} and {show(xs.type)}", "compare values of one type")

def one_of(b: Builder, x: Node, items: list[Node]) -> Node:
    if kind(some(x.type)) in ("str", "number", "enum") and all(isinstance(i, Const) for i in items):
        values = [i for i in items if i != NULL]
        found: Node = FALSE
        for i in values: equal(b, x, i)                 # refuses what can never be equal
        if values: found = binary(x, "in", Array(tuple(values), type=ListT(STR))) if len(values) > 1 else equal(b, x, values[0])
        return either(negate(not_none(x)), found) if NULL in items else found
    x = b.let(x)
    out: Node = FALSE
    for i in items: out = either(out, equal(b, x, i))
    return out

def in_range(b: Builder, x: Node, r: range) -> Node:
    if r.step != 1 or kind(x.type) != "number": raise Refused(f"`in` {r}", "write `a <= x < b`")
    x = b.let(x)
    inside = both(binary(x, ">=", const(r.start)), binary(x, "<", const(r.stop)))
    return inside if x.type == INT or isinstance(x.type, EnumT) else both(inside, binary(x, "=", call("floor", x, type=INT)))


# ---------------------------------------------------------------- the table
def is_test(b: Builder, x: Node, y: Node) -> Node:
    if y == NULL or x == NULL: return equal(b, x, y)
    if isinstance(y, Const) and isinstance(y.value, bool) and kind(some(x.type)) == "bool": return equal(b, x, y)
    if isinstance(y, Const) and isinstance(y.value, Enum) and kind(some(x.type)) == kind(y.type) and not isinstance(some(x.type), LiteralT): return equal(b, x, y)
    raise Refused("`is` compares with None, True, False and enum members only", "write ==")

COMPARE: dict[type[ast.cmpop], Any] = {
    ast.Eq: equal, ast.NotEq: lambda b, x, y: negate(equal(b, x, y)),
    ast.Lt: lambda b, x, y: order(b, "<", x, y), ast.LtE: lambda b, x, y: order(b, "<=", x, y),
    ast.Gt: lambda b, x, y: order(b, ">", x, y), ast.GtE: lambda b, x, y: order(b, ">=", x, y),
    ast.In: contains, ast.NotIn: lambda b, x, y: negate(contains(b, x, y)),
    ast.Is: is_test, ast.IsNot: lambda b, x, y: negate(is_test(b, x, y)),
}
REAL = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
        ast.In: lambda a, c: a in c, ast.NotIn: lambda a, c: a not in c, ast.Is: operator.is_, ast.IsNot: operator.is_not}
