"""Text: methods, slices, and the format language of f-strings."""
from __future__ import annotations

import re
from typing import Any

from ..conditions import Builder, refuse_none
from ..errors import Refused
from ..nodes import FALSE, ONE, ZERO, Array, Collect, Const, Function, Node, Object, Regex, Var, binary, both, call, cond, const, either
from ..kinds import BOOL, FLOAT, INT, STR, EnumT, ListT, LiteralT, kind, show
from .numbers import error, fixed, whole


def need(what: str, k: str, *xs: Node) -> None:
    for x in xs:
        if kind(x.type) != k:
            refuse_none(what, x)
            raise Refused(f"{what} with a {show(x.type)}", f"give a {k}")

def length(x: Node) -> Node:
    return const(len(x.value)) if isinstance(x, Const) else call("length", x, type=INT)

def starts(b: Builder, s: Node, *ps: Node) -> Node: return affix(b, s, "startswith", *ps)
def ends(b: Builder, s: Node, *ps: Node) -> Node: return affix(b, s, "endswith", *ps)

def affix(b: Builder, s: Node, name: str, p: Node) -> Node:
    if isinstance(p, Const) and isinstance(p.value, tuple): choices: tuple[Node, ...] = tuple(map(const, p.value))
    elif isinstance(p, Array): choices = p.items
    else: choices = (p,)
    need(f".{name}()", "str", *choices)
    s = b.let(s)
    out: Node = FALSE
    for c in choices:
        c = b.let(c)
        if name == "startswith": test: Node = binary(call("substring", s, ZERO, length(c), type=STR), "=", c)
        elif isinstance(c, Const): test = binary(call("substring", s, const(-len(c.value)), type=STR), "=", c) if c.value else const(True)
        else: test = both(binary(length(s), ">=", length(c)), binary(call("substring", s, binary(length(s), "-", length(c), INT), type=STR), "=", c))
        out = either(out, test)
    return out

def split(b: Builder, s: Node, sep: Node | None = None) -> Node:
    if sep is None:
        w = Var(b.fresh("word"), type=STR)
        parts = call("split", s, Regex(r"\s+", type=STR), type=ListT(STR))
        return Collect(call("filter", parts, Function((w.name,), binary(w, "!=", const("")), type=BOOL), type=ListT(STR)), type=ListT(STR))
    need(".split()", "str", sep)
    if not isinstance(sep, Const) or not sep.value: raise Refused(".split() by a computed or empty separator")
    return Collect(call("split", s, sep, type=ListT(STR)), type=ListT(STR))

def replace(b: Builder, s: Node, old: Node, new: Node) -> Node:
    need(".replace()", "str", old, new)
    if not isinstance(old, Const) or not old.value: raise Refused(".replace() of a computed or empty text")
    return call("replace", s, old, new, type=STR)

def by_regex(pattern: str) -> Any:
    return lambda b, s: call("replace", s, Regex(pattern, type=STR), const(""), type=STR)
def matches(pattern: str) -> Any:
    return lambda b, s: call("contains", s, Regex(pattern, type=STR), type=BOOL)
def case(function: str) -> Any:
    return lambda b, s: call(function, s, type=STR)

def join(b: Builder, sep: Node, xs: Node) -> Node:
    elem = getattr(xs.type, "elem", None)
    if elem is None or kind(elem) != "str" and elem.__class__.__name__ != "NeverT":
        raise Refused(f".join() of a {show(xs.type)}", "join texts: sep.join(str(x) for x in xs)")
    return call("join", xs, sep, type=STR)

def remove(name: str) -> Any:
    def rule(b: Builder, s: Node, p: Node) -> Node:
        s = b.let(s)
        need(f".{name}()", "str", p)
        if not isinstance(p, Const) or not p.value: raise Refused(f".{name}() of a computed or empty text")
        if name == "removeprefix": return cond(affix(b, s, "startswith", p), call("substring", s, const(len(p.value)), type=STR), s)
        return cond(affix(b, s, "endswith", p), call("substring", s, ZERO, binary(length(s), "-", const(len(p.value)), INT), type=STR), s)
    return rule

def pad_method(sign: int) -> Any:
    def rule(b: Builder, s: Node, width: Node, fill: Node = const(" ")) -> Node:
        if not isinstance(width, Const): raise Refused("padding to a computed width")
        return call("pad", s, const(sign * width.value), fill, type=STR)
    return rule

METHODS: dict[tuple[str, str], Any] = {
    ("str", "upper"): case("uppercase"), ("str", "lower"): case("lowercase"), ("str", "casefold"): None,
    ("str", "startswith"): starts, ("str", "endswith"): ends, ("str", "split"): split, ("str", "replace"): replace,
    ("str", "strip"): by_regex(r"^\s+|\s+$"), ("str", "lstrip"): by_regex(r"^\s+"), ("str", "rstrip"): by_regex(r"\s+$"), ("str", "join"): join,
    ("str", "isdigit"): matches("^[0-9]+$"), ("str", "removeprefix"): remove("removeprefix"), ("str", "removesuffix"): remove("removesuffix"),
    ("str", "ljust"): pad_method(1), ("str", "rjust"): pad_method(-1),
}
del METHODS["str", "casefold"]


# ---------------------------------------------------------------- text of a value
def to_text(b: Builder, x: Node, formatted: bool = False) -> Node:
    """str(x), or f"{x}" when `formatted`."""
    k = kind(x.type)
    if isinstance(x, Const): return const(format(x.value) if formatted else str(x.value))
    if isinstance(x.type, EnumT):
        return by_member(x, {m: format(m) if formatted else str(m) for m in x.type.members})
    if k == "str": return x
    if show(x.type) == "UUID":
        from .numbers import retyped
        return retyped(x, STR)
    if k == "number" and whole(x.type): return call("string", x, type=STR)
    if k == "bool": return cond(x, const("True"), const("False"))
    refuse_none("text", x)
    hint = {"number": "give a format: f'{x:.1f}'", "datetime": "write x.isoformat()", "date": "write x.isoformat()"}.get(k, "write out the parts that you want")
    raise Refused(f"the text of a {show(x.type)} differs between Python and JSONata", hint)

def by_member(x: Node, table: dict[Any, str]) -> Node:
    if all(m.value == t for m, t in table.items()): return x
    pairs = tuple((const(str(m.value)), const(t)) for m, t in table.items())
    key = x if kind(x.type) == "str" or isinstance(next(iter(table)).value, str) else call("string", x, type=STR)
    return call("lookup", Object(pairs, type=STR), key, type=LiteralT(tuple(table.values())))

SPEC = re.compile(r"(?:(?P<fill>.)?(?P<align>[<>]))?(?P<zero>0)?(?P<width>\d+)?(?P<comma>,)?(?:\.(?P<digits>\d+))?(?P<type>[dfs%])?")

def formatted(b: Builder, x: Node, spec: str) -> Node:
    """f"{x:spec}" """
    if isinstance(x, Const): return const(format(x.value, spec))
    if not spec: return to_text(b, x, formatted=True)
    if kind(x.type) in ("datetime", "date"):
        from .times import strftime
        return strftime(b, x, const(spec))
    refuse_none(f"the format `{spec}`", x)
    m = SPEC.fullmatch(spec)
    k = kind(x.type)
    if m is None or k not in ("str", "number") or isinstance(x.type, EnumT) and k == "str":
        raise Refused(f"the format `{spec}` of a {show(x.type)}", "known: .2f  ,.2f  .0%  d  05d  ,  <10  >10")
    width, digits, t = int(m["width"] or 0), m["digits"], m["type"]
    if k == "str":
        if t not in (None, "s") or m["comma"] or m["zero"]: raise Refused(f"the format `{spec}` of a str")
        out = call("substring", x, ZERO, const(int(digits)), type=STR) if digits else x
        return padded(out, width, m["align"] or "<", m["fill"] or " ")
    x = b.let(x)
    if t == "%":
        x, digits = b.let(binary(x, "*", const(100), FLOAT)), digits or "6"
    elif t == "d" and not whole(x.type): raise Refused(f"the format `{spec}` of a float", "write int(x) or .0f")
    elif t in ("f",): digits = digits or "6"
    elif not whole(x.type) or digits: raise Refused(f"the format `{spec}` of a float", "end it in f: .2f")
    if t == "f" or t == "%": out = fixed(b, x, int(digits), bool(m["comma"]))
    elif m["comma"]: out = call("formatNumber", x, const("#,##0"), type=STR)
    else: out = call("string", x, type=STR)
    if t == "%": out = binary(out, "&", const("%"), STR)
    if m["zero"] and not m["align"]:
        if m["comma"] or t in ("f", "%"): raise Refused(f"the format `{spec}`", "zeros in front only of whole numbers: 05d")
        digits_of = call("string", call("abs", x, type=INT), type=STR)
        return cond(binary(x, "<", ZERO), binary(const("-"), "&", padded(digits_of, width - 1, ">", "0"), STR), padded(digits_of, width, ">", "0"))
    return padded(out, width, m["align"] or ">", m["fill"] or " ")

def padded(x: Node, width: int, align: str, fill: str) -> Node:
    if not width: return x
    return call("pad", x, const(width if align == "<" else -width), *([const(fill)] if fill != " " else []), type=STR)


# ---------------------------------------------------------------- parts
def sliced(b: Builder, s: Node, start: Node | None, stop: Node | None) -> Node:
    s = b.let(s)
    def place(n: Node) -> Node:
        if isinstance(n, Const): return n if n.value >= 0 else binary(length(s), "-", const(-n.value), INT)
        raise Refused("a slice with a computed bound", "use constants, or do it in a Task")
    first = start.value if isinstance(start, Const) else 0 if start is None else place(start)
    if stop is None: return call("substring", s, const(first), type=STR) if first else s
    if first < 0: raise Refused("a slice from the end that stops early", "slice twice")  # type: ignore[operator]
    end = place(stop)
    count = const(max(0, end.value - first)) if isinstance(end, Const) else binary(end, "-", const(first), INT) if first else end
    return call("substring", s, const(first), count, type=STR)

def character(b: Builder, s: Node, i: Node) -> Node:
    if not isinstance(i, Const): raise Refused("text[i] with a computed index", "use a constant")
    s, n = b.let(s), i.value
    c = call("substring", s, const(n), ONE, type=STR)
    enough = binary(s, "!=", const("")) if n in (0, -1) else binary(length(s), ">" if n >= 0 else ">=", const(abs(n)))
    return c if enough in b.scope.known else cond(enough, c, error("string index out of range", STR))
