"""compile_function: a Python function over typed values -> JSONata text."""
from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any

from . import calls, displays, expressions, source
from .constants import const_fn
from ..diagnostics import Place, Refusal
from .errors import Refused, place_of
from .interpret import Interpreter
from .nodes import Block, Call, Const, Field, Function, Node, Object, Var, children, const, or_null, walk
from .printer import show
from .rules import lists
from .scope import Iterable
from .kinds import DeltaT, DictT, ListT, OpaqueT, SetT, ShapeT, TupleT, Type, fits, from_annotation, members
from .kinds import show as type_name

HANDLERS = {**expressions.HANDLERS, **displays.HANDLERS}
ROOTS = ("states.input", "states.result", "states.context")


@dataclass(frozen=True)
class Expression:
    """One compiled expression: `text` is JSONata without its `{% %}`."""

    node: Node
    kind: Type
    text: str


@dataclass(frozen=True)
class Root:
    """What a parameter of a lambda reads."""

    node: Node
    kind: Type

    @staticmethod
    def path(path: str, annotation: Any) -> "Root":
        """A place such as `states.result.Payload` or a variable's name, without `$`; of the annotated type."""
        name, *fields = path.split(".")
        node: Node = Var(name, type=OpaqueT("Any"))
        for f in fields:
            node = Field(node, f, type=OpaqueT("Any"))
        return Root.of(node, annotation)

    variable = path

    @staticmethod
    def of(node: Node, annotation: Any) -> "Root":
        """Any node, read as the annotated type."""
        kind = annotation if isinstance(annotation, Type) else from_annotation(annotation)
        return Root(replace(node, type=kind), kind)

    @staticmethod
    def record(name: str, fields: Mapping[str, "Root"]) -> "Root":
        """A record that exists only while compiling: its fields are read without building it."""
        kind = ShapeT(name, tuple((k, r.kind) for k, r in fields.items()))
        return Root(Object(tuple((const(k), r.node) for k, r in fields.items()), type=kind), kind)


def compile_expression(fn: Callable[..., Any], roots: Sequence[Root], *, expected: Any = None) -> Expression:
    """A lambda or function over `roots` -> JSONata. Raises Refusal."""
    try:
        node = interpret(fn, [r.node for r in roots], ("states", *(x.name for r in roots for x in walk(r.node) if isinstance(x, Var))))
        if expected is not None:
            check_expected(node, from_annotation(expected))
        text = show(node)
    except Refusal as e:
        raise whole(e, fn) from None
    except RecursionError:
        raise whole(Refused("the expression is nested too deeply", "split it into states"), fn) from None
    return Expression(node, node.type, text)


def compile_function(fn: Callable[..., Any], parameter_types: list[Any]) -> str:
    """The JSONata of a function whose parameters read the input, the result and the context of a state."""
    return compile_expression(fn, [Root.path(root, t) for root, t in zip(ROOTS, parameter_types)]).text


def constant(value: Any) -> Expression:
    """A value that is known now, as an expression."""
    node = const_fn(value)
    return Expression(node, node.type, show(node))


def check_expected(node: Node, want: Type) -> None:
    if not fits(node.type, want):
        raise Refused(f"the result is {type_name(node.type)}, not {type_name(want)}", "", "wrong-type")


def whole(e: Refusal, fn: Any) -> Refusal:
    """A refusal that no part of the function is to blame for points at all of it."""
    if not e.problem.place and isinstance(fn, FunctionType):
        try: node, _ = source.find(fn)
        except Refusal: return e.at(Place(fn.__code__.co_filename, fn.__code__.co_firstlineno))
        e.at(place_of(fn.__code__.co_filename, node.body if isinstance(node, ast.Lambda) else node.body[-1]))
    return e


def interpret(fn: Any, args: list[Any], roots: Sequence[str]) -> Node:
    it = Interpreter((getattr(fn, "__module__", None) or "").split(".")[0], HANDLERS)
    v = calls.call_value(it, const_fn(fn), args, {})
    if isinstance(v, Iterable): v = lists.as_list(it, v)
    if not isinstance(v, Node): raise Refused("the result is a function", "return data")
    result = it.scope.close(or_null(v))
    check_result(result.type)
    check_bound(result, {*roots, ""})
    return result


def check_result(t: Type) -> None:
    for m in members(t):
        match m:
            case DeltaT(): raise Refused("a timedelta has no JSON form here", "write .total_seconds()")
            case SetT(): raise Refused("a set has no order in JSON", "write sorted(...)")
            case OpaqueT("UUID"): raise Refused("a UUID object", "write str(uuid4())")
            case OpaqueT(name) if name not in ("Any", "object", "timedelta field"): raise Refused(f"a {name} has no JSON form here")
            case ListT(e) | DictT(e): check_result(e)
            case TupleT(items):
                for i in items: check_result(i)


def check_bound(n: Node, names: set[str]) -> None:
    """The last net: a variable that is not in scope would be silently undefined."""
    match n:
        case Var(name) if name not in names: raise Refused(f"internal: ${name} is not in scope")
        case Function(params, body): return check_bound(body, names | set(params))
        case Block(bindings, result):
            names = set(names)
            for k, v in bindings:
                check_bound(v, names)
                names.add(k)
            return check_bound(result, names)
        case Call(f, _) if f.startswith("$") and f[1:] not in names and f[1:] not in KNOWN: raise Refused(f"internal: {f} is not a function")
    for c in children(n): check_bound(c, names)

KNOWN = set("abs append assert boolean ceil contains count distinct each error exists filter floor formatNumber fromMillis join keys length lookup lowercase map match max merge min "
            "millis not now number pad parse power random reduce replace reverse round split sqrt string substring sum toMillis type uppercase uuid".split())
