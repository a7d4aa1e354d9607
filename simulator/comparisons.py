"""Checks the rules of a Choice state in JSONPath before anything runs.

https://states-language.net/#choice-state and the checks of AWS's own linter, https://github.com/awslabs/statelint
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: What an operator's operand must be, by how the operator's name begins.
_OPERANDS = {
    "Is": "a boolean",
    "Boolean": "a boolean",
    "Numeric": "a number",
    "String": "a string",
    "Timestamp": "an RFC 3339 timestamp",
}


def rule_misfits(rule: Any, place: str, *, top: bool = True) -> Iterator[tuple[str, str]]:
    """Each problem of a rule, and of those inside it, as (message, place). `top`: this is one of Choices."""
    from simulator.jsonpath.rules import OPERATORS  # not at import: the module imports states, which import this one

    if not isinstance(rule, dict):
        yield "A rule must be an object", place
        return
    if not top and "Next" in rule:
        yield "Only the rules of Choices have the field 'Next'", f"{place}/Next"
    for field in ("And", "Or"):
        if field in rule:
            parts = rule[field]
            if not isinstance(parts, list) or not parts:
                yield f"The field '{field}' must be a non-empty array", f"{place}/{field}"
                return
            for index, part in enumerate(parts):
                yield from rule_misfits(part, f"{place}/{field}[{index}]", top=False)
            return
    if "Not" in rule:
        yield from rule_misfits(rule["Not"], f"{place}/Not", top=False)
        return
    operators = [field for field in rule if field in OPERATORS]
    if not isinstance(rule.get("Variable"), str) or len(operators) != 1:
        yield "A rule needs a Variable and exactly one comparison", place
        return
    expected = "a path" if operators[0].endswith("Path") else _expected(operators[0])
    if not _fits(rule[operators[0]], expected):
        yield f"The field '{operators[0]}' must be {expected}", f"{place}/{operators[0]}"


def _expected(operator: str) -> str:
    return next(kind for begin, kind in _OPERANDS.items() if operator.startswith(begin))


def _fits(operand: Any, expected: str) -> bool:
    from simulator.jsonpath.rules import timestamp

    if expected == "a boolean":
        return isinstance(operand, bool)
    if expected == "a number":
        return isinstance(operand, int | float) and not isinstance(operand, bool)
    if expected == "an RFC 3339 timestamp":
        return timestamp(operand) is not None
    return isinstance(operand, str)
