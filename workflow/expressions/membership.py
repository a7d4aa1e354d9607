"""Membership: `x in xs` for texts, dicts, lists and what is known when compiling."""

from __future__ import annotations

from collections.abc import Callable

from workflow.diagnostics import did_you_mean

from .builder import Builder
from .conditions import key_text, keys, truth
from .constants import const_of
from .demands import refuse_none
from .equality import equal
from .kinds import (
    BOOL,
    INT,
    OMITTED,
    STR,
    DictKind,
    Kind,
    ListKind,
    SetKind,
    TupleKind,
    family,
    fields_of,
    is_optional,
    is_typed_dict,
    join,
    same_enum,
    show,
    some,
    whole_values,
)
from .nodes import (
    FALSE,
    NULL,
    TRUE,
    Array,
    Call,
    Collect,
    Cond,
    Const,
    Field,
    Function,
    Node,
    Var,
    binary,
    both,
    call,
    const,
    either,
    negate,
    not_none,
)
from .own_methods import own_method
from .refusals import Page, refuse


def contains(b: Builder, x: Node, xs: Node) -> Node:
    """x in xs"""
    refuse_none("`in`", xs)
    if (own := own_method(xs.kind, "__contains__")) is not None:
        made = b.apply(const_of(own), [xs, x])
        return truth(b, made if isinstance(made, Node) else NULL)
    match family(xs.kind):
        case "str":
            refuse_none("`in`", x)
            if family(x.kind) == "str":
                return call("contains", xs, x, kind=BOOL)
        case "dict":
            refuse_none("`in`", x)
            return in_dict(x, xs)
        case "model":
            return in_typed_dict(x, xs)
        case "list" | "tuple" | "set":
            return in_list(b, x, xs)
    raise refuse(Page.WRONG_TYPE, f"`in` between {show(x.kind)} and {show(xs.kind)}", "compare values of one type")


def in_dict(x: Node, d: Node) -> Node:
    """Is there such a key?"""
    key_kind = d.kind.key if isinstance(d.kind, DictKind) else STR
    fx, fk = family(x.kind), family(key_kind)
    if fx == "number" and fk in ("number", "union") and whole_values(x.kind):
        return binary(key_text(x), "in", keys(d))
    if fx == fk == "enum" and same_enum(x.kind, key_kind):
        return binary(key_text(x), "in", keys(d))
    if fx == "str" and (fk == "str" or (isinstance(d, Const) and not d.value)):
        return binary(x, "in", keys(d))
    raise refuse(Page.WRONG_TYPE, f"`in` between {show(x.kind)} and {show(d.kind)}", f"the keys are {show(key_kind)}")


def in_typed_dict(x: Node, d: Node) -> Node:
    """A key that may be left out of a TypedDict."""
    cls = getattr(d.kind, "cls", None)
    if not (is_typed_dict(cls) and isinstance(x, Const) and isinstance(x.value, str)):
        raise refuse(Page.WRONG_TYPE, f"`in` between {show(x.kind)} and {show(d.kind)}", "test its fields")
    f = fields_of(d.kind).get(x.value)
    if f is None:
        said = f"{show(d.kind)} has no key `{x.value}`"
        raise refuse(Page.UNKNOWN_FIELD, said, did_you_mean(x.value, fields_of(d.kind)))
    return call("exists", Field(d, f.json, kind=f.read_kind), kind=BOOL) if f.default is OMITTED else TRUE


def in_list(b: Builder, x: Node, xs: Node) -> Node:
    """Is one of the items equal?"""
    if isinstance(xs, Const) and isinstance(xs.value, range):
        return in_range(b, x, xs.value)
    if isinstance(xs, Const):
        ordered = sorted(xs.value, key=repr) if isinstance(xs.value, (set, frozenset)) else xs.value
        return one_of(b, x, [const_of(v) for v in ordered])
    if isinstance(xs, Array):
        return one_of(b, x, list(xs.items))
    match xs:  # {a, b}
        case Collect(of=Call(function="$distinct", args=(Array(items=items),))):
            return one_of(b, x, list(items))
    elem = element_kind(xs.kind)
    if family(x.kind) == family(elem) and family(x.kind) in ("str", "number"):
        equal(b, x, Var("item", kind=elem))  # refuses what can never be equal
        return binary(x, "in", xs)
    x = b.let(x)
    item = Var(b.fresh("item"), kind=elem)
    return exists(xs, item, b.assuming(None, True, lambda: equal(b, item, x)))


def element_kind(kind: Kind) -> Kind:
    """The kind of the items of a list, tuple or set."""
    if isinstance(kind, (ListKind, SetKind)):
        return kind.elem
    return join(*kind.items) if isinstance(kind, TupleKind) else kind


def exists(xs: Node, x: Var, test: Node, i: Var | None = None) -> Node:
    """Is there an x in xs with test?"""
    params = (x.name, i.name) if i else (x.name,)
    if is_optional(x.kind):  # jsonata-python's $filter loses nulls
        found = Function(params, Cond(test, TRUE, None, kind=BOOL), kind=BOOL)
        return call("exists", call("map", xs, found, kind=ListKind(BOOL)), kind=BOOL)
    return call("exists", call("filter", xs, Function(params, test, kind=BOOL), kind=xs.kind), kind=BOOL)


def one_of(b: Builder, x: Node, items: list[Node]) -> Node:
    """x in (a, b, c)"""
    plain = ("str", "number", "enum")
    constant = all(isinstance(i, Const) and family(i.kind) in (*plain, "None") for i in items)
    if family(some(x.kind)) in plain and constant:
        values = [i for i in items if i != NULL]
        found: Node = FALSE
        for i in values:
            equal(b, x, i)  # refuses what can never be equal
        if len(values) > 1:
            found = binary(x, "in", Array(tuple(values), kind=ListKind(STR)))
        elif values:
            found = equal(b, x, values[0])
        return either(negate(not_none(x)), found) if NULL in items else found
    x = b.let(x)
    out: Node = FALSE
    for i in items:
        out = either(out, _where(b, out, lambda i=i: equal(b, x, i)))  # type: ignore[misc]
    return out


def _where(b: Builder, before: Node, make: Callable[[], Node]) -> Node:
    return b.assuming(None if isinstance(before, Const) else before, False, make)


def in_range(b: Builder, x: Node, r: range) -> Node:
    """x in range(...)"""
    if r.step != 1 or family(x.kind) != "number":
        raise refuse(Page.WRONG_TYPE, f"`in` {r}", "write `a <= x < b`")
    x = b.let(x)
    inside = both(binary(x, ">=", const(r.start)), binary(x, "<", const(r.stop)))
    return inside if whole_values(x.kind) else both(inside, binary(x, "=", call("floor", x, kind=INT)))
