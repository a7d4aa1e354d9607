"""JSON with places: what is read, and where each key and value stands. First stage of linting.

The values are what `json.loads` gives; beside them every path (`("States", "Ask", "Next")`) has the span of its key
and of its value. A key that is written twice is remembered: `json.loads` silently keeps the second.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder
from typing import Any

from ..diagnostics import Place

Path = tuple[str | int, ...]
Span = tuple[int, int]

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None}
_DECODER = JSONDecoder()
_DEPTH = 200
"""How deep values may nest; Step Functions' own limit is far below."""


class BadJson(ValueError):
    """The text is no JSON. `at` is the offset at which that shows."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.at = at


@dataclass
class Document:
    """A file of JSON, read."""

    path: str
    text: str
    value: Any = None
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)
    repeated: list[tuple[Path, Span]] = field(default_factory=list)
    """Keys written again in the same object, with the span of the later one."""

    def __post_init__(self) -> None:
        self._lines = [0, *(m.end() for m in re.finditer("\n", self.text))]

    def place(self, span: Span) -> Place:
        """A span of the text as a place; it ends with its first line."""
        start, end = span
        line = bisect_right(self._lines, start)
        first = self._lines[line - 1]
        stop = self._lines[line] - 1 if line < len(self._lines) else len(self.text)
        return Place(self.path, line, start - first + 1, max(min(end, stop), start + 1) - first + 1)

    def of_key(self, path: Path) -> Place:
        """Where the key of a value stands; the value itself where it is an item of a list."""
        return self.place(self.keys.get(path) or self.values.get(path) or (0, 1))

    def of_value(self, path: Path) -> Place:
        """Where a value stands."""
        return self.place(self.values.get(path, (0, 1)))

    def inside(self, path: Path, start: int, end: int) -> Place:
        """Where characters of a text value stand, escapes counted."""
        at = self.values[path][0] + 1
        offsets = []
        for _ in range(end + 1):
            offsets.append(at)
            if self.text[at : at + 2] == "\\u":
                at += 6
            else:
                at += 2 if self.text[at : at + 1] == "\\" else 1
        stop = self.values[path][1] - 1
        return self.place((min(offsets[start], stop), min(offsets[end], stop)))


def read(path: str, text: str) -> Document:
    """Read a text. Raises BadJson."""
    document = Document(path, text)
    reader = _Reader(document)
    document.value, end = reader.value((), reader.skip(0), 0)
    end = reader.skip(end)
    if end != len(text):
        raise BadJson("there is more after the end of the JSON", end)
    return document


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document, self.text = document, document.text

    def skip(self, at: int) -> int:
        """The offset after white space."""
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, path: Path, at: int, depth: int) -> tuple[Any, int]:
        """A value and the offset after it."""
        if depth > _DEPTH:
            raise BadJson(f"values nest deeper than {_DEPTH}", at)
        first = self.text[at : at + 1]
        found: Any
        if first == "{":
            found, end = self._object(path, at, depth)
        elif first == "[":
            found, end = self._array(path, at, depth)
        elif first == '"':
            found, end = self._text(at)
        else:
            found, end = self._other(at)
        self.document.values[path] = (at, end)
        return found, end

    def _object(self, path: Path, start: int, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.skip(start + 1)
        if self.text[at : at + 1] == "}":
            return found, at + 1
        while True:
            if self.text[at : at + 1] != '"':
                raise BadJson('a key in `"` is missing', at)
            key, end = self._text(at)
            inner = (*path, key)
            if key in found:
                self.document.repeated.append((inner, (at, end)))
            self.document.keys[inner] = (at, end)
            at = self.skip(end)
            if self.text[at : at + 1] != ":":
                raise BadJson("a `:` is missing", at)
            found[key], end = self.value(inner, self.skip(at + 1), depth + 1)
            at = self.skip(end)
            mark = self.text[at : at + 1]
            if mark == "}":
                return found, at + 1
            if mark != ",":
                raise BadJson("a `,` or `}` is missing", at)
            at = self.skip(at + 1)
            if self.text[at : at + 1] == "}":
                raise BadJson("there is a `,` before this `}`", at)

    def _array(self, path: Path, start: int, depth: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self.skip(start + 1)
        if self.text[at : at + 1] == "]":
            return found, at + 1
        while True:
            item, end = self.value((*path, len(found)), at, depth + 1)
            found.append(item)
            at = self.skip(end)
            mark = self.text[at : at + 1]
            if mark == "]":
                return found, at + 1
            if mark != ",":
                raise BadJson("a `,` or `]` is missing", at)
            at = self.skip(at + 1)

    def _text(self, at: int) -> tuple[str, int]:
        try:
            found: tuple[str, int] = _DECODER.raw_decode(self.text, at)
        except JSONDecodeError as wrong:
            raise BadJson(wrong.msg[:1].lower() + wrong.msg[1:].removesuffix(" at"), wrong.pos) from wrong
        return found

    def _other(self, at: int) -> tuple[Any, int]:
        for word, value in _WORDS.items():
            if self.text.startswith(word, at):
                return value, at + len(word)
        number = _NUMBER.match(self.text, at)
        if number is None:
            raise BadJson("a value is missing", at)
        fraction = number[1] or number[2]
        return (float(number[0]) if fraction else int(number[0])), number.end()
