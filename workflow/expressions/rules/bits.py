"""Bits of whole numbers by constant masks: JSONata has no bitwise operators, so they are divisions and remainders.

They hold for negative numbers too: Python's `&` counts in two's complement, as rounding down does.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ..builder import Builder
from ..kinds import FLOAT, INT, an, whole_values
from ..nodes import ZERO, Const, Node, binary, call, const
from ..refusals import Page, refuse

Rule = Callable[[Builder, Node, Node], Node]


def masked(b: Builder, x: Node, y: Node) -> Node:
    """x & 0b0110"""
    x, mask = number_and_mask("&", x, y)
    x = b.let(x)
    out: Node = ZERO
    for low, size in runs(mask):
        part: Node = binary(remainder(b, halved(x, low), 2**size), "*", const(2**low), INT)
        part = remainder(b, x, 2**size) if low == 0 else part
        out = part if out == ZERO else binary(out, "+", part, INT)
    return out


def added(b: Builder, x: Node, y: Node) -> Node:
    """x | 0b0110"""
    x, mask = number_and_mask("|", x, y)
    x = b.let(x)
    return binary(binary(x, "-", masked(b, x, const(mask)), INT), "+", const(mask), INT)


def flipped(b: Builder, x: Node, y: Node) -> Node:
    """x ^ 0b0110"""
    x, mask = number_and_mask("^", x, y)
    x = b.let(x)
    return binary(binary(x, "+", const(mask), INT), "-", binary(const(2), "*", masked(b, x, const(mask)), INT), INT)


def shifted(op: str) -> Rule:
    """x >> 2, x << 2"""

    def rule(b: Builder, x: Node, n: Node) -> Node:
        need_whole(op, x, n)
        if not isinstance(n, Const) or not 0 <= n.value <= 52:
            instead = "write x * 2 ** n" if op == "<<" else "write x // 2 ** n with a constant n"
            raise refuse(Page.UNSUPPORTED_OPERATOR, f"`{op}` by other than a constant from 0 to 52", instead)
        return halved(x, n.value) if op == ">>" else binary(x, "*", const(2**n.value), INT)

    return rule


def number_and_mask(op: str, x: Node, y: Node) -> tuple[Node, int]:
    """The computed operand, and the constant one."""
    need_whole(op, x, y)
    if isinstance(x, Const):
        x, y = y, x
    if not isinstance(y, Const) or y.value < 0:
        said = f"`{op}` between numbers that are both computed, or with a negative mask"
        raise refuse(Page.UNSUPPORTED_OPERATOR, said, "write and / or between tests, or mask by a constant: x & 0x0F")
    return x, int(y.value)


def need_whole(op: str, *xs: Node) -> None:
    """Refuse what has no bits."""
    for x in xs:
        if not whole_values(x.kind):
            raise refuse(Page.UNSUPPORTED_OPERATOR, f"`{op}` of {an(x.kind)}", "put brackets round the comparison")


def runs(mask: int) -> Iterator[tuple[int, int]]:
    """The runs of ones: where each starts, and its length."""
    low = 0
    while mask:
        if mask & 1:
            size = (~mask & (mask + 1)).bit_length() - 1
            yield low, size
            mask, low = mask >> size, low + size
        else:
            mask, low = mask >> 1, low + 1


def halved(x: Node, times: int) -> Node:
    """x // 2**times"""
    return call("floor", binary(x, "/", const(2**times), FLOAT), kind=INT) if times else x


def remainder(b: Builder, x: Node, divisor: int) -> Node:
    """x % divisor, as Python has it."""
    x = b.let(x)
    return binary(x, "-", binary(const(divisor), "*", halved(x, divisor.bit_length() - 1), INT), INT)


NUMBERS = ("number", "number")
BINARY: dict[tuple[type[ast.operator], str, str], Rule] = {
    (ast.BitAnd, *NUMBERS): masked,
    (ast.BitOr, *NUMBERS): added,
    (ast.BitXor, *NUMBERS): flipped,
    (ast.RShift, *NUMBERS): shifted(">>"),
    (ast.LShift, *NUMBERS): shifted("<<"),
}
