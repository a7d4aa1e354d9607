"""Functions of numbers."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from jsonata.datetimeutils import DateTimeUtils
from jsonata.functions import Functions
from jsonata.jexception import JException

from simulator.jsonata.errors import Problem, Word
from simulator.jsonata.scope import Scope
from simulator.jsonata.values import UNDEFINED
from simulator.jsonata.values import number as as_json

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?\Z")
_BASED = re.compile(r"0([xX][0-9A-Fa-f]+|[oO][0-7]+|[bB][01]+)\Z")


def number(value: Any = UNDEFINED) -> Any:
    """$number: of text, a boolean or a number. Raises D3030."""
    kind = value.__class__
    if value is UNDEFINED or kind is int or kind is float:
        return value
    if kind is bool:
        return 1 if value else 0
    if kind is str:
        if len(value) < 1000 and _NUMBER.match(value):
            parsed = float(value)
            if not math.isfinite(parsed):
                raise Problem("D3030", value=value)
            return int(value) if re.fullmatch(r"-?\d{1,15}", value) else as_json(parsed)
        if len(value) < 100 and _BASED.match(value):
            return as_json(int(value, 0))
    raise Problem("D3030", value=value)


def absolute(value: Any) -> Any:
    """$abs."""
    return UNDEFINED if value is UNDEFINED else abs(value)


def floor(value: Any) -> Any:
    """$floor."""
    return UNDEFINED if value is UNDEFINED else math.floor(value)


def ceil(value: Any) -> Any:
    """$ceil."""
    return UNDEFINED if value is UNDEFINED else math.ceil(value)


def rounded(value: Any, precision: Any = UNDEFINED) -> Any:
    """$round: to `precision` decimal places, halves to the even neighbour."""
    if value is UNDEFINED:
        return UNDEFINED
    places = 0 if precision is UNDEFINED else int(precision)
    if abs(places) > 400:
        return value if places > 0 else 0
    shifted = Decimal(repr(value)).scaleb(places).quantize(Decimal(1), ROUND_HALF_EVEN)
    return as_json(float(shifted.scaleb(-places)))


def power(base: Any, exponent: Any) -> Any:
    """$power. Raises D3061."""
    if base is UNDEFINED or exponent is UNDEFINED:
        return UNDEFINED
    try:
        result = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError):
        raise Problem("D3061", value=base, exp=exponent) from None
    if isinstance(result, complex) or not math.isfinite(result):
        raise Problem("D3061", value=base, exp=exponent)
    return as_json(result)


def sqrt(value: Any) -> Any:
    """$sqrt. Raises D3060."""
    if value is UNDEFINED:
        return UNDEFINED
    if value < 0:
        raise Problem("D3060", value=value)
    return as_json(math.sqrt(value))


def total(values: Any) -> Any:
    """$sum."""
    return UNDEFINED if values is UNDEFINED else as_json(sum(values))


def largest(values: Any) -> Any:
    """$max."""
    return UNDEFINED if values is UNDEFINED or not values else max(values)


def smallest(values: Any) -> Any:
    """$min."""
    return UNDEFINED if values is UNDEFINED or not values else min(values)


def average(values: Any) -> Any:
    """$average."""
    return UNDEFINED if values is UNDEFINED or not values else as_json(sum(values) / len(values))


def format_base(value: Any, radix: Any = UNDEFINED) -> Any:
    """$formatBase. Raises D3100."""
    if value is UNDEFINED:
        return UNDEFINED
    base = 10 if radix is UNDEFINED else int(rounded(radix))
    if not 2 <= base <= 36:
        raise Problem("D3100", value=base)
    whole = int(rounded(value))
    if whole == 0:
        return "0"
    digits = ""
    left = abs(whole)
    while left:
        left, digit = divmod(left, base)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return f"-{digits}" if whole < 0 else digits


def format_number(value: Any, picture: Any, options: Any = UNDEFINED) -> Any:
    """$formatNumber, by an XPath picture."""
    if value is UNDEFINED:
        return UNDEFINED
    if options is UNDEFINED and value != 0:  # 0 and -0 are one key
        return _formatted(value, picture)
    return _borrowed(Functions.format_number, value, picture, None if options is UNDEFINED else options)


@lru_cache(maxsize=4096, typed=True)
def _formatted(value: float, picture: str) -> Any:
    """Reading a picture is slow, and the same limits are written again and again."""
    return _borrowed(Functions.format_number, value, picture, None)


def format_integer(value: Any, picture: Any) -> Any:
    """$formatInteger, by an XPath picture."""
    if value is UNDEFINED:
        return UNDEFINED
    if abs(value) > 1e15 and "w" in str(picture).lower():
        raise Problem("D3137", value=Word("The number is too large to be written in words"))
    if len(str(picture)) > 1_000:
        raise Problem("D3137", value=Word("The picture is too long"))
    return _borrowed(DateTimeUtils.format_integer, math.floor(value), picture)


def parse_integer(scope: Scope, text: Any, picture: Any) -> Any:
    """$parseInteger, by an XPath picture."""
    if text is UNDEFINED:
        return UNDEFINED
    if len(text) > 10_000 or len(str(picture)) > 1_000:
        raise Problem("D3137", value=Word("The text is too long"))
    result = _borrowed(DateTimeUtils.parse_integer, text, picture)
    return UNDEFINED if result is None else as_json(result)


def _borrowed(function: Any, *arguments: Any) -> Any:
    """A function of jsonata-python's, whatever it raises turned into a problem."""
    try:
        return function(*arguments)
    except JException as error:
        raise Problem(str(getattr(error, "error", "D3137")), str(error)) from None
    except Problem:
        raise
    except Exception as error:
        raise Problem("D3137", value=Word(f"{type(error).__name__}: {error}")) from None
