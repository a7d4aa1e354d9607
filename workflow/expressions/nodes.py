"""The tree that the interpreter builds and the printer reads. Frozen; equal when they would print the same."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

from .kinds import BOOL, NONE, Type, check_json, is_optional, join, of_value


@dataclass(frozen=True)
class Node:
    type: Type = field(compare=False, kw_only=True)

@dataclass(frozen=True)
class Const(Node):
    """A value known when compiling."""
    key: str
    value: Any = field(compare=False)

@dataclass(frozen=True)
class Var(Node):
    name: str                    # without the $; "" is the context of a sort key

@dataclass(frozen=True)
class Field(Node):
    of: Node
    name: str

@dataclass(frozen=True)
class Index(Node):
    of: Node
    index: Node

@dataclass(frozen=True)
class Call(Node):
    function: str
    args: tuple[Node, ...]

@dataclass(frozen=True)
class Binary(Node):
    op: str
    left: Node
    right: Node

@dataclass(frozen=True)
class Negative(Node):
    of: Node

@dataclass(frozen=True)
class Cond(Node):
    test: Node
    then: Node
    otherwise: Node | None       # None: JSONata's `a ? b`, undefined otherwise

@dataclass(frozen=True)
class Array(Node):
    """Each item stays one element."""
    items: tuple[Node, ...]

@dataclass(frozen=True)
class Collect(Node):
    """`[x]` round something that yields none, one or several: always a list."""
    of: Node

@dataclass(frozen=True)
class Object(Node):
    pairs: tuple[tuple[Node, Node], ...]

@dataclass(frozen=True)
class Function(Node):
    params: tuple[str, ...]
    body: Node

@dataclass(frozen=True)
class Block(Node):
    bindings: tuple[tuple[str, Node], ...]     # name "" is a step kept for its effect ($assert)
    result: Node

@dataclass(frozen=True)
class Sort(Node):
    of: Node
    keys: tuple[tuple[Node, bool], ...]        # (key, descending)

@dataclass(frozen=True)
class Regex(Node):
    pattern: str


def const(v: Any) -> Const:
    check_json(v)
    return Const(f"{type(v).__name__}:{v!r}", v, type=of_value(v))

NULL = const(None)
TRUE, FALSE, ZERO, ONE = const(True), const(False), const(0), const(1)

def call(name: str, *args: Node, type: Type) -> Call: return Call("$" + name, args, type=type)
def binary(l: Node, op: str, r: Node, type: Type = BOOL) -> Binary: return Binary(op, l, r, type=type)

def cond(test: Node, then: Node, otherwise: Node) -> Node:
    if isinstance(test, Const): return then if test.value else otherwise
    if then == otherwise and not may_fail(test): return dataclasses.replace(then, type=join(then.type, otherwise.type))
    return Cond(test, then, otherwise, type=join(then.type, otherwise.type))

def not_none(x: Node) -> Node:
    if not is_optional(x.type): return TRUE
    return FALSE if x.type == NONE else binary(x, "!=", NULL)

def negate(x: Node) -> Node:
    match x:
        case Const(): return const(not x.value)
        case Call("$not", (inner,)): return inner
        case Binary("=", l, r) if definite(l) and definite(r): return dataclasses.replace(x, op="!=")
        case Binary("!=", l, r) if definite(l) and definite(r) and r != NULL: return dataclasses.replace(x, op="=")
    return call("not", x, type=BOOL)

def both(a: Node, b: Node) -> Node:
    if isinstance(a, Const): return b if a.value else FALSE
    return a if b == TRUE else b if b == FALSE and False else binary(a, "and", b)

def either(a: Node, b: Node) -> Node:
    if isinstance(a, Const): return TRUE if a.value else b
    return a if b == FALSE else binary(a, "or", b)


def definite(x: Node) -> bool:
    """Can it be undefined (a missing field) rather than null?"""
    if not is_optional(x.type): return True
    match x:
        case Const() | Array() | Object() | Collect(): return True
        case Cond(Binary("!=", tested, right), a, b) if b is not None and right == NULL and a == tested: return definite(b)
        case Cond(_, a, b): return b is not None and definite(a) and definite(b)
        case Block(_, r): return definite(r)
    return False

def or_null(x: Node) -> Node:
    """Undefined vanishes from arrays and objects: write null instead."""
    if definite(x): return x
    match x:
        case Cond(t, a, b) if b is not None: return Cond(t, or_null(a), or_null(b), type=x.type)
        case Block(bindings, r): return Block(bindings, or_null(r), type=x.type)
    if simple(x): return Cond(binary(x, "!=", NULL), x, NULL, type=x.type)
    got = Var("got", type=x.type)
    return Block((("got", x),), Cond(binary(got, "!=", NULL), got, NULL, type=x.type), type=x.type)


def children(n: Any) -> Iterator[Node]:
    if isinstance(n, Node):
        for f in dataclasses.fields(n):
            if f.name != "type": yield from children_of(getattr(n, f.name))
def children_of(v: Any) -> Iterator[Node]:
    if isinstance(v, Node): yield v
    elif isinstance(v, tuple):
        for x in v: yield from children_of(x)

def walk(n: Node) -> Iterator[Node]:
    yield n
    for c in children(n): yield from walk(c)

def rewrite(n: Any, f: Callable[[Node], Node | None]) -> Any:
    """The same tree with every node for which `f` answers replaced."""
    if isinstance(n, tuple): return tuple(rewrite(x, f) for x in n)
    if not isinstance(n, Node): return n
    if (new := f(n)) is not None: return new
    changes = {}
    for x in dataclasses.fields(n):
        if x.name in ("type", "value"): continue
        old = getattr(n, x.name)
        if isinstance(old, (Node, tuple)) and (new_value := rewrite(old, f)) != old: changes[x.name] = new_value
    return dataclasses.replace(n, **changes) if changes else n

def may_fail(n: Node) -> bool:
    """Python would raise here, so it must be evaluated where Python does it."""
    return any(isinstance(x, Call) and x.function in ("$error", "$assert") for x in walk(n))

def simple(n: Node) -> bool:
    """Cheap enough to be written twice."""
    return isinstance(n, (Const, Var)) or isinstance(n, Field) and simple(n.of) or isinstance(n, Index) and simple(n.of) and simple(n.index)

def block(bindings: list[tuple[str, Node]], result: Node) -> Node:
    """Bindings used once are put in place, unused ones dropped."""
    kept = list(bindings)
    for i in range(len(kept) - 1, -1, -1):
        name, value = kept[i]
        if not name: continue
        later = [*(v for _, v in kept[i + 1:]), result]
        uses = sum(isinstance(x, Var) and x.name == name for n in later for x in walk(n))
        inside = any(isinstance(f, Function) and any(isinstance(x, Var) and x.name == name for x in walk(f)) for n in later for f in walk(n))
        if not may_fail(value) and not isinstance(value, Function) and (uses == 0 or uses == 1 and not inside):
            def put(x: Node, name: str = name, value: Node = value) -> Node | None:
                return value if isinstance(x, Var) and x.name == name else None
            del kept[i]
            for j in range(i, len(kept)): kept[j] = (kept[j][0], rewrite(kept[j][1], put))
            result = rewrite(result, put)
    if not kept: return result
    if isinstance(result, Block): return Block((*kept, *result.bindings), result.result, type=result.type)
    return Block(tuple(kept), result, type=result.type)
