"""Payload templates: JSON whose fields named `x.$` are paths, variables, context or intrinsic functions.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.errors import RUNTIME, LocatedError
from simulator.jsonpath.intrinsics import Call, compile_call, evaluate_call
from simulator.jsonpath.path import NoSuchPath, compile_path
from simulator.values import Value, text

if TYPE_CHECKING:
    from simulator.strand import Strand

#: Reads a value; takes the strand and the input that `$` stands for.
Source = Callable[["Strand", Value], Value]

_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)(.*)\Z", re.S)


def compile_source(expression: str) -> Source:
    """Compile a path (`$.x`), the context (`$$.x`), a variable (`$name.x`) or an intrinsic function (`States.X(...)`).

    The source raises NoSuchPath for a path that leads nowhere, StateError for a function that fails. Raises BadPath for
    what is none of them.
    """
    if not expression.startswith("$"):
        call = compile_call(expression, compile_source)
        return _call(call)
    if expression.startswith("$$"):
        path = compile_path(expression[1:])
        return lambda strand, value: path.read(strand.context())
    variable = _VARIABLE.match(expression)
    if variable:
        name, rest = variable.groups()
        if not rest:
            return lambda strand, value: _variable(strand, name)
        below = compile_path("$" + rest)
        return lambda strand, value: below.read(_variable(strand, name))
    path = compile_path(expression)
    return lambda strand, value: path.read(value)


def _call(call: Call) -> Source:
    return lambda strand, value: evaluate_call(call, strand, value)


def _variable(strand: Strand, name: str) -> Value:
    try:
        return strand.variables[name]
    except KeyError:
        raise NoSuchPath(f"${name}", f"${name}") from None


def of_nothing(expression: str, value: Value) -> LocatedError | None:
    """The error of a path that is applied to a null input, such as a function's that returned nothing.

    States.Runtime in https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    if value is not None or not expression.startswith("$") or _VARIABLE.match(expression) or expression[:2] == "$$":
        return None
    return LocatedError(RUNTIME, "Unable to apply Path transformation to null or empty input.")


def compile_payload(template: Value) -> Source:
    """Compile a payload template. What is missing raises States.Runtime, naming path, field and input; an index past
    the end of an array gives null, as AWS does: https://github.com/floci-io/floci/pull/3167
    """
    if not _dynamic(template):
        return lambda strand, value: template
    if isinstance(template, list):
        items = [compile_payload(item) for item in template]
        return lambda strand, value: [item(strand, value) for item in items]
    fields: list[tuple[str, Source]] = []
    for key, item in template.items():
        if key.endswith(".$") and isinstance(item, str):
            fields.append((key[:-2], _field(key, item)))
        else:
            fields.append((key, compile_payload(item)))
    return lambda strand, value: {key: field(strand, value) for key, field in fields}


def _field(key: str, expression: str) -> Source:
    source = compile_source(expression)

    def read(strand: Strand, value: Value) -> Value:
        if value is None and (problem := of_nothing(expression, value)) is not None:
            raise problem
        try:
            return source(strand, value)
        except NoSuchPath as nowhere:
            if nowhere.beyond:
                return None
            seen = strand.context() if expression.startswith("$$") else value
            raise missing(expression, key, seen) from None

    return read


def missing(expression: str, field: str, value: Value) -> LocatedError:
    """The error of a path in a template that leads nowhere."""
    return LocatedError(
        RUNTIME,
        f"The JSONPath '{expression}' specified for the field '{field}' could not be found in the input "
        f"'{text(value)}'",
        field,
    )


def _dynamic(template: Value) -> bool:
    if isinstance(template, dict):
        return any((key.endswith(".$") and isinstance(item, str)) or _dynamic(item) for key, item in template.items())
    if isinstance(template, list):
        return any(_dynamic(item) for item in template)
    return False
