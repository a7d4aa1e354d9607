"""What a workflow's role may do: exactly what its states call, nothing else."""

from typing import Any

import pytest

from infrastructure.grants import tasks, workflow_statements
from infrastructure.iam import everywhere
from pipelines.telemetry import telemetry

ARNS = {
    "function.validate": "arn:aws:lambda:eu-central-1:1:function:validate:*",
    "table.readings": "arn:aws:dynamodb:eu-central-1:1:table/readings",
    "topic.alerts": "arn:aws:sns:eu-central-1:1:alerts",
}


def task(call: str, **arguments: object) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:${aws.partition}:states:::" + call,
        "Arguments": arguments,
        "End": True,
    }


def machine(**states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def test_one_statement_for_each_action_on_each_resource_named_after_its_states() -> None:
    definition = machine(
        Validate=task("lambda:invoke", FunctionName="${function.validate}"),
        **{
            "Read stored": task("dynamodb:getItem", TableName="${table.readings}"),
            "Mark": task("dynamodb:putItem", TableName="${table.readings}"),
            "Store": task("dynamodb:putItem", TableName="${table.readings}"),
        },
    )
    assert [(s["Sid"], s["Action"], s["Resource"]) for s in workflow_statements(definition, ARNS)] == [
        ("ReadStored", ["dynamodb:GetItem"], [ARNS["table.readings"]]),
        ("MarkAndStore", ["dynamodb:PutItem"], [ARNS["table.readings"]]),
        ("Validate", ["lambda:InvokeFunction"], [ARNS["function.validate"]]),
    ]


def test_states_inside_others_count() -> None:
    inner = machine(Alert=task("sns:publish", TopicArn="${topic.alerts}"))
    definition = machine(
        Each={
            "Type": "Map",
            "ItemProcessor": machine(Enrich={"Type": "Parallel", "Branches": [inner], "End": True}),
            "End": True,
        }
    )
    assert [name for name, _ in tasks(definition)] == ["Alert"]
    (statement,) = workflow_statements(definition, ARNS)
    assert (statement["Effect"], statement["Action"], statement["Sid"]) == ("Allow", ["sns:Publish"], "Alert")


def test_a_call_that_nobody_granted_is_refused() -> None:
    definition = machine(Purge=task("sqs:purgeQueue", QueueUrl="x"))
    with pytest.raises(ValueError, match=r"'Purge' calls sqs:purgeQueue; add its IAM action to infrastructure/grants"):
        workflow_statements(definition, ARNS)


@pytest.mark.parametrize("table", ["{% $states.input.table %}", None, "readings", "${table.readings}x"])
def test_a_computed_resource_is_refused(table: str | None) -> None:
    definition = machine(Look=task("dynamodb:getItem", TableName=table))
    with pytest.raises(ValueError, match="'Look': TableName is computed"):
        workflow_statements(definition, ARNS)


def test_a_resource_of_another_stack_is_refused() -> None:
    definition = machine(Look=task("dynamodb:getItem", TableName="${table.devices}"))
    with pytest.raises(ValueError, match=r"'Look' uses table\.devices, which this stack does not deploy"):
        workflow_statements(definition, ARNS)


def test_everything_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="WriteLogs: a statement on all resources needs its reason"):
        everywhere(["logs:CreateLogDelivery"], sid="WriteLogs", because="")


def test_the_telemetry_workflow_needs_these_and_no_more() -> None:
    """A state that calls something new fails here until somebody accepts it."""
    arns = {symbol: symbol for symbol in telemetry.symbols if symbol != "aws.partition"}
    needed = {(s["Action"][0], s["Resource"][0]) for s in workflow_statements(telemetry.definition(), arns)}
    assert needed == {
        ("lambda:InvokeFunction", "function.validate"),
        ("lambda:InvokeFunction", "function.summarise"),
        ("lambda:InvokeFunction", "function.quarantine"),
        ("dynamodb:GetItem", "table.devices"),
        ("dynamodb:GetItem", "table.readings"),
        ("dynamodb:PutItem", "table.readings"),
        ("dynamodb:PutItem", "table.repeats"),
        ("sns:Publish", "topic.alerts"),
    }
