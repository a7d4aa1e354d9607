"""One small function for each kind of expression: what it asks of its parts, and which table answers."""

from __future__ import annotations

import ast
import builtins
import itertools
import operator
from collections.abc import Callable
from typing import Any

from workflow.diagnostics import did_you_mean

from . import binding, calls, comprehensions, displays, patterns
from .builder import Reader
from .comparisons import COMPARE, REAL
from .conditions import keep, truth
from .constants import const_of, hashable, real, value_of
from .demands import need_constant, refuse_none, refuse_nothing
from .kinds import BOOL, FLOAT, INT, STR, TupleKind, an, family, whole_values
from .nodes import (
    EMPTY_TEXT,
    FALSE,
    NULL,
    TRUE,
    Array,
    Const,
    Negative,
    Node,
    Object,
    binary,
    both,
    cond,
    const,
    either,
    negate,
    or_null,
)
from .refusals import Page, Refusal, place_of, refuse
from .rules import formats, numbers, parts, rounding, slices, text
from .scope import Value

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.MatMult: operator.matmul,
}


ORDERS: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


# ------------------------------------------------------------------ names and constants
def constant(it: Reader, n: ast.Constant) -> Node:
    """3, "x", None"""
    if isinstance(n.value, (bytes, complex)) or n.value is ...:
        raise refuse(Page.NOT_JSON, f"{n.value!r} has no JSON form", "use text or numbers")
    return const(n.value)


def name(it: Reader, n: ast.Name) -> Value:
    """A local, a name of the enclosing functions, of the module, a built-in."""
    if n.id in it.scope.names:
        return it.scope.names[n.id]
    for place in (it.frame.cells, it.frame.globals, vars(builtins)):
        if n.id in place:
            return value_of(place[n.id])
    said = f"`{n.id}` is not defined, or not on every path"
    hint = did_you_mean(n.id, [*it.scope.names, *it.frame.cells, *it.frame.globals])
    raise refuse(Page.UNKNOWN_NAME, said, hint if hint.startswith("did") else "assign it before, on every path")


def walrus(it: Reader, n: ast.NamedExpr) -> Value:
    """(x := value)"""
    v = it.eval(n.value)
    if isinstance(v, Node) and binding.changes_each_time(v):
        raise refuse(Page.IMPURE, "`:=` of a value that changes each time", "assign it in a statement")
    it.scope.names[n.target.id] = v
    return v


def attribute(it: Reader, n: ast.Attribute) -> Value:
    """x.name"""
    return it.attribute(it.eval(n.value), mangled(it, n.attr))


def mangled(it: Reader, attr: str) -> str:
    """`__x` inside a class."""
    private = attr.startswith("__") and not attr.endswith("__") and it.frame.cls
    return f"_{it.frame.cls.lstrip('_')}{attr}" if private else attr


def local_function(it: Reader, n: ast.Lambda) -> Value:
    """lambda x: ..."""
    return it.closure(n)


# ------------------------------------------------------------------ calls
def call(it: Reader, n: ast.Call) -> Value:
    """f(...) and x.method(...)"""
    receiver: Node | None = None
    f: Value = NULL
    if isinstance(n.func, ast.Attribute):
        x = it.eval(n.func.value)
        if isinstance(x, Node) and (not isinstance(x, Const) or isinstance(x.value, (str, dict, list, tuple))):
            receiver = x
        else:
            f = it.attribute(x, mangled(it, n.func.attr))
    else:
        f = it.eval(n.func)
    if isinstance(f, Const) and hashable(f.value) and f.value in (any, all) and len(n.args) == 1:
        only = n.args[0]
        if isinstance(only, (ast.GeneratorExp, ast.ListComp)):
            return comprehensions.quantified(it, only, f.value is all)
    if isinstance(f, Const) and f.value is bool and len(n.args) == 1 and isinstance(n.args[0], ast.BoolOp):
        return it.test(n.args[0])  # for its truth alone: the parts need not be of one type
    args: list[Value] = []
    for a in n.args:
        v = it.eval(a.value if isinstance(a, ast.Starred) else a)
        if isinstance(f, Const) and f.value is next and isinstance(v, Node):
            comprehensions.check_next(a, v)
        args += spread(it, binding.data([v])[0], f) if isinstance(a, ast.Starred) else [eager(it, v)]
    kw: dict[str, Value] = {}
    for k in n.keywords:
        kw |= spread_dict(it.node(k.value)) if k.arg is None else {k.arg: eager(it, it.eval(k.value))}
    if receiver is not None and isinstance(n.func, ast.Attribute):
        return calls.method(it, receiver, mangled(it, n.func.attr), args, kw)
    return calls.call_value(it, f, args, kw)


def eager(it: Reader, v: Value) -> Value:
    """Python evaluates an argument before the call, even one that is not used."""
    return it.let(v) if isinstance(v, Node) and v.may_fail else v


def spread(it: Reader, v: Node, f: Value) -> list[Value]:
    """f(*values)"""
    if isinstance(v, Const):
        return [const_of(x) for x in v.value]
    if isinstance(v, Array):
        return list(v.items)
    if isinstance(v.kind, TupleKind):
        return list(binding.unpacked(it, v, len(v.kind.items), ast.Tuple([])))
    refuse_none("`*` in a call", v)
    said = "`*` of a list of the execution in a call"
    instead = "its length is not known when compiling: index it"
    if isinstance(f, Const) and f.value is itertools.chain:
        instead = "write itertools.chain.from_iterable(lists)"
    raise refuse(Page.NEEDS_A_CONSTANT, said, instead)


def spread_dict(v: Node) -> dict[str, Value]:
    """f(**values)"""
    if isinstance(v, Const):
        return {k: const_of(x) for k, x in v.value.items()}
    if isinstance(v, Object) and all(isinstance(k, Const) for k, _ in v.pairs):
        return {k.value: x for k, x in v.pairs if isinstance(k, Const)}
    said = "`**` of a dict of the execution in a call"
    raise refuse(Page.NEEDS_A_CONSTANT, said, "its keys are not known when compiling: name the arguments")


# ------------------------------------------------------------------ operators
def arithmetic(it: Reader, n: ast.BinOp) -> Node:
    """x + y and the like"""
    x, y = it.node(n.left), it.node(n.right)
    refuse_nothing(f"`{numbers.SYMBOLS[type(n.op)]}`", x, y)
    if isinstance(x, Const) and isinstance(y, Const):
        return real(OPERATORS[type(n.op)], [x, y])
    if isinstance(n.op, ast.Mod) and isinstance(x, Const) and isinstance(x.value, str):
        raise refuse(Page.UNSUPPORTED_OPERATOR, "`%` formatting", "write an f-string")
    return numbers.operate(it, type(n.op), x, y)


def unary(it: Reader, n: ast.UnaryOp) -> Node:
    """-x, +x, not x"""
    if isinstance(n.op, ast.Not):
        return negate(it.test(n.operand))
    x = it.node(n.operand)
    if isinstance(n.op, ast.Invert):
        raise refuse(Page.UNSUPPORTED_OPERATOR, "`~`", "write not")
    if isinstance(x, Const):
        return real(operator.neg if isinstance(n.op, ast.USub) else operator.pos, [x])
    if family(x.kind) == "bool":
        x = rounding.to_int(it, x)
    if family(x.kind) not in ("number", "timedelta"):
        refuse_none("`-`", x)
        raise refuse(Page.UNSUPPORTED_OPERATOR, f"`-` of {an(x.kind)}", "negate a number")
    if isinstance(n.op, ast.UAdd):
        return x
    kind = x.kind if family(x.kind) == "timedelta" else INT if whole_values(x.kind) else FLOAT
    return Negative(x, kind=kind)


def and_or(it: Reader, n: ast.BoolOp) -> Node:
    """`a and b` as a value: one of the two."""
    return value_chain(it, n.values, isinstance(n.op, ast.And))


def value_chain(it: Reader, parts: list[ast.expr], is_and: bool) -> Node:
    """The first part that decides, else the last."""
    first = it.node(parts[0])
    if len(parts) == 1:
        return first
    if isinstance(first, Const):
        return first if bool(first.value) != is_and else value_chain(it, parts[1:], is_and)
    if first.kind == BOOL:
        second = it.assuming_names(first, is_and, lambda: value_chain(it, parts[1:], is_and))
        if second.kind == BOOL:
            return both(first, second) if is_and else either(first, second)
        return cond(first, second, FALSE) if is_and else cond(first, TRUE, second)
    first = it.let(first)
    test = truth(it, first)
    second = it.assuming_names(test, is_and, lambda: value_chain(it, parts[1:], is_and))
    kept = it.assuming(test, not is_and, lambda: or_null(it.scope.refine(first)))
    return cond(test, second, kept) if is_and else cond(test, kept, second)


def conditional(it: Reader, n: ast.IfExp) -> Value:
    """a if test else b"""
    test = it.test(n.test)
    if isinstance(test, Const):
        return it.eval(n.body if test.value else n.orelse)
    return it.either_value(test, lambda: it.eval(n.body), lambda: it.eval(n.orelse))


def comparison(it: Reader, n: ast.Compare) -> Node:
    """a < b <= c"""
    x = it.node(n.left)
    check_bits(it, n.ops[0], n.left, x)
    return compared(it, x, list(zip(n.ops, n.comparators)))


def check_bits(it: Reader, op: ast.cmpop, written: ast.expr, x: Node) -> None:
    """Refuse `a > 3 & b`, which Python reads as `a > (3 & b)`."""
    bits = isinstance(written, ast.BinOp) and isinstance(written.op, (ast.BitAnd, ast.BitOr, ast.BitXor))
    if bits and type(op) in ORDERS and family(x.kind) == "number":
        said = "`&`, `|` and `^` bind tighter than a comparison"
        instead = "put brackets round each comparison, or write and / or; give bits a name before you compare them"
        raise refuse(Page.UNSUPPORTED_OPERATOR, said, instead).at(place_of(it.frame.file, written))


def compared(it: Reader, x: Node, rest: list[tuple[ast.cmpop, ast.expr]]) -> Node:
    """The first comparison, and the others only where it holds: Python does not evaluate them otherwise."""
    (op, right), others = rest[0], rest[1:]
    y = it.node(right)
    check_bits(it, op, right, y)
    if type(op) in ORDERS:
        refuse_nothing(f"`{ORDERS[type(op)]}`", x, y)
    if isinstance(x, Const) and isinstance(y, Const):
        test: Node = const(bool(real(REAL[type(op)], [x, y]).value))
    else:
        y = it.let(y) if others else y
        test = COMPARE[type(op)](it, x, y)
        if isinstance(test, Const):
            keep(it, x, y)
    if not others or test == FALSE:
        return test
    return both(test, it.assuming_names(test, True, lambda: compared(it, y, others)))


# ------------------------------------------------------------------ text
def f_string(it: Reader, n: ast.JoinedStr) -> Node:
    """f"{x:.1f} and text" """
    out: Node | None = None
    for p in n.values:
        piece = const(p.value) if isinstance(p, ast.Constant) else placed(it, p)
        if isinstance(out, Const) and isinstance(piece, Const):
            out = const(out.value + piece.value)
        else:
            out = piece if out is None else binary(out, "&", piece, STR)
    return out if out is not None else EMPTY_TEXT


def placed(it: Reader, p: ast.expr) -> Node:
    """A value in an f-string; a refusal points at the value."""
    value = p.value if isinstance(p, ast.FormattedValue) else p
    try:
        return interpolated(it, p) if isinstance(p, ast.FormattedValue) else it.node(p)
    except Refusal as e:
        raise e.at(place_of(it.frame.file, value)) from e.__cause__


def interpolated(it: Reader, p: ast.FormattedValue) -> Node:
    """{x!s:spec}"""
    x = it.node(p.value)
    if p.conversion == ord("s"):
        x = text.to_text(it, x)
    elif p.conversion != -1:
        raise refuse(Page.TEXT_OF_VALUE, "!r, !a and `=` in an f-string", "leave them out")
    spec = f_string(it, p.format_spec) if isinstance(p.format_spec, ast.JoinedStr) else EMPTY_TEXT
    out = formats.formatted(it, x, need_constant("a computed format", spec).value)
    if isinstance(out, Const):
        keep(it, x)
    return out


# ------------------------------------------------------------------ parts
def subscript(it: Reader, n: ast.Subscript) -> Value:
    """x[i], x[a:b], x["key"]"""
    x = it.node(n.value)
    if isinstance(n.slice, ast.Slice):
        return sliced(it, x, n.slice)
    i = it.node(n.slice)
    if isinstance(x, Const) and isinstance(i, Const):
        readable = (str, list, tuple, dict, range, type)
        if not isinstance(x.value, readable):
            said = f"reading a {type(x.value).__name__} when compiling"
            raise refuse(Page.IMPURE, said, "read it outside the lambda, or in a Task")
        return real(operator.getitem, [x, i])
    return parts.part(it, x, i)


def sliced(it: Reader, x: Node, s: ast.Slice) -> Value:
    """x[a:b]"""
    ends = [None if p is None else it.node(p) for p in (s.lower, s.upper)]
    step = None if s.step is None else it.node(s.step)
    if isinstance(x, Const) and all(p is None or isinstance(p, Const) for p in (*ends, step)):
        bounds = [p.value if isinstance(p, Const) else None for p in (*ends, step)]
        return real(operator.getitem, [x, const_of(slice(*bounds))])
    refuse_none("a slice", x)
    if step is not None and step not in (const(None), const(1)):
        if step == const(-1) and ends == [None, None]:
            return slices.backwards(it, x)
        if family(x.kind) == "str" or not (isinstance(step, Const) and isinstance(step.value, int) and step.value > 0):
            said = f"a slice of {an(x.kind)} with this step"
            raise refuse(Page.UNSUPPORTED_SYNTAX, said, "known: x[::-1], and of lists a constant step above 0")
        return slices.every(it, slices.of_list(it, x, *ends), step.value)
    return (slices.of_text if family(x.kind) == "str" else slices.of_list)(it, x, *ends)


READERS: dict[type[ast.expr], Callable[[Any, Any], Value]] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.NamedExpr: walrus,
    ast.Attribute: attribute,
    ast.Call: call,
    ast.Lambda: local_function,
    ast.BinOp: arithmetic,
    ast.UnaryOp: unary,
    ast.BoolOp: and_or,
    ast.IfExp: conditional,
    ast.Compare: comparison,
    ast.JoinedStr: f_string,
    ast.Subscript: subscript,
    ast.List: displays.list_or_tuple,
    ast.Tuple: displays.list_or_tuple,
    ast.Set: displays.set_display,
    ast.Dict: displays.dict_display,
    ast.ListComp: comprehensions.list_comprehension,
    ast.GeneratorExp: comprehensions.list_comprehension,
    ast.SetComp: comprehensions.set_comprehension,
    ast.DictComp: comprehensions.dict_comprehension,
    patterns.PatternTest: patterns.pattern_test,
}
