"""The fields of a state whose query language is JSONPath: InputPath, Parameters, ResultSelector, ResultPath, OutputPath
and Assign, in AWS's order.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.errors import (
    PARAMETER_PATH_FAILURE,
    RESULT_PATH_MATCH_FAILURE,
    RUNTIME,
    LocatedError,
)
from simulator.jsonpath.path import NoSuchPath, compile_path
from simulator.jsonpath.payload import Source, compile_payload, compile_source, of_nothing
from simulator.values import Value, kind, text

if TYPE_CHECKING:
    from simulator.strand import Strand

_INTEGER = re.compile(r"-?\d{1,18}")

Completed = tuple[Value, "dict[str, Value] | None"]


class JsonPathDialect:
    """Reads and writes a state's data by JSONPath."""

    name = "JSONPath"

    def __init__(self, spec: dict[str, Any]) -> None:
        self._input = _filter(spec, "InputPath")
        self._output = _filter(spec, "OutputPath")
        self._parameters = compile_payload(spec["Parameters"]) if "Parameters" in spec else None
        self._selector = compile_payload(spec["ResultSelector"]) if "ResultSelector" in spec else None
        self._result_path = compile_result_path(spec)
        self._assign = compile_payload(spec["Assign"]) if spec.get("Assign") else None

    def effective(self, strand: Strand, raw: Value) -> Value:
        """The input after InputPath."""
        return raw if self._input is None else self._input(strand, raw)

    def arguments(self, strand: Strand, raw: Value, effective: Value) -> Value:
        """The input after Parameters."""
        return effective if self._parameters is None else self._parameters(strand, effective)

    def complete(self, strand: Strand, raw: Value, effective: Value, result: Value) -> Completed:
        """ResultSelector, ResultPath into the state's raw input, then OutputPath; Assign sees the result."""
        assigned = None if self._assign is None else self._assign(strand, result)
        output = self.placed(raw, self.selected(strand, result))
        return (output if self._output is None else self._output(strand, output)), assigned

    def selected(self, strand: Strand, result: Value) -> Value:
        """The result after ResultSelector."""
        return result if self._selector is None else self._selector(strand, result)

    def placed(self, raw: Value, result: Value) -> Value:
        """The result where ResultPath says, in the state's raw input."""
        return self._result_path(raw, result)

    def plain(self, strand: Strand, raw: Value, effective: Value) -> Completed:
        """The input, after InputPath and OutputPath."""
        assigned = None if self._assign is None else self._assign(strand, effective)
        return (effective if self._output is None else self._output(strand, effective)), assigned

    def passed(self, strand: Strand, raw: Value, effective: Value, result: Value) -> Completed:
        """Like a task's: a Pass state's Result goes where ResultPath says."""
        return self.complete(strand, raw, effective, result)

    def caught(self, catcher: Caught, strand: Strand, raw: Value, error_output: Value) -> Completed:
        """The error output where the catcher's ResultPath says, in the state's raw input."""
        assigned = None if catcher.assign is None else catcher.assign(strand, error_output)
        return catcher.result_path(raw, error_output), assigned

    def catcher(self, spec: dict[str, Any], index: int) -> Caught:
        """Compile the fields of a state's catcher."""
        return Caught(compile_payload(spec["Assign"]) if spec.get("Assign") else None, compile_result_path(spec))

    def field(self, spec: dict[str, Any], name: str, expected: str) -> Callable[[Strand, Value, Value], Value] | None:
        """A constant field, or its `Path` twin (Items: ItemsPath). ErrorPath and CausePath take intrinsic functions."""
        path_name = "ItemsPath" if name == "Items" else f"{name}Path"
        if path_name in spec:
            return _path_field(path_name, spec[path_name], name, expected)
        if name in spec:
            value = spec[name]
            return lambda strand, raw, effective: value
        return None

    def template(self, value: Value, location: str) -> Callable[[Strand, dict[str, Value]], Value]:
        """Compile a nested payload template."""
        compiled = compile_payload(value)
        return lambda strand, states: compiled(strand, states["input"])


class Caught:
    """A catcher's Assign and ResultPath."""

    def __init__(self, assign: Source | None, result_path: Callable[[Value, Value], Value]) -> None:
        self.assign, self.result_path = assign, result_path


def _filter(spec: dict[str, Any], name: str) -> Source | None:
    if name not in spec or spec[name] == "$":
        return None
    path = spec[name]
    if path is None:
        return lambda strand, value: {}
    source = compile_source(path)

    def read(strand: Strand, value: Value) -> Value:
        if value is None and (problem := of_nothing(path, value)) is not None:
            raise problem
        try:
            return source(strand, value)
        except NoSuchPath as missing:
            raise LocatedError(RUNTIME, f"Invalid path '{path}' : {missing}", name) from None

    return read


def compile_result_path(spec: dict[str, Any]) -> Callable[[Value, Value], Value]:
    """Where a result goes in the input: everywhere (the default), nowhere (null), or at a reference path."""
    path_text = spec.get("ResultPath", "$")
    if path_text is None:
        return lambda raw, result: raw
    path = compile_path(path_text)
    steps = path.steps
    if not steps:
        return lambda raw, result: result

    def place(raw: Value, result: Value) -> Value:
        return _put(raw, steps, 0, result, path_text, raw)

    return place


def _put(node: Value, steps: list[tuple[str, Any]], at: int, result: Value, path: str, raw: Value) -> Value:
    """A copy of `node` along the path, with `result` at its end. What is not on the path is shared."""
    if at == len(steps):
        return result
    how, what = steps[at]
    if how == "index" and isinstance(node, list) and what < len(node):
        copied = list(node)
        copied[what] = _put(node[what], steps, at + 1, result, path, raw)
        return copied
    if how == "name" and (node is None or isinstance(node, dict)) and not (node is None and at == 0):
        changed = dict(node or {})
        changed[what] = _put(changed.get(what), steps, at + 1, result, path, raw)
        return changed
    raise LocatedError(
        RESULT_PATH_MATCH_FAILURE, f"Unable to apply ReferencePath {path} to input {text(raw)}", "ResultPath"
    )


def _path_field(path_name: str, path: str, name: str, expected: str) -> Callable[[Strand, Value, Value], Value]:
    source = compile_source(path)

    def read(strand: Strand, raw: Value, effective: Value) -> Value:
        try:
            value = source(strand, effective)
        except NoSuchPath as missing:
            if name in ("Seconds", "Timestamp"):
                detail = f"The {path_name} parameter does not reference an input value: {path}"
            elif name == "Items":
                detail = _no_array(path)
            else:
                detail = f"Invalid path '{path}' : {missing}"
            raise LocatedError(RUNTIME, detail, path_name) from None
        if expected == "number" and isinstance(value, str) and _INTEGER.fullmatch(value):
            value = int(value)
        if kind(value) not in expected.split(" or "):
            raise _mismatch(path_name, path, name, expected, value)
        if name == "Seconds" and isinstance(value, int | float) and value < 0:
            detail = f"The SecondsPath parameter references a negative value: {path} == {value}"
            raise LocatedError(RUNTIME, detail, path_name)
        return value

    return read


def _no_array(path: str) -> str:
    """AWS names a path into the context object as one into the input, with one `$`."""
    return f'Reference path "{path[1:] if path.startswith("$$") else path}" must point to array.'


def _mismatch(path_name: str, path: str, name: str, expected: str, value: Value) -> LocatedError:
    shown = value if isinstance(value, str) else text(value)
    if name == "Items":
        return LocatedError(RUNTIME, _no_array(path), path_name)
    if name == "Seconds":
        return LocatedError(
            RUNTIME, f"The SecondsPath parameter cannot be parsed as a long value: {path} == {shown}", path_name
        )
    if name == "Timestamp":
        detail = (
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
            f"{path} == {shown}"
        )
        return LocatedError(RUNTIME, detail, path_name)
    if name == "ToleratedFailurePercentage":
        detail = f'The {path_name} field refers to value "{shown}" which is not a valid float: {path}'
        return LocatedError(RUNTIME, detail, path_name)
    if expected == "number":
        detail = f'The {path_name} field refers to value "{shown}" which is not a valid integer: {path}'
        return LocatedError(RUNTIME, detail, path_name)
    return LocatedError(
        PARAMETER_PATH_FAILURE, f"The {path_name} field must refer to a {expected}, but was: {text(value)}", path_name
    )
