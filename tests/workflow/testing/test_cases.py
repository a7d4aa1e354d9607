"""Test cases made of executions run against today's definition, and tell where it does something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.testing.shop import Decision, Item, Order, Price, Slow, approve, batch, items, sell
from tests.workflow.testing.test_recorded import as_the_cli_prints
from workflow import Pass, Succeed, Task, Workflow
from workflow.testing import After, Environment, in_turn, run
from workflow.testing.cases import Case, Changed, NoAnswer, record
from workflow.testing.recorded import recorded

TEA = Order(id="o-1", sku="tea")


def test_a_recording_runs_against_todays_definition(tmp_path: Path) -> None:
    environment = Environment()
    environment.table(items).put(Item(id="o-1", cents=1))
    here = environment.run(sell, TEA, answers={"Price": in_turn(Slow, After(2, Price(order=TEA, cents=77)))})
    case = record(recorded(as_the_cli_prints(here)))
    file = tmp_path / "again.json"
    case.save(file)
    assert Case.load(file) == case and case.path == tuple(here.states)
    result = Case.load(file).check(sell)
    assert result.output.said == "again"  # the table of the recording had it, this one is empty
    assert result.state("Store").input["cents"] == 77 and result.took == here.took


def test_items_get_their_own_answers() -> None:
    orders = [Order(id=f"o-{n}", sku="gone" if n == 1 else "tea", count=n) for n in range(4)]

    def late(order: Order) -> After:
        return After(10 - order.count if order.count < 4 else 0, Price(order=order, cents=order.count))

    here = run(batch, orders, answers={"Price": in_turn(*[late(order) for order in orders])})
    result = record(here).check(batch)
    assert result.json == here.json and [v.at for v in result.entries("Price")] == [v.at for v in here.entries("Price")]


def test_answers_by_token_are_repeated_after_as_long() -> None:
    execution = Environment().start(approve, TEA)
    execution.advance(hours=5)
    execution.succeed("Ask", Decision(approved=True, by="Ada"))
    here = execution.finish()
    assert record(here).check(approve).took == here.took


def test_failures_are_repeated() -> None:
    here = run(sell, TEA, answers={"Tell": Slow("down")})
    assert here.status == "FAILED" and record(here).check(sell).error == "Slow"


def sold(price: Price) -> Price:
    """One task more."""
    return price


def changed(*, more: bool) -> Workflow[Order, Price]:
    first = Task("Price", price_it)
    if more:
        return Workflow.standard("changed", first >> Task("Sell", sold) >> Succeed("Done"))
    return Workflow.standard("changed", first >> Pass("Half", Price, lambda p: p.model_copy(update={"cents": 1})))


def price_it(order: Order) -> Price:
    """Never called here."""
    raise AssertionError(order)


def test_a_definition_that_does_something_else_is_told() -> None:
    before = Workflow.standard("before", Task("Price", price_it))
    case = record(run(before, TEA, answers={"Price": Price(order=TEA, cents=2)}))
    with pytest.raises(NoAnswer, match="`Sell` is called, and the recording has no"):
        case.check(changed(more=True))
    with pytest.raises(Changed) as told:
        case.check(changed(more=False))
    assert '"cents": 1}, and ' in str(told.value) and "`Half` came instead of the end" in str(told.value)
    assert case.run(changed(more=False)).status == "SUCCEEDED"


def test_the_status_and_the_error_are_compared() -> None:
    case = record(run(sell, TEA, answers={"Tell": Slow("down")}))
    other = Case(case.input, case.answers, "SUCCEEDED", {"id": "o-1"}, None, case.path)
    with pytest.raises(Changed, match="it FAILED, and SUCCEEDED was recorded"):
        other.check(sell)


def test_an_execution_that_goes_on_is_not_recorded() -> None:
    with pytest.raises(ValueError, match="goes on"):
        record(Environment().start(approve, TEA).result)
