"""Answers: values, errors, sequences, functions, time; and what is refused, with its place."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import TaskCall
from tests.workflow.testing.shop import Item, Order, OutOfStock, Price, Slow, batch, find, items, look, priced, sell
from workflow import EXISTS, TRANSIENT, WorkflowError
from workflow.testing import NEVER, REAL, After, Environment, fails, in_turn, run

TEA = Order(id="o-1", sku="tea")


def test_a_value_answers_as_a_model_or_as_json() -> None:
    for price in (Price(order=TEA, cents=7), {"order": {"id": "o-1", "sku": "tea"}, "cents": 7}):
        environment = Environment()
        environment.run(sell, TEA, answers={"Price": price})
        assert environment.table(items).all() == [Item(id="o-1", cents=7)]


def test_a_state_itself_may_name_what_is_answered() -> None:
    assert run(look, TEA, answers={find: Item(id="o-1", cents=9)}).output == Item(id="o-1", cents=9)
    assert run(look, TEA, answers={find: None}).output is None
    assert run(look, TEA, answers={find: {"Item": {"id": {"S": "x"}, "cents": {"N": "1"}}}}).output == Item(
        id="x", cents=1
    )


@pytest.mark.parametrize("error", [OutOfStock, OutOfStock("none"), fails("OutOfStock", "none")])
def test_an_error_answers_as_class_instance_or_name(error: Any) -> None:
    result = run(sell, TEA, answers={"Price": error})
    assert result.path == ["Price", "None left"] and result.state("Price").caught


def test_names_of_errors_may_come_from_the_language() -> None:
    assert run(sell, TEA, answers={"Store": fails(EXISTS)}).output.said == "again"
    result = run(priced, TEA, answers={"Price": in_turn(TRANSIENT)})
    assert [call.error for call in result.calls("Price")] == ["Lambda.ClientExecutionTimeoutException", None]


def test_a_sequence_answers_attempt_by_attempt_then_the_real_thing_does() -> None:
    result = run(sell, TEA, answers={"Price": in_turn(Slow, fails("Slow"))})
    assert [call.error for call in result.calls("Price")] == ["Slow", "Slow", None]
    assert result.calls("Price")[2].number == 2 and result.output.said == "sold"
    spent = run(sell, TEA, answers={"Price": Slow})
    assert (spent.status, spent.error, len(spent.calls("Price"))) == ("FAILED", "Slow", 3)


def test_a_function_answers_by_its_input_and_may_leave_it_to_the_real_thing() -> None:
    def price(order: Order) -> Any:
        if order.id == "o-2":
            return OutOfStock("by function")
        return REAL if order.id == "o-3" else Price(order=order, cents=1)

    orders = [Order(id=f"o-{n}", sku="tea") for n in (1, 2, 3)]
    result = run(batch, orders, answers={"Price": price})
    assert [outcome.said for outcome in result.output] == ["priced", "by function", "priced"]
    assert result.state("Costs", 0, 0).input["cents"] == 1 and result.state("Costs", 2, 0).input["cents"] == 250


def test_a_function_may_take_the_call_and_raise() -> None:
    def price(order: Order, call: TaskCall) -> Any:
        if call.attempt == 0:
            raise Slow
        return Price(order=order, cents=call.attempt)

    environment = Environment()
    environment.run(sell, TEA, answers={"Price": price})
    assert environment.table(items).all() == [Item(id="o-1", cents=1)]


def test_a_function_for_an_integration_gets_its_arguments() -> None:
    seen: list[Any] = []
    run(sell, TEA, answers={"Tell": seen.append})
    assert seen[0]["Message"] == "o-1 for 250"


def test_an_assertion_in_a_function_is_the_tests_own() -> None:
    def price(order: Order) -> Price:
        assert order.id == "another"
        return Price(order=order, cents=1)

    with pytest.raises(AssertionError):
        run(sell, TEA, answers={"Price": price})


def test_an_answer_may_take_time_or_never_come() -> None:
    late = run(sell, TEA, answers={"Price": After(9, Price(order=TEA, cents=1))})
    assert late.output.said == "sold" and late.took.total_seconds() == 9
    never = run(sell, TEA, answers={"Price": NEVER})
    assert (never.error, never.took.total_seconds()) == ("States.Timeout", 10)
    too_late = run(sell, TEA, answers={"Price": After(11, Price(order=TEA, cents=1))})
    assert too_late.error == "States.Timeout"
    failing = run(sell, TEA, answers={"Price": After(3, OutOfStock("late"))})
    assert failing.output.said == "late" and failing.took.total_seconds() == 3


def test_an_environments_answers_serve_every_execution_unless_it_says_otherwise() -> None:
    environment = Environment(answers={"Price": OutOfStock("always"), "Elsewhere": 3})
    assert environment.run(sell, TEA).output.said == "always"
    assert environment.run(sell, TEA, answers={"Price": REAL}).output.said == "sold"


@pytest.mark.parametrize(
    "answers, said",
    [
        ({"Prise": 1}, "`sell` has no state `Prise` to answer; did you mean `Price`?"),
        ({"Dear?": 1}, "`Dear?` is a Choice state, and nothing answers it; answer a task: Price, Store, Tell"),
        ({"Price": {"cents": 1}}, "but it gives Price: order: Field required; give a Price"),
        ({"Price": "Lambda.Unknown"}, "give one, or write fails('Lambda.Unknown')"),
        ({"Price": in_turn(Slow, 7)}, "`Price` is answered with 7, but it gives Price"),
        ({"Price": After(1, 7)}, "`Price` is answered with 7, but it gives Price"),
        ({"Tell": "SNS.Throttled"}, "a service answers with an object; write fails('SNS.Throttled')"),
        ({"Tell": object()}, "which has no JSON form"),
    ],
)
def test_answers_that_cannot_be_are_refused_where_they_were_given(answers: Any, said: str) -> None:
    with pytest.raises(WorkflowError) as refused:
        run(sell, TEA, answers=answers)
    assert said in str(refused.value)
    first, *_, last = str(refused.value).splitlines()
    assert first.startswith("tests/workflow/testing/test_answers.py:") and last == "  docs/errors/answer.md"


def test_a_wrong_item_and_a_wrong_result_of_a_function_are_refused_too() -> None:
    with pytest.raises(WorkflowError, match="`Find` is answered with .* but it gives Item: cents"):
        run(look, TEA, answers={"Find": {"id": "x"}})

    def wrong(order: Order) -> Any:
        return order

    with pytest.raises(WorkflowError, match=r"test_answers\.py:\d+:1: `Price` is answered with Order"):
        run(sell, TEA, answers={"Price": wrong})


def test_all_wrong_answers_are_told_at_once() -> None:
    with pytest.raises(WorkflowError) as refused:
        run(sell, TEA, answers={"Price": 1, "Nowhere": 2})
    assert len(refused.value.problems) == 2
