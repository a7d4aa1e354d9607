"""Arguments of an integration: Python values, lambdas and symbols become the definition's Arguments, and are checked.

Fourth stage of the integrations. Members are given by the names that botocore takes and written in Pascal case, in
constants and in the dicts that lambdas make alike. What is wrong becomes problems of the state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from ..diagnostics import Place, Problem, did_you_mean
from ..expressions import Expression, Root, kinds
from ..expressions.nodes import Array, Block, Call, Collect, Cond, Const, Function, Node, Object, const
from ..lambdas import compiled, expression, place_of, value_or_lambda
from ..resources import Symbol, Text
from .catalogue import Integration
from .models import Shape
from .shapes import Wrong, show, wrong_kind

Fn = Callable[..., Any]


@dataclass
class Builder:
    """Makes the Arguments of one state; collects what is wrong with them."""

    state: str
    integration: Integration
    roots: Sequence[Root]
    place: Place
    shown: Mapping[str, str] = field(default_factory=dict)
    """What the user calls members of the API, where that is another name."""
    problems: list[Problem] = field(default_factory=list)

    def build(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The Arguments, from keyword arguments by botocore's names."""
        if self.integration.own is not None:
            return self._own(given, *self.integration.own)
        operation = self.integration.operation
        shape = operation.input if operation is not None else None
        if shape is None:
            for name in given:
                self._problem(Wrong(name, f"`{self.integration.name}` has no argument `{name}`", "", "argument"))
            return {}
        return self._members(shape, given, "")

    def _own(self, given: Mapping[str, Any], needs: tuple[str, ...], may: tuple[str, ...]) -> dict[str, Any]:
        """Operations of Step Functions' own: names are checked, types are not known."""
        for name in given:
            if name not in needs and name not in may:
                what = f"`{self.integration.name}` has no argument `{name}`"
                self._problem(Wrong(name, what, _close(name, (*needs, *may)), "argument"))
        for name in needs:
            if name not in given:
                self._missing(name)
        return {name: self._free(value) for name, value in given.items()}

    def _free(self, value: Any) -> Any:
        if isinstance(value, (Symbol, Text)):
            return value
        symbol = _symbol(value)
        if symbol is not None:
            return symbol
        if isinstance(value, Mapping):
            return {key: self._free(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._free(item) for item in value]
        made = value_or_lambda(value, self.roots, self.place)
        self.problems += made.problems
        return made.expression

    def _members(self, shape: Shape, given: Mapping[str, Any], path: str) -> dict[str, Any]:
        members = shape.members
        where = f"`{path}`" if path else f"`{self.integration.name}`"
        written: dict[str, Any] = {}
        for name, value in given.items():
            inner = f"{path}.{name}" if path else name
            if name not in members:
                kind = "member" if path else "argument"
                close = _close(name, members if path else [*self.shown.values(), *members])
                self._problem(Wrong(inner, f"{where} has no {kind} `{name}`", close, "argument"))
            else:
                written[self.integration.key(name)] = self.value(members[name], value, inner)
        for name in shape.required:
            if name not in given:
                self._missing(f"{path}.{name}" if path else name)
        if shape.is_union and len(given) > 1:
            what = f"{where} takes one member, not {', '.join(given)}"
            self._problem(Wrong(path, what, "give one of them", "argument"))
        return written

    def value(self, shape: Shape, value: Any, path: str) -> Any:
        """One argument's value as data of the definition."""
        if isinstance(value, (Symbol, Text, Expression)):
            return value
        symbol = _symbol(value)
        if symbol is not None:
            if shape.type != "string":
                self._problem(Wrong(path, f"`{path}` is {show(shape)}, not a resource", "", "argument-type"))
            return symbol
        if callable(value) and not isinstance(value, type):
            return self._expression(shape, value, path)
        match shape.type, value:
            case "structure", Mapping():
                return self._members(shape, value, path)
            case "list", list() | tuple():
                return [self.value(shape.element, item, f"{path}[]") for item in value]
            case "map", Mapping():
                return {key: self.value(shape.element, item, f"{path}[{key!r}]") for key, item in value.items()}
        return self._constant(shape, value, path)

    def _constant(self, shape: Shape, value: Any, path: str) -> Any:
        if isinstance(value, Enum):
            value = value.value
        made = value_or_lambda(value, (), self.place)
        self.problems += made.problems
        if made.expression is None:
            return None
        wrong = list(wrong_kind(shape, kinds.of_value(value), self.integration.key, path)) or list(
            _out_of_bounds(shape, value, path)
        )
        for one in wrong:
            self._problem(one)
        return made.expression.node.value if isinstance(made.expression.node, Const) else made.expression

    def _expression(self, shape: Shape, fn: Fn, path: str) -> Expression | None:
        made = compiled(fn, self.roots, self.place)
        self.problems += made.problems
        if made.expression is None:
            return None
        at = place_of(fn, self.place)
        node = self._renamed(shape, made.expression.node, path, at)
        return expression(node)

    def _renamed(self, shape: Shape, node: Node, path: str, at: Place) -> Node:
        """The node with members of dicts that it makes in Pascal case; what is wrong becomes a problem."""
        match node:
            case Block(bindings, result):
                return replace(node, bindings=bindings, result=self._renamed(shape, result, path, at))
            case Cond(_, then, otherwise):
                other = self._renamed(shape, otherwise, path, at) if otherwise is not None else None
                return replace(node, then=self._renamed(shape, then, path, at), otherwise=other)
            case Object(pairs) if isinstance(node.kind, kinds.DictKind) and shape.type == "structure":
                return self._renamed_object(shape, node, pairs, path, at)
            case Array(items) if shape.type == "list":
                return replace(node, items=tuple(self._renamed(shape.element, i, f"{path}[]", at) for i in items))
            case Object(pairs) if isinstance(node.kind, kinds.DictKind) and shape.type == "map":
                return replace(
                    node, pairs=tuple((k, self._renamed(shape.element, v, f"{path}[...]", at)) for k, v in pairs)
                )
            case Const(value=dict() | list() as value):
                return self._renamed(shape, _spread(value), path, at)
            case Collect(Call("$map", (source, Function(body=body) as each)) as call) if shape.type == "list":
                made = replace(each, body=self._renamed(shape.element, body, f"{path}[]", at))
                return replace(node, of=replace(call, args=(source, made)))
        for one in wrong_kind(shape, node.kind, self.integration.key, path):
            self._problem(one, at)
        return node

    def _renamed_object(
        self, shape: Shape, node: Object, pairs: tuple[tuple[Node, Node], ...], path: str, at: Place
    ) -> Node:
        members = shape.members
        written: list[tuple[Node, Node]] = []
        given: list[str] = []
        for key, value in pairs:
            name = key.value if isinstance(key, Const) else None
            if name is None:
                self._problem(Wrong(path, f"`{path}` has a computed name", "name its members", "argument"), at)
                continue
            given.append(name)
            inner = f"{path}.{name}"
            if name not in members:
                what = f"`{path}` has no member `{name}`"
                self._problem(Wrong(inner, what, _close(name, members), "argument"), at)
            else:
                member = self._renamed(members[name], value, inner, at)
                written.append((const(self.integration.key(name)), member))
        for name in shape.required:
            if name not in given:
                self._missing(f"{path}.{name}", at)
        return replace(node, pairs=tuple(written))

    def _missing(self, path: str, at: Place | None = None) -> None:
        outer, _, name = path.rpartition(".")
        name = self.shown.get(name, name)
        where = f"`{outer}`" if outer else f"`{self.integration.name}`"
        self._problem(Wrong(path, f"{where} needs `{name}`", f"give {name}=", "argument-missing"), at)

    def _problem(self, wrong: Wrong, at: Place | None = None) -> None:
        what = f"{wrong.what} (`{self.state}`)"
        place = at or self.place
        match wrong.page:
            case "argument":
                self.problems.append(Problem(place, what, wrong.instead, "argument"))
            case "argument-missing":
                self.problems.append(Problem(place, what, wrong.instead, "argument-missing"))
            case _:
                self.problems.append(Problem(place, what, wrong.instead, "argument-type"))


def _spread(value: Any) -> Node:
    """A constant list or dict as the node that displays it, so that its members are looked at one by one."""
    if isinstance(value, dict):
        pairs = tuple((const(k), _spread(v)) for k, v in value.items())
        return Object(pairs, kind=kinds.of_value(value))
    if isinstance(value, (list, tuple)):
        return Array(tuple(_spread(v) for v in value), kind=kinds.of_value(value))
    return const(value)


def _symbol(value: Any) -> Symbol | None:
    """The symbol of a resource: a table, a topic, a queue."""
    key = getattr(value, "key", None)
    return Symbol(key) if isinstance(key, str) and not isinstance(value, (str, Mapping)) else None


def _close(name: str, members: Any) -> str:
    """The right name for a misspelt one; capitals count."""
    same = next((m for m in members if m.lower() == name.lower().replace("_", "")), None)
    return f"did you mean `{same}`?" if same is not None else did_you_mean(name, members)


def _out_of_bounds(shape: Shape, value: Any, path: str) -> Iterator[Wrong]:
    """A constant's length or size."""
    least, greatest = shape.bounds
    if isinstance(value, (bool, datetime)):
        return
    size = value if isinstance(value, (int, float)) else len(value) if isinstance(value, str) else None
    if size is None:
        return
    unit = "" if isinstance(value, (int, float)) else " characters"
    if least is not None and size < least:
        yield Wrong(path, f"`{path}` is {size:g}{unit}", f"give at least {least:g}", "argument-type")
    if greatest is not None and size > greatest:
        yield Wrong(path, f"`{path}` is {size:g}{unit}", f"give at most {greatest:g}", "argument-type")
