"""JSONata: syntax by a JSONata parser, and which variables an expression reads that it does not bind itself.

Differences of Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_STANDARD = """
abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent
distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase formatInteger formatNumber fromMillis
join keys length lookup lowercase map match max merge millis min not now number pad parseInteger power random reduce
replace reverse round shuffle sift single sort split spread sqrt string substring substringAfter substringBefore sum
toMillis trim type uppercase zip
"""
_OF_STEP_FUNCTIONS = "hash parse partition random range uuid"
FUNCTIONS = frozenset(f"{_STANDARD} {_OF_STEP_FUNCTIONS}".split())
"""JSONata's functions, and those that Step Functions adds."""
ABSENT = {"eval": "use `$parse` for JSON"}
"""JSONata's functions that Step Functions does not have."""
STATES = ("input", "context", "result", "errorOutput")
"""The fields of `$states`."""


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an expression, and its span in it (offsets of characters)."""

    what: str
    start: int
    end: int


@dataclass(frozen=True)
class Variable:
    """A variable that an expression reads and does not bind; `call`: as a function. `fields`: what follows `.`."""

    name: str
    start: int
    call: bool = False
    field: str | None = None


@dataclass(frozen=True)
class Parsed:
    """An expression: its variables, or what is wrong with it."""

    variables: tuple[Variable, ...]
    wrong: Wrong | None = None


@lru_cache(maxsize=4096)
def parse(text: str) -> Parsed:
    """Parse an expression without its `{%` and `%}`. Nothing is evaluated."""
    from jsonata.jexception import JException  # 40 ms that definitions in JSONPath alone need not pay
    from jsonata.parser import Parser

    if not text.strip():
        return Parsed((), Wrong("there is no expression", 0, max(len(text), 1)))
    try:
        tree = Parser().parse(text)
    except JException as error:
        at = error.location if isinstance(error.location, int) and error.location >= 0 else len(text)
        return Parsed((), _wrong(str(error), at, text))
    except RecursionError:
        return Parsed((), Wrong("the expression nests too deep", 0, len(text)))
    except Exception as error:  # the parser's own mistakes on odd texts
        return Parsed((), Wrong(f"the expression cannot be read ({type(error).__name__})", 0, len(text)))
    reader = _Reader()
    reader.read(tree, set())
    return Parsed(tuple(reader.found))


def _wrong(message: str, at: int, text: str) -> Wrong:
    """The parser's position is after the token that it did not expect."""
    end = min(max(at, 1), len(text))
    start = end - 1
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_$") and text[end - 1].isalnum():
        start -= 1
    return Wrong(message[:1].lower() + message[1:], start, end)


class _Reader:
    """Walks the parser's tree. Scopes are sets of bound names; blocks, functions and paths open one."""

    def __init__(self) -> None:
        self.found: list[Variable] = []

    def read(self, node: Any, bound: set[str], field: str | None = None) -> None:
        """Read a node; what it binds is added to `bound`."""
        if isinstance(node, (list, tuple)):
            for item in node:
                self.read(item, bound)
            return
        kind = getattr(node, "type", None)
        if kind is None:
            return
        special = getattr(self, f"_{kind}", None)
        if special is not None:
            special(node, bound, field)
        else:
            self._children(node, bound)

    def _children(self, node: Any, bound: set[str]) -> None:
        for name in _CHILDREN:
            child = getattr(node, name, None)
            if child is not None and child is not node:
                self.read(child, bound)

    def _variable(self, node: Any, bound: set[str], field: str | None, call: bool = False) -> None:
        name = str(node.value)
        if name and name != "$" and name not in bound:
            start = node.position - len(name) - 1
            self.found.append(Variable(name, max(start, 0), call, field))
        self._children(node, bound)

    def _bind(self, node: Any, bound: set[str], _: str | None) -> None:
        name = str(node.lhs.value)
        if getattr(node.rhs, "type", None) == "lambda":
            bound.add(name)  # a function may call itself
        self.read(node.rhs, bound)
        bound.add(name)

    def _block(self, node: Any, bound: set[str], _: str | None) -> None:
        inner = set(bound)
        for expression in node.expressions or ():
            self.read(expression, inner)
        self._children_but(node, bound, "expressions")

    def _lambda(self, node: Any, bound: set[str], _: str | None) -> None:
        self.read(node.body, bound | {str(a.value) for a in node.arguments or ()})

    def _function(self, node: Any, bound: set[str], _: str | None) -> None:
        if getattr(node.procedure, "type", None) == "variable":
            self._variable(node.procedure, bound, None, call=True)
        else:
            self.read(node.procedure, bound)
        self._children_but(node, bound, "procedure")

    _partial = _function

    def _path(self, node: Any, bound: set[str], _: str | None) -> None:
        inner = set(bound)
        steps = list(node.steps or ())
        for step, after in zip(steps, [*steps[1:], None]):
            following = str(after.value) if after is not None and after.type == "name" else None
            self.read(step, inner, following)
            inner |= {
                str(b) for b in (getattr(step, "focus", None), getattr(step, "index", None)) if isinstance(b, str)
            }
            for stage in getattr(step, "stages", None) or ():
                if getattr(stage, "type", None) == "index":
                    inner.add(str(stage.value))
        self._children_but(node, inner, "steps")

    def _children_but(self, node: Any, bound: set[str], left_out: str) -> None:
        for name in _CHILDREN:
            child = getattr(node, name, None)
            if name != left_out and child is not None and child is not node:
                self.read(child, bound)


_CHILDREN = (
    "lhs", "rhs", "lhs_object", "rhs_object", "terms", "rhs_terms", "procedure", "arguments", "body", "steps", "input",
    "expression", "expressions", "condition", "then", "_else", "pattern", "update", "delete", "predicate", "stages",
    "group", "expr",
)  # fmt: skip


def variables(text: str) -> Iterator[Variable]:
    """The variables of an expression that it does not bind."""
    yield from parse(text).variables
