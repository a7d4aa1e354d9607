"""Workflows that start others: the others run too, in the same environment and on the same clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

import workflow
from tests.workflow.testing.shop import Decision, Order, Outcome, approve, batch
from workflow import Same, Workflow
from workflow.aws.executions import EXECUTION_EXISTS, EXPRESS_FAILED, CallExpress, RunExecution, StartExecution
from workflow.testing import Environment, fails, run


class Given(BaseModel):
    orders: list[Order]


TEA = Order(id="o-1", sku="tea")

waits = Workflow.standard(
    "waits",
    RunExecution("Approve", approve, of=Order, input=lambda o: o)
    .timeout(4 * 86_400)
    .catch("States.TaskFailed", output=lambda c: Outcome(id=c.input.id, said="failed"), then=Same("Sorry")),
)
goes_on = Workflow.standard(
    "goes-on",
    StartExecution("Start", approve, of=Order, input=lambda o: o, execution=lambda o: f"order-{o.id}"),
)
prices = CallExpress("Prices", batch, of=Given, input=lambda g: g.orders).timeout(300)
calls = Workflow.standard("calls", prices)


def test_a_workflow_waits_for_the_one_it_runs() -> None:
    environment = Environment()
    execution = environment.start(waits, TEA)
    (child,) = environment.executions(approve)
    assert child.waiting == ["Ask"] and child.input == {"id": "o-1", "sku": "tea", "count": 1}
    execution.advance(days=1, seconds=-1)
    child.succeed("Ask", Decision(approved=True, by="Ada"))
    result = execution.finish()
    assert result.output == Outcome(id="Ada", said="yes") and result.took == timedelta(days=1, seconds=59)
    (call,) = result.calls("Approve")
    assert call.submitted and call.result["Status"] == "SUCCEEDED" and call.result["Name"] == child.name


def test_one_that_fails_fails_the_state_that_waits() -> None:
    environment = Environment(answers={"Ask": fails("Lost", "in the post")})
    result = environment.run(waits, TEA)
    assert result.output == Outcome(id="o-1", said="failed")
    assert '"Cause":"in the post"' in (result.state("Approve").cause or "")


def test_one_that_nobody_waits_for_any_more_is_stopped() -> None:
    impatient = Workflow.standard("impatient", RunExecution("Run", approve, of=Order, input=lambda o: o).timeout(60))
    environment = Environment()
    assert environment.run(impatient, TEA).error == "States.Timeout"
    (child,) = environment.executions(approve)
    assert (child.status, child.result.took) == ("ABORTED", timedelta(seconds=60))


def test_one_that_is_only_started_goes_on_alone() -> None:
    environment = Environment()
    result = environment.run(goes_on, TEA)
    (child,) = environment.executions(approve)
    assert result.output.ExecutionArn == child.arn and child.name == "order-o-1" and child.status == "RUNNING"
    assert environment.run(goes_on, TEA).output.ExecutionArn == child.arn
    assert len(environment.executions(approve)) == 1
    child.succeed("Ask", Decision(approved=False, by="Bob"))
    child.finish()
    assert environment.run(goes_on, TEA).error == EXECUTION_EXISTS


def test_an_express_workflow_is_called() -> None:
    given = Given(orders=[TEA, Order(id="o-2", sku="gone")])
    result = run(calls, given)
    assert [outcome.said for outcome in result.output] == ["priced", "no gone"]
    environment = Environment(answers={"Price": fails("States.DataLimitExceeded")})
    assert environment.run(calls, given).error == EXPRESS_FAILED


def test_what_is_started_may_be_answered_instead() -> None:
    answers: dict[str, Any] = {"Approve": Outcome(id="x", said="yes")}
    environment = Environment()
    assert environment.run(waits, TEA, answers=answers).output == Outcome(id="x", said="yes")
    assert environment.executions(approve) == []


def test_what_is_known_of_a_started_execution_reads_by_its_public_name_too() -> None:
    environment = Environment()
    public: Any = workflow.Started
    result = environment.run(goes_on, TEA)
    assert result.state("Start").output_as(public) == result.output
    assert result.output.StartDate == result.started
