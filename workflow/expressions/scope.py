"""What is known at one point of a function: its names, what tests have proven, and the locals to be written out."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .kinds import Kind, NoneKind, fits
from .nodes import NULL, Block, Node, with_kind


@dataclass(frozen=True)
class Frame:
    """Where the code that is being read stands: its file, its names from outside, the class round it."""

    file: str
    globals: Mapping[str, Any]
    cells: Mapping[str, Any]
    cls: str


@dataclass(frozen=True)
class Closure:
    """A lambda or def met while interpreting, with the scope it was written in."""

    node: ast.Lambda | ast.FunctionDef
    frame: Frame
    scope: Scope
    defaults: tuple[Value, ...]
    kw_defaults: Mapping[str, Value]
    key: object
    """What tells a call of itself: the code, or the syntax of a local function."""


@dataclass(frozen=True)
class Iterable:
    """Something to loop over whose elements are made of the element x and the index i of a list."""

    source: Node
    element: Callable[[Node, Node], Node]
    indexed: bool
    distinct: bool = False
    """Pairs whose first items are all different: the keys of a dict, the places of a list."""


@dataclass(frozen=True)
class Bound:
    """A method, or a property, with its receiver."""

    function: Any
    receiver: Node
    is_property: bool = False


Value = Node | Closure | Iterable | Bound


@dataclass
class Scope:
    """Names and facts at one point. A branch works on a child: what it learns and binds stays in it."""

    names: dict[str, Value]
    kinds: dict[Node, Kind] = field(default_factory=dict)
    """Narrowed kinds of places."""
    known: set[Node] = field(default_factory=set)
    """Tests known to hold."""
    bindings: list[tuple[str, Node]] = field(default_factory=list)
    """Locals to be written out here."""
    definitions: dict[str, Node] = field(default_factory=dict)
    """Every local of the function, shared by all its scopes."""

    def child(self) -> Scope:
        """A scope that starts with what is known here."""
        return Scope(dict(self.names), dict(self.kinds), set(self.known), [], self.definitions)

    def inner(self, names: Mapping[str, Value]) -> Scope:
        """The scope of an inlined call: other names, the same facts, and locals written out here."""
        return Scope(dict(names), dict(self.kinds), set(self.known), self.bindings, self.definitions)

    def current(self, n: Node) -> Kind:
        """What is known of a place here."""
        kind = self.kinds.get(n)
        return n.kind if kind is None or not fits(kind, n.kind) else kind

    def refine(self, n: Node) -> Node:
        """The node with what is known of it here."""
        kind = self.current(n)
        return NULL if isinstance(kind, NoneKind) else with_kind(n, kind)

    def close(self, result: Node) -> Node:
        """The result with the locals that were bound on the way to it."""
        if not self.bindings:
            return result
        kept = tuple(self.bindings)
        if isinstance(result, Block):
            return Block((*kept, *result.bindings), result.result, kind=result.kind)
        return Block(kept, result, kind=result.kind)
