"""Functions, state machines, pipes and schedules: made in the local AWS, and run."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.engine.properties import Archive
from local.resources.base import Unsupported

from .conftest import Make, zip_of

Clients = Callable[[str], Any]

CODE = zip_of(app="import os\ndef handler(event, context):\n    return {'got': event, 'stage': os.environ['STAGE']}\n")
PASS = json.dumps({"StartAt": "Same", "States": {"Same": {"Type": "Pass", "End": True}}})


def function(make: Make, role: str, name: str, **inputs: Any) -> Any:
    return make(
        "aws:lambda/function:Function",
        archive=CODE,
        name=name,
        role=role,
        runtime="python3.13",
        handler="app.handler",
        code=Archive(assets={}),
        architectures=["arm64"],
        memorySize=256,
        timeout=10,
        environment={"variables": {"STAGE": "test"}},
        tracingConfig={"mode": "PassThrough"},
        loggingConfig={"logFormat": "JSON", "logGroup": f"/aws/lambda/{name}", "applicationLogLevel": "INFO"},
        **inputs,
    )


def test_a_published_function_runs(make: Make, clients: Clients, role: str) -> None:
    made = function(make, role, "published", publish=True)
    assert made.id == "published"
    arn = "arn:aws:lambda:us-east-1:000000000000:function:published"
    assert made.outputs["arn"] == arn
    assert made.outputs["version"] == "1"
    assert made.outputs["qualifiedArn"] == f"{arn}:1"
    awslambda = clients("lambda")
    have = awslambda.get_function(FunctionName=made.outputs["qualifiedArn"])["Configuration"]
    assert have["CodeSha256"] == made.outputs["codeSha256"]
    assert have["MemorySize"] == 256
    assert have["LoggingConfig"]["LogGroup"] == "/aws/lambda/published"
    answer = awslambda.invoke(FunctionName=made.outputs["qualifiedArn"], Payload=b'{"a": 1}')
    assert json.loads(answer["Payload"].read()) == {"got": {"a": 1}, "stage": "test"}


def test_an_unpublished_function_is_latest(make: Make, role: str) -> None:
    made = function(make, role, "unpublished")
    assert made.outputs["version"] == "$LATEST"
    assert made.outputs["qualifiedArn"].endswith(":unpublished:$LATEST")


def test_a_function_without_a_zip_is_refused(make: Make, role: str) -> None:
    with pytest.raises(Unsupported, match="functions of a zip only; give code="):
        make("aws:lambda/function:Function", name="image", role=role)


def test_a_state_machine_its_version_and_alias(make: Make, clients: Clients, role: str) -> None:
    machine = make(
        "aws:sfn/stateMachine:StateMachine",
        name="express",
        type="EXPRESS",
        roleArn=role,
        definition=PASS,
        publish=True,
        loggingConfiguration={
            "logDestination": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/express:*",
            "level": "ALL",
            "includeExecutionData": True,
        },
        tracingConfiguration={"enabled": False},
    )
    arn = "arn:aws:states:us-east-1:000000000000:stateMachine:express"
    assert machine.id == machine.outputs["arn"] == arn
    assert machine.outputs["stateMachineVersionArn"] == f"{arn}:1"
    alias = make(
        "aws:sfn/alias:Alias",
        name="live",
        routingConfigurations=[{"stateMachineVersionArn": f"{arn}:1", "weight": 100}],
    )
    assert alias.outputs["arn"] == f"{arn}:live"
    states = clients("stepfunctions")
    have = states.describe_state_machine(stateMachineArn=arn)
    assert have["type"] == "EXPRESS"
    assert have["loggingConfiguration"]["level"] == "ALL"
    answer = states.start_sync_execution(stateMachineArn=alias.outputs["arn"], input='{"a": 1}')
    assert (answer["status"], json.loads(answer["output"])) == ("SUCCEEDED", {"a": 1})


def test_a_standard_state_machine_has_no_version_unless_published(make: Make, role: str) -> None:
    made = make("aws:sfn/stateMachine:StateMachine", name="standard", roleArn=role, definition=PASS)
    assert made.outputs["stateMachineVersionArn"] == ""
    assert made.outputs["type"] == "STANDARD"


def test_a_pipe_carries_messages(make: Make, clients: Clients, role: str) -> None:
    queue = make("aws:sqs/queue:Queue", name="piped")
    machine = make("aws:sfn/stateMachine:StateMachine", name="piped", type="EXPRESS", roleArn=role, definition=PASS)
    made = make(
        "aws:pipes/pipe:Pipe",
        name="pipe",
        description="Carries",
        desiredState="RUNNING",
        roleArn=role,
        source=queue.outputs["arn"],
        target=machine.id,
        sourceParameters={"sqsQueueParameters": {"batchSize": 10, "maximumBatchingWindowInSeconds": 0}},
        targetParameters={"stepFunctionStateMachineParameters": {"invocationType": "REQUEST_RESPONSE"}},
        logConfiguration={
            "level": "ERROR",
            "cloudwatchLogsLogDestination": {"logGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:/p"},
        },
    )
    assert made.outputs["arn"] == "arn:aws:pipes:us-east-1:000000000000:pipe/pipe"
    have = clients("pipes").describe_pipe(Name="pipe")
    assert have["Target"] == machine.id
    assert have["SourceParameters"]["SqsQueueParameters"]["BatchSize"] == 10
    assert have["TargetParameters"]["StepFunctionStateMachineParameters"]["InvocationType"] == "REQUEST_RESPONSE"
    sqs = clients("sqs")
    sqs.send_message(QueueUrl=queue.id, MessageBody="hello")
    wanted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    wait_until(
        lambda: set(sqs.get_queue_attributes(QueueUrl=queue.id, AttributeNames=wanted)["Attributes"].values()) == {"0"}
    )


def test_a_schedule(make: Make, clients: Clients, role: str) -> None:
    target = function(make, role, "scheduled", publish=True)
    made = make(
        "aws:scheduler/schedule:Schedule",
        name="sweeper",
        description="Sweeps",
        groupName="default",
        scheduleExpression="rate(5 minutes)",
        state="ENABLED",
        flexibleTimeWindow={"mode": "OFF"},
        target={
            "arn": target.outputs["qualifiedArn"],
            "roleArn": role,
            "input": '{"older_than_minutes": 15}',
            "retryPolicy": {"maximumRetryAttempts": 2, "maximumEventAgeInSeconds": 300},
        },
    )
    assert made.id == "default/sweeper"
    have = clients("scheduler").get_schedule(Name="sweeper", GroupName="default")
    assert have["Arn"] == made.outputs["arn"]
    assert have["ScheduleExpression"] == "rate(5 minutes)"
    assert have["Target"]["Arn"] == target.outputs["qualifiedArn"]
    assert have["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 2


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
