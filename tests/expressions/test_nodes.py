"""Identity of nodes: the text, not what is known of it; a cast is a node of its own."""

from __future__ import annotations

from workflow.expressions import kinds
from workflow.expressions.nodes import (
    FALSE,
    NULL,
    ONE,
    TRUE,
    Field,
    Var,
    binary,
    both,
    call,
    cast,
    cond,
    const,
    definite,
    either,
    negate,
    not_none,
    or_null,
    with_kind,
)
from workflow.expressions.printer import show

MAYBE = kinds.UnionKind((kinds.STR, kinds.NONE))
TITLE = Field(Var("s", kind=kinds.ANY), "title", kind=MAYBE)


def test_what_is_known_of_a_place_is_not_its_identity() -> None:
    known = with_kind(TITLE, kinds.STR)
    assert known == TITLE
    assert hash(known) == hash(TITLE)
    assert known in {TITLE}


def test_the_same_text_read_as_another_kind_is_another_node() -> None:
    as_number = cast(TITLE, kinds.INT)
    assert as_number != TITLE
    assert as_number != cast(TITLE, kinds.STR)
    assert show(as_number) == show(TITLE)
    assert cast(as_number, kinds.STR) == cast(TITLE, kinds.STR)


def test_constants_that_python_holds_equal_are_apart() -> None:
    assert const(1) != const(True)
    assert const(1) != const(1.0)
    assert const("1") != const(1)


def test_a_test_of_null_and_of_missing() -> None:
    assert show(not_none(TITLE)) == "$s.title != null"
    assert show(negate(not_none(TITLE))) == "$not($s.title != null)"
    assert not_none(with_kind(TITLE, kinds.STR)) == TRUE
    assert not_none(NULL) == FALSE


def test_equality_of_what_may_be_missing_is_not_turned_round() -> None:
    assert show(negate(binary(TITLE, "=", const("x")))) == "$not($s.title = 'x')"
    assert show(negate(binary(with_kind(TITLE, kinds.STR), "=", const("x")))) == "$s.title != 'x'"


def test_undefined_becomes_null_once() -> None:
    once = or_null(TITLE)
    assert show(once) == "$s.title != null ? $s.title : null"
    assert definite(once)
    assert or_null(once) is once
    assert show(or_null(call("lookup", TITLE, kind=MAYBE))) == "($got := $lookup($s.title); $got != null ? $got : null)"


def test_tests_with_constants_fold() -> None:
    x = binary(ONE, "<", Var("n", kind=kinds.INT))
    assert both(TRUE, x) == x == both(x, TRUE) == either(FALSE, x) == either(x, FALSE)
    assert both(FALSE, x) == FALSE
    assert either(TRUE, x) == TRUE
    assert show(both(x, FALSE)) == "1 < $n and false"


def test_equal_branches_are_one_but_a_test_that_raises_stays() -> None:
    test = binary(Var("n", kind=kinds.INT), ">", ONE)
    assert cond(test, TITLE, TITLE) == TITLE
    raising = call("error", const("x"), kind=kinds.BOOL)
    assert show(cond(raising, TITLE, TITLE)) == "$error('x') ? $s.title : $s.title"
