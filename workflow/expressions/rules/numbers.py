"""Arithmetic: (operator, family, family) -> nodes."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..builder import Builder
from ..conditions import as_number
from ..constants import const_of
from ..demands import refuse_none
from ..kinds import (
    BOOL,
    FLOAT,
    INT,
    STR,
    Kind,
    ListKind,
    TupleKind,
    an,
    family,
    join,
    limits_of,
    show,
    values_of,
    whole_values,
)
from ..membership import element_kind
from ..nodes import (
    EMPTY_TEXT,
    NULL,
    ONE,
    ZERO,
    Array,
    Binary,
    Call,
    Collect,
    Const,
    Function,
    Index,
    Node,
    Var,
    binary,
    both,
    call,
    cond,
    const,
    either,
    or_null,
)
from ..own_methods import own_method
from ..refusals import Page, refuse
from . import bits, sets, times
from .dicts import merge

Rule = Callable[[Builder, Node, Node], Node]


def error(message: str, kind: Kind) -> Node:
    """$error, where Python raises."""
    return call("error", const(message), kind=kind)


def number(*xs: Node) -> Kind:
    """The kind of a sum: an int where all are."""
    return INT if all(whole_values(x.kind) for x in xs) else FLOAT


def plus(b: Builder, x: Node, y: Node) -> Node:
    """x + y"""
    return binary(x, "+", y, number(x, y))


def minus(b: Builder, x: Node, y: Node) -> Node:
    """x - y"""
    return binary(x, "-", y, number(x, y))


def multiply(b: Builder, x: Node, y: Node) -> Node:
    """x * y"""
    return binary(x, "*", y, number(x, y))


def nonzero(b: Builder, y: Node, make: Callable[[Node], Node]) -> Node:
    """Python raises on a zero divisor and the engines disagree, so say it."""
    if isinstance(y, Const):
        if not y.value:
            raise refuse(Page.OUT_OF_RANGE, "division by zero", "correct the constant")
        return make(y)
    if binary(y, "!=", ZERO) in b.scope.known:
        return make(y)
    y = b.let(y)
    test = binary(y, "!=", ZERO)
    made = make(y)
    return made if test in b.scope.known else cond(test, made, error("division by zero", made.kind))


def divide(b: Builder, x: Node, y: Node) -> Node:
    """x / y"""
    return nonzero(b, y, lambda y: binary(x, "/", y, FLOAT))


def exact_divisor(op: str, y: Node) -> None:
    """Refuse divisors by which the remainder is rounded in another way."""
    if (isinstance(y, Const) and float(y.value).is_integer()) or whole_values(y.kind):
        return
    said = f"`{op}` by a float rounds differently in JSONata"
    raise refuse(Page.UNSUPPORTED_OPERATOR, said, "divide by a whole number, or do it in a Task")


def floor_divide(b: Builder, x: Node, y: Node) -> Node:
    """x // y"""
    exact_divisor("//", y)
    return nonzero(b, y, lambda y: call("floor", binary(x, "/", y, FLOAT), kind=number(x, y)))


def modulo(b: Builder, x: Node, y: Node) -> Node:
    """x % y: JSONata's takes the sign of the dividend, and jsonata-python's is wrong on fractions."""
    exact_divisor("%", y)
    x = b.let(x)

    def remainder(y: Node) -> Node:
        times_y = binary(y, "*", call("floor", binary(x, "/", y, FLOAT), kind=INT), number(x, y))
        return binary(x, "-", times_y, number(x, y))

    return nonzero(b, y, remainder)


def power(b: Builder, x: Node, y: Node) -> Node:
    """x ** y"""
    if isinstance(x, Const) and x.value > 0 and whole_values(y.kind) and not isinstance(y, Const):
        return call("power", x, y, kind=INT if whole_values(x.kind) and never_negative(b, y) else FLOAT)
    if y == const(0.5):
        return call("sqrt", x, kind=FLOAT)
    if not (isinstance(y, Const) and float(y.value).is_integer()):
        said = "`**` with an exponent that is not a whole constant"
        raise refuse(Page.UNSUPPORTED_OPERATOR, said, "a root is math.sqrt(x); of a constant write 2 ** n")
    if y.value < 0:
        return nonzero(b, x, lambda x: call("power", x, y, kind=FLOAT))
    return call("power", x, y, kind=number(x))


def never_negative(b: Builder, x: Node) -> bool:
    """Is a number known to be 0 or more?"""
    if getattr(x, "function", "") in ("$count", "$length") or binary(x, ">=", ZERO) in b.scope.known:
        return True
    match x:
        case Call(function="$max", args=(Array(items=items),)):
            return any(never_negative(b, i) for i in items)
    if isinstance(x, Binary) and x.op in ("+", "*"):
        return never_negative(b, x.left) and never_negative(b, x.right)
    if isinstance(x, Const):
        return isinstance(x.value, (int, float)) and x.value >= 0
    values = values_of(x.kind)
    at_least = [limit.bound for limit in limits_of(x.kind) if limit.name in ("ge", "gt")]
    return (bool(values) and min(values) >= 0) or any(bound >= 0 for bound in at_least)


# ------------------------------------------------------------------ texts and lists
def concat(b: Builder, x: Node, y: Node) -> Node:
    """Text after text."""
    return binary(x, "&", y, STR)


def append(b: Builder, x: Node, y: Node) -> Node:
    """List after list."""
    kind = ListKind(join(element_kind(x.kind), element_kind(y.kind)))
    if isinstance(x, Array) and isinstance(y, Array):
        return Array(x.items + y.items, kind=kind)
    return call("append", x, y, kind=kind)


def add_tuples(b: Builder, x: Node, y: Node) -> Node:
    """Tuples of known length."""
    items = [*parts_of(b, x), *parts_of(b, y)]
    return Array(tuple(map(or_null, items)), kind=TupleKind(tuple(i.kind for i in items)))


def parts_of(b: Builder, x: Node) -> list[Node]:
    """The items of a tuple of known length."""
    if isinstance(x, Array):
        return list(x.items)
    if isinstance(x, Const):
        return [const_of(v) for v in x.value]
    x = b.let(x)
    kinds = x.kind.items if isinstance(x.kind, TupleKind) else ()
    return [Index(x, const(i), kind=kind) for i, kind in enumerate(kinds)]


def repeated_list(b: Builder, xs: Node, n: Node) -> Node:
    """list * n"""
    if not whole_values(n.kind):
        raise refuse(Page.WRONG_TYPE, f"a list times {an(n.kind)}", "give an int")
    if family(n.kind) == "bool":
        return cond(n, xs, Array((), kind=xs.kind))
    acc, i = Var(b.fresh("all"), kind=xs.kind), Var(b.fresh("i"), kind=INT)
    places = Collect(binary(ONE, "..", n, INT), kind=ListKind(INT))
    more = Function((acc.name, i.name), call("append", acc, b.let(xs), kind=xs.kind), kind=xs.kind)
    return call("reduce", places, more, Array((), kind=xs.kind), kind=xs.kind)


def repeated(b: Builder, x: Node, n: Node) -> Node:
    """text * n"""
    if family(n.kind) == "bool":
        return cond(n, x, EMPTY_TEXT)
    if not whole_values(n.kind):
        raise refuse(Page.WRONG_TYPE, f"text times {an(n.kind)}", "give an int")
    if isinstance(n, Const):
        if n.value > 20:
            raise refuse(Page.UNSUPPORTED_OPERATOR, f"text times {n.value}", "pad: f'{x:>20}'")
        out: Node = EMPTY_TEXT
        x = b.let(x)
        for _ in range(max(0, n.value)):
            out = x if out == EMPTY_TEXT else binary(out, "&", x, STR)
        return out
    i = Var(b.fresh("i"), kind=INT)
    x = b.let(x)
    places = Collect(binary(ONE, "..", n, INT), kind=ListKind(INT))
    each = call("map", places, Function((i.name,), x, kind=STR), kind=ListKind(STR))
    return call("join", Collect(each, kind=ListKind(STR)), EMPTY_TEXT, kind=STR)


def merge_dicts(b: Builder, x: Node, y: Node) -> Node:
    """x | y"""
    return merge(b, x, y)


def differ(b: Builder, x: Node, y: Node) -> Node:
    """x ^ y of bools"""
    return binary(x, "!=", y, BOOL)


N = ("number", "number")
BINARY: dict[tuple[type[ast.operator], str, str], Rule] = {
    (ast.Add, *N): plus,
    (ast.Sub, *N): minus,
    (ast.Mult, *N): multiply,
    (ast.Div, *N): divide,
    (ast.FloorDiv, *N): floor_divide,
    (ast.Mod, *N): modulo,
    (ast.Pow, *N): power,
    (ast.Add, "str", "str"): concat,
    **{(ast.Mult, "str", f): repeated for f in ("number", "bool")},
    **{(ast.Mult, f, "str"): lambda b, n, x: repeated(b, x, n) for f in ("number", "bool")},
    **{(ast.Mult, "list", f): repeated_list for f in ("number", "bool")},
    **{(ast.Mult, f, "list"): lambda b, n, xs: repeated_list(b, xs, n) for f in ("number", "bool")},
    (ast.Add, "list", "list"): append,
    (ast.Add, "tuple", "tuple"): add_tuples,
    (ast.BitOr, "dict", "dict"): merge_dicts,
    (ast.BitAnd, "bool", "bool"): lambda b, x, y: both(x, y),
    (ast.BitOr, "bool", "bool"): lambda b, x, y: either(x, y),
    (ast.BitXor, "bool", "bool"): differ,
    (ast.Div, "timedelta", "timedelta"): divide,
    **times.BINARY,
    **sets.BINARY,
    **bits.BINARY,
}
SYMBOLS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
}
BITWISE = (ast.BitAnd, ast.BitOr, ast.BitXor)


def operate(b: Builder, op: type[ast.operator], x: Node, y: Node) -> Node:
    """x op y, by the table."""
    fx, fy, sign = family(x.kind), family(y.kind), SYMBOLS[op]
    if op is ast.BitOr and "dict" in (fx, fy) and "model" in (fx, fy):  # a TypedDict
        return merge(b, x, y)
    rule = BINARY.get((op, fx, fy))
    if rule is None and op not in BITWISE and {fx, fy} <= {"bool", "number"}:
        x, y = (as_number(v) if family(v.kind) == "bool" else v for v in (x, y))
        rule = BINARY.get((op, "number", "number"))
    if (own := own_method(x.kind, OWN.get(op, ""))) is not None:
        made = b.apply(const_of(own), [x, y])
        return made if isinstance(made, Node) else NULL
    if rule is None:
        refuse_none(f"`{sign}`", x, y)
        raise refuse(
            Page.UNSUPPORTED_OPERATOR,
            f"`{sign}` between {show(x.kind)} and {show(y.kind)} has no JSONata form",
            hint(op, fx, fy),
        )
    return rule(b, x, y)


OWN = {ast.Add: "__add__", ast.Sub: "__sub__", ast.Mult: "__mul__", ast.Div: "__truediv__"}


def hint(op: type[ast.operator], fx: str, fy: str) -> str:
    """What to write instead of an operation that is not listed."""
    if op in (ast.BitAnd, ast.BitOr):
        return "put brackets round the comparison, or write and / or"
    if "decimal" in (fx, fy):
        return "a Decimal is text in JSON: write float(x), or do it in a Task"
    if op is ast.Add and "str" in (fx, fy):
        return "write an f-string, or str(...) of a whole number"
    if "set" in (fx, fy):
        return "both sides have to be sets: set(xs)"
    if op is ast.Sub and fx == fy == "list":
        return "write [x for x in a if x not in b]"
    return "do it in a Task"
