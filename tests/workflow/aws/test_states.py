"""States of single services: what they render, what they pass on, and what the role needs for them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel

from tests.workflow.evaluate import ENGINES, evaluate
from tests.workflow.models import Reading, Summary
from tests.workflow.permissions.lint import lint
from workflow import TRANSIENT, Pass, Succeed, Table, Workflow
from workflow.aws.activities import RunActivity
from workflow.aws.dynamodb_query import Query
from workflow.aws.dynamodb_write import ABSENT, DeleteItem, UpdateItem
from workflow.aws.events import FAILED_ENTRY, PutEvent
from workflow.aws.executions import EXECUTION_EXISTS, CallExpress, RunExecution, StartExecution
from workflow.aws.functions import Invoke
from workflow.aws.http import CallHttp
from workflow.aws.s3 import NO_OBJECT, GetObject, PutObject
from workflow.aws.sqs import SendMessage
from workflow.aws.symbols import Activity, Bus, Connection, External, Queue
from workflow.records import Started
from workflow.resources import Bucket

ENGINE = pytest.mark.parametrize("engine", sorted(ENGINES))


class Order(BaseModel):
    id: str
    customer: str
    total: float
    paid: bool = False
    count: int = 0
    tags: set[str] = set()
    notes: list[str] = []
    expires: int | None = None


class Answer(BaseModel):
    yes: bool


orders = Table("orders", Order)
child = Workflow.standard("child", Pass("Decide", Order, lambda o: Answer(yes=o.total > 5)))
quick = Workflow.express("quick", Pass("Decide", Order, lambda o: Answer(yes=o.total > 5)), timeout=10)


def rendered(state: Any) -> dict[str, Any]:
    """The one state of a workflow, whose permissions exist."""
    workflow = Workflow.standard("w", state)
    assert list(lint(workflow.permissions().document()["Statement"])) == []
    found: dict[str, Any] = workflow.definition()["States"][state.name]
    return found


def permitted(state: Any) -> list[tuple[str, ...]]:
    return [s.actions for s in Workflow.standard("w", state).permissions().statements]


# ---------------------------------------------------------------- DynamoDB


def test_an_update_is_made_of_the_models_fields() -> None:
    state = UpdateItem(
        "Mark",
        orders,
        of=Order,
        key=lambda o: o.id,
        set={"paid": True, "customer": lambda o: o.customer.upper()},
        add={"count": 1},
        append={"notes": lambda o: o.customer},
        remove=["expires"],
        when={"paid": False},
    )
    arguments = rendered(state)["Arguments"]
    assert arguments["UpdateExpression"] == (
        "SET #paid = :paid, #customer = :customer, #notes = list_append(if_not_exists(#notes, :none), :notes)"
        " REMOVE #expires ADD #count :count"
    )
    assert arguments["ConditionExpression"] == "attribute_exists(#id) AND #paid = :when_paid"
    assert arguments["Key"] == {"id": {"S": "{% $states.input.id %}"}}
    assert arguments["ExpressionAttributeValues"] == {
        ":paid": {"BOOL": True},
        ":customer": {"S": "{% $uppercase($states.input.customer) %}"},
        ":notes": {"L": [{"S": "{% $states.input.customer %}"}]},
        ":none": {"L": []},
        ":count": {"N": "1"},
        ":when_paid": {"BOOL": False},
    }
    used = set(arguments["ExpressionAttributeNames"])
    assert used == {"#paid", "#customer", "#notes", "#count", "#expires", "#id"}
    assert permitted(state) == [("dynamodb:UpdateItem",)]


def test_an_update_may_make_the_item() -> None:
    state = UpdateItem("Count", orders, of=Order, key=lambda o: o.id, add={"count": 1}, must_exist=False)
    assert "ConditionExpression" not in rendered(state)["Arguments"]


def test_an_item_that_is_not_there_can_be_caught() -> None:
    state = DeleteItem("Drop", orders, of=Order, key=lambda o: o.id, when={"count": lambda o: o.count}).catch(
        ABSENT, output=lambda c: c.input.id, then=Succeed("Gone before")
    )
    found = rendered(state)
    assert found["Arguments"]["ConditionExpression"] == "#count = :when_count"
    assert found["Catch"][0]["ErrorEquals"] == ["DynamoDB.ConditionalCheckFailedException"]
    assert permitted(state) == [("dynamodb:DeleteItem",)]


@ENGINE
def test_a_query_reads_models(engine: str) -> None:
    state = Query("Find", orders, of=Order, by="customer", index="by-customer", value=lambda o: o.customer)
    found = rendered(state)
    assert found["Resource"].endswith(":aws-sdk:dynamodb:query")
    assert found["Arguments"]["KeyConditionExpression"] == "#customer = :value"
    item = {
        "id": {"S": "o-1"},
        "customer": {"S": "c"},
        "total": {"N": "1.5"},
        "paid": {"Bool": True},
        "tags": {"Ss": ["a"]},
        "notes": {"L": [{"S": "n"}]},
    }
    output = evaluate(found["Output"], engine, result={"Items": [item, item]})
    assert [Order.model_validate(o).total for o in output] == [1.5, 1.5]
    assert output[0] == {
        "id": "o-1",
        "customer": "c",
        "total": 1.5,
        "paid": True,
        "count": 0,
        "tags": ["a"],
        "notes": ["n"],
        "expires": None,
    }
    assert evaluate(found["Output"], engine, result={"Items": []}) == []


@ENGINE
def test_a_query_that_is_cut_off_fails_unless_it_has_a_limit(engine: str) -> None:
    whole = Query("Find", orders, of=Order, value=lambda o: o.id)
    page = {"Items": [], "LastEvaluatedKey": {"id": {"S": "x"}}}
    with pytest.raises(Exception, match="has more items than come at once: give a limit"):
        evaluate(rendered(whole)["Output"], engine, result=page)
    first = Query("Find", orders, of=Order, value=lambda o: o.id, limit=1, newest_first=True)
    found = rendered(first)
    assert found["Arguments"]["Limit"] == 1
    assert found["Arguments"]["ScanIndexForward"] is False
    assert evaluate(found["Output"], engine, result=page) == []


# ---------------------------------------------------------------- SQS, EventBridge


def test_a_message_is_data_or_text() -> None:
    state = SendMessage(
        "Send",
        Queue("jobs"),
        of=Order,
        body=lambda o: {"order": o.id},
        delay=10,
        attributes={"customer": lambda o: o.customer, "kind": "order"},
    )
    found = rendered(state)
    assert found["Arguments"] == {
        "QueueUrl": "${queue.jobs}",
        "MessageBody": {"order": "{% $states.input.id %}"},
        "DelaySeconds": 10,
        "MessageAttributes": {
            "customer": {"DataType": "String", "StringValue": "{% $states.input.customer %}"},
            "kind": {"DataType": "String", "StringValue": "order"},
        },
    }
    assert found["Output"] == "{% $states.input %}"
    assert permitted(state) == [("sqs:SendMessage",)]


def test_messages_of_a_fifo_queue_have_a_group() -> None:
    state = SendMessage(
        "Send", Queue("jobs.fifo"), of=Order, body="go", group=lambda o: o.customer, deduplication=lambda o: o.id
    )
    arguments = rendered(state)["Arguments"]
    assert arguments["MessageGroupId"] == "{% $states.input.customer %}"
    assert arguments["MessageDeduplicationId"] == "{% $states.input.id %}"


def test_a_question_waits_for_its_answer() -> None:
    state = (
        SendMessage("Ask", Queue("questions"), of=Order)
        .wait_for_token(returns=Answer, body=lambda o, token: {"order": o.id, "token": token})
        .timeout(86_400)
    )
    found = rendered(state >> Pass("Next", Answer, lambda a: a.yes))
    assert found["Resource"].endswith(":sqs:sendMessage.waitForTaskToken")
    assert found["Arguments"]["MessageBody"]["token"] == "{% $states.context.Task.Token %}"
    assert "Output" not in found


def test_an_event_fails_if_the_bus_does_not_take_it() -> None:
    state = PutEvent(
        "Tell", Bus("orders"), of=Order, source="shop", type="Ordered", detail=lambda o: {"id": o.id}
    ).retry(FAILED_ENTRY)
    found = rendered(state)
    assert found["Arguments"]["Entries"] == [
        {
            "Source": "shop",
            "DetailType": "Ordered",
            "Detail": {"id": "{% $states.input.id %}"},
            "EventBusName": "${bus.orders}",
        }
    ]
    assert found["Retry"][0]["ErrorEquals"] == ["EventBridge.FailedEntry"]
    default = PutEvent("Tell", of=Order, source="shop", type="Ordered", detail=lambda o: o)
    statement = Workflow.standard("w", default).permissions().document()["Statement"][0]
    assert statement["Resource"] == ["arn:${aws.partition}:events:${aws.region}:${aws.account}:event-bus/default"]


# ---------------------------------------------------------------- nested workflows


def test_an_execution_is_started_once_by_its_name() -> None:
    state = StartExecution("Start", child, of=Order, input=lambda o: o, execution=lambda o: o.id).catch(
        EXECUTION_EXISTS, output=lambda c: c.input.id, then=Succeed("Ran before")
    )
    found = rendered(state)
    assert found["Arguments"] == {
        "StateMachineArn": "${workflow.child}",
        "Input": "{% $states.input %}",
        "Name": "{% $states.input.id %}",
    }
    assert Workflow.standard("w", state).symbols == ("aws.partition", "workflow.child")


def test_what_was_started_is_known() -> None:
    state = StartExecution("Start", child, of=Order, input=lambda o: o) >> Pass(
        "Arn", Started, lambda s: s.ExecutionArn
    )
    assert Workflow.standard("w", state).definition()["States"]["Arn"]["Output"] == "{% $states.input.ExecutionArn %}"
    assert Started("a", datetime(2026, 1, 1)).ExecutionArn == "a"


def test_an_execution_that_is_waited_for_gives_what_the_workflow_gives() -> None:
    state = RunExecution("Run", child, of=Order, input=lambda o: o).output(lambda answer, o: answer.yes and o.paid)
    found = rendered(state)
    assert found["Resource"].endswith(":states:startExecution.sync:2")
    assert found["Output"] == "{% $states.result.Output.yes and $states.input.paid %}"
    assert permitted(state) == [
        ("states:StartExecution",),
        ("states:DescribeExecution", "states:StopExecution"),
        ("events:PutTargets", "events:PutRule", "events:DescribeRule"),
    ]


@ENGINE
def test_an_express_workflow_is_called(engine: str) -> None:
    state = CallExpress("Call", quick, of=Order, input=lambda o: o)
    found = rendered(state >> Pass("Next", Answer, lambda a: a.yes))
    assert found["Resource"].endswith(":aws-sdk:sfn:startSyncExecution")
    answered = {"Status": "SUCCEEDED", "Output": json.dumps({"yes": True})}
    assert evaluate(found["Output"], engine, result=answered) == {"yes": True}
    failed = {"Status": "FAILED", "Error": "Bad", "Cause": "no price"}
    with pytest.raises(Exception, match="the Express workflow failed:  FAILED Bad no price"):
        evaluate(found["Output"], engine, result=failed)
    assert permitted(state) == [("states:StartSyncExecution",)]


# ---------------------------------------------------------------- Lambda, S3, HTTP, activities


def test_a_function_of_others() -> None:
    state = Invoke("Legacy", External("legacy"), of=Order, returns=Summary, payload=lambda o: {"id": o.id})
    found = rendered(state.output(lambda s: s.text))
    assert found["Arguments"] == {"FunctionName": "${external.legacy}", "Payload": {"id": "{% $states.input.id %}"}}
    assert found["Output"] == "{% $states.result.Payload.text %}"
    assert found["Retry"][0]["ErrorEquals"][0] == "Lambda.ClientExecutionTimeoutException"
    whole = Invoke("Legacy", "arn:aws:lambda:eu-central-1:1:function:legacy:7", of=Order, returns=Summary)
    assert rendered(whole)["Arguments"]["Payload"] == "{% $states.input %}"
    statement = Workflow.standard("w", whole).permissions().document()["Statement"][0]
    assert statement["Resource"] == ["arn:aws:lambda:eu-central-1:1:function:legacy:7"]


def test_a_function_that_answers_later() -> None:
    state = Invoke("Ask", External("ask"), of=Order, returns=Answer).wait_for_token(
        returns=Answer, payload=lambda o, token: {"order": o.id, "token": token}
    )
    found = rendered(state.timeout(60).output(lambda a: a.yes))
    assert found["Output"] == "{% $states.result.yes %}"


@ENGINE
def test_objects(engine: str) -> None:
    read = GetObject("Read", Bucket("raw"), of=Order, key=lambda o: f"{o.id}.json", returns=Summary)
    found = rendered(read)
    assert evaluate(found["Output"], engine, result={"Body": '{"text": "hello"}'}) == {"text": "hello"}
    text = rendered(GetObject("Read", Bucket("raw"), of=Order, key=lambda o: o.id))
    assert text["Output"] == "{% $states.result.Body %}"
    assert NO_OBJECT == "S3.NoSuchKeyException"
    write = PutObject("Keep", Bucket("raw"), of=Order, key=lambda o: o.id, body=lambda o: o, unless_exists=True)
    assert rendered(write)["Arguments"] == {
        "Bucket": "${bucket.raw}",
        "Key": "{% $states.input.id %}",
        "Body": "{% $states.input %}",
        "IfNoneMatch": "*",
    }
    assert permitted(read) == [("s3:GetObject",)]
    assert permitted(write) == [("s3:PutObject",)]


def test_an_http_endpoint() -> None:
    state = CallHttp(
        "Charge",
        Connection("bank"),
        of=Order,
        returns=Summary,
        url="https://bank.example/charges",
        method="POST",
        body=lambda o: {"sum": o.total},
        headers={"Idempotency-Key": lambda o: o.id},
        query={"dry": "no"},
    )
    found = rendered(state.output(lambda s: s.text))
    assert found["Arguments"] == {
        "ApiEndpoint": "https://bank.example/charges",
        "Method": "POST",
        "Authentication": {"ConnectionArn": "${connection.bank}"},
        "Headers": {"Idempotency-Key": "{% $states.input.id %}"},
        "QueryParameters": {"dry": "no"},
        "RequestBody": {"sum": "{% $states.input.total %}"},
    }
    assert found["Output"] == "{% $states.result.ResponseBody.text %}"
    statement = Workflow.standard("w", state).permissions().document()["Statement"][0]
    assert statement["Condition"] == {
        "StringEquals": {"states:HTTPMethod": "POST"},
        "StringLike": {"states:HTTPEndpoint": "https://bank.example/charges"},
    }


def test_an_activity() -> None:
    state = RunActivity("Review", Activity("review"), of=Reading, returns=Answer, input=lambda r: {"id": r.id})
    found = rendered(state.heartbeat(60).output(lambda a: a.yes))
    assert found["Resource"] == "${activity.review}"
    assert found["Arguments"] == {"id": "{% $states.input.id %}"}
    assert found["HeartbeatSeconds"] == 60
    workflow = Workflow.standard("w", state.timeout(60))
    assert workflow.symbols == ("activity.review", "aws.partition")
    assert workflow.permissions().statements == ()


def test_transient_errors_of_optimized_integrations() -> None:
    sent = SendMessage("Send", Queue("jobs"), of=Order, body="go").retry(TRANSIENT)
    assert rendered(sent)["Retry"][0]["ErrorEquals"] == ["SQS.SdkClientException"]
    called = CallHttp("Call", Connection("bank"), of=Order, returns=Summary, url="https://bank.example").retry(
        TRANSIENT
    )
    assert rendered(called)["Retry"][0]["ErrorEquals"] == [
        "States.Http.Socket",
        "States.Http.StatusCode.429",
        "States.Http.StatusCode.502",
        "States.Http.StatusCode.503",
        "States.Http.StatusCode.504",
    ]
