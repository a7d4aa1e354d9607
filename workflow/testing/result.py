"""Result: what an execution came to, whoever ran it, and the questions that tests ask of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from . import history, values
from .history import Attempt, Branch, Event, Story, Visit
from .path import Path, duration
from .program import GIVEN, Program

Out = TypeVar("Out", covariant=True)


class NotSucceeded(AssertionError):
    """The output was asked for, but the execution has none; says the path, the error and the cause."""


class Result(Generic[Out]):
    """An execution's end, or how far it came. Typed by what the workflow gives."""

    def __init__(
        self,
        events: Sequence[Event],
        *,
        program: Program | None = None,
        name: str = "execution",
        children: history.Children | None = None,
        failure: BaseException | None = None,
    ) -> None:
        self.events = events
        """The history, as GetExecutionHistory gives it."""
        self.program = program
        self.name = name
        self.children = children or {}
        """The histories of Distributed Maps' child executions, by the ARN of the Map Run."""
        self.failure = failure
        """The last exception that a handler raised, with its Python traceback."""

    @cached_property
    def story(self) -> Story:
        """The history, read."""
        ends = self.program.ends if self.program is not None else {}
        story = history.read(self.events, self.children, ends)
        if story.visits and story.visits[0].name == GIVEN:
            del story.visits[0], story.root.visits[0]
        return story

    # -------------------------------------------------------------- the end

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self.story.status

    @property
    def output(self) -> Out:
        """What the execution gave, as its declared type. Raises NotSucceeded, with the path, if it gave nothing."""
        __tracebackhide__ = True
        if self.status != "SUCCEEDED":
            raise NotSucceeded(f"the execution did not succeed\n{self!r}") from self.failure
        gives = self.program.gives if self.program is not None else None
        try:
            output: Out = values.read(values.annotation(gives), self.json)
        except ValidationError as error:
            said = values.why(error)
            raise NotSucceeded(f"the output is not what {self.name} gives: {said}\n{self.json!r}") from error
        return output

    @property
    def json(self) -> Any:
        """The output as JSON data; None unless it succeeded."""
        return self.story.output

    @property
    def input(self) -> Any:
        """What the execution was given, as JSON data."""
        return self.story.input

    @property
    def error(self) -> str | None:
        """The error's name; None if it succeeded or goes on."""
        return self.story.error

    @property
    def cause(self) -> str | None:
        """The text beside the error."""
        return self.story.cause

    @property
    def message(self) -> str:
        """The cause for people: the errorMessage of a Lambda's, else the cause itself."""
        try:
            document = json.loads(self.cause or "")
        except ValueError:
            return self.cause or ""
        return str(document.get("errorMessage", self.cause)) if isinstance(document, dict) else self.cause or ""

    # -------------------------------------------------------------- time

    @property
    def started(self) -> datetime:
        """When it began; virtual time in a simulated execution."""
        return self.story.started

    @property
    def ended(self) -> datetime | None:
        """When it ended; None while it goes on."""
        return self.story.ended

    @property
    def took(self) -> timedelta:
        """How long it took, or has taken by its last event."""
        last = history.moment(self.events[-1]["timestamp"]) if self.events else self.started
        return (self.ended or last) - self.started

    # -------------------------------------------------------------- states

    @property
    def path(self) -> Path:
        """The states that followed one another, those inside of others left out."""
        return self.story.root.path

    @property
    def states(self) -> Path:
        """Every state that was entered, in order, those inside of others included."""
        return Path(visit.name for visit in self.visits)

    @property
    def visits(self) -> Sequence[Visit]:
        """Every time that a state was entered, in order."""
        return self.story.visits

    def entries(self, name: str) -> list[Visit]:
        """Every time that this state was entered."""
        return [visit for visit in self.visits if visit.name == name]

    def state(self, name: str, *at: int) -> Visit:
        """The one time that this state was entered; `at`: the last indices of the branches and items it stands in.

        Raises LookupError if there was none, or more than one.
        """
        found = [v for v in self.entries(name) if v.at[len(v.at) - len(at) :] == at]
        if len(found) == 1:
            return found[0]
        where = f" at {', '.join(map(str, at))}" if at else ""
        times = f"was entered {len(found)} times{where}: say which by its index" if found else f"was not entered{where}"
        raise LookupError(f"`{name}` {times}\n{self!r}")

    def items(self, name: str) -> list[Branch]:
        """The items of a Map, or the branches of a Parallel, of its one visit."""
        return self.state(name).inside

    def calls(self, name: str) -> list[Attempt]:
        """Every attempt of a state, of all times that it was entered."""
        return [attempt for visit in self.entries(name) for attempt in visit.attempts]

    def assert_path(self, expected: Sequence[object]) -> None:
        """Fail unless these states followed one another; `...` stands for any number of them."""
        __tracebackhide__ = True
        self.path.check(expected)

    def __repr__(self) -> str:
        took = self.took.total_seconds()
        head = f"{self.name} {self.status}{f' after {duration(took)}' if took else ''}"
        lines = [head, *self.path.tree()]
        if self.error is not None or self.cause is not None:
            lines.append(f"{self.error or '(no error name)'}: {self.message}")
        return "\n".join(lines)
