"""What Task, Parallel and Map share: attempts, with Retry, Catch, and a result that becomes output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.effects import Sleep
from simulator.errors import RUNTIME, StateError, covers
from simulator.retries import Catcher, Retrier, Retries
from simulator.states.base import Dialect, State
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.strand import Strand


class Working(State):
    """A state whose work may fail, be retried and be caught."""

    retried = True

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect) -> None:
        super().__init__(name, spec, dialect)
        self.retriers = tuple(Retrier.of(entry) for entry in spec.get("Retry", ()))
        self.catchers = tuple(
            Catcher(tuple(entry["ErrorEquals"]), entry["Next"], dialect.catcher(entry, index))
            for index, entry in enumerate(spec.get("Catch", ()))
        )

    def execute(self, strand: Strand, raw: Value) -> Steps:
        """Attempt the work until it succeeds, no retrier is left, or a catcher takes the error."""
        dialect = self.dialect
        retries: Retries | None = None
        while True:
            try:
                effective = dialect.effective(strand, raw)
                result = yield from self.attempt(strand, raw, effective)
                output, assigned = dialect.complete(strand, raw, effective, result)
                return self.next, output, assigned
            except StateError as error:
                strand.place(error)
                if error.error == RUNTIME:
                    raise  # it ends the execution: nothing retries or catches it, and no event tells of the state
                failure = error
            if self.retriers:
                retries = retries or Retries(self.retriers)
                delay = retries.delay(failure, strand.run.random)
                if delay is not None:
                    yield Sleep(strand.run.now + delay)
                    strand.retry_count += 1
                    continue
            self.note_failure(strand, failure)
            for catcher in self.catchers:
                if covers(catcher.errors, failure):
                    error_output = {"Error": failure.error or "", "Cause": failure.cause or ""}
                    output, assigned = dialect.caught(catcher.fields, strand, raw, error_output)
                    return catcher.next, output, assigned
            raise failure

    def attempt(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """Do the work once. Returns the raw result; raises StateError."""
        raise NotImplementedError

    def note_failure(self, strand: Strand, error: StateError) -> None:
        """Note in the history that the state failed for good, caught or not, where its type has an event for that."""
