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

from pydantic import ValidationError

from simulator import After, StateError, TaskCall, TaskFailed

from ..aws.dynamodb import GetItem
from ..diagnostics import Place, Problem, WorkflowError, did_you_mean, short_path
from ..error_names import ErrorGroup
from ..expressions import kinds
from ..expressions.nodes import Field, Node, Var
from ..states.base import Part
from ..states.task import Task
from ..states.working import Service
from . import functions, tables, values
from .program import Program

Answer = Any
Answers = Mapping[Any, Answer]
"""What answers which state: a key is the state's name, or the state itself (keys of a Mapping cannot be a union)."""

PAGE = "answer"


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
        state = self.program.services.get(name)
        place = _place_of(by) if by is not None else self.place
        if state is None:
            return self._plain(name, value, place)
        if isinstance(state, Task):
            _, gives = values.hints(state.function.fn)
            return {"ExecutedVersion": "1", "Payload": _checked(name, gives, value, place), "StatusCode": 200}
        if isinstance(state, GetItem):
            return _item(name, state, value, place)
        fields = _below_result(state.result.node)
        if fields is None:
            return _raw(name, state, value, place)
        annotation = values.annotation(state.result.kind)
        made = _checked(name, annotation, value, place) if annotation is not Any else _json(name, value, place)
        for field in reversed(fields):
            made = {field: made}
        return made

    def _plain(self, name: str, value: Any, place: Place) -> Any:
        return _json(name, value, place)

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


def _checked(name: str, annotation: Any, value: Any, place: Place) -> Any:
    try:
        return values.write(annotation, value)
    except ValidationError as error:
        what = f"`{name}` is answered with {_shown(value)}, but it gives {_type(annotation)}: {values.why(error)}"
        raise WorkflowError([Problem(place, what, _instead(annotation, value), PAGE)]) from None


def _item(name: str, state: GetItem[Any, Any], value: Any, place: Place) -> Any:
    """GetItem's result: of a model, of None, or as DynamoDB's API has it."""
    if value is None:
        return {}
    if isinstance(value, dict) and value.keys() <= {"Item", "ConsumedCapacity"}:
        return value
    _checked(name, state.table.of, value, place)
    return {"Item": tables.marshalled(state.table.of, value)}


def _raw(name: str, state: Service[Any, Any], value: Any, place: Place) -> Any:
    """A result that the definition reads in its own way, such as PutItem's: what the service answers."""
    made = _json(name, value, place)
    if isinstance(made, dict) or made is None:
        return made or {}
    what = f"`{name}` ({state.resource}) is answered with {_shown(value)}, but a service answers with an object"
    instead = f"write fails({value!r})" if isinstance(value, str) and "." in value else "give {} or what AWS answers"
    raise WorkflowError([Problem(place, what, instead, PAGE)])


def _json(name: str, value: Any, place: Place) -> Any:
    try:
        return values.to_json(value)
    except Exception as error:
        what = f"`{name}` is answered with {_shown(value)}, which has no JSON form: {error}"
        raise WorkflowError([Problem(place, what, "give JSON data or a model", PAGE)]) from None


def _below_result(node: Node) -> list[str] | None:
    """The fields of a path below `$states.result`; None for anything else."""
    fields: list[str] = []
    while isinstance(node, Field):
        fields.insert(0, node.name)
        node = node.of
    return fields[1:] if isinstance(node, Var) and node.name == "states" and fields[:1] == ["result"] else None


def _instead(annotation: Any, value: Any) -> str:
    if isinstance(value, str) and annotation is not str:
        return f"give one, or write fails({value!r})"
    return f"give a {_type(annotation)}"


def _type(annotation: Any) -> str:
    return kinds.show(kinds.from_annotation(annotation)) if annotation is not Any else "anything"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _place_of(fn: Callable[..., Any]) -> Place:
    code = getattr(fn, "__code__", None)
    return Place(code.co_filename, code.co_firstlineno) if code is not None else Place(short_path("?"), 1)


__all__ = ["NEVER", "REAL", "After", "Answer", "Answers", "InTurn", "Script", "fails", "in_turn"]
