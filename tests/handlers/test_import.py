"""Handlers are imported anywhere: without environment, region, credentials or the rest of the project; and quickly."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import handlers

ROOT = Path(handlers.__file__).parents[1]
MODULES = sorted(path.stem for path in Path(handlers.__file__).parent.glob("*.py") if path.stem != "__init__")


def run(code: str, **environment: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    """For every module of the handlers, imported alone with an empty environment: the top-level packages it loads."""
    code = f"""
import json, os, sys
found = {{}}
for name in {MODULES}:
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        __import__(f"handlers.{{name}}")
        os.write(writer, json.dumps(sorted({{m.split(".")[0] for m in sys.modules}})).encode())
        os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        found[name] = answer.read()
    assert os.waitpid(child, 0)[1] == 0, name
print(json.dumps({{name: json.loads(text) for name, text in found.items()}}))
"""
    modules: dict[str, list[str]] = run(code)
    return modules


@pytest.mark.parametrize("name", MODULES)
def test_importing_needs_and_loads_nothing_that_it_should_not(name: str, loaded: dict[str, list[str]]) -> None:
    unwanted = {"boto3", "workflow", "pulumi", "pulumi_aws", "simulator", "pipelines", "infrastructure", "local"}
    if name != "entry":
        unwanted |= {"botocore", "aws_lambda_powertools", "aws_xray_sdk"}
    assert not unwanted & set(loaded[name])


LAMBDA = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    "AWS_LAMBDA_FUNCTION_NAME": "summarise",
    "AWS_REGION": "us-east-1",
}

TRACED = """
import json
from types import SimpleNamespace
from aws_xray_sdk.core import xray_recorder
sent = []
if {capture}:
    xray_recorder.emitter = SimpleNamespace(send_entity=lambda entity: sent.append(json.loads(entity.serialize())))
from handlers import entry
from tests.handlers.messages import record
from handlers.validate import validate
context = SimpleNamespace(function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r")
event = dict(input=validate(record()).model_dump(), execution="arn:e", state="Summarise", attempt=1)
result = entry.summarise(event, context)
try:
    wrong = dict(messageId="m", body="canary-6b1f")
    entry.validate(dict(input=wrong, execution="arn:e", state="Validate", attempt=0), context)
except Exception as error:
    assert type(error).__name__ == "InvalidReading"
print(json.dumps(dict(result=result, sent=sent)))
"""


def test_tracing_without_a_daemon_harms_nothing() -> None:
    assert run(TRACED.format(capture=False), **LAMBDA)["result"]["storage"] == "chilled"


def test_traces_name_the_execution_and_hold_neither_input_nor_response() -> None:
    sent = run(TRACED.format(capture=True), **LAMBDA)["sent"]
    summarised, refused = sent
    assert summarised["annotations"] == {
        "execution": "arn:e",
        "state": "Summarise",
        "attempt": 1,
        "ColdStart": True,
        "Service": "symphony",
    }
    assert refused["fault"] is True
    text = json.dumps(sent)
    assert "dew_point" not in text and "chilled" not in text and "canary" not in text
