"""`python -m simulator`: mock configurations, scaled waits, a process of its own, and the command line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from click.testing import CliRunner

from simulator import Engine, VirtualClock
from simulator.__main__ import main
from simulator.integrations import AwsTasks
from simulator.mocks import BadMocks, MockedTasks, Mocks
from simulator.serve import Settings
from tests.simulator.support import machine
from tests.simulator.test_engine import add

#: AWS's own example, https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
EXAMPLE: dict[str, Any] = {
    "StateMachines": {
        "LambdaSQSIntegration": {
            "TestCases": {
                "HappyPath": {"LambdaState": "MockedLambdaSuccess", "SQSState": "MockedSQSSuccess"},
                "RetryPath": {"LambdaState": "MockedLambdaRetry", "SQSState": "MockedSQSSuccess"},
                "HybridPath": {"LambdaState": "MockedLambdaSuccess"},
            }
        }
    },
    "MockedResponses": {
        "MockedLambdaSuccess": {"0": {"Return": {"StatusCode": 200, "Payload": {"StatusCode": 200, "body": "Hello!"}}}},
        "MockedSQSSuccess": {"0": {"Return": {"MD5OfMessageBody": "3bcb6e8e", "MessageId": "3bcb6e8e"}}},
        "MockedLambdaRetry": {
            "0": {"Throw": {"Error": "Lambda.ResourceNotReadyException", "Cause": "Lambda resource is not ready."}},
            "1-2": {"Throw": {"Error": "Lambda.TimeoutException", "Cause": "Lambda timed out."}},
            "3": {"Return": {"StatusCode": 200, "Payload": {"StatusCode": 200, "body": "Hello!"}}},
        },
    },
}
FLOW = {
    "LambdaState": {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"Payload.$": "$", "FunctionName": "HelloWorldFunction"},
        "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}],
        "Next": "SQSState",
    },
    "SQSState": {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/myQueue", "MessageBody.$": "$"},
    },
}


def mocked_engine(config: dict[str, Any]) -> Engine:
    tasks = MockedTasks(Mocks(config), AwsTasks())
    engine = Engine(tasks, clock=VirtualClock())
    tasks.attach(engine)
    return engine


@pytest.mark.parametrize(("case", "seconds"), [("HappyPath", 0), ("RetryPath", 2 + 4 + 8)])
async def test_awss_example_runs_unchanged(case: str, seconds: int) -> None:
    engine = mocked_engine(EXAMPLE)
    arn = add(engine, "LambdaSQSIntegration", FLOW, language="JSONPath")
    execution = await engine.run(f"{arn}#{case}")
    assert execution.status == "SUCCEEDED", execution.run.cause
    assert execution.run.output == {"MD5OfMessageBody": "3bcb6e8e", "MessageId": "3bcb6e8e"}
    assert (execution.run.stopped_at or 0) - execution.run.started_at == seconds


async def test_states_that_are_not_mocked_call_what_they_would() -> None:
    engine = mocked_engine(EXAMPLE)
    arn = add(engine, "LambdaSQSIntegration", FLOW, language="JSONPath")
    hybrid = await engine.run(f"{arn}#HybridPath")
    assert hybrid.run.error == "States.Runtime"
    assert "sqs:sendMessage" in (hybrid.run.cause or "")


async def test_an_attempt_without_an_answer_says_so() -> None:
    short = {
        **EXAMPLE,
        "MockedResponses": {**EXAMPLE["MockedResponses"], "MockedLambdaRetry": {"0": {"Throw": {"Error": "E"}}}},
    }
    engine = mocked_engine(short)
    execution = await engine.run(add(engine, "LambdaSQSIntegration", FLOW, language="JSONPath") + "#RetryPath")
    assert "has no answer for attempt 1" in (execution.run.cause or "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"MockedResponses": {}}, "MockedResponses has no 'MockedLambdaSuccess'"),
        ({"StateMachines": []}, "StateMachines is missing or no object"),
        ({"MockedResponses": {"R": {"x": {"Return": 1}}}}, "write an attempt"),
        ({"MockedResponses": {"R": {"0": {}}}}, "write either Return or Throw"),
    ],
)
def test_bad_mock_files_are_told_apart(change: dict[str, Any], message: str) -> None:
    with pytest.raises(BadMocks, match=re.escape(message)):
        Mocks({**EXAMPLE, **change})


async def test_waits_are_scaled() -> None:
    engine = Engine(AwsTasks(), clock=VirtualClock(), wait_scale=0.1)
    execution = await engine.run(add(engine, "m", {"W": {"Type": "Wait", "Seconds": 100}}))
    assert (execution.run.stopped_at or 0) - execution.run.started_at == pytest.approx(10)


def test_step_functions_locals_environment() -> None:
    settings = Settings.from_environment(
        {"SFN_MOCK_CONFIG": "/m.json", "WAIT_TIME_SCALE": "0.5", "LAMBDA_ENDPOINT": "http://l", "AWS_ACCOUNT_ID": "1"}
    )
    assert (settings.mocks, settings.wait_scale, settings.lambda_endpoint, settings.account) == (
        Path("/m.json"),
        0.5,
        "http://l",
        "1",
    )
    with pytest.raises(ValueError, match="could not convert"):
        Settings.from_environment({"WAIT_TIME_SCALE": "fast"})


async def test_a_process_serves_the_api_and_goes_on_after_a_kill(tmp_path: Path) -> None:
    mocks = tmp_path / "mocks.json"
    mocks.write_text(json.dumps(EXAMPLE))
    environment = {**os.environ, "SFN_MOCK_CONFIG": str(mocks), "WAIT_TIME_SCALE": "0"}
    environment.pop("AWS_ENDPOINT_URL", None)
    command = [sys.executable, "-m", "simulator", "serve", "--port", "0", "--store", str(tmp_path / "s.db")]

    def start() -> tuple[subprocess.Popen[str], Any]:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert process.stdout is not None
        url = re.search(r"http://\S+", process.stdout.readline())
        assert url is not None
        client = boto3.client(
            "stepfunctions",
            endpoint_url=url.group(),
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(inject_host_prefix=False),
        )
        return process, client

    process, client = await asyncio.to_thread(start)
    try:
        arn = client.create_state_machine(
            name="LambdaSQSIntegration",
            definition=json.dumps(machine(FLOW, "JSONPath")),
            roleArn="arn:aws:iam::1:role/r",
        )["stateMachineArn"]
        started = client.start_execution(stateMachineArn=f"{arn}#HappyPath", name="n")
        while client.describe_execution(executionArn=started["executionArn"])["status"] == "RUNNING":
            await asyncio.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    process, client = await asyncio.to_thread(start)
    try:
        described = client.describe_execution(executionArn=started["executionArn"])
        assert (described["status"], described["name"]) == ("SUCCEEDED", "n")
        assert len(client.get_execution_history(executionArn=started["executionArn"])["events"]) > 5
    finally:
        process.terminate()
        process.wait(10)


def test_the_command_line_runs_a_definition(tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    file.write_text(json.dumps(machine({"P": {"Type": "Pass", "Output": "{% $states.input.a + 1 %}"}})))
    good = CliRunner().invoke(main, ["run", str(file), '{"a": 1}'])
    assert (good.exit_code, good.output) == (0, "2\n")
    failed = CliRunner().invoke(main, ["run", str(file), '{"a": "x"}'])
    assert failed.exit_code == 1
    assert "States.QueryEvaluationError" in failed.output
    file.write_text('{"StartAt": "X", "States": {}}')
    assert CliRunner().invoke(main, ["run", str(file)]).exit_code == 1


def test_running_a_definition_imports_no_server() -> None:
    code = "import sys; import simulator; "
    code += "print([m for m in ('boto3', 'uvicorn', 'starlette', 'pulumi', 'pydantic', 'rich') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True
    )
    assert done.stdout.strip() == "[]"
