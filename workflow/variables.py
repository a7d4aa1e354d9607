"""Workflow variables: assigned by one state, read by later ones, typed.

    limit = Variable("limit", float)
    Task("Read limit", read).assign(limit, lambda settings: settings.limit)
    Choice("Hot?", Reading).when(lambda r: r.celsius > limit.value, then=alert)

All assignments of a state read the values from before it. Branches read the variables around them and cannot assign
them; what a branch assigns ends with it. Reading one that may be unassigned on some path is an error.
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from .diagnostics import Place, Problem, caller_place
from .expressions import Expression, Root, kinds
from .expressions.nodes import Node, Outer, Symbolic
from .lambdas import place_of, value_or_lambda

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")


class _Value(Symbolic):
    """What a lambda reads where it says `limit.value`."""

    def __init__(self, node: Node) -> None:
        self.node = node


class Variable(Generic[T]):
    """A variable of a workflow; `.value` reads it inside a lambda."""

    def __init__(self, name: str, of: type[T]) -> None:
        self.name = name
        self.kind = kinds.from_annotation(of)
        self.place = caller_place()

    @property
    def value(self) -> T:
        """The value, inside a lambda."""
        return cast(T, _Value(Outer(self.name, kind=self.kind)))

    def problems(self) -> list[Problem]:
        """What is wrong with its name."""
        if _NAME.fullmatch(self.name) and self.name != "states":
            return []
        what = f"a variable cannot be named `{self.name}`"
        return [Problem(self.place, what, "use 1 to 80 letters, digits and `_`, no digit first", "variable-name")]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Variable) and (self.name, self.kind) == (other.name, other.kind)

    def __hash__(self) -> int:
        return hash((self.name, self.kind))

    def __repr__(self) -> str:
        return f"Variable({self.name!r}, {kinds.show(self.kind)})"


@dataclass(frozen=True)
class Assignment:
    """A variable and what it becomes."""

    variable: Variable[Any]
    value: Expression | None
    place: Place = field(compare=False)


Assigns = Mapping[Variable[Any], Callable[..., Any]]
"""What several variables become."""

NOTHING: Assigns = {}


def assigned(
    variable: Any, value: Any, roots: tuple[Root, ...], place: Place
) -> tuple[Assignment, tuple[Problem, ...]]:
    """An assignment, and what is wrong with it."""
    if not isinstance(variable, Variable):
        shown = getattr(variable, "__name__", repr(variable))
        problem = Problem(place, f"{shown} is no variable", 'write Variable("...", Type)', "variable")
        return Assignment(Variable("?", object), None, place), (problem,)
    made = value_or_lambda(value, roots, place)
    problems = [*variable.problems(), *made.problems]
    if made.kind is not None and not kinds.fits(made.kind, variable.kind):
        what = f"the variable `{variable.name}` is {kinds.show(variable.kind)}, but this is {kinds.show(made.kind)}"
        problems.append(Problem(place_of(value, place), what, "give it its type", "variable"))
    return Assignment(variable, made.expression, place), tuple(problems)


def all_assigned(
    assigns: Assigns, roots: tuple[Root, ...], place: Place
) -> tuple[tuple[Assignment, ...], tuple[Problem, ...]]:
    """Several assignments, and what is wrong with them."""
    made = [assigned(variable, value, roots, place) for variable, value in assigns.items()]
    return tuple(m for m, _ in made), tuple(p for _, problems in made for p in problems)
