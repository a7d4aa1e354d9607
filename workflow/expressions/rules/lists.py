"""Lists: comprehension shapes that neither lose nulls nor flatten, indexing, slices, and the list built-ins."""
from __future__ import annotations

from typing import Any

from ..conditions import Builder, as_number, equal, millis, refuse_none, truth
from ..errors import Refused
from ..nodes import (
    FALSE,
    NULL,
    ONE,
    TRUE,
    ZERO,
    Array,
    Collect,
    Cond,
    Const,
    Function,
    Index,
    Node,
    Sort,
    Var,
    binary,
    both,
    call,
    cond,
    const,
    negate,
    or_null,
)
from ..scope import Iterable, Value
from ..kinds import BOOL, FLOAT, INT, NEVER, STR, ListT, SetT, TupleT, Type, is_optional, join, kind, members, show
from .numbers import error, retyped, whole


def elem_type(xs: Node) -> Type:
    t = xs.type
    if isinstance(t, (ListT, SetT)): return t.elem
    if isinstance(t, TupleT): return join(*t.items)
    refuse_none("a loop", xs)
    raise Refused(f"cannot iterate over a {show(t)}", "only lists, tuples, sets and dicts")

def as_list(b: Builder, v: Value) -> Node:
    """Whatever can be looped over, as one list."""
    if isinstance(v, Iterable):
        x, i = Var(b.fresh("x"), type=elem_type(v.source)), Var(b.fresh("i"), type=INT)
        e = v.element(x, i)
        if not isinstance(e, Node): raise Refused("a list of functions")
        return mapped(b, v.source, x, i if v.indexed else None, None, e)
    if not isinstance(v, Node): raise Refused("a function is not a list")
    if kind(v.type) == "dict": return Collect(call("keys", v, type=ListT(STR)), type=ListT(STR))
    elem_type(v)
    return v

def nested(t: Type) -> bool:
    return any(kind(m) in ("list", "tuple", "set", "other") for m in members(t))

def mapped(b: Builder, xs: Node, x: Var, i: Var | None, test: Node | None, e: Node) -> Node:
    """[e for x in xs if test]"""
    params = (x.name, i.name) if i else (x.name,)
    t = ListT(e.type)
    if isinstance(e, Const) and isinstance(e.value, (list, tuple)): e = Array(tuple(map(const, e.value)), type=e.type)
    if nested(e.type):                                     # $map and $filter would flatten a single result
        acc = Var(b.fresh("all"), type=t)
        more = call("append", acc, Array((e,), type=t), type=t)
        body = more if test is None else cond(test, more, acc)
        return call("reduce", xs, Function((acc.name, *params), body, type=t), Array((), type=t), type=t)
    if e == x and i is None and not is_optional(x.type):
        if test is None: return xs if isinstance(xs, Collect) or isinstance(xs.type, ListT) else retyped(xs, t)
        return Collect(call("filter", xs, Function(params, test, type=BOOL), type=t), type=t)
    e = or_null(e)
    return Collect(call("map", xs, Function(params, e if test is None else Cond(test, e, None, type=e.type), type=e.type), type=t), type=t)

def flattened(b: Builder, xs: Node, x: Var, i: Var | None, test: Node | None, inner: Node) -> Node:
    """[... for x in xs if test for ...]: `inner` is the list of one x."""
    acc = Var(b.fresh("all"), type=inner.type)
    more = call("append", acc, inner, type=inner.type)
    params = (acc.name, x.name, i.name) if i else (acc.name, x.name)
    return call("reduce", xs, Function(params, more if test is None else cond(test, more, acc), type=inner.type), Array((), type=inner.type), type=inner.type)

def exists(b: Builder, xs: Node, x: Var, i: Var | None, test: Node) -> Node:
    """Is there an x with test?"""
    params = (x.name, i.name) if i else (x.name,)
    if is_optional(x.type):                                # jsonata-python's $filter loses nulls
        return call("exists", call("map", xs, Function(params, Cond(test, TRUE, None, type=BOOL), type=BOOL), type=ListT(BOOL)), type=BOOL)
    return call("exists", call("filter", xs, Function(params, test, type=BOOL), type=xs.type), type=BOOL)

def any_of(b: Builder, xs: Value) -> Node:
    xs = as_list(b, xs)
    if isinstance(xs, Array): xs = b.let(xs)
    x = Var(b.fresh("x"), type=elem_type(xs))
    return exists(b, xs, x, None, truth(b, x))

def all_of(b: Builder, xs: Value) -> Node:
    xs = as_list(b, xs)
    x = Var(b.fresh("x"), type=elem_type(xs))
    return negate(exists(b, xs, x, None, negate(truth(b, x))))


# ---------------------------------------------------------------- parts
def item(b: Builder, xs: Node, i: Node) -> Node:
    elem = elem_type(xs)
    if isinstance(i, Const) and isinstance(i.value, int):
        if isinstance(xs, Array):
            if -len(xs.items) <= i.value < len(xs.items): return xs.items[i.value]
            raise Refused(f"index {i.value} is out of range")
        if isinstance(xs.type, TupleT):
            if not -len(xs.type.items) <= i.value < len(xs.type.items): raise Refused(f"index {i.value} is out of range of {show(xs.type)}")
            return Index(xs, i, type=xs.type.items[i.value])
    elif kind(i.type) != "number" or not whole(i.type): raise Refused(f"an index of type {show(i.type)}", "give an int")
    xs, i = b.let(xs), b.let(i)
    got = Index(xs, i, type=elem)
    full = binary(call("count", xs, type=INT), ">", ZERO)
    if isinstance(i, Const) and i.value in (0, -1) and full in b.scope.known: return got
    return cond(call("exists", got, type=BOOL), got, error("list index out of range", elem))

def sliced(b: Builder, xs: Node, start: Node | None, stop: Node | None) -> Node:
    xs = b.let(xs)
    x, i = Var(b.fresh("x"), type=elem_type(xs)), Var(b.fresh("i"), type=INT)
    size = call("count", xs, type=INT)
    def place(n: Node) -> Node:
        if isinstance(n, Const): return n if n.value >= 0 else binary(size, "-", const(-n.value), INT)
        raise Refused("a slice with a computed bound", "use constants, or do it in a Task")
    test: Node = TRUE
    if start is not None and start != ZERO: test = binary(i, ">=", place(start))
    if stop is not None: test = both(test, binary(i, "<", place(stop)))
    return mapped(b, xs, x, i, None if test == TRUE else test, x)


# ---------------------------------------------------------------- built-ins
def length(b: Builder, xs: Value) -> Node:
    if isinstance(xs, Node):
        match kind(xs.type):
            case "str": return call("length", xs, type=INT)
            case "dict": return call("count", call("keys", xs, type=ListT(STR)), type=INT)
            case "tuple": return const(len(xs.type.items))  # type: ignore[attr-defined]
        refuse_none("len()", xs)
    return call("count", as_list(b, xs), type=INT)

def numbers_of(b: Builder, xs: Value, what: str) -> Node:
    xs = as_list(b, xs)
    t = elem_type(xs)
    if kind(t) == "bool":
        x = Var(b.fresh("x"), type=t)
        return mapped(b, xs, x, None, None, as_number(x))
    if kind(t) == "number" or t == NEVER: return xs
    raise Refused(f"{what} of a {show(xs.type)}", "give a list of numbers" + (" without None: x or 0" if is_optional(t) else ""))

def total(b: Builder, xs: Value, start: Node = ZERO) -> Node:
    xs = numbers_of(b, xs, "sum()")
    t = INT if whole(elem_type(xs)) else FLOAT
    out = call("sum", xs, type=t)
    return out if start == ZERO else binary(start, "+", out, INT if whole(t) and whole(start.type) else FLOAT)

def extreme(name: str) -> Any:
    down = name == "max"
    def rule(b: Builder, first: Value, *more: Node, key: Value | None = None, default: Node | None = None) -> Node:
        xs = Array((first, *more), type=ListT(join(*[x.type for x in (first, *more)]))) if more else as_list(b, first)  # type: ignore[arg-type,union-attr]
        for x in (first, *more) if more else (): refuse_none(f"{name}()", x)  # type: ignore[arg-type]
        elem = elem_type(xs)
        if isinstance(xs, Const): xs = Array(tuple(map(const, xs.value)), type=xs.type)
        def best(xs: Node) -> Node:
            if kind(elem) == "number" and key is None: return call(name, xs, type=elem)
            return Index(ordered(b, xs, key, down), ZERO, type=elem)
        if isinstance(xs, Array) and xs.items: return best(xs)
        xs = b.let(xs)
        full = binary(call("count", xs, type=INT), ">", ZERO)
        if full in b.scope.known: return best(xs)
        return cond(full, best(xs), or_null(default) if default is not None else error(f"{name}() of an empty list", elem))
    return rule

def ordered(b: Builder, xs: Node, key: Value | None, down: bool) -> Node:
    elem = elem_type(xs)
    if nested(elem): raise Refused(f"sorting a {show(xs.type)}", "JSONata flattens a list of lists when sorting; sort records, or do it in a Task")
    here = Var("", type=elem)
    k = here if key is None or key == NULL else b.apply(key, [here])
    parts = k.items if isinstance(k, Array) else (k,)
    if any(isinstance(p, Node) and not isinstance(p, Var) and uses_let(p) for p in parts): raise Refused("a sort key that needs a local", "map to pairs first")
    return Sort(xs, tuple((sortable(p, key is None), down) for p in parts), type=ListT(elem))

def uses_let(n: Node) -> bool:
    from ..nodes import Block, walk
    return any(isinstance(x, (Block, Function)) for x in walk(n))

def sortable(p: Value, bare: bool) -> Node:
    if not isinstance(p, Node): raise Refused("a sort key that is a function")
    match kind(p.type):
        case "number" | "str" | "timedelta" | "date": return p
        case "datetime": return millis(p)
        case "bool": return as_number(p)
    refuse_none("a sort key", p)
    raise Refused(f"{'sorting' if bare else 'a sort key'} of type {show(p.type)}", "use numbers, texts or datetimes")

def sort(b: Builder, xs: Value, *, key: Value | None = None, reverse: Node = FALSE) -> Node:
    if not isinstance(reverse, Const): raise Refused("sorted() with a computed `reverse`")
    xs = as_list(b, xs)
    return Collect(ordered(b, xs, key, bool(reverse.value)), type=ListT(elem_type(xs)))

def next_of(b: Builder, xs: Value, *default: Node) -> Node:
    xs = b.let(as_list(b, xs))
    got = Index(xs, ZERO, type=elem_type(xs))
    return cond(binary(call("count", xs, type=INT), ">", ZERO), got, or_null(default[0]) if default else error("StopIteration", got.type))

def to_set(b: Builder, xs: Value = Array((), type=ListT(NEVER))) -> Node:
    xs = as_list(b, xs)
    t = elem_type(xs)
    if kind(t) not in ("str", "number") and t != NEVER: raise Refused(f"a set of {show(t)}", "engines agree on sets of texts and numbers only")
    return Collect(call("distinct", xs, type=SetT(t)), type=SetT(t))

def to_list(b: Builder, xs: Value = Array((), type=ListT(NEVER))) -> Node:
    if isinstance(xs, Node) and isinstance(xs.type, SetT): raise Refused("list() of a set has no order", "sorted(...)")
    xs = as_list(b, xs)
    return retyped(xs, ListT(elem_type(xs)))

def backwards(b: Builder, xs: Value) -> Node:
    xs = as_list(b, xs)
    return call("reverse", xs, type=ListT(elem_type(xs)))

def enumerated(b: Builder, xs: Value, start: Node = ZERO) -> Iterable:
    source = as_list(b, xs)
    def element(x: Node, i: Node) -> Node:
        n = i if start == ZERO else binary(i, "+", start, INT)
        return Array((n, x), type=TupleT((INT, x.type)))
    return Iterable(source, element, True)

def zipped(b: Builder, *lists: Value) -> Iterable:
    xs = [b.let(as_list(b, v), "xs") for v in lists]
    if len(xs) < 2: raise Refused("zip() of fewer than two lists")
    sizes = Array(tuple(call("count", x, type=INT) for x in xs), type=ListT(INT))
    last = binary(call("min", sizes, type=INT), "-", ONE, INT)
    def element(x: Node, i: Node) -> Node:
        items = tuple(Index(v, x, type=elem_type(v)) for v in xs)
        return Array(items, type=TupleT(tuple(v.type for v in items)))
    return Iterable(Collect(binary(ZERO, "..", last, INT), type=ListT(INT)), element, False)

def counted(b: Builder, first: Node, stop: Node | None = None, step: Node = ONE) -> Node:
    start, end = (ZERO, first) if stop is None else (first, stop)
    if step != ONE: raise Refused("range() with a step", "filter a range without one")
    for n in (start, end):
        if kind(n.type) != "number" or not whole(n.type): raise Refused(f"range() of a {show(n.type)}")
    last = const(end.value - 1) if isinstance(end, Const) else binary(end, "-", ONE, INT)
    return Collect(binary(start, "..", last, INT), type=ListT(INT))

def map_over(b: Builder, f: Value, xs: Value) -> Node:
    xs = as_list(b, xs)
    x = Var(b.fresh("x"), type=elem_type(xs))
    return mapped(b, xs, x, None, None, b.apply(f, [x]))  # type: ignore[arg-type]

def filter_over(b: Builder, f: Value, xs: Value) -> Node:
    xs = as_list(b, xs)
    x = Var(b.fresh("x"), type=elem_type(xs))
    return mapped(b, xs, x, None, truth(b, x if f == NULL else b.apply(f, [x])), x)  # type: ignore[arg-type]

def position(b: Builder, xs: Node, v: Node) -> Node:
    x = Var(b.fresh("x"), type=elem_type(xs))
    return call("count", mapped(b, xs, x, None, equal(b, x, v), ONE), type=INT)

FUNCTIONS: dict[Any, Any] = {
    len: length, sum: total, max: extreme("max"), min: extreme("min"), sorted: sort, any: any_of, all: all_of, next: next_of,
    set: to_set, frozenset: to_set, list: to_list, tuple: to_list, reversed: backwards, enumerate: enumerated, zip: zipped, range: counted,
    map: map_over, filter: filter_over,
}
METHODS: dict[tuple[str, str], Any] = {("list", "count"): position, ("list", "copy"): lambda b, xs: xs}
