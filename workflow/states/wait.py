"""Wait: for so many seconds, or until a time. https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, overload

from ..diagnostics import Problem, caller_place
from ..expressions import Expression, kinds
from ..lambdas import Compiled, compiled, kind_of, root
from ..variables import NOTHING, Assignment, Assigns, all_assigned
from .base import A, Same, State
from .working import LONGEST

T = TypeVar("T")


class Waiting(Same):
    """A Wait whose time is known; typed by what leads to it."""

    seconds: int | Expression | None
    until: str | Expression | None
    shaped: Expression | None
    assigns: tuple[Assignment, ...]


class WaitingFor(State[A, A]):
    """A Wait that reads its time from its input."""

    seconds: int | Expression | None
    until: str | Expression | None
    shaped: Expression | None
    assigns: tuple[Assignment, ...]


@overload
def Wait(name: str, *, seconds: int) -> Same: ...
@overload
def Wait(name: str, *, until: datetime) -> Same: ...
@overload
def Wait(name: str, of: type[A], *, seconds: int | Callable[[A], int], assign: Assigns = ...) -> State[A, A]: ...
@overload
def Wait(
    name: str, of: type[A], *, until: datetime | Callable[[A], datetime | str], assign: Assigns = ...
) -> State[A, A]: ...
@overload
def Wait(
    name: str, of: type[A], *, seconds: int | Callable[[A], int], output: Callable[[A], T], assign: Assigns = ...
) -> State[A, T]: ...
@overload
def Wait(
    name: str,
    of: type[A],
    *,
    until: datetime | Callable[[A], datetime | str],
    output: Callable[[A], T],
    assign: Assigns = ...,
) -> State[A, T]: ...
def Wait(
    name: str,
    of: Any = None,
    *,
    seconds: Any = None,
    until: Any = None,
    output: Any = None,
    assign: Assigns = NOTHING,
) -> Any:
    """Waits and passes its input on.

    seconds: how long, from 0 to 99999999. until: a datetime with its timezone. Either may be a lambda of the input,
    whose type is then given as `of`; `until` may then be a text of RFC 3339 too. output: what it passes on instead of
    its input. assign: what variables become when it has waited.
    """
    place = caller_place()
    problems: list[Problem] = []
    if (seconds is None) == (until is None):
        problems.append(Problem(place, f"`{name}` waits for nothing", "give seconds= or until=", "wait"))
    given = seconds if seconds is not None else until
    made: Any = None
    if callable(given):
        if of is None:
            what = f"`{name}` reads its input, whose type it does not say"
            problems.append(Problem(place, what, f'write Wait("{name}", Model, ...)', "wait"))
        source = root("states.input", None if of is None else kind_of(of))
        found = compiled(given, (source,), place)
        problems += found.problems
        made = found.expression
        wanted = (kinds.INT,) if seconds is not None else (kinds.DateTimeKind(), kinds.STR)
        if found.kind is not None and not any(kinds.fits(found.kind, w) for w in wanted):
            what = f"`{name}` waits for {kinds.show(found.kind)}"
            instead = "give whole seconds" if seconds is not None else "give a datetime"
            problems.append(Problem(place, what, instead, "wait"))
    elif seconds is not None:
        made = seconds
        if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= LONGEST:
            what = f"`{name}` waits for {seconds!r} seconds"
            problems.append(Problem(place, what, f"give a whole number from 0 to {LONGEST}", "wait"))
    elif until is not None:
        if not isinstance(until, datetime) or until.tzinfo is None:
            what = f"`{name}` waits until {until!r}"
            problems.append(Problem(place, what, "give a datetime with its timezone", "wait"))
        else:
            made = until.isoformat().replace("+00:00", "Z")
    kind = None if of is None else kind_of(of)
    source = root("states.input", kind)
    shaped = Compiled(None) if output is None else compiled(output, (source,), place)
    assigns, wrong = all_assigned(assign, (source,), place)
    cls: type[Any] = WaitingFor if of is not None else Waiting
    state = object.__new__(cls)
    state._fill(
        name,
        place=place,
        takes=kind,
        passes=kind if output is None else shaped.kind,
        problems=(*problems, *shaped.problems, *wrong),
        shaped=shaped.expression,
        assigns=assigns,
        seconds=made if seconds is not None else None,
        until=made if until is not None else None,
    )
    return state
