"""Chains read as steps: each state with the name of what follows it. Between the states and the graph."""

from __future__ import annotations

from collections.abc import Callable

from .states.base import FINISH, Invalid, Part
from .states.flow import BackTo


def entry(part: Part) -> str | None:
    """The name of the state that a chain starts with; None where it is no state at all."""
    while part.link is not None:
        part = part.link[0]
    return None if isinstance(part, Invalid) or part is FINISH else part.name


def steps(part: Part, after: str | None, visit: Callable[[Part], None]) -> list[tuple[Part, str | None]]:
    """The states of a chain in order, each with the name of what follows: the next one, or `after` at an open end.

    `visit` is called with every link and state met, for the problems that they carry.
    """
    states: list[Part] = []
    waiting = [part]
    while waiting:
        now = waiting.pop()
        visit(now)
        if now.link is None:
            states.append(now)
        else:
            waiting += reversed(now.link)
    found: list[tuple[Part, str | None]] = []
    following = after
    for state in reversed(states):
        if state is FINISH:
            following = None
        elif isinstance(state, BackTo):
            following = None if isinstance(state.__dict__["target"], Invalid) else state.name
        elif isinstance(state, Invalid):
            following = None
        else:
            found.append((state, following))
            following = state.name
    found.reverse()
    return found
