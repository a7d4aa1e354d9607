"""`if` statements as expressions. What follows an `if` is written once, whatever the number of ways that lead to it.

At most one way goes on: the rest stands inside a ternary. All ways go on: each name that one of them set becomes
`test ? its value here : its value there`. Some return and several go on: the rest becomes a local function of the
names that differ, called at each end.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from .builder import Reader
from .kinds import NEVER, join
from .narrowing import assume
from .nodes import (
    NULL,
    Block,
    Call,
    Cond,
    Const,
    Function,
    Node,
    Var,
    cond,
    or_null,
)
from .refusals import Page, refuse
from .scope import Scope, Value

Rest = Callable[[], Value]
Body = Callable[[Reader, list[ast.stmt], Rest], Value]

ENOUGH = 9


def branch(it: Reader, s: ast.If, after: list[ast.stmt], rest: Rest, body: Body) -> Value:
    """The value of `s` and of what follows it; `body` reads statements."""
    test = it.test(s.test)
    if isinstance(test, Const):
        return body(it, [*(s.body if test.value else s.orelse), *after], rest)

    def go_on() -> Value:
        return body(it, after, rest)

    if falls(s.body) + falls(s.orelse) <= 1:
        return it.either_value(test, lambda: body(it, s.body, go_on), lambda: body(it, s.orelse, go_on))
    return (join_point if returns([s]) else merge)(it, test, s, go_on, body)


def falls(stmts: list[ast.stmt]) -> int:
    """How many ways through the statements reach their end; counted up to a few."""
    ways = 1
    for s in stmts:
        match s:
            case ast.Return() | ast.Raise():
                return 0
            case ast.If():
                ways *= falls(s.body) + falls(s.orelse)
            case ast.Match():
                ways *= sum(falls(c.body) for c in s.cases) + 1
        ways = min(ways, ENOUGH)
        if not ways:
            return 0
    return ways


def returns(stmts: list[ast.stmt]) -> bool:
    """Does one of the ways end the function?"""
    return any(isinstance(x, (ast.Return, ast.Raise)) for s in stmts for x in ast.walk(s))


def assigned(stmts: list[ast.stmt]) -> list[str]:
    """The names that the statements may set."""
    names = [x.id for s in stmts for x in ast.walk(s) if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)]
    names += [x.name for s in stmts for x in ast.walk(s) if isinstance(x, ast.FunctionDef)]
    names += [x.name for s in stmts for x in ast.walk(s) if isinstance(x, ast.MatchAs) and x.name]
    return list(dict.fromkeys(names))


def merge(it: Reader, test: Node, s: ast.If, go_on: Rest, body: Body) -> Value:
    """All ways go on."""
    if test.may_fail:
        test = it.let(test, "test")  # evaluated even where nothing depends on it
    ends: list[dict[str, Value]] = []
    scopes: list[Scope] = []
    for holds, stmts in ((True, s.body), (False, s.orelse)):
        with it.within(it.scope.child()) as scope:
            assume(scope, test, holds)

            def leaf() -> Value:
                ends.append({k: it.scope.refine(v) if isinstance(v, Node) else v for k, v in it.scope.names.items()})
                return NULL

            body(it, stmts, leaf)
            scopes.append(scope)
    effects = [scope.close(NULL) for scope in scopes]
    if any(e.may_fail for e in effects):
        it.scope.bindings.append(("", Cond(test, effects[0], effects[1], kind=NULL.kind)))
    for name in assigned([s]):
        a, b = ends[0].get(name), ends[1].get(name)
        if a is None or b is None:
            it.scope.names.pop(name, None)
        elif a is b or (isinstance(a, Node) and isinstance(b, Node) and a == b and a.kind == b.kind):
            it.scope.names[name] = a
        elif isinstance(a, Node) and isinstance(b, Node):
            chosen = cond(test, scopes[0].close(a), scopes[1].close(b))
            it.scope.names[name] = it.let(chosen, name)
        else:
            raise refuse(Page.NOT_A_VALUE, f"`{name}` is a function on one path", "choose between values")
    return go_on()


def join_point(it: Reader, test: Node, s: ast.If, go_on: Rest, body: Body) -> Value:
    """Some ways return, several go on."""
    name, names = it.fresh("rest"), assigned([s])
    jumps: list[dict[str, Node | None]] = []

    def leaf() -> Node:
        now = {n: it.scope.names.get(n) for n in names}
        jumps.append({n: it.scope.refine(v) if isinstance(v, Node) else None for n, v in now.items()})
        args = tuple(or_null(v) if isinstance(v, Node) else NULL for v in jumps[-1].values())
        return Call(f"${name}", args, kind=NEVER)

    chosen = it.either_value(test, lambda: body(it, s.body, leaf), lambda: body(it, s.orelse, leaf))
    kept = [n for n in names if all(isinstance(j[n], Node) for j in jumps)]
    params = {n: it.fresh(n) for n in kept}
    with it.within(it.scope.child()) as scope:
        for n in names:
            scope.names.pop(n, None)
        for n in kept:
            kinds = [v.kind for j in jumps if (v := j[n]) is not None]
            scope.names[n] = Var(params[n], kind=join(*kinds))
        end = go_on()
        if not isinstance(end, Node):
            raise refuse(Page.NOT_A_VALUE, "a function chosen at run time", "choose between values")
        tail = scope.close(or_null(end))
    positions = [i for i, n in enumerate(names) if n in kept]
    chosen = with_tail(chosen, f"${name}", positions, tail)
    function = Function(tuple(params.values()), tail, kind=tail.kind)
    return Block(((name, function),), chosen, kind=chosen.kind)


def with_tail(n: Node, function: str, positions: list[int], tail: Node) -> Node:
    """The ends of a value that call the rest: with the names that it takes, and of its kind.

    Ends stand in tail position only: in the branches of conditions and the results of blocks.
    """
    match n:
        case Call() if n.function == function:
            return Call(function, tuple(n.args[i] for i in positions), kind=tail.kind)
        case Cond(test=test, then=then, otherwise=Node() as otherwise):
            a, b = (with_tail(x, function, positions, tail) for x in (then, otherwise))
            return Cond(test, a, b, kind=join(a.kind, b.kind))
        case Block(bindings=bindings, result=result):
            inner = with_tail(result, function, positions, tail)
            named = tuple((k, in_function(v, function, positions, tail)) for k, v in bindings)
            return Block(named, inner, kind=inner.kind)
    return n


def in_function(n: Node, function: str, positions: list[int], tail: Node) -> Node:
    """A rest inside of a rest: its body ends there too."""
    if not isinstance(n, Function):
        return n
    body = with_tail(n.body, function, positions, tail)
    return Function(n.params, body, kind=body.kind)
