"""The values of JSONata: undefined, sequences, functions, and what all operators agree on (truth, equality, text).

Behaviour is that of the reference implementation, https://docs.jsonata.org/ : undefined and null are different things,
a sequence of one value is that value, and every number is a double.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from simulator.jsonata.bounds import tick
from simulator.jsonata.errors import Problem
from simulator.values import Value, dump


class Undefined:
    """What a path to nowhere gives. There is one instance."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED: Final = Undefined()


class Seq(list[Any]):
    """A sequence: a list that is nothing when empty, and its item when it has one (unless `keep`).

    `cons` marks arrays that a path must not flatten; `tuples` streams of bindings (`@`, `#` and `%`); `wrapper` the
    root input that is an array.
    """

    __slots__ = ("cons", "keep", "sequence", "tuples", "wrapper")

    def __init__(self, items: Iterable[Any] = (), *, sequence: bool = True) -> None:
        super().__init__(items)
        self.sequence = sequence
        self.keep = self.cons = self.tuples = self.wrapper = False


def is_sequence(value: Any) -> bool:
    """Whether a value is a sequence, not merely an array."""
    return value.__class__ is Seq and value.sequence


def settle(value: Any) -> Any:
    """The value of a sequence: nothing, its only item, or all of it."""
    if value.__class__ is Seq and value.sequence and not value.tuples:
        if not value:
            return UNDEFINED
        if len(value) == 1 and not value.keep:
            return value[0]
    return value


def is_number(value: Any) -> bool:
    """Whether a value is a number. Infinity and NaN raise D1001."""
    kind = value.__class__
    if kind is int:
        return True
    if kind is float:
        if math.isfinite(value):
            return True
        raise Problem("D1001", value=value)
    return False


def number(value: float) -> int | float:
    """A double as JSON shows it: whole numbers without a fraction. Raises D1001 for Infinity and NaN."""
    if value.__class__ is int:
        return value if -(2**53) <= value <= 2**53 else _whole(float(value))
    if not math.isfinite(value):
        raise Problem("D1001", value=value)
    if value.is_integer() and abs(value) < 1e21:
        return _whole(value)
    return value


def _whole(value: float) -> int | float:
    return int(value) if abs(value) < 1e21 else value


def append(first: Any, second: Any) -> Any:
    """$append: two values as one array. Undefined adds nothing."""
    if first is UNDEFINED:
        return second
    if second is UNDEFINED:
        return first
    left = first if isinstance(first, list) else [first]
    right = second if isinstance(second, list) else [second]
    return [*left, *right]


def truth(value: Any) -> bool:
    """$boolean; undefined is false here."""
    kind = value.__class__
    if kind is bool:
        return bool(value)
    if kind is str:
        return bool(value)
    if kind is int or kind is float:
        return bool(value)
    if kind is dict:
        return bool(value)
    if isinstance(value, list):
        if len(value) == 1:
            return truth(value[0])
        return any(truth(item) for item in value)
    return False


def equal(first: Any, second: Any) -> bool:
    """Deep equality. true and 1 differ; 1 and 1.0 do not."""
    kind = first.__class__
    if kind is bool or second.__class__ is bool:
        return first is second
    if kind is int or kind is float:
        return second.__class__ in (int, float) and first == second
    if first is second:
        return True
    if isinstance(first, list):
        tick()
        return (
            isinstance(second, list)
            and len(first) == len(second)
            and all(equal(a, b) for a, b in zip(first, second, strict=True))
        )
    if kind is dict:
        tick()
        return (
            second.__class__ is dict
            and first.keys() == second.keys()
            and all(equal(item, second[key]) for key, item in first.items())
        )
    if first is None or second is None:
        return first is second
    return bool(first == second)


def number_text(value: float) -> str:
    """A number as JavaScript writes it, rounded to 15 significant digits as $string does."""
    if value.__class__ is int and abs(value) <= 2**53:
        return str(value)
    rounded = float(f"{value:.15g}")
    if rounded == 0:
        return "0"
    if rounded.is_integer() and abs(rounded) < 1e21:
        return str(int(rounded))
    mantissa, _, exponent = repr(rounded).partition("e")
    if not exponent:
        return mantissa
    power = int(exponent)
    if -7 < power < 0:
        digits = mantissa.replace(".", "").replace("-", "")
        return ("-" if rounded < 0 else "") + "0." + "0" * (-power - 1) + digits
    return f"{mantissa.removesuffix('.0')}e{'+' if power > 0 else '-'}{abs(power)}"


def string(value: Any, *, pretty: bool = False) -> str:
    """$string of a value that is not undefined."""
    kind = value.__class__
    if kind is str:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is int or kind is float:
        if not math.isfinite(value):
            raise Problem("D3001", value=value)
        return number_text(value)
    if kind is not dict and not isinstance(value, list):
        return ""
    measure(value)
    return _json(value, "  " if pretty else "", "\n")


def _json(value: Any, indent: str, line: str) -> str:
    kind = value.__class__
    if kind is str:
        return dump(value).decode()
    if kind is dict:
        inner = line + indent
        parts = [
            f"{dump(key).decode()}:{' ' if indent else ''}{_json(item, indent, inner)}"
            for key, item in value.items()
            if item is not UNDEFINED
        ]
        return _joined("{", parts, "}", indent, line, inner)
    if isinstance(value, list):
        inner = line + indent
        return _joined("[", [_json(item, indent, inner) for item in value], "]", indent, line, inner)
    if kind is int or kind is float or kind is bool or value is None:
        return string(value)
    return '""'


def _joined(begin: str, parts: list[str], end: str, indent: str, line: str, inner: str) -> str:
    if not parts:
        return begin + end
    if not indent:
        return begin + ",".join(parts) + end
    return begin + inner + f",{inner}".join(parts) + line + end


#: Bytes of JSON, roughly, that a result or a text of a value may have. Values may share parts, so that a small value in
#: memory can be an endless one in text.
SIZE_LIMIT = 8 * 1024 * 1024


def plain(value: Any) -> Value:
    """A result as JSON: sequences as lists, whole doubles as integers, unchanged where it is JSON already.

    Raises TypeError for functions inside, Problem for what would be too long as text.
    """
    kind = value.__class__
    if kind is str or kind is bool or kind is int or value is None:
        return value
    if kind is float:
        return number(value)
    return _plain(value, {})[0]


def _plain(value: Any, known: dict[int, tuple[Any, int]]) -> tuple[Any, int]:
    """The JSON of an object or array and its size; each shared part is looked at once."""
    found = known.get(id(value))
    if found is not None:
        return found
    result: Any
    if value.__class__ is dict:
        result, size = _plain_object(value, known)
    elif isinstance(value, list):
        size, changed = 2, value.__class__ is Seq
        items: list[Any] = []
        for item in value:
            made, length = _part(item, known)
            size += length + 1
            changed = changed or made is not item
            items.append(made)
        result = items if changed else value
    else:
        raise TypeError(f"{value.__class__.__name__} is no JSON")
    if size > SIZE_LIMIT:
        raise Problem("D1013")
    known[id(value)] = (result, size)
    return result, size


def _plain_object(value: dict[str, Any], known: dict[int, tuple[Any, int]]) -> tuple[dict[str, Any], int]:
    size = 2
    changes: dict[str, Any] = {}  # few objects have any: the others are not copied
    for key, item in value.items():
        kind = item.__class__
        if kind is str:
            size += len(key) + len(item) + 6
            continue
        if item is UNDEFINED:
            changes[key] = item
            continue
        made, length = _part(item, known)
        size += len(key) + length + 4
        if made is not item:
            changes[key] = made
    if not changes:
        return value, size
    made_of = {key: changes.get(key, item) for key, item in value.items()}
    return {key: item for key, item in made_of.items() if item is not UNDEFINED}, size


def _part(item: Any, known: dict[int, tuple[Any, int]]) -> tuple[Any, int]:
    kind = item.__class__
    if kind is str:
        return item, len(item) + 2
    if kind is int or kind is bool or item is None:
        return item, 4
    if kind is float:
        return number(item), 8
    return _plain(item, known)


def measure(value: Any) -> int:
    """The size of a value as JSON text, roughly, functions counted as nothing. Raises Problem for one too long."""
    return _measure(value, {})


def _measure(value: Any, known: dict[int, int]) -> int:
    if value.__class__ is str:
        return len(value) + 2
    if value.__class__ is not dict and not isinstance(value, list):
        return 4
    size = known.get(id(value), -1)
    if size < 0:
        if isinstance(value, dict):
            size = 2 + sum(len(key) + 4 + _measure(item, known) for key, item in value.items())
        else:
            size = 2 + sum(1 + _measure(item, known) for item in value)
        if size > SIZE_LIMIT:
            raise Problem("D1013")
        known[id(value)] = size
    return size
