"""Intrinsic functions: `States.Format('{}', $.x)`, nested as deep as AWS allows.

https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator import java
from simulator.errors import INTRINSIC_FAILURE, RUNTIME, LocatedError
from simulator.jsonpath.filters import Reader
from simulator.jsonpath.path import NoSuchPath
from simulator.values import Value, dump, load, text

if TYPE_CHECKING:
    from simulator.strand import Strand

Source = Callable[["Strand", Value], Value]

#: Characters that Base64 functions and States.Hash take at most.
_LONGEST_TEXT = 10_000
#: Elements that States.ArrayRange may make.
_LONGEST_ARRAY = 1_000
#: What States.MathAdd takes: 32-bit integers.
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1

_NAME = re.compile(r"States\.[A-Za-z0-9]+")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_PATH = re.compile(
    r"\$(?:[^,()'\[\]\s]|\[(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\?\((?:[^)]*)\)|[^\]'\"]*)\]|\(\))*"
)


@dataclass(frozen=True)
class Call:
    """A function with its arguments: constants, sources or further calls."""

    name: str
    arguments: tuple[Source, ...]
    source: str


class _Refused(Exception):
    """The function cannot take these arguments."""


def compile_call(expression: str, compile_source: Callable[[str], Source]) -> Call:
    """Parse an intrinsic function. Raises ValueError for bad syntax or an unknown function."""
    reader = Reader(expression.strip())
    call = _read_call(reader, compile_source, 1)
    reader.skip()
    if not reader.done():
        raise ValueError(f"unexpected '{reader.rest()[:20]}' after an intrinsic function")
    return call


def _read_call(reader: Reader, compile_source: Callable[[str], Source], depth: int) -> Call:
    begin = reader.at
    name = reader.match(_NAME, "an intrinsic function")
    if name not in _FUNCTIONS:
        raise ValueError(f"unknown intrinsic function {name}")
    if depth > 10:
        raise ValueError("intrinsic functions may be nested 10 deep")
    reader.expect("(")
    arguments: list[Source] = []
    reader.skip()
    while not reader.take_after_space(")"):
        if arguments:
            reader.expect(",")
            reader.skip()
        arguments.append(_read_argument(reader, compile_source, depth))
    return Call(name, tuple(arguments), reader.text[begin : reader.at])


def _read_argument(reader: Reader, compile_source: Callable[[str], Source], depth: int) -> Source:
    character = reader.peek()
    if character == "'":
        return _constant(_quoted(reader))
    if character == "$":
        return compile_source(reader.match(_PATH, "a path"))
    if character == "S":
        inner = _read_call(reader, compile_source, depth + 1)
        return lambda strand, value: evaluate_call(inner, strand, value)
    for word, constant in (("true", True), ("false", False), ("null", None)):
        if reader.take(word):
            return _constant(constant)
    number = reader.match(_NUMBER, "an argument")
    return _constant(float(number) if any(c in number for c in ".eE") else int(number))


def _constant(constant: Value) -> Source:
    return lambda strand, value: constant


def _quoted(reader: Reader) -> str:
    """A string in single quotes. `\\'`, `\\{`, `\\}` and `\\\\` are escapes; the braces' stay for States.Format."""
    reader.expect("'")
    parts: list[str] = []
    while not reader.done():
        character = reader.text[reader.at]
        reader.at += 1
        if character == "'":
            return "".join(parts)
        if character == "\\" and not reader.done():
            following = reader.text[reader.at]
            reader.at += 1
            parts.append(following if following == "'" else "\\" + following)
        else:
            parts.append(character)
    raise ValueError("a string without end")


_UNESCAPE = re.compile(r"\\(.)", re.S)


def _plain(value: str) -> str:
    """A string argument as functions other than States.Format see it: escapes resolved."""
    return _UNESCAPE.sub(r"\1", value) if "\\" in value else value


def evaluate_call(call: Call, strand: Strand, value: Value) -> Value:
    """Call the function. Raises States.IntrinsicFailure."""
    try:
        arguments = [argument(strand, value) for argument in call.arguments]
    except NoSuchPath as missing:
        detail = f"The JsonPath argument for the field '{missing.path}' could not be found in the input '{text(value)}'"
        raise LocatedError(RUNTIME, f"The function '{call.source}' had the following error: {detail}") from None
    function = _FUNCTIONS[call.name]
    try:
        return function(strand, *arguments)
    except _Refused as refused:
        detail = str(refused)
    except (TypeError, ValueError, OverflowError, RecursionError, MemoryError):
        detail = f"Invalid arguments in {call.name}"
    raise LocatedError(INTRINSIC_FAILURE, f"The function '{call.source}' had the following error: {detail}")


def _text_argument(value: Value) -> str:
    if not isinstance(value, str):
        raise _Refused("The argument must be a string")
    return value


def _array_argument(value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise _Refused("The argument must be an array")
    return value


def _whole(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Refused("The argument must be a number")
    return int(value) if isinstance(value, int) else _round(value)


def _round(value: float) -> int:
    """To the nearest integer, halves upwards, as Java's Math.round."""
    import math

    return math.floor(value + 0.5)


def _format(strand: Strand, template: Value, *arguments: Value) -> str:
    template = _text_argument(template)
    parts: list[str] = []
    left = list(arguments)
    position = 0
    while position < len(template):
        character = template[position]
        if character == "\\" and position + 1 < len(template):
            parts.append(template[position + 1])
            position += 2
        elif character == "{":
            if template[position + 1 : position + 2] != "}":
                raise _Refused("matching '}' not found for '{' in the template")
            if not left:
                raise _Refused("not enough arguments for the template")
            value = left.pop(0)
            parts.append(_shown(value))
            position += 2
        elif character == "}":
            raise _Refused("matching '{' not found for '}' in the template")
        else:
            parts.append(character)
            position += 1
    if left:
        raise _Refused("too many arguments for the template")
    return "".join(parts)


def _shown(value: Value) -> str:
    """A value inside States.Format: text as it is, arrays as `[1, a]`, objects as `{key=value}`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_shown(item)}" for key, item in value.items()) + "}"
    return text(value)


def _string_to_json(strand: Strand, value: Value) -> Value:
    value = _text_argument(value)
    return load(value) if value.strip() else None


def _json_to_string(strand: Strand, value: Value) -> str:
    return text(value)


def _array(strand: Strand, *values: Value) -> list[Value]:
    return list(values)


def _partition(strand: Strand, array: Value, size: Value) -> list[Value]:
    array, size = _array_argument(array), _whole(size)
    if size <= 0:
        raise _Refused("The chunk size must be a positive number")
    return [array[index : index + size] for index in range(0, len(array), size)]


def _contains(strand: Strand, array: Value, value: Value) -> bool:
    wanted = _canonical(value)
    return any(_canonical(item) == wanted for item in _array_argument(array))


def _range(strand: Strand, first: Value, last: Value, step: Value) -> list[int]:
    first, last, step = _whole(first), _whole(last), _whole(step)
    if step == 0:
        raise _Refused("The step must not be 0")
    count = (last - first) // step + 1
    if count > _LONGEST_ARRAY:
        raise _Refused("The result has more than 1000 elements")
    return [first + step * index for index in range(max(count, 0))]


def _get_item(strand: Strand, array: Value, index: Value) -> Value:
    array, index = _array_argument(array), _whole(index)
    if not 0 <= index < len(array):
        raise _Refused("The index is outside the array")
    return array[index]


def _length(strand: Strand, array: Value) -> int:
    return len(_array_argument(array))


def _canonical(value: Value) -> bytes:
    if isinstance(value, dict):
        return dump(dict.fromkeys(sorted(value))) + b"".join(_canonical(value[key]) for key in sorted(value))
    if isinstance(value, list):
        return b"[" + b",".join(_canonical(item) for item in value) + b"]"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return dump(value)


def _unique(strand: Strand, array: Value) -> list[Value]:
    seen: dict[bytes, Value] = {}
    for item in _array_argument(array):
        seen.setdefault(_canonical(item), item)
    return list(seen.values())


def _encode(strand: Strand, value: Value) -> str:
    value = _plain(_bounded(value))
    return base64.b64encode(value.encode("utf-8")).decode()


def _decode(strand: Strand, value: Value) -> str:
    value = _bounded(value)
    try:
        return base64.b64decode(value, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise _Refused("The argument is no Base64") from None


def _bounded(value: Value) -> str:
    given = _text_argument(value)
    if len(given) > _LONGEST_TEXT:
        raise _Refused(f"The argument has more than {_LONGEST_TEXT} characters")
    return given


_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _hash(strand: Strand, value: Value, algorithm: Value) -> str:
    name = _HASHES.get(algorithm) if isinstance(algorithm, str) else None
    if name is None:
        raise _Refused("The algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512")
    value = value if isinstance(value, str) else text(value)
    digest: str = hashlib.new(name, _plain(_bounded(value)).encode("utf-8"), usedforsecurity=False).hexdigest()
    return digest


def _merge(strand: Strand, first: Value, second: Value, deep: Value) -> Value:
    if deep is not False:
        raise _Refused("The third argument must be false: only shallow merging is supported")
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise _Refused("The arguments must be objects")
    return {**first, **second}


def _random(strand: Strand, first: Value, last: Value, seed: Value = None) -> int:
    low, high = _whole(first), _whole(last)
    if low >= high:
        raise _Refused("The first number must be below the second")
    if seed is not None:
        return low + java.first_int(_whole(seed), high - low)
    return strand.run.random.randrange(low, high)


def _add(strand: Strand, first: Value, second: Value) -> int:
    numbers = _whole(first), _whole(second)
    if not all(_SMALLEST <= number <= _LARGEST for number in numbers):
        raise _Refused(f"The arguments must be between {_SMALLEST} and {_LARGEST}")
    return sum(numbers)


def _split(strand: Strand, value: Value, delimiters: Value) -> list[str]:
    value, delimiters = _plain(_text_argument(value)), _plain(_text_argument(delimiters))
    if not delimiters:
        return [value]
    return [part for part in re.split("[" + re.escape(delimiters) + "]", value) if part]


def _uuid(strand: Strand) -> str:
    return str(uuid.UUID(int=strand.run.random.getrandbits(128), version=4))


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Format": _format,
    "States.StringToJson": _string_to_json,
    "States.JsonToString": _json_to_string,
    "States.Array": _array,
    "States.ArrayPartition": _partition,
    "States.ArrayContains": _contains,
    "States.ArrayRange": _range,
    "States.ArrayGetItem": _get_item,
    "States.ArrayLength": _length,
    "States.ArrayUnique": _unique,
    "States.Base64Encode": _encode,
    "States.Base64Decode": _decode,
    "States.Hash": _hash,
    "States.JsonMerge": _merge,
    "States.MathRandom": _random,
    "States.MathAdd": _add,
    "States.StringSplit": _split,
    "States.UUID": _uuid,
}
