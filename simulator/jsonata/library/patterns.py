"""Functions of text with patterns: $match, $contains, $replace, $split. Patterns run on RE2, in linear time."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import re2

from simulator.jsonata.errors import Problem
from simulator.jsonata.scope import Function, Scope, call_with
from simulator.jsonata.values import UNDEFINED, Seq


class Pattern(Function):
    """A regular expression. Called with a text it gives the first match, with `next` for the following ones."""

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: str, flags: str) -> None:
        super().__init__(1, None)
        self._source = source
        chosen = "".join(flag for flag in "im" if flag in flags)
        options = re2.Options()
        options.log_errors = False
        options.max_mem = 8 * 1024 * 1024
        try:
            self._compiled = re2.compile((f"(?{chosen})" if chosen else "") + source, options)
        except Exception as error:
            raise Problem("S0302", f"The regular expression /{source}/ is not supported: {error}") from None

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        """The first match as JSONata's matcher protocol has it: match, start, end, groups, next."""
        text: Any = arguments[0] if arguments else UNDEFINED
        if text is UNDEFINED:
            return UNDEFINED
        return _protocol(self.find(text, scope))

    def search(self, text: str) -> bool:
        """Whether it is found in the text."""
        return self._compiled.search(text) is not None

    def find(self, text: str, scope: Scope) -> Iterator[dict[str, Any]]:
        """Each match: its text, start, end and groups. Raises D1004 for an empty match."""
        for found in self._compiled.finditer(text):
            scope.budget.tick()
            if found.group() == "":
                raise Problem("D1004")
            groups = ["" if group is None else group for group in found.groups()]
            yield {"match": found.group(), "start": found.start(), "end": found.end(), "groups": groups}


class _Next(Function):
    __slots__ = ("_rest",)

    def __init__(self, rest: Iterator[dict[str, Any]]) -> None:
        super().__init__(0, None)
        self._rest = rest

    def call(self, arguments: list[Any], context: Any, scope: Scope) -> Any:
        return _protocol(self._rest)


def _protocol(matches: Iterator[dict[str, Any]]) -> Any:
    first = next(matches, None)
    return UNDEFINED if first is None else {**first, "next": _Next(matches)}


def matches(pattern: Function, text: str, scope: Scope) -> Iterator[dict[str, Any]]:
    """The matches of a pattern or of a user's own matcher function."""
    if isinstance(pattern, Pattern):
        yield from pattern.find(text, scope)
        return
    found = call_with(pattern, scope, text)
    while found is not UNDEFINED:
        if found.__class__ is not dict or not isinstance(found.get("groups"), list):
            raise Problem("T1010", "The matcher function argument does not return the correct object structure")
        yield found
        found = call_with(found["next"], scope)


def match(scope: Scope, text: Any, pattern: Any, limit: Any = UNDEFINED) -> Any:
    """$match: at most `limit` matches, each with match, index and groups."""
    if text is UNDEFINED:
        return UNDEFINED
    if limit is not UNDEFINED and limit < 0:
        raise Problem("D3040", value=limit)
    result = Seq()
    for found in matches(pattern, text, scope):
        if limit is not UNDEFINED and len(result) >= limit:
            break
        result.append({"match": found["match"], "index": found["start"], "groups": found["groups"]})
        scope.budget.items(1, 400)
    return result


def contains(scope: Scope, text: Any, pattern: Any) -> Any:
    """$contains."""
    if text is UNDEFINED or pattern is UNDEFINED:
        return UNDEFINED
    if pattern.__class__ is str:
        return pattern in text
    if isinstance(pattern, Pattern):
        return pattern.search(text)
    return call_with(pattern, scope, text) is not UNDEFINED


def split(scope: Scope, text: Any, separator: Any, limit: Any = UNDEFINED) -> Any:
    """$split: at most `limit` parts, the rest dropped."""
    if text is UNDEFINED:
        return UNDEFINED
    if limit is not UNDEFINED and limit < 0:
        raise Problem("D3020", value=limit)
    of_text = separator.__class__ is str
    most = None if limit is UNDEFINED else math.floor(limit) if of_text else math.ceil(limit)  # as the reference counts
    if of_text:
        parts = text.split(separator) if separator else list(text)
    else:
        parts, position = [], 0
        for found in matches(separator, text, scope):
            parts.append(text[position : found["start"]])
            position = found["end"]
        parts.append(text[position:])
    scope.budget.items(len(parts))
    return parts if most is None else parts[:most]


def replace(scope: Scope, text: Any, pattern: Any, replacement: Any, limit: Any = UNDEFINED) -> Any:
    """$replace: `replacement` is text ($1 and so on stand for groups) or a function of the match."""
    if text is UNDEFINED:
        return UNDEFINED
    if pattern.__class__ is str and pattern == "":
        raise Problem("D3010", value=pattern)
    if limit is not UNDEFINED and limit < 0:
        raise Problem("D3011", value=limit)
    most = math.floor(limit) if limit is not UNDEFINED else -1
    if pattern.__class__ is str:
        if replacement.__class__ is not str:
            raise Problem("D3012", value=replacement)
        count = text.count(pattern) if most < 0 else min(text.count(pattern), most)
        scope.budget.text(len(text) + count * max(len(replacement) - len(pattern), 0))
        return text.replace(pattern, replacement, most)
    parts: list[str] = []
    position = 0
    for done, found in enumerate(matches(pattern, text, scope)):
        if 0 <= most <= done:
            break
        parts.append(text[position : found["start"]])
        if replacement.__class__ is str:
            made = _substitute(replacement, found)
        else:
            made = call_with(replacement, scope, found)
            if made.__class__ is not str:
                raise Problem("D3012", value=made)
        scope.budget.text(len(made))
        parts.append(made)
        position = found["end"]
    parts.append(text[position:])
    result = "".join(parts)
    scope.budget.text(len(result))
    return result


def _substitute(template: str, found: dict[str, Any]) -> str:
    """A replacement with `$$`, `$0` and `$N` filled in. `$12` is group 12 if there is one, else `$1` and a 2."""
    groups = found["groups"]

    def fill(reference: re.Match[str]) -> str:
        given = reference.group(1)
        if given == "$":
            return "$"
        if given == "0":
            return str(found["match"])
        digits = given
        while len(digits) > 1 and int(digits) > len(groups):
            digits = digits[:-1]
        index = int(digits)
        rest = given[len(digits) :]
        if index == 0:
            return str(found["match"]) + rest
        return (str(groups[index - 1]) if index <= len(groups) else "") + rest

    return re.sub(r"\$(\$|\d+)", fill, template)
