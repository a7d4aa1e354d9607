"""Nested executions: `states:startExecution`, alone, with `.sync`, `.sync:2` or `.waitForTaskToken`.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from __future__ import annotations

import uuid
from typing import Any

from simulator.clock import iso
from simulator.executions import Engine, Execution
from simulator.faults import ApiError
from simulator.tasks import Submission, TaskCall, TaskFailed
from simulator.values import Value, load, text


async def start_execution(engine: Engine, call: TaskCall, request_id: str) -> Value:
    """Start an execution of another state machine of the same engine, and for `.sync` wait for its end.

    Raises TaskFailed: StepFunctions.* for a start that is refused, States.TaskFailed for one that did not succeed.
    """
    arguments: Any = call.arguments
    value = arguments.get("Input")
    given = value if isinstance(value, str) else text({} if value is None else value)
    try:
        execution = await _start(engine, arguments.get("StateMachineArn", ""), given, arguments.get("Name"), call)
    except ApiError as error:
        code = error.code if error.code.endswith("Exception") else f"{error.code}Exception"
        cause = (
            f"{error.message} (Service: AWSStepFunctions; Status Code: 400; Error Code: {error.code}; "
            f"Request ID: {request_id}; Proxy: null)"
        )
        raise TaskFailed(f"StepFunctions.{code}", cause) from None
    started = {
        "ExecutionArn": execution.arn,
        "SdkHttpMetadata": {"AllHttpHeaders": {}, "HttpHeaders": {}, "HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": request_id},
        "StartDate": iso(execution.run.started_at),
    }
    if call.resource.pattern == "request":
        return started
    if call.resource.pattern == "token":
        return Submission(started, None)
    return Submission(started, _finished(execution, parsed=call.resource.full_action.endswith("sync:2")))


async def _start(engine: Engine, arn: str, value: str, name: str | None, call: TaskCall) -> Execution:
    """Start the execution, or find the one that this very call started before the engine was killed."""
    own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{call.execution_arn}#{call.key}"))
    try:
        return await engine.start(arn, value, name or own)
    except ApiError as error:
        if name is None and error.code == "ExecutionAlreadyExists":
            machine = engine.machines.resolve(arn, engine.random).machine
            return engine.get(engine.arn("execution", machine.name, own))
        raise


async def _finished(execution: Execution, *, parsed: bool) -> Value:
    await execution.finished.wait()
    run = execution.run
    described: dict[str, Value] = {
        "ExecutionArn": execution.arn,
        "Input": load(execution.input) if parsed else execution.input,
        "InputDetails": {"Included": True},
        "Name": execution.name,
    }
    if run.status == "SUCCEEDED":
        described["Output"] = run.output if parsed else text(run.output)
        described["OutputDetails"] = {"Included": True}
        described["RedriveCount"] = run.redrives
        described["RedriveStatus"] = "NOT_REDRIVABLE"
        described["RedriveStatusReason"] = "Execution is SUCCEEDED and cannot be redriven"
    else:
        described["Cause"], described["Error"] = run.cause, run.error
        described["RedriveCount"] = run.redrives
        described["RedriveStatus"] = "REDRIVABLE"
    described["StartDate"] = iso(run.started_at)
    described["StateMachineArn"] = execution.machine.arn
    described["Status"] = run.status
    described["StopDate"] = iso(run.stopped_at or run.started_at)
    if execution.version_arn is not None:
        described["StateMachineVersionArn"] = execution.version_arn
    described = {key: value for key, value in described.items() if value is not None}
    if run.status != "SUCCEEDED":
        raise TaskFailed("States.TaskFailed", text(described))
    return described
