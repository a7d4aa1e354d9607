"""Paths: `$.a['b'][0]`, wildcards, slices, unions, recursive descent and filters, compiled to functions.

A definite path has one value or none; an indefinite one (wildcard, slice, union, descent, filter) always has a list.
https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from simulator.jsonpath.filters import Reader, compile_filter
from simulator.values import Value


class BadPath(ValueError):
    """The text is no path."""


class NoSuchPath(LookupError):
    """A definite path leads nowhere. `at` is the bracketed path to what is missing; as text it is what Step Functions
    reports: where a property on the way is missing, the way to it, or else the whole path.

    These are the words of the library that AWS's paths follow: https://github.com/json-path/JsonPath
    """

    def __init__(self, at: str, path: str, *, on_the_way: bool = False, beyond: bool = False) -> None:
        super().__init__(f"{'Missing property in path' if on_the_way else 'No results for path:'} {at}")
        #: `beyond`: the last step is an index of an array that has no such item.
        self.path, self.beyond = path, beyond


#: One step: from a node of a document to the nodes it selects. Filters may name others of the document.
Step = Callable[[Value, Value], Iterator[Value]]


class Path:
    """A compiled path. `reference` says that it may name a place to write to: definite, without negative indexes."""

    def __init__(self, source: str, steps: list[tuple[str, Any]], definite: bool) -> None:
        self.source, self.steps, self.definite = source, steps, definite
        self._walkers = [_walker(kind, what) for kind, what in steps]

    @property
    def reference(self) -> bool:
        """Whether this is a reference path: names and non-negative indexes only."""
        return all(kind == "name" or (kind == "index" and what >= 0) for kind, what in self.steps)

    def read(self, root: Value) -> Value:
        """What the path selects in `root`. Raises NoSuchPath."""
        if self.definite:
            node = root
            for at, (kind, what) in enumerate(self.steps):
                try:
                    if kind == "name":
                        if not isinstance(node, dict):
                            raise KeyError
                        node = node[what]
                    elif kind == "index":
                        if not isinstance(node, list):
                            raise IndexError
                        node = node[what]
                    elif kind == "names":
                        if not isinstance(node, dict):
                            raise KeyError
                        node = {name: node[name] for name in what if name in node}
                    else:
                        node = _call(what, node)
                except (KeyError, IndexError, TypeError):
                    raise self._missing(at, kind, node) from None
            return node
        nodes = [root]
        certain = True
        for at, ((kind, what), walk) in enumerate(zip(self.steps, self._walkers, strict=True)):
            if kind == "call":
                return _call(what, nodes)
            if kind == "names" and at == len(self.steps) - 1:
                return [{name: node[name] for name in what if name in node} for node in nodes if isinstance(node, dict)]
            # As long as there is one node for certain it must be what the step is for. An index beyond its array
            # selects nothing, which an indefinite path may; a missing property is an error.
            if certain and not isinstance(nodes[0], _SELECTS_FROM.get(kind, object)):
                raise self._missing(at, kind, nodes[0])
            found = [reached for node in nodes for reached in walk(node, root)]
            if certain and not found and kind == "name":
                raise self._missing(at, kind, nodes[0])
            certain = certain and bool(found) and kind in ("name", "index")
            nodes = found
        return nodes

    def _missing(self, at: int, kind: str, node: Value) -> NoSuchPath:
        """The error of a step that leads nowhere from `node`."""
        if kind == "name" and isinstance(node, dict) and at + 1 < len(self.steps):
            return NoSuchPath(self.bracketed(at + 1), self.source, on_the_way=True)
        beyond = kind == "index" and isinstance(node, list) and at + 1 == len(self.steps)
        return NoSuchPath(self.bracketed(), self.source, beyond=beyond)

    def bracketed(self, length: int | None = None) -> str:
        """The path, or its first `length` steps, in bracket notation: $['a'][0]."""
        parts = ["$"]
        for kind, what in self.steps[:length]:
            if kind == "name":
                parts.append(f"['{what}']")
            elif kind == "index":
                parts.append(f"[{what}]")
            elif kind == "wildcard":
                parts.append("[*]")
            elif kind == "descend":
                parts.append("..")
            else:
                parts.append("[?]")
        return "".join(parts)


@lru_cache(maxsize=4096)
def compile_path(source: str) -> Path:
    """Compile a path that begins with `$`. Raises BadPath."""
    reader = Reader(source.rstrip())
    if not reader.take("$"):
        raise BadPath(f"Invalid path '{source}' : path must start with '$'")
    try:
        steps = read_steps(reader)
    except ValueError as error:
        raise BadPath(f"Invalid path '{source}' : {error}") from None
    if not reader.done():
        raise BadPath(f"Invalid path '{source}' : unexpected '{reader.rest()[:20]}'")
    kinds = [kind for kind, _ in steps]
    if kinds[-1:] == ["names"]:
        kinds.pop()  # several names at the end make one object
    definite = all(kind in ("name", "index", "call") for kind in kinds)
    return Path(source, steps, definite)


_NAME = re.compile(r"[^\s.\[\]()'\",:*?=<>!&|]+")
_SLICE = re.compile(r"\s*(?:(-?\d+)\s*:\s*(-?\d+)?|:\s*(-?\d+))\s*(?::[-\d\s]*)?\]")
_SELECTS_FROM: dict[str, Any] = {
    "name": dict,
    "names": dict,
    "index": list,
    "indexes": list,
    "slice": list,
    "filter": dict | list,
}


def read_steps(reader: Reader) -> list[tuple[str, Any]]:
    """Read `.name`, `['name']`, `[0]`, `[*]`, `[a:b]`, `[?(...)]`, `..` and `.length()` until something else comes.

    A slice has no steps: a third number is read and not looked at.
    """
    steps: list[tuple[str, Any]] = []
    while True:
        if reader.take(".."):
            steps.append(("descend", None))
            if reader.take("*"):
                steps.append(("wildcard", None))
            elif reader.peek() != "[":
                steps.append(("name", reader.match(_NAME, "a name")))
        elif reader.take("."):
            if reader.take("*"):
                steps.append(("wildcard", None))
                continue
            if reader.peek() == "[":
                continue
            name = reader.match(_NAME, "a name")
            if reader.take("()"):
                steps.append(("call", name))
            else:
                steps.append(("name", name))
        elif reader.take("["):
            steps.append(_bracket(reader))
        else:
            return steps


def _bracket(reader: Reader) -> tuple[str, Any]:
    reader.skip()
    if reader.take("*"):
        reader.expect("]")
        return "wildcard", None
    if reader.take("?"):
        reader.skip()
        reader.expect("(")
        test = compile_filter(reader, read_steps, _select)
        reader.expect(")")
        reader.expect("]")
        return "filter", test
    if reader.peek() in "'\"":
        names = [reader.quoted()]
        while reader.take_after_space(","):
            reader.skip()
            names.append(reader.quoted())
        reader.expect("]")
        return ("name", names[0]) if len(names) == 1 else ("names", names)
    found = reader.try_match(_SLICE)
    if found is not None:
        begin, end, only_end = (int(part) if part else None for part in found.groups())
        return "slice", slice(begin, end if only_end is None else only_end)
    numbers = [reader.integer()]
    while reader.take_after_space(","):
        numbers.append(reader.integer())
    reader.expect("]")
    return ("index", numbers[0]) if len(numbers) == 1 else ("indexes", numbers)


def _select(steps: list[tuple[str, Any]], begin: Value, root: Value) -> list[Value] | None:
    """What steps select from a node of a document, as a list; None for a path that leads nowhere. For filters."""
    nodes = [begin]
    certain = True
    for kind, what in steps:
        if kind == "call":
            try:
                return [_call(what, nodes[0])] if nodes else []
            except TypeError:
                return []
        walk = _walker(kind, what)
        if certain and not isinstance(nodes[0], _SELECTS_FROM.get(kind, object)):
            return None
        found = [reached for node in nodes for reached in walk(node, root)]
        if certain and not found and kind == "name":
            return None
        certain = certain and bool(found) and kind in ("name", "index")
        nodes = found
    return nodes


def _call(name: str, node: Value) -> Value:
    if name in ("length", "size"):
        return len(node)
    if name == "keys" and isinstance(node, dict):
        return list(node)
    if isinstance(node, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in node) and node:
        if name == "min":
            return min(node)
        if name == "max":
            return max(node)
        if name == "sum":
            return sum(node)
        if name == "avg":
            return sum(node) / len(node)
    raise TypeError(name)


def _walker(kind: str, what: Any) -> Step:
    if kind == "filter":
        return lambda node, root: _filter(node, what, root)
    selects = _WALK[kind]
    return lambda node, root: selects(node, what)


def _name(node: Value, what: str) -> Iterator[Value]:
    if isinstance(node, dict) and what in node:
        yield node[what]


def _names(node: Value, what: list[str]) -> Iterator[Value]:
    for name in what:
        yield from _name(node, name)


def _index(node: Value, what: int) -> Iterator[Value]:
    if isinstance(node, list) and -len(node) <= what < len(node):
        yield node[what]


def _indexes(node: Value, what: list[int]) -> Iterator[Value]:
    for index in what:
        yield from _index(node, index)


def _slice(node: Value, what: slice) -> Iterator[Value]:
    if isinstance(node, list):
        yield from node[what]


def _wildcard(node: Value, what: None) -> Iterator[Value]:
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def _descend(node: Value, what: None) -> Iterator[Value]:
    stack = [node]
    while stack:
        at = stack.pop()
        if isinstance(at, dict | list):
            yield at
            stack.extend(reversed(list(at.values() if isinstance(at, dict) else at)))


def _filter(node: Value, what: Callable[[Value, Value], bool], root: Value) -> Iterator[Value]:
    candidates = node if isinstance(node, list) else [node] if isinstance(node, dict) else []
    for item in candidates:
        if what(item, root):
            yield item


def _no_call(node: Value, what: str) -> Iterator[Value]:
    yield _call(what, node)


_WALK: dict[str, Callable[[Value, Any], Iterator[Value]]] = {
    "name": _name,
    "names": _names,
    "index": _index,
    "indexes": _indexes,
    "slice": _slice,
    "wildcard": _wildcard,
    "descend": _descend,
    "call": _no_call,
}
