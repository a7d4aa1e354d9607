"""The AWS CLI as a client of `simulator serve`, where an `aws` is found: `make aws-cli` puts one into .tools."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.serve import Settings, serve
from tests.simulator.support import LAMBDA, machine

ROOT = Path(__file__).parents[2]
CLI = shutil.which(ROOT / ".tools" / "aws" / "bin" / "aws") or shutil.which("aws")
pytestmark = pytest.mark.skipif(CLI is None, reason="no AWS CLI: `make aws-cli`, or have `aws` on PATH")

Aws = Callable[..., Awaitable[Any]]
ROLE = "arn:aws:iam::123456789012:role/r"
CHAIN = machine({"A": {"Type": "Pass", "Output": "{% $states.input.n + 1 %}", "Next": "B"}, "B": {"Type": "Succeed"}})
TOKEN = {"T": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:work"}}


@pytest.fixture
async def aws(tmp_path: Path) -> AsyncIterator[Aws]:
    """Runs `aws stepfunctions ...` against a served simulator: its JSON, or None; fails the test if the CLI does."""
    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(Settings(port=0), ready))
    port = await ready
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # sync-127.0.0.1 is no host
        "AWS_PAGER": "",
    }

    async def run(*arguments: str, fails: bool = False) -> Any:
        process = await asyncio.create_subprocess_exec(
            str(CLI),
            "stepfunctions",
            *arguments,
            "--output",
            "json",
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        assert (process.returncode != 0) is fails, err.decode()
        return err.decode() if fails else json.loads(out) if out.strip() else None

    yield run
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def create(aws: Aws, name: str, definition: Any, *more: str) -> str:
    made = await aws(
        "create-state-machine", "--name", name, "--role-arn", ROLE, "--definition", json.dumps(definition), *more
    )
    return str(made["stateMachineArn"])


async def test_executions_are_started_described_listed_and_their_histories_read(aws: Aws) -> None:
    arn = await create(aws, "chain", CHAIN)
    started = await aws("start-execution", "--state-machine-arn", arn, "--name", "one", "--input", '{"n": 1}')
    execution = started["executionArn"]
    history = await aws("get-execution-history", "--execution-arn", execution, "--page-size", "2")
    assert [event["type"] for event in history["events"]] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "SucceedStateEntered",
        "SucceedStateExited",
        "ExecutionSucceeded",
    ]
    described = await aws("describe-execution", "--execution-arn", execution)
    assert (described["status"], described["output"]) == ("SUCCEEDED", "2")
    listed = await aws("list-executions", "--state-machine-arn", arn, "--status-filter", "SUCCEEDED")
    assert [one["name"] for one in listed["executions"]] == ["one"]
    again = await aws("start-execution", "--state-machine-arn", arn, "--name", "one", "--input", '{"n": 2}', fails=True)
    assert "ExecutionAlreadyExists" in again


async def test_versions_aliases_and_synchronous_express_executions(aws: Aws) -> None:
    arn = await create(aws, "express", CHAIN, "--type", "EXPRESS", "--publish", "--version-description", "first")
    changed = json.dumps(machine({"A": {"Type": "Pass", "Output": "changed"}}))
    updated = await aws("update-state-machine", "--state-machine-arn", arn, "--definition", changed)
    assert updated["revisionId"]
    version = await aws("publish-state-machine-version", "--state-machine-arn", arn)
    assert version["stateMachineVersionArn"] == f"{arn}:2"
    route = json.dumps([{"stateMachineVersionArn": f"{arn}:1", "weight": 100}])
    alias = await aws("create-state-machine-alias", "--name", "live", "--routing-configuration", route)
    old = await aws("start-sync-execution", "--state-machine-arn", alias["stateMachineAliasArn"], "--input", '{"n": 4}')
    new = await aws("start-sync-execution", "--state-machine-arn", arn)
    assert (old["status"], old["output"], new["output"]) == ("SUCCEEDED", "5", '"changed"')
    listed = await aws("list-state-machine-versions", "--state-machine-arn", arn)
    assert len(listed["stateMachineVersions"]) == 2


async def test_an_activitys_worker_sends_its_success(aws: Aws) -> None:
    await aws("create-activity", "--name", "work")
    arn = await create(aws, "asks", machine(TOKEN))
    started = await aws("start-execution", "--state-machine-arn", arn, "--input", '{"job": 1}')
    activity = TOKEN["T"]["Resource"]
    given = await aws("get-activity-task", "--activity-arn", activity, "--worker-name", "w")
    assert json.loads(given["input"]) == {"job": 1}
    await aws("send-task-heartbeat", "--task-token", given["taskToken"])
    await aws("send-task-success", "--task-token", given["taskToken"], "--task-output", '{"done": true}')
    described = await aws("describe-execution", "--execution-arn", started["executionArn"])
    assert (described["status"], described["output"]) == ("SUCCEEDED", '{"done":true}')
    late = await aws("send-task-failure", "--task-token", given["taskToken"], fails=True)
    assert "TaskTimedOut" in late or "TaskDoesNotExist" in late


async def test_a_state_is_tested_and_a_bad_definition_refused(aws: Aws) -> None:
    state = json.dumps({"Type": "Task", "Resource": LAMBDA, "ResultSelector": {"v.$": "$.Payload"}, "End": True})
    mock = json.dumps({"result": json.dumps({"Payload": 5, "StatusCode": 200})})
    tested = await aws("test-state", "--definition", state, "--input", "{}", "--mock", mock)
    assert (tested["status"], json.loads(tested["output"])) == ("SUCCEEDED", {"v": 5})
    bad = json.dumps(machine({"A": {"Type": "Pass", "Next": "Nowhere"}}))
    refused = await aws("create-state-machine", "--name", "bad", "--role-arn", ROLE, "--definition", bad, fails=True)
    assert "InvalidDefinition" in refused
    assert "Missing 'Next' target: Nowhere at /States/A/Next" in refused
