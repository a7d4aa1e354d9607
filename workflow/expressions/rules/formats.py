"""The format language of f-strings."""

from __future__ import annotations

import re
from typing import Any

from ..builder import Builder
from ..demands import need_constant, refuse_none
from ..kinds import FLOAT, INT, STR, EnumKind, Kind, LiteralKind, family, show, whole_values
from ..nodes import EMPTY_TEXT, ZERO, Const, Negative, Node, binary, call, cond, const
from ..own_methods import own_method
from ..refusals import Page, refuse
from .rounding import fixed
from .text import by_member, own_text, padded, substring, text_of
from .times import strftime

SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>^]))?(?P<plus>\+)?(?P<zero>0)?(?P<width>\d+)?(?P<comma>,)?(?:\.(?P<digits>\d+))?(?P<type>[dfsxXbo%])?"
)
KNOWN = "known: .2f  +.1f  ,.2f  .0%  d  05d  x  ,  <10  ^10  >10"
BASES: dict[str | None, int] = {"x": 16, "X": 16, "o": 8, "b": 2}


def bad_format(spec: str, what: str, instead: str = KNOWN) -> Exception:
    """The refusal of a format."""
    article = "an" if what[:1] in "aeiouAEIO" else "a"
    return refuse(Page.TEXT_OF_VALUE, f"the format `{spec}` of {article} {what}", instead)


def formatted(b: Builder, x: Node, spec: str) -> Node:
    """f"{x:spec}" """
    if isinstance(x, Const):
        try:
            return const(format(x.value, spec))
        except ValueError as e:
            raise bad_format(spec, type(x.value).__name__, str(e)) from None
    if not spec:
        own = None if own_method(x.kind, "__format__") else own_text(b, x)
        return own or text_of(x, format)
    if family(x.kind) in ("datetime", "date"):
        return strftime(b, x, const(spec))
    refuse_none(f"the format `{spec}`", x)
    if (members := constants_of(x.kind)) and family(x.kind) != "number":
        return by_value(x, members, spec)
    m = SPEC.fullmatch(spec)
    f = family(x.kind)
    if m is None or f not in ("str", "number"):
        raise bad_format(spec, show(x.kind))
    return of_text(b, x, spec, m) if f == "str" else of_number(b, x, spec, m)


def constants_of(kind: Kind) -> tuple[Any, ...]:
    """The values of a bool or of an enum that is text, which has its own idea of its format."""
    if isinstance(kind, EnumKind):
        return kind.members
    return (True, False) if family(kind) == "bool" and not isinstance(kind, LiteralKind) else ()


def by_value(x: Node, values: tuple[Any, ...], spec: str) -> Node:
    """Each value's text, as Python formats it."""
    try:
        texts = {v: format(v, spec) for v in values}
    except (ValueError, TypeError) as e:
        raise bad_format(spec, show(x.kind), str(e)) from None
    return cond(x, const(texts[True]), const(texts[False])) if family(x.kind) == "bool" else by_member(x, texts)


def of_text(b: Builder, x: Node, spec: str, m: re.Match[str]) -> Node:
    """<10, >10, .3"""
    if m["type"] not in (None, "s") or m["comma"] or m["zero"] or m["plus"]:
        raise bad_format(spec, "str")
    out = substring(x, ZERO, const(int(m["digits"]))) if m["digits"] else x
    return placed(b, out, int(m["width"] or 0), m["align"] or "<", m["fill"] or " ")


def placed(b: Builder, x: Node, width: int, align: str, fill: str) -> Node:
    """The text in a field; in the middle of it what is odd stands on the right."""
    if align != "^" or not width:
        return padded(x, width, align, fill)
    x = b.let(x)
    size = call("length", x, kind=INT)
    left = call("floor", binary(binary(const(width), "-", size, INT), "/", const(2), FLOAT), kind=INT)
    filling = [const(fill)] if fill != " " else []
    from_left = call("pad", x, Negative(binary(size, "+", left, INT), kind=INT), *filling, kind=STR)
    return call("pad", from_left, const(width), *filling, kind=STR)


def of_number(b: Builder, x: Node, spec: str, m: re.Match[str]) -> Node:
    """.2f, ,.1f, .0%, d, 05d, 8"""
    width, digits, kind = int(m["width"] or 0), m["digits"], m["type"]
    x = b.let(x)
    if kind == "s":
        raise bad_format(spec, show(x.kind))
    if kind == "%":
        x, digits = b.let(binary(x, "*", const(100), FLOAT)), digits or "6"
    elif (kind == "d" or kind in BASES) and (not whole_values(x.kind) or digits):
        raise bad_format(spec, "float", "write int(x) or .0f")
    elif kind in BASES and m["comma"]:
        raise bad_format(spec, show(x.kind))
    elif kind == "f":
        digits = digits or "6"
    elif not whole_values(x.kind) or digits:
        raise bad_format(spec, "float", "end it in f: .2f")
    if m["zero"] and not m["align"]:
        if m["comma"] or m["plus"]:
            raise bad_format(spec, show(x.kind), "zeros in front without `,` and `+`: 05d, 08.3f")
        return with_zeros(b, x, width, kind, int(digits or 0))
    out = digits_of(b, x, kind, int(digits or 0), bool(m["comma"]))
    if m["plus"]:
        out = binary(cond(binary(x, "<", ZERO), EMPTY_TEXT, const("+")), "&", out, STR)
    return placed(b, out, width, m["align"] or ">", m["fill"] or " ")


def digits_of(b: Builder, x: Node, kind: str | None, digits: int, comma: bool) -> Node:
    """The number without what stands round it."""
    if kind in ("f", "%"):
        out = fixed(b, x, digits, comma)
        return binary(out, "&", const("%"), STR) if kind == "%" else out
    if kind in BASES:
        base = call("formatBase", x, const(BASES[kind]), kind=STR)
        return call("uppercase", base, kind=STR) if kind == "X" else base
    if comma:
        return call("formatNumber", x, const("#,##0"), kind=STR)
    return call("string", x, kind=STR)


def with_zeros(b: Builder, x: Node, width: int, kind: str | None, digits: int) -> Node:
    """05d, 08.3f: zeros after the sign."""
    plain = b.let(digits_of(b, call("abs", x, kind=x.kind), kind, digits, False))
    minus = binary(const("-"), "&", padded(plain, width - 1, ">", "0"), STR)
    return cond(binary(x, "<", ZERO), minus, padded(plain, width, ">", "0"))


def format_(b: Builder, x: Node, spec: Node = EMPTY_TEXT, /) -> Node:
    """format(x, spec)"""
    return formatted(b, x, need_constant("a computed format", spec).value)


FUNCTIONS: dict[Any, Any] = {format: format_}
