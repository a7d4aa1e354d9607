"""Map: the same flow for each item of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from ..diagnostics import Problem, caller_place
from ..expressions import Expression, kinds
from ..lambdas import compiled, kind_of, place_of, root
from .base import A, In, Kind, Out, Part, R, Step, X, accepts, as_part, show
from .parallel import branch_result
from .sources import ITEM
from .working import Working

B = TypeVar("B")
I = TypeVar("I")  # noqa: E741


class Map(Working[In, Out]):
    """Runs `each` for every item of the list that `items` finds in the input; the result is the list of theirs.

    select: what `each` gets, made of the Map's input and the item; without it the item itself. max_concurrency: how
    many at once; AWS runs at most 40 of an inline Map at once.
    """

    branches: tuple[Part, ...]
    items: Expression | None
    selected: Expression | None
    max_concurrency: int | Expression | None

    @overload
    def __init__(
        self: Map[X, list[B | R]],
        name: str,
        each: Step[A, B, R],
        *,
        of: type[X],
        items: Callable[[X], Sequence[A]],
        max_concurrency: int | Callable[[X], int] | None = ...,
    ) -> None: ...
    @overload
    def __init__(
        self: Map[X, list[B | R]],
        name: str,
        each: Step[A, B, R],
        *,
        of: type[X],
        items: Callable[[X], Sequence[I]],
        select: Callable[[X, I], A],
        max_concurrency: int | Callable[[X], int] | None = ...,
    ) -> None: ...
    def __init__(
        self, name: str, each: Any, *, of: Any, items: Any, select: Any = None, max_concurrency: Any = None
    ) -> None:
        place = caller_place()
        branch = as_part(each, f"`each` of `{name}`", place)
        takes = kind_of(of)
        source = root("states.input", takes)
        found = compiled(items, (source,), place)
        problems = list(found.problems)
        item = _item(found.kind)
        selected = None
        if found.kind is not None and item is None:
            what = f"the items of `{name}` are {show(found.kind)}"
            problems.append(Problem(place_of(items, place), what, "a Map takes a list: [... for ...]", "map-items"))
        if select is not None:
            made = compiled(select, (source, root(ITEM, item)), place)
            problems += made.problems
            selected, item = made.expression, made.kind
        if not accepts(branch, item):
            what = f"`{branch.name}` takes {show(branch.takes)}, but the items of `{name}` are {show(item)}"
            at = place_of(items if select is None else select, place)
            problems.append(Problem(at, what, "give the items it takes", "map-items"))
        if callable(max_concurrency):
            limit = compiled(max_concurrency, (source,), place, expected=int)
            problems += limit.problems
            max_concurrency = limit.expression
        elif max_concurrency is not None and not (isinstance(max_concurrency, int) and max_concurrency >= 0):
            what = f"max_concurrency={max_concurrency!r} of `{name}`"
            problems.append(Problem(place, what, "give a whole number from 0 (as many as AWS runs)", "map"))
        item = item if branch.takes is None else branch.takes
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
            selected=selected,
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
