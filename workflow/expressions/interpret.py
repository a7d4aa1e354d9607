"""The abstract interpreter: a function's AST is walked with typed nodes in place of values. Nothing runs but constants."""
from __future__ import annotations

import ast
import functools
import inspect
import types
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Callable, Iterator

from . import binding, calls, statements
from .conditions import refuse_none, truth
from .constants import const_fn
from .errors import Refused, did_you_mean
from .nodes import (
    NULL,
    Array,
    Const,
    Node,
    Object,
    Var,
    both,
    cond,
    either,
    negate,
    simple,
)
from .rules import lists, models, text, times
from .scope import Bound, Closure, Iterable, Scope, Value
from .kinds import ModelT, ShapeT, members, EnumT, TupleT, fields_of, join, kind, of_value, show

@dataclass(frozen=True)
class Frame:
    """Where the code being read stands."""
    file: str
    globals: dict[str, Any]
    cells: dict[str, Any]
    cls: str


class Interpreter:
    def __init__(self, package: str, handlers: dict[type[ast.expr], Any]) -> None:
        self.handlers = handlers
        self.package = package
        self.scope = Scope({})
        self.used: dict[str, int] = {}
        self.stack: list[Any] = []
        self.frame = Frame("", {}, {}, "")

    # ------------------------------------------------------------ what rules ask for
    def fresh(self, hint: str) -> str:
        n = self.used[hint] = self.used.get(hint, 0) + 1
        return hint if n == 1 else f"{hint}{n}"

    def let(self, n: Node, hint: str = "x") -> Node:
        if simple(n): return n
        name = self.fresh(hint)
        self.scope.bindings.append((name, n))
        self.scope.definitions[name] = n
        return Var(name, type=n.type)

    def apply(self, f: Value, args: list[Value]) -> Value:
        return calls.call_value(self, f, args, {})

    @contextmanager
    def within(self, scope: Scope) -> Iterator[Scope]:
        outer, self.scope = self.scope, scope
        try: yield scope
        finally: self.scope = outer

    def assuming(self, test: Node | None, holds: bool, make: Callable[[], Any]) -> Any:
        """Evaluate where `test` is known; locals made there stay there."""
        with self.within(self.scope.child()) as s:
            if test is not None: s.assume(test, holds)
            v = make()
            if isinstance(v, Node): return s.close(s.refine(v))
            if s.bindings: raise Refused("a function made under a condition")
            return v

    # ------------------------------------------------------------ functions
    def frame_of(self, fn: types.FunctionType, cls: str) -> Frame:
        cells = {}
        for name, cell in zip(fn.__code__.co_freevars, fn.__closure__ or ()):
            try: cells[name] = cell.cell_contents
            except ValueError: pass
        return Frame(fn.__code__.co_filename, fn.__globals__, cells, cls)

    def enter(self, node: Any, frame: Frame, names: dict[str, Value], defaults: Any, kw_defaults: Any, args: list[Value], kw: dict[str, Value], key: Any) -> Value:
        """Inline a call."""
        name = getattr(node, "name", "lambda")
        if key in self.stack: raise Refused(f"{name}() calls itself", "JSONata text cannot grow without end: do it in a Task")
        if len(self.stack) > 40: raise Refused("calls nested too deeply")
        given = binding.bind(name, node.args, defaults, kw_defaults, args, kw)
        given = {k: self.shared(v, k) for k, v in given.items()}
        scope = Scope({**names, **given}, dict(self.scope.types), set(self.scope.known), self.scope.bindings, self.scope.definitions)
        outer, self.frame = self.frame, frame
        self.stack.append(key)
        try:
            with self.within(scope):
                if isinstance(node, ast.Lambda): return self.eval(node.body)
                return statements.body(self, node.body, lambda: NULL)
        finally:
            self.stack.pop()
            self.frame = outer

    def closure(self, n: ast.Lambda | ast.FunctionDef) -> Closure:
        return Closure(n, self.frame, self.scope, tuple(self.eval(d) for d in n.args.defaults), {a.arg: self.eval(d) for a, d in zip(n.args.kwonlyargs, n.args.kw_defaults) if d})  # type: ignore[arg-type]

    def shared(self, v: Value, hint: str) -> Value:
        if isinstance(v, Array) and isinstance(v.type, TupleT): return replace(v, items=tuple(self.let(x, hint) for x in v.items))
        if isinstance(v, Object) and isinstance(v.type, (ModelT, ShapeT)):          # its fields are read without building it
            return replace(v, pairs=tuple((k, self.let(x, hint)) for k, x in v.pairs))
        return self.let(v, hint) if isinstance(v, Node) else v

    # ------------------------------------------------------------ expressions
    def eval(self, n: ast.expr) -> Value:
        try:
            rule = self.handlers.get(type(n))
            if rule is None: raise Refused(f"{type(n).__name__} has no JSONata form")
            v = rule(self, n)
            return self.scope.refine(v) if isinstance(v, Node) else v
        except Refused as refusal: raise refusal.at(self.frame.file, n)

    def node(self, n: ast.expr) -> Node:
        """An expression whose value is data."""
        v = self.eval(n)
        if isinstance(v, Iterable): return lists.as_list(self, v)
        if not isinstance(v, Node): raise Refused("a function is not a value here", "call it").at(self.frame.file, n)
        return v

    def test(self, n: ast.expr) -> Node:
        """An expression used for its truth alone."""
        try:
            if isinstance(n, ast.BoolOp): return self.chain(n.values, isinstance(n.op, ast.And))
            if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Not): return negate(self.test(n.operand))
            return truth(self, self.node(n))
        except Refused as refusal: raise refusal.at(self.frame.file, n)

    def chain(self, parts: list[ast.expr], all_of: bool) -> Node:
        first, rest = self.test(parts[0]), parts[1:]
        if not rest: return first
        if isinstance(first, Const): return first if first.value != all_of else self.chain(rest, all_of)
        second = self.assuming_names(first, all_of, lambda: self.chain(rest, all_of))
        return both(first, second) if all_of else either(first, second)

    def assuming_names(self, test: Node, holds: bool, make: Callable[[], Node]) -> Node:
        """As `assuming`, but names set by a walrus stay."""
        before = self.scope
        with self.within(before.child()) as s:
            s.assume(test, holds)
            v = make()
            before.names.update({k: x for k, x in s.names.items() if before.names.get(k) is not x})
            return s.close(v)

    def mangled(self, name: str) -> str:
        private = name.startswith("__") and not name.endswith("__") and self.frame.cls
        return f"_{self.frame.cls.lstrip('_')}{name}" if private else name

    def attribute(self, x: Value, name: str) -> Value:
        if not isinstance(x, Node): raise Refused(f"`.{name}` of a function")
        if isinstance(x, Const):
            try: return const_fn(getattr(x.value, name))
            except AttributeError as e: raise Refused(str(e), did_you_mean(name, [a for a in dir(x.value) if a[0] != "_"][:12])) from e
        k = kind(x.type)
        if k == "union" and all(kind(m) == "model" for m in members(x.type)) and (common := models.field(self, x, name)) is not None: return common
        if k == "model":
            found = models.field(self, x, name)
            return found if found is not None else self.class_attribute(x, name)
        if isinstance(x.type, EnumT):
            values = tuple(m.value for m in x.type.members)
            if name == "value": return replace(x, type=join(*map(of_value, values)))
            if name == "name": return text.by_member(x, {m: m.name for m in x.type.members})
        if (k, name) in times.ATTRIBUTES: return calls.rule(times.ATTRIBUTES[k, name], name, self, [x], {})
        refuse_none(f"`.{name}`", x)
        if (k, name) in calls.METHODS: raise Refused(f"the method .{name} must be called here", f".{name}(...)")
        raise Refused(f"`.{name}` of a {show(x.type)} has no JSONata form here", did_you_mean(name, [m for kk, m in (*times.ATTRIBUTES, *calls.METHODS) if kk == k]) or "do it in a Task")

    def class_attribute(self, x: Node, name: str) -> Value:
        cls = x.type.cls  # type: ignore[attr-defined]
        if name.startswith("__"): raise Refused(f"`.{name}` of a value of the execution", "use its fields")
        a = inspect.getattr_static(cls, name, None)
        a = getattr(a, "wrapped", a)                         # pydantic's computed_field
        if isinstance(a, property): a = a.fget
        elif isinstance(a, functools.cached_property): a = a.func
        elif isinstance(a, (staticmethod, classmethod)): return const_fn(getattr(cls, name))
        elif isinstance(a, types.FunctionType): return Bound(a, x)
        elif a is None or a is inspect.Parameter.empty: raise Refused(f"{cls.__name__} has no field `{name}`", did_you_mean(name, list(fields_of(cls))))
        else: return const_fn(getattr(cls, name))
        return calls.call_value(self, const_fn(a), [x], {})

    def either_value(self, test: Node, a: Callable[[], Value], b: Callable[[], Value]) -> Node:
        x, y = self.assuming(test, True, a), self.assuming(test, False, b)
        for v in (x, y):
            if not isinstance(v, Node): raise Refused("a function chosen at run time", "choose between values")
        return cond(test, x, y)






