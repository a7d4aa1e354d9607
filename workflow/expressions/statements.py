"""Statements: assignment, if / early return, match, assert, nested def. A body becomes one expression; what follows
an `if` is written once: inline where one path reaches it, merged names where all do, a local function otherwise."""
from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Callable

from .binding import assign
from .errors import Refused
from .nodes import NULL, TRUE, Block, Call, Cond, Const, Function, Node, Var, call, cond, const, may_fail, or_null
from .scope import Scope, Value
from .kinds import NEVER

if TYPE_CHECKING: from .interpret import Interpreter


def falls(body: list[ast.stmt]) -> int:
    """How many ways through `body` reach its end."""
    ways = 1
    for s in body:
        if isinstance(s, (ast.Return, ast.Raise)): return 0
        if isinstance(s, ast.If): ways = min(ways * (falls(s.body) + falls(s.orelse)), 9)
        if isinstance(s, ast.Match): ways = min(ways * (sum(falls(c.body) for c in s.cases) + 1), 9)
        if not ways: return 0
    return ways

def returns(body: list[ast.stmt]) -> bool:
    return any(isinstance(x, (ast.Return, ast.Raise)) for s in body for x in ast.walk(s))

def assigned(body: list[ast.stmt]) -> list[str]:
    names = [x.id for s in body for x in ast.walk(s) if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)]
    return list(dict.fromkeys(names))


def body(it: "Interpreter", stmts: list[ast.stmt], rest: Callable[[], Value]) -> Value:
    for i, s in enumerate(stmts):
        try:
            match s:
                case ast.Return(): return it.eval(s.value) if s.value is not None else NULL
                case ast.If(): return branch(it, s, stmts[i + 1:], rest)
                case ast.Match(): return body(it, [*match_as_if(it, s), *stmts[i + 1:]], rest)
                case ast.Assign(): assign_all(it, s.targets, it.eval(s.value))
                case ast.AnnAssign():
                    if s.value is not None: assign(it, s.target, it.eval(s.value))
                case ast.AugAssign(): assign(it, s.target, it.eval(ast.copy_location(ast.BinOp(as_load(s.target), s.op, s.value), s)))
                case ast.Assert(): asserted(it, s)
                case ast.FunctionDef():
                    if s.decorator_list: raise Refused("a decorated function inside a function", "move it out")
                    it.scope.names[s.name] = it.closure(s)
                case ast.Expr(ast.Constant()) | ast.Pass() | ast.Global() | ast.Nonlocal(): pass
                case ast.Expr(): raise Refused("an expression whose value is thrown away", "it would do nothing in Step Functions")
                case ast.For() | ast.While(): raise Refused("a loop", "write sum(...), any(...) or a comprehension, or use a Map state")
                case ast.Try(): raise Refused("try", "test before: `x if ... else ...`, or do it in a Task")
                case ast.Raise(): raise Refused("raise", "use a Choice state that leads to a Fail state")
                case _: raise Refused(f"{type(s).__name__} has no JSONata form")
        except Refused as e: raise e.at(it.frame.file, s)
    return rest()


def assign_all(it: "Interpreter", targets: list[ast.expr], v: Value) -> None:
    if isinstance(v, Node) and len(targets) > 1: v = it.let(v)
    for t in targets: assign(it, t, v)


def asserted(it: "Interpreter", s: ast.Assert) -> None:
    test = it.test(s.test)
    if test == TRUE: return
    it.scope.bindings.append(("", call("assert", test, const("assertion failed"), type=NULL.type)))
    it.scope.assume(test)


def match_as_if(it: "Interpreter", s: ast.Match) -> list[ast.stmt]:
    """match -> if / elif; the subject is read once."""
    name = it.fresh("subject")
    subject = it.node(s.subject)
    it.scope.names[name] = it.let(subject, "subject")
    def load(at: ast.AST) -> ast.Name: return ast.copy_location(ast.Name(name, ast.Load()), at)
    def test(p: ast.pattern) -> ast.expr | None:
        match p:
            case ast.MatchValue(): return ast.copy_location(ast.Compare(load(p), [ast.Eq()], [p.value]), p)
            case ast.MatchSingleton(): return ast.copy_location(ast.Compare(load(p), [ast.Is()], [ast.copy_location(ast.Constant(p.value), p)]), p)
            case ast.MatchAs(None, None): return None
            case ast.MatchOr():
                parts = [test(x) for x in p.patterns]
                return None if None in parts else ast.copy_location(ast.BoolOp(ast.Or(), parts), p)  # type: ignore[arg-type]
        raise Refused("this pattern", "match on constants and _ only, or write if / elif").at(it.frame.file, p)
    def chain(cases: list[ast.match_case]) -> list[ast.stmt]:
        if not cases: return []
        c, more = cases[0], cases[1:]
        t = test(c.pattern)
        if c.guard is not None: t = c.guard if t is None else ast.copy_location(ast.BoolOp(ast.And(), [t, c.guard]), c.guard)
        if t is None: return c.body
        return [ast.copy_location(ast.If(t, c.body, chain(more)), c.pattern)]
    return chain(s.cases)

# ------------------------------------------------------------ if

def branch(it: "Interpreter", s: ast.If, after: list[ast.stmt], rest: Callable[[], Value]) -> Value:
    test = it.test(s.test)
    if isinstance(test, Const): return body(it, [*(s.body if test.value else s.orelse), *after], rest)
    go_on = lambda: body(it, after, rest)
    ways = falls(s.body) + falls(s.orelse)
    if ways <= 1: return it.either_value(test, lambda: body(it, s.body, go_on), lambda: body(it, s.orelse, go_on))
    if not returns([s]): return merge(it, test, s, go_on)
    return join_point(it, test, s, go_on)


def merge(it: "Interpreter", test: Node, s: ast.If, go_on: Callable[[], Value]) -> Value:
    """Both paths go on: each name that one of them set becomes `test ? its value here : its value there`."""
    if may_fail(test): test = it.let(test, "test")         # evaluated even where nothing depends on it
    ends: list[dict[str, Value]] = []
    scopes: list[Scope] = []
    for holds, stmts in ((True, s.body), (False, s.orelse)):
        with it.within(it.scope.child()) as scope:
            scope.assume(test, holds)
            def leaf() -> Value:
                ends.append({k: it.scope.refine(v) if isinstance(v, Node) else v for k, v in it.scope.names.items()})
                return NULL
            body(it, stmts, leaf)
            scopes.append(scope)
    effects = [scope.close(NULL) for scope in scopes]
    if any(map(may_fail, effects)): it.scope.bindings.append(("", Cond(test, *effects, type=NULL.type)))
    for name in assigned([s]):
        a, b = ends[0].get(name), ends[1].get(name)
        if a is None or b is None: it.scope.names.pop(name, None)
        elif a is b or isinstance(a, Node) and a == b and a.type == b.type: it.scope.names[name] = a
        elif isinstance(a, Node) and isinstance(b, Node):
            it.scope.names[name] = it.let(cond(test, scopes[0].close(a), scopes[1].close(b)), name)
        else: raise Refused(f"`{name}` is a function on one path")
    return go_on()


def join_point(it: "Interpreter", test: Node, s: ast.If, go_on: Callable[[], Value]) -> Value:
    """Some paths return, several go on: the rest becomes a local function of the names that differ."""
    name, names = it.fresh("rest"), assigned([s])
    jumps: list[dict[str, Value | None]] = []
    def leaf() -> Node:
        now = {n: it.scope.names.get(n) for n in names}
        jumps.append({n: it.scope.refine(v) if isinstance(v, Node) else None for n, v in now.items()})
        return Call(f"${name}", tuple(or_null(v) if isinstance(v, Node) else NULL for v in jumps[-1].values()), type=NEVER)
    chosen = it.either_value(test, lambda: body(it, s.body, leaf), lambda: body(it, s.orelse, leaf))
    kept = [n for n in names if all(isinstance(j[n], Node) for j in jumps)]
    params = {n: it.fresh(n) for n in kept}
    with it.within(it.scope.child()) as scope:
        from .kinds import join
        for n in names: scope.names.pop(n, None)
        for n in kept: scope.names[n] = Var(params[n], type=join(*[j[n].type for j in jumps]))  # type: ignore[union-attr]
        end = go_on()
        if not isinstance(end, Node): raise Refused("a function chosen at run time")
        tail = scope.close(or_null(end))
    from .nodes import rewrite
    def fill(x: Node) -> Node | None:
        if not (isinstance(x, Call) and x.function == f"${name}"): return None
        return Call(x.function, tuple(a for n, a in zip(names, x.args) if n in kept), type=tail.type)
    chosen = rewrite(chosen, fill)
    from .kinds import join
    chosen = replace(chosen, type=join(chosen.type, tail.type))
    return Block(((name, Function(tuple(params.values()), tail, type=tail.type)),), chosen, type=chosen.type)


def as_load(t: ast.expr) -> ast.expr:
    if not isinstance(t, ast.Name): raise Refused("only names can be assigned: data of an execution is read-only", "model_copy(update={...})")
    return ast.copy_location(ast.Name(t.id, ast.Load()), t)
