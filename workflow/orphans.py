"""States that were made and stand in no workflow: forgotten, in all likelihood.

Nobody can know when a module is finished, so they are told when a definition of a workflow of the same file is first
asked for. Only states made at the top level of a module count: what functions make may be meant for others.
"""

from __future__ import annotations

from weakref import WeakSet

from .diagnostics import Place, Problem


class Origin:
    """What a state and all its copies have in common."""

    __slots__ = ("__weakref__", "name", "place", "used")

    def __init__(self, name: str, place: Place) -> None:
        self.name = name
        self.place = place
        self.used = False
        code = place.__dict__.get("_code")
        if code is not None and code.co_name == "<module>":
            _MADE.add(self)


_MADE: WeakSet[Origin] = WeakSet()


def take_orphans(path: str) -> list[Problem]:
    """The states of a file that stand in no workflow, by place; each is told once."""
    forgotten = [o for o in _MADE if not o.used and o.place.path == path]
    found = sorted(forgotten, key=lambda o: (o.place.line, o.place.column))
    for origin in found:
        origin.used = True
    instead = "chain it with >>, or leave it out"
    return [Problem(o.place, f"`{o.name}` stands in no workflow", instead, "orphan", "warning") for o in found]
