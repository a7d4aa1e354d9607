"""Parallel: branches side by side, their outputs in a list.

https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.effects import Join
from simulator.errors import BRANCH_FAILED, DATA_LIMIT, RUNTIME, StateError
from simulator.states.base import Dialect
from simulator.states.working import Working
from simulator.strand import Strand, too_large
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.definition import Chart
    from simulator.effects import Steps


class Parallel(Working):
    """All branches get the same input; the first that fails fails the state and stops the others."""

    type = "Parallel"

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect, branches: list[Chart]) -> None:
        super().__init__(name, spec, dialect)
        self.branches = branches

    def attempt(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """Run the branches. Returns their outputs in the order of the definition."""
        value = self.dialect.arguments(strand, raw, effective)
        if value is not raw and len(dump(value)) > PAYLOAD_LIMIT:
            raise too_large(self)
        work, resumed = strand.resume(len(self.branches))
        started = strand.previous if resumed else strand.note("ParallelStateStarted")

        def launch(index: int) -> Strand:
            before = work.strands.get(index)
            work.strands[index] = Strand(
                strand.run,
                self.branches[index],
                value if before is None else before.value,
                strand.variables,
                started,
                strand.item,
                log=strand.log,
                child=strand.child,
                again=before,
            )
            return work.strands[index]

        def finished(index: int, branch: Strand) -> None:
            work.done.add(index)
            del work.strands[index]
            strand.previous = branch.previous

        def failed(index: int, branch: Strand, error: StateError) -> bool:
            strand.previous = branch.previous
            if error.also is None and error.error not in (RUNTIME, DATA_LIMIT):
                error.also = BRANCH_FAILED
            return False

        results = yield Join(len(self.branches), len(self.branches), launch, finished, failed, _ignore, work)
        strand.aside("ParallelStateSucceeded")
        return results

    def note_failure(self, strand: Strand, error: StateError) -> None:
        """ParallelStateFailed."""
        strand.note("ParallelStateFailed")


def _ignore(index: int, branch: Strand) -> None:
    """Branches that a failure stops leave no event of their own."""
