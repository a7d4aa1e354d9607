"""Paths: `a.b[0].c`, with filters, sorting, grouping, bindings (`@`, `#`) and parents (`%`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from simulator.jsonata.grouping import evaluate_group, terms
from simulator.jsonata.scope import Eval, Scope
from simulator.jsonata.values import UNDEFINED, Seq, is_number, is_sequence, settle, truth

Compile = Callable[[Any], Eval]


class FastPath:
    """`$name.a.b`: names after a variable, walked through objects without ceremony; arrays take the general way."""

    __slots__ = ("_general", "_names", "_variable")

    def __init__(self, variable: str, names: Sequence[str], general: Eval) -> None:
        self._variable, self._names, self._general = variable, tuple(names), general

    def __call__(self, context: Any, scope: Scope) -> Any:
        """The value at the end of the path."""
        value = scope.lookup(self._variable)
        for name in self._names:
            if value.__class__ is not dict:
                return settle(self._general(context, scope))
            value = value.get(name, UNDEFINED)
        return value if value.__class__ is not Seq else settle(self._general(context, scope))


def path(node: Any, compile_node: Compile) -> Eval:
    """Compile a path node (or a bare name)."""
    if node.type == "name":
        return _name(str(node.value))
    general = _general(node, compile_node)
    steps = node.steps
    plain = (
        len(steps) > 1
        and steps[0].type == "variable"
        and steps[0].value != ""
        and all(step.type == "name" for step in steps[1:])
        and not any(_decorated(step) for step in steps)
        and not node.keep_singleton_array
        and node.group is None
        and node.tuple is None
    )
    if plain:
        return FastPath(str(steps[0].value), [str(step.value) for step in steps[1:]], general)
    return general


def _decorated(step: Any) -> bool:
    return bool(
        step.predicate or step.stages or step.tuple or step.keep_array or step.group or step.focus or step.index
    )


class _Step:
    """One step of a path, compiled."""

    __slots__ = ("ancestor", "consarray", "evaluate", "focus", "index", "sort", "stages", "tuple")

    def __init__(self, node: Any, compile_node: Compile) -> None:
        self.sort = terms(node, compile_node) if node.type == "sort" else None
        self.evaluate: Eval = _nothing if self.sort is not None else compile_node(node)
        self.stages = [_stage(stage, compile_node) for stage in node.stages or ()]
        self.consarray = bool(node.consarray)
        self.tuple = bool(node.tuple)
        self.focus = None if node.focus is None else str(node.focus)
        self.index = None if node.index is None or not isinstance(node.index, str) else node.index
        self.ancestor = None if node.ancestor is None else str(node.ancestor.label)


def _nothing(context: Any, scope: Scope) -> Any:
    return UNDEFINED


def _general(node: Any, compile_node: Compile) -> Eval:
    steps = [_Step(step, compile_node) for step in node.steps]
    from_variable = node.steps[0].type == "variable"
    keep, of_tuples = bool(node.keep_singleton_array), bool(node.tuple)
    grouping = None
    if node.group is not None:
        grouping = [(compile_node(key), compile_node(value)) for key, value in node.group.lhs_object]
    last = len(steps) - 1

    def evaluate(context: Any, scope: Scope) -> Any:
        current: Any = context if isinstance(context, list) and not from_variable else Seq([context])
        result: Any = UNDEFINED
        tuples: list[dict[str, Any]] | None = None
        streaming = False
        for index, step in enumerate(steps):
            streaming = streaming or step.tuple
            if index == 0 and step.consarray:
                result = step.evaluate(current, scope)
            elif streaming:
                tuples = _tuple_step(step, current, tuples, scope)
            else:
                result = _step(step, current, scope, index == last)
            if not streaming and (result is UNDEFINED or (isinstance(result, list) and not result)):
                break
            if step.focus is None:
                current = result
        if streaming:
            found = tuples or []
            if of_tuples:
                result = _stream(found)
            else:
                result = Seq(binding["@"] for binding in found)
        if keep:
            result = _kept(result)
        if grouping is not None:
            return evaluate_group(grouping, _stream(tuples or []) if streaming else result, scope)
        return result

    return evaluate


def _stream(tuples: list[dict[str, Any]]) -> Seq:
    stream = Seq(tuples)
    stream.tuples = True
    return stream


def _kept(result: Any) -> Any:
    if result is UNDEFINED:
        return result
    if not isinstance(result, list):
        result = Seq([result])
    elif not isinstance(result, Seq):
        result = Seq(result, sequence=False)  # an array of the data stays what it is, though it is empty
    elif result.cons and not result.sequence:
        result = Seq([result])
    result.keep = True
    return result


def _step(step: _Step, items: Any, scope: Scope, is_last: bool) -> Any:
    if step.sort is not None:
        ordered = step.sort(items, scope)
        return _apply_stages(step, ordered, scope)
    budget, evaluate, stages = scope.budget, step.evaluate, step.stages
    found: list[Any] = []
    for item in items if isinstance(items, list) else [items]:
        budget.tick()
        value = evaluate(item, scope)
        for stage in stages:
            value = stage(value, scope)
        if value is not UNDEFINED:
            found.append(value)
    if is_last and len(found) == 1 and isinstance(found[0], list) and not is_sequence(found[0]):
        return found[0]
    flat = Seq()
    for value in found:
        if not isinstance(value, list) or (isinstance(value, Seq) and value.cons):
            flat.append(value)
        else:
            flat.extend(value)
    budget.items(len(flat))
    return flat


def _apply_stages(step: _Step, value: Any, scope: Scope) -> Any:
    for stage in step.stages:
        value = stage(value, scope)
    return value


def _tuple_step(step: _Step, items: Any, bindings: list[dict[str, Any]] | None, scope: Scope) -> list[dict[str, Any]]:
    if step.sort is not None:
        if bindings is not None:
            ordered = step.sort(_stream(bindings), scope)
        else:
            ordered = _stream(
                [
                    {"@": item, **({step.index: at} if step.index else {})}
                    for at, item in enumerate(step.sort(items, scope))
                ]
            )
        return list(_apply_stages(step, ordered, scope))
    if bindings is None:
        bindings = [{"@": item} for item in (items if isinstance(items, list) else [items])]
    found = _stream([])
    for binding in bindings:
        scope.budget.tick()
        inner = scope.inner({name: value for name, value in binding.items() if name != "@"})
        value = step.evaluate(binding["@"], inner)
        if value is UNDEFINED:
            continue
        of_tuples = isinstance(value, Seq) and value.tuples
        for at, item in enumerate(value if isinstance(value, list) else [value]):
            made = dict(binding)
            if of_tuples:
                made.update(item)
            else:
                if step.focus is not None:
                    made[step.focus] = item
                else:
                    made["@"] = item
                if step.index is not None:
                    made[step.index] = at
                if step.ancestor is not None:
                    made[step.ancestor] = binding["@"]
            found.append(made)
    scope.budget.items(len(found), 250)
    return list(_apply_stages(step, found, scope))


# ------------------------------------------------------------------ names, filters


def _name(name: str) -> Eval:
    def evaluate(context: Any, scope: Scope) -> Any:
        if context.__class__ is dict:
            return context.get(name, UNDEFINED)
        if isinstance(context, list):
            return _lookup(context, name)
        return UNDEFINED

    return evaluate


def _lookup(items: list[Any], name: str) -> Any:
    found = Seq()
    for item in items:
        if item.__class__ is dict:
            value = item.get(name, UNDEFINED)
        elif isinstance(item, list):
            value = settle(_lookup(item, name))
        else:
            continue
        if value is UNDEFINED:
            continue
        if isinstance(value, list):
            found.extend(value)
        else:
            found.append(value)
    return settle(found)


def predicates(compiled: list[Eval], nodes: list[Any], evaluate: Eval) -> Eval:
    """Filters after an expression that is no path."""
    filters = [_filter(test, node) for test, node in zip(compiled, nodes, strict=True)]

    def filtered(context: Any, scope: Scope) -> Any:
        value = evaluate(context, scope)
        for keep in filters:
            value = keep(value, scope)
        return value

    return filtered


def _stage(stage: Any, compile_node: Compile) -> Callable[[Any, Scope], Any]:
    if stage.type == "index":
        name = str(stage.value)

        def number(value: Any, scope: Scope) -> Any:
            for at, binding in enumerate(value):
                binding[name] = at
            return value

        return number
    return _filter(compile_node(stage.expr), stage.expr)


def _filter(test: Eval, node: Any) -> Callable[[Any, Scope], Any]:
    if node.type == "number":
        position = math.floor(node.value)
        return lambda value, scope: _at(value, position)
    return lambda value, scope: _select(value, test, scope)


def _at(value: Any, position: int) -> Any:
    items = value if isinstance(value, list) else [value]
    tuples = isinstance(value, Seq) and value.tuples
    index = position + len(items) if position < 0 else position
    results = _stream([]) if tuples else Seq()
    if 0 <= index < len(items) and items[index] is not UNDEFINED:
        item = items[index]
        if isinstance(item, list):
            return item
        results.append(item)
    return results


def _select(value: Any, test: Eval, scope: Scope) -> Any:
    tuples = isinstance(value, Seq) and value.tuples
    results = _stream([]) if tuples else Seq()
    items = value if isinstance(value, list) else [value]
    for index, item in enumerate(items):
        scope.budget.tick()
        if tuples:
            inner = scope.inner({name: bound for name, bound in item.items() if name != "@"})
            outcome = test(item["@"], inner)
        else:
            outcome = test(item, scope)
        if item is UNDEFINED:
            continue
        if outcome.__class__ in (int, float):
            wanted: Any = [outcome]
        elif isinstance(outcome, list) and all(entry.__class__ in (int, float) for entry in outcome):
            wanted = outcome
        else:
            if truth(outcome):
                results.append(item)
            continue
        for entry in wanted:
            is_number(entry)
            at = math.floor(entry)
            if (at + len(items) if at < 0 else at) == index:
                results.append(item)
    return results
