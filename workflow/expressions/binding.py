"""Names get values: parameters from arguments, targets from assignments and loops."""
from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from . import calls
from .constants import const_fn
from .errors import Refused, did_you_mean
from .nodes import Array, Call, Const, Index, Node, Object, const, walk
from .scope import Value
from .kinds import DictT, TupleT, join, show

if TYPE_CHECKING: from .interpret import Interpreter


def assign(it: "Interpreter", target: ast.expr, v: Value, shared: bool = True) -> None:
    """target = v; `shared` writes a local, so that the text of v appears once."""
    if isinstance(target, ast.Name):
        it.scope.names[target.id] = it.let(v, target.id) if isinstance(v, Node) and shared else v
    elif isinstance(target, (ast.Tuple, ast.List)):
        if any(isinstance(t, ast.Starred) for t in target.elts): raise Refused("`*` in unpacking", "index the list").at(it.frame.file, target)
        for t, x in zip(target.elts, unpacked(it, v, len(target.elts), target)): assign(it, t, x, shared)
    else: raise Refused("only names can be assigned: data of an execution is read-only", "model_copy(update={...})").at(it.frame.file, target)

def unpacked(it: "Interpreter", v: Value, n: int, where: ast.expr) -> list[Node]:
    items: list[Node] | None = None
    if isinstance(v, Const):
        try: items = [const_fn(x) for x in v.value]
        except TypeError: pass
    elif isinstance(v, Array): items = list(v.items)
    elif isinstance(v, Node) and isinstance(v.type, TupleT):
        v = it.let(v)
        items = [Index(v, const(i), type=t) for i, t in enumerate(v.type.items)]  # type: ignore[attr-defined]
    if items is None: raise Refused(f"unpacking a {show(v.type) if isinstance(v, Node) else 'function'}", "its length is not known when compiling: index it").at(it.frame.file, where)
    if len(items) != n: raise Refused(f"{len(items)} values for {n} names").at(it.frame.file, where)
    return items


def bind(name: str, a: ast.arguments, defaults: Any, kw_defaults: Any, args: list[Value], kw: dict[str, Value]) -> dict[str, Value]:
    """Arguments to parameters, as Python does it."""
    params = [p.arg for p in (*a.posonlyargs, *a.args)]
    out: dict[str, Value] = dict(zip(params, args))
    extra = args[len(params):]
    if extra and not a.vararg: raise Refused(f"{name}() takes {len(params)} arguments, {len(args)} given")
    if a.vararg: out[a.vararg.arg] = Array(tuple(calls.nodes(extra)), type=TupleT(tuple(x.type for x in calls.nodes(extra))))
    rest: dict[str, Value] = {}
    for k, v in kw.items():
        if k in out: raise Refused(f"{name}() got `{k}` twice")
        if k in params or k in (p.arg for p in a.kwonlyargs): out[k] = v
        else: rest[k] = v
    if rest and not a.kwarg: raise Refused(f"{name}() has no parameter `{next(iter(rest))}`", did_you_mean(next(iter(rest)), params))
    if a.kwarg: out[a.kwarg.arg] = Object(tuple((const(k), v) for k, v in zip(rest, calls.nodes(list(rest.values())))), type=DictT(join(*[v.type for v in calls.nodes(list(rest.values()))])))
    for p, d in zip(params[len(params) - len(defaults):], defaults): out.setdefault(p, d)
    for k, d in kw_defaults.items(): out.setdefault(k, d)
    for p in (*params, *(p.arg for p in a.kwonlyargs)):
        if p not in out: raise Refused(f"{name}() needs `{p}`")
    return out


def impure(n: Node) -> bool:
    return any(isinstance(x, Call) and x.function in ("$now", "$millis", "$uuid", "$random") for x in walk(n))
