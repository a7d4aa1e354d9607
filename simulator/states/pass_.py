"""Pass: hands its input on, or shapes it.

https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.states.base import Dialect, Outcome, State
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand


class Pass(State):
    """Output (JSONata), or Result or Parameters (JSONPath), else the input."""

    type = "Pass"

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect) -> None:
        super().__init__(name, spec, dialect)
        self._has_result = "Result" in spec and dialect.name == "JSONPath"
        self._result = spec.get("Result")

    def execute(self, strand: Strand, raw: Value) -> Outcome:
        """The next state with the shaped input."""
        dialect = self.dialect
        effective = dialect.effective(strand, raw)
        result = self._result if self._has_result else dialect.arguments(strand, raw, effective)
        output, assigned = dialect.passed(strand, raw, effective, result)
        return self.next, output, assigned
