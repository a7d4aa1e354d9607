"""Checks of states that wait for others: what Express workflows cannot, and what may wait for ever.
https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics import Problem
from ..states.working import Service
from .subject import Subject


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    for vertex in subject.graph.vertices:
        state: Any = vertex.state
        if not isinstance(state, Service):
            continue
        waits = _waits(state)
        if waits and subject.kind == "EXPRESS":
            what = f"`{state.name}` waits for {waits}, which an Express workflow cannot"
            instead = "write Workflow.standard, or leave the wait to a Standard workflow that it starts"
            yield Problem(state.place, what, instead, "pattern")
        elif waits in ("an answer", "a worker") and state.seconds is None and state.beat is None:
            what = f"`{state.name}` waits for {waits} that may never come"
            yield Problem(state.place, what, "write .timeout(seconds) or .heartbeat(seconds)", "token")


def _waits(state: Any) -> str:
    """What a state waits for, if for more than an answer of the service."""
    if state.__dict__.get("activity") is not None:
        return "a worker"
    if state.resource.endswith(".waitForTaskToken"):
        return "an answer"
    return "a job" if ".sync" in state.resource else ""
