"""Brackets come from one precedence table, texts are quoted, and lists stay one element of a list."""

from __future__ import annotations

import pytest

from workflow.expressions import Refusal, kinds
from workflow.expressions.nodes import (
    Array,
    Cast,
    Collect,
    Cond,
    Const,
    Field,
    Function,
    Index,
    Negative,
    Node,
    Object,
    Regex,
    Sort,
    Var,
    binary,
    call,
    const,
)
from workflow.expressions.printer import show

INT, STR, LIST = kinds.INT, kinds.STR, kinds.ListKind(kinds.INT)
A, B, C = (Var(n, kind=INT) for n in "abc")
XS = Var("xs", kind=LIST)
MAYBE = Var("m", kind=kinds.UnionKind((LIST, kinds.NONE)))


def op(left: Node, sign: str, right: Node) -> Node:
    return binary(left, sign, right, INT)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (op(op(A, "+", B), "*", C), "($a + $b) * $c"),
        (op(A, "-", op(B, "-", C)), "$a - ($b - $c)"),
        (op(op(A, "-", B), "-", C), "$a - $b - $c"),
        (op(A, "/", op(B, "*", C)), "$a / ($b * $c)"),
        (op(A, "&", op(B, "&", C)), "$a & $b & $c"),
        (op(op(A, "&", B), "+", C), "$a & $b + $c"),
        (op(A, "and", op(B, "or", C)), "$a and ($b or $c)"),
        (op(op(A, "and", B), "or", C), "$a and $b or $c"),
        (op(op(A, "=", B), "=", C), "($a = $b) = $c"),
        (Negative(op(A, "+", B), kind=INT), "-($a + $b)"),
        (op(A, "-", Negative(B, kind=INT)), "$a - -$b"),
        (op(const(-1), "*", A), "-1 * $a"),
        (Cond(op(A, ">", B), A, Cond(op(B, ">", C), B, C, kind=INT), kind=INT), "$a > $b ? $a : $b > $c ? $b : $c"),
        (Cond(A, Cond(B, A, C, kind=INT), C, kind=INT), "$a ? ($b ? $a : $c) : $c"),
        (op(Cond(A, B, C, kind=INT), "+", A), "($a ? $b : $c) + $a"),
        (Field(op(A, "+", B), "x", kind=INT), "($a + $b).x"),
        (Field(A, "a b", kind=INT), "$a.`a b`"),
        (Field(A, "and", kind=INT), "$a.`and`"),
        (Field(A, "é", kind=INT), "$a.`é`"),
        (Index(Sort(XS, ((Var("", kind=INT), True),), kind=LIST), const(0), kind=INT), "($xs^(>$))[0]"),
        (Cast(op(A, "+", B), STR, kind=STR), "$a + $b"),
        (op(Cast(op(A, "+", B), STR, kind=STR), "*", C), "($a + $b) * $c"),
        (Function(("x", "i"), A, kind=INT), "function($x, $i) { $a }"),
        (call("contains", A, Regex("a/b", kind=STR), kind=kinds.BOOL), "$contains($a, /a\\/b/)"),
        (Object(((const("k"), A), (B, C)), kind=kinds.ANY), "{'k': $a, $b: $c}"),
        (const("{% x %}"), "'{% x %}'"),
        (const("a\nb\t\\"), "'a\\nb\\t\\\\'"),
        (const('it\'s "so"'), '"it\'s \\"so\\""'),
        (const(1e-07), "1e-07"),
    ],
)
def test_text(node: Node, text: str) -> None:
    assert show(node) == text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (A, "[$a]"),
        (XS, "[[$xs]]"),
        (Collect(call("map", XS, kind=LIST), kind=LIST), "[[$map($xs)]]"),
        (Array((A,), kind=LIST), "[[$a]]"),
        (Const("list:1", [1], kind=LIST), "[[1]]"),
        (MAYBE, "[($type($m) = 'array' ? [[$m]] : $m)]"),
        (Cond(A, XS, const(None), kind=MAYBE.kind), "[($a ? [[$xs]] : null)]"),
        (Cond(A, XS, XS, kind=LIST), "[[$a ? $xs : $xs]]"),
    ],
)
def test_an_item_stays_one_item(item: Node, text: str) -> None:
    assert show(Array((item,), kind=kinds.ListKind(item.kind))) == text


def test_a_name_that_cannot_be_quoted_is_refused() -> None:
    with pytest.raises(Refusal, match="JSONata cannot read it by name"):
        show(Field(A, "a`b", kind=INT))
