"""Try: a scope whose errors, those of Choice, Pass and Wait included, can be retried and caught.

AWS gives Retry and Catch to Task, Parallel and Map only; an error in a Choice or Pass fails everything around it. Try
is a Parallel of one branch whose result is unwrapped. `States.ALL` catches neither States.DataLimitExceeded nor
States.Runtime.
"""

from __future__ import annotations

from typing import TypeVar

from ..diagnostics import caller_place
from ..expressions import Root
from ..expressions.nodes import Index, const
from ..lambdas import UNKNOWN, expression, root
from .base import A, In, Kind, Out, Part, R, Step, X, as_part
from .parallel import branch_result
from .working import Branching

B = TypeVar("B")


class Try(Branching[In, Out]):
    """One branch whose errors can be retried and caught."""

    branches: tuple[Part, ...]

    def __init__(self: Try[A, X | R], name: str, flow: Step[A, X, R]) -> None:
        place = caller_place()
        branch = as_part(flow, f"the flow of `{name}`", place)
        gives = branch_result(branch, branch.takes)
        result = unwrapped(gives)
        own = expression(result.node)
        self._work(name, branch.takes, result, place, passes=gives, own=own, branches=(branch,), entered=None)


def unwrapped(kind: Kind) -> Root:
    """`$states.result[0]`: also where that is a list, empty or of one item, or null."""
    return Root.of(Index(root("states.result", None).node, const(0), kind=kind or UNKNOWN), kind or UNKNOWN)
