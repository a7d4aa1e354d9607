"""A definition that nobody here wrote: checked, bound, its permissions derived, simulated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.drive import simulate
from simulator.tasks import TaskCall
from tests.workflow.permissions.lint import lint
from workflow import ExpressWorkflow, StandardWorkflow, Workflow, WorkflowError

ORDERS = Path(__file__).parent / "orders.asl.json"

BINDINGS = {
    "OrdersTable": "orders",
    "PriceFunctionArn": "arn:aws:lambda:eu-central-1:111122223333:function:price:live",
    "RawBucket": "raw",
    "ShipMachineArn": "arn:aws:states:eu-central-1:111122223333:stateMachine:ship:live",
    "AlertsTopic": "arn:aws:sns:eu-central-1:111122223333:alerts",
}
PLACE = {"aws.partition": "aws", "aws.region": "eu-central-1", "aws.account": "111122223333", "self.name": "orders"}


def test_what_is_known_of_it() -> None:
    orders = Workflow.from_asl(ORDERS)
    assert isinstance(orders, StandardWorkflow)
    assert (orders.name, orders.kind, orders.timeout) == ("orders", "STANDARD", 300)
    assert orders.comment.startswith("Nobody here wrote it")
    assert orders.symbols == ("AlertsTopic", "OrdersTable", "PriceFunctionArn", "RawBucket", "ShipMachineArn")
    assert [*orders.functions, *orders.tables, *orders.topics, *orders.buckets] == []
    assert orders.warnings == ()
    assert orders.longest_seconds() == float("inf")


def test_placeholders_are_bound() -> None:
    orders = Workflow.from_asl(str(ORDERS), name="shop")
    assert orders.name == "shop"
    assert orders.definition() == json.loads(ORDERS.read_text())
    bound = orders.definition(BINDINGS)
    assert bound["States"]["Read order"]["Parameters"]["TableName"] == "orders"
    assert "${" not in orders.to_json(BINDINGS)
    with pytest.raises(KeyError, match="workflow `shop` needs bindings for AlertsTopic, RawBucket"):
        orders.definition({k: v for k, v in BINDINGS.items() if k not in ("AlertsTopic", "RawBucket")})


def test_its_role() -> None:
    permissions = Workflow.from_asl(ORDERS).permissions()
    assert list(lint(permissions.document()["Statement"])) == []
    policy = permissions.document({**BINDINGS, **PLACE})
    assert [(s["Sid"], s["Action"], s["Resource"]) for s in policy["Statement"]] == [
        ("ReadOrder", ["dynamodb:GetItem"], ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"]),
        ("Price", ["lambda:InvokeFunction"], ["arn:aws:lambda:eu-central-1:111122223333:function:price:live"]),
        ("EachFile", ["states:StartExecution"], ["arn:aws:states:eu-central-1:111122223333:stateMachine:orders"]),
        (
            "EachFile2",
            ["states:DescribeExecution", "states:StopExecution"],
            ["arn:aws:states:eu-central-1:111122223333:execution:orders:*"],
        ),
        (
            "EachFile3",
            ["states:RedriveExecution"],
            ["arn:aws:states:eu-central-1:111122223333:execution:orders/files:*"],
        ),
        ("EachFile4", ["s3:ListBucket"], ["arn:aws:s3:::raw"]),
        ("Copy", ["s3:PutObject"], ["arn:aws:s3:::raw/copy"]),
        ("Copy2", ["s3:GetObject"], ["arn:aws:s3:::*"]),
        ("Ship", ["states:StartExecution"], ["arn:aws:states:eu-central-1:111122223333:stateMachine:ship"]),
        (
            "Ship2",
            ["states:DescribeExecution", "states:StopExecution"],
            ["arn:aws:states:eu-central-1:111122223333:execution:ship:*"],
        ),
        (
            "Ship3",
            ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
            ["arn:aws:events:eu-central-1:111122223333:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"],
        ),
        ("Tell", ["sns:Publish"], ["arn:aws:sns:eu-central-1:111122223333:alerts"]),
    ]
    assert [why for _, why in permissions.wide] == ["CopySource is computed"]


def test_an_express_workflow() -> None:
    with pytest.raises(WorkflowError) as raised:
        Workflow.from_asl(ORDERS, express=True)
    assert [p.what for p in raised.value.problems] == [
        "an Express workflow has no Distributed Map",
        "an Express workflow cannot wait for states:startExecution.sync:2",
    ]


def test_an_express_workflow_that_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "hello.asl.json"
    file.write_text(json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))
    hello = Workflow.from_asl(file, express=True)
    assert isinstance(hello, ExpressWorkflow)
    assert hello.kind == "EXPRESS"


def test_all_its_mistakes_are_told_with_their_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "bad.asl.json"
    text = ORDERS.read_text().replace("dynamodb:getItem", "dynamodb:getItm")
    text = text.replace('"Next": "Tell"\n', '"Next": "Tel"\n')
    file.write_text(text)
    with pytest.raises(WorkflowError) as raised:
        Workflow.from_asl(file)
    lines = [line for line in str(raised.value).splitlines() if line.startswith("bad.asl.json:")]
    assert lines == [
        "bad.asl.json:8:19: Step Functions has no optimized integration of `dynamodb:getItm`; did you mean `getItem`?",
        "bad.asl.json:65:15: `Both` leads to `Tel`, which is no state of the same collection; did you mean `Tell`?",
    ]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "binary.asl.json"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(WorkflowError, match="this is no UTF-8"):
        Workflow.from_asl(file)
    with pytest.raises(FileNotFoundError):
        Workflow.from_asl(tmp_path / "missing.asl.json")


def test_it_is_simulated(tmp_path: Path) -> None:
    file = tmp_path / "small.asl.json"
    definition = json.loads(ORDERS.read_text())
    definition["States"]["Price"]["Next"] = "Tell"
    del definition["States"]["Both"]
    file.write_text(json.dumps(definition))
    told: list[Any] = []

    def answer(call: TaskCall) -> Any:
        if call.state == "Read order":
            return {"Item": {"total": {"N": "12"}}}
        if call.state == "Price":
            return 5
        told.append(call.arguments)
        return {"MessageId": "m"}

    run = simulate(Workflow.from_asl(file).definition(BINDINGS), {"id": "o-1"}, answer)
    assert run.status == "SUCCEEDED"
    assert told == [{"TopicArn": BINDINGS["AlertsTopic"], "Message": "o-1"}]
