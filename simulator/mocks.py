"""Mocked service integrations: Step Functions Local's mock configuration files, unchanged.

`arn#TestCase` starts an execution whose mocked states answer what the file says, attempt by attempt; other states call
what they would call anyway.
https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.errors import RUNTIME
from simulator.executions import Engine
from simulator.tasks import Submission, TaskCall, TaskFailed, TaskRunner, submits
from simulator.values import Value, load


class BadMocks(ValueError):
    """The mock configuration cannot be used; the message says where and why."""


class Mocks:
    """A mock configuration: for each machine and test case, which state answers what at which attempt."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        responses = {name: _responses(name, spec) for name, spec in _table(config, "MockedResponses").items()}
        self._cases: dict[tuple[str, str], dict[str, dict[int, dict[str, Any]]]] = {}
        for machine, spec in _table(config, "StateMachines").items():
            for case, states in _table(spec, "TestCases", f"StateMachines/{machine}/").items():
                chosen: dict[str, dict[int, dict[str, Any]]] = {}
                for state, response in states.items():
                    if response not in responses:
                        place = f"StateMachines/{machine}/TestCases/{case}/{state}"
                        raise BadMocks(f"{place}: MockedResponses has no {response!r}")
                    chosen[state] = responses[response]
                self._cases[machine, case] = chosen

    @staticmethod
    def read(path: Path | str) -> Mocks:
        """Read a file. Raises BadMocks, OSError."""
        try:
            config = load(Path(path).read_bytes())
        except ValueError as error:
            raise BadMocks(f"{path} is no JSON: {error}") from None
        if not isinstance(config, dict):
            raise BadMocks(f"{path} holds no JSON object")
        return Mocks(config)

    def has(self, machine: str, case: str) -> bool:
        """Whether there is such a test case."""
        return (machine, case) in self._cases

    def answers(self, machine: str, case: str, state: str, attempt: int) -> Mapping[str, Any] | None:
        """A state's answer at an attempt, `{"Return": ..}` or `{"Throw": ..}`; None for a state that is not mocked.

        Raises TaskFailed for a mocked state without an answer for this attempt.
        """
        by_attempt = self._cases.get((machine, case), {}).get(state)
        if by_attempt is None:
            return None
        if attempt not in by_attempt:
            raise TaskFailed(
                RUNTIME, f"The mocked response of the state '{state}' has no answer for attempt {attempt}."
            )
        return by_attempt[attempt]


def _table(spec: Any, name: str, place: str = "") -> Mapping[str, Any]:
    table = spec.get(name) if isinstance(spec, dict) else None
    if not isinstance(table, dict):
        raise BadMocks(f"{place}{name} is missing or no object")
    return table


def _responses(name: str, spec: Any) -> dict[int, dict[str, Any]]:
    """A response's answers by attempt: "0", "1-3"."""
    if not isinstance(spec, dict):
        raise BadMocks(f"MockedResponses/{name} is no object")
    answers: dict[int, dict[str, Any]] = {}
    for attempts, answer in spec.items():
        place = f"MockedResponses/{name}/{attempts}"
        first, dash, last = attempts.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise BadMocks(f"{place}: write an attempt (0) or a range of attempts (1-3)")
        if not isinstance(answer, dict) or len(answer.keys() & {"Return", "Throw"}) != 1:
            raise BadMocks(f"{place}: write either Return or Throw")
        for attempt in range(int(first), int(last or first) + 1):
            answers[attempt] = answer
    return answers


class MockedTasks:
    """Answers mocked states by the configuration, and all others by the runner behind. Attach the engine."""

    def __init__(self, mocks: Mocks, behind: TaskRunner) -> None:
        self._mocks, self._behind = mocks, behind
        self._engine: Engine | None = None

    def attach(self, engine: Engine) -> None:
        """Have test cases looked up in this engine's executions."""
        self._engine = engine

    async def run(self, call: TaskCall) -> Value:
        """Answer a task. Raises TaskFailed."""
        execution = None if self._engine is None else self._engine.executions.get(call.execution_arn)
        if execution is not None and execution.test_case is not None:
            answer = self._mocks.answers(execution.machine.name, execution.test_case, call.state, call.attempt)
            if answer is not None:
                return _given(answer, call)
        return await self._behind.run(call)


def _given(answer: Mapping[str, Any], call: TaskCall) -> Value:
    if "Throw" in answer:
        failure = TaskFailed(answer["Throw"].get("Error"), answer["Throw"].get("Cause"))
        if submits(call.resource, failure.error):
            return Submission({}, _failed(failure))
        raise failure
    result = answer["Return"]
    if call.resource.pattern == "request":
        return result
    # A mocked `.sync` or `.waitForTaskToken` task is done as soon as it was submitted.
    return Submission(result, _done(result))


async def _failed(failure: TaskFailed) -> Value:
    raise failure


async def _done(result: Value) -> Value:
    return result
