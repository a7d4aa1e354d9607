"""Catchers: what a Caught reads, which errors a class stands for, retries by default and on top."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.workflow.evaluate import ENGINES, evaluate
from tests.workflow.models import Bad, Item, Raw, Reading, Rejected, Worse, summarize, validate
from workflow import (
    EXISTS,
    TRANSIENT,
    Fail,
    Map,
    Parallel,
    Publish,
    PutItem,
    Same,
    State,
    Table,
    Task,
    Topic,
    Try,
    Workflow,
)

LAMBDA = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]


def only(state: State[Any, Any, Any]) -> dict[str, Any]:
    """The state as it stands in a definition."""
    definition = Workflow.standard("w", state).definition()
    found: dict[str, Any] = definition["States"][definition["StartAt"]]
    return found


CAUGHT = only(
    Task("Validate", validate).catch(
        Bad, output=lambda c: Rejected(id=c.input.messageId, why=f"{c.error}: {c.message}"), then=Same("Go on")
    )
)["Catch"][0]["Output"]
PLAIN = only(Task("Validate", validate).catch(Bad, output=lambda c: c.message, then=Same("Go on")))["Catch"][0][
    "Output"
]
LATE = "2026-01-01 Task timed out after 3.00 seconds"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("cause", "message"),
    [
        (json.dumps({"errorMessage": "too cold", "errorType": "Bad", "stackTrace": ["  File ..."]}), "too cold"),
        (
            json.dumps({"errorMessage": 'say "no" \\ /\n\t\u00e9\U0001f600', "errorType": "Bad"}),
            'say "no" \\ /\n\t\u00e9\U0001f600',
        ),
        (json.dumps({"errorMessage": "é😀", "errorType": "Bad"}, ensure_ascii=False), "é😀"),
        (f'{{"errorMessage":"{LATE}"}}', LATE),
        ('{"errorMessage": "", "errorType": "Bad"}', ""),
        ("The conditional request failed (Service: DynamoDb, Status Code: 400)", None),
        ("", None),
        ("null", None),
        ("{", None),
        ('{"errorMessage": "cut off', None),
        ('{"errorMessage": "bad \\x escape"}', None),
        ('{"errorMessage": 3}', None),
        ('{"why": "something else"}', None),
        ('it said {"errorMessage": "no"}', None),
    ],
)
def test_the_message_is_the_lambdas_or_else_the_cause(engine: str, cause: str, message: str | None) -> None:
    error = {"Error": "Bad", "Cause": cause}
    assert evaluate(PLAIN, engine, input={}, errorOutput=error) == (cause if message is None else message)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_caught_has_input_error_and_message(engine: str) -> None:
    error = {"Error": "Worse", "Cause": '{"errorMessage": "too cold", "errorType": "Worse"}'}
    caught = evaluate(CAUGHT, engine, input={"messageId": "m1", "body": ""}, errorOutput=error)
    assert caught == {"id": "m1", "why": "Worse: too cold"}


@pytest.mark.parametrize("engine", ENGINES)
def test_without_an_output_the_caught_itself_goes_on(engine: str) -> None:
    output = only(Task("Validate", validate).catch(Bad, then=Fail("No")))["Catch"][0]["Output"]
    error = {"Error": "Bad", "Cause": "no JSON"}
    caught = evaluate(output, engine, input={"messageId": "m1"}, errorOutput=error)
    assert caught == {"input": {"messageId": "m1"}, "error": "Bad", "cause": "no JSON", "message": "no JSON"}


def test_a_class_stands_for_its_subclasses_too() -> None:
    state = only(Task("Validate", validate).retry(Worse).catch(Bad, then=Fail("No")))
    assert state["Catch"][0]["ErrorEquals"] == ["Bad", "Worse"]
    assert state["Retry"][0]["ErrorEquals"] == ["Worse"]


def test_service_errors_of_a_task_are_retried_by_default() -> None:
    assert only(Task("Validate", validate))["Retry"] == [
        {
            "ErrorEquals": LAMBDA,
            "IntervalSeconds": 1,
            "MaxAttempts": 3,
            "BackoffRate": 2.0,
            "JitterStrategy": "FULL",
        }
    ]


def test_the_users_retry_comes_first_and_the_default_keeps_what_it_does_not_name() -> None:
    state = only(Task("Validate", validate).retry(Bad, LAMBDA[0], attempts=5, interval=2, backoff=1.5, jitter=False))
    assert state["Retry"] == [
        {"ErrorEquals": ["Bad", "Worse", LAMBDA[0]], "IntervalSeconds": 2, "MaxAttempts": 5, "BackoffRate": 1.5},
        {
            "ErrorEquals": LAMBDA[1:],
            "IntervalSeconds": 1,
            "MaxAttempts": 3,
            "BackoffRate": 2.0,
            "JitterStrategy": "FULL",
        },
    ]


def test_the_users_transient_replaces_the_default() -> None:
    state = only(Task("Validate", validate).retry(TRANSIENT, attempts=9, max_delay=60))
    assert [(r["ErrorEquals"], r["MaxAttempts"], r["MaxDelaySeconds"]) for r in state["Retry"]] == [(LAMBDA, 9, 60)]


def test_the_default_stands_before_states_all() -> None:
    state = only(Task("Validate", validate).retry("States.ALL", attempts=1))
    assert [r["ErrorEquals"] for r in state["Retry"]] == [LAMBDA, ["States.ALL"]]


def test_transient_means_the_errors_of_the_service() -> None:
    put = PutItem("Put", Table("items", Item), of=Item, item=lambda i: i).retry(TRANSIENT)
    published = Publish("Tell", Topic("t"), of=Item, message=lambda i: i.id)
    assert all(e.startswith("DynamoDB.") for e in only(put)["Retry"][0]["ErrorEquals"])
    assert "DynamoDB.ProvisionedThroughputExceededException" in only(put)["Retry"][0]["ErrorEquals"]
    assert only(published)["Retry"][0]["ErrorEquals"] == [
        "SNS.InternalErrorException",
        "SNS.ThrottledException",
        "SNS.KMSThrottlingException",
        "SNS.SdkClientException",
    ]
    tried = only(Try("All", Task("Validate", validate)).retry(TRANSIENT, attempts=1))
    assert {e.split(".")[0] for e in tried["Retry"][0]["ErrorEquals"]} == {"Lambda", "DynamoDB", "SNS"}


def test_scopes_have_no_retry_by_default() -> None:
    both = Parallel("Both", Task("A", summarize), Task("B", summarize))
    assert "Retry" not in only(both)
    assert "Retry" not in only(Try("Try", Task("A", summarize)))
    assert "Retry" not in only(Map("Map", Task("A", summarize), of=list[Reading], items=lambda r: r))


def test_a_conditional_put_can_be_caught() -> None:
    items = Table("items", Item)
    put = PutItem("Put", items, of=Item, item=lambda i: i, unless_exists=True).catch(
        EXISTS, output=lambda c: c.input, then=Same("There already")
    )
    assert only(put)["Catch"] == [
        {
            "ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"],
            "Output": "{% $states.input %}",
            "Next": "There already",
        }
    ]


def test_several_catchers_stand_in_order() -> None:
    state = only(
        Task("Validate", validate)
        .catch(Bad, output=lambda c: c.input, then=Same("Bad one"))
        .catch("States.ALL", then=Fail("No"))
    )
    found = [(c["ErrorEquals"], c["Next"]) for c in state["Catch"]]
    assert found == [(["Bad", "Worse"], "Bad one"), (["States.ALL"], "No")]


def test_a_catchers_output_may_ignore_the_error() -> None:
    state = only(Task("Validate", validate).catch(Bad, output=lambda c: Raw(messageId="none", body=""), then=Same("S")))
    assert state["Catch"][0]["Output"] == {"messageId": "none", "body": ""}
