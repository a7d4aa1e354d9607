"""The built-in functions on numbers. Exactly a half may be rounded to the other neighbour (see EXPRESSIONS)."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

from ..builder import Builder
from ..conditions import as_number, truth
from ..demands import need_constant, refuse_none
from ..kinds import BOOL, FLOAT, INT, STR, Kind, ListKind, TupleKind, an, family, unlimited, whole_values
from ..nodes import (
    EMPTY_TEXT,
    FALSE,
    ZERO,
    Array,
    Node,
    Regex,
    binary,
    both,
    call,
    cast,
    cond,
    const,
    with_kind,
)
from ..refusals import Page, refuse
from .numbers import error, floor_divide, modulo, power


def needs_number(name: str, x: Node) -> None:
    """Refuse what is not a number."""
    if family(x.kind) != "number":
        refuse_none(f"{name}()", x)
        instead = "do it in a Task" if family(x.kind) != "decimal" else "write float(x), or do it in a Task"
        raise refuse(Page.UNSUPPORTED_CALL, f"{name}() of {an(x.kind)} has no JSONata form", instead)


def fixed(b: Builder, x: Node, digits: int, commas: bool = False) -> Node:
    """f"{x:.2f}" """
    if digits == 0 and not commas:
        whole = b.let(x if whole_values(x.kind) else call("round", x, kind=INT))
        text = call("string", whole, kind=STR)
        if whole_values(x.kind):
            return text
        vanished = both(binary(whole, "=", ZERO), binary(x, "<", ZERO))
        return cond(vanished, const("-0"), text)
    picture = ("#,##0" if commas else "0") + ("." + "0" * digits if digits else "")
    return call("formatNumber", x, const(picture), kind=STR)


def rounded(b: Builder, number: Node, ndigits: Node | None = None) -> Node:
    """round(x), round(x, 2)"""
    x = as_number(number) if family(number.kind) == "bool" else number
    needs_number("round", x)
    if ndigits is None or ndigits == const(None):
        return x if whole_values(x.kind) else call("round", x, kind=INT)
    digits = need_constant("round() to a computed number of digits", ndigits).value
    if whole_values(x.kind):
        return x if digits >= 0 else call("round", x, ndigits, kind=INT)
    return call("round", x, kind=FLOAT) if digits == 0 else call("round", x, ndigits, kind=FLOAT)


def unary(name: str, function: str, kind: Kind | None = None) -> Callable[[Builder, Node], Node]:
    """A function of one number."""

    def rule(b: Builder, x: Node, /) -> Node:
        x = as_number(x) if family(x.kind) == "bool" else x
        if not (name == "abs" and family(x.kind) == "timedelta"):
            needs_number(name, x)
        return call(function, x, kind=kind or unlimited(x.kind))

    return rule


def floor_of(function: str) -> Callable[[Builder, Node], Node]:
    """math.floor and math.ceil"""

    def rule(b: Builder, x: Node, /) -> Node:
        x = as_number(x) if family(x.kind) == "bool" else x
        needs_number(f"math.{function}", x)
        return x if whole_values(x.kind) else call(function, x, kind=INT)

    return rule


def square_root(b: Builder, x: Node, /) -> Node:
    """math.sqrt(x), which raises below 0."""
    needs_number("math.sqrt", x)
    root = call("sqrt", x, kind=FLOAT)
    if isinstance(x, type(root)) and getattr(x, "function", "") == "$abs":
        return root
    x = b.let(x)
    return cond(binary(x, ">=", ZERO), call("sqrt", x, kind=FLOAT), error("math domain error", FLOAT))


def hypotenuse(b: Builder, *xs: Node) -> Node:
    """math.hypot(x, y)"""
    squares: list[Node] = []
    for x in xs:
        needs_number("math.hypot", x)
        squares.append(call("power", x, const(2), kind=FLOAT))
    total = functools.reduce(lambda x, y: binary(x, "+", y, FLOAT), squares, ZERO if not squares else squares.pop(0))
    return call("sqrt", total, kind=FLOAT)


def turned(up: float, down: float, name: str) -> Callable[[Builder, Node], Node]:
    """math.radians and math.degrees"""

    def rule(b: Builder, x: Node, /) -> Node:
        needs_number(f"math.{name}", x)
        return binary(x, "*", const(up / down), FLOAT)

    return rule


INT_TEXT = r"^\s*[+-]?[0-9]+\s*$"
FLOAT_TEXT = r"^\s*[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*$"


def spelt(b: Builder, x: Node, pattern: str, kind: Kind, name: str) -> Node:
    """The number that a text spells, or an error as in Python: of more texts than Python's, never of fewer digits."""
    x = b.let(x)
    plain = call("replace", x, Regex(r"[\s+]+", kind=STR), EMPTY_TEXT, kind=STR)
    valid = call("contains", x, Regex(pattern, kind=STR), kind=BOOL)
    return cond(valid, call("number", plain, kind=kind), error(f"{name}: not a number", kind))


def to_int(b: Builder, x: Node = ZERO, /) -> Node:
    """int(x)"""
    if family(x.kind) == "bool":
        return as_number(x)
    if family(x.kind) == "str":
        return spelt(b, x, INT_TEXT, INT, "int()")
    needs_number("int", x)
    if whole_values(x.kind):
        return x
    x = b.let(x)
    return cond(binary(x, "<", ZERO), call("ceil", x, kind=INT), call("floor", x, kind=INT))


def to_float(b: Builder, x: Node = ZERO, /) -> Node:
    """float(x); of a Decimal the nearest float, as in Python."""
    if family(x.kind) == "decimal":
        return call("number", cast(x, STR), kind=FLOAT)
    if family(x.kind) == "str":
        return spelt(b, x, FLOAT_TEXT, FLOAT, "float()")
    if family(x.kind) == "bool":
        x = as_number(x)
    needs_number("float", x)
    return with_kind(x, FLOAT) if isinstance(x, type(ZERO)) else cast(x, FLOAT)


def div_mod(b: Builder, x: Node, y: Node, /) -> Node:
    """divmod(x, y)"""
    needs_number("divmod", x)
    needs_number("divmod", y)
    x, y = b.let(x), b.let(y)
    parts = floor_divide(b, x, y), modulo(b, x, y)
    return Array(parts, kind=TupleKind(tuple(p.kind for p in parts)))


def to_bool(b: Builder, x: Node = FALSE, /) -> Node:
    """bool(x)"""
    return truth(b, x)


BILLIONTH = const(1e-09)


def is_close(b: Builder, a: Node, y: Node, /, *, rel_tol: Node = BILLIONTH, abs_tol: Node = ZERO) -> Node:
    """math.isclose(x, y)"""
    x, y = b.let(a), b.let(y)
    needs_number("math.isclose", x)
    needs_number("math.isclose", y)

    def largest(*xs: Node) -> Node:
        return call("max", Array(xs, kind=ListKind(FLOAT)), kind=FLOAT)

    size = largest(call("abs", x, kind=FLOAT), call("abs", y, kind=FLOAT))
    distance = call("abs", binary(x, "-", y, FLOAT), kind=FLOAT)
    return binary(distance, "<=", largest(binary(rel_tol, "*", size, FLOAT), abs_tol))


def pow_(b: Builder, base: Node, exp: Node) -> Node:
    """pow(x, y)"""
    needs_number("pow", base)
    needs_number("pow", exp)
    return power(b, base, exp)


FUNCTIONS: dict[Any, Any] = {
    abs: unary("abs", "abs"),
    round: rounded,
    int: to_int,
    float: to_float,
    bool: to_bool,
    divmod: div_mod,
    pow: pow_,
    math.floor: floor_of("floor"),
    math.ceil: floor_of("ceil"),
    math.sqrt: square_root,
    math.fabs: unary("math.fabs", "abs", FLOAT),
    math.trunc: to_int,
    math.isclose: is_close,
    math.hypot: hypotenuse,
    math.radians: turned(math.pi, 180, "radians"),
    math.degrees: turned(180, math.pi, "degrees"),
}
