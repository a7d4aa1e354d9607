"""JSON values and their exact sizes: the ground that every other part of the simulator stands on.

A value is what `orjson.loads` gives: dict, list, str, int, float, bool, None. Values are immutable by convention: no
part of the simulator changes one after it was made, so they are shared freely between states, branches, history
events and the store, and never copied.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import orjson

Value: TypeAlias = Any

#: Bytes of UTF-8 JSON that a state's input or output, a task's result or a variable may have.
#: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
PAYLOAD_LIMIT = 262_144


def dump(value: Value) -> bytes:
    """The compact UTF-8 JSON of a value, as Step Functions measures and records it.

    Integers over 64 bits, which orjson refuses, are written by the standard library. Raises TypeError for what is no
    JSON value.
    """
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode("utf-8")


def text(value: Value) -> str:
    """The compact JSON of a value as text."""
    return dump(value).decode("utf-8")


def load(data: bytes | str) -> Value:
    """Parse JSON. Raises ValueError for anything that is no JSON text (NaN and Infinity included)."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        # orjson refuses lone surrogates and huge integers, which JSON allows.
        return json.loads(data, parse_constant=_refuse)


def _refuse(name: str) -> Value:
    raise ValueError(f"{name} is no JSON")


def kind(value: Value) -> str:
    """The JSON type of a value as Step Functions names it in messages: object, array, string, number, boolean, null."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "function"
