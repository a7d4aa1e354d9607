"""States are sent to the TestState API one by one: requests fit the service's model, answers are compared.

botocore's Stubber stands for AWS: it checks requests and answers against the API, and says what the simulator said.
Then the same states are sent to `simulator serve`, which runs them.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.stub import ANY, Stubber

from simulator.serve import Settings, serve
from tests.workflow.testing.shop import Order, Slow, batch, bounded, sell
from workflow.testing import Environment, Result, in_turn, run
from workflow.testing.recorded import recorded
from workflow.testing.teststate import Difference, send

TEA = Order(id="o-1", sku="tea")
ROLE = "arn:aws:iam::123456789012:role/shop"


class Stubbed:
    """boto3's client with AWS's answers in it; keeps the requests."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.client: Any = cast(Any, boto3).client(
            "stepfunctions", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.stubber = Stubber(self.client)
        for answer in answers:
            self.stubber.add_response("test_state", answer)
        self.stubber.activate()
        self.requests: list[dict[str, Any]] = []

    def test_state(self, **request: Any) -> Mapping[str, Any]:
        self.requests.append(request)
        answer: Mapping[str, Any] = self.client.test_state(**request)
        return answer


def answers(result: Result[Any], skip: Any = lambda visit: False) -> list[dict[str, Any]]:
    """What AWS would say if it agreed."""
    said = []
    for visit in result.visits:
        if skip(visit):
            continue
        status = "CAUGHT_ERROR" if visit.caught else "FAILED" if visit.failed else "SUCCEEDED"
        answer = {"status": status, "nextState": visit.following, "error": visit.error if visit.failed else None}
        if visit.exited is not None:
            answer["output"] = json.dumps(visit.output)
        said.append({key: value for key, value in answer.items() if value is not None})
    return said


def test_every_state_is_sent_with_its_input_and_its_recorded_result() -> None:
    result = run(sell, TEA, answers={"Price": in_turn(Slow)})
    client = Stubbed(*answers(result))
    assert send(result, client, role=ROLE) == []
    client.stubber.assert_no_pending_responses()
    price, *_ = client.requests
    assert json.loads(price["input"]) == {"id": "o-1", "sku": "tea", "count": 1} and price["roleArn"] == ROLE
    definition = json.loads(price["definition"])
    assert (definition["Type"], definition["QueryLanguage"]) == ("Task", "JSONata")
    assert json.loads(price["mock"]["result"])["Payload"]["cents"] == 250
    assert price["stateConfiguration"] == {"retrierRetryCount": 1}
    assert json.loads(price["context"])["State"] == {"Name": "Price", "RetryCount": 1}
    assert [json.loads(r["definition"])["Type"] for r in client.requests] == [v.kind for v in result.visits]


def test_failures_are_mocked_as_failures() -> None:
    result = run(sell, Order(id="o-2", sku="gone"))
    client = Stubbed(*answers(result))
    assert send(result, client) == []
    assert client.requests[0]["mock"]["errorOutput"]["error"] == "OutOfStock" and "roleArn" not in client.requests[0]


def test_fail_states_and_variables_are_sent() -> None:
    result = Environment().run_from(bounded, "Limit", Order(id="o-1", sku="tea", count=1))
    assert result.path[-1] == "Over"
    client = Stubbed(*answers(result))
    assert send(result, client) == []
    assert [json.loads(r["variables"]) for r in client.requests if "variables" in r] == [{"limit": 100}] * 3
    assert "variables" not in client.requests[0]


def test_of_a_map_the_first_items_are_sent_and_its_outputs_are_its_result() -> None:
    result = run(batch, [TEA, TEA])
    beyond = lambda visit: visit.at[:1] == (1,)  # noqa: E731
    client = Stubbed(*answers(result, beyond))
    assert send(result, client) == []
    each, one, price, *_ = client.requests
    assert json.loads(each["mock"]["result"]) == [{"id": "o-1", "said": "priced"}] * 2
    assert json.loads(one["mock"]["result"]) == [{"id": "o-1", "said": "priced"}]
    # AWS refuses a given `Map`: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
    assert "Map" not in json.loads(price["context"])
    both = Stubbed(*answers(result))
    assert send(result, both, first_items=2) == [] and len(both.requests) == len(result.visits)


@pytest.mark.parametrize(
    "change, difference",
    [
        ({"output": '{"other": 1}'}, Difference("Price", "output", ANY, {"other": 1})),
        ({"nextState": "Elsewhere"}, Difference("Price", "nextState", "Dear?", "Elsewhere")),
        ({"status": "FAILED", "error": "X"}, Difference("Price", "status", "SUCCEEDED", "FAILED")),
    ],
)
def test_where_aws_says_something_else_is_told(change: dict[str, Any], difference: Difference) -> None:
    result = run(sell, TEA)
    first, *rest = answers(result)
    assert send(result, Stubbed({**first, **change}, *rest)) == [difference]
    assert str(Difference("A", "output", 1, 2)) == "`A`: output is 1 here, and 2 on AWS"


def test_another_error_is_told() -> None:
    result = run(bounded, Order(id="o-1", sku="tea", count=1))
    said = answers(result)
    said[-1]["error"] = "Other"
    assert send(result, Stubbed(*said)) == [Difference("Over", "error", "Over", "Other")]


def test_a_result_without_its_definition_cannot_be_sent() -> None:
    result = run(sell, TEA)
    with pytest.raises(ValueError, match="no definition to send"):
        send(recorded(result.events), Stubbed())
    again = recorded(result.events, of=sell)
    assert send(again, Stubbed(*answers(again))) == []


@pytest.fixture(scope="module")
def served() -> Iterator[Any]:
    """boto3's client of a `simulator serve` of its own thread."""
    port: Future[int] = Future()
    stop: Future[None] = Future()

    async def serving() -> None:
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(serve(Settings(port=0), ready))
        port.set_result(await ready)
        await asyncio.wrap_future(stop)
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)

    thread = threading.Thread(target=asyncio.run, args=(serving(),))
    thread.start()
    yield cast(Any, boto3).client(
        "stepfunctions",
        endpoint_url=f"http://127.0.0.1:{port.result(30)}",
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}),
    )
    stop.set_result(None)
    thread.join(30)


def executions() -> Iterator[Result[Any]]:
    """Executions that retry, catch, fail, wait, assign, branch and map."""
    yield run(sell, TEA, answers={"Price": in_turn(Slow)})
    yield run(sell, Order(id="o-2", sku="gone"))
    yield run(bounded, Order(id="o-1", sku="tea", count=1))
    yield Environment().run_from(bounded, "Limit", Order(id="o-1", sku="tea", count=1))
    yield run(batch, [TEA, TEA])


def test_what_ran_here_runs_alike_state_by_state_where_it_is_served(served: Any) -> None:
    for result in executions():
        assert send(result, served, role=ROLE) == []


def test_a_definition_that_changed_is_told_by_what_is_served(served: Any) -> None:
    before = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": 1, "End": True}}}
    after = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": 2, "End": True}}}
    result = recorded(run(before, {}).events, of=after)
    assert send(result, served) == [Difference("A", "output", 1, 2)]


def test_states_of_a_map_see_their_item_and_waits_take_no_time(served: Any) -> None:
    inner = {
        "W": {"Type": "Wait", "Seconds": "{% $states.context.Map.Item.Value * 100000 %}", "Next": "I"},
        "I": {"Type": "Pass", "Output": "{% $states.context.Map.Item.Index + $states.input %}", "Next": "C"},
        "C": {"Type": "Pass", "Output": "{% $states.context.Execution.Name %}", "End": True},
    }
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "W", "States": inner}, "End": True}
    result = run({"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": each}}, [5, 6])

    class Kept:
        requests: list[dict[str, Any]]

        def __init__(self) -> None:
            self.requests = []

        def test_state(self, **request: Any) -> Mapping[str, Any]:
            self.requests.append(request)
            answer: Mapping[str, Any] = served.test_state(**request)
            return answer

    client = Kept()
    assert send(result, client) == []
    # C reads what AWS lets nobody give; of the other items nothing is sent.
    assert [request.get("stateName") for request in client.requests] == [None, None, "I"]
