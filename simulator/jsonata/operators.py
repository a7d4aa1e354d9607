"""Binary operators: arithmetic, comparison, equality, membership, concatenation, ranges."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from simulator.jsonata.errors import Problem
from simulator.jsonata.scope import Eval, Scope
from simulator.jsonata.values import UNDEFINED, Seq, equal, is_number, number, string, truth

#: Items that a range may have.
RANGE_LIMIT = 400_000


def binary(symbol: str, left: Eval, right: Eval) -> Eval:
    """The evaluation of `left symbol right`."""
    if symbol == "and":
        return lambda context, scope: truth(left(context, scope)) and truth(right(context, scope))
    if symbol == "or":
        return lambda context, scope: truth(left(context, scope)) or truth(right(context, scope))
    if symbol == "&":
        return _concatenate(left, right)
    if symbol == "=":
        return lambda context, scope: _equal(left(context, scope), right(context, scope))
    if symbol == "!=":
        return lambda context, scope: _unequal(left(context, scope), right(context, scope))
    if symbol == "in":
        return lambda context, scope: _includes(left(context, scope), right(context, scope))
    if symbol == "..":
        return lambda context, scope: _range(left(context, scope), right(context, scope), scope)
    if symbol in _ARITHMETIC:
        operation = _ARITHMETIC[symbol]
        return lambda context, scope: _arithmetic(symbol, operation, left(context, scope), right(context, scope))
    if symbol in _ORDERS:
        test = _ORDERS[symbol]
        return lambda context, scope: _compare(symbol, test, left(context, scope), right(context, scope))
    raise Problem("S0204", f"Unknown operator: {symbol}")


def negate(operand: Eval) -> Eval:
    """Unary minus."""

    def evaluate(context: Any, scope: Scope) -> Any:
        value = operand(context, scope)
        if value is UNDEFINED:
            return UNDEFINED
        if not is_number(value):
            raise Problem("D1002", value=value)
        return -value

    return evaluate


def _divide(a: float, b: float) -> float:
    if b == 0:
        raise Problem("D1001", value=math.nan if a == 0 else math.copysign(math.inf, a))
    return a / b


def _remainder(a: float, b: float) -> float:
    if b == 0:
        raise Problem("D1001", value=math.nan)
    return math.fmod(a, b)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "%": _remainder,
}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _arithmetic(symbol: str, operation: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    if left is not UNDEFINED and not is_number(left):
        raise Problem("T2001", token=symbol, value=left)
    if right is not UNDEFINED and not is_number(right):
        raise Problem("T2002", token=symbol, value=right)
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    try:
        return number(operation(left, right))
    except OverflowError:
        raise Problem("D1001", value=math.inf) from None


def _compare(symbol: str, test: Callable[[Any, Any], bool], left: Any, right: Any) -> Any:
    texts = (left.__class__ is str, right.__class__ is str)
    numbers = (_numeric(left), _numeric(right))
    missing = (left is UNDEFINED, right is UNDEFINED)
    for side in (0, 1):
        if not (texts[side] or numbers[side] or missing[side]):
            raise Problem("T2010", token=symbol)
    if missing[0] or missing[1]:
        return UNDEFINED
    if texts[0] is not texts[1]:
        raise Problem("T2009", token=symbol, value=left, value2=right)
    return test(left, right)


def _numeric(value: Any) -> bool:
    return value.__class__ is int or value.__class__ is float


def _equal(left: Any, right: Any) -> bool:
    return left is not UNDEFINED and right is not UNDEFINED and equal(left, right)


def _unequal(left: Any, right: Any) -> bool:
    return left is not UNDEFINED and right is not UNDEFINED and not equal(left, right)


def _includes(left: Any, right: Any) -> bool:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    items = right if isinstance(right, list) else [right]
    if isinstance(left, (dict, list)):  # of objects and arrays the reference asks whether it is the very same one
        return any(left is item for item in items)
    return any(equal(left, item) for item in items)


def _concatenate(left: Eval, right: Eval) -> Eval:
    def evaluate(context: Any, scope: Scope) -> str:
        first, second = left(context, scope), right(context, scope)
        a = first if first.__class__ is str else "" if first is UNDEFINED else string(first)
        b = second if second.__class__ is str else "" if second is UNDEFINED else string(second)
        scope.budget.text(len(a) + len(b))
        return str(a) + str(b)

    return evaluate


def _range(left: Any, right: Any, scope: Scope) -> Any:
    for code, value in (("T2003", left), ("T2004", right)):
        if value is not UNDEFINED and not (_numeric(value) and float(value).is_integer()):
            raise Problem(code, value=value)
    if left is UNDEFINED or right is UNDEFINED or left > right:
        return UNDEFINED
    first, last = int(left), int(right)
    count = last - first + 1
    if count > RANGE_LIMIT:
        # JSONata itself allows a million; on AWS the memory of an evaluation ends before that.
        raise Problem("D2014", value=count) if count > 1_000_000 else Problem("D1013")
    scope.budget.items(last - first + 1, 40)
    return Seq(range(first, last + 1))
