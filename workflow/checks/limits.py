"""Checks against AWS's limits: times of Express workflows, errors that stand alone, sizes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ..diagnostics import Problem
from ..policies import Catcher, Retrier
from ..states.working import Guarded, Service, Working
from .duration import longest_seconds
from .subject import Subject

EXPRESS_SECONDS = 300
"""https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"""


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    for vertex in subject.graph.scope.walk():
        yield from _all_last(vertex.state)
    if subject.kind == "EXPRESS":
        yield from _express(subject)


def _all_last(state: Any) -> Iterator[Problem]:
    """https://states-language.net/#retrying-after-error: States.ALL stands alone and last."""
    roles: list[tuple[str, tuple[Retrier | Catcher, ...]]] = []
    if isinstance(state, Working):
        roles.append((".retry", state.retriers))
    if isinstance(state, Guarded):
        roles.append((".catch", state.catchers))
    for role, entries in roles:
        for entry, after in pairwise(entries):
            if "States.ALL" in entry.errors:
                what = f'a {role}("States.ALL") of `{state.name}` stands before another, which is never asked'
                yield Problem(after.place, what, 'write the one with "States.ALL" last', "states-all")


def _express(subject: Subject) -> Iterator[Problem]:
    untimed = False
    for vertex in subject.graph.scope.walk():
        state: Any = vertex.state
        if isinstance(state, Service) and state.seconds is None:
            untimed = True
            what = f"`{state.name}` has no timeout; a task of an Express workflow that hangs takes everything with it"
            yield Problem(state.place, what, "write .timeout(seconds)", "express-timeout")
    timeout = subject.timeout
    if timeout is None or isinstance(timeout, bool) or not 1 <= timeout <= EXPRESS_SECONDS:
        what = f"the Express workflow `{subject.name}` has timeout={timeout!r}"
        yield Problem(subject.place, what, f"give 1 to {EXPRESS_SECONDS} seconds", "express-time")
        return
    longest = longest_seconds(subject.graph.scope)
    if untimed or longest < timeout:
        return
    if math.isinf(longest):
        what = f"nothing bounds how long the Express workflow `{subject.name}` runs"
        yield Problem(subject.place, what, "write it without a loop, or as Workflow.standard", "express-time")
    else:
        what = f"the worst path of `{subject.name}` takes {longest:g} s, its timeout is {timeout} s"
        instead = "shorten timeouts and retries, or give a longer timeout (300 s at most)"
        yield Problem(subject.place, what, instead, "express-time")
