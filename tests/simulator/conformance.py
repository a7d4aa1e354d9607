"""The adapter between the recorded executions' runner and the simulator: `tests.simulator.conformance:adapter`."""

from __future__ import annotations

import json
from typing import Any

from simulator.definition import compile_machine
from simulator.drive import simulate
from simulator.history import Event
from simulator.machine import Info
from simulator.tasks import TaskCall, TaskFailed
from simulator.validation import InvalidDefinition
from simulator.values import Value


def adapter(definition: dict[str, Any], value: Value, mocks: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """Run one record; tasks answer what AWS's did, attempt by attempt."""
    left = {state: list(answers) for state, answers in mocks.items()}
    calls: list[dict[str, Any]] = []

    def tasks(call: TaskCall) -> Value:
        if call.resource.service == "s3" and not left.get(call.state):
            return _read(call, (record.get("item_readers") or {}).get(call.state))
        calls.append({"state": call.state, "arguments": call.arguments})
        answer = left[call.state].pop(0)
        if "result" in answer:
            return answer["result"]
        raise TaskFailed(answer["error"], answer.get("cause"))

    try:
        machine = compile_machine(_in_order(definition, mocks))
    except InvalidDefinition as problem:
        return {"status": "INVALID", "cause": str(problem)}
    info = Info(
        "arn:aws:states:us-east-1:111111111111:execution:machine:run",
        "run",
        "arn:aws:iam::111111111111:role/role",
        "arn:aws:states:us-east-1:111111111111:stateMachine:machine",
        "machine",
        express=record.get("type") == "EXPRESS",
    )
    run = simulate(machine, value, tasks, info=info)
    return {
        "status": run.status,
        "output": run.output,
        "error": run.error,
        "cause": run.cause,
        "states": [event.details["name"] for event in run.events if event.type.endswith("StateEntered")],
        "exits": [_exit(event) for event in run.events if event.type.endswith("StateExited")],
        "calls": calls,
        "event_types": [event.type for event in run.events],
    }


def _read(call: TaskCall, objects: list[dict[str, Any]] | None) -> Value:
    """What S3 gives a reader; writers are told that all is well."""
    if not objects:
        return {}
    if call.resource.action.lower() == "listobjectsv2":
        return {"Contents": json.loads(objects[0]["body"])}
    return {"Body": objects[0]["body"]}


def _in_order(spec: Any, mocks: dict[str, Any]) -> Any:
    """The definition with Maps one item at a time where their tasks are retried: answers are recorded item by item."""
    if isinstance(spec, list):
        return [_in_order(item, mocks) for item in spec]
    if not isinstance(spec, dict):
        return spec
    made = {key: _in_order(item, mocks) for key, item in spec.items()}
    processor = spec.get("ItemProcessor") or spec.get("Iterator")
    if spec.get("Type") == "Map" and isinstance(processor, dict):
        failing = {name for name, answers in mocks.items() if any("error" in answer for answer in answers)}
        states = processor.get("States", {})
        if any(name in failing and "Retry" in state for name, state in states.items()):
            made.pop("MaxConcurrencyPath", None)
            made["MaxConcurrency"] = 1
    return made


def _exit(event: Event) -> dict[str, Any]:
    shown = {"name": event.details["name"], "output": json.loads(json.dumps(event.details["output"]))}
    if event.details.get("assignedVariables"):
        shown["assignedVariables"] = event.details["assignedVariables"]
    return shown
