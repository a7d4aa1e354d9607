"""The table of comparison operators, and what Python itself does for constants."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from .builder import Builder
from .conditions import order
from .equality import equal, is_same
from .kinds import SetKind
from .membership import contains
from .nodes import Node, negate
from .rules import sets

Compare = Callable[[Builder, Node, Node], Node]


def both_sets(x: Node, y: Node) -> bool:
    """Are both sets?"""
    return isinstance(x.kind, SetKind) and isinstance(y.kind, SetKind)


def equal_or_same_set(b: Builder, x: Node, y: Node) -> Node:
    """x == y"""
    return sets.equal_sets(b, x, y) if both_sets(x, y) else equal(b, x, y)


COMPARE: dict[type[ast.cmpop], Compare] = {
    ast.Eq: equal_or_same_set,
    ast.NotEq: lambda b, x, y: negate(equal_or_same_set(b, x, y)),
    ast.Lt: lambda b, x, y: order(b, "<", x, y),
    ast.LtE: lambda b, x, y: sets.subset(b, x, y) if both_sets(x, y) else order(b, "<=", x, y),
    ast.Gt: lambda b, x, y: order(b, ">", x, y),
    ast.GtE: lambda b, x, y: sets.superset(b, x, y) if both_sets(x, y) else order(b, ">=", x, y),
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
