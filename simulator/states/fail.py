"""Fail: ends its path with an error.

https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.errors import StateError
from simulator.states.base import Dialect, Outcome, State
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand


class Fail(State):
    """Error and Cause, each optional, each perhaps computed."""

    type = "Fail"

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect) -> None:
        super().__init__(name, spec, dialect)
        self._error = dialect.field(spec, "Error", "string")
        self._cause = dialect.field(spec, "Cause", "string")

    def execute(self, strand: Strand, raw: Value) -> Outcome:
        """Raises the error."""
        error = None if self._error is None else self._error(strand, raw, raw)
        cause = None if self._cause is None else self._cause(strand, raw, raw)
        raise StateError(error, cause)
