"""Test cases made of executions: the input, and what each task answered, by state, item and attempt.

    case = record(recorded(Path("execution.json")))
    case.save(Path("tests/cases/late-alert.json"))
    Case.load(Path("tests/cases/late-alert.json")).check(telemetry)     # against today's definition

What was recorded answers today's tasks; nothing of AWS is called, and no handler runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from simulator import After, TaskCall, TaskFailed

from ..definition import Workflow
from ..diagnostics import caller_place
from .answers import NEVER, ByCall, Raw
from .environment import Environment
from .program import Plain, program
from .result import Result

Out = TypeVar("Out", covariant=True)


class Changed(AssertionError):
    """Today's definition does something else with the same input and answers; says what."""


class NoAnswer(Changed):
    """Today's definition calls a task that the recording does not answer."""


@dataclass(frozen=True)
class Recorded:
    """What one attempt of a task was answered. `at`: the indices of the items and branches that it stood in."""

    state: str
    at: tuple[int, ...]
    result: Any = None
    error: str | None = None
    cause: str | None = None
    seconds: float = 0.0
    stopped: bool = False
    """Whether the execution, or what the task stood in, ended before it was answered."""


@dataclass(frozen=True)
class Case:
    """An execution to repeat. `path` are all states in the order in which they were entered."""

    input: Any
    answers: tuple[Recorded, ...]
    status: str
    output: Any = None
    error: str | None = None
    path: tuple[str, ...] = ()

    def run(self, what: Workflow[Any, Out] | Plain) -> Result[Any]:
        """Run today's definition with the recorded input and answers. Raises NoAnswer for a task not recorded."""
        tasks = [name for name, state in program(what, {}, caller_place()).states.items() if state["Type"] == "Task"]
        return Environment().run(what, self.input, answers=dict.fromkeys(tasks, ByCall(self._answering())))

    def _answering(self) -> Callable[[TaskCall], Any]:
        """Answers calls by what was recorded, each once, by state, item and attempt."""
        left: dict[tuple[str, tuple[int, ...]], list[Recorded]] = {}
        for answer in self.answers:
            left.setdefault((answer.state, answer.at), []).append(answer)

        def answered(call: TaskCall) -> Any:
            waiting = left.get((call.state, call.path), [])
            if not waiting:
                where = f" at {', '.join(map(str, call.path))}" if call.path else ""
                raise NoAnswer(f"`{call.state}`{where} is called, and the recording has no (further) answer for it")
            one = waiting.pop(0)
            if one.stopped:
                return NEVER
            outcome: Any = Raw(one.result) if one.error is None else TaskFailed(one.error, one.cause)
            return After(one.seconds, outcome) if one.seconds > 0 else outcome

        return answered

    def check(self, what: Workflow[Any, Out] | Plain) -> Result[Any]:
        """The same, and fail where status, output, error or path differ. Raises Changed."""
        __tracebackhide__ = True
        result = self.run(what)
        said: list[str] = []
        if result.status != self.status:
            said.append(f"it {result.status}, and {self.status} was recorded")
        if result.json != self.output:
            said.append(f"it gave {_short(result.json)}, and {_short(self.output)} was recorded")
        if result.error != self.error:
            said.append(f"its error is {result.error}, and {self.error} was recorded")
        if tuple(result.states) != self.path:
            said += result.states.compared(self.path)
        if said:
            raise Changed("\n".join([*said, repr(result)]))
        return result

    def save(self, file: Path) -> None:
        """Write it as JSON that people can read and change."""
        file.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @staticmethod
    def load(file: Path) -> Case:
        """Read what `save` wrote."""
        data = json.loads(file.read_text(encoding="utf-8"))
        answers = tuple(Recorded(**{**answer, "at": tuple(answer["at"])}) for answer in data.pop("answers"))
        return Case(**{**data, "answers": answers, "path": tuple(data["path"])})


def record(result: Result[Any]) -> Case:
    """The test case of an execution, of AWS or of the simulator. Raises ValueError for one that goes on."""
    if result.status == "RUNNING":
        raise ValueError("the execution goes on; record it when it has ended")
    answers = tuple(
        Recorded(visit.name, visit.at, a.result, a.error if a.failed else None, a.cause, a.seconds, a.ended is None)
        for visit in result.visits
        if visit.kind == "Task"
        for a in visit.attempts
    )
    return Case(result.input, answers, result.status, result.json, result.error, tuple(result.states))


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:197]}..."
