"""Checks of names and of how states lead to each other."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Place, Problem
from ..graph import Scope, Vertex
from ..resources import Function
from ..states.choice import Decision
from .subject import Subject

NAME_LENGTH = 80
"""Characters of a state's name. https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html"""

_ILLEGAL = frozenset('<>{}[]?*"#%\\^|~`$&,;:/')
"""Characters that names of workflows may not have.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"""


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    yield from _workflow_name(subject)
    for vertex in subject.graph.vertices:
        wrong = _state_name(vertex.state.name, vertex.state.place)
        if wrong is not None:
            yield wrong
    yield from _scopes(subject.graph.scope)
    if not subject.graph.problems:
        yield from _ends(subject.graph.scope, subject.name, subject.place)
    yield from _handlers(subject)


def _workflow_name(subject: Subject) -> Iterator[Problem]:
    if not isinstance(subject.name, str):
        what = f"the workflow's name is {subject.name!r}"
        yield Problem(subject.place, what, "the name comes first, a text", "name")
        return
    bad = sorted({c for c in subject.name if c in _ILLEGAL or c.isspace() or not c.isprintable()})
    if bad or not 1 <= len(subject.name) <= NAME_LENGTH:
        shown = " ".join(repr(c) for c in bad) or f"{len(subject.name)} characters"
        what = f"the workflow's name `{subject.name}` has {shown}"
        yield Problem(subject.place, what, "use 1 to 80 letters, digits, `-` and `_`", "name")


def _state_name(name: str, at: Place) -> Problem | None:
    if not name.strip() or name != name.strip():
        return Problem(at, f"the state's name {name!r} is empty or starts or ends with a space", "give a name", "name")
    if len(name) > NAME_LENGTH:
        what = f"the state's name `{name}` has {len(name)} characters"
        return Problem(at, what, f"AWS allows {NAME_LENGTH}", "name")
    if not name.isprintable():
        return Problem(at, f"the state's name {name!r} has characters that cannot be printed", "leave them out", "name")
    return None


def _ends(scope: Scope, name: str, place: Place) -> Iterator[Problem]:
    """Every state is reached, and from the start an end can be reached."""
    vertices = scope.vertices
    reached = {scope.start} & vertices.keys()
    waiting = list(reached)
    leads_to: dict[str, list[str]] = {}
    while waiting:
        now = waiting.pop()
        for target in vertices[now].successors:
            leads_to.setdefault(target, []).append(now)
            if target in vertices and target not in reached:
                reached.add(target)
                waiting.append(target)
    first = next((v for n, v in vertices.items() if n not in reached), None)
    if first is not None:
        what = f"`{first.state.name}` is never reached: all that stands before it ends"
        yield Problem(first.state.place, what, "leave it out, or let one way go on", "unreachable")
    waiting = [n for n in reached if _may_end(vertices[n])]
    ending = set(waiting)
    while waiting:
        for before in leads_to.get(waiting.pop(), ()):
            if before not in ending:
                ending.add(before)
                waiting.append(before)
    if scope.start in vertices and scope.start not in ending:
        what = f"nothing ends `{name}`: every way leads back to a state before"
        yield Problem(place, what, "let a Choice leave the loop", "no-end")
    for vertex in vertices.values():
        for inner in vertex.scopes:
            yield from _ends(inner, vertex.state.name, vertex.state.place)


def _may_end(vertex: Vertex) -> bool:
    """Whether the scope can end with this state."""
    if isinstance(vertex.state, Decision):
        return False
    return vertex.next is None


def _handlers(subject: Subject) -> Iterator[Problem]:
    """A Lambda function is named after its handler."""
    first: dict[str, Function] = {}
    for vertex in subject.graph.vertices:
        function = getattr(vertex.state, "function", None)
        if not isinstance(function, Function):
            continue
        known = first.setdefault(function.name, function)
        if known is not function and known != function:
            what = f"`{vertex.state.name}` runs another handler named `{function.name}` than a state before"
            yield Problem(vertex.state.place, what, "functions are deployed by name: rename one", "two-handlers")


def _scopes(scope: Scope) -> Iterator[Problem]:
    for vertex in scope.vertices.values():
        for target in vertex.successors:
            if target not in scope.vertices:
                what = f"`{vertex.state.name}` leads to `{target}`, which does not stand in the same chain or branch"
                instead = "back_to(...) names a state that ran before in the same branch"
                yield Problem(vertex.state.place, what, instead, "unknown-target")
        for inner in vertex.scopes:
            yield from _scopes(inner)
