"""What a workflow's role may do: what the workflow's permissions say, bound to this stack, or nothing is deployed."""

from typing import Any, cast

import pulumi
import pytest

from infrastructure.account import Account
from infrastructure.iam import everywhere
from infrastructure.settings import Settings
from infrastructure.state_machine import StateMachineArgs, statements_of, tasks
from pipelines.telemetry import telemetry
from tests.infrastructure.plans import PlanOf, statements
from workflow import ExpressWorkflow, Same, Workflow
from workflow.aws.sdk import sdk


class Observed:
    """The one setting that the role depends on."""

    tracing = False


def args(workflow: ExpressWorkflow[Any, Any], **bindings: str) -> StateMachineArgs:
    known = {key.replace("__", "."): value for key, value in bindings.items()}
    account = Account(*(pulumi.Output.from_input(text) for text in ("1", "eu-central-1", "aws")))
    return StateMachineArgs(cast(Settings, Observed()), account, workflow, bindings=known, arns={})


def task(call: str, **arguments: object) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:${aws.partition}:states:::" + call, "Arguments": arguments, "End": True}


def test_states_inside_others_count() -> None:
    inner = {"StartAt": "Alert", "States": {"Alert": task("sns:publish", TopicArn="${topic.alerts}")}}
    parallel = {"StartAt": "Enrich", "States": {"Enrich": {"Type": "Parallel", "Branches": [inner], "End": True}}}
    definition = {"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemProcessor": parallel, "End": True}}}
    assert [name for name, _ in tasks(definition)] == ["Alert"]


def test_statements_stand_in_the_order_of_the_states_and_bear_their_names(plan_of: PlanOf) -> None:
    policy = plan_of("dev").one("aws:iam/rolePolicy:RolePolicy", "telemetry-policy").inputs["policy"]
    assert [statement["Sid"] for statement in statements(policy)] == [
        "Validate",
        "Summarise",
        "LookUpDevice",
        "StoreAndMarkSent",
        "ReadStored",
        "Quarantine",
        "Alert",
        "RecordRepeat",
        "Logs",
        "Traces",
    ]


async def test_a_computed_resource_is_refused() -> None:  # Outputs want an event loop
    look = sdk("Look", "dynamodb:scan", of=str, TableName=lambda name: name)
    workflow = Workflow.express("looking", look.timeout(5) >> Same("Done"), timeout=60)
    with pytest.raises(ValueError, match=r"workflow looking cannot be the least: Look: .*; say by \.allow"):
        statements_of(args(workflow), "looking")


async def test_a_resource_of_another_stack_is_refused() -> None:
    with pytest.raises(ValueError, match=r"workflow telemetry uses function\.quarantine, .*which this stack does not"):
        statements_of(args(telemetry, table__devices="devices"), "telemetry")


def test_everything_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="WriteLogs: a statement on all resources needs its reason"):
        everywhere(["logs:CreateLogDelivery"], sid="WriteLogs", because="")
