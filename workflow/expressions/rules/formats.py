"""The format language of f-strings."""

from __future__ import annotations

import re
from typing import Any

from ..builder import Builder
from ..demands import need_constant, refuse_none
from ..kinds import FLOAT, INT, STR, EnumKind, family, show, whole_values
from ..nodes import EMPTY_TEXT, ZERO, Const, Node, binary, call, cond, const
from ..refusals import Page, refuse
from .rounding import fixed
from .text import padded, substring, text_of
from .times import strftime

SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>]))?(?P<zero>0)?(?P<width>\d+)?(?P<comma>,)?(?:\.(?P<digits>\d+))?(?P<type>[dfs%])?"
)
KNOWN = "known: .2f  ,.2f  .0%  d  05d  ,  <10  >10"


def bad_format(spec: str, what: str, instead: str = KNOWN) -> Exception:
    """The refusal of a format."""
    return refuse(Page.TEXT_OF_VALUE, f"the format `{spec}` of a {what}", instead)


def formatted(b: Builder, x: Node, spec: str) -> Node:
    """f"{x:spec}" """
    if isinstance(x, Const):
        try:
            return const(format(x.value, spec))
        except ValueError as e:
            raise bad_format(spec, type(x.value).__name__, str(e)) from None
    if not spec:
        return text_of(x, format)
    if family(x.kind) in ("datetime", "date"):
        return strftime(b, x, const(spec))
    refuse_none(f"the format `{spec}`", x)
    m = SPEC.fullmatch(spec)
    f = family(x.kind)
    if m is None or f not in ("str", "number") or (isinstance(x.kind, EnumKind) and f == "str"):
        raise bad_format(spec, show(x.kind))
    return of_text(x, spec, m) if f == "str" else of_number(b, x, spec, m)


def of_text(x: Node, spec: str, m: re.Match[str]) -> Node:
    """<10, >10, .3"""
    if m["type"] not in (None, "s") or m["comma"] or m["zero"]:
        raise bad_format(spec, "str")
    out = substring(x, ZERO, const(int(m["digits"]))) if m["digits"] else x
    return padded(out, int(m["width"] or 0), m["align"] or "<", m["fill"] or " ")


def of_number(b: Builder, x: Node, spec: str, m: re.Match[str]) -> Node:
    """.2f, ,.1f, .0%, d, 05d, 8"""
    width, digits, kind = int(m["width"] or 0), m["digits"], m["type"]
    x = b.let(x)
    if kind == "s":
        raise bad_format(spec, show(x.kind))
    if kind == "%":
        x, digits = b.let(binary(x, "*", const(100), FLOAT)), digits or "6"
    elif kind == "d" and (not whole_values(x.kind) or digits):
        raise bad_format(spec, "float", "write int(x) or .0f")
    elif kind == "f":
        digits = digits or "6"
    elif not whole_values(x.kind) or digits:
        raise bad_format(spec, "float", "end it in f: .2f")
    if kind in ("f", "%"):
        out = fixed(b, x, int(digits), bool(m["comma"]))
    elif m["comma"]:
        out = call("formatNumber", x, const("#,##0"), kind=STR)
    else:
        out = call("string", x, kind=STR)
    if kind == "%":
        out = binary(out, "&", const("%"), STR)
    if m["zero"] and not m["align"]:
        if m["comma"] or kind in ("f", "%"):
            raise bad_format(spec, show(x.kind), "zeros in front only of whole numbers: 05d")
        return with_zeros(x, width)
    return padded(out, width, m["align"] or ">", m["fill"] or " ")


def with_zeros(x: Node, width: int) -> Node:
    """05d: zeros after the sign."""
    digits = call("string", call("abs", x, kind=INT), kind=STR)
    minus = binary(const("-"), "&", padded(digits, width - 1, ">", "0"), STR)
    return cond(binary(x, "<", ZERO), minus, padded(digits, width, ">", "0"))


def format_(b: Builder, x: Node, spec: Node = EMPTY_TEXT, /) -> Node:
    """format(x, spec)"""
    return formatted(b, x, need_constant("a computed format", spec).value)


FUNCTIONS: dict[Any, Any] = {format: format_}
