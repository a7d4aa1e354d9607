"""Text: its methods, parts, and the text of other values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..builder import Builder
from ..constants import const_of
from ..demands import need, need_constant, refuse_none
from ..kinds import (
    BOOL,
    INT,
    NEVER,
    STR,
    EnumKind,
    Kind,
    LiteralKind,
    an,
    family,
    members,
    some,
    whole_values,
)
from ..membership import element_kind
from ..nodes import (
    EMPTY_TEXT,
    FALSE,
    NULL,
    ONE,
    TRUE,
    ZERO,
    Array,
    Const,
    Node,
    Object,
    Regex,
    binary,
    both,
    call,
    cast,
    cond,
    const,
    either,
)
from ..own_methods import own_method
from ..refusals import Page, refuse
from ..scope import Value
from .lists import as_list

SPACE = const(" ")


def length(x: Node) -> Node:
    """len(text)"""
    return const(len(x.value)) if isinstance(x, Const) else call("length", x, kind=INT)


def substring(s: Node, start: Node, n: Node | None = None) -> Node:
    """$substring(s, start, n)"""
    return call("substring", s, start, *([n] if n is not None else []), kind=STR)


# ------------------------------------------------------------------ methods
def affix(name: str) -> Callable[[Builder, Node, Node], Node]:
    """startswith and endswith, of one text or of a tuple of them."""

    def rule(b: Builder, s: Node, p: Node, /) -> Node:
        if isinstance(p, Const) and isinstance(p.value, tuple):
            choices: tuple[Node, ...] = tuple(map(const, p.value))
        else:
            choices = p.items if isinstance(p, Array) else (p,)
        need(f".{name}()", "str", *choices)
        s = b.let(s)
        out: Node = FALSE
        for c in choices:
            c = b.let(c)
            out = either(out, starts(s, c) if name == "startswith" else ends(s, c))
        return out

    return rule


def starts(s: Node, c: Node) -> Node:
    """Does s start with c?"""
    if isinstance(c, Const) and not c.value:
        return TRUE
    return binary(substring(s, ZERO, length(c)), "=", c)


def ends(s: Node, c: Node) -> Node:
    """Does s end with c?"""
    if isinstance(c, Const):
        return binary(substring(s, const(-len(c.value))), "=", c) if c.value else TRUE
    tail = substring(s, binary(length(s), "-", length(c), INT))
    return both(binary(length(s), ">=", length(c)), binary(tail, "=", c))


def replace(b: Builder, s: Node, old: Node, new: Node, limit: Node | None = None, /) -> Node:
    """s.replace(old, new, count)"""
    need(".replace()", "str", old, new)
    if not need_constant(".replace() of a computed text", old).value:
        raise refuse(Page.UNSUPPORTED_CALL, ".replace() of an empty text", "do it in a Task")
    most = None if limit is None else need_constant(".replace() with a computed count", limit)
    if most is not None and not isinstance(most.value, int):
        raise refuse(Page.WRONG_TYPE, f".replace() with the count {most.value!r}", "give an int")
    if most is None or most.value < 0:
        return call("replace", s, old, new, kind=STR)
    return call("replace", s, old, new, most, kind=STR) if most.value else s


def without(pattern: str, chars: str) -> Callable[..., Node]:
    """strip and its kin, of white space or of given characters."""

    def rule(b: Builder, s: Node, these: Node | None = None, /) -> Node:
        if these is None or these == NULL:
            return call("replace", s, Regex(pattern, kind=STR), EMPTY_TEXT, kind=STR)
        need("the characters to strip", "str", these)
        given = need_constant("stripping computed characters", these).value
        if not given:
            return s
        one = "[" + "".join(escaped(c) for c in given) + "]+"
        return call("replace", s, Regex(chars.replace("X", one), kind=STR), EMPTY_TEXT, kind=STR)

    return rule


def escaped(c: str) -> str:
    """A character in a class of a regular expression.

    JSONata's reader counts brackets to find a pattern's end, and takes any character after a backslash for escaped:
    so every bracket is escaped, and a backslash is written by its number. The printer escapes the slash.
    """
    return "\\" + c if c in "()[]{}^-" else ESCAPES.get(c, c)


ESCAPES = {"\\": "\\x5c", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def case(function: str) -> Callable[[Builder, Node], Node]:
    """upper and lower"""
    return lambda b, s: call(function, s, kind=STR)


def is_digits(b: Builder, s: Node) -> Node:
    """s.isdigit(), of the digits 0 to 9."""
    s = b.let(s)
    other = call("contains", s, Regex("[^0-9]", kind=STR), kind=BOOL)
    return both(binary(s, "!=", EMPTY_TEXT), call("not", other, kind=BOOL))


def join(b: Builder, sep: Node, xs: Value, /) -> Node:
    """sep.join(xs)"""
    xs = as_list(b, xs)
    elem = element_kind(xs.kind)
    if family(elem) != "str" and elem != NEVER:
        said = f".join() of {an(xs.kind)}"
        if family(some(elem)) == "str":
            raise refuse(Page.OPTIONAL_UNTESTED, said, "leave None out: if x is not None")
        raise refuse(Page.WRONG_TYPE, said, "join texts: sep.join(str(x) for x in xs)")
    return call("join", xs, sep, kind=STR)


def remove(name: str) -> Callable[[Builder, Node, Node], Node]:
    """removeprefix and removesuffix"""

    def rule(b: Builder, s: Node, p: Node, /) -> Node:
        need(f".{name}()", "str", p)
        if p == EMPTY_TEXT:
            return s
        s, p = b.let(s), b.let(p)
        if name == "removeprefix":
            return cond(starts(s, p), substring(s, length(p)), s)
        return cond(ends(s, p), substring(s, ZERO, binary(length(s), "-", length(p), INT)), s)

    return rule


def pad(sign: int) -> Callable[..., Node]:
    """ljust and rjust"""

    def rule(b: Builder, s: Node, width: Node, fill: Node = SPACE, /) -> Node:
        w = need_constant("padding to a computed width", width).value
        need_constant("padding with a computed character", fill)
        return padded(s, w, "<" if sign > 0 else ">", fill.value)  # type: ignore[attr-defined]

    return rule


def padded(x: Node, width: int, align: str, fill: str) -> Node:
    """The text with `fill` up to a width."""
    if width <= 0:
        return x
    filling = [const(fill)] if fill != " " else []
    return call("pad", x, const(width if align == "<" else -width), *filling, kind=STR)


def zero_filled(b: Builder, s: Node, width: Node, /) -> Node:
    """s.zfill(width): zeros after the sign."""
    w = need_constant(".zfill() to a computed width", width).value
    s = b.let(s)
    sign = substring(s, ZERO, ONE)
    signed = either(binary(sign, "=", const("-")), binary(sign, "=", const("+")))
    return cond(signed, binary(sign, "&", padded(substring(s, ONE), w - 1, ">", "0"), STR), padded(s, w, ">", "0"))


METHODS: dict[tuple[str, str], Any] = {
    ("str", "upper"): case("uppercase"),
    ("str", "lower"): case("lowercase"),
    ("str", "startswith"): affix("startswith"),
    ("str", "endswith"): affix("endswith"),
    ("str", "replace"): replace,
    ("str", "strip"): without(r"^\s+|\s+$", "^X|X$"),
    ("str", "lstrip"): without(r"^\s+", "^X"),
    ("str", "rstrip"): without(r"\s+$", "X$"),
    ("str", "join"): join,
    ("str", "isdigit"): is_digits,
    ("str", "removeprefix"): remove("removeprefix"),
    ("str", "removesuffix"): remove("removesuffix"),
    ("str", "ljust"): pad(1),
    ("str", "rjust"): pad(-1),
    ("str", "zfill"): zero_filled,
}


# ------------------------------------------------------------------ the text of a value
def to_text(b: Builder, x: Node = EMPTY_TEXT, /) -> Node:
    """str(x)"""
    return own_text(b, x) or text_of(x, str)


def own_text(b: Builder, x: Node) -> Node | None:
    """The text that a model or a NamedTuple of the user's gives of itself."""
    own = own_method(x.kind, "__str__") if family(x.kind) in ("model", "tuple") else None
    made = b.apply(const_of(own), [x]) if own is not None and not isinstance(x, Const) else None
    return made if isinstance(made, Node) else None


def text_of(x: Node, how: Callable[[Any], str]) -> Node:
    """The text of a value: `how` is str, or format for f"{x}"."""
    if isinstance(x, Const):
        return const(how(x.value))
    if isinstance(x.kind, EnumKind):
        return by_member(x, {m: how(m) for m in x.kind.members})
    refuse_none("text", x)
    match family(x.kind):
        case "str" if not any(isinstance(m, EnumKind) for m in members(x.kind)):
            return x if x.kind == STR or isinstance(x.kind, LiteralKind) else cast(x, STR)
        case "named text" | "decimal":
            return cast(x, STR)
        case "number" if whole_values(x.kind) and not any(isinstance(m, EnumKind) for m in members(x.kind)):
            return call("string", x, kind=STR)
        case "bool":
            return cond(x, const("True"), const("False"))
        case "union" if all(same_text(m) for m in members(x.kind)):
            return call("string", x, kind=STR)
    hints = {
        "number": "give a format: f'{x:.1f}'",
        "datetime": "write x.isoformat()",
        "date": "write x.isoformat()",
    }
    said = f"the text of {an(x.kind)} differs between Python and JSONata"
    raise refuse(Page.TEXT_OF_VALUE, said, hints.get(family(x.kind), "write out the parts that you want"))


def same_text(kind: Kind) -> bool:
    """Does JSONata write a value of this kind as Python does?"""
    if isinstance(kind, EnumKind):
        return False
    return family(kind) in ("str", "named text") or (family(kind) == "number" and whole_values(kind))


def by_member(x: Node, table: dict[Any, str]) -> Node:
    """A text for each member of an enum."""
    kind = LiteralKind(tuple(dict.fromkeys(table.values())), True)
    if all(m.value == t for m, t in table.items()):
        return cast(x, kind)
    if all(isinstance(m.value, int) and str(m.value) == t for m, t in table.items()):
        return call("string", x, kind=kind)
    if len(table) == 1:
        return const(next(iter(table.values())))
    pairs = tuple((const(str(m.value)), const(t)) for m, t in table.items())
    key = x if isinstance(next(iter(table)).value, str) else call("string", x, kind=STR)
    return call("lookup", Object(pairs, kind=STR), key, kind=kind)
