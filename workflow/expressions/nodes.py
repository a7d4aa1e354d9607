"""The tree that the interpreter builds and the printer reads: frozen, and equal where the texts would be equal.

A node's `kind` is what is known of its value here; it is not part of its identity, so that what a test proved of a
place is found again wherever the place is read. Reading a value as another kind is a node of its own, `Cast`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from typing import Any

from .kinds import BOOL, NONE, Kind, is_optional, join, of_value
from .refusals import Page, refuse

NOT_IDENTITY = ("kind", "value", "sure")


@cache
def _parts(cls: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if f.name not in NOT_IDENTITY)


@dataclass(frozen=True, eq=False)
class Node:
    """A part of an expression."""

    kind: Kind = field(kw_only=True)

    @cached_property
    def identity(self) -> tuple[Any, ...]:
        """What makes two nodes the same text."""
        cls: Any = type(self)
        return (cls.__name__, *[getattr(self, name) for name in _parts(cls)])

    @cached_property
    def may_fail(self) -> bool:
        """Python would raise here, so it must be evaluated where Python does it: never moved, merged or dropped."""
        return any(c.may_fail for c in children(self))

    def __hash__(self) -> int:
        known = self.__dict__.get("_hash")
        if known is None:
            known = hash(self.identity)
            object.__setattr__(self, "_hash", known)
        return known

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Node) and hash(self) == hash(other) and self.identity == other.identity


@dataclass(frozen=True, eq=False)
class Const(Node):
    """A value known when compiling: `key` tells values apart that are equal in Python, as 1 and True."""

    key: str
    value: Any


@dataclass(frozen=True, eq=False)
class Var(Node):
    """A variable, without its `$`; "" is the context of a sort key.

    `sure`: where its value is None it is null, never undefined.
    """

    name: str
    sure: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, eq=False)
class Outer(Var):
    """A variable that is bound outside the expression: one of the workflow's."""


@dataclass(frozen=True, eq=False)
class Raw(Node):
    """JSONata that the user wrote, and the outer variables that it reads."""

    text: str
    reads: tuple[str, ...] = ()


class Symbolic:
    """A Python value that stands for a place of the execution: a variable's value, a part of the context object.

    Where a lambda names one, its node is read.
    """

    node: Node


@dataclass(frozen=True, eq=False)
class Field(Node):
    """of.name"""

    of: Node
    name: str


@dataclass(frozen=True, eq=False)
class Index(Node):
    """of[index]"""

    of: Node
    index: Node


@dataclass(frozen=True, eq=False)
class Cast(Node):
    """The same text read as another kind of value: the text of a datetime, the value of an enum."""

    of: Node
    to: Kind


@dataclass(frozen=True, eq=False)
class Call(Node):
    """$function(args); `function` is written with its `$`."""

    function: str
    args: tuple[Node, ...]

    @cached_property
    def may_fail(self) -> bool:
        """As of every node; $error and $assert are what fails."""
        return self.function in ("$error", "$assert") or any(a.may_fail for a in self.args)


@dataclass(frozen=True, eq=False)
class Binary(Node):
    """left op right"""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, eq=False)
class Negative(Node):
    """-of"""

    of: Node


@dataclass(frozen=True, eq=False)
class Cond(Node):
    """test ? then : otherwise; without otherwise it is undefined there."""

    test: Node
    then: Node
    otherwise: Node | None


@dataclass(frozen=True, eq=False)
class Array(Node):
    """A list of known length, whose items stay one element each."""

    items: tuple[Node, ...]


@dataclass(frozen=True, eq=False)
class Collect(Node):
    """`[x]` round what yields none, one or several: always a list."""

    of: Node


@dataclass(frozen=True, eq=False)
class Object(Node):
    """{key: value, ...}"""

    pairs: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, eq=False)
class Function(Node):
    """function($params) { body }"""

    params: tuple[str, ...]
    body: Node


@dataclass(frozen=True, eq=False)
class Block(Node):
    """($name := value; ...; result); a binding named "" is a step kept for its effect ($assert)."""

    bindings: tuple[tuple[str, Node], ...]
    result: Node


@dataclass(frozen=True, eq=False)
class Sort(Node):
    """of^(key, >key); a key is (node, descending)."""

    of: Node
    keys: tuple[tuple[Node, bool], ...]


@dataclass(frozen=True, eq=False)
class Regex(Node):
    """/pattern/"""

    pattern: str


# ------------------------------------------------------------------ the tree
def children(n: Node) -> Iterator[Node]:
    """The nodes directly below."""
    match n:
        case Const() | Var() | Regex():
            return
        case Field(of=of) | Cast(of=of) | Negative(of=of) | Collect(of=of):
            yield of
        case Index(of=of, index=index):
            yield of
            yield index
        case Call(args=args) | Array(items=args):
            yield from args
        case Binary(left=left, right=right):
            yield left
            yield right
        case Cond(test=test, then=then, otherwise=otherwise):
            yield test
            yield then
            if otherwise is not None:
                yield otherwise
        case Object(pairs=pairs):
            for k, v in pairs:
                yield k
                yield v
        case Function(body=body):
            yield body
        case Block(bindings=bindings, result=result):
            yield from (v for _, v in bindings)
            yield result
        case Sort(of=of, keys=keys):
            yield of
            yield from (k for k, _ in keys)


def walk(n: Node) -> Iterator[Node]:
    """The node and all below."""
    yield n
    for c in children(n):
        yield from walk(c)


# ------------------------------------------------------------------ making nodes
def check_number(v: Any) -> None:
    """Refuse numbers that JSON does not have, or that lose digits there."""
    if isinstance(v, float) and v - v != 0:
        raise refuse(Page.NOT_JSON, f"{v} has no JSON form", "use a finite number or leave the test out")
    if isinstance(v, int) and not isinstance(v, bool) and abs(v) > 2**53:
        what = f"{str(v)[:25]} is above 2^53: JSON numbers lose digits there"
        raise refuse(Page.NOT_JSON, what, "keep such numbers as text")


def const(v: Any) -> Const:
    """A JSON scalar, or another value whose text names it."""
    check_number(v)
    return Const(f"{type(v).__name__}:{v!r}", v, kind=of_value(v))


NULL = const(None)
TRUE, FALSE, ZERO, ONE = const(True), const(False), const(0), const(1)
EMPTY_TEXT = const("")


def call(name: str, *args: Node, kind: Kind) -> Call:
    """$name(args)"""
    return Call("$" + name, args, kind=kind)


def binary(left: Node, op: str, right: Node, kind: Kind = BOOL) -> Binary:
    """left op right"""
    return Binary(op, left, right, kind=kind)


def with_kind(x: Node, kind: Kind) -> Node:
    """The same place, of which more or less is known."""
    return x if x.kind is kind else replace(x, kind=kind)


def cast(x: Node, kind: Kind) -> Node:
    """The same text read as another kind."""
    return Cast(x.of if isinstance(x, Cast) else x, kind, kind=kind)


def cond(test: Node, then: Node, otherwise: Node) -> Node:
    """test ? then : otherwise, where the test is not known already."""
    if isinstance(test, Const):
        return then if test.value else otherwise
    kind = join(then.kind, otherwise.kind)
    if then == otherwise and not test.may_fail:
        return with_kind(then, kind)
    return Cond(test, then, otherwise, kind=kind)


def not_none(x: Node) -> Node:
    """x is not None, for null and for a missing field."""
    if not is_optional(x.kind):
        return TRUE
    return FALSE if x.kind == NONE else binary(x, "!=", NULL)


def negate(x: Node) -> Node:
    """not x, of a test."""
    match x:
        case Const():
            return const(not x.value)
        case Call(function="$not", args=(inner,)):
            return inner
        case Binary(op="=", left=left, right=right) if definite(left) and definite(right):
            return replace(x, op="!=")
        case Binary(op="!=", left=left, right=right) if definite(left) and definite(right) and right != NULL:
            return replace(x, op="=")
    return call("not", x, kind=BOOL)


def both(a: Node, b: Node) -> Node:
    """a and b, of tests."""
    if isinstance(a, Const):
        return b if a.value else FALSE
    return a if b == TRUE else binary(a, "and", b)


def either(a: Node, b: Node) -> Node:
    """a or b, of tests."""
    if isinstance(a, Const):
        return TRUE if a.value else b
    return a if b == FALSE else binary(a, "or", b)


def definite(x: Node) -> bool:
    """Is it null rather than undefined when it is None?"""
    if not is_optional(x.kind):
        return True
    match x:
        case Const() | Array() | Object() | Collect() | Var(sure=True):
            return True
        case Cond(test=Binary(op="!=", left=tested, right=right), then=a, otherwise=Node() as b) if right == NULL:
            return definite(b) and (a == tested or definite(a))
        case Cond(then=a, otherwise=Node() as b):
            return definite(a) and definite(b)
        case Block(result=result):
            return definite(result)
    return False


def or_null(x: Node) -> Node:
    """Undefined vanishes from lists and objects: null instead."""
    if definite(x):
        return x
    match x:
        case Cond(test=test, then=a, otherwise=Node() as b):
            return Cond(test, or_null(a), or_null(b), kind=x.kind)
        case Block(bindings=bindings, result=result):
            return Block(bindings, or_null(result), kind=x.kind)
    if simple(x):
        return Cond(binary(x, "!=", NULL), x, NULL, kind=x.kind)
    got = Var("got", kind=x.kind)
    return Block((("got", x),), Cond(binary(got, "!=", NULL), got, NULL, kind=x.kind), kind=x.kind)


def whole(x: Node) -> Node:
    """The items of a tuple that is written out as one value: what is None in it must not vanish."""
    return Array(tuple(map(or_null, x.items)), kind=x.kind) if isinstance(x, Array) else x


def simple(n: Node) -> bool:
    """Cheap and short enough to be written twice."""
    match n:
        case Const() | Var():
            return True
        case Field(of=of) | Cast(of=of):
            return simple(of)
        case Index(of=of, index=index):
            return simple(of) and simple(index)
    return False
