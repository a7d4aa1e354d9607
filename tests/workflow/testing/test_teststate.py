"""States are sent to the TestState API one by one: requests fit the service's model, answers are compared.

botocore's Stubber stands for AWS: it checks requests and answers against the API, and says what the simulator said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import boto3
import pytest
from botocore.stub import ANY, Stubber

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
    assert json.loads(price["context"])["Map"]["Item"]["Index"] == 0
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
