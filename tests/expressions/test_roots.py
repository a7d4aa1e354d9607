"""What a lambda's parameters read, what a result has to be, and values that are known at import."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from workflow.expressions import Expression, InternalError, Page, Refusal, Root, compile_expression, constant, kinds
from workflow.expressions.finish import finished
from workflow.expressions.nodes import Block, Call, Cond, Node, Var, binary, const

from .models import Dropped, Level, Limits, Opened, Parcel, State


class Payload(BaseModel):
    n: int
    note: str | None = None


INPUT = Root.path("states.input", Payload)


def text(fn: Any, *roots: Root, expected: Any = None) -> str:
    return compile_expression(fn, roots, expected=expected).text


def test_a_parameter_reads_any_place() -> None:
    result = Root.path("states.result.Payload", list[int])
    assert text(lambda p, xs: [x + p.n for x in xs], INPUT, result) == (
        "[$map($states.result.Payload, function($x) { $x + $states.input.n })]"
    )


def test_a_variable_is_read_by_its_name() -> None:
    assert text(lambda limit: limit * 2, Root.variable("limit", float)) == "$limit * 2"


def test_a_local_never_takes_the_name_of_a_variable() -> None:
    def fn(p: Payload, n: int) -> list[int]:
        got = p.n + 1
        n2 = got * n
        return [got, got, n2, n2]

    assert text(fn, INPUT, Root.variable("n2", int)) == (
        "($got2 := $states.input.n + 1; $n22 := $got2 * $n2; [$got2, $got2, $n22, $n22])"
    )


def test_a_variable_that_hides_a_function_is_refused() -> None:
    with pytest.raises(Refusal, match="the variable `count` has the name of a function of JSONata"):
        text(lambda count: count + 1, Root.variable("count", int))


def test_a_record_is_read_without_being_built() -> None:
    caught = Root.record("Caught", {"input": INPUT, "error": Root.path("states.errorOutput.Error", str)})
    assert text(lambda c: f"{c.error}: {c.input.n}", caught) == (
        "$states.errorOutput.Error & ': ' & $string($states.input.n)"
    )
    with pytest.raises(Refusal, match=r"Caught has no field `eror`; did you mean `error`\?"):
        text(lambda c: c.eror, caught)
    assert text(lambda c: c, caught) == "{'input': $states.input, 'error': $states.errorOutput.Error}"


def test_a_root_that_is_not_a_place_is_written_once() -> None:
    message = Root.of(Call("$parse", (Var("cause", kind=kinds.STR),), kind=kinds.STR), str)
    assert text(lambda m: m + m, message) == "($m := $parse($cause); $m & $m)"
    assert text(lambda m: m + "!", message) == "$parse($cause) & '!'"


def test_a_root_may_bind_names_of_its_own() -> None:
    item = Var("item", kind=kinds.ANY)
    node = Block(
        (("item", Var("raw", kind=kinds.ANY)),),
        Cond(binary(item, "!=", const(None)), item, const(None), kind=kinds.ANY),
        kind=kinds.ANY,
    )
    assert text(lambda x: {"x": x}, Root(node, kinds.ANY)) == "{'x': ($item := $raw; $item != null ? $item : null)}"


def test_missing_arguments_are_refused() -> None:
    with pytest.raises(Refusal, match="lambda\\(\\) needs `q`"):
        text(lambda p, q: p.n, INPUT)


@pytest.mark.parametrize(
    ("fn", "expected", "message"),
    [
        (lambda p: p.n / 2, int, "the result is float, not int; write round(x) or int(x)"),
        (
            lambda p: p.note,
            str,
            "the result may be None, but str is expected; test it first, or give a default: `x or ...`",
        ),
        (lambda p: p.n, str, "the result is int, not str; write an f-string"),
        (lambda p: p.n, bool, "the result is int, not bool; compare it with something"),
        (lambda p: [p.note], list[str], "the result is list[str | None], not list[str]; return list[str]"),
        (lambda p: {"low": p.n}, Limits, "the result is dict[str, int], not Limits; return Limits"),
        (lambda p: p, Parcel, "the result is Payload, not Parcel; return Parcel"),
    ],
)
def test_a_result_of_another_type_is_refused(fn: Any, expected: Any, message: str) -> None:
    with pytest.raises(Refusal) as raised:
        text(fn, INPUT, expected=expected)
    assert message in str(raised.value).splitlines()[0]


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        (lambda p: p.n, float),
        (lambda p: p.note, str | None),
        (lambda p: [], list[Parcel]),
        (lambda p: {"low": p.n, "high": 2}, Limits),
        (lambda p: {"low": p.n, "high": 2.5, "note": "x"}, Limits),
        (lambda p: State.DONE if p.n else State.MOVING, State),
        (lambda p: "auto" if p.n else "off", str),
        (lambda p: Dropped(g=p.n), Dropped | Opened),
        (lambda p: (p.n, p.note), tuple[int, str | None]),
        (lambda p: {"a": p.n}, dict[str, int]),
        (lambda p: p, object),
        (lambda p: p, Any),
    ],
)
def test_a_result_that_fits(fn: Any, expected: Any) -> None:
    assert isinstance(compile_expression(fn, [INPUT], expected=expected), Expression)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, "3"),
        (True, "true"),
        (None, "null"),
        ("it's", '"it\'s"'),
        ('a "b"', "'a \"b\"'"),
        ([1, [2, "x"]], "[1, [2, 'x']]"),
        ({"a": {"b": None}}, "{'a': {'b': null}}"),
        (State.DONE, "'done'"),
        (Level.HIGH, "10"),
        (datetime(2024, 1, 2, tzinfo=UTC), "'2024-01-02T00:00:00Z'"),
        (Decimal("1.50"), "'1.50'"),
        (Payload(n=1), "{'n': 1, 'note': null}"),
        (
            Parcel(parcel_id="p"),
            "{'parcelId': 'p', 'netWeight': 1.0, 'size': null, 'tags': [], 'fragile': false, 'dueDate': null}",
        ),
        ({State.DONE: 1, 2: "b"}, "{'done': 1, '2': 'b'}"),
    ],
)
def test_constants_are_json(value: Any, written: str) -> None:
    assert constant(value).text == written


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), 2**60, object(), len, {"a": {1}}, {1.5: 1}])
def test_what_is_not_json_is_no_constant(value: Any) -> None:
    with pytest.raises(Refusal) as raised:
        constant(value)
    assert raised.value.problem.page == Page.NOT_JSON


def test_a_defect_is_a_class_of_its_own() -> None:
    class Broken(Node):
        """A node that no pass knows."""

    broken = Broken(kind=kinds.INT)
    with pytest.raises(InternalError) as raised:
        text(lambda x: x + 1, Root(broken, kinds.INT))
    assert raised.value.problem.page == Page.INTERNAL
    assert "internal:" in str(raised.value)
    unbound = binary(Var("nobody", kind=kinds.INT), "+", const(1), kinds.INT)
    with pytest.raises(InternalError, match=r"\$nobody is not in scope"):
        finished(unbound, ["states"])
