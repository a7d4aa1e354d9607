"""What is known at one point of a function: names, what conditions have proven, and the locals to be written out."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable

from .nodes import NULL, Array, Binary, Call, Cond, Const, Field, Node, Var, block, negate
from .kinds import BOOL, NEVER, EnumT, LiteralT, ModelT, NoneT, Type, UnionT, fields_of, fits, kind, some, without

TYPE_NAMES = {"string": ("str",), "number": ("number",), "boolean": ("bool",), "array": ("list", "tuple", "set"), "object": ("dict", "model"), "null": ("None",)}


@dataclass(frozen=True)
class Closure:
    """A lambda or def met while interpreting, with the scope it was written in."""
    node: Any
    frame: Any
    scope: "Scope"
    defaults: tuple[Any, ...]
    kw_defaults: tuple[Any, ...]

@dataclass(frozen=True)
class Iterable:
    """Something to loop over whose elements are built from the element `x` and the index `i` of a list."""
    source: Node
    element: Callable[[Node, Node], "Value"]
    indexed: bool

@dataclass(frozen=True)
class Bound:
    """A method with its receiver."""
    function: Any
    receiver: Node

Value = Node | Closure | Iterable | Bound


@dataclass
class Scope:
    names: dict[str, Value]
    types: dict[Node, Type] = field(default_factory=dict)          # narrowed types
    known: set[Node] = field(default_factory=set)                  # conditions known to be true
    bindings: list[tuple[str, Node]] = field(default_factory=list)
    definitions: dict[str, Node] = field(default_factory=dict)      # every local of the function, shared by all scopes

    def child(self) -> "Scope":
        return Scope(dict(self.names), dict(self.types), set(self.known), [], self.definitions)

    def refine(self, n: Node) -> Node:
        t = self.current(n)
        return n if t == n.type else const_of(replace(n, type=t))

    def current(self, n: Node) -> Type:
        """What is known of n; a fact about the same text read as another type (x.value, x.isoformat()) does not count."""
        t = self.types.get(n)
        return n.type if t is None or not fits(t, n.type) else t

    def close(self, result: Node) -> Node:
        return block(self.bindings, result)

    def assume(self, test: Node, truth: bool = True) -> None:
        """Narrow by a condition that holds (or does not)."""
        match test:
            case Binary("and", a, b) if truth:
                self.assume(a)
                self.assume(b)
            case Binary("or", a, b) if not truth:
                self.assume(a, False)
                self.assume(b, False)
            case Var(name) if name in self.definitions:
                self.assume(self.definitions[name], truth)
            case Call("$not", (a,)):
                self.assume(a, not truth)
            case Cond(t, a, b) if truth and isinstance(b, Const) and b.value is False:
                self.assume(t)
                self.assume(a)
            case Binary("!=", x, r) if r == NULL:
                self.narrow(x, (lambda m: m == NoneT()) if truth else (lambda m: m != NoneT()))
            case Binary("=" | "!=" as op, Call("$type", (x,)), Const(value=str(name))):
                right = TYPE_NAMES[name]
                self.narrow(x, (lambda m: kind(m) not in right) if truth == (op == "=") else (lambda m: kind(m) in right))
            case Binary("=" | "!=" as op, x, Const() as c):
                self.equal(x, c, truth == (op == "="))
            case Binary("in", x, Array(items)) if truth and all(isinstance(i, Const) for i in items):
                self.narrow(x, lambda m: m == NoneT())
            case Binary("<" | "<=" | ">" | ">=", a, b) if truth:
                for x, y in ((a, b), (b, a)):
                    if isinstance(y, Const) and y.value == 0 and test.op in "<>": self.known.add(Binary("!=", x, y, type=BOOL))
        self.known.add(test if truth else negate(test))

    def narrow(self, x: Node, gone: Callable[[Type], bool]) -> None:
        self.types[x] = without(self.current(x), gone)
        if isinstance(x, Var) and x.name in self.definitions: self.narrow(self.definitions[x.name], gone)

    def equal(self, x: Node, c: Const, same: bool) -> None:
        t = self.current(x)
        if same and c != NULL: t = some(t)
        v = getattr(c.value, "value", c.value)
        match t:
            case LiteralT(values) if left := tuple(a for a in values if (a == v) == same): t = LiteralT(left, t.declared)
            case EnumT(cls, ms) if remaining := tuple(a for a in ms if (a.value == v) == same): t = EnumT(cls, remaining)
            case LiteralT() | EnumT(): t = NEVER
        self.types[x] = t
        if isinstance(x, Field): self.tagged(x, v, same)

    def tagged(self, x: Field, v: Any, same: bool) -> None:
        """`e.type == "alert"` tells the members of a union of models apart."""
        def other(m: Type) -> bool:
            tag = next((f.type for f in fields_of(m.cls).values() if f.json == x.name), None) if isinstance(m, ModelT) else None
            return isinstance(tag, LiteralT) and (v not in tag.values if same else tag.values == (v,))
        whole = self.current(x.of)
        if isinstance(whole, UnionT) and any(map(other, whole.members)): self.narrow(x.of, other)


def const_of(n: Node) -> Node:
    return NULL if n.type == NoneT() else n
