"""Choice: the first rule that holds says where to go.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.errors import RUNTIME, LocatedError
from simulator.states.base import Dialect, Outcome, State
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand

#: Whether a rule holds, given strand, raw and effective input.
Test = Callable[["Strand", Value, Value], bool]


class Choice(State):
    """Rules in order, then Default."""

    type = "Choice"

    def __init__(
        self, name: str, spec: dict[str, Any], dialect: Dialect, rules: list[tuple[Test, str, Dialect | None]]
    ) -> None:
        super().__init__(name, spec, dialect)
        self.rules = rules
        self._default: str | None = spec.get("Default")

    def execute(self, strand: Strand, raw: Value) -> Outcome:
        """The target of the first rule that holds, with its Output and Assign.

        Where none holds and there is no Default, AWS says States.Runtime and not States.NoChoiceMatched, whatever its
        pages say: measured in https://github.com/floci-io/floci/pull/3167.
        """
        effective = self.dialect.effective(strand, raw)
        for test, target, own in self.rules:
            if test(strand, raw, effective):
                output, assigned = (own or self.dialect).plain(strand, raw, effective)
                return target, output, assigned
        if self._default is None:
            raise LocatedError(
                RUNTIME, "Failed to transition out of the state. The state does not point to a next state."
            )
        output, assigned = self.dialect.plain(strand, raw, effective)
        return self._default, output, assigned
