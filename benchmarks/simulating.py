"""How many executions a second, beside sfnx.testing and MiniStack: one state, one function, many items, many states.

The same definitions everywhere, one execution after the other. In one process: the engine behind the API, whole tests
by workflow.testing, sfnx.testing. Through boto3: StartSyncExecution of the local AWS and of MiniStack, whose functions
run in worker processes. MiniStack sleeps 0.15 s in every execution, so few of its runs are measured.
"""

from __future__ import annotations

import asyncio
import io
import json
import platform
import tempfile
import time
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from sfnx import testing as sfnx

from benchmarks.ministack import alone
from local.aws.stack import LocalAws
from simulator import Engine, TaskCall
from simulator.machines import Revision, StateMachine, compile_text
from workflow.testing import Environment

ROLE = "arn:aws:iam::000000000000:role/bench"
SECONDS, LEAST = 1.0, 3
"""How long each is measured, and how many executions at least."""

HANDLER = "def step(event, context):\n    return {'total': event['total'] * 2}\n"


def chained(states: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A definition of these states in a row."""
    names = list(states)
    after = {name: {"Next": following} for name, following in pairwise(names)} | {names[-1]: {"End": True}}
    return {
        "QueryLanguage": "JSONata",
        "StartAt": names[0],
        "States": {name: {**state, **after[name]} for name, state in states.items()},
    }


def one_more() -> dict[str, Any]:
    return {"Type": "Pass", "Output": {"total": "{% $states.input.total + 1 %}"}}


CALL = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "step", "Payload": "{% $states.input %}"},
    "Output": "{% $states.result.Payload %}",
}
EACH = {
    "Type": "Map",
    "Items": "{% $states.input.items %}",
    "ItemProcessor": {
        "StartAt": "Double",
        "States": {"Double": {"Type": "Pass", "Output": "{% $states.input * 2 %}", "End": True}},
    },
}
CASES: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "Pass": (chained({"P": one_more()}), {"total": 1}, {"total": 2}),
    "one Lambda": (chained({"T": CALL}), {"total": 1}, {"total": 2}),
    "Map over 1,000 items": (chained({"M": EACH}), {"items": list(range(1000))}, list(range(0, 2000, 2))),
    "900 states in a row": (chained({f"s{i}": one_more() for i in range(900)}), {"total": 0}, {"total": 900}),
}
"""The definition, its input and its output."""


def step(event: dict[str, int]) -> dict[str, int]:
    """The function, for what calls Python directly."""
    return {"total": event["total"] * 2}


def rate(run: Callable[[], Any], expected: Any, seconds: float = SECONDS) -> float:
    """Executions a second; the first, which compiles and starts workers, is checked and not counted."""
    assert run() == expected
    count, started = 0, time.perf_counter()
    while count < LEAST or time.perf_counter() - started < seconds:
        run()
        count += 1
    return count / (time.perf_counter() - started)


class Tasks:
    """Answers the engine's task."""

    async def run(self, call: TaskCall) -> Any:
        return {"Payload": step(call.arguments["Payload"])}


def by_engine(definition: dict[str, Any], value: Any, expected: Any) -> float:
    """The engine, its store in memory, no API."""
    engine, text, given = Engine(Tasks()), json.dumps(definition), json.dumps(value)
    arn = engine.arn("stateMachine", "m")
    engine.machines.by_arn[arn] = StateMachine(arn, "m", "EXPRESS", 0, 0, Revision("1", text, ROLE, compile_text(text)))
    with asyncio.Runner() as runner:

        def run() -> Any:
            return runner.run(engine.run(arn, given)).run.output

        return rate(run, expected)


def by_testing(definition: dict[str, Any], value: Any, expected: Any) -> float:
    """workflow.testing, as tests use it."""
    environment = Environment(functions={"step": step})
    return rate(lambda: environment.run(definition, value).output, expected)


def by_sfnx(definition: dict[str, Any], value: Any, expected: Any) -> float:
    """sfnx.testing."""

    def tasks(call: Any) -> Any:
        return {"Payload": step(call.arguments["Payload"])}

    return rate(lambda: sfnx.run(definition, value, tasks).output, expected)


def by_api(client: Callable[[str], Any], name: str, case: tuple[dict[str, Any], Any, Any]) -> float:
    """StartSyncExecution through boto3."""
    definition, value, expected = case
    states, given = client("stepfunctions"), json.dumps(value)
    arn = states.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=ROLE, type="EXPRESS"
    )["stateMachineArn"]  # fmt: skip

    def run() -> Any:
        answer = states.start_sync_execution(stateMachineArn=arn, input=given)
        return json.loads(answer["output"]) if answer["status"] == "SUCCEEDED" else answer

    return rate(run, expected)


def make_function(client: Callable[[str], Any]) -> None:
    """The function, in a Lambda."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("step.py", HANDLER)
    client("lambda").create_function(
        FunctionName="step", Runtime="python3.13", Role=ROLE, Handler="step.step", Code={"ZipFile": code.getvalue()}
    )


def main() -> None:
    """Print the table."""
    rates: dict[str, list[float]] = {name: [] for name in CASES}
    for name, case in CASES.items():
        rates[name] += [by_engine(*case), by_testing(*case), by_sfnx(*case)]
    with LocalAws() as aws:
        make_function(aws.client)
        for number, (name, case) in enumerate(CASES.items()):
            rates[name].append(by_api(aws.client, f"m{number}", case))
    with tempfile.TemporaryDirectory() as folder, alone(Path(folder)) as peer:
        make_function(peer.client)
        for number, (name, case) in enumerate(CASES.items()):
            rates[name].append(by_api(peer.client, f"m{number}", case))
    peers = f"sfnx {version('sfnx')} and MiniStack {version('ministack')}"
    print(f"simulating, executions a second, Python {platform.python_version()}, beside {peers}")
    heads = ("engine", "testing", "sfnx", "ratio", "local AWS", "MiniStack", "ratio")
    print(f"  {'':24}" + "".join(f"{head:>11}" for head in heads))
    for name, (engine, testing, other, ours, theirs) in rates.items():
        shown = (*map(number_of, (engine, testing, other)), f"{testing / other:.1f}x")
        through = (number_of(ours), number_of(theirs), f"{ours / theirs:.1f}x")
        print(f"  {name:24}" + "".join(f"{cell:>11}" for cell in (*shown, *through)))


def number_of(rate: float) -> str:
    """A rate with as many digits as it has meaning."""
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


if __name__ == "__main__":
    main()
