"""Names get values: parameters from arguments, targets from assignments and loops."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from workflow.diagnostics import Place, did_you_mean

from .builder import Reader
from .constants import const_of
from .kinds import DictKind, TupleKind, an, join
from .nodes import Array, Call, Const, Index, Node, Object, const, walk
from .refusals import Page, place_of, refuse
from .scope import Value


def assign(it: Reader, target: ast.expr, v: Value, shared: bool = True) -> None:
    """target = v; `shared` makes a local, so that the text of v appears once."""
    match target:
        case ast.Name():
            it.scope.names[target.id] = it.let(v, target.id) if isinstance(v, Node) and shared else v
        case ast.Tuple() | ast.List():
            if any(isinstance(t, ast.Starred) for t in target.elts):
                raise refuse(Page.UNSUPPORTED_SYNTAX, "`*` in unpacking", "index the list").at(where(it, target))
            for t, x in zip(target.elts, unpacked(it, v, len(target.elts), target)):
                assign(it, t, x, shared)
        case _:
            said = "only names can be assigned: data of an execution is read-only"
            raise refuse(Page.READ_ONLY, said, "write model_copy(update={...})").at(where(it, target))


def where(it: Reader, n: ast.AST) -> Place | None:
    """The place of a part of the source."""
    return place_of(it.frame.file, n)


def unpacked(it: Reader, v: Value, n: int, target: ast.AST) -> list[Node]:
    """The items of what is unpacked into n names."""
    items: list[Node] | None = None
    if isinstance(v, Const):
        try:
            items = [const_of(x) for x in v.value]
        except TypeError:
            items = None
    elif isinstance(v, Array):
        items = list(v.items)
    elif isinstance(v, Node) and isinstance(v.kind, TupleKind):
        whole, kinds = it.let(v), v.kind.items
        items = [Index(whole, const(i), kind=kind) for i, kind in enumerate(kinds)]
    if items is None:
        what = an(v.kind) if isinstance(v, Node) else "a function"
        instead = "its length is not known when compiling: index it"
        raise refuse(Page.NEEDS_A_CONSTANT, f"unpacking {what}", instead).at(where(it, target))
    if len(items) != n:
        said = f"{len(items)} values for {n} names"
        raise refuse(Page.WRONG_ARGUMENTS, said, "give as many names as values").at(where(it, target))
    return items


def bind(
    name: str,
    a: ast.arguments,
    defaults: Sequence[Value],
    kw_defaults: Mapping[str, Value],
    args: Sequence[Value],
    kw: Mapping[str, Value],
) -> dict[str, Value]:
    """Arguments to parameters, as Python does it."""
    positional_only = [p.arg for p in a.posonlyargs]
    params = [*positional_only, *(p.arg for p in a.args)]
    keyword_only = [p.arg for p in a.kwonlyargs]
    out: dict[str, Value] = dict(zip(params, args))
    extra = list(args[len(params) :])
    if extra and not a.vararg:
        raise refuse(Page.WRONG_ARGUMENTS, f"{name}() takes {len(params)} arguments, {len(args)} given", "give fewer")
    if a.vararg:
        items = data(extra)
        out[a.vararg.arg] = Array(tuple(items), kind=TupleKind(tuple(x.kind for x in items)))
    rest: dict[str, Value] = {}
    for k, v in kw.items():
        if k in out and k not in positional_only:
            raise refuse(Page.WRONG_ARGUMENTS, f"{name}() got `{k}` twice", "give it once")
        if (k in params and k not in positional_only) or k in keyword_only:
            out[k] = v
        else:
            rest[k] = v
    if rest and not a.kwarg:
        wrong = next(iter(rest))
        hint = did_you_mean(wrong, [*params, *keyword_only])
        raise refuse(Page.WRONG_ARGUMENTS, f"{name}() has no parameter `{wrong}`", hint)
    if a.kwarg:
        named = dict(zip(rest, data(list(rest.values()))))
        kind = DictKind(join(*[v.kind for v in named.values()]), shape=tuple((k, v.kind) for k, v in named.items()))
        out[a.kwarg.arg] = Object(tuple((const(k), v) for k, v in named.items()), kind=kind)
    for p, d in zip(params[len(params) - len(defaults) :], defaults):
        out.setdefault(p, d)
    for k, d in kw_defaults.items():
        out.setdefault(k, d)
    for p in (*params, *keyword_only):
        if p not in out:
            raise refuse(Page.WRONG_ARGUMENTS, f"{name}() needs `{p}`", f"give {p}")
    return out


def data(vs: Sequence[Value]) -> list[Node]:
    """Values that have to be data."""
    out: list[Node] = []
    for v in vs:
        if not isinstance(v, Node):
            said = "a function or an iterator cannot stand here"
            raise refuse(Page.NOT_A_VALUE, said, "make it a list: [... for ...]")
        out.append(v)
    return out


def changes_each_time(n: Node) -> bool:
    """Is it another value at each evaluation?"""
    return any(isinstance(x, Call) and x.function in ("$now", "$millis", "$uuid", "$random") for x in walk(n))
