"""Nodes to JSONata text. One precedence table; a child is bracketed when it binds less than its place asks."""
from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from .errors import Refused
from .nodes import Array, Binary, Block, Call, Collect, Cond, Const, Field, Function, Index, Negative, Node, Object, Regex, Sort, Var
from .kinds import check_json, fields_of, is_record, kind, members

ATOM, PATH, UNARY, TIMES, PLUS, COMPARE, AND, OR, COND = 90, 80, 70, 60, 50, 40, 30, 25, 20
BINDS = {"*": TIMES, "/": TIMES, "%": TIMES, "+": PLUS, "-": PLUS, "&": PLUS, "=": COMPARE, "!=": COMPARE, "<": COMPARE,
         "<=": COMPARE, ">": COMPARE, ">=": COMPARE, "in": COMPARE, "and": AND, "or": OR, "..": OR}
ASSOCIATIVE = {"and", "or", "&"}


def text(s: str) -> str:
    body = json.dumps(s, ensure_ascii=False)[1:-1]
    return '"' + body + '"' if "'" in s else "'" + body.replace('\\"', '"') + "'"

def iso(v: datetime | date) -> str:
    return v.isoformat().replace("+00:00", "Z")

def to_json(v: Any) -> Any:
    """A constant as JSON data."""
    if isinstance(v, Enum): return v.value
    if isinstance(v, (datetime, date)): return iso(v)
    if isinstance(v, (list, tuple, range)): return [to_json(x) for x in v]
    if isinstance(v, (set, frozenset)): return sorted(to_json(x) for x in v)
    if isinstance(v, dict): return {to_json(k): to_json(x) for k, x in v.items()}
    cls: Any = type(v)
    if is_record(cls): return {f.json: to_json(getattr(v, k)) for k, f in fields_of(cls).items()}
    if v is None or isinstance(v, (bool, int, float, str)): return v
    raise Refused(f"a {type(v).__name__} has no JSON form")

def literal(v: Any) -> str:
    if isinstance(v, str): return text(v)
    if isinstance(v, list): return "[" + ", ".join(map(literal, v)) + "]"
    if isinstance(v, dict):
        if not all(isinstance(k, str) for k in v): raise Refused("keys of a JSON object are text")
        return "{" + ", ".join(f"{text(k)}: {literal(x)}" for k, x in v.items()) + "}"
    check_json(v)
    return json.dumps(v)


def show(n: Node, place: int = 0) -> str:
    out, binds = piece(n)
    return out if binds >= place else f"({out})"

def piece(n: Node) -> tuple[str, int]:
    match n:
        case Const(value=timedelta() as v): return literal(int(v.total_seconds() * 1000)), ATOM
        case Const(value=v):
            out = literal(to_json(v))
            return out, UNARY if out.startswith("-") else ATOM
        case Var(name): return "$" + name, ATOM
        case Field(of, name): return f"{show(of, PATH)}.{name if re.fullmatch('[A-Za-z_][A-Za-z_0-9]*', name) and name not in ('and', 'or', 'in', 'true', 'false', 'null') else f'`{name}`'}", PATH
        case Index(of, index): return f"{show(of, PATH)}[{show(index)}]", PATH
        case Call(name, args): return f"{name}({', '.join(map(show, args))})", ATOM
        case Binary(op, left, right):
            p = BINDS[op]
            return f"{show(left, p if p > COMPARE or op in ASSOCIATIVE else p + 1)} {op} {show(right, p if op in ASSOCIATIVE else p + 1)}", p
        case Negative(of): return f"-{show(of, PATH)}", UNARY
        case Cond(test, then, None): return f"{show(test, OR)} ? {show(then, OR)}", COND
        case Cond(test, then, Node() as otherwise): return f"{show(test, OR)} ? {show(then, OR)} : {show(otherwise, COND)}", COND
        case Array(items): return "[" + ", ".join(map(element, items)) + "]", ATOM
        case Collect(Array() | Collect() as of): return piece(of)
        case Collect(Binary("..") as of): return f"[{show(of)}]", ATOM
        case Collect(of): return f"[{show(of)}]", ATOM
        case Object(pairs): return "{" + ", ".join(f"{show(k)}: {show(v)}" for k, v in pairs) + "}", ATOM
        case Function(params, body): return f"function({', '.join('$' + p for p in params)}) {{ {show(body)} }}", ATOM
        case Block(bindings, result):
            return "(" + "; ".join([*(f"${k} := {show(v)}" if k else show(v) for k, v in bindings), show(result)]) + ")", ATOM
        case Sort(of, keys):
            return f"{show(of, PATH)}^({', '.join(('>' if down else '') + show(k) for k, down in keys)})", COMPARE
        case Regex(pattern): return f"/{pattern.replace('/', chr(92) + '/')}/", ATOM
    raise AssertionError(f"no way to print {type(n).__name__}")

LISTS = ("list", "tuple", "set")

def element(n: Node) -> str:
    """An array flattens an element that is a list, unless it is itself written in brackets."""
    kinds = {kind(m) for m in members(n.type)}
    if isinstance(n, (Array, Collect, Const)) or not kinds & {*LISTS, "other"}: return show(n)
    return f"[{show(n)}]" if kinds <= set(LISTS) else one_item(n)

def one_item(n: Node) -> str:
    """Perhaps a list, perhaps not: exactly one item once an array has flattened it."""
    kinds = {kind(m) for m in members(n.type)}
    match n:
        case Const(value=v): return f"[{show(n)}]" if isinstance(v, (list, tuple)) else show(n)
        case Cond(test, then, Node() as otherwise): return f"({show(test, OR)} ? {one_item(then)} : {one_item(otherwise)})"
        case Block(bindings, result): return "(" + "; ".join([*(f"${k} := {show(v)}" if k else show(v) for k, v in bindings), one_item(result)]) + ")"
    if not kinds & {*LISTS, "other"}: return show(n)
    if kinds <= set(LISTS): return f"[{element(n)}]"
    return f"($type({show(n)}) = 'array' ? [[{show(n)}]] : {show(n)})"
