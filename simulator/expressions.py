"""Checks the expressions and paths of a field before anything runs, in either query language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.jsonata.engine import Problem, program
from simulator.jsonata.template import is_expression, source_of
from simulator.jsonpath.path import BadPath, compile_path
from simulator.jsonpath.payload import compile_source
from simulator.values import Value

_PATHS = frozenset({"InputPath", "OutputPath", "ItemsPath", "Variable"})
#: The only paths that may be intrinsic functions, of these that give text.
_OF_TEXT = frozenset({"ErrorPath", "CausePath"})
_TEXTS = ("Format", "JsonToString", "ArrayGetItem", "Base64Encode", "Base64Decode", "Hash", "UUID")
_TEMPLATES = frozenset({"Parameters", "ResultSelector", "ItemSelector", "Assign"})


def check(field: str, value: Value, language: str) -> Iterator[tuple[str, str]]:
    """Each problem of one field as (message, place below the state)."""
    if language == "JSONata":
        yield from _jsonata(value, field)
    else:
        yield from _jsonpath(field, value, field)


def _jsonata(value: Value, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "Comment":
                yield from _jsonata(item, f"{place}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _jsonata(item, f"{place}[{index}]")
    elif is_expression(value):
        try:
            program(source_of(value))
        except Problem as problem:
            yield f"The JSONata expression '{source_of(value)}' is invalid: {problem}", place


def _jsonpath(field: str, value: Value, place: str) -> Iterator[tuple[str, str]]:
    if field == "ResultPath":
        if value is not None:
            yield from _reference(value, place)
    elif field in _PATHS or (field.endswith("Path") and isinstance(value, str)):
        if value is not None:
            yield from _source(value, place, functions=_TEXTS if field in _OF_TEXT else ())
    elif field in _TEMPLATES:
        yield from _template(value, place)
    elif field in ("Choices", "Catch") and isinstance(value, list):
        for index, entry in enumerate(value):
            for key, item in entry.items() if isinstance(entry, dict) else ():
                if key in ("And", "Or"):
                    yield from _jsonpath("Choices", item, f"{place}[{index}]/{key}")
                elif key == "Not":
                    yield from _jsonpath("Choices", [item], f"{place}[{index}]/{key}")
                else:
                    yield from _jsonpath(key, item, f"{place}[{index}]/{key}")


def _reference(value: Value, place: str) -> Iterator[tuple[str, str]]:
    try:
        path = compile_path(value)
    except (BadPath, TypeError, AttributeError):
        yield "Value is not a Reference Path: " + str(value), place
        return
    if not path.reference:
        yield f"Value is not a Reference Path: {value}", place


def _source(value: Any, place: str, *, functions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """A path, or a call of one of these functions.

    https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html says which a Fail state takes.
    """
    try:
        compile_source(value)
    except (ValueError, TypeError, AttributeError) as error:
        yield f"Value is not a valid JSONPath: {error}", place
        return
    name = value.partition("(")[0].strip().removeprefix("States.")
    if not value.startswith("$") and name not in functions:
        also = f", or one of the functions {', '.join(functions)}" if functions else ""
        yield f"Value must be a JSONPath{also}", place


def _template(value: Value, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key.endswith(".$"):
                if not isinstance(item, str):
                    message = f"The value for the field '{key}' must be a valid JSONPath or intrinsic function"
                    yield message, f"{place}/{key}"
                    continue
                try:
                    compile_source(item)
                except ValueError as error:
                    message = f"The value for the field '{key}' must be a valid JSONPath or intrinsic function: {error}"
                    yield message, f"{place}/{key}"
            else:
                yield from _template(item, f"{place}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _template(item, f"{place}[{index}]")
