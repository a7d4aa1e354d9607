"""Functions of text that need no regular expression."""

from __future__ import annotations

import base64
import binascii
import math
import re
import urllib.parse
from typing import Any

from simulator.jsonata.errors import Problem, Word
from simulator.jsonata.scope import Function, Scope
from simulator.jsonata.values import UNDEFINED, measure
from simulator.jsonata.values import string as to_string


def string(scope: Scope, value: Any = UNDEFINED, pretty: Any = UNDEFINED) -> Any:
    """$string: text of any value; functions are empty text."""
    if value is UNDEFINED:
        return UNDEFINED
    if isinstance(value, Function):
        return ""
    scope.budget.text(measure(value))
    return to_string(value, pretty=pretty is True)


def length(text: Any) -> Any:
    """$length, in characters (code points)."""
    return UNDEFINED if text is UNDEFINED else len(text)


def substring(text: Any, start: Any, count: Any = UNDEFINED) -> Any:
    """$substring: from `start` (negative: from the end), perhaps only `count` characters."""
    if text is UNDEFINED:
        return UNDEFINED
    size = len(text)
    begin = 0 if start is UNDEFINED else math.trunc(start)
    if size + begin < 0:
        begin = 0
    if count is UNDEFINED:
        return text[begin:]
    if count <= 0:
        return ""
    end = begin + count if begin >= 0 else size + begin + count
    first = begin if begin >= 0 else size + begin
    return text[first : max(math.trunc(end), 0)]


def substring_before(text: Any, marker: Any) -> Any:
    """$substringBefore: all of it where the marker is not found."""
    if text is UNDEFINED:
        return UNDEFINED
    if marker is UNDEFINED:
        return text
    position = text.find(marker)
    return text if position < 0 else text[:position]


def substring_after(text: Any, marker: Any) -> Any:
    """$substringAfter: all of it where the marker is not found."""
    if text is UNDEFINED:
        return UNDEFINED
    if marker is UNDEFINED:
        return text
    position = text.find(marker)
    return text if position < 0 else text[position + len(marker) :]


def lowercase(text: Any) -> Any:
    """$lowercase."""
    return UNDEFINED if text is UNDEFINED else text.lower()


def uppercase(text: Any) -> Any:
    """$uppercase."""
    return UNDEFINED if text is UNDEFINED else text.upper()


def trim(text: Any) -> Any:
    """$trim: no space at the ends, and one for each run of spaces inside."""
    if text is UNDEFINED:
        return UNDEFINED
    return re.sub(r"[ \t\n\r]+", " ", text).strip(" ")


def pad(scope: Scope, text: Any, width: Any, character: Any = UNDEFINED) -> Any:
    """$pad: to the right for a positive width, to the left for a negative one."""
    if text is UNDEFINED or width is UNDEFINED:
        return UNDEFINED
    filling = " " if character is UNDEFINED or character == "" else character
    missing = math.trunc(abs(width)) - len(text)
    if missing <= 0:
        return text
    scope.budget.text(len(text) + missing)
    padding = (filling * (missing // len(filling) + 1))[:missing]
    return text + padding if width > 0 else padding + text


def join(scope: Scope, texts: Any, separator: Any = UNDEFINED) -> Any:
    """$join."""
    if texts is UNDEFINED:
        return UNDEFINED
    glue = "" if separator is UNDEFINED else separator
    scope.budget.text(sum(map(len, texts)) + len(glue) * len(texts))
    return glue.join(texts)


def encode(text: Any) -> Any:
    """$base64encode, of the text's UTF-8 bytes."""
    return UNDEFINED if text is UNDEFINED else base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def decode(text: Any) -> Any:
    """$base64decode, to UTF-8 text."""
    if text is UNDEFINED:
        return UNDEFINED
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise Problem("D3137", value=Word("Input is not valid Base64")) from None


# The characters that JavaScript's encodeURIComponent and encodeURI leave alone.
_COMPONENT = "-_.!~*'()"
_WHOLE = _COMPONENT + ";/?:@&=+$,#"
_LONGEST_URL = 1_000_000


def encode_component(text: Any) -> Any:
    """$encodeUrlComponent."""
    return _quote(text, _COMPONENT, "encodeUrlComponent")


def encode_url(text: Any) -> Any:
    """$encodeUrl."""
    return _quote(text, _WHOLE, "encodeUrl")


def decode_component(text: Any) -> Any:
    """$decodeUrlComponent."""
    return _unquote(text, "decodeUrlComponent")


def decode_url(text: Any) -> Any:
    """$decodeUrl: escapes of reserved characters stay."""
    if text is UNDEFINED:
        return UNDEFINED
    kept = re.sub(r"%(?=(?:3B|2F|3F|3A|40|26|3D|2B|24|2C|23))", "%25", text, flags=re.I)
    return _unquote(kept, "decodeUrl")


def _quote(text: Any, safe: str, function: str) -> Any:
    if text is UNDEFINED:
        return UNDEFINED
    if len(text) > _LONGEST_URL:
        raise Problem("D1013")
    try:
        return urllib.parse.quote(text, safe=safe)
    except UnicodeEncodeError:
        raise Problem("D3140", value=text, function=Word(function)) from None


def _unquote(text: Any, function: str) -> Any:
    if text is UNDEFINED:
        return UNDEFINED
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise Problem("D3140", value=text, function=Word(function))
    try:
        return urllib.parse.unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Problem("D3140", value=text, function=Word(function)) from None
