"""Statements: assignment, if / early return, match, assert, nested def. A body becomes one expression.

What follows an `if` is written once: inline where one path reaches it, as merged names where all paths do, as a local
function otherwise (see `branches`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from . import branches, calls, patterns
from .binding import assign
from .builder import Reader
from .kinds import family
from .narrowing import assume
from .nodes import NULL, TRUE, Const, Node, Var, call, const, simple
from .refusals import Page, Refusal, place_of, refuse
from .scope import Value

Rest = Callable[[], Value]

REFUSED: dict[type[ast.stmt], tuple[Page, str, str]] = {
    ast.For: (Page.LOOP_OR_TRY, "a loop", "write sum(...), any(...) or a comprehension, or use a Map state"),
    ast.While: (Page.LOOP_OR_TRY, "a loop", "write sum(...), any(...) or a comprehension, or use a Map state"),
    ast.Try: (Page.LOOP_OR_TRY, "try", "test before: `x if ... else ...`, or do it in a Task"),
    ast.Raise: (Page.LOOP_OR_TRY, "raise", "use a Choice state that leads to a Fail state"),
    ast.With: (Page.LOOP_OR_TRY, "with", "do it in a Task"),
    ast.Expr: (Page.UNSUPPORTED_SYNTAX, "an expression whose value is thrown away", "return it, or leave it out"),
    ast.Global: (Page.UNSUPPORTED_SYNTAX, "global", "return what is to be known outside"),
    ast.Nonlocal: (Page.UNSUPPORTED_SYNTAX, "nonlocal", "return what is to be known outside"),
    ast.Delete: (Page.READ_ONLY, "del", "data of an execution is read-only: build what you want to keep"),
    ast.Import: (Page.UNSUPPORTED_SYNTAX, "an import inside the function", "import at the top of the module"),
    ast.ImportFrom: (Page.UNSUPPORTED_SYNTAX, "an import inside the function", "import at the top of the module"),
    ast.ClassDef: (Page.UNSUPPORTED_SYNTAX, "a class inside the function", "move it out"),
}


def body(it: Reader, stmts: list[ast.stmt], rest: Rest) -> Value:
    """The value of a body; `rest` is what follows where it falls off its end."""
    for i, s in enumerate(stmts):
        after = stmts[i + 1 :]
        try:
            match s:
                case ast.Return():
                    return it.eval(s.value) if s.value is not None else NULL
                case ast.If():
                    return branches.branch(it, s, after, rest, body)
                case ast.Match():
                    return body(it, [*patterns.as_if(it, s), *after], rest)
                case _:
                    statement(it, s)
        except Refusal as e:
            raise e.at(place_of(it.frame.file, s)) from e.__cause__
    return rest()


def statement(it: Reader, s: ast.stmt) -> None:
    """A statement that always goes on."""
    match s:
        case ast.Assign():
            assign_all(it, s.targets, it.eval(s.value))
        case ast.AnnAssign():
            if s.value is not None:
                assign(it, s.target, it.eval(s.value))
        case ast.AugAssign():
            check_own(it, s.target)
            operation = ast.BinOp(as_load(s.target), s.op, s.value)
            assign(it, s.target, it.eval(ast.copy_location(operation, s)))
        case ast.Assert():
            asserted(it, s)
        case ast.FunctionDef():
            if s.decorator_list:
                raise refuse(Page.UNSUPPORTED_SYNTAX, "a decorated function inside a function", "move it out")
            it.scope.names[s.name] = it.closure(s)
        case ast.Expr(value=ast.Constant()) | ast.Pass():
            return
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name))) if name in calls.INSTEAD:
            raise refuse(Page.READ_ONLY, f".{name}() for its effect", calls.INSTEAD[name])
        case _:
            unknown = (Page.UNSUPPORTED_SYNTAX, f"{type(s).__name__} has no JSONata form", "do it in a Task")
            page, what, instead = REFUSED.get(type(s), unknown)
            raise refuse(page, what, instead)


def assign_all(it: Reader, targets: list[ast.expr], v: Value) -> None:
    """a = b = value"""
    if isinstance(v, Node) and len(targets) > 1:
        v = it.let(v)
    for t in targets:
        assign(it, t, v)


def check_own(it: Reader, target: ast.expr) -> None:
    """`xs += ys` changes the list itself: it has to be a list made here, known by one name."""
    value = it.scope.names.get(target.id) if isinstance(target, ast.Name) else None
    if not isinstance(value, Node) or family(value.kind) not in ("list", "dict", "set"):
        return
    made_here = (
        isinstance(value, Const) or not simple(value) or (isinstance(value, Var) and value.name in it.scope.definitions)
    )
    if not made_here or sum(v == value for v in it.scope.names.values() if isinstance(v, Node)) > 1:
        said = "`+=` of a list changes the list itself, which has other names"
        raise refuse(Page.READ_ONLY, said, "write xs = [*xs, ...] or xs = xs + ys")


def as_load(t: ast.expr) -> ast.expr:
    """The target of `x += 1`, read."""
    if not isinstance(t, ast.Name):
        said = "only names can be assigned: data of an execution is read-only"
        raise refuse(Page.READ_ONLY, said, "write model_copy(update={...})")
    return ast.copy_location(ast.Name(t.id, ast.Load()), t)


def asserted(it: Reader, s: ast.Assert) -> None:
    """A step kept for its effect; what follows knows that it holds."""
    test = it.test(s.test)
    if test == TRUE:
        return
    it.scope.bindings.append(("", call("assert", test, const("assertion failed"), kind=NULL.kind)))
    assume(it.scope, test)
