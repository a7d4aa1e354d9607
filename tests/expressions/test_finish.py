"""The last passes: locals are written where they are read, unless that would mean something else."""

from __future__ import annotations

import pytest

from workflow.expressions import InternalError, kinds
from workflow.expressions.finish import check_scope, finished, free_names
from workflow.expressions.nodes import ONE, TRUE, Block, Call, Function, Node, Sort, Var, binary, call, cond, const
from workflow.expressions.printer import show

INT = kinds.INT
A, B, X, Y = (Var(n, kind=INT) for n in ("a", "b", "x", "y"))
LIST = Var("xs", kind=kinds.ListKind(INT))


def plus(left: Node, right: Node) -> Node:
    return binary(left, "+", right, INT)


def block(result: Node, **bindings: Node) -> Block:
    return Block(tuple(bindings.items()), result, kind=result.kind)


FAILS = call("error", const("no"), kind=INT)
CASES = {
    "read once": (block(plus(X, ONE), x=plus(A, B)), "$a + $b + 1"),
    "read once, bracketed": (block(binary(X, "*", A, INT), x=plus(A, B)), "($a + $b) * $a"),
    "read twice": (block(plus(X, X), x=plus(A, B)), "($x := $a + $b; $x + $x)"),
    "never read": (block(A, x=plus(A, B)), "$a"),
    "read by what is never read": (block(A, x=plus(A, B), y=plus(X, X)), "$a"),
    "a chain": (block(plus(Y, ONE), x=plus(A, B), y=plus(X, ONE)), "$a + $b + 1 + 1"),
    "may fail": (block(plus(A, X), x=FAILS), "($x := $error('no'); $a + $x)"),
    "may fail, never read": (block(A, x=FAILS), "($x := $error('no'); $a)"),
    "read by what may fail": (
        block(A, x=plus(A, B), y=cond(binary(X, ">", ONE), X, FAILS)),
        "($x := $a + $b; $y := $x > 1 ? $x : $error('no'); $a)",
    ),
    "inside a function": (
        block(call("map", LIST, Function(("i",), plus(Var("i", kind=INT), X), kind=INT), kind=LIST.kind), x=plus(A, B)),
        "($x := $a + $b; $map($xs, function($i) { $i + $x }))",
    ),
    "inside a sort key": (
        block(Sort(LIST, ((plus(Var("", kind=INT), X), False),), kind=LIST.kind), x=plus(A, B)),
        "($x := $a + $b; $xs^($ + $x))",
    ),
    "the list of a sort": (
        block(Sort(Y, ((Var("", kind=INT), True),), kind=LIST.kind), y=call("reverse", LIST, kind=LIST.kind)),
        "$reverse($xs)^(>$)",
    ),
    "an assertion": (
        Block((("", call("assert", binary(A, ">", ONE), const("no"), kind=kinds.NONE)),), A, kind=INT),
        "($assert($a > 1, 'no'); $a)",
    ),
    "nested blocks": (block(block(plus(Y, X), y=plus(X, ONE)), x=plus(A, B)), "($x := $a + $b; $x + 1 + $x)"),
    "the same local in two branches": (
        cond(binary(A, ">", ONE), block(plus(X, ONE), x=plus(A, B)), block(plus(X, A), x=plus(A, B))),
        "$a > 1 ? $a + $b + 1 : $a + $b + $a",
    ),
    "a function": (
        block(Call("$rest", (A,), kind=INT), rest=Function(("p",), plus(Var("p", kind=INT), ONE), kind=INT)),
        "($rest := function($p) { $p + 1 }; $rest($a))",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_locals(name: str) -> None:
    tree, expected = CASES[name]
    assert show(finished(tree, ["a", "b", "xs"])) == expected


@pytest.mark.parametrize(
    "tree",
    [
        plus(A, X),
        block(plus(A, X), y=A),
        block(A, x=plus(FAILS, X)),
        plus(Function(("x",), X, kind=INT), X),
        call("nosuch", A, kind=INT),
    ],
)
def test_a_variable_that_is_not_in_scope_is_never_emitted(tree: Node) -> None:
    with pytest.raises(InternalError):
        check_scope(tree, frozenset(["a"]))


def test_free_names() -> None:
    assert free_names(block(plus(X, A), x=plus(B, X))) == {"a", "b", "x"}
    assert free_names(Function(("x",), plus(X, A), kind=INT)) == {"a"}


def test_a_long_chain_is_finished_in_linear_time() -> None:
    tree: Node = Var("v199", kind=INT)
    bindings = [("v0", plus(A, ONE))]
    bindings += [(f"v{i}", plus(Var(f"v{i - 1}", kind=INT), Var(f"v{i - 1}", kind=INT))) for i in range(1, 200)]
    out = show(finished(Block(tuple(bindings), tree, kind=INT), ["a"]))
    assert out.count(":=") == 199
    assert len(out) < 6000
    assert TRUE.may_fail is False
