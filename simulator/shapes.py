"""The JSON types that a state's fields have, for the check before anything runs: every misfit with its place.

https://states-language.net/ says them field by field.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OBJECT, _TEXT, _PATH, _LIST = "an object", "a string", "a string or null", "an array"
_RESOURCE = "a resource ARN"
_ALSO_EXPRESSION = "a number or a JSONata expression"
_OBJECT_OR_EXPRESSION = "an object or a JSONata expression"
_ITEMS = "an array, an object or a JSONata expression"

_FIELDS: dict[str, Any] = {
    "Assign": _OBJECT,
    "InputPath": _PATH,
    "OutputPath": _PATH,
    "ResultPath": _PATH,
    "ResultSelector": _OBJECT,
    "Credentials": _OBJECT,
    "Error": _TEXT,
    "Cause": _TEXT,
    "Timestamp": _TEXT,
    "Label": _TEXT,
    "Seconds": _ALSO_EXPRESSION,
    "TimeoutSeconds": _ALSO_EXPRESSION,
    "HeartbeatSeconds": _ALSO_EXPRESSION,
    "MaxConcurrency": _ALSO_EXPRESSION,
    "ToleratedFailureCount": _ALSO_EXPRESSION,
    "ToleratedFailurePercentage": _ALSO_EXPRESSION,
    "Items": _ITEMS,
    "ItemProcessor": {"ProcessorConfig": {"Mode": _TEXT, "ExecutionType": _TEXT}},
    "Iterator": {"ProcessorConfig": {"Mode": _TEXT, "ExecutionType": _TEXT}},
    "ItemReader": {
        "Resource!": _RESOURCE,
        "Arguments": _OBJECT_OR_EXPRESSION,
        "Parameters": _OBJECT,
        "ReaderConfig": {
            "InputType": _TEXT,
            "ManifestType": _TEXT,
            "Transformation": _TEXT,
            "MaxItems": _ALSO_EXPRESSION,
            "MaxItemsPath": _TEXT,
            "CSVHeaderLocation": _TEXT,
            "CSVHeaders": _LIST,
            "CSVDelimiter": _TEXT,
            "ItemsPointer": _TEXT,
        },
    },
    "ItemBatcher": {
        "MaxItemsPerBatch": _ALSO_EXPRESSION,
        "MaxItemsPerBatchPath": _TEXT,
        "MaxInputBytesPerBatch": _ALSO_EXPRESSION,
        "MaxInputBytesPerBatchPath": _TEXT,
        "BatchInput": _OBJECT_OR_EXPRESSION,
    },
    "ResultWriter": {
        "Resource": _RESOURCE,
        "Arguments": _OBJECT_OR_EXPRESSION,
        "Parameters": _OBJECT,
        "WriterConfig": {"Transformation": _TEXT, "OutputType": _TEXT},
    },
}
#: The fields of Retry's and Catch's entries, and of a Choice's rules.
_ENTRY = {"Assign": _OBJECT, "ResultPath": _PATH, "Next": _TEXT}


def misfits(state: dict[str, Any], language: str) -> Iterator[tuple[str, str]]:
    """Each field of a state that has the wrong JSON type, as (message, place below the state)."""
    yield from _object(state, _FIELDS, "", language)
    for field in ("Catch", "Choices"):
        entries = state.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield from _object(entry, _ENTRY, f"{field}[{index}]/", language)


def _object(spec: dict[str, Any], fields: dict[str, Any], at: str, language: str) -> Iterator[tuple[str, str]]:
    for field, value in spec.items():
        shape = fields.get(field, fields.get(f"{field}!"))
        if shape is None and field.endswith("Path") and at == "":
            shape = _TEXT
        if isinstance(shape, dict):
            if isinstance(value, dict):
                yield from _object(value, shape, f"{at}{field}/", language)
            else:
                yield f"The field '{field}' must be an object", f"{at}{field}"
        elif shape is not None and not _fits(value, shape, language):
            yield f"The field '{field}' must be {shape}", f"{at}{field}"
    for field in fields:
        if field.endswith("!") and field[:-1] not in spec:
            yield f"The field '{field[:-1]}' is required", f"{at}{field[:-1]}"


def _fits(value: Any, shape: str, language: str) -> bool:
    if shape == _OBJECT:
        return isinstance(value, dict) or (language == "JSONata" and _expression(value))
    if shape == _TEXT:
        return isinstance(value, str)
    if shape == _PATH:
        return value is None or isinstance(value, str)
    if shape == _LIST:
        return isinstance(value, list)
    if shape == _RESOURCE:
        return isinstance(value, str) and value.startswith("arn:")
    if language == "JSONata" and _expression(value):
        return True
    if shape == _ALSO_EXPRESSION:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if shape == _ITEMS:
        return isinstance(value, list | dict)
    return isinstance(value, dict if shape == _OBJECT_OR_EXPRESSION else list)


def _expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")
