"""Variables: each is assigned on every path before it is read, and no branch assigns one of the scopes around it.

A forward analysis of each scope: what is assigned for certain when a state is entered is what all ways to it have in
common. Expressions of a state read the values from before it, its own assignments included.
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ..diagnostics import Problem, did_you_mean
from ..expressions import Expression, kinds
from ..expressions.finish import free_names
from ..graph import Scope, Vertex
from ..variables import Assignment, Variable
from .subject import Subject

Names = frozenset[str]

_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)")


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    vertices = subject.graph.vertices
    if not any(_touches(vertex) for vertex in vertices):
        return
    yield from _one_kind(vertices)
    yield from _scope(subject.graph.scope, frozenset(), {})


def _touches(vertex: Vertex) -> bool:
    """Whether a state has to do with variables at all: most workflows have none."""
    return next(assignments(vertex), None) is not None or bool(vertex.expressions and _reads(vertex))


def _one_kind(vertices: Iterable[Vertex]) -> Iterator[Problem]:
    """A name means one variable."""
    first: dict[str, Variable[Any]] = {}
    for vertex in vertices:
        for assignment in assignments(vertex):
            variable = assignment.variable
            known = first.setdefault(variable.name, variable)
            if known.kind != variable.kind:
                here, before = kinds.show(variable.kind), kinds.show(known.kind)
                what = f"the variable `{variable.name}` is {here} here, {before} before"
                yield Problem(assignment.place, what, "use one Variable, or two names", "variable")


def _scope(scope: Scope, outer: Names, around: dict[str, str]) -> Iterator[Problem]:
    """`outer` is assigned for certain around the scope; `around` are all variables of the scopes around: by whom."""
    entered = _entered(scope, outer)
    own = {a.variable.name: v.state.name for v in scope.vertices.values() for a in assignments(v)}
    for name, vertex in scope.vertices.items():
        known = entered.get(name)
        if known is None:  # never reached: told elsewhere
            continue
        for read in sorted(_reads(vertex) - known):
            yield _unassigned(vertex, read, scope, entered, {**around, **own})
        for assignment in assignments(vertex):
            variable = assignment.variable.name
            if variable in around:
                what = f"`{name}` assigns `{variable}`, a variable of the scope around it (`{around[variable]}`)"
                instead = "give it another name: a branch reads the variables around it but cannot assign them"
                yield Problem(assignment.place, what, instead, "variable-scope")
        distributed = bool(getattr(vertex.state, "distributed", False))
        for inner in vertex.scopes:
            if distributed:
                yield from _scope(inner, frozenset(), {})
            else:
                yield from _scope(inner, known, {**around, **own})


def _entered(scope: Scope, outer: Names) -> dict[str, Names]:
    """What is assigned for certain when each state is entered; states that are never reached are left out."""
    entered: dict[str, Names] = {scope.start: outer}
    waiting = [scope.start] if scope.start in scope.vertices else []
    while waiting:
        name = waiting.pop()
        for target, assigned in _edges(scope.vertices[name]):
            if target not in scope.vertices:
                continue
            after = entered[name] | assigned
            known = entered.get(target)
            both = after if known is None else known & after
            if both != known:
                entered[target] = both
                waiting.append(target)
    return entered


def _edges(vertex: Vertex) -> Iterator[tuple[str, Names]]:
    """What may come next, and what is assigned on the way."""
    for rule, target in vertex.rules:
        if target is not None:
            yield target, _names(rule.assigns)
    if vertex.default is not None:
        yield vertex.default, _names(vertex.state.__dict__["other"].assigns)
    for catcher, target in vertex.catches:
        if target is not None:
            yield target, _names(catcher.assigns)
    if vertex.next is not None and not vertex.rules:
        yield vertex.next, _names(getattr(vertex.state, "assigns", ()))


def assignments(vertex: Vertex) -> Iterator[Assignment]:
    """Everything that a state assigns, on any way out of it."""
    own = vertex.state.__dict__
    yield from own.get("assigns", ())
    for rule, _ in vertex.rules:
        yield from rule.assigns
    if "other" in own:
        yield from own["other"].assigns
    for catcher, _ in vertex.catches:
        yield from catcher.assigns


def _names(assigns: tuple[Assignment, ...]) -> Names:
    return frozenset(a.variable.name for a in assigns)


def _reads(vertex: Vertex) -> Names:
    """The variables that a state's expressions read."""
    return frozenset().union(*[variables_of(e) for e in vertex.expressions])


def variables_of(expression: Expression) -> Names:
    """The workflow's variables that an expression reads."""
    if {*_DOLLAR.findall(expression.text)} <= {"states"}:
        return frozenset()
    return free_names(expression.node) - {"states", ""}


def _unassigned(vertex: Vertex, read: str, scope: Scope, entered: dict[str, Names], known: dict[str, str]) -> Problem:
    what = f"`{vertex.state.name}` reads the variable `{read}`, which nothing assigns before"
    if read not in known:
        hint = did_you_mean(read, known) if known else ""
        return Problem(vertex.state.place, what, hint or "assign it in a state before: .assign(...)", "unassigned")
    for name, before in scope.vertices.items():
        for target, assigned in _edges(before):
            if target == vertex.state.name and name in entered and read not in entered[name] | assigned:
                what = (
                    f"`{vertex.state.name}` reads the variable `{read}`, which is not assigned on the way over `{name}`"
                )
    return Problem(vertex.state.place, what, "assign it on every way", "unassigned")
