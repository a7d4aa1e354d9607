"""Executions per second: the simulator beside sfnx.testing and MiniStack, in one run on one machine.

Each runs the same four definitions in this process, tasks answered at once. MiniStack has no synchronous way in: its
executions are started and waited for as its own API does, its waits scaled to nothing. The engine's own rates, with and
without the durable store, and the cost per state as machines grow, follow.
"""

from __future__ import annotations

import asyncio
import json
import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sfnx import testing as sfnx

from simulator import Engine, TaskCall, compile_machine, simulate
from simulator.machines import Revision, StateMachine, compile_text
from simulator.sqlite import SqliteStore
from simulator.store import MemoryStore, Store
from simulator.values import Value

LAMBDA = "arn:aws:states:::lambda:invoke"


def machine(states: dict[str, Any]) -> dict[str, Any]:
    """A JSONata definition of these states, the last of which ends it."""
    return {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}


def row_of(count: int) -> dict[str, Any]:
    """Pass states in a row, each adding one."""
    return machine(
        {
            f"S{i}": {
                "Type": "Pass",
                "Output": "{% {'n': $states.input.n + 1} %}",
                **({"Next": f"S{i + 1}"} if i < count - 1 else {"End": True}),
            }
            for i in range(count)
        }
    )


def map_over() -> dict[str, Any]:
    """A Map whose items get one added each."""
    body = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Output": "{% $states.input + 1 %}", "End": True}}}
    return machine({"M": {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": body, "End": True}})


PASS = machine({"P": {"Type": "Pass", "End": True}})
ONE = machine(
    {
        "T": {
            "Type": "Task",
            "Resource": LAMBDA,
            "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"},
            "Output": "{% $states.result.Payload %}",
            "End": True,
        }
    }
)
CASES: dict[str, tuple[dict[str, Any], Value, int]] = {
    "Pass": (PASS, {"a": 1}, 500),
    "one Lambda": (ONE, {"a": 1}, 300),
    "Map over 1,000": (map_over(), list(range(1000)), 3),
    "900 states in a row": (row_of(900), {"n": 0}, 3),
}


def answer(call: Any) -> Value:
    """A function that returns its payload."""
    return {"Payload": call.arguments["Payload"]}


def rate(count: int, work: Callable[[], object]) -> float:
    """Runs per second, best of three rounds of `count`, after one to warm up."""
    work()
    best = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        for _ in range(count):
            work()
        best = max(best, count / (time.perf_counter() - begun))
    return best


def ministack(definition: dict[str, Any], value: Value) -> Callable[[], object]:
    """One execution in MiniStack's Step Functions, from start to end."""
    from ministack.services import stepfunctions as service

    logging.disable(logging.CRITICAL)
    service._SFN_WAIT_SCALE = 0
    service._invoke_resource = lambda resource, data, *rest: {"Payload": data.get("Payload")}
    service._invoke_resource_with_timeout = lambda resource, data, timeout: {"Payload": data.get("Payload")}
    name = f"m{abs(hash(json.dumps(definition)))}"
    made = service._create_state_machine(
        {"name": name, "definition": json.dumps(definition), "roleArn": "arn:aws:iam::123456789012:role/r"}
    )
    arn = json.loads(made[2])["stateMachineArn"]

    def work() -> object:
        started = json.loads(service._start_execution({"stateMachineArn": arn, "input": json.dumps(value)})[2])
        while True:
            shown = json.loads(service._describe_execution({"executionArn": started["executionArn"]})[2])
            if shown["status"] != "RUNNING":
                return shown["status"]
            time.sleep(0.001)

    return work


class Tasks:
    """Answers the engine's tasks."""

    async def run(self, call: TaskCall) -> Value:
        """Return the payload."""
        return answer(call)


async def engine_rate(store: Store, definition: dict[str, Any], kind: str) -> float:
    """Executions per second of an engine with a hundred at a time."""
    engine = Engine(Tasks(), store=store)
    arn = engine.arn("stateMachine", "m")
    text = json.dumps(definition)
    engine.machines.by_arn[arn] = StateMachine(
        arn, "m", kind, 0.0, 0.0, Revision("INITIAL", text, "arn:aws:iam::1:role/r", compile_text(text))
    )
    begun = time.perf_counter()
    for _ in range(10):
        await asyncio.gather(*(engine.run(arn, '{"a": 1}') for _ in range(100)))
    taken = time.perf_counter() - begun
    await engine.close()
    return 1000 / taken


def main() -> None:
    """Print the tables."""
    print(f"{'executions per second':24}{'simulator':>12}{'sfnx':>12}{'x':>7}{'MiniStack':>12}{'x':>7}")
    for name, (definition, value, count) in CASES.items():
        compiled = compile_machine(definition)
        ours = rate(count * 10, lambda c=compiled, v=value: simulate(c, v, answer))  # type: ignore[misc]
        theirs = rate(count, lambda d=definition, v=value: sfnx.run(d, v, answer))  # type: ignore[misc]
        mini = rate(max(count // 100, 1), ministack(definition, value))
        print(f"{name:24}{ours:12,.0f}{theirs:12,.0f}{ours / theirs:7.1f}{mini:12,.1f}{ours / mini:7.0f}")
    print(f"\n{'states in a row':24}{'us per state':>12}")
    for count in (100, 1_000, 10_000):
        compiled = compile_machine(row_of(count))
        per_state = 1e6 / rate(max(10_000 // count, 1), lambda c=compiled: simulate(c, {"n": 0})) / count  # type: ignore[misc]
        print(f"{count:<24,}{per_state:12.1f}")
    print(f"\n{'engine, one Lambda':24}{'per second':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for kind, label, store in (
            ("EXPRESS", "Express", MemoryStore()),
            ("STANDARD", "Standard, in memory", MemoryStore()),
            ("STANDARD", "Standard, durable", SqliteStore(Path(folder, "s.db"))),
        ):
            print(f"{label:24}{asyncio.run(engine_rate(store, ONE, kind)):12,.0f}")


if __name__ == "__main__":
    main()
