"""Checks against AWS's limits: times of Express workflows, sizes of definitions and histories.
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from .. import asl
from ..diagnostics import Problem
from ..expressions.nodes import Const
from ..graph import Scope, Vertex
from ..states.distributed import DistributedMap
from ..states.map import Map
from ..states.working import Service, Working
from .duration import longest_seconds
from .subject import Subject

EXPRESS_SECONDS = 300
"""The longest Express execution."""

HISTORY_EVENTS = 25_000
"""Events of a Standard execution; one more and it fails."""

DEFINITION_BYTES = 1_048_576
"""The largest definition."""

STATE_BYTES = 1_000
"""More than a state has in a definition besides the user's expressions."""

PAYLOAD_BYTES = 262_144
"""The largest input or result of a state."""

ATTEMPT_EVENTS = 3
"""Events of one attempt of a Task."""

INLINE_CONCURRENCY = 40
"""Items of an inline Map that run at once, at most."""


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    for vertex in subject.graph.vertices:
        if isinstance(vertex.state, Map):
            yield from _concurrency(vertex.state)
        if vertex.expressions:
            yield from _payloads(vertex)
    yield from _children(subject)
    yield from _size(subject)
    if subject.kind == "EXPRESS":
        yield from _express(subject)
    else:
        yield from _history(subject)


def _concurrency(state: Map[Any, Any]) -> Iterator[Problem]:
    if isinstance(state.max_concurrency, int) and state.max_concurrency > INLINE_CONCURRENCY:
        what = f"`{state.name}` asks for {state.max_concurrency} items at once; an inline Map runs {INLINE_CONCURRENCY}"
        yield Problem(state.place, what, "use a Distributed Map, or a smaller number", "map-concurrency", "warning")


def _payloads(vertex: Vertex) -> Iterator[Problem]:
    """Constants that no state could pass on."""
    for made in vertex.expressions:
        if isinstance(made.node, Const) and len(made.text.encode()) > PAYLOAD_BYTES:
            what = (
                f"`{vertex.state.name}` has a constant of {len(made.text.encode()):,} bytes; a state passes 262,144 on"
            )
            yield Problem(vertex.state.place, what, "keep it in S3, or in a handler", "payload")


def _size(subject: Subject) -> Iterator[Problem]:
    """Written out only where it may be too large: that costs as much as all other checks."""
    about = sum(STATE_BYTES + sum(len(e.text) for e in v.expressions) for v in subject.graph.vertices)
    if about < DEFINITION_BYTES:
        return
    definition = asl.write(subject.graph.scope, lambda key: f"${{{key}}}", timeout=subject.timeout, comment="")
    size = len(json.dumps(definition, ensure_ascii=False, separators=(",", ":")).encode())
    if size > DEFINITION_BYTES:
        what = f"the definition of `{subject.name}` has {size:,} bytes; AWS takes 1,048,576"
        yield Problem(subject.place, what, "split it into nested executions", "definition-size", "warning")


def _children(subject: Subject) -> Iterator[Problem]:
    """Child executions of a Distributed Map, if they are Express ones."""
    for vertex in subject.graph.vertices:
        state: Any = vertex.state
        if not isinstance(state, DistributedMap):
            continue
        if subject.kind == "EXPRESS":
            what = f"`{state.name}` is a Distributed Map, which an Express workflow cannot have"
            yield Problem(state.place, what, "write Workflow.standard, or an inline Map", "express-only")
        if state.child == "EXPRESS":
            yield from _timeouts(vertex.scopes[0])
            longest = longest_seconds(vertex.scopes[0])
            if EXPRESS_SECONDS <= longest < math.inf:
                what = f"the worst path of an item of `{state.name}` takes {longest:g} s; an Express execution 300 s"
                yield Problem(state.place, what, 'shorten timeouts and retries, or child="STANDARD"', "express-time")


def _timeouts(scope: Scope) -> Iterator[Problem]:
    """A task that hangs holds up an Express execution to its end."""
    for vertex in scope.walk():
        state: Any = vertex.state
        if isinstance(state, Service) and state.seconds is None:
            what = f"`{state.name}` has no timeout; a task of an Express workflow that hangs takes everything with it"
            yield Problem(state.place, what, "write .timeout(seconds)", "express-timeout")


def _express(subject: Subject) -> Iterator[Problem]:
    untimed = list(_timeouts(subject.graph.scope))
    yield from untimed
    timeout = subject.timeout
    if isinstance(timeout, bool) or not isinstance(timeout, int) or not 1 <= timeout <= EXPRESS_SECONDS:
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


def _history(subject: Subject) -> Iterator[Problem]:
    """Retries of one state, or states in a row, that fill a history by themselves."""
    for vertex in subject.graph.vertices:
        state: Any = vertex.state
        if not isinstance(state, Working) or not state.retriers:
            continue
        attempts = sum(retrier.attempts for retrier in state.retriers)
        if attempts * ATTEMPT_EVENTS > HISTORY_EVENTS:
            what = f"`{state.name}` is tried {attempts:,} times, {ATTEMPT_EVENTS} events each; a history has 25,000"
            yield Problem(state.place, what, "retry less often, or start nested executions", "history")
    if sum(2 + len(v.scopes) * 2 + ATTEMPT_EVENTS for v in subject.graph.vertices) + 2 <= HISTORY_EVENTS:
        return  # no path is longer than all states together
    events = longest_history(subject.graph.scope)
    if events > HISTORY_EVENTS:
        what = f"the longest path of `{subject.name}` has {events:,} events; a history has 25,000"
        yield Problem(subject.place, what, "split it into nested executions", "history")


def longest_history(scope: Scope) -> int:
    """Events of the longest path without retries, each loop run once and each Map over one item."""
    longest: dict[str, int] = {}
    for name in reversed(scope.ordered()):
        vertex = scope.vertices[name]
        longest[name] = _events(vertex) + max((longest.get(target, 0) for target in vertex.successors), default=0)
    return 2 + longest.get(scope.start, 0)


def _events(vertex: Vertex) -> int:
    """A state is entered and exited; an attempt is scheduled, started and ended.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html"""
    if isinstance(vertex.state, (Service, DistributedMap)):  # child executions have histories of their own
        return 2 + ATTEMPT_EVENTS
    return 2 + sum(longest_history(inner) for inner in vertex.scopes)
