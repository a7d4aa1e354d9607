"""What a test proves: the kinds of places once it holds, or once it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .kinds import (
    ANY,
    BOOL,
    NEVER,
    OMITTED,
    STR,
    DictKind,
    EnumKind,
    Kind,
    ListKind,
    LiteralKind,
    NoneKind,
    RecordField,
    RecordKind,
    UnionKind,
    family,
    fields_of,
    is_optional,
    some,
    values_of,
    without,
)
from .nodes import NULL, Array, Binary, Block, Call, Cast, Cond, Const, Field, Node, Var, binary, negate
from .scope import Scope

JSON_TYPES = {
    "string": ("str", "datetime", "date", "decimal"),
    "number": ("number", "timedelta"),
    "boolean": ("bool",),
    "array": ("list", "tuple", "set"),
    "object": ("dict", "model"),
    "null": ("None",),
}


OF_ANY: dict[str, Kind] = {"string": STR, "boolean": BOOL, "array": ListKind(ANY), "object": DictKind(ANY)}
"""What is known of a value of any type once $type has said this."""


def assume(scope: Scope, test: Node, truth: bool = True) -> None:
    """Narrow by a test that holds, or that does not."""
    match test:
        case Binary(op="and", left=a, right=b) if truth:
            assume(scope, a)
            assume(scope, b)
        case Binary(op="or", left=a, right=b) if not truth:
            assume(scope, a, False)
            assume(scope, b, False)
        case Block(result=result):
            assume(scope, result, truth)
        case Var(name=name) if name in scope.definitions:
            assume(scope, scope.definitions[name], truth)
        case Call(function="$not", args=(a,)):
            assume(scope, a, not truth)
        case Cond(test=t, then=a, otherwise=Const(value=False)) if truth:
            assume(scope, t)
            assume(scope, a)
        case Binary(op="!=", left=x, right=r) if r == NULL:
            narrow(scope, x, _is_none if truth else _is_some)
            if isinstance(x, Field):
                _having(scope, x, truth)
        case Call(function="$exists", args=(Field() as x,)):
            _having(scope, x, truth)
        case Binary(op="=" | "!=" as op, left=Call(function="$type", args=(x,)), right=Const(value=str(name))):
            right = JSON_TYPES[name]
            same = truth == (op == "=")
            if same and scope.current(x) == ANY and name in OF_ANY:
                _set(scope, x, OF_ANY[name])
                return
            narrow(scope, x, lambda m: (family(m) in right) != same)
        case Binary(op="=" | "!=" as op, left=x, right=Const() as c):
            _equal(scope, x, c, truth == (op == "="))
        case Binary(op="in", left=x, right=Array(items=items)) if all(isinstance(i, Const) for i in items):
            _among(scope, x, [_json(i) for i in items if isinstance(i, Const)], truth)
        case Binary(op="<" | ">" as op, left=a, right=b) if truth:
            for x, y in ((a, b), (b, a)):
                if isinstance(y, Const) and y.value == 0:
                    scope.known.add(binary(x, "!=", y))
    scope.known.add(test if truth else negate(test))


def _is_none(kind: Kind) -> bool:
    return isinstance(kind, NoneKind)


def _is_some(kind: Kind) -> bool:
    return not isinstance(kind, NoneKind)


def narrow(scope: Scope, x: Node, gone: Callable[[Kind], bool]) -> None:
    """Exclude alternatives of a place, and of the local's definition that it is the name of."""
    scope.kinds[x] = without(scope.current(x), gone)
    if isinstance(x, Var) and x.name in scope.definitions:
        narrow(scope, scope.definitions[x.name], gone)


def _json(c: Const) -> Any:
    return getattr(c.value, "value", c.value)


def _equal(scope: Scope, x: Node, c: Const, same: bool) -> None:
    """x = constant: the members of a Literal or an enum that are left, and the record that has this tag."""
    kind = scope.current(x)
    value = _json(c)
    if same and c != NULL:
        kind = some(kind)
    _set(scope, x, _left(kind, [value], same))
    if isinstance(x, Field):
        _tagged(scope, x, [value], same)


def _among(scope: Scope, x: Node, values: list[Any], inside: bool) -> None:
    kind = scope.current(x)
    _set(scope, x, _left(some(kind) if inside and None not in values else kind, values, inside))
    if isinstance(x, Field) and None not in values:
        _tagged(scope, x, values, inside)


def _left(kind: Kind, values: list[Any], same: bool) -> Kind:
    """The kind once it is known to be, or not to be, one of the values."""
    match kind:
        case LiteralKind(all_values, declared):
            left = tuple(v for v in all_values if any(type(v) is type(o) and v == o for o in values) == same)
            return LiteralKind(left, declared) if left else NEVER
        case EnumKind(cls, members):
            kept = tuple(m for m in members if (m.value in values) == same)
            return EnumKind(cls, kept) if kept else NEVER
        case UnionKind() if is_optional(kind) and isinstance(some(kind), (LiteralKind, EnumKind)):
            left_some = _left(some(kind), values, same)
            return (
                UnionKind((left_some, *[m for m in kind.members if isinstance(m, NoneKind)]))
                if left_some != NEVER
                else kind
            )
    return kind


def _set(scope: Scope, x: Node, kind: Kind) -> None:
    scope.kinds[x] = kind
    if isinstance(x, Var) and x.name in scope.definitions:
        scope.kinds[scope.definitions[x.name]] = kind
    if isinstance(x, Cast) and isinstance(x.to, LiteralKind) and isinstance(kind, LiteralKind):
        _enum_of_value(scope, x.of, kind.values)


def _enum_of_value(scope: Scope, x: Node, values: tuple[Any, ...]) -> None:
    """`m.sev.value == "high"` says as much of m.sev."""
    kind = scope.current(x)
    if isinstance(kind, EnumKind) and (left := tuple(m for m in kind.members if m.value in values)):
        scope.kinds[x] = EnumKind(kind.cls, left)


def _field_in_json(kind: Kind, name: str) -> RecordField | None:
    if not isinstance(kind, RecordKind):
        return None
    return next((f for f in fields_of(kind).values() if f.json == name), None)


def _tagged(scope: Scope, x: Field, values: list[Any], same: bool) -> None:
    """`e.type == "alert"` tells the members of a union of records apart; what has a tag is not None."""

    def other(m: Kind) -> bool:
        if isinstance(m, NoneKind):
            return same and None not in values
        f = _field_in_json(m, x.name)
        tags = values_of(f.kind) if f is not None else ()
        if not tags:
            return False
        return not any(v in tags for v in values) if same else all(t in values for t in tags)

    _exclude(scope, x.of, other)


def _having(scope: Scope, x: Field, truth: bool) -> None:
    """A field that is there tells the records that have it from those that do not."""

    def other(m: Kind) -> bool:
        f = _field_in_json(m, x.name)
        if truth:
            return isinstance(m, NoneKind) or (isinstance(m, RecordKind) and f is None)
        return f is not None and f.default is not OMITTED and not is_optional(f.kind)

    _exclude(scope, x.of, other)


def _exclude(scope: Scope, whole: Node, other: Callable[[Kind], bool]) -> None:
    kind = scope.current(whole)
    if isinstance(kind, UnionKind) and any(map(other, kind.members)) and not all(map(other, kind.members)):
        narrow(scope, whole, other)
