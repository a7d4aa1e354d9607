"""How long a workflow can take at worst: timeouts times attempts and the waits between, along the longest path."""

from __future__ import annotations

import math
from typing import Any

from ..graph import Scope, Vertex
from ..states.distributed import DistributedMap
from ..states.wait import Waiting, WaitingFor
from ..states.working import Service, Working, all_retriers


def longest_seconds(scope: Scope) -> float:
    """Seconds of the worst path through a scope; infinite where nothing bounds it: a task without a timeout, a loop.

    A Map counts as one item: its items run side by side, up to 40 at once.
    """
    longest: dict[str, float] = {}
    order = scope.ordered()
    position = {name: i for i, name in enumerate(order)}
    for name in reversed(order):
        vertex = scope.vertices[name]
        following = vertex.successors
        loops = any(position.get(target, len(order)) <= position[name] for target in following)
        after = math.inf if loops else max((longest.get(target, 0.0) for target in following), default=0.0)
        longest[name] = vertex_seconds(vertex) + after
    return longest.get(scope.start, 0.0)


def vertex_seconds(vertex: Vertex) -> float:
    """Seconds that one state can take with all its retries."""
    state: Any = vertex.state
    if isinstance(state, (Waiting, WaitingFor)):
        return float(state.seconds) if isinstance(state.seconds, int) else math.inf
    if not isinstance(state, Working):
        return 0.0
    if isinstance(state, DistributedMap):
        return math.inf
    if isinstance(state, Service):
        once = float(state.seconds) if isinstance(state.seconds, int) else math.inf
    else:
        once = max((longest_seconds(inner) for inner in vertex.scopes), default=0.0)
    retriers = all_retriers(state)
    attempts = 1 + sum(retrier.attempts for retrier in retriers)
    return once * attempts + sum(retrier.longest_waits() for retrier in retriers)
