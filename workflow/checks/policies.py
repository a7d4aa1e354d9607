"""Checks of retries, catchers and timeouts: what is never asked, what nothing catches, what outruns a history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics import Problem
from ..error_names import TRANSIENT
from ..policies import Catcher, Retrier
from ..states.working import Guarded, Service, Working
from .subject import Subject


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    for vertex in subject.graph.vertices:
        state: Any = vertex.state
        if isinstance(state, Guarded) and state.catchers:
            yield from _entries(state.name, ".catch", state.catchers)
        if isinstance(state, Working) and state.retriers:
            yield from _entries(state.name, ".retry", state.retriers)
            if isinstance(state, Service):
                yield from _not_retried(state)
        if isinstance(state, Service) and state.beat is not None:
            yield from _heartbeat(state)


def _entries(name: str, method: str, entries: tuple[Retrier | Catcher, ...]) -> Iterator[Problem]:
    """The first entry that names an error is the one that is asked; States.ALL stands last.
    https://states-language.net/#errors"""
    asked: set[str] = set()
    for entry in entries:
        if "States.ALL" in asked:
            what = f'a {method}("States.ALL") of `{name}` stands before another, which is never asked'
            yield Problem(entry.place, what, 'write the one with "States.ALL" last', "states-all")
        elif entry.errors and asked.issuperset(entry.errors):
            what = f"a {method} of `{name}` is never asked: one before it names {', '.join(entry.errors)}"
            yield Problem(entry.place, what, "leave it out, or write it first", "never-asked")
        asked.update(entry.errors)


def _not_retried(state: Service[Any, Any]) -> Iterator[Problem]:
    """Service errors are retried by default; who says `attempts=0` should know what it costs."""
    never = [r for r in state.retriers if r.attempts == 0]
    named = [name for r in never for name in r.errors if name in TRANSIENT.names(state.service)]
    if named:
        what = f"`{state.name}` never retries {named[0]}: a moment's trouble at AWS fails it"
        yield Problem(state.place, what, "retry it, or accept it with a reason", "not-retried", "warning")


def _heartbeat(state: Service[Any, Any]) -> Iterator[Problem]:
    """https://states-language.net/#task-state: a heartbeat is shorter than the timeout."""
    if isinstance(state.beat, int) and isinstance(state.seconds, int) and state.beat >= state.seconds:
        what = f"the heartbeat of `{state.name}`, {state.beat} s, is not shorter than its timeout, {state.seconds} s"
        yield Problem(state.place, what, "give a shorter heartbeat", "heartbeat")
