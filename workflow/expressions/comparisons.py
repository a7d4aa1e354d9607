"""The table of comparison operators, and what Python itself does for constants."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .builder import Builder
from .conditions import order
from .equality import equal, is_same
from .membership import contains
from .nodes import Node, negate

Compare = Callable[[Builder, Node, Node], Node]

COMPARE: dict[type[ast.cmpop], Compare] = {
    ast.Eq: equal,
    ast.NotEq: lambda b, x, y: negate(equal(b, x, y)),
    ast.Lt: lambda b, x, y: order(b, "<", x, y),
    ast.LtE: lambda b, x, y: order(b, "<=", x, y),
    ast.Gt: lambda b, x, y: order(b, ">", x, y),
    ast.GtE: lambda b, x, y: order(b, ">=", x, y),
    ast.In: contains,
    ast.NotIn: lambda b, x, y: negate(contains(b, x, y)),
    ast.Is: is_same,
    ast.IsNot: lambda b, x, y: negate(is_same(b, x, y)),
}
REAL: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda a, c: a in c,
    ast.NotIn: lambda a, c: a not in c,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
