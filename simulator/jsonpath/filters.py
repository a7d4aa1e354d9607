"""The filters of paths: `[?(@.price < 10 && @.title =~ /x/i)]`, and the reader that paths and filters share."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from simulator.values import Value, dump

Test = Callable[[Value, Value], bool]
Steps = list[tuple[str, Any]]


class Reader:
    """A text being read from left to right. Its methods raise ValueError where something else was expected."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def done(self) -> bool:
        """Whether all was read."""
        return self.at >= len(self.text)

    def rest(self) -> str:
        """What is left."""
        return self.text[self.at :]

    def peek(self) -> str:
        """The next character, or a NUL at the end."""
        return self.text[self.at] if self.at < len(self.text) else "\0"

    def skip(self) -> None:
        """Skip spaces."""
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def take(self, expected: str) -> bool:
        """Read `expected` if it comes next."""
        if self.text.startswith(expected, self.at):
            self.at += len(expected)
            return True
        return False

    def take_after_space(self, expected: str) -> bool:
        """Read `expected` if it comes next, spaces aside."""
        self.skip()
        return self.take(expected)

    def expect(self, expected: str) -> None:
        """Read `expected`, spaces aside."""
        if not self.take_after_space(expected):
            raise ValueError(f"expected '{expected}' at position {self.at}")

    def match(self, pattern: re.Pattern[str], what: str) -> str:
        """Read what the pattern matches."""
        found = pattern.match(self.text, self.at)
        if not found or not found.group():
            raise ValueError(f"expected {what} at position {self.at}")
        self.at = found.end()
        return found.group()

    def try_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read what the pattern matches, if it does."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def integer(self) -> int:
        """Read an integer, spaces aside."""
        self.skip()
        return int(self.match(_INTEGER, "a number"))

    def quoted(self) -> str:
        """Read a string in single or double quotes, with backslash escapes."""
        quote = self.peek()
        self.at += 1
        parts: list[str] = []
        while not self.done():
            character = self.text[self.at]
            self.at += 1
            if character == quote:
                return "".join(parts)
            if character == "\\" and not self.done():
                character = self.text[self.at]
                self.at += 1
                character = _ESCAPES.get(character, character)
            parts.append(character)
        raise ValueError("a string without end")


_INTEGER = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([a-zA-Z]*)")
_WORD = re.compile(r"[A-Za-z_]\w*")
_CONSTANTS = {"true": True, "false": False, "null": None}
_MISSING = object()


def compile_filter(
    reader: Reader, read_steps: Callable[[Reader], Steps], select: Callable[[Steps, Value, Value], list[Value] | None]
) -> Test:
    """Read and compile a filter up to its closing bracket. Its test takes the item (`@`) and the document (`$`)."""

    def either() -> Test:
        left = both()
        while reader.take_after_space("||"):
            left = _or(left, both())
        return left

    def both() -> Test:
        left = negation()
        while reader.take_after_space("&&"):
            left = _and(left, negation())
        return left

    def negation() -> Test:
        reader.skip()
        if reader.peek() == "!" and not reader.text.startswith("!=", reader.at):
            reader.take("!")
            inner = negation()
            return lambda item, root: not inner(item, root)
        if reader.take("("):
            inner = either()
            reader.expect(")")
            return inner
        return comparison()

    def comparison() -> Test:
        left, literal = operand()
        reader.skip()
        for symbol in ("===", "!==", "==", "!=", "<=", ">=", "=~", "<", ">"):
            if reader.take(symbol):
                reader.skip()
                if symbol == "=~":
                    return _regex(left, reader)
                right, _ = operand()
                compare = _COMPARE[symbol]
                return lambda item, root: compare(left(item, root), right(item, root))
        for word in _WORDS:
            if re.match(rf"{word}\b", reader.rest()):
                reader.take(word)
                reader.skip()
                right, _ = operand()
                test = _WORDS[word]
                return lambda item, root: test(left(item, root), right(item, root))
        if literal:
            raise ValueError("a filter that compares nothing")
        return lambda item, root: left(item, root) is not _MISSING

    def operand() -> tuple[Callable[[Value, Value], Any], bool]:
        reader.skip()
        character = reader.peek()
        if character in "@$":
            reader.at += 1
            steps = read_steps(reader)
            definite = all(kind in ("name", "index", "call") for kind, _ in steps)
            of_item = character == "@"

            def read(item: Value, root: Value) -> Any:
                found = select(steps, item if of_item else root, root)
                if found is None:
                    return _MISSING
                if definite:
                    return found[0] if found else _MISSING
                return found

            return read, False
        value = literal()
        return (lambda item, root: value), True

    def literal() -> Value:
        character = reader.peek()
        if character in "'\"":
            return reader.quoted()
        word = reader.try_match(_WORD)
        if word is not None:
            # AWS takes a word without quotes for text, as its samples have it: [?(@.Type.Text==VENDOR_NAME)]
            return _CONSTANTS.get(word.group(), word.group())
        if reader.take("["):
            items: list[Value] = []
            reader.skip()
            while not reader.take("]"):
                items.append(literal())
                reader.take_after_space(",")
                reader.skip()
            return items
        found = reader.match(_NUMBER, "a value")
        return float(found) if any(c in found for c in ".eE") else int(found)

    return either()


def _or(left: Test, right: Test) -> Test:
    return lambda item, root: left(item, root) or right(item, root)


def _and(left: Test, right: Test) -> Test:
    return lambda item, root: left(item, root) and right(item, root)


def _regex(left: Callable[[Value, Value], Any], reader: Reader) -> Test:
    import re2  # the only user of a compiled extension here; loaded when a definition has a pattern

    found = reader.try_match(_REGEX)
    if not found:
        raise ValueError("expected a regular expression")
    flags = "(?i)" if "i" in found.group(2) else ""
    pattern = re2.compile(flags + found.group(1).replace("\\/", "/"))

    def test(item: Value, root: Value) -> bool:
        value = left(item, root)
        if isinstance(value, bool | int | float):
            value = dump(value).decode()
        return isinstance(value, str) and pattern.fullmatch(value) is not None

    return test


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(left: Any, right: Any) -> bool:
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        texts = isinstance(left, str) and isinstance(right, str)
        return (numbers or texts) and test(left, right)

    return compare


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) is not isinstance(right, bool) or left is _MISSING:
        return False
    if isinstance(left, str) and isinstance(right, int | float):  # "2" equals 2, either way round
        return left == dump(right).decode()
    if isinstance(right, str) and isinstance(left, int | float):
        return right == dump(left).decode()
    return bool(left == right)


def _among(value: Any, items: list[Any]) -> bool:
    return any(_equal(value, item) for item in items)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "!=": lambda a, b: not _equal(a, b),
    "===": lambda a, b: isinstance(a, str) is isinstance(b, str) and _equal(a, b),
    "!==": lambda a, b: isinstance(a, str) is not isinstance(b, str) or not _equal(a, b),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
}
_WORDS: dict[str, Callable[[Any, Any], bool]] = {
    "in": lambda a, b: isinstance(b, list) and _among(a, b),
    "nin": lambda a, b: isinstance(b, list) and not _among(a, b),
    "contains": lambda a, b: (
        (isinstance(a, list) and any(_equal(x, b) for x in a)) or (isinstance(a, str) and isinstance(b, str) and b in a)
    ),
    "anyof": lambda a, b: isinstance(a, list) and isinstance(b, list) and any(_among(x, b) for x in a),
    "noneof": lambda a, b: isinstance(a, list) and isinstance(b, list) and not any(_among(x, b) for x in a),
    "subsetof": lambda a, b: isinstance(a, list) and isinstance(b, list) and all(_among(x, b) for x in a),
    "size": lambda a, b: isinstance(a, list | str) and len(a) == b,
    "empty": lambda a, b: isinstance(a, list | str) and (not a) == b,
}
