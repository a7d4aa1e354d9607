"""Succeed: ends its path.

https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.states.base import Outcome, State
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand


class Succeed(State):
    """The end of the execution, of a branch or of an item."""

    type = "Succeed"

    def execute(self, strand: Strand, raw: Value) -> Outcome:
        """No next state."""
        output, assigned = self.dialect.plain(strand, raw, self.dialect.effective(strand, raw))
        return None, output, assigned
