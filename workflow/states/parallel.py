"""Parallel: several branches at once, over the same input."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from ..diagnostics import Problem, caller_place
from ..expressions import kinds
from ..lambdas import root
from .base import A, In, Kind, Out, Part, Step, as_part, joined
from .working import Branching, ends_with, passes_on

X1 = TypeVar("X1")
X2 = TypeVar("X2")
X3 = TypeVar("X3")
X4 = TypeVar("X4")
X5 = TypeVar("X5")
X6 = TypeVar("X6")
R1 = TypeVar("R1")
R2 = TypeVar("R2")
R3 = TypeVar("R3")
R4 = TypeVar("R4")
R5 = TypeVar("R5")
R6 = TypeVar("R6")


def branch_result(branch: Part, given: Kind) -> Kind:
    """What a branch, a scope of its own, gives: what it passes on at its end or ends with inside."""
    return joined(passes_on(branch, given), ends_with(branch, given))


class Parallel(Branching[In, Out]):
    """Runs its branches at once; the result is a tuple of theirs, in order."""

    branches: tuple[Part, ...]

    @overload
    def __init__(
        self: Parallel[A, tuple[X1 | R1, X2 | R2]], name: str, a: Step[A, X1, R1], b: Step[A, X2, R2], /
    ) -> None: ...
    @overload
    def __init__(
        self: Parallel[A, tuple[X1 | R1, X2 | R2, X3 | R3]],
        name: str,
        a: Step[A, X1, R1],
        b: Step[A, X2, R2],
        c: Step[A, X3, R3],
        /,
    ) -> None: ...
    @overload
    def __init__(
        self: Parallel[A, tuple[X1 | R1, X2 | R2, X3 | R3, X4 | R4]],
        name: str,
        a: Step[A, X1, R1],
        b: Step[A, X2, R2],
        c: Step[A, X3, R3],
        d: Step[A, X4, R4],
        /,
    ) -> None: ...
    @overload
    def __init__(
        self: Parallel[A, tuple[X1 | R1, X2 | R2, X3 | R3, X4 | R4, X5 | R5]],
        name: str,
        a: Step[A, X1, R1],
        b: Step[A, X2, R2],
        c: Step[A, X3, R3],
        d: Step[A, X4, R4],
        e: Step[A, X5, R5],
        /,
    ) -> None: ...
    @overload
    def __init__(
        self: Parallel[A, tuple[X1 | R1, X2 | R2, X3 | R3, X4 | R4, X5 | R5, X6 | R6]],
        name: str,
        a: Step[A, X1, R1],
        b: Step[A, X2, R2],
        c: Step[A, X3, R3],
        d: Step[A, X4, R4],
        e: Step[A, X5, R5],
        f: Step[A, X6, R6],
        /,
    ) -> None: ...
    @overload
    def __init__(
        self: Parallel[A, tuple[Any, ...]],
        name: str,
        a: Step[A, Any, Any],
        b: Step[A, Any, Any],
        c: Step[A, Any, Any],
        d: Step[A, Any, Any],
        e: Step[A, Any, Any],
        f: Step[A, Any, Any],
        g: Step[A, Any, Any],
        /,
        *more: Step[A, Any, Any],
    ) -> None: ...
    def __init__(self, name: str, *branches: Any) -> None:
        place = caller_place()
        parts = tuple(as_part(b, f"a branch of `{name}`", place) for b in branches)
        problems = []
        takes = next((b.takes for b in parts if b.takes is not None), None)
        first = next((b.name for b in parts if b.takes is not None), "")
        for branch in parts:
            if branch.takes is not None and takes is not None and not kinds.fits(takes, branch.takes):
                what = (
                    f"branches of `{name}` take different inputs: `{first}` {kinds.show(takes)},"
                    f" `{branch.name}` {kinds.show(branch.takes)}"
                )
                instead = "all branches get the same input: start them with a Pass"
                problems.append(Problem(place, what, instead, "parallel-inputs"))
        if len(parts) < 2:
            what = f"`{name}` has {'one branch' if parts else 'no branches'}"
            problems.append(Problem(place, what, "give two or more; for one write Try", "parallel-inputs"))
        results = [branch_result(b, takes) for b in parts]
        known = None if None in results else kinds.TupleKind(tuple(r for r in results if r is not None))
        result = root("states.result", known)
        self._work(name, takes, result, place, passes=known, branches=parts, entered=None, problems=tuple(problems))
