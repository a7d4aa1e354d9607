"""Typed functions for chosen operations: what is written passes both checkers, and makes the states it says."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mypy import api

from tests.workflow.models import Reading
from workflow import Workflow
from workflow.aws import catalogue
from workflow.aws.catalogue import Unknown
from workflow.aws.typed import find, source

ROOT = Path(__file__).parents[3]
OPERATIONS = [
    "ecs:listTasks",
    "glue:startJobRun.sync",
    "glue:startJobRun",
    "dynamodb:describeTable",
    "aws-sdk:dynamodb:query",
    "states:startExecution",
    "http:invoke",
    "athena:getQueryResults",
]

USE = """from calls import (
    dynamodb_describe_table,
    ecs_list_tasks,
    glue_start_job_run_sync,
    http_invoke,
    states_start_execution,
)
from tests.workflow.models import Reading

ecs_list_tasks("List", of=Reading, cluster=lambda r: r.device_id, launchType="FARGATE").output(
    lambda r: r.TaskArns[0] if r.TaskArns else ""
)
dynamodb_describe_table("Look", of=Reading, TableName=lambda r: r.id)
states_start_execution("Start", of=Reading, stateMachineArn="arn", name=lambda r: r.id)
http_invoke("Call", of=Reading, ApiEndpoint="https://x", Method="GET")
ecs_list_tasks("List", of=Reading, clustre="x")  # clustre
ecs_list_tasks("List", of=Reading, launchType="FARGAT")  # FARGAT
ecs_list_tasks("List", of=Reading, cluster=lambda r: r.devise)  # devise
ecs_list_tasks("List", of=Reading).output(lambda r: r.TaskArn)  # TaskArn
dynamodb_describe_table("Look", of=Reading)  # TableName
glue_start_job_run_sync("Run", of=Reading, JobName="x", Timeout=lambda r: r.id)  # int
"""
WRONG = [(number, line.rpartition("# ")[2]) for number, line in enumerate(USE.splitlines(), 1) if "  # " in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("typed")
    (made / "calls.py").write_text(source(OPERATIONS))
    (made / "use.py").write_text(USE)
    return made


@pytest.fixture(scope="module")
def calls(folder: Path) -> Any:
    spec = importlib.util.spec_from_file_location("calls", folder / "calls.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["calls"] = module
    spec.loader.exec_module(module)
    return module


def test_mypy_accepts_what_is_written_and_refuses_mistakes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYPYPATH", f"{folder}:{ROOT}")
    options = ["--strict", "--explicit-package-bases", "--follow-imports=silent", "--no-error-summary"]
    out, err, _ = api.run([*options, str(folder / "calls.py"), str(folder / "use.py")])
    assert err == ""
    errors = [line for line in out.splitlines() if ": error: " in line]
    assert {int(line.split(":")[1]) for line in errors} == {number for number, _ in WRONG}
    assert all("use.py" in line for line in errors)
    for number, word in WRONG:
        assert any(f"use.py:{number}:" in line and word in line for line in errors), (number, word)


def test_pyright_accepts_what_is_written_and_refuses_mistakes(folder: Path) -> None:
    (folder / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT)], "pythonVersion": "3.11"}))
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson", "-p", str(folder)]
    out = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300).stdout
    errors = [d for d in json.loads(out)["generalDiagnostics"] if d["severity"] == "error"]
    assert {Path(d["file"]).name for d in errors} == {"use.py"}
    assert {d["range"]["start"]["line"] + 1 for d in errors} == {number for number, _ in WRONG}


def test_the_functions_make_the_states(calls: Any) -> None:
    listed = calls.ecs_list_tasks("List", of=Reading, cluster=lambda r: r.device_id).output(
        lambda r: r.TaskArns[0] if r.TaskArns else ""
    )
    state = Workflow.standard("w", listed).definition()["States"]["List"]
    assert state["Resource"].endswith(":aws-sdk:ecs:listTasks")
    assert state["Arguments"] == {"Cluster": "{% $states.input.device_id %}"}
    run = calls.glue_start_job_run_sync("Run", of=Reading, JobName="nightly")
    assert Workflow.standard("w", run).definition()["States"]["Run"]["Resource"].endswith(":glue:startJobRun.sync")


def test_every_optimized_operation_can_be_written() -> None:
    names = list(catalogue.optimized_operations())
    text = source(names)
    compile(text, "calls.py", "exec")
    assert text.count("\ndef ") == len(names) + 1  # and _given


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("glue:startJobRn", "`glue` has no operation `startJobRn`; did you mean `startJobRun`?"),
        ("emr:addStp", "`emr` has no operation `addStp`; it has addInstanceFleet, addInstanceGroups"),
        ("states:startExecuton", "Step Functions has no optimized integration of `states:startExecuton`"),
        ("ecs:listTask", "`ecs` has no operation `listTask`; did you mean `listTasks`?"),
        (
            "sqs:sendMessage.waitForTaskToken",
            "`sqs:sendMessage.waitForTaskToken` waits for a callback;"
            " write the call without the suffix, and .wait_for_token(...) behind it",
        ),
    ],
)
def test_what_is_not_offered_is_told(operation: str, said: str) -> None:
    with pytest.raises(Unknown) as raised:
        source([operation])
    assert str(raised.value).startswith(said)


def test_two_operations_of_one_name_are_told_apart() -> None:
    with pytest.raises(Unknown, match="would both be `dynamodb_put_item`"):
        source(["dynamodb:putItem", "aws-sdk:dynamodb:putItem"])
    assert find("dynamodb:putItem").sdk is False
    assert find("dynamodb:query").sdk is True
