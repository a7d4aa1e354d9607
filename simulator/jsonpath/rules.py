"""The rules of a Choice state in JSONPath: comparisons of a Variable, joined by And, Or and Not.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.errors import RUNTIME, LocatedError
from simulator.jsonpath.dialect import JsonPathDialect
from simulator.jsonpath.path import NoSuchPath
from simulator.jsonpath.payload import Source, compile_source
from simulator.states.base import Dialect
from simulator.states.choice import Test
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand

Compare = Callable[[Value, Value], bool]


def compile_rules(choices: list[dict[str, Any]], state: dict[str, Any]) -> list[tuple[Test, str, Dialect | None]]:
    """Each rule as (test, target, its own fields where it has an Assign)."""
    outer: dict[str, Any] = {key: state[key] for key in ("InputPath", "OutputPath") if key in state}
    return [
        (
            _rule(choice),
            choice["Next"],
            JsonPathDialect({**outer, "Assign": choice["Assign"]} if "Assign" in choice else outer),
        )
        for choice in choices
    ]


def _rule(rule: dict[str, Any]) -> Test:
    if "And" in rule:
        parts = [_rule(part) for part in rule["And"]]
        return lambda strand, raw, effective: all(part(strand, raw, effective) for part in parts)
    if "Or" in rule:
        parts = [_rule(part) for part in rule["Or"]]
        return lambda strand, raw, effective: any(part(strand, raw, effective) for part in parts)
    if "Not" in rule:
        inner = _rule(rule["Not"])
        return lambda strand, raw, effective: not inner(strand, raw, effective)
    operator = next(key for key in rule if key in OPERATORS)
    return _comparison(rule["Variable"], operator, rule[operator])


def _comparison(variable: str, operator: str, operand: Value) -> Test:
    source = compile_source(variable)
    if operator == "IsPresent":
        return lambda strand, raw, effective: _present(source, strand, effective) is operand
    compare, by_path = OPERATORS[operator]
    if not by_path:
        return lambda strand, raw, effective: compare(_read(source, variable, strand, effective), operand)
    other = compile_source(operand)
    return lambda strand, raw, effective: compare(
        _read(source, variable, strand, effective), _read(other, operand, strand, effective)
    )


def _present(source: Source, strand: Strand, effective: Value) -> bool:
    try:
        source(strand, effective)
    except NoSuchPath:
        return False
    return True


def _read(source: Source, path: str, strand: Strand, effective: Value) -> Value:
    try:
        return source(strand, effective)
    except NoSuchPath:
        raise LocatedError(
            RUNTIME, f"Invalid path '{path}': The choice state's condition path references an invalid value."
        ) from None


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _numbers(test: Callable[[Any, Any], bool]) -> Compare:
    return lambda a, b: _is_number(a) and _is_number(b) and test(a, b)


def _texts(test: Callable[[Any, Any], bool]) -> Compare:
    return lambda a, b: isinstance(a, str) and isinstance(b, str) and test(a, b)


def _times(test: Callable[[Any, Any], bool]) -> Compare:
    def compare(a: Value, b: Value) -> bool:
        left, right = timestamp(a), timestamp(b)
        return left is not None and right is not None and test(left, right)

    return compare


_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)\Z")


def timestamp(value: Value) -> tuple[datetime, str] | None:
    """A value as an RFC 3339 time (whole seconds, then the fraction's digits), or None if it is none."""
    if not isinstance(value, str):
        return None
    found = _TIMESTAMP.match(value)
    if not found:
        return None
    fraction = found.group(1)
    whole = value.replace("." + fraction, "", 1) if fraction else value
    try:
        return datetime.fromisoformat(whole.replace("Z", "+00:00")).astimezone(UTC), (fraction or "").rstrip("0")
    except (ValueError, OverflowError):
        return None


def _matches(value: Value, pattern: Value) -> bool:
    r"""StringMatches: `*` stands for any run of characters, `\*` and `\\` for themselves."""
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    parts: list[str] = [""]
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\" and pattern[position + 1 : position + 2] in ("*", "\\"):
            position += 1
            parts[-1] += pattern[position]
        elif character == "*":
            parts.append("")
        else:
            parts[-1] += character
        position += 1
    if len(parts) == 1:
        return value == parts[0]
    if not value.startswith(parts[0]) or not value.endswith(parts[-1]) or len(value) < len(parts[0]) + len(parts[-1]):
        return False
    at, end = len(parts[0]), len(value) - len(parts[-1])
    for part in parts[1:-1]:
        found = value.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _boolean_equals(a: Value, b: Value) -> bool:
    return isinstance(a, bool) and a is b


#: Every operator: how it compares, and whether its operand is a path.
OPERATORS: dict[str, tuple[Compare, bool]] = {
    "BooleanEquals": (_boolean_equals, False),
    "BooleanEqualsPath": (_boolean_equals, True),
    "IsBoolean": (lambda a, b: isinstance(a, bool) is b, False),
    "IsNull": (lambda a, b: (a is None) is b, False),
    "IsNumeric": (lambda a, b: _is_number(a) is b, False),
    "IsPresent": (lambda a, b: True, False),
    "IsString": (lambda a, b: isinstance(a, str) is b, False),
    "IsTimestamp": (lambda a, b: (timestamp(a) is not None) is b, False),
    "StringMatches": (_matches, False),
}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda a, b: a == b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
}
for _order, _test in _ORDERS.items():
    for _kind, _make in (("Numeric", _numbers), ("String", _texts), ("Timestamp", _times)):
        OPERATORS[f"{_kind}{_order}"] = (_make(_test), False)
        OPERATORS[f"{_kind}{_order}Path"] = (_make(_test), True)
