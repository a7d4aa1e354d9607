"""Checks of names and of how states lead to each other."""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Place, Problem
from ..graph import Scope
from ..resources import Function
from .subject import Subject

NAME_LENGTH = 80
"""Characters of a state's name. https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html"""

_ILLEGAL = frozenset('<>{}[]?*"#%\\^|~`$&,;:/')
"""Characters that names of workflows may not have.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"""


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    yield from _workflow_name(subject)
    for vertex in subject.graph.scope.walk():
        yield from _state_name(vertex.state.name, vertex.state.place)
    yield from _scopes(subject.graph.scope)
    yield from _handlers(subject)


def _workflow_name(subject: Subject) -> Iterator[Problem]:
    bad = sorted({c for c in subject.name if c in _ILLEGAL or c.isspace() or not c.isprintable()})
    if bad or not 1 <= len(subject.name) <= NAME_LENGTH:
        shown = " ".join(repr(c) for c in bad) or f"{len(subject.name)} characters"
        what = f"the workflow's name `{subject.name}` has {shown}"
        yield Problem(subject.place, what, "use 1 to 80 letters, digits, `-` and `_`", "name")


def _state_name(name: str, at: Place) -> Iterator[Problem]:
    if not name.strip() or name != name.strip():
        yield Problem(at, f"the state's name {name!r} is empty or starts or ends with a space", "give a name", "name")
    elif len(name) > NAME_LENGTH:
        what = f"the state's name `{name}` has {len(name)} characters"
        yield Problem(at, what, f"AWS allows {NAME_LENGTH}", "name")
    elif not name.isprintable():
        yield Problem(at, f"the state's name {name!r} has characters that cannot be printed", "leave them out", "name")


def _handlers(subject: Subject) -> Iterator[Problem]:
    """A Lambda function is named after its handler."""
    first: dict[str, Function] = {}
    for vertex in subject.graph.scope.walk():
        function = getattr(vertex.state, "function", None)
        if isinstance(function, Function) and first.setdefault(function.name, function) != function:
            what = f"`{vertex.state.name}` runs another handler named `{function.name}` than a state before"
            yield Problem(vertex.state.place, what, "functions are deployed by name: rename one", "two-handlers")


def _scopes(scope: Scope) -> Iterator[Problem]:
    for vertex in scope.vertices.values():
        for target in vertex.successors():
            if target not in scope.vertices:
                what = f"`{vertex.state.name}` leads to `{target}`, which does not stand in the same chain or branch"
                instead = "back_to(...) names a state that ran before in the same branch"
                yield Problem(vertex.state.place, what, instead, "unknown-target")
        for inner in vertex.scopes:
            yield from _scopes(inner)
