"""Text taken apart by a separator, and what is found in it."""

from __future__ import annotations

from typing import Any

from ..builder import Builder
from ..conditions import count
from ..demands import need, need_constant
from ..kinds import BOOL, INT, STR, ListKind, TupleKind, values_of
from ..nodes import (
    EMPTY_TEXT,
    NULL,
    ONE,
    Array,
    Collect,
    Const,
    Function,
    Index,
    Node,
    Regex,
    Var,
    binary,
    call,
    cond,
    const,
)
from ..refusals import Page, refuse
from .numbers import error

TEXTS = ListKind(STR)


def separator(b: Builder, what: str, sep: Node) -> Node:
    """A text that is not empty, or raises as Python does."""
    need(what, "str", sep)
    if isinstance(sep, Const) and not sep.value:
        raise refuse(Page.OUT_OF_RANGE, f"{what} by an empty separator", "give a separator")
    if isinstance(sep, Const) or all(values_of(sep.kind) or ("",)):
        return sep
    sep = b.let(sep)
    some = binary(sep, "!=", EMPTY_TEXT)
    return sep if some in b.scope.known else b.let(cond(some, sep, error("empty separator", STR)), "separator")


def split(b: Builder, s: Node, sep: Node | None = None, maxsplit: Node | None = None) -> Node:
    """s.split(sep): by white space without; once with maxsplit=1."""
    if sep is None or sep == NULL:
        if maxsplit is not None:
            raise refuse(Page.UNSUPPORTED_CALL, ".split(maxsplit=) by white space", "give a separator")
        word = Var(b.fresh("word"), kind=STR)
        parts = call("split", s, Regex(r"\s+", kind=STR), kind=TEXTS)
        whole = Function((word.name,), binary(word, "!=", EMPTY_TEXT), kind=BOOL)
        return Collect(call("filter", parts, whole, kind=TEXTS), kind=TEXTS)
    sep = separator(b, ".split()", sep)
    if not once(".split()", maxsplit):
        return Collect(call("split", s, sep, kind=TEXTS), kind=TEXTS)
    s = b.let(s)
    two = Array((before(s, sep), after(s, sep)), kind=TEXTS)
    return cond(contained(s, sep), two, Array((s,), kind=TEXTS))


def once(what: str, maxsplit: Node | None) -> bool:
    """Split at one place, or at all of them?"""
    if maxsplit is None or maxsplit == const(-1):
        return False
    if need_constant(f"{what} with a computed maxsplit", maxsplit).value != 1:
        raise refuse(
            Page.UNSUPPORTED_CALL, f"{what} at most {getattr(maxsplit, 'value', '')} times", "split at 1 or all"
        )
    return True


def rsplit(b: Builder, s: Node, sep: Node, maxsplit: Node | None = None) -> Node:
    """s.rsplit(sep, 1): at the last separator."""
    sep = separator(b, ".rsplit()", sep)
    if not once(".rsplit()", maxsplit):
        return split(b, s, sep)
    parts, head = last_apart(b, s, sep)
    two = Array((head, Index(parts, const(-1), kind=STR)), kind=TEXTS)
    return cond(binary(count(parts), ">", ONE), two, parts)


def last_apart(b: Builder, s: Node, sep: Node) -> tuple[Node, Node]:
    """All parts, and the text of all but the last."""
    parts = b.let(Collect(call("split", s, sep, kind=TEXTS), kind=TEXTS), "parts")
    x, i = Var(b.fresh("x"), kind=STR), Var(b.fresh("i"), kind=INT)
    inner = binary(i, "<", binary(count(parts), "-", ONE, INT))
    kept = call("filter", parts, Function((x.name, i.name), inner, kind=BOOL), kind=TEXTS)
    return parts, call("join", Collect(kept, kind=TEXTS), sep, kind=STR)


def contained(s: Node, part: Node) -> Node:
    """Is the part in the text?"""
    return call("contains", s, part, kind=BOOL)


def before(s: Node, sep: Node) -> Node:
    """What stands before; the whole text where there is no separator."""
    return call("substringBefore", s, sep, kind=STR)


def after(s: Node, sep: Node) -> Node:
    """What stands after."""
    return call("substringAfter", s, sep, kind=STR)


def partition(b: Builder, s: Node, sep: Node, /) -> Node:
    """s.partition(sep)"""
    sep = separator(b, ".partition()", sep)
    s = b.let(s)
    found = contained(s, sep)
    parts = (before(s, sep), cond(found, sep, EMPTY_TEXT), cond(found, after(s, sep), EMPTY_TEXT))
    return Array(parts, kind=TupleKind((STR, STR, STR)))


def rpartition(b: Builder, s: Node, sep: Node, /) -> Node:
    """s.rpartition(sep)"""
    sep = separator(b, ".rpartition()", sep)
    parts, head = last_apart(b, s, sep)
    found = binary(count(parts), ">", ONE)
    items = (cond(found, head, EMPTY_TEXT), cond(found, sep, EMPTY_TEXT), Index(parts, const(-1), kind=STR))
    return Array(items, kind=TupleKind((STR, STR, STR)))


def occurrences(b: Builder, s: Node, part: Node, /) -> Node:
    """s.count(part)"""
    part = separator(b, ".count()", need_constant(".count() of a computed text", part))
    pieces = call("count", call("split", s, part, kind=TEXTS), kind=INT)
    return binary(pieces, "-", ONE, INT)


def find(b: Builder, s: Node, part: Node, /) -> Node:
    """s.find(part): -1 where it is not there."""
    return place(b, s, part, ".find()", const(-1))


def index(b: Builder, s: Node, part: Node, /) -> Node:
    """s.index(part), which raises where it is not there."""
    return place(b, s, part, ".index()", error("substring not found", INT))


def place(b: Builder, s: Node, part: Node, what: str, missing: Node) -> Node:
    """How many characters stand before the part."""
    need(what, "str", part)
    s, part = b.let(s), b.let(part)
    there = call("length", before(s, part), kind=INT)
    known = isinstance(part, Const) and contained(s, part) in b.scope.known
    return there if known else cond(contained(s, part), there, missing)


METHODS: dict[tuple[str, str], Any] = {
    ("str", "split"): split,
    ("str", "rsplit"): rsplit,
    ("str", "partition"): partition,
    ("str", "rpartition"): rpartition,
    ("str", "count"): occurrences,
    ("str", "find"): find,
    ("str", "index"): index,
}
