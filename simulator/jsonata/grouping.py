"""Order-by and object construction: the two operators that look at all items of a step at once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from simulator.jsonata.errors import Problem
from simulator.jsonata.scope import Eval, Scope
from simulator.jsonata.values import UNDEFINED, Seq, append

Compile = Callable[[Any], Eval]


def terms(node: Any, compile_node: Compile) -> Callable[[Any, Scope], Seq]:
    """The order-by operator: `^(>price, name)`. Stable; what has no key comes last."""
    orders = [(compile_node(term.expression), bool(term.descending)) for term in node.terms]

    def compare(a: tuple[list[Any], Any], b: tuple[list[Any], Any]) -> int:
        return _order(a[0], b[0], orders)

    def ordered(items: Any, scope: Scope) -> Seq:
        tuples = isinstance(items, Seq) and items.tuples
        keyed: list[tuple[list[Any], Any]] = []
        for item in items if isinstance(items, list) else [items]:
            scope.budget.tick()
            context: Any = item
            inner = scope
            if tuples:
                context = item["@"]
                inner = scope.inner({name: value for name, value in item.items() if name != "@"})
            keyed.append(([term(context, inner) for term, _ in orders], item))
        keyed.sort(key=functools.cmp_to_key(compare))
        result = Seq(item for _, item in keyed)
        result.tuples = tuples
        return result

    return ordered


def _order(first: list[Any], second: list[Any], orders: list[tuple[Eval, bool]]) -> int:
    for a, b, (_, descending) in zip(first, second, orders, strict=True):
        if a is UNDEFINED or b is UNDEFINED:
            if a is b:
                continue
            return 1 if a is UNDEFINED else -1
        for value in (a, b):
            if value.__class__ not in (str, int, float):
                raise Problem("T2008", value=value)
        if (a.__class__ is str) is not (b.__class__ is str):
            raise Problem("T2007", value=a, value2=b)
        if a != b:
            smaller = -1 if a < b else 1
            return -smaller if descending else smaller
    return 0


def group(pairs: list[tuple[Eval, Eval]], evaluate: Eval | None, keys: list[str] | None = None) -> Eval:
    """Object construction: of the context (`evaluate` None), or of what an expression gives.

    `keys`: what the pairs' keys are, where they are written out and differ.
    """
    if evaluate is not None:
        return lambda context, scope: evaluate_group(pairs, evaluate(context, scope), scope)
    if keys is None:
        return lambda context, scope: evaluate_group(pairs, context, scope)
    fields = [(key, value) for key, (_, value) in zip(keys, pairs, strict=True)]

    def written(context: Any, scope: Scope) -> dict[str, Any]:
        if isinstance(context, list):
            return evaluate_group(pairs, context, scope)
        scope.budget.tick()
        made = {key: value(context, scope) for key, value in fields}
        return {key: value for key, value in made.items() if value is not UNDEFINED}

    return written


def evaluate_group(pairs: list[tuple[Eval, Eval]], value: Any, scope: Scope) -> dict[str, Any]:
    """One object: keys from each item, values from the items that share a key. Raises T1003, D1009."""
    tuples = isinstance(value, Seq) and value.tuples
    items = value if isinstance(value, list) else [value]
    groups: dict[str, tuple[Any, int]] = {}
    if tuples and not items:
        return {}
    for item in items or [UNDEFINED]:
        scope.budget.tick()
        context: Any = item
        inner = scope
        if tuples:
            context = item["@"]
            inner = scope.inner({name: bound for name, bound in item.items() if name != "@"})
        for index, (key_of, _) in enumerate(pairs):
            key = key_of(context, inner)
            if key is UNDEFINED:
                continue
            if key.__class__ is not str:
                raise Problem("T1003", value=key)
            known = groups.get(key)
            if known is None:
                groups[key] = ([item] if tuples else item, index)
            elif known[1] != index:
                raise Problem("D1009", value=key)
            else:
                groups[key] = ([*known[0], item] if tuples else append(known[0], item), index)
    result: dict[str, Any] = {}
    for key, (data, index) in groups.items():
        context, inner = data, scope
        if tuples:
            merged = dict(data[0])
            for binding in data[1:]:
                for name, bound in binding.items():
                    merged[name] = append(merged.get(name, UNDEFINED), bound)
            context = merged.pop("@")
            inner = scope.inner(merged)
        made = pairs[index][1](context, inner)
        if made is not UNDEFINED:
            result[key] = made
    return result
