"""Answers: what stands in for a task, checked against what the task is declared to give before anything runs.

A value, an exception (class or instance), `fails("SNS.ThrottledException")`, `After(seconds, ...)`, `NEVER`,
`in_turn(...)`, `REAL`, or a function of the task's input that returns or raises any of these.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator import After, StateError, TaskCall, TaskFailed

from ..diagnostics import Place, Problem, WorkflowError, did_you_mean
from ..error_names import ErrorGroup
from ..states.base import Part
from ..states.task import Task
from . import functions, raw, values
from .program import Program
from .raw import PAGE

Answer = Any
Answers = Mapping[Any, Answer]
"""What answers which state: a key is the state's name, or the state itself (keys of a Mapping cannot be a union)."""


class _Real:
    def __repr__(self) -> str:
        return "REAL"


REAL = _Real()
"""The real thing: the handler, the table; what answers where nothing else is said."""

NEVER = After(math.inf, None)
"""No answer at all, until the task times out."""


@dataclass(frozen=True)
class Raw:
    """A task's result as AWS gave it, which is not checked: a recording's, whose types may have changed since."""

    value: Any


@dataclass(frozen=True)
class ByCall:
    """A function of the call alone, whose input may not fit today's types."""

    fn: Callable[[TaskCall], Answer]


@dataclass(frozen=True)
class InTurn:
    """Answers of which each serves one attempt; after the last the task is answered by the real thing."""

    answers: tuple[Answer, ...]


def in_turn(*answers: Answer) -> InTurn:
    """One answer for each attempt, in the order in which attempts are made; then the real thing."""
    return InTurn(answers)


def fails(error: str | ErrorGroup | type[BaseException] | BaseException, cause: str = "") -> StateError:
    """A failure by its name, such as `SNS.ThrottledException` or EXISTS; an exception fails as Lambda reports it."""
    if isinstance(error, str):
        return TaskFailed(error, cause)
    if isinstance(error, ErrorGroup):
        return TaskFailed(error.names(None)[0], cause)
    return as_failure(error)


def as_failure(error: BaseException | type[BaseException]) -> StateError:
    """An exception as a task's failure."""
    made = error() if isinstance(error, type) else error
    return made if isinstance(made, StateError) else functions.failure(made)


def name_of(key: str | Part) -> str:
    """The name of a state that is named, or given itself."""
    return key.name if isinstance(key, Part) else key


class Script:
    """What answers an execution's tasks, where something other than the real thing does."""

    def __init__(self, program: Program, answers: Answers, place: Place) -> None:
        self.program = program
        self.place = place
        self._answers: dict[str, Answer] = {}
        self._left: dict[str, Iterator[Answer]] = {}
        problems: list[Problem] = []
        for key, answer in answers.items():
            name = name_of(key)
            self._answers[name] = answer
            problems += self._wrong(name, answer)
            if isinstance(answer, InTurn):
                self._left[name] = iter(answer.answers)
        if problems:
            raise WorkflowError(problems)

    def __contains__(self, name: object) -> bool:
        return name in self._answers

    def next(self, call: TaskCall) -> Answer:
        """What answers this attempt: any answer but InTurn."""
        if call.state in self._left:
            return next(self._left[call.state], REAL)
        return self._answers.get(call.state, REAL)

    # -------------------------------------------------------------- checks

    def _wrong(self, name: str, answer: Answer) -> Iterator[Problem]:
        states = (self.program.whole or self.program).states
        state = states.get(name)
        if state is None:
            hint = did_you_mean(name, [n for n, s in states.items() if s["Type"] == "Task"])
            yield Problem(self.place, f"`{self.program.name}` has no state `{name}` to answer", hint, PAGE)
        elif state["Type"] != "Task" and not ("ItemReader" in state or "ResultWriter" in state):
            tasks = [n for n, s in states.items() if s["Type"] == "Task"]
            what = f"`{name}` is a {state['Type']} state, and nothing answers it"
            yield Problem(self.place, what, f"answer a task: {', '.join(tasks[:8])}", PAGE)
        elif isinstance(answer, InTurn):
            for one in answer.answers:
                yield from self._wrong(name, one)
        elif isinstance(answer, After):
            yield from self._wrong(name, answer.result) if answer is not NEVER else ()
        elif not is_action(answer):
            try:
                self.result(name, answer)
            except WorkflowError as error:
                yield from error.problems

    def result(self, name: str, value: Any, by: Callable[..., Any] | None = None) -> Any:
        """The task's raw result, made of a value of its declared type. Raises WorkflowError for another value.

        by: the function that gave the value.
        """
        place = raw.place_of(by) if by is not None else self.place
        return raw.result(name, self.program.services.get(name), value, place)

    def given(self, call: TaskCall) -> Any:
        """What an answering function gets: a handler's input by its type, else the task's arguments."""
        state = self.program.services.get(call.state)
        if isinstance(state, Task):
            takes, _ = values.hints(state.function.fn)
            return values.read(takes, functions.given(functions.payload(call)))
        return call.arguments

    def ask(self, fn: Callable[..., Any] | ByCall, call: TaskCall) -> Any:
        """What an answering function says; it may take the call as a second parameter."""
        if isinstance(fn, ByCall):
            return fn.fn(call)
        count = len(inspect.signature(fn).parameters)
        return fn(*(self.given(call), call)[:count])


def is_action(answer: Answer) -> bool:
    """Whether an answer is something else than a value."""
    if answer is REAL or isinstance(answer, (BaseException, InTurn, After, ErrorGroup, Raw, ByCall)):
        return True
    if isinstance(answer, type):
        return issubclass(answer, BaseException)
    return inspect.isroutine(answer) or (callable(answer) and not hasattr(type(answer), "__pydantic_core_schema__"))


__all__ = ["NEVER", "REAL", "After", "Answer", "Answers", "InTurn", "Script", "fails", "in_turn"]
