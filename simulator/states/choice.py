"""Choice: the first rule that holds says where to go.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.errors import NO_CHOICE_MATCHED, LocatedError
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
        """The target of the first rule that holds, with its Output and Assign. Raises States.NoChoiceMatched."""
        effective = self.dialect.effective(strand, raw)
        for test, target, own in self.rules:
            if test(strand, raw, effective):
                output, assigned = (own or self.dialect).plain(strand, raw, effective)
                return target, output, assigned
        if self._default is None:
            raise LocatedError(
                NO_CHOICE_MATCHED,
                "Failed to transition out of the state. The state's condition was not met, and no Default was "
                "specified.",
            )
        output, assigned = self.dialect.plain(strand, raw, effective)
        return self._default, output, assigned
