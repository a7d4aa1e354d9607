"""The last passes over a finished tree: locals that need no name are put in place, and every variable is in scope.

While a function is being read every shared value becomes a local. One pass over the whole tree then drops those that
are never read and writes those that are read once where they are read, unless evaluating them there would mean
something else: what may fail stays where Python evaluates it, and nothing moves into a function that may run often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from .function_names import FUNCTION_NAMES
from .nodes import (
    Array,
    Binary,
    Block,
    Call,
    Cast,
    Collect,
    Cond,
    Const,
    Field,
    Function,
    Index,
    Negative,
    Node,
    Object,
    Outer,
    Raw,
    Regex,
    Sort,
    Var,
    children,
    with_kind,
)
from .refusals import InternalError, Page, refuse

Key = tuple[int, int]
"""A local: the block that binds it, and its number there. Names alone are not enough: a branch that gives several
names writes its locals out for each."""


class _Uses:
    """Where locals are bound, how often each is read, and what reading it takes."""

    def __init__(self, tree: Node) -> None:
        self.count: Counter[Key] = Counter()
        self.values: dict[Key, Node] = {}
        self.depth: dict[Key, int] = {}
        self.in_function: set[Key] = set()
        self.reads: dict[Key | None, list[Key]] = {None: []}
        self.inside: dict[Key | None, list[Key]] = {None: []}
        self.dropped: set[Key] = set()
        self.shared = False
        """Whether a block stands in several places, so that its keys do not tell them apart."""
        self._read(tree, {}, 0, None)
        for key in list(self.values):
            self._drop_unread(key)

    def _read(self, n: Node, names: dict[str, Key], depth: int, owner: Key | None) -> None:
        match n:
            case Outer():
                return
            case Var(name=name):
                self._use(names.get(name), depth, owner)
            case Call(function=function):
                self._use(names.get(function[1:]), depth, owner)
            case Block():
                self._bind(n, names, depth, owner)
                return
            case Sort(of=of, keys=keys):
                self._read(of, names, depth, owner)
                for key, _ in keys:
                    self._read(key, names, depth + 1, owner)
                return
        for c in children(n):
            self._read(c, names, depth + isinstance(n, Function), owner)

    def _bind(self, n: Block, names: dict[str, Key], depth: int, owner: Key | None) -> None:
        names = dict(names)
        for i, (name, value) in enumerate(n.bindings):
            key = (id(n), i)
            self.shared = self.shared or key in self.values
            self.values[key], self.depth[key] = value, depth
            self.reads.setdefault(key, [])
            self.inside.setdefault(key, [])
            self.inside[owner].append(key)
            self._read(value, names, depth, key)
            if name:
                names[name] = key
        self._read(n.result, names, depth, owner)

    def _use(self, key: Key | None, depth: int, owner: Key | None) -> None:
        if key is None:
            return
        self.count[key] += 1
        self.reads[owner].append(key)
        if depth > self.depth[key]:
            self.in_function.add(key)

    def _drop_unread(self, key: Key) -> None:
        if self.count[key] == 0 and movable(self.values[key]):
            self._drop(key)

    def _drop(self, key: Key) -> None:
        """What an unread local reads is not read there either."""
        if key in self.dropped:
            return
        self.dropped.add(key)
        for inner in self.inside[key]:
            self._drop(inner)
        for read in self.reads[key]:
            self.count[read] -= 1
            if read not in self.dropped:
                self._drop_unread(read)

    def unread(self, key: Key) -> bool:
        """May it be left out?"""
        return self.count[key] <= 0 and movable(self.values[key])

    def read_once(self, key: Key) -> bool:
        """May it be written where it is read?"""
        return self.count[key] == 1 and key not in self.in_function and movable(self.values[key])


def movable(value: Node) -> bool:
    """May it be evaluated elsewhere, or not at all?"""
    return not value.may_fail and not isinstance(value, Function)


def finished(tree: Node, roots: Iterable[str]) -> Node:
    """The tree as it will be printed; `roots` are the variables that are bound outside of it."""
    uses = _Uses(tree)
    if uses.shared:
        tree = apart(tree, set())
        uses = _Uses(tree)
    result = _Placing(uses).place(tree)
    check_scope(result, frozenset(roots) | {""})
    return result


def apart(n: Node, seen: set[int]) -> Node:
    """The tree with a copy of each block for every place where it stands."""
    made = over(n, lambda below: apart(below, seen))
    if isinstance(made, Block):
        if id(made) in seen:
            made = replace(made)
        seen.add(id(made))
    return made


def over(n: Node, f: Callable[[Node], Node]) -> Node:
    """The node with `f` of each node directly below; itself where nothing changes."""
    match n:
        case Const() | Regex() | Raw() | Outer() | Var():
            return n
        case Field(of=of) | Cast(of=of) | Negative(of=of) | Collect(of=of):
            return n if (new := f(of)) is of else replace(n, of=new)
        case Index(of=of, index=index):
            return replace(n, of=f(of), index=f(index))
        case Call(args=args):
            return replace(n, args=tuple(map(f, args))) if args else n
        case Binary(left=left, right=right):
            return replace(n, left=f(left), right=f(right))
        case Cond(test=test, then=then, otherwise=other):
            return replace(n, test=f(test), then=f(then), otherwise=None if other is None else f(other))
        case Array(items=items):
            return replace(n, items=tuple(map(f, items)))
        case Object(pairs=pairs):
            return replace(n, pairs=tuple((f(k), f(v)) for k, v in pairs))
        case Function(body=body):
            return replace(n, body=f(body))
        case Block(bindings=bindings, result=result):
            return replace(n, bindings=tuple((name, f(value)) for name, value in bindings), result=f(result))
        case Sort(of=of, keys=keys):
            return replace(n, of=f(of), keys=tuple((f(k), down) for k, down in keys))
    raise InternalError(f"no way to finish a {type(n).__name__}")


class _Placing:
    """Rebuilds the tree with the locals that are read once put where they are read."""

    def __init__(self, uses: _Uses) -> None:
        self.uses = uses
        self.values: dict[str, Node] = {}

    def place(self, n: Node) -> Node:
        match n:
            case Var(name=name):
                value = self.values.get(name)
                return n if value is None else value if isinstance(value, Const) else with_kind(value, n.kind)
            case Block():
                return self.block(n)
        return over(n, self.place)

    def block(self, n: Block) -> Node:
        kept: list[tuple[str, Node]] = []
        outer = dict(self.values)
        for i, (name, value) in enumerate(n.bindings):
            if name and self.uses.unread((id(n), i)):
                continue
            placed = self.place(value)
            self.values.pop(name, None)
            if name and self.uses.read_once((id(n), i)):
                self.values[name] = placed
            else:
                kept.append((name, placed))
        result = self.place(n.result)
        self.values = outer
        if not kept:
            return result
        if isinstance(result, Block):
            return Block((*kept, *result.bindings), result.result, kind=result.kind)
        return Block(tuple(kept), result, kind=result.kind)


def check_scope(n: Node, names: frozenset[str]) -> None:
    """The last net: a variable that is not in scope would be silently undefined."""
    match n:
        case Outer(name=name):
            return check_hidden([name])
        case Var(name=name) if name not in names:
            raise InternalError(f"${name} is not in scope")
        case Function(params=params, body=body):
            return check_scope(body, names | set(params))
        case Block(bindings=bindings, result=result):
            for name, value in bindings:
                check_scope(value, names)
                names = names | {name}
            return check_scope(result, names)
        case Call(function=function) if function[1:] not in names and function[1:] not in FUNCTION_NAMES:
            raise InternalError(f"{function} is not a function")
    for c in children(n):
        check_scope(c, names)
    return None


def free_names(n: Node) -> frozenset[str]:
    """The variables that a tree reads and does not bind."""
    match n:
        case Var(name=name):
            return frozenset([name])
        case Raw(reads=reads):
            return frozenset(reads)
        case Function(params=params, body=body):
            return free_names(body) - set(params)
        case Block(bindings=bindings, result=result):
            out, bound = frozenset[str](), set[str]()
            for name, value in bindings:
                out |= free_names(value) - bound
                bound.add(name)
            return out | (free_names(result) - bound)
    return frozenset().union(*map(free_names, children(n)))


def check_hidden(variables: Iterable[str]) -> None:
    """A variable of the workflow must not hide a function that an expression may call."""
    hidden = sorted(FUNCTION_NAMES.intersection(variables))
    if hidden:
        said = f"the variable `{hidden[0]}` has the name of a function of JSONata, which it would hide"
        raise refuse(Page.UNKNOWN_NAME, said, "give it another name")
