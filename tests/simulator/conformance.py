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
        reader = (record.get("item_readers") or {}).get(call.state)
        if not left.get(call.state) and reader:
            return {"Body": reader[0]["body"]}
        calls.append({"state": call.state, "arguments": call.arguments})
        answer = left[call.state].pop(0)
        if "result" in answer:
            return answer["result"]
        raise TaskFailed(answer["error"], answer.get("cause"))

    try:
        machine = compile_machine(definition)
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


def _exit(event: Event) -> dict[str, Any]:
    shown = {"name": event.details["name"], "output": json.loads(json.dumps(event.details["output"]))}
    if event.details.get("assignedVariables"):
        shown["assignedVariables"] = event.details["assignedVariables"]
    return shown
