"""What the rules and the readers of syntax may ask of the interpreter.

The rules depend on these protocols and the interpreter fulfils them, so that nothing below imports it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from .nodes import Node
from .scope import Closure, Frame, Scope, Value


class Builder(Protocol):
    """What a rule of the tables may ask for."""

    scope: Scope

    def let(self, n: Node, hint: str = "x") -> Node:
        """A value that is to be written once: a local, or the node itself where it is short."""
        ...

    def fresh(self, hint: str) -> str:
        """A variable's name that is not in use."""
        ...

    def apply(self, f: Value, args: list[Value]) -> Value:
        """Call a function value; the locals that it makes are closed in the result."""
        ...

    def assuming(self, test: Node | None, holds: bool, make: Callable[[], Node]) -> Node:
        """Make a node where the test is known; locals made there stay there."""
        ...

    def attribute(self, x: Value, name: str) -> Value:
        """x.name"""
        ...


class Reader(Builder, Protocol):
    """What the readers of syntax may ask for besides."""

    frame: Frame
    package: str
    """The top-level package of the expression: what belongs to it is the user's own code."""

    def eval(self, n: ast.expr) -> Value:
        """The value of an expression."""
        ...

    def node(self, n: ast.expr) -> Node:
        """The value of an expression that has to be data."""
        ...

    def test(self, n: ast.expr) -> Node:
        """An expression that is used for its truth alone."""
        ...

    def chain(self, parts: Sequence[ast.expr], all_of: bool) -> Node:
        """`a and b and ...` (or `or`) as a test."""
        ...

    def within(self, scope: Scope) -> AbstractContextManager[Scope]:
        """Read in another scope."""
        ...

    def under(self, test: Node | None, holds: bool, make: Callable[[], Value]) -> Value:
        """As `assuming`, for values that need not be data."""
        ...

    def assuming_names(self, test: Node, holds: bool, make: Callable[[], Node]) -> Node:
        """As `assuming`, but names set by a walrus stay."""
        ...

    def either_value(self, test: Node, a: Callable[[], Value], b: Callable[[], Value]) -> Node:
        """`a() if test else b()`"""
        ...

    def enter(self, f: Closure, args: Sequence[Value], kw: Mapping[str, Value]) -> Value:
        """Inline a call."""
        ...

    def closure(self, n: ast.Lambda | ast.FunctionDef) -> Closure:
        """A lambda or def where it is written."""
        ...
