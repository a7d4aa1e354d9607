"""States that were made and stand in no workflow: forgotten, in all likelihood.

Nobody can know when a module is finished, so they are told when a definition of a workflow of the same file is first
asked for. Only states made at the top level of a module count: what functions make may be meant for others.
"""

from __future__ import annotations

from collections import defaultdict
from weakref import ref

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
            _MADE[code.co_filename].append(ref(self))


_MADE: defaultdict[str, list[ref[Origin]]] = defaultdict(list)
"""The states of each file of which nobody has asked yet; weak, for a module that is imported anew makes new ones."""


def take_orphans(path: str) -> list[Problem]:
    """The states of a file that stand in no workflow, by place; each is told once."""
    made = [origin() for origin in _MADE.pop(path, ())]
    forgotten = [origin for origin in made if origin is not None and not origin.used]
    forgotten.sort(key=lambda o: (o.place.line, o.place.column))
    instead = "chain it with >>, or leave it out"
    return [Problem(o.place, f"`{o.name}` stands in no workflow", instead, "orphan", "warning") for o in forgotten]
