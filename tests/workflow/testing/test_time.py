"""Time is virtual: days pass in milliseconds, and histories carry the right times."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.workflow.testing.shop import Decision, Order, Outcome, Price, Slow, approvals, approve, batch, priced
from workflow import Workflow, WorkflowError
from workflow.testing import After, Environment, NothingWaits, in_turn, run

TEA = Order(id="o-1", sku="tea")


def test_a_decision_after_two_days_takes_no_time() -> None:
    began = time.monotonic()
    environment = Environment(start=datetime(2026, 3, 1, 12, tzinfo=UTC))
    execution = environment.start(approve, TEA)
    assert (execution.status, execution.waiting) == ("RUNNING", ["Ask"])
    (message,) = environment.queue(approvals)
    assert json.loads(message.text) == {"order": "o-1", "token": execution.token("Ask")}
    for _ in range(2):
        execution.advance(days=1, seconds=-1)
        execution.heartbeat("Ask")
    execution.succeed("Ask", Decision(approved=True, by="Ada"))
    assert execution.status == "RUNNING" and execution.result.path == ["Ask", "Cool down"]
    result = execution.finish()
    assert result.output == Outcome(id="Ada", said="yes")
    assert result.started == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert result.ended == result.started + timedelta(days=2, seconds=-2 + 60)
    assert result.state("Ask").exited == result.started + timedelta(days=2, seconds=-2)
    assert result.state("Cool down").seconds == 60 and result.calls("Ask")[0].submitted
    assert time.monotonic() - began < 1


def test_without_heartbeats_it_is_given_up_after_a_day_and_without_an_answer_after_three() -> None:
    quiet = Environment().start(approve, TEA).finish()
    assert quiet.output == Outcome(id="nobody", said="no")
    assert quiet.calls("Ask")[0].seconds == 86_400 and quiet.took == timedelta(days=1, seconds=60)
    environment = Environment()
    execution = environment.start(approve, TEA)
    for _ in range(5):
        execution.advance(hours=14)
        execution.heartbeat("Ask")
    result = execution.finish()
    assert result.calls("Ask")[0].error == "States.Timeout" and result.took == timedelta(days=3, seconds=60)


def test_an_answer_may_be_given_beforehand() -> None:
    result = run(approve, TEA, answers={"Ask": After(3_600, Decision(approved=False, by="Bob"))})
    assert result.output == Outcome(id="Bob", said="no") and result.took == timedelta(hours=1, minutes=1)


def test_a_task_that_waits_may_be_failed() -> None:
    execution = Environment().start(approve, TEA)
    execution.fail("Ask", "Rejected", "not today")
    result = execution.finish()
    assert (result.status, result.error, result.cause) == ("FAILED", "Rejected", "not today")


def test_a_wrong_answer_is_refused_and_the_task_waits_on() -> None:
    execution = Environment().start(approve, TEA)
    with pytest.raises(WorkflowError, match="`Ask` is answered with"):
        execution.succeed("Ask", {"approved": "perhaps"})
    with pytest.raises(NothingWaits, match="`Tell` does not wait; Ask do"):
        execution.succeed("Tell", {})
    execution.succeed("Ask", {"approved": True, "by": "Cy"})
    assert execution.finish().output.id == "Cy"
    with pytest.raises(NothingWaits):
        execution.heartbeat("Ask")


def test_backoff_is_waited_for_in_virtual_time() -> None:
    result = run(priced, TEA, answers={"Price": in_turn(Slow, Slow)})
    starts = [(call.started - result.started).total_seconds() for call in result.calls("Price")]
    assert starts == [0, 5, 15] and result.took == timedelta(seconds=15)


def test_an_execution_may_be_stopped() -> None:
    execution = Environment().start(approve, TEA)
    execution.advance(minutes=5)
    result = execution.stop("Operator", "enough")
    assert (result.status, result.error, result.took) == ("ABORTED", "Operator", timedelta(minutes=5))
    assert execution.waiting == []


def test_executions_share_one_clock() -> None:
    environment = Environment()
    first, second = environment.start(approve, TEA), environment.start(approve, Order(id="o-2", sku="tea"))
    environment.advance(hours=2)
    first.succeed("Ask", Decision(approved=True, by="Ada"))
    second.succeed("Ask", Decision(approved=False, by="Ada"))
    environment.advance(minutes=1)
    assert [e.status for e in (first, second)] == ["SUCCEEDED"] * 2
    assert first.result.ended == second.result.ended == environment.now
    third = environment.run(approve, TEA, answers={"Ask": Decision(approved=True, by="x")})
    assert third.started == first.result.ended and third.ended == environment.now


def test_items_that_wait_are_told_apart_by_their_index() -> None:
    orders = [TEA, Order(id="o-2", sku="tea")]
    execution = Environment().start(batch, orders, answers={"Price": After(5, Price(order=TEA, cents=1))})
    assert execution.waiting == ["Price", "Price"]
    with pytest.raises(NothingWaits, match="2 tasks `Price` wait: say which"):
        execution.succeed("Price", Price(order=TEA, cents=2))
    execution.succeed("Price", Price(order=TEA, cents=2), 1, 0)
    result = execution.finish()
    assert [result.state("Costs", n, 0).input["cents"] for n in (0, 1)] == [1, 2]
    assert result.state("Costs", 0, 0).entered - result.started == timedelta(seconds=5)


def test_a_workflows_own_timeout_passes_too() -> None:
    short = Workflow.standard("short", priced, timeout=5)
    result = run(short, TEA, answers={"Price": After(9, Price(order=TEA, cents=1))})
    assert (result.status, result.took) == ("TIMED_OUT", timedelta(seconds=5))
