"""States of any operation: what they render, what their results are, and callbacks."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any

import pytest
from pydantic import BaseModel

from tests.workflow.models import Enriched, Reading, Summary
from workflow import TRANSIENT, GetItem, Pass, Table, Topic, Workflow
from workflow.aws.sdk import optimized, sdk
from workflow.aws.symbols import Role
from workflow.resources import Symbol, Text


class Tasks(BaseModel):
    TaskArns: list[str]


class Answer(BaseModel):
    yes: bool


def task(state: Any, name: str | None = None) -> dict[str, Any]:
    """The one state of a workflow."""
    definition = Workflow.standard("w", state).definition()
    found: dict[str, Any] = definition["States"][name or state.name]
    return found


def test_arguments_are_written_in_pascal_case_whatever_the_api_calls_them() -> None:
    state = sdk("List", "ecs:listTasks", of=Reading, returns=Tasks, cluster=lambda r: r.device_id, maxResults=10)
    found = task(state)
    assert found["Resource"] == "arn:${aws.partition}:states:::aws-sdk:ecs:listTasks"
    assert found["Arguments"] == {"Cluster": "{% $states.input.device_id %}", "MaxResults": 10}


def test_members_inside_lambdas_and_constants_are_renamed_alike() -> None:
    by_lambda = sdk(
        "Run", "ecs:runTask", of=Reading, taskDefinition="t", tags=lambda r: [{"key": "device", "value": r.device_id}]
    )
    assert task(by_lambda)["Arguments"]["Tags"] == [{"Key": "device", "Value": "{% $states.input.device_id %}"}]
    constant = sdk("Run", "ecs:runTask", of=Reading, taskDefinition="t", tags=[{"key": "a", "value": "b"}])
    assert task(constant)["Arguments"]["Tags"] == [{"Key": "a", "Value": "b"}]
    each = sdk(
        "Run",
        "ecs:runTask",
        of=Enriched,
        taskDefinition="t",
        tags=lambda e: [{"key": "device", "value": x} for x in [e.reading.id, e.reading.device_id]],
    )
    text = json.dumps(task(each)["Arguments"]["Tags"])
    assert "'Key'" in text or '"Key"' in text
    assert "'key'" not in text and '"key"' not in text


def test_the_names_of_maps_are_left_alone() -> None:
    state = sdk(
        "Put",
        "dynamodb:putItem",
        of=Reading,
        TableName="t",
        Item={"id": {"S": lambda r: r.id}, "seen": {"BOOL": True}, "note": {"NULL": True}},
    )
    assert task(state)["Arguments"]["Item"] == {
        "id": {"S": "{% $states.input.id %}"},
        "seen": {"Bool": True},
        "note": {"Nul": True},
    }


def test_optimized_integrations_keep_the_names_of_the_api() -> None:
    state = optimized("Put", "dynamodb:putItem", of=Reading, TableName="t", Item={"seen": {"BOOL": True}})
    assert task(state)["Arguments"]["Item"] == {"seen": {"BOOL": True}}
    run = optimized("Run", "ecs:runTask.sync", of=Reading, taskDefinition="t", launchType="FARGATE")
    assert task(run)["Arguments"] == {"TaskDefinition": "t", "LaunchType": "FARGATE"}


def test_resources_are_symbols() -> None:
    readings, alerts = Table("readings", Reading), Topic("alerts")
    state = sdk("Scan", "dynamodb:describeTable", of=Reading, TableName=readings)
    tagged = sdk("Tag", "sns:listTagsForResource", of=Reading, ResourceArn=alerts)
    assert task(state)["Arguments"] == {"TableName": "${table.readings}"}
    assert task(tagged)["Arguments"] == {"ResourceArn": "${topic.alerts}"}
    named = sdk("Get", "s3:headObject", of=Reading, Bucket=Text(("raw-", Symbol("stack"))), Key=lambda r: r.id)
    workflow = Workflow.standard("w", named)
    assert workflow.symbols == ("aws.partition", "stack")
    assert workflow.definition({"aws.partition": "aws", "stack": "dev"})["States"]["Get"]["Arguments"]["Bucket"] == (
        "raw-dev"
    )


def test_an_enum_is_its_value() -> None:
    class Launch(Enum):
        FARGATE = "FARGATE"

    assert task(sdk("List", "ecs:listTasks", of=Reading, launchType=Launch.FARGATE))["Arguments"] == {
        "LaunchType": "FARGATE"
    }


def test_a_result_without_a_model_is_read_by_the_services_own() -> None:
    state = sdk("Scan", "dynamodb:describeTable", of=Reading, TableName="t").output(
        lambda r: r.Table.ItemCount if r.Table is not None else 0
    )
    assert "$states.result.Table.ItemCount" in task(state)["Output"]


def test_a_result_with_a_model_goes_on_as_that_model() -> None:
    listed = sdk("List", "ecs:listTasks", of=Reading, returns=Tasks)
    flow = listed >> Pass("Count", Tasks, lambda t: len(t.TaskArns))
    assert "$count($states.input.TaskArns)" in json.dumps(Workflow.standard("w", flow).definition())


def test_the_result_of_a_finished_job_is_the_users_word() -> None:
    class Run(BaseModel):
        JobRunState: str

    state = optimized("Run", "glue:startJobRun.sync", of=Reading, returns=Run, JobName="nightly")
    assert task(state.output(lambda r: r.JobRunState))["Output"] == "{% $states.result.JobRunState %}"


def test_a_callback_places_its_token_and_gives_what_the_answer_says() -> None:
    state = (
        optimized("Ask", "sqs:sendMessage", of=Reading, QueueUrl="https://sqs/q")
        .wait_for_token(returns=Answer, MessageBody=lambda r, token: {"reading": r.id, "token": token})
        .timeout(3600)
        .heartbeat(60)
        .output(lambda answer: answer.yes)
    )
    assert task(state) == {
        "Type": "Task",
        "Resource": "arn:${aws.partition}:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {
            "QueueUrl": "https://sqs/q",
            "MessageBody": {"reading": "{% $states.input.id %}", "token": "{% $states.context.Task.Token %}"},
        },
        "TimeoutSeconds": 3600,
        "HeartbeatSeconds": 60,
        "Output": "{% $states.result.yes %}",
        "End": True,
    }


@pytest.mark.parametrize(
    ("role", "written"),
    [
        ("arn:aws:iam::111122223333:role/reader", "arn:aws:iam::111122223333:role/reader"),
        (Symbol("role.reader"), "${role.reader}"),
        (lambda r: "arn:aws:iam::" + r.device_id + ":role/reader", "device_id"),
    ],
)
def test_a_call_with_another_role(role: Any, written: str) -> None:
    state = sdk("List", "ecs:listTasks", of=Reading).assume(role)
    assert written in task(state)["Credentials"]["RoleArn"]


def test_states_of_integrations_compare_by_what_they_say() -> None:
    def make(cluster: str) -> Any:
        return sdk("List", "ecs:listTasks", of=Reading, cluster=cluster)

    assert make("a") == make("a")
    assert make("a") != make("b")
    assert Summary is not None


def test_what_only_reads_is_tried_again_by_default() -> None:
    state = sdk("List", "ecs:listTasks", of=Reading)
    assert task(state)["Retry"][0]["ErrorEquals"] == ["Ecs.ServerException", "Ecs.SdkClientException"]
    run = sdk("Run", "ecs:runTask", of=Reading, taskDefinition="t")
    assert "Retry" not in task(run)
    assert task(run.retry(TRANSIENT, attempts=2))["Retry"][0]["ErrorEquals"] == [
        "Ecs.ServerException",
        "Ecs.SdkClientException",
    ]


def test_transient_errors_of_sdk_integrations_have_their_names() -> None:
    put = sdk("Put", "dynamodb:putItem", of=Reading, TableName="t", Item={}).retry(TRANSIENT)
    assert task(put)["Retry"][0]["ErrorEquals"] == [
        "DynamoDb.InternalServerErrorException",
        "DynamoDb.ProvisionedThroughputExceededException",
        "DynamoDb.RequestLimitExceededException",
        "DynamoDb.ThrottlingException",
        "DynamoDb.SdkClientException",
    ]


def test_every_task_may_assume_a_role() -> None:
    read = GetItem("Read", Table("readings", Reading), of=Reading, key=lambda r: r.id).assume(Role("reader")).timeout(5)
    workflow = Workflow.standard("w", read)
    assert workflow.definition()["States"]["Read"]["Credentials"] == {"RoleArn": "${role.reader}"}
    assert workflow.symbols == ("aws.partition", "role.reader", "table.readings")
    assert [s.actions for s in workflow.permissions().statements] == [("sts:AssumeRole",)]


def test_tokens_that_sdks_make_themselves_need_not_be_given() -> None:
    state = optimized("Start", "emr-serverless:startApplication", of=Reading, applicationId="a-1")
    assert task(state)["Arguments"] == {"ApplicationId": "a-1"}
    run = optimized(
        "Run",
        "emr-serverless:startJobRun.sync",
        of=Reading,
        applicationId="a-1",
        executionRoleArn="arn:aws:iam::111122223333:role/job",
    )
    assert "ClientToken" not in task(run)["Arguments"]
