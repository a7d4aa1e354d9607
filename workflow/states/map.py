"""Map: the same flow for each item of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..diagnostics import Problem, caller_place
from ..expressions import Expression, kinds
from ..lambdas import compiled, kind_of, place_of, root
from .base import A, In, Kind, Out, Part, R, Step, X, as_part
from .parallel import branch_result
from .working import Working

B = TypeVar("B")


class Map(Working[In, Out]):
    """Runs `each` for every item of the list that `items` finds in the input; the result is the list of theirs.

    max_concurrency: how many at once; AWS runs at most 40 of an inline Map at once.
    """

    branches: tuple[Part, ...]
    items: Expression | None
    max_concurrency: int | None

    def __init__(
        self: Map[X, list[B | R]],
        name: str,
        each: Step[A, B, R],
        *,
        of: type[X],
        items: Callable[[X], Sequence[A]],
        max_concurrency: int | None = None,
    ) -> None:
        place = caller_place()
        branch = as_part(each, f"`each` of `{name}`", place)
        takes = kind_of(of)
        found = compiled(items, (root("states.input", takes),), place)
        problems = [*found.problems, *_check_items(name, branch, found.kind, items, place)]
        if max_concurrency is not None and not (isinstance(max_concurrency, int) and max_concurrency >= 0):
            what = f"max_concurrency={max_concurrency!r} of `{name}`"
            problems.append(Problem(place, what, "give a whole number from 0 (as many as AWS runs)", "map"))
        item = _item(found.kind) if branch.takes is None else branch.takes
        gives = branch_result(branch, item)
        known = kinds.ListKind(gives) if gives is not None else None
        self._work(
            name,
            takes,
            root("states.result", known),
            place,
            passes=known,
            branches=(branch,),
            items=found.expression,
            max_concurrency=max_concurrency,
            problems=tuple(problems),
        )


def _item(kind: Kind) -> Kind:
    match kind:
        case kinds.ListKind(elem):
            return elem
        case kinds.TupleKind(items):
            return kinds.join(*items)
    return None


def _check_items(name: str, branch: Part, kind: Kind, items: Any, place: Any) -> list[Problem]:
    if kind is None:
        return []
    item = _item(kind)
    where = place_of(items, place)
    if item is None:
        what = f"the items of `{name}` are {kinds.show(kind)}"
        return [Problem(where, what, "a Map takes a list: [... for ...]", "map-items")]
    if branch.takes is not None and not kinds.fits(item, branch.takes):
        what = f"`{branch.name}` takes {kinds.show(branch.takes)}, but the items of `{name}` are {kinds.show(item)}"
        return [Problem(where, what, "give the items it takes", "map-items")]
    return []
