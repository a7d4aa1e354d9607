"""From a Python function to an expression: roots in, JSONata out, one Refusal where it cannot be said."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from workflow.diagnostics import Place

from . import calls, source
from .constants import const_of
from .finish import check_hidden, finished, free_names
from .interpret import Interpreter
from .kinds import ANY, Kind, ShapeKind, from_annotation
from .nodes import Block, Field, Function, Node, Object, Outer, Var, const, or_null, walk, with_kind
from .printer import show
from .refusals import InternalError, Page, Refusal, place_of, refuse
from .results import check_expected, check_json
from .rules import lists
from .scope import Iterable

ROOTS = ("states.input", "states.result", "states.context")


@dataclass(frozen=True)
class Expression:
    """One compiled expression: `text` is JSONata without its `{% %}`."""

    node: Node
    kind: Kind
    text: str


@dataclass(frozen=True)
class Root:
    """What a parameter of a lambda reads: a node and the kind of its value."""

    node: Node
    kind: Kind

    @staticmethod
    def path(path: str, annotation: Any) -> Root:
        """A place such as `states.result.Payload`, without `$`, of the annotated type."""
        name, *names = path.split(".")
        node: Node = Var(name, kind=ANY)
        for n in names:
            node = Field(node, n, kind=ANY)
        return Root.of(node, annotation)

    @staticmethod
    def variable(name: str, annotation: Any) -> Root:
        """A workflow's variable, without `$`."""
        return Root.path(name, annotation)

    @staticmethod
    def of(node: Node, annotation: Any) -> Root:
        """Any node, read as the annotated type (an annotation or a kind)."""
        kind = from_annotation(annotation)
        return Root(with_kind(node, kind), kind)

    @staticmethod
    def record(name: str, fields: Mapping[str, Root]) -> Root:
        """A record that exists only while compiling: its fields are read where they are, without building it."""
        kind = ShapeKind(name, tuple((k, r.kind) for k, r in fields.items()))
        return Root(Object(tuple((const(k), r.node) for k, r in fields.items()), kind=kind), kind)


def compile_expression(fn: Callable[..., Any], roots: Sequence[Root], *, expected: Any = None) -> Expression:
    """The JSONata of a function whose parameters read `roots`.

    `expected` is the annotation (or kind) that the result has to fit. Raises Refusal, with the place of the innermost
    part that is to blame; a defect of the compiler is an InternalError, which is a Refusal too.
    """
    try:
        node = interpret(fn, roots)
        check_json(node.kind)
        if expected is not None:
            check_expected(node, from_annotation(expected))
        return Expression(node, node.kind, show(node))
    except Refusal as e:
        refusal, cause = e, e.__cause__
    except RecursionError:
        refusal, cause = refuse(Page.NESTED_TOO_DEEPLY, "the expression is nested too deeply", "split it"), None
    except Exception as e:
        refusal, cause = InternalError(f"{type(e).__name__}: {e}"), e
    raise placed(refusal, fn) from cause


def interpret(fn: Any, roots: Sequence[Root]) -> Node:
    """The finished tree of a function."""
    used = {x.name for r in roots for x in walk(r.node) if isinstance(x, Var)}
    it = Interpreter((getattr(fn, "__module__", None) or "").split(".")[0], used)
    v = calls.call_value(it, const_of(fn), [r.node for r in roots], {})
    if isinstance(v, Iterable):
        v = lists.as_list(it, v)
    if not isinstance(v, Node):
        raise refuse(Page.NOT_A_VALUE, "the result is a function", "return data")
    free = frozenset(["states"]).union(*[free_names(r.node) for r in roots])
    check_hidden(free)
    tree = it.scope.close(or_null(v))
    if shadowed := outer_names(tree) & bound_names(tree):
        said = f"`{min(shadowed)}` is a local here and a variable of the workflow"
        raise refuse(Page.UNKNOWN_NAME, said, "give the local another name")
    return finished(tree, free)


def outer_names(tree: Node) -> frozenset[str]:
    """The workflow's variables that a tree reads."""
    return frozenset(n.name for n in walk(tree) if isinstance(n, Outer))


def bound_names(tree: Node) -> frozenset[str]:
    """The names that a tree binds anywhere."""
    blocks = [name for n in walk(tree) if isinstance(n, Block) for name, _ in n.bindings]
    return frozenset(blocks).union(*[n.params for n in walk(tree) if isinstance(n, Function)])


def placed(refusal: Refusal, fn: Any) -> Refusal:
    """A refusal that no part of the function is to blame for points at its result, else at its first line."""
    if refusal.problem.place is None and isinstance(fn, FunctionType):
        code = fn.__code__
        try:
            node, _ = source.find(fn)
            blamed = node.body if isinstance(node, ast.Lambda) else node.body[-1]
            refusal.at(place_of(code.co_filename, blamed))
        except Refusal:
            refusal.at(Place(code.co_filename, code.co_firstlineno))
    return refusal


def compile_function(fn: Callable[..., Any], parameter_types: Sequence[Any]) -> str:
    """The JSONata of a function whose parameters read the input, the result and the context of a state."""
    return compile_expression(fn, [Root.path(root, t) for root, t in zip(ROOTS, parameter_types)]).text


def constant(value: Any) -> Expression:
    """A value that is known now, as an expression. Raises Refusal where it has no JSON form."""
    node = const_of(value)
    check_json(node.kind)
    return Expression(node, node.kind, show(node))
