"""Retry and catch: what a state does when it fails. Data only; the states carry it and asl.py writes it out.

Caught      what a catcher's output reads
Retrier     one entry of Retry
Catcher     one entry of Catch
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .diagnostics import Place
from .expressions import Expression, Root, kinds
from .expressions.nodes import Binary, Block, Call, Cond, Field, Index, Node, Regex, Var, const
from .lambdas import UNKNOWN, expression, root
from .records import Caught
from .states.base import Kind, Part
from .variables import Assignment


@dataclass(frozen=True)
class Retrier:
    """When one of `errors` occurs, try again: at most `attempts` times, after interval * backoff ** n seconds."""

    errors: tuple[str, ...]
    attempts: int
    interval: int
    backoff: float
    max_delay: int | None
    jitter: bool
    place: Place | None = field(default=None, compare=False)

    def longest_waits(self) -> float:
        """Seconds that all its waits may take together."""
        waits = (self.interval * self.backoff**n for n in range(self.attempts))
        return sum(min(wait, self.max_delay) if self.max_delay is not None else wait for wait in waits)


@dataclass(frozen=True)
class Catcher:
    """When one of `errors` occurs (and is not retried any more), go on with `then`, which gets `output`."""

    errors: tuple[str, ...]
    output: Expression | None
    then: Part
    assigns: tuple[Assignment, ...]
    passes: Kind = field(compare=False)
    place: Place = field(compare=False)


def _path(path: str, kind: kinds.Kind) -> Node:
    return Root.path(path, kind).node


def _message() -> Node:
    """A Lambda's cause is JSON that starts with its errorMessage. A cause that is not must not fail, so the text is
    found by a pattern of JSON strings and only that string is parsed."""
    cause = _path("states.errorOutput.Cause", kinds.STR)
    # The backslash is \x5c because JSONata's reader counts brackets to find a pattern's end, and takes `\\(` for an
    # escaped bracket: it would miss the closing slash.
    text = r"""([^"\\\x00-\x1f]*(?:\x5c(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*)"""
    pattern = Regex(r"""^\{"errorMessage": ?""" + '"' + text + '"', kind=kinds.STR)
    found = Var("found", kind=kinds.STR)
    group = Index(Field(Index(found, const(0), kind=kinds.STR), "groups", kind=kinds.STR), const(0), kind=kinds.STR)
    quote = const('"')
    quoted = Binary("&", Binary("&", quote, group, kind=kinds.STR), quote, kind=kinds.STR)
    parsed = Call("$parse", (quoted,), kind=kinds.STR)
    test = Call("$exists", (found,), kind=kinds.BOOL)
    match = Call("$match", (cause, pattern, const(1)), kind=kinds.STR)
    return Block((("found", match),), Cond(test, parsed, cause, kind=kinds.STR), kind=kinds.STR)


def caught_root(given: Kind) -> Root:
    """The record that a catcher's output reads, over the input of the failed state."""
    if given is None:
        return Root.of(_path("states.input", UNKNOWN), UNKNOWN)
    return Root.record(
        "Caught",
        {
            "input": root("states.input", given),
            "error": Root.path("states.errorOutput.Error", kinds.STR),
            "cause": Root.path("states.errorOutput.Cause", kinds.STR),
            "message": Root(_message(), kinds.STR),
        },
    )


def caught_whole(given: Kind) -> Expression:
    """The whole Caught as data: what a catch target gets that has no output of its own."""
    whole = expression(caught_root(given).node)
    return whole if given is None else replace(whole, kind=kinds.RecordKind(Caught, (given,)))
