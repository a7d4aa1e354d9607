"""Running: workflows, parts, plain definitions; handlers are real, AWS is in memory, results are typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, assert_type

import pytest

from simulator import InvalidDefinition
from tests.workflow.testing.shop import (
    Item,
    Order,
    Outcome,
    Price,
    approve,
    batch,
    bounded,
    items,
    look,
    priced,
    sales,
    sell,
    stored,
)
from workflow import Task, Workflow, WorkflowError
from workflow.testing import Environment, NotSucceeded, Result, Stuck, Unanswered, fails, run
from workflow.testing.coverage import measured
from workflow.testing.functions import Context

TEA = Order(id="o-1", sku="tea", count=2)
LAMBDA = "arn:aws:states:::lambda:invoke"


def test_a_workflow_runs_its_handlers_and_gives_what_it_says() -> None:
    environment = Environment()
    result = environment.run(sell, TEA)
    assert_type(result, Result[Outcome])
    assert result.status == "SUCCEEDED" and result.error is None and result.cause is None
    assert result.output == Outcome(id="o-1", said="sold")
    assert result.json == {"id": "o-1", "said": "sold"} and result.input == {"id": "o-1", "sku": "tea", "count": 2}
    assert environment.table(items).all() == [Item(id="o-1", cents=500)]
    (message,) = environment.topic(sales)
    assert (message.text, message.subject) == ("o-1 for 500", "Sold")


def test_what_one_execution_stored_the_next_one_finds() -> None:
    environment = Environment()
    assert [environment.run(sell, TEA).output.said for _ in range(2)] == ["sold", "again"]
    assert run(sell, TEA).output.said == "sold"


def test_a_handler_that_raises_fails_as_its_lambda_would() -> None:
    result = run(sell, Order(id="o-2", sku="gone"))
    assert result.output == Outcome(id="o-2", said="no gone")
    (call,) = result.calls("Price")
    assert call.error == "OutOfStock"
    assert {"errorMessage": "no gone", "errorType": "OutOfStock"}.items() <= json.loads(call.cause or "").items()


def test_a_list_goes_in_and_comes_out_typed() -> None:
    result = run(batch, [TEA, Order(id="o-2", sku="gone")])
    assert_type(result.output, list[Outcome])
    assert [outcome.said for outcome in result.output] == ["priced", "no gone"]


def test_a_part_runs_alone_and_is_typed() -> None:
    result = run(priced, TEA)
    assert_type(result, Result[Price | Outcome])
    assert result.output == Price(order=TEA, cents=500)
    assert run(look, TEA).output is None


def test_a_chain_with_problems_tells_them() -> None:
    with pytest.raises(WorkflowError, match="two states are named `Price`"):
        run(priced >> Task("Price", again), TEA)


def again(value: Price | Outcome) -> Price | Outcome:
    return value


def test_it_runs_from_a_state_to_the_end() -> None:
    environment = Environment()
    result = environment.run_from(sell, "Store", Price(order=TEA, cents=7))
    assert result.path == ["Store", "Tell", "Sold"]
    assert environment.table(items).get("o-1") == Item(id="o-1", cents=7)


def test_it_runs_from_a_state_inside_others() -> None:
    result = Environment().run_from(batch, "Costs", Price(order=TEA, cents=7))
    assert result.json == {"id": "o-1", "said": "priced"} and result.path == ["Costs"]


def test_variables_are_given_to_a_part_and_not_shown() -> None:
    result = Environment().run_from(bounded, "Within?", Price(order=TEA, cents=7), variables={"limit": 7})
    assert result.path == ["Within?", "Within"] and result.visits[0].name == "Within?"
    over = Environment().run_from(bounded, "Within?", Price(order=TEA, cents=8), variables={"limit": 7})
    assert (over.status, over.error) == ("FAILED", "Over")


def test_a_text_that_looks_like_an_expression_stays_a_text() -> None:
    state = {"Type": "Pass", "Output": "{% $limit %}", "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": state}}
    given = {"limit": {"a": ["{% 1 + 1 %}"]}}
    assert Environment().run_from(definition, "P", variables=given).json == given["limit"]


def test_there_is_no_such_state() -> None:
    with pytest.raises(WorkflowError, match="`sell` has no state `Stor`; did you mean `Store`"):
        Environment().run_from(sell, "Stor", TEA)


def test_plain_definitions_run_as_data_text_or_file(tmp_path: Path) -> None:
    task = {"Type": "Task", "Resource": LAMBDA, "Parameters": {"FunctionName": "price", "Payload.$": "$"}, "End": True}
    definition = {"StartAt": "Price", "States": {"Price": task}}
    file = tmp_path / "sell.asl.json"
    file.write_text(json.dumps(definition), encoding="utf-8")
    for what in (definition, json.dumps(definition), file):
        result = Environment(functions={"price": price_of}).run(what, {"sku": "tea"})
        assert result.json["Payload"] == {"sku": "tea", "cents": 3} and result.output == result.json
    assert result.name == "sell"


def test_a_workflow_of_a_foreign_definition_runs_too(tmp_path: Path) -> None:
    payload = {"FunctionName": "${Price}", "Payload": "{% $states.input %}"}
    task = {
        "Type": "Task",
        "Resource": LAMBDA,
        "Arguments": payload,
        "Output": "{% $states.result.Payload %}",
        "End": True,
    }
    file = tmp_path / "foreign.asl.json"
    file.write_text(json.dumps({"QueryLanguage": "JSONata", "StartAt": "P", "States": {"P": task}}), encoding="utf-8")
    foreign = Workflow.from_asl(file)
    with measured() as coverage:
        assert Environment(functions={"Price": price_of}).run(foreign, {"a": 1}).output == {"a": 1, "cents": 3}
        assert run(foreign, {}, answers={"P": {"Payload": 5}}).output == 5
    assert coverage.missing() == []


def price_of(order: dict[str, Any], context: Context) -> dict[str, Any]:
    assert context.function_name == "price_of" and context.get_remaining_time_in_millis() == 900_000
    return {**order, "cents": 3}


def test_a_functions_own_arn_is_called_with_the_input_itself() -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:price_of:7"
    definition = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": arn, "End": True}}}
    assert Environment(functions={"price_of": price_of}).run(definition, {}).json == {"cents": 3}


def test_a_definition_that_aws_would_refuse_is_refused() -> None:
    with pytest.raises(InvalidDefinition):
        run({"StartAt": "Nowhere", "States": {"A": {"Type": "Succeed"}}})


def test_nothing_else_can_be_run() -> None:
    what: Any = 3
    with pytest.raises(WorkflowError, match=r"test_run\.py:\d+:\d+: 3 cannot be run"):
        run(what)


def test_a_task_that_nothing_answers_says_what_to_write() -> None:
    task = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Arguments": {}, "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Run", "States": {"Run": task}}
    with pytest.raises(Unanswered, match=r"`Run` \(ecs:runTask\) .* write answers=\{'Run': \.\.\.\}"):
        run(definition)


def test_the_output_of_what_failed_raises_with_the_path_and_the_handlers_exception() -> None:
    result = run(bounded, TEA, answers={"Price it": ZeroDivisionError("no price")})
    with pytest.raises(NotSucceeded) as raised:
        _ = result.output
    assert "bounded FAILED" in str(raised.value) and "ZeroDivisionError: no price" in str(raised.value)
    assert result.message == "no price"


def test_a_handlers_own_exception_is_kept_with_its_traceback() -> None:
    result = run(Workflow.standard("broken", Task("Break", broken)), TEA)
    with pytest.raises(NotSucceeded) as raised:
        _ = result.output
    assert isinstance(raised.value.__cause__, KeyError) and raised.value.__cause__.__traceback__ is not None


def broken(order: Order) -> Order:
    raise KeyError(order.id)


def test_input_that_a_handler_cannot_read_is_told_by_name() -> None:
    anything: Any = {"sku": "tea"}
    result = run(priced, anything)
    assert result.error == "InvalidInput" and "id: Field required" in result.message


def test_a_result_of_another_kind_is_told_by_name() -> None:
    result = run(Workflow.standard("liar", Task("Lie", liar)), TEA)
    assert result.error == "InvalidResult"


def liar(order: Order) -> Price:
    anything: Any = {"cents": object()}
    return anything  # type: ignore[no-any-return]


def test_invoke_calls_handlers_in_another_way() -> None:
    seen: list[Any] = []

    def invoke(fn: Any, payload: Any) -> Any:
        seen.append((fn.__name__, payload["state"], payload["attempt"]))
        return fn(Order(**payload["input"])).model_dump()

    assert Environment(invoke=invoke).run(sell, TEA).output.said == "sold"
    assert seen == [("price", "Price", 0)]


def test_integrations_may_be_sent_elsewhere() -> None:
    class Services:
        def call_now(self, call: Any) -> Any:
            assert call.arguments["TableName"] == "dev-items"
            raise fails("DynamoDB.ConditionalCheckFailedException")

    environment = Environment(services=Services(), bindings={"table.items": "dev-items"})
    assert environment.run(sell, TEA).output.said == "again"


def test_an_execution_that_waits_for_nobody_is_stuck() -> None:
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    task = {"Type": "Task", "Resource": resource, "Arguments": {"QueueUrl": "q", "MessageBody": "m"}, "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Ask", "States": {"Ask": task}}
    with pytest.raises(Stuck, match=r"waits for `Ask` \(sendMessage\.waitForTaskToken\)"):
        run(definition)


async def test_answers_may_be_async() -> None:
    import asyncio

    async def slowly(order: Order) -> Price:
        await asyncio.sleep(0)
        return Price(order=order, cents=1)

    environment = Environment()
    result = await environment.run_async(sell, TEA, answers={"Price": slowly})
    assert_type(result, Result[Outcome])
    assert environment.table(items).all() == [Item(id="o-1", cents=1)] and result.output.said == "sold"
    with pytest.raises(TypeError, match="run_async"):
        environment.run(sell, TEA, answers={"Price": slowly})


def test_the_same_seed_gives_the_same_history() -> None:
    flow = Workflow.standard("jitter", Task("Price", again_price).retry(Exception_, interval=100))
    runs = [Environment(seed=seed).run(flow, TEA, answers={"Price": Exception_}) for seed in ("a", "a", "b")]
    assert runs[0].events == runs[1].events
    assert runs[0].took != runs[2].took


class Exception_(Exception):  # noqa: N801, N818 - any error
    """Whatever."""


def again_price(order: Order) -> Price:
    return Price(order=order, cents=1)


def test_an_express_execution_ends_after_five_minutes() -> None:
    result = run(batch, [TEA], answers={"Price": Exception_})
    assert result.output == [Outcome(id="o-1", said="Exception_")]
    definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 400, "End": True}}}
    assert run(definition).took.total_seconds() == 400
    assert approve.kind == "STANDARD" and stored.name == "Store"


def refused_by_type_checkers() -> None:
    """Never called. mypy --strict, which refuses an ignore that it does not need, keeps these lines wrong."""
    run(sell, 3)  # type: ignore[misc]
    run(batch, TEA)  # type: ignore[misc]
    run(priced, "x")  # type: ignore[misc]
    Environment().start(approve, [TEA])  # type: ignore[misc]
    _: int = run(sell, TEA).output  # type: ignore[assignment]
