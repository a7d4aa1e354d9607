"""One small function for each kind of expression: what it asks of its parts, and which table answers."""
from __future__ import annotations

import ast
import builtins
import operator
from typing import TYPE_CHECKING, Any

from . import binding, calls, displays
from .conditions import COMPARE, REAL, refuse_none, truth
from .constants import const_fn, hashable, real
from .errors import Refused, did_you_mean
from .nodes import (
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
    may_fail,
    negate,
    or_null,
)
from .rules import dicts, lists, models, numbers, text
from .scope import Value
from .kinds import BOOL, INT, STR, fields_of, kind, show

if TYPE_CHECKING: from .interpret import Interpreter


OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
             ast.Pow: operator.pow, ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor, ast.LShift: operator.lshift, ast.RShift: operator.rshift}


def constant(it: "Interpreter", n: ast.Constant) -> Node:
    if isinstance(n.value, (bytes, complex)) or n.value is ...: raise Refused(f"{n.value!r} has no JSON form")
    return const(n.value)


def name(it: "Interpreter", n: ast.Name) -> Value:
    if n.id in it.scope.names: return it.scope.names[n.id]
    f = it.frame
    for place in (f.cells, f.globals, vars(builtins)):
        if n.id in place: return const_fn(place[n.id])
    raise Refused(f"`{n.id}` is not defined, or not on every path", did_you_mean(n.id, list(it.scope.names)))


def walrus(it: "Interpreter", n: ast.NamedExpr) -> Value:
    v = it.eval(n.value)
    if isinstance(v, Node) and binding.impure(v): raise Refused("`:=` of a value that changes each time", "assign it in a statement")
    it.scope.names[n.target.id] = v
    return v


def attribute(it: "Interpreter", n: ast.Attribute) -> Value:
    return it.attribute(it.eval(n.value), it.mangled(n.attr))


def call_(it: "Interpreter", n: ast.Call) -> Value:
    receiver: Node | None = None
    f: Value = NULL
    if isinstance(n.func, ast.Attribute):
        r = it.eval(n.func.value)
        if isinstance(r, Node) and (not isinstance(r, Const) or isinstance(r.value, (str, dict, list, tuple))): receiver = r
        else: f = it.attribute(r, it.mangled(n.func.attr))
    else: f = it.eval(n.func)
    if isinstance(f, Const) and hashable(f.value) and f.value in (any, all) and len(n.args) == 1 and isinstance(n.args[0], (ast.GeneratorExp, ast.ListComp)):
        return displays.quantified(it, n.args[0], f.value is all)
    args: list[Value] = []
    for a in n.args:
        if isinstance(a, ast.Starred): args += spread(it.node(a.value))
        else: args.append(eager(it, it.eval(a)))
    kw: dict[str, Value] = {}
    for k in n.keywords:
        if k.arg is not None: kw[k.arg] = eager(it, it.eval(k.value))
        else: kw |= spread_dict(it.node(k.value))
    if receiver is not None:
        return calls.method(it, receiver, n.func.attr, args, kw)  # type: ignore[attr-defined]
    return calls.call_value(it, f, args, kw)


def arithmetic(it: "Interpreter", n: ast.BinOp) -> Node:
    x, y = it.node(n.left), it.node(n.right)
    if isinstance(x, Const) and isinstance(y, Const): return real(OPERATORS[type(n.op)], [x, y], {})
    if isinstance(n.op, ast.BitOr) and kind(x.type) == kind(y.type) == "dict": return dicts.merge(it, x, y)
    if isinstance(n.op, ast.Mod) and isinstance(x, Const) and isinstance(x.value, str): raise Refused("`%` formatting", "write an f-string")
    if isinstance(n.op, ast.Mult) and "str" in (kind(x.type), kind(y.type)): raise Refused("text times a number", "pad with an f-string: f'{x:>10}'")
    return numbers.operate(it, type(n.op), x, y)


def unary(it: "Interpreter", n: ast.UnaryOp) -> Node:
    if isinstance(n.op, ast.Not): return negate(it.test(n.operand))
    x = it.node(n.operand)
    if isinstance(x, Const) and not isinstance(n.op, ast.Invert): return real(operator.neg if isinstance(n.op, ast.USub) else operator.pos, [x], {})
    if isinstance(n.op, ast.Invert): raise Refused("`~`", "write not")
    if kind(x.type) == "bool": x = numbers.to_int(it, x)
    if kind(x.type) not in ("number", "timedelta"):
        refuse_none("`-`", x)
        raise Refused(f"`-` of a {show(x.type)}")
    return x if isinstance(n.op, ast.UAdd) else Negative(x, type=INT if numbers.whole(x.type) and kind(x.type) == "number" else x.type)


def and_or(it: "Interpreter", n: ast.BoolOp) -> Node:
    return value_chain(it, n.values, isinstance(n.op, ast.And))


def value_chain(it: "Interpreter", parts: list[ast.expr], is_and: bool) -> Node:
    """`a or b` as a value: one of the two."""
    first = it.node(parts[0])
    if len(parts) == 1: return first
    if isinstance(first, Const): return first if bool(first.value) != is_and else value_chain(it, parts[1:], is_and)
    if first.type == BOOL:
        second = it.assuming_names(first, is_and, lambda: value_chain(it, parts[1:], is_and))
        if second.type == BOOL: return both(first, second) if is_and else either(first, second)
        return cond(first, second, FALSE) if is_and else cond(first, TRUE, second)
    first = it.let(first)
    test = truth(it, first)
    second = it.assuming_names(test, is_and, lambda: value_chain(it, parts[1:], is_and))
    kept = it.assuming(test, not is_and, lambda: or_null(it.scope.refine(first)))
    return cond(test, second, kept) if is_and else cond(test, kept, second)


def conditional(it: "Interpreter", n: ast.IfExp) -> Value:
    test = it.test(n.test)
    if isinstance(test, Const): return it.eval(n.body if test.value else n.orelse)
    return it.either_value(test, lambda: it.eval(n.body), lambda: it.eval(n.orelse))


def comparison(it: "Interpreter", n: ast.Compare) -> Node:
    x = it.node(n.left)
    out: Node = TRUE
    for i, (op, right) in enumerate(zip(n.ops, n.comparators)):
        def step(x: Node = x, op: ast.cmpop = op, right: ast.expr = right) -> tuple[Node, Node]:
            y = it.node(right)
            if isinstance(x, Const) and isinstance(y, Const): return const(bool(real(REAL[type(op)], [x, y], {}).value)), y
            if i + 1 < len(n.ops): y = it.let(y)
            return COMPARE[type(op)](it, x, y), y
        test, x = step()
        out = both(out, test)
    return out


def f_string(it: "Interpreter", n: ast.JoinedStr) -> Node:
    out: Node | None = None
    for p in n.values:
        if isinstance(p, ast.Constant): piece: Node = const(p.value)
        else:
            assert isinstance(p, ast.FormattedValue)
            try: piece = formatted(it, p)
            except Refused as e: raise e.at(it.frame.file, p.value)
        if isinstance(out, Const) and isinstance(piece, Const): out = const(out.value + piece.value)
        else: out = piece if out is None else binary(out, "&", piece, STR)
    return out if out is not None else const("")


def formatted(it: "Interpreter", p: ast.FormattedValue) -> Node:
    x = it.node(p.value)
    if p.conversion == ord("s"): x = text.to_text(it, x)
    elif p.conversion != -1: raise Refused("!r and !a in an f-string", "leave them out")
    spec = f_string(it, p.format_spec) if isinstance(p.format_spec, ast.JoinedStr) else const("")
    if not isinstance(spec, Const): raise Refused("a computed format")
    return text.formatted(it, x, spec.value)


def subscript(it: "Interpreter", n: ast.Subscript) -> Value:
    x = it.node(n.value)
    if isinstance(n.slice, ast.Slice):
        parts = [None if p is None else it.node(p) for p in (n.slice.lower, n.slice.upper)]
        if n.slice.step is not None: raise Refused("a slice with a step", "reversed(xs), or do it in a Task")
        if isinstance(x, Const) and all(p is None or isinstance(p, Const) for p in parts):
            return real(operator.getitem, [x, const_fn(slice(*[p.value if isinstance(p, Const) else None for p in parts]))], {})
        if kind(x.type) == "str": return text.sliced(it, x, *parts)
        return lists.sliced(it, x, *parts)
    i = it.node(n.slice)
    if isinstance(x, Const) and isinstance(i, Const):
        if not isinstance(x.value, (str, list, tuple, dict, range)) and not isinstance(x.value, type): raise Refused(f"reading a {type(x.value).__name__} when compiling", "read it outside the lambda")
        return real(operator.getitem, [x, i], {})
    match kind(x.type):
        case "str": return text.character(it, x, i)
        case "dict": return dicts.item(it, x, i)
        case "list" | "tuple": return lists.item(it, x, i)
        case "model" if isinstance(i, Const) and isinstance(i.value, str) and issubclass(x.type.cls, dict):  # type: ignore[attr-defined]
            found = models.field(it, x, i.value)
            if found is not None: return found
            raise Refused(f"{show(x.type)} has no key `{i.value}`", did_you_mean(i.value, list(fields_of(x.type.cls))))  # type: ignore[attr-defined]
    refuse_none("`[...]`", x)
    raise Refused(f"`[...]` of a {show(x.type)} has no JSONata form")


def eager(it: "Interpreter", v: Value) -> Value:
    """Python evaluates an argument before the call, even one that is not used."""
    return it.let(v) if isinstance(v, Node) and may_fail(v) else v


def spread(v: Node) -> list[Value]:
    if isinstance(v, Const): return [const_fn(x) for x in v.value]
    if isinstance(v, Array): return list(v.items)
    raise Refused("`*` of a list of the execution in a call", "its length is not known when compiling")

def spread_dict(v: Node) -> dict[str, Value]:
    if isinstance(v, Const): return {k: const_fn(x) for k, x in v.value.items()}
    if isinstance(v, Object) and all(isinstance(k, Const) for k, _ in v.pairs): return {k.value: x for k, x in v.pairs}  # type: ignore[attr-defined]
    raise Refused("`**` of a dict of the execution in a call", "its keys are not known when compiling")


HANDLERS: dict[type[ast.expr], Any] = {ast.Constant: constant, ast.Name: name, ast.NamedExpr: walrus, ast.Attribute: attribute, ast.Call: call_, ast.Lambda: lambda it, n: it.closure(n), ast.BinOp: arithmetic, ast.UnaryOp: unary, ast.BoolOp: and_or, ast.IfExp: conditional, ast.Compare: comparison, ast.JoinedStr: f_string, ast.Subscript: subscript}
