"""Nodes to JSONata text. One precedence table: a child is bracketed when it binds less than its place asks."""

from __future__ import annotations

import re
from datetime import timedelta

from .json_values import literal, to_json
from .kinds import is_list, may_be_list
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
    Raw,
    Regex,
    Sort,
    Var,
)
from .refusals import InternalError, Page, refuse

ATOM, PATH, UNARY, TIMES, PLUS, COMPARE, AND, OR, COND = 90, 80, 70, 60, 50, 40, 30, 25, 20
BINDS = {
    **dict.fromkeys(("*", "/", "%"), TIMES),
    **dict.fromkeys(("+", "-", "&"), PLUS),
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in"), COMPARE),
    "and": AND,
    "or": OR,
    "..": OR,
}
ASSOCIATIVE = {"and", "or", "&"}
PLAIN_NAME = re.compile("(?!(and|or|in|true|false|null)$)[A-Za-z_][A-Za-z_0-9]*")


def show(n: Node, place: int = 0) -> str:
    """The text of a node, in brackets where it binds less than `place`."""
    out, binds = piece(n)
    return out if binds >= place else f"({out})"


def piece(n: Node) -> tuple[str, int]:
    """The text of a node and how tightly it binds."""
    match n:
        case Const(value=timedelta() as v):
            return literal(round(v.total_seconds() * 1000)), ATOM
        case Const(value=v):
            out = literal(to_json(v))
            return out, UNARY if out.startswith("-") else ATOM
        case Var(name=name):
            return "$" + name, ATOM
        case Raw(text=text):
            return text, 0
        case Field(of=of, name=name):
            return f"{show(of, PATH)}.{name if PLAIN_NAME.fullmatch(name) else quoted(name)}", PATH
        case Index(of=of, index=index):
            return f"{indexed(of)}[{show(index)}]", PATH
        case Cast(of=of):
            return piece(of)
        case Call(function=function, args=args):
            return f"{function}({', '.join(map(show, args))})", ATOM
        case Binary(op=op, left=left, right=right):
            p = BINDS[op]
            left_place = p if p > COMPARE or op in ASSOCIATIVE else p + 1
            return f"{show(left, left_place)} {op} {show(right, p if op in ASSOCIATIVE else p + 1)}", p
        case Negative(of=of):
            return f"-{show(of, PATH)}", UNARY
        case Cond(test=test, then=then, otherwise=None):
            return f"{show(test, OR)} ? {show(then, OR)}", COND
        case Cond(test=test, then=then, otherwise=Node() as otherwise):
            return f"{show(test, OR)} ? {show(then, OR)} : {show(otherwise, COND)}", COND
        case Array(items=items):
            return "[" + ", ".join(map(element, items)) + "]", ATOM
        case Collect(of=Array() | Collect() as of):
            return piece(of)
        case Collect(of=of):
            return f"[{show(of)}]", ATOM
        case Object(pairs=pairs):
            return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in pairs) + "}", ATOM
        case Function(params=params, body=body):
            return f"function({', '.join('$' + p for p in params)}) {{ {show(body)} }}", ATOM
        case Block(result=result):
            return in_block(n, show(result)), ATOM
        case Sort(of=of, keys=keys):
            return f"{show(of, PATH)}^({', '.join(('>' if down else '') + show(k) for k, down in keys)})", COMPARE
        case Regex(pattern=pattern):
            return "/" + pattern.replace("/", "\\/") + "/", ATOM
    raise InternalError(f"no way to print a {type(n).__name__}")


def indexed(of: Node) -> str:
    """What is indexed. After a computed index the next one would count what that gave, not its items: `x[$i][0]` is
    `x[$i]`, so such a part stands in brackets."""
    inner = of
    while isinstance(inner, Cast):
        inner = inner.of
    computed = isinstance(inner, Index) and not isinstance(inner.index, Const)
    return f"({show(of)})" if computed else show(of, PATH)


def quoted(name: str) -> str:
    """A name that is not a plain one. There is no escape for a backtick."""
    if "`" in name:
        raise refuse(Page.NOT_JSON, f"the field {name!r}: JSONata cannot read it by name", "give it another alias")
    return f"`{name}`"


def in_block(n: Block, result: str) -> str:
    """The bindings of a block before the text of its result."""
    return "(" + "; ".join([*(f"${k} := {show(v)}" if k else show(v) for k, v in n.bindings), result]) + ")"


# ------------------------------------------------------------------ lists in lists
def element(n: Node) -> str:
    """An item of an array, which flattens lists unless they are themselves written in brackets."""
    if isinstance(n, Cast):
        n = n.of if isinstance(n.of, (Array, Collect, Const)) else n
    if isinstance(n, (Array, Collect, Const)) or not may_be_list(n.kind):
        return show(n)
    return f"[{show(n)}]" if is_list(n.kind) else one_item(n)


def one_item(n: Node) -> str:
    """What may be a list: exactly one item once an array has flattened it."""
    match n:
        case Const(value=v):
            return f"[{show(n)}]" if isinstance(v, (list, tuple)) else show(n)
        case Cond(test=test, then=then, otherwise=Node() as otherwise):
            return f"({show(test, OR)} ? {one_item(then)} : {one_item(otherwise)})"
        case Block(result=result):
            return in_block(n, one_item(result))
    if not may_be_list(n.kind):
        return show(n)
    if is_list(n.kind):
        return f"[{element(n)}]"
    return f"($type({show(n)}) = 'array' ? [[{show(n)}]] : {show(n)})"
