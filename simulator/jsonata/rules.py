"""The rules of a Choice state in JSONata: a Condition each, and perhaps an Output and an Assign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.jsonata.dialect import Field, JsonataDialect
from simulator.states.base import Dialect
from simulator.states.choice import Test
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand


def compile_rules(choices: list[dict[str, Any]], state: dict[str, Any]) -> list[tuple[Test, str, Dialect | None]]:
    """Each rule as (test, target, its own output fields). A rule without Output has the input as its output."""
    compiled: list[tuple[Test, str, Dialect | None]] = []
    for index, choice in enumerate(choices):
        own = JsonataDialect(choice, f"Choices[{index}]/")
        compiled.append((_condition(choice["Condition"], index), choice["Next"], own))
    return compiled


def _condition(template: Value, index: int) -> Test:
    if isinstance(template, bool):
        return lambda strand, raw, effective: template
    field = Field(template, f"Choices[{index}]/Condition", "boolean")

    def test(strand: Strand, raw: Value, effective: Value) -> bool:
        return field(strand, raw, effective) is True

    return test
