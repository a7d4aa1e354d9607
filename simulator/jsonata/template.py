"""JSON templates whose strings may be `{% expressions %}`: compiled once, evaluated many times."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.errors import EvaluationError
from simulator.jsonata.engine import NOT_JSON, UNDEFINED, Problem, program
from simulator.values import Value, dump, kind

if TYPE_CHECKING:
    from simulator.strand import Strand

#: Evaluates to a value; takes the strand and the fields of $states besides the context.
Evaluator = Callable[["Strand", dict[str, Value]], Value]

# $states used in any way but these may show the context object, which is built only when it may be seen.
_PLAIN_STATES = re.compile(r"\$states\s*\.\s*(?:input|result|errorOutput)\b")


def is_expression(value: Value) -> bool:
    """Whether a string of a template is a JSONata expression: `{% ... %}`."""
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}") and len(value) >= 4


def source_of(value: str) -> str:
    """The JSONata between `{%` and `%}`, as messages quote it."""
    return value[2:-2].strip()


def has_expression(value: Value) -> bool:
    """Whether a template holds any expression."""
    if isinstance(value, dict):
        return any(has_expression(item) for item in value.values())
    if isinstance(value, list):
        return any(has_expression(item) for item in value)
    return is_expression(value)


def compile_template(value: Value, location: str) -> Evaluator:
    """Compile a template; `location` is its field's name, extended by keys in messages. Raises Problem."""
    if not has_expression(value):
        return lambda strand, states: value
    if isinstance(value, dict):
        fields = [(key, compile_template(item, f"{location}/{key}")) for key, item in value.items()]
        return lambda strand, states: {key: item(strand, states) for key, item in fields}
    if isinstance(value, list):
        items = [compile_template(item, f"{location}[{index}]") for index, item in enumerate(value)]
        return lambda strand, states: [item(strand, states) for item in items]
    return _expression(source_of(value), location)


def _expression(source: str, location: str) -> Evaluator:
    compiled = program(source)
    sees_context = "$states" in _PLAIN_STATES.sub("", source)

    def evaluate(strand: Strand, states: dict[str, Value]) -> Value:
        if sees_context and "context" not in states:
            states["context"] = strand.context()
        try:
            result = compiled.evaluate({**strand.variables, "states": states}, strand.run)
        except Problem as problem:
            raise EvaluationError(
                f"The JSONata expression '{source}' specified for the field '{location}' threw an error during "
                f"evaluation{problem.ending()}",
                location,
            ) from None
        if result is UNDEFINED:
            raise EvaluationError(
                f"The JSONata expression '{source}' specified for the field '{location}' returned nothing (undefined).",
                location,
            )
        if result is NOT_JSON:
            raise EvaluationError(
                f"The JSONata expression '{source}' specified for the field '{location}' returned an unsupported "
                "result type.",
                location,
            )
        return result

    return evaluate


def wrong_type(template: Value, location: str, expected: str, value: Value) -> EvaluationError:
    """The error of a field whose expression gave a value of another type than the field takes."""
    shown = dump(value).decode()
    if is_expression(template):
        return EvaluationError(
            f"The JSONata expression '{source_of(template)}' specified for the field '{location}' returned an "
            f"unexpected result type. Expected '{expected}', but was '{kind(value)}' for value: {shown}",
            location,
        )
    return EvaluationError(
        f"The value specified for the field '{location}' has an unexpected type. Expected '{expected}', but was "
        f"'{kind(value)}' for value: {shown}",
        location,
    )
