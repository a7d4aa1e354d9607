"""Checks of the context object: parts of it exist in some states only.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""

from __future__ import annotations

from collections.abc import Iterator

from ..diagnostics import Problem
from ..graph import Scope
from ..states.distributed import DistributedMap
from ..states.map import Map
from .subject import Subject

ITEM = "$states.context.Map.Item."


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    yield from _items(subject.graph.scope, inside=False)


def _items(scope: Scope, *, inside: bool) -> Iterator[Problem]:
    """A map's item is known inside that map, and where the map selects it."""
    for vertex in scope.vertices.values():
        mapping = isinstance(vertex.state, (Map, DistributedMap))
        if not inside and not mapping and any(ITEM in e.text for e in vertex.expressions):
            what = f"`{vertex.state.name}` reads `context.item`, but stands in no Map"
            yield Problem(vertex.state.place, what, "read it inside a Map, or in its select=", "context-item")
        for inner in vertex.scopes:
            yield from _items(inner, inside=inside or mapping)
