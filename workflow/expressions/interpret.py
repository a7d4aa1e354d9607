"""The abstract interpreter: a function's syntax tree is walked with typed nodes in place of values.

Nothing of the user's runs, but operations on constants. What each part means is in `syntax`, `statements` and the
tables of `rules`; this class holds where we are: scope, frame, the names in use, the calls being inlined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from . import binding, calls, statements
from .conditions import keep, truth
from .function_names import FUNCTION_NAMES
from .kinds import RecordKind, ShapeKind, TupleKind
from .narrowing import assume
from .nodes import NULL, Array, Const, Node, Object, Var, both, cond, definite, either, negate, simple
from .refusals import Page, Refusal, place_of, refuse
from .rules import lists
from .scope import Closure, Frame, Scope, Value
from .scope import Iterable as Loop
from .syntax import READERS

DEEPEST_CALL = 40
RESERVED = ("got", "states")


class Interpreter:
    """Reads one function; fulfils the protocols `Builder` and `Reader`."""

    def __init__(self, package: str, roots: Iterable[str] = ()) -> None:
        self.package = package
        self.scope = Scope({})
        self.frame = Frame("", {}, {}, "")
        self.used = {*RESERVED, *FUNCTION_NAMES, *roots}
        self.stack: list[object] = []

    # -------------------------------------------------------------- what rules ask for
    def fresh(self, hint: str) -> str:
        """A variable's name that is not in use: the hint, or the hint and a number."""
        name, n = hint, 1
        while name in self.used:
            n += 1
            name = f"{hint}{n}"
        self.used.add(name)
        return name

    def let(self, n: Node, hint: str = "x") -> Node:
        """A value that is to be written once: a local, or the node itself where it is short."""
        if simple(n):
            return n
        name = self.fresh(hint)
        self.scope.bindings.append((name, n))
        self.scope.definitions[name] = n
        return Var(name, kind=n.kind, sure=definite(n))

    def apply(self, f: Value, args: list[Value]) -> Value:
        """Call a function value; the locals that it makes are closed in the result."""
        return self.under(None, True, lambda: calls.call_value(self, f, args, {}))

    @contextmanager
    def within(self, scope: Scope) -> Iterator[Scope]:
        """Read in another scope."""
        outer, self.scope = self.scope, scope
        try:
            yield scope
        finally:
            self.scope = outer

    def under(self, test: Node | None, holds: bool, make: Callable[[], Value]) -> Value:
        """Read where a test is known; locals made there stay there."""
        with self.within(self.scope.child()) as scope:
            if test is not None:
                assume(scope, test, holds)
            v = make()
            if isinstance(v, Node):
                return scope.close(self.scope.refine(v))
            if scope.bindings:
                raise refuse(Page.NOT_A_VALUE, "a function made under a condition", "choose between values")
            return v

    def assuming(self, test: Node | None, holds: bool, make: Callable[[], Node]) -> Node:
        """As `under`, for data."""
        v = self.under(test, holds, make)
        return v if isinstance(v, Node) else NULL

    def assuming_names(self, test: Node, holds: bool, make: Callable[[], Node]) -> Node:
        """As `assuming`, but names set by a walrus or a pattern stay."""
        before = self.scope
        with self.within(before.child()) as scope:
            assume(scope, test, holds)
            v = make()
            before.names.update({k: x for k, x in scope.names.items() if before.names.get(k) is not x})
            return scope.close(v)

    def either_value(self, test: Node, a: Callable[[], Value], b: Callable[[], Value]) -> Node:
        """`a() if test else b()`"""
        x, y = self.under(test, True, a), self.under(test, False, b)
        if isinstance(x, Loop):
            x = lists.as_list(self, x)
        if isinstance(y, Loop):
            y = lists.as_list(self, y)
        functions = any(isinstance(v, Const) and callable(v.value) and not isinstance(v.value, type) for v in (x, y))
        if functions or not isinstance(x, Node) or not isinstance(y, Node):
            raise refuse(Page.NOT_A_VALUE, "a function chosen at run time", "choose between values")
        return cond(test, x, y)

    def attribute(self, x: Value, name: str) -> Value:
        """x.name"""
        return calls.attribute(self, x, name)

    # -------------------------------------------------------------- functions
    def enter(self, f: Closure, args: Sequence[Value], kw: Mapping[str, Value]) -> Value:
        """Inline a call."""
        name = getattr(f.node, "name", "lambda")
        if f.key in self.stack:
            said = f"{name}() calls itself"
            raise refuse(Page.NESTED_TOO_DEEPLY, said, "JSONata text cannot grow without end: do it in a Task")
        if len(self.stack) > DEEPEST_CALL:
            raise refuse(Page.NESTED_TOO_DEEPLY, "calls nested too deeply", "do it in a Task")
        given = binding.bind(name, f.node.args, f.defaults, f.kw_defaults, args, kw)
        given = {k: self.shared(v, k) for k, v in given.items()}
        scope = self.scope.inner({**f.scope.names, **given})
        outer, self.frame = self.frame, f.frame
        self.stack.append(f.key)
        try:
            with self.within(scope):
                if isinstance(f.node, ast.Lambda):
                    return self.eval(f.node.body)
                return statements.body(self, f.node.body, lambda: NULL)
        finally:
            self.stack.pop()
            self.frame = outer

    def closure(self, n: ast.Lambda | ast.FunctionDef) -> Closure:
        """A lambda or def where it is written."""
        defaults = tuple(self.eval(d) for d in n.args.defaults)
        kw_defaults = {a.arg: self.eval(d) for a, d in zip(n.args.kwonlyargs, n.args.kw_defaults) if d is not None}
        return Closure(n, self.frame, self.scope, defaults, kw_defaults, n)

    def shared(self, v: Value, hint: str) -> Value:
        """An argument that may be read more than once; a record's and a tuple's parts one by one."""
        if isinstance(v, Array) and isinstance(v.kind, TupleKind):
            return Array(tuple(self.let(x, hint) for x in v.items), kind=v.kind)
        if isinstance(v, Object) and isinstance(v.kind, (RecordKind, ShapeKind)):
            return Object(tuple((k, self.let(x, hint)) for k, x in v.pairs), kind=v.kind)
        return self.let(v, hint) if isinstance(v, Node) else v

    # -------------------------------------------------------------- expressions
    def eval(self, n: ast.expr) -> Value:
        """The value of an expression; a refusal gets its place."""
        try:
            reader = READERS.get(type(n))
            if reader is None:
                raise refuse(Page.UNSUPPORTED_SYNTAX, f"{type(n).__name__} has no JSONata form", "do it in a Task")
            v = reader(self, n)
            return self.scope.refine(v) if isinstance(v, Node) else v
        except Refusal as e:
            raise e.at(place_of(self.frame.file, n)) from e.__cause__

    def node(self, n: ast.expr) -> Node:
        """The value of an expression that has to be data."""
        v = self.eval(n)
        if isinstance(v, Loop):
            return lists.as_list(self, v)
        if not isinstance(v, Node):
            what = "a function is not a value here"
            raise refuse(Page.NOT_A_VALUE, what, "call it").at(place_of(self.frame.file, n))
        return v

    def test(self, n: ast.expr) -> Node:
        """An expression that is used for its truth alone."""
        try:
            if isinstance(n, ast.BoolOp):
                return self.chain(n.values, isinstance(n.op, ast.And))
            if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Not):
                return negate(self.test(n.operand))
            x = self.node(n)
            test = truth(self, x)
            if isinstance(test, Const):
                keep(self, x)
            return test
        except Refusal as e:
            raise e.at(place_of(self.frame.file, n)) from e.__cause__

    def chain(self, parts: Sequence[ast.expr], all_of: bool) -> Node:
        """`a and b and ...` (or `or`) as a test."""
        first, rest = self.test(parts[0]), parts[1:]
        if not rest:
            return first
        if isinstance(first, Const):
            return first if first.value != all_of else self.chain(rest, all_of)
        second = self.assuming_names(first, all_of, lambda: self.chain(rest, all_of))
        return both(first, second) if all_of else either(first, second)
