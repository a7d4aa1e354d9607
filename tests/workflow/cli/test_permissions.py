"""`permissions`: what a role needs, for people, as IAM's policy and as JSON, of workflows and of plain ASL."""

from __future__ import annotations

import json
from pathlib import Path

from tests.workflow.cli.conftest import Run

TEXT = """The role of `shop` needs 2 statements:

Price: lambda:InvokeFunction
    ${function.price.unqualified}:*
Store: dynamodb:PutItem
    arn:${aws.partition}:dynamodb:${aws.region}:${aws.account}:table/${table.orders}
"""
BOUND = [
    "--bind", "aws.partition=aws", "--bind", "aws.region=eu-west-1", "--bind", "aws.account=123456789012",
    "--bind", "table.orders=orders-prod",
    "--bind", "function.price=arn:aws:lambda:eu-west-1:123456789012:function:price:7",
]  # fmt: skip


def test_for_people(run: Run) -> None:
    assert run("permissions", "app:shop").out == TEXT
    assert run("permissions", "app:small").out == "The role of `small` needs no statements.\n"


def test_the_policy(run: Run) -> None:
    said = json.loads(run("permissions", "app:shop", "--policy", *BOUND).out)
    price, store = said["Statement"]
    assert price["Resource"] == ["arn:aws:lambda:eu-west-1:123456789012:function:price:*"]
    assert store["Resource"] == ["arn:aws:dynamodb:eu-west-1:123456789012:table/orders-prod"]
    assert (store["Sid"], store["Action"]) == ("Store", ["dynamodb:PutItem"])


def test_json(run: Run) -> None:
    said = json.loads(run("permissions", "app:shop", "--json", "--logs").out)
    assert [s["states"] for s in said["statements"]][:2] == [["Price"], ["Store"]]
    assert any("logs:CreateLogDelivery" in s["actions"] for s in said["statements"])
    assert said["statements"][1]["source"].startswith("https://docs.aws.amazon.com/")
    assert len(said["policy"]["Statement"]) == len(said["statements"])


def test_bindings_are_all_or_nothing(run: Run) -> None:
    said = run("permissions", "app:shop", "--policy", *BOUND[:-2])
    assert said.code == 2
    assert said.err.endswith("Error: bind all or nothing: --bind is missing for function.price\n")
    said = run("permissions", "app:shop", "--bind", "table.order=x")
    assert said.err.endswith("Error: --bind table.order: the policy has no such symbol; did you mean `table.orders`?\n")


def test_plain_asl(run: Run, tmp_path: Path) -> None:
    send = {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "End": True,
            "Parameters": {"TopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts", "Message.$": "$"}}  # fmt: skip
    (tmp_path / "m.asl.json").write_text(json.dumps({"StartAt": "Send", "States": {"Send": send}}))
    assert run("permissions", "m.asl.json").out == (
        "The role of `m` needs 1 statement:\n\nSend: sns:Publish\n    arn:aws:sns:eu-west-1:123456789012:alerts\n"
    )


def test_a_mistake_is_told(run: Run) -> None:
    said = run("permissions", "mistake")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("mistake.py:12:")
