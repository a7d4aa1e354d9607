"""Users' lambdas become expressions when a method is called; what is refused becomes a problem of the state."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .diagnostics import Place, Problem, Refusal
from .expressions import Expression, Root, compile_expression, constant, kinds
from .expressions.nodes import NULL, Binary, Cond, Node
from .expressions.printer import show
from .own_jsonata import Jsonata

UNKNOWN = kinds.OpaqueKind("?")
"""The kind of a value of which nothing can be known because something else is wrong."""

ANY = kinds.from_annotation(object)
"""The kind of a value of which nothing is known."""


UNKNOWN_INPUT = "unknown-input"
"""The page of a problem that is told only if there is no other, for another is its cause."""


_START = "start with a state that says what it takes"


@dataclass(frozen=True)
class Compiled:
    """An expression, or the problems that kept it from being one."""

    expression: Expression | None
    problems: tuple[Problem, ...] = ()
    known: kinds.Kind | None = None
    """What stands there without an expression."""

    @property
    def kind(self) -> kinds.Kind | None:
        """What it evaluates to; None where it is not known."""
        return self.expression.kind if self.expression is not None else self.known


def kind_of(annotation: Any) -> kinds.Kind:
    """The kind of what an annotation (`of=`) says."""
    return kinds.from_annotation(annotation)


def expression(node: Node) -> Expression:
    """A node of our own making as an expression."""
    return Expression(node, node.kind, show(node))


@lru_cache(maxsize=4096)
def root(path: str, kind: kinds.Kind | None) -> Root:
    """A path such as `states.input`, of a kind; UNKNOWN where that is not known."""
    return Root.path(path, UNKNOWN if kind is None else kind)


INPUT = expression(root("states.input", None).node)
"""`$states.input`, of which nothing is known."""


def compiled(fn: Callable[..., Any], roots: Sequence[Root], place: Place, *, expected: Any = None) -> Compiled:
    """`fn` over as many of `roots` as it has parameters."""
    if isinstance(fn, Jsonata):
        return _own(fn, expected)
    if not callable(fn) or isinstance(fn, type):
        what = f"{getattr(fn, '__name__', repr(fn))} stands where a lambda is needed"
        return Compiled(None, (Problem(place, what, "write lambda x: ...", "no-lambda"),))
    count = _parameters(fn)
    if count is not None and count > len(roots):
        what = f"{getattr(fn, '__name__', 'this')} takes {count} arguments, {len(roots)} are given"
        return Compiled(None, (Problem(place, what, "", "lambda-parameters"),))
    if any(r.kind == UNKNOWN for r in roots[:count]):
        return Compiled(None, (Problem(place, "what this lambda reads is not known", _START, UNKNOWN_INPUT),))
    try:
        return Compiled(compile_expression(fn, roots[:count], expected=expected))
    except Refusal as refusal:
        return Compiled(None, refusal.at(place).problems)


def _own(own: Jsonata, expected: Any) -> Compiled:
    """The user's JSONata: its kind is the user's word."""
    want = None if expected is None else kind_of(expected)
    if not own.problems and want is not None and not kinds.fits(own.kind, want):
        what = f"this JSONata returns {kinds.show(own.kind)}, but {kinds.show(want)} is needed"
        return Compiled(None, (Problem(own.place, what, "", "own-jsonata"),))
    return Compiled(None if own.problems else Expression(own.node, own.kind, own.text), own.problems)


def value_or_lambda(value: Any, roots: Sequence[Root], place: Place, *, expected: Any = None) -> Compiled:
    """A field that takes a constant or a lambda."""
    if callable(value) and not isinstance(value, type):
        return compiled(value, roots, place, expected=expected)
    try:
        made = constant(value)
    except Refusal as refusal:
        return Compiled(None, refusal.at(place).problems)
    want = None if expected is None else kind_of(expected)
    if want is not None and not kinds.fits(made.kind, want):
        what = f"{value!r} is {kinds.show(made.kind)}, but {kinds.show(want)} is needed"
        return Compiled(None, (Problem(place, what, "give that, or a lambda that makes it", "wrong-type"),))
    return Compiled(made)


def place_of(fn: object, default: Place) -> Place:
    """Where a function was written, for problems of its result."""
    code = getattr(fn, "__code__", None)
    if code is None:
        return default
    spans: list[Any] = [p for p in code.co_positions() if None not in p and p[2:] != (0, 0)]
    if not spans:
        return Place(code.co_filename, code.co_firstlineno)
    line, column = min((p[0], p[2]) for p in spans)
    end_line, end = max((p[1], p[3]) for p in spans)
    return Place(code.co_filename, line, column + 1, end + 1 if end_line == line else None)


def without_default(node: Node) -> Node:
    """`x` of `x != null ? x : null`: where missing and null are the same, the plain path reads better."""
    match node:
        case Cond(Binary("!=", tested, null), then, otherwise) if null == NULL == otherwise and tested == then:
            return then
    return node


def _parameters(fn: Callable[..., Any]) -> int | None:
    """How many positional arguments a function takes at most; None where that cannot be known or has no end."""
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    needed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty]
    return len(needed)
