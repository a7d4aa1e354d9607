"""From the syntax tree of jsonata-python's parser to nested functions: an expression is walked once, not each time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.jsonata.bounds import tick
from simulator.jsonata.errors import Problem, Word
from simulator.jsonata.grouping import group
from simulator.jsonata.operators import binary, negate
from simulator.jsonata.paths import FastPath, path, predicates
from simulator.jsonata.scope import (
    PLACEHOLDER,
    Composed,
    Eval,
    Function,
    Lambda,
    Partial,
    Scope,
    Tail,
    apply,
)
from simulator.jsonata.signature import Signature
from simulator.jsonata.transform import transform
from simulator.jsonata.values import UNDEFINED, Seq, append, settle, truth


def compile_node(node: Any) -> Eval:
    """Compile a node with its predicates and grouping. Raises Problem."""
    kind = node.type
    maker = _MAKERS.get(kind)
    if maker is None:
        raise Problem("S0206", f"Unknown expression type: {kind}")
    evaluate = maker(node)
    decorated = False
    if node.predicate is not None:
        evaluate = predicates(
            [compile_node(item.expr) for item in node.predicate], [item.expr for item in node.predicate], evaluate
        )
        decorated = True
    if kind != "path" and node.group is not None:
        evaluate = group(_pairs(node.group.lhs_object), evaluate)
        decorated = True
    if kind in _SETTLED or decorated or node.keep_array:
        return _settling(evaluate, bool(node.keep_array))
    return evaluate


def _settling(evaluate: Eval, keep: bool) -> Eval:
    if isinstance(evaluate, FastPath) and not keep:
        return evaluate

    def settled(context: Any, scope: Scope) -> Any:
        value = evaluate(context, scope)
        if value.__class__ is Seq:
            if keep and value.sequence and not value.tuples:
                value.keep = True
            return settle(value)
        return value

    return settled


def _pairs(pairs: Any) -> list[tuple[Eval, Eval]]:
    return [(compile_node(key), compile_node(value)) for key, value in pairs]


# ------------------------------------------------------------------ leaves


def _literal(node: Any) -> Eval:
    value = node.value
    if isinstance(value, str):
        value = _joined(value)
    elif not isinstance(value, int | float | bool):
        value = None  # the parser's own object for null
    return lambda context, scope: value


def _joined(text: str) -> str:
    """Text with escaped surrogate pairs as the characters that they stand for."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def _regex(node: Any) -> Eval:
    value = node.value
    return lambda context, scope: value


def _variable(node: Any) -> Eval:
    name = str(node.value)
    if name == "":
        return lambda context, scope: context[0] if context.__class__ is Seq and context.wrapper else context
    return lambda context, scope: scope.lookup(name)


def _parent(node: Any) -> Eval:
    label = node.slot.label
    return lambda context, scope: scope.lookup(label)


# ------------------------------------------------------------------ operators and constructors


def _binary(node: Any) -> Eval:
    return binary(str(node.value), compile_node(node.lhs), compile_node(node.rhs))


def _unary(node: Any) -> Eval:
    symbol = str(node.value)
    if symbol == "-":
        return negate(compile_node(node.expression))
    if symbol == "[":
        return _array(node)
    return group(_pairs(node.lhs_object), None, _written_keys(node.lhs_object))


def _written_keys(pairs: Any) -> list[str] | None:
    """The keys of an object, if all are text in the expression and none comes twice."""
    keys = [
        _joined(key.value)
        for key, _ in pairs
        if key.type == "string" and not (key.predicate or key.group or key.keep_array)
    ]
    return keys if len(set(keys)) == len(pairs) else None


def _array(node: Any) -> Eval:
    items = [(compile_node(item), item.type == "unary" and str(item.value) == "[") for item in node.expressions]
    cons = bool(node.consarray)

    def evaluate(context: Any, scope: Scope) -> Any:
        result: list[Any] = []
        for item, nested in items:
            value = item(context, scope)
            if value is UNDEFINED:
                continue
            if nested or not isinstance(value, list):
                result.append(value)
            else:
                result.extend(value)
        scope.budget.items(len(result))
        if not cons:
            return result
        marked = Seq(result, sequence=False)
        marked.cons = True
        return marked

    return evaluate


def _bind(node: Any) -> Eval:
    name, value = str(node.lhs.value), compile_node(node.rhs)

    def evaluate(context: Any, scope: Scope) -> Any:
        result = value(context, scope)
        scope.variables[name] = result
        return result

    return evaluate


def _condition(node: Any) -> Eval:
    test, then = compile_node(node.condition), compile_node(node.then)
    otherwise = None if node._else is None else compile_node(node._else)

    def evaluate(context: Any, scope: Scope) -> Any:
        if truth(test(context, scope)):
            return then(context, scope)
        return UNDEFINED if otherwise is None else otherwise(context, scope)

    return evaluate


def _block(node: Any) -> Eval:
    parts = [compile_node(part) for part in node.expressions]
    if not parts:
        return lambda context, scope: UNDEFINED

    def evaluate(context: Any, scope: Scope) -> Any:
        inner = scope.inner({})
        result: Any = UNDEFINED
        for part in parts:
            result = part(context, inner)
        return result

    return evaluate


# ------------------------------------------------------------------ functions


def _lambda(node: Any) -> Eval:
    body = compile_node(node.body)
    if node.thunk:
        # A call in tail position: the parser wrapped it, and `_tail` makes it a Tail instead.
        return _tail(node.body)
    names = [str(argument.value) for argument in node.arguments]
    declared = node.signature
    checked = _declared(declared) if declared is not None else None
    return lambda context, scope: Lambda(names, body, context, scope, checked)


def _declared(parsed: Any) -> Signature:
    """The signature of a lambda, from the parts that the parser keeps of it."""
    parts: list[str] = []
    for parameter in parsed._params:
        modifiers = parameter.regex.removeprefix("f").rpartition("]")[2]
        if parameter.context:
            modifiers = "-" + modifiers.removeprefix("?")
        items = f"<{parameter.subtype}>" if parameter.subtype else ""
        parts.append(f"{parameter.type}{items}{modifiers}")
    return Signature(f"<{''.join(parts)}>", "lambda")


def _tail(call: Any) -> Eval:
    function, arguments = _callee(call), [compile_node(argument) for argument in call.arguments]

    def evaluate(context: Any, scope: Scope) -> Any:
        return Tail(function(context, scope), [argument(context, scope) for argument in arguments], scope)

    return evaluate


def _callee(node: Any) -> Eval:
    procedure = compile_node(node.procedure)
    named = None
    if node.procedure.type == "path" and node.procedure.steps:
        named = str(node.procedure.steps[0].value)

    def evaluate(context: Any, scope: Scope) -> Any:
        function = procedure(context, scope)
        if function is UNDEFINED and named is not None and scope.lookup(named) is not UNDEFINED:
            raise Problem("T1005", name=Word(named))
        return function

    return evaluate


def _function(node: Any) -> Eval:
    function, arguments = _callee(node), [compile_node(argument) for argument in node.arguments]

    def evaluate(context: Any, scope: Scope) -> Any:
        callee = function(context, scope)
        given = [argument(context, scope) for argument in arguments]
        return apply(callee, given, _unwrapped(context), scope)

    return evaluate


def _unwrapped(context: Any) -> Any:
    return context[0] if context.__class__ is Seq and context.wrapper else context


def _partial(node: Any) -> Eval:
    function = compile_node(node.procedure)
    arguments: list[Eval | None] = [
        None if argument.type == "operator" and argument.value == "?" else compile_node(argument)
        for argument in node.arguments
    ]
    named = str(node.procedure.steps[0].value) if node.procedure.type == "path" else None

    def evaluate(context: Any, scope: Scope) -> Any:
        callee = function(context, scope)
        if not isinstance(callee, Function):
            if named is not None and scope.lookup(named) is not UNDEFINED:
                raise Problem("T1007", name=Word(named))
            raise Problem("T1008")
        return Partial(
            callee, [PLACEHOLDER if argument is None else argument(context, scope) for argument in arguments]
        )

    return evaluate


def _apply(node: Any) -> Eval:
    left = compile_node(node.lhs)
    if node.rhs.type == "function" and node.rhs.predicate is None and node.rhs.group is None:
        function, arguments = _callee(node.rhs), [compile_node(argument) for argument in node.rhs.arguments]

        def call(context: Any, scope: Scope) -> Any:
            first = left(context, scope)
            callee = function(context, scope)
            rest = [argument(context, scope) for argument in arguments]
            return apply(callee, [first, *rest], _unwrapped(context), scope)

        return call
    right = compile_node(node.rhs)

    def evaluate(context: Any, scope: Scope) -> Any:
        first, function = left(context, scope), right(context, scope)
        if not isinstance(function, Function):
            raise Problem("T2006")
        if isinstance(first, Function):
            return Composed(first, function)
        return apply(function, [first], None, scope)

    return evaluate


def _transform(node: Any) -> Eval:
    return transform(
        compile_node(node.pattern),
        compile_node(node.update),
        None if node.delete is None else compile_node(node.delete),
    )


def _wildcard(node: Any) -> Eval:
    def evaluate(context: Any, scope: Scope) -> Any:
        value = _unwrapped(context)
        results: Any = Seq()
        values: Any = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in values:
            if isinstance(item, list):
                results = append(results, _flat(item))
            else:
                results.append(item)
        scope.budget.items(len(results))
        return results

    return evaluate


def _flat(items: list[Any]) -> list[Any]:
    tick()
    flat: list[Any] = []
    for item in items:
        if isinstance(item, list):
            flat.extend(_flat(item))
        else:
            flat.append(item)
    return flat


def _descendants(node: Any) -> Eval:
    def evaluate(context: Any, scope: Scope) -> Any:
        if context is UNDEFINED:
            return UNDEFINED
        found = Seq()
        stack = [context]
        while stack:
            scope.budget.tick()
            value = stack.pop()
            if not isinstance(value, list):
                found.append(value)
            if isinstance(value, dict):
                stack.extend(reversed(value.values()))
            elif isinstance(value, list):
                stack.extend(reversed(value))
        return found

    return evaluate


def _path(node: Any) -> Eval:
    return path(node, compile_node)


_MAKERS: dict[str, Callable[[Any], Eval]] = {
    "path": _path,
    "name": _path,
    "binary": _binary,
    "unary": _unary,
    "string": _literal,
    "number": _literal,
    "value": _literal,
    "wildcard": _wildcard,
    "descendant": _descendants,
    "parent": _parent,
    "condition": _condition,
    "block": _block,
    "bind": _bind,
    "regex": _regex,
    "function": _function,
    "variable": _variable,
    "lambda": _lambda,
    "partial": _partial,
    "apply": _apply,
    "transform": _transform,
}
# Nodes whose value may be a sequence that has yet to be settled.
_SETTLED = frozenset(
    {"path", "wildcard", "descendant", "parent", "condition", "block", "bind", "function", "variable", "apply"}
)
