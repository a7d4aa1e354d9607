"""Arithmetic: (operator, kind, kind) -> nodes; and the number built-ins."""
from __future__ import annotations

import ast
import math
from typing import Any

from ..conditions import Builder, as_number, millis, refuse_none, truth
from ..errors import Refused
from ..nodes import FALSE, ONE, ZERO, Array, Call, Const, Node, binary, both, call, cond, const, either
from ..kinds import FLOAT, INT, STR, DateTimeT, DeltaT, ListT, TupleT, Type, kind, show


def whole(t: Type) -> bool:
    return t != FLOAT

def number(*xs: Node) -> Type:
    return INT if all(whole(x.type) for x in xs) else FLOAT

def plus(b: Builder, x: Node, y: Node) -> Node: return binary(x, "+", y, number(x, y))
def minus(b: Builder, x: Node, y: Node) -> Node: return binary(x, "-", y, number(x, y))
def times(b: Builder, x: Node, y: Node) -> Node: return binary(x, "*", y, number(x, y))

def nonzero(b: Builder, y: Node, make: Any) -> Node:
    """Python raises on a zero divisor; the engines disagree, so say it."""
    if isinstance(y, Const):
        if y.value == 0: raise Refused("division by zero")
        return make(y)  # type: ignore[no-any-return]
    y = b.let(y)
    test = binary(y, "!=", ZERO)
    if test in b.scope.known: return make(y)  # type: ignore[no-any-return]
    return cond(test, make(y), error("division by zero", INT))

def error(message: str, t: Type) -> Node:
    return call("error", const(message), type=t)

def divide(b: Builder, x: Node, y: Node) -> Node:
    return nonzero(b, y, lambda y: binary(x, "/", y, FLOAT))

def exact_divisor(op: str, x: Node, y: Node) -> None:
    if isinstance(y, Const) and float(y.value).is_integer() or whole(y.type): return
    raise Refused(f"`{op}` by a float rounds differently in JSONata", "divide by a whole number, or do it in a Task")

def floor_divide(b: Builder, x: Node, y: Node) -> Node:
    exact_divisor("//", x, y)
    return nonzero(b, y, lambda y: call("floor", binary(x, "/", y, FLOAT), type=number(x, y)))

def modulo(b: Builder, x: Node, y: Node) -> Node:
    """JSONata's % takes the sign of the dividend, and jsonata-python's is wrong on fractions."""
    exact_divisor("%", x, y)
    x = b.let(x)
    return nonzero(b, y, lambda y: binary(x, "-", binary(y, "*", call("floor", binary(x, "/", y, FLOAT), type=INT), number(x, y)), number(x, y)))

def power(b: Builder, x: Node, y: Node) -> Node:
    if not (isinstance(y, Const) and float(y.value).is_integer()): raise Refused("`**` with an exponent that is not a whole constant", "do it in a Task")
    return call("power", x, y, type=number(x) if y.value >= 0 else FLOAT)


# ---------------------------------------------------------------- datetimes and durations
def shift(b: Builder, x: Node, d: Node, sign: str = "+") -> Node:
    zone = x.type.zone  # type: ignore[attr-defined]
    return call("fromMillis", binary(millis(x), sign, d, INT), type=DateTimeT("utc" if zone == "utc" else "lost"))

def between(b: Builder, x: Node, y: Node) -> Node: return binary(millis(x), "-", millis(y), DeltaT())
def delta(op: str) -> Any: return lambda b, x, y: binary(x, op, y, DeltaT())
def ratio(b: Builder, x: Node, y: Node) -> Node: return nonzero(b, y, lambda y: binary(x, "/", y, FLOAT))

def concat(b: Builder, x: Node, y: Node) -> Node: return binary(x, "&", y, STR)
def append(b: Builder, x: Node, y: Node) -> Node:
    if isinstance(x, Array) and isinstance(y, Array): return Array(x.items + y.items, type=ListT(join_elems(x, y)))
    return call("append", x, y, type=ListT(join_elems(x, y)))
def join_elems(x: Node, y: Node) -> Type:
    from ..kinds import join
    return join(*[t.elem if isinstance(t, ListT) else join(*t.items) for t in (x.type, y.type)])  # type: ignore[attr-defined]
def add_tuples(b: Builder, x: Node, y: Node) -> Node:
    if isinstance(x, Array) and isinstance(y, Array): return Array(x.items + y.items, type=TupleT(x.type.items + y.type.items))  # type: ignore[attr-defined]
    raise Refused("`+` between tuples", "build a list")

N = ("number", "number")
BINARY: dict[tuple[type[ast.operator], str, str], Any] = {
    (ast.Add, *N): plus, (ast.Sub, *N): minus, (ast.Mult, *N): times, (ast.Div, *N): divide,
    (ast.FloorDiv, *N): floor_divide, (ast.Mod, *N): modulo, (ast.Pow, *N): power,
    (ast.Add, "str", "str"): concat, (ast.Add, "list", "list"): append, (ast.Add, "tuple", "tuple"): add_tuples,
    (ast.Add, "datetime", "timedelta"): shift, (ast.Add, "timedelta", "datetime"): lambda b, d, x: shift(b, x, d),
    (ast.Sub, "datetime", "timedelta"): lambda b, x, d: shift(b, x, d, "-"), (ast.Sub, "datetime", "datetime"): between,
    (ast.Add, "timedelta", "timedelta"): delta("+"), (ast.Sub, "timedelta", "timedelta"): delta("-"),
    (ast.Mult, "timedelta", "number"): delta("*"), (ast.Mult, "number", "timedelta"): delta("*"), (ast.Div, "timedelta", "timedelta"): ratio,
    (ast.BitAnd, "bool", "bool"): lambda b, x, y: both(x, y), (ast.BitOr, "bool", "bool"): lambda b, x, y: either(x, y),
    (ast.BitXor, "bool", "bool"): lambda b, x, y: binary(x, "!=", y),
}
SYMBOLS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**", ast.BitAnd: "&",
           ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.MatMult: "@"}

def operate(b: Builder, op: type[ast.operator], x: Node, y: Node) -> Node:
    kx, ky, sign = kind(x.type), kind(y.type), SYMBOLS[op]
    rule = BINARY.get((op, kx, ky))
    if rule is None and op not in (ast.BitAnd, ast.BitOr, ast.BitXor) and {kx, ky} <= {"bool", "number"}:
        x, y = (as_number(v) if kind(v.type) == "bool" else v for v in (x, y))
        rule = BINARY.get((op, "number", "number"))
    if rule is None:
        refuse_none(f"`{sign}`", x, y)
        hint = "put brackets round the comparison, or write and / or" if sign in "&|" else ""
        raise Refused(f"`{sign}` between {show(x.type)} and {show(y.type)} has no JSONata form", hint)
    return rule(b, x, y)  # type: ignore[no-any-return]


# ---------------------------------------------------------------- rounding; halves may go to the other neighbour
def fixed(b: Builder, x: Node, digits: int, commas: bool = False) -> Node:
    """f"{x:.2f}"."""
    if digits == 0 and not commas: return call("string", call("round", x, type=INT), type=STR)
    picture = ("#,##0" if commas else "0") + ("." + "0" * digits if digits else "")
    return call("formatNumber", x, const(picture), type=STR)

def rounded(b: Builder, x: Node, digits: Node | None = None) -> Node:
    if kind(x.type) not in ("number", "bool"): raise unlisted("round", x)
    if digits is None or digits == const(None): return call("round", x, type=INT)
    if not isinstance(digits, Const) or digits.value < 0: raise Refused("round() to a computed or negative number of digits")
    if whole(x.type): return x
    return call("round", x, type=FLOAT) if digits.value == 0 else call("round", x, digits, type=FLOAT)

def unlisted(name: str, x: Node) -> Refused:
    try: refuse_none(f"{name}()", x)
    except Refused as e: return e
    return Refused(f"{name}() of a {show(x.type)} has no JSONata form")

def unary(name: str, function: str, t: Type | None = None) -> Any:
    def rule(b: Builder, x: Node) -> Node:
        if kind(x.type) != "number": raise unlisted(name, x)
        return call(function, x, type=t or x.type)
    return rule

def to_int(b: Builder, x: Node) -> Node:
    if kind(x.type) == "bool": return as_number(x)
    if kind(x.type) != "number": raise unlisted("int", x)
    if whole(x.type): return x
    x = b.let(x)
    return cond(binary(x, "<", ZERO), call("ceil", x, type=INT), call("floor", x, type=INT))

def to_float(b: Builder, x: Node) -> Node:
    if kind(x.type) == "bool": x = as_number(x)
    if kind(x.type) != "number": raise unlisted("float", x)
    return retyped(x, FLOAT)

def retyped(x: Node, t: Type) -> Node:
    import dataclasses
    return dataclasses.replace(x, type=t)

def div_mod(b: Builder, x: Node, y: Node) -> Node:
    if (kind(x.type), kind(y.type)) != N: raise unlisted("divmod", x)
    x, y = b.let(x), b.let(y)
    parts = floor_divide(b, x, y), modulo(b, x, y)
    return Array(parts, type=TupleT(tuple(p.type for p in parts)))

def to_bool(b: Builder, x: Node = FALSE) -> Node: return truth(b, x)

def is_close(b: Builder, x: Node, y: Node, rel_tol: Node = const(1e-09), abs_tol: Node = const(0.0)) -> Node:
    x, y = b.let(x), b.let(y)
    size = call("max", Array((call("abs", x, type=FLOAT), call("abs", y, type=FLOAT)), type=ListT(FLOAT)), type=FLOAT)
    limit = call("max", Array((binary(rel_tol, "*", size, FLOAT), abs_tol), type=ListT(FLOAT)), type=FLOAT)
    return binary(call("abs", binary(x, "-", y, FLOAT), type=FLOAT), "<=", limit)

FUNCTIONS: dict[Any, Any] = {
    abs: unary("abs", "abs"), round: rounded, int: to_int, float: to_float, bool: to_bool, divmod: div_mod,
    math.floor: unary("floor", "floor", INT), math.ceil: unary("ceil", "ceil", INT), math.sqrt: unary("sqrt", "sqrt", FLOAT),
    math.trunc: to_int, math.isclose: is_close, pow: power,
}
