"""The way out: `jsonata("...", returns=T)` stands wherever a lambda may stand and says what a lambda cannot.

The text is parsed when it is written, so that what is no JSONata fails at import; its type is the user's word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

from .diagnostics import Place, Problem, caller_place
from .expressions import kinds
from .expressions.nodes import Raw

T = TypeVar("T")


class Jsonata:
    """JSONata of the user's own, with the kind that it evaluates to."""

    text: str
    kind: kinds.Kind
    place: Place
    node: Raw
    problems: tuple[Problem, ...]

    def __init__(self, text: str, kind: kinds.Kind, place: Place) -> None:
        self.kind, self.place, self.problems = kind, place, ()
        if not isinstance(text, str):
            self.problems = (Problem(place, f"{text!r} is no JSONata", "give a text", "own-jsonata"),)
            text = ""
        self.text = text.strip().removeprefix("{%").removesuffix("%}").strip()
        reads: tuple[str, ...] = ()
        try:
            reads = () if self.problems else tuple(sorted(free_variables(self.text)))
        except SyntaxError as error:
            what = f"this is no JSONata: {error.msg}"
            self.problems = (Problem(place, what, "https://docs.jsonata.org says what is", "own-jsonata"),)
        self.node = Raw(self.text, reads, kind=kind)

    def __call__(self, *_: Any) -> Any:
        """Never called: it is evaluated by Step Functions."""
        raise TypeError("JSONata is evaluated by Step Functions, not here")


def jsonata(text: str, *, returns: type[T]) -> Callable[..., T]:
    """JSONata written by hand, without `{% %}`: `.output(jsonata("$sum($states.result.prices)", returns=float))`.

    It reads `$states.input`, `$states.result`, `$states.context`, `$states.errorOutput` and the workflow's variables.
    """
    return cast(Callable[..., T], Jsonata(text, kinds.from_annotation(returns), caller_place()))


def free_variables(text: str) -> frozenset[str]:
    """The variables that a JSONata text reads and binds nowhere. Raises SyntaxError."""
    from jsonata.jexception import JException  # 33 ms, spent only by those who write JSONata themselves
    from jsonata.parser import Parser

    try:
        tree = Parser().parse(text)
    except JException as error:
        at = f" at character {error.location}" if getattr(error, "location", -1) >= 0 else ""
        raise SyntaxError(f"{str(error).rstrip(chr(46))}{at}") from None
    except Exception as error:
        raise SyntaxError(str(error)) from None
    read: set[str] = set()
    bound: set[str] = {"", "$", "states"}
    for node in _nodes(tree):
        kind = getattr(node, "type", None)
        if kind == "variable":
            read.add(str(node.value))
        elif kind == "bind":
            bound.add(str(node.lhs.value))
        elif kind == "lambda":
            bound.update(str(a.value) for a in node.arguments)
        elif kind in ("function", "partial") and getattr(node.procedure, "type", None) == "variable":
            bound.add(str(node.procedure.value))
    return frozenset(read - bound)


def _nodes(tree: Any) -> Iterator[Any]:
    """Every node of a parsed text."""
    waiting, seen = [tree], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting += node
        elif hasattr(node, "type") and hasattr(node, "__dict__") and id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting += [value for name, value in vars(node).items() if name != "_outer_instance"]
