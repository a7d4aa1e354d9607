"""The functions that Step Functions adds to JSONata: $partition, $range, $hash, $random, $uuid, $parse.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

import hashlib
import math
import uuid as uuids
from typing import Any

from simulator import java
from simulator.jsonata.errors import Problem, Word
from simulator.jsonata.scope import Scope
from simulator.jsonata.values import UNDEFINED
from simulator.jsonata.values import string as to_string
from simulator.values import load

_LONGEST_RANGE = 400_000
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _refuse(message: str) -> Problem:
    return Problem("D3137", value=Word(message))


def partition(scope: Scope, items: Any, size: Any) -> Any:
    """$partition: an array in chunks. The size is rounded down."""
    if items is UNDEFINED or size is UNDEFINED:
        return UNDEFINED
    width = math.floor(size)
    if width <= 0:
        raise _refuse("The chunk size of $partition must be a positive number")
    scope.budget.items(len(items), 120)
    return [list(items[at : at + width]) for at in range(0, len(items), width)]


def value_range(scope: Scope, first: Any, last: Any, step: Any) -> Any:
    """$range: from first to last, both included, by step."""
    if first is UNDEFINED or last is UNDEFINED or step is UNDEFINED:
        return UNDEFINED
    begin, end, by = math.floor(first), math.floor(last), math.floor(step)
    if by == 0:
        raise _refuse("The step of $range must not be 0")
    length = max((end - begin) // by + 1, 0)
    if length > _LONGEST_RANGE:
        raise _refuse("The array of $range is too long")
    scope.budget.items(length, 40)
    return [begin + by * index for index in range(length)]


def hashed(value: Any, algorithm: Any = UNDEFINED) -> Any:
    """$hash: hexadecimal. SHA-256 where no algorithm is named."""
    if value is UNDEFINED:
        return UNDEFINED
    name = _HASHES.get("SHA-256" if algorithm is UNDEFINED else str(algorithm).upper())
    if name is None:
        raise _refuse("The algorithm of $hash must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512")
    text = to_string(value)
    return hashlib.new(name, text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def random(scope: Scope, seed: Any = UNDEFINED) -> Any:
    """$random: from 0 to below 1, by the execution's seed or by its own.

    A seed gives what java.util.Random does, on AWS bit for bit: https://github.com/floci-io/floci/issues/2662
    """
    return scope.setting.random.random() if seed is UNDEFINED else java.first_double(math.floor(seed))


def uuid(scope: Scope) -> str:
    """$uuid: version 4, from the execution's seed."""
    return str(uuids.UUID(int=scope.setting.random.getrandbits(128), version=4))


def parse(scope: Scope, text: Any) -> Any:
    """$parse: JSON text as a value."""
    if text is UNDEFINED:
        return UNDEFINED
    scope.budget.text(len(text) * 4)
    try:
        return load(text)
    except (ValueError, RecursionError):
        raise _refuse("$parse was given text that is no JSON") from None
