"""Text that came from outside, made harmless or refused: the strict reading of JSON and the safe form for showing.

Used by the modules that open envelopes and payloads. Nothing here logs or raises with a piece of the input in it.
"""

import json
import math
import re
from typing import Any, NoReturn

DEPTH = 8
"""Deepest nesting of objects and lists that is read; telemetry needs one."""

NUMBER_CHARACTERS = 40
"""Longest number that is read, in characters; a float64 in full needs 24."""

# A string (perhaps cut off by the end of the text, so that matching never fails and stays linear) or a bracket.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_SAFE = re.compile(r"[^A-Za-z0-9_:/-]")


class BadJson(ValueError):
    """The text is not JSON as we accept it; the message says why and quotes nothing."""


def load_json(text: str) -> Any:
    """Read JSON strictly: no NaN or Infinity, no number that is not finite, no field twice, at most DEPTH levels.

    Python's own reader takes the last of two equal fields, so that two readers of one message may see different values.
    Raises BadJson, and nothing else.
    """
    _check_depth(text)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_constant, parse_float=_float, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise BadJson(f"not JSON at line {error.lineno}, column {error.colno}") from None


def shown(text: str, longest: int = 128) -> str:
    """The text as it may be stored or shown: letters, digits and `_ : / -`; the rest becomes `?`, and it is cut."""
    safe = _SAFE.sub("?", text[:longest])
    return safe + "..." if len(text) > longest else safe


def _check_depth(text: str) -> None:
    """Before parsing, because the parser recurses: brackets outside strings never nest deeper than DEPTH."""
    depth = 0
    for token in _TOKEN.finditer(text):
        bracket = text[token.start()]
        if bracket in "[{":
            depth += 1
            if depth > DEPTH:
                raise BadJson(f"nested deeper than {DEPTH} levels")
        elif bracket in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadJson("a field appears twice")
    return fields


def _constant(_: str) -> NoReturn:
    raise BadJson("NaN and Infinity are not JSON")


def _float(digits: str) -> float:
    value = float(digits) if len(digits) <= NUMBER_CHARACTERS else math.inf
    if not math.isfinite(value):
        raise BadJson("a number is too large or too long")
    return value


def _integer(digits: str) -> int:
    if len(digits) > NUMBER_CHARACTERS:
        raise BadJson("a number is too large or too long")
    return int(digits)
