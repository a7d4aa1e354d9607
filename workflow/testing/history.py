"""A history read as what happened: branches of visits to states, each with its attempts.

Events are those of GetExecutionHistory, whoever recorded them, so a simulated execution and one of AWS read alike.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from . import values
from .path import Path, Taken

Event = Mapping[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")


@dataclass
class Attempt:
    """One attempt of a state's work. Times are aware datetimes, virtual ones in a simulated execution."""

    state: str
    number: int
    """0 at first, then the number of the retry."""
    started: datetime
    arguments: Any = None
    """What was asked for: the evaluated Arguments of a Task; None of a Parallel or a Map."""
    result: Any = None
    """The raw result."""
    failed: bool = False
    error: str | None = None
    cause: str | None = None
    ended: datetime | None = None
    submitted: bool = False
    """Whether the request was accepted and the result comes later."""

    @property
    def input(self) -> Any:
        """What the handler got, where the Task calls one."""
        payload = self.arguments.get("Payload") if isinstance(self.arguments, dict) else None
        return payload["input"] if isinstance(payload, dict) and "input" in payload else self.arguments

    @property
    def seconds(self) -> float:
        """How long it took; 0.0 while it goes on."""
        return (self.ended - self.started).total_seconds() if self.ended is not None else 0.0


@dataclass
class Visit:
    """One time that a state was entered."""

    name: str
    kind: str
    """Its type: Task, Choice, Map, ..."""
    input: Any
    entered: datetime
    within: Branch
    """The branch, item or execution that the state stands in."""
    output: Any = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    """The variables that it assigned."""
    exited: datetime | None = None
    """None if it was not left: it failed, was stopped, or is still there."""
    attempts: list[Attempt] = field(default_factory=list)
    inside: list[Branch] = field(default_factory=list)
    """The branches of a Parallel or Try, the items of a Map, in order."""
    failed: bool = False
    """Whether it failed in the end, caught or not."""
    error: str | None = None
    """The error that it failed with; None where a history does not tell: that of a Fail state inside another state."""
    cause: str | None = None
    following: str | None = None
    """The state that was entered after it."""

    @property
    def caught(self) -> bool:
        """Whether a catcher took its error."""
        return self.failed and self.exited is not None

    @property
    def seconds(self) -> float:
        """How long it took, retries and waits included; 0.0 if it was not left."""
        return (self.exited - self.entered).total_seconds() if self.exited is not None else 0.0

    def input_as(self, of: type[T]) -> T:
        """The input as a model. Raises pydantic's ValidationError."""
        return values.read_as(of, self.input)

    def output_as(self, of: type[T]) -> T:
        """The output as a model. Raises pydantic's ValidationError."""
        return values.read_as(of, self.output)

    @property
    def at(self) -> tuple[int, ...]:
        """The indices of the branches and items that it stands in, from the outside in."""
        return self.within.at


@dataclass
class Branch:
    """States that followed one another: an execution's own, a branch of a Parallel or Try, or an item of a Map."""

    index: int = 0
    of: Visit | None = None
    visits: list[Visit] = field(default_factory=list)
    status: str = "RUNNING"

    @property
    def path(self) -> Path:
        """The names of its states, in the order in which they were entered."""
        return Path((visit.name for visit in self.visits), [_taken(visit) for visit in self.visits])

    @property
    def at(self) -> tuple[int, ...]:
        """The indices from the outside in, its own last; () for an execution."""
        return () if self.of is None else (*self.of.at, self.index)

    def walk(self) -> Iterator[Visit]:
        """Every visit, those inside a state after it."""
        for visit in self.visits:
            yield visit
            for branch in visit.inside:
                yield from branch.walk()

    def state(self, name: str) -> Visit:
        """The one visit to a state. Raises LookupError if there was none, or more than one."""
        found = [visit for visit in self.walk() if visit.name == name]
        if len(found) == 1:
            return found[0]
        times = f"was entered {len(found)} times" if found else "was not entered"
        raise LookupError(f"`{name}` {times}; the path was {self.path}")

    def assert_path(self, expected: Sequence[object]) -> None:
        """Fail unless these states followed one another; `...` stands for any number of them."""
        __tracebackhide__ = True
        self.path.check(expected)


@dataclass
class Story:
    """What a whole history says."""

    root: Branch
    status: str = "RUNNING"
    input: Any = None
    output: Any = None
    error: str | None = None
    cause: str | None = None
    started: datetime = EPOCH
    ended: datetime | None = None
    visits: list[Visit] = field(default_factory=list)
    """In the order in which states were entered, wherever they stand."""


def moment(value: Any) -> datetime:
    """A timestamp as a history has it: seconds since 1970, a datetime (boto3), or ISO text (the AWS CLI)."""
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime.fromtimestamp(value, UTC)


Children = Mapping[str, Sequence[Sequence[Event]]]


def read(events: Iterable[Event], children: Children | None = None, ends: Mapping[str, str] | None = None) -> Story:
    """What happened. children: the histories of a Map Run's child executions, by its ARN. ends: the errors of Fail
    states by their names, which a history does not say.

    Raises ValueError for events that are no history.
    """
    reader = _Reader(children or {}, ends or {})
    for event in events:
        reader.take(event)
    return reader.story


class _Reader:
    def __init__(self, children: Children, ends: Mapping[str, str]) -> None:
        self.story = Story(Branch())
        self._children, self._ends = children, ends
        self._at: dict[int, tuple[Branch, Visit | None, str, datetime]] = {}
        self._failed: set[int] = set()

    def take(self, event: Event) -> None:
        try:
            kind, number, previous = event["type"], int(event["id"]), int(event.get("previousEventId", 0))
        except (KeyError, TypeError, ValueError):
            raise ValueError(f"this is no event of a history: {event!r}") from None
        branch, visit, before, then = self._at.get(previous, (self.story.root, None, "", EPOCH))
        from_ = visit
        details = _details(event)
        now = moment(event["timestamp"])
        if kind.endswith("StateEntered"):
            branch, visit = self._enter(branch, visit, before, kind, details, now)
        elif kind.endswith("StateExited"):
            visit = self._up(branch, visit, lambda v: v.name == details.get("name") and v.exited is None)
            visit.output, visit.exited = _json(details.get("output")), now
            visit.variables = {name: _json(v) for name, v in (details.get("assignedVariables") or {}).items()}
            branch = visit.within
        elif kind == "MapIterationStarted":
            visit = self._up(branch, visit, lambda v: v.name == details.get("name"))
            branch, visit = Branch(int(details.get("index", len(visit.inside))), visit), None
            assert branch.of is not None  # noqa: S101 - made a line before
            branch.of.inside.append(branch)
        elif kind.startswith("MapIteration"):
            visit = self._up(branch, visit, lambda v: v.name == details.get("name"))
            index = int(details.get("index", 0))
            for item in visit.inside:
                if item.index == index and item.status == "RUNNING":
                    item.status = kind.removeprefix("MapIteration").upper()
            if kind == "MapIterationFailed" and from_ is not None:
                # As a Task's: it has failed until it is tried again, though the states around it may end it before.
                visit.failed, visit.error, visit.cause = True, from_.error, from_.cause
            branch = visit.within
        elif kind.startswith(("ParallelState", "MapState", "MapRun")):
            state_type = "Parallel" if kind.startswith("Parallel") else "Map"
            # The nearest one that has not failed for good: after that its failure is the next one's.
            visit = self._up(
                branch,
                visit,
                lambda v: v.kind == state_type and v.exited is None and id(v) not in self._failed,
            )
            branch = visit.within
            self._work(visit, from_ or visit, kind, details, (then, now))
        elif kind == "EvaluationFailed":
            if visit is not None:
                visit.failed, visit.error, visit.cause = True, details.get("error"), details.get("cause")
        elif kind.startswith("Execution"):
            self._execution(kind, details, now)
            branch, visit = self.story.root, None
        elif visit is not None:
            _attempt(visit, kind, details, now)
        self._at[number] = (branch, visit, kind, now)

    def _enter(
        self, branch: Branch, visit: Visit | None, before: str, kind: str, details: Mapping[str, Any], now: datetime
    ) -> tuple[Branch, Visit]:
        if before == "ParallelStateStarted" and visit is not None:
            branch = Branch(sum(b.status == "RUNNING" for b in visit.inside), visit)
            visit.inside.append(branch)
        elif visit is not None and visit.within is branch:
            visit.following = details.get("name")
        made = Visit(
            str(details.get("name")), kind.removesuffix("StateEntered"), _json(details.get("input")), now, branch
        )
        if made.kind == "Fail":
            made.failed, made.error = True, self._ends.get(made.name)
        branch.visits.append(made)
        self.story.visits.append(made)
        return branch, made

    def _up(self, branch: Branch, visit: Visit | None, wanted: Callable[[Visit], bool]) -> Visit:
        """The nearest visit, from the inside out, that is wanted."""
        now = visit if visit is not None else branch.of
        while now is not None:
            if wanted(now):
                return now
            now = now.within.of
        raise ValueError("an event of this history belongs to no state that was entered")

    def _work(
        self, visit: Visit, from_: Visit, kind: str, details: Mapping[str, Any], times: tuple[datetime, datetime]
    ) -> None:
        then, now = times
        if from_ is not visit and kind.endswith(("Started", "Failed")):
            # Neither event says the error: it is that of what failed inside, and a new start is a retry.
            visit.error, visit.cause = from_.error, from_.cause
        if kind in ("ParallelStateStarted", "MapStateStarted"):
            if visit.attempts:
                _ended(visit, then, failed=True, error=visit.error, cause=visit.cause)
            for branch in visit.inside:
                if branch.status == "RUNNING":
                    branch.status = "FAILED" if any(v.exited is None for v in branch.visits) else "SUCCEEDED"
            visit.attempts.append(Attempt(visit.name, len(visit.attempts), now))
            visit.failed, visit.error, visit.cause = False, None, None
        elif kind in ("ParallelStateFailed", "MapStateFailed"):
            self._failed.add(id(visit))
            visit.failed = True
            _ended(visit, now, failed=True, error=visit.error, cause=visit.cause)
        elif kind == "MapRunFailed":
            visit.error, visit.cause = details.get("error"), details.get("cause")
        elif kind in ("ParallelStateSucceeded", "MapStateSucceeded"):
            _ended(visit, now)
            visit.failed, visit.error, visit.cause = False, None, None
            for branch in visit.inside:
                branch.status = "SUCCEEDED" if branch.status == "RUNNING" else branch.status
        elif kind == "MapRunStarted":
            for index, events in enumerate(self._children.get(str(details.get("mapRunArn")), ())):
                self._child(visit, index, events)

    def _child(self, visit: Visit, index: int, events: Sequence[Event]) -> None:
        """A child execution of a Distributed Map reads like an item of a Map."""
        story = read(events, {}, self._ends)
        branch = story.root
        branch.index, branch.of, branch.status = index, visit, story.status
        visit.inside.append(branch)
        self.story.visits += story.visits

    def _execution(self, kind: str, details: Mapping[str, Any], now: datetime) -> None:
        story = self.story
        if kind == "ExecutionStarted":
            story.input, story.started = _json(details.get("input")), now
        elif kind == "ExecutionRedriven":
            story.status, story.ended, story.error, story.cause = "RUNNING", None, None, None
        else:
            story.status = story.root.status = _ENDS.get(kind, "FAILED")
            story.ended = now
            story.output = _json(details.get("output"))
            story.error, story.cause = details.get("error"), details.get("cause")


_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


def _attempt(visit: Visit, kind: str, details: Mapping[str, Any], now: datetime) -> None:
    if kind.endswith("Scheduled"):
        arguments = details.get("parameters", details.get("input"))
        visit.attempts.append(Attempt(visit.name, len(visit.attempts), now, arguments=_json(arguments)))
        visit.failed, visit.error, visit.cause = False, None, None
    elif kind.endswith("Succeeded"):
        _ended(visit, now, result=_json(details.get("output")))
    elif kind.endswith(("Failed", "TimedOut")):  # also LambdaFunctionScheduleFailed, TaskSubmitFailed, TaskStartFailed
        visit.failed, visit.error, visit.cause = True, details.get("error") or "", details.get("cause")
        _ended(visit, now, failed=True, error=visit.error, cause=visit.cause)
    elif kind == "TaskSubmitted" and visit.attempts:
        visit.attempts[-1].submitted = True


def _ended(visit: Visit, now: datetime, **outcome: Any) -> None:
    if visit.attempts:
        attempt = visit.attempts[-1]
        attempt.ended = now
        for name, value in outcome.items():
            setattr(attempt, name, value)


def _details(event: Event) -> Mapping[str, Any]:
    """The event's details, whatever the field is called."""
    for name, value in event.items():
        if name.endswith("EventDetails") and isinstance(value, Mapping):
            return value
    return {}


def _json(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:  # cut off where it was too long for a log
        return text


def _taken(visit: Visit) -> Taken:
    inside = [(branch.at, branch.path) for branch in visit.inside]
    tries = len(visit.attempts)
    error = (visit.error or "failed") if visit.failed and visit.kind != "Fail" else None
    return Taken(visit.name, visit.kind, error, visit.caught, tries, visit.seconds, visit.exited is None, inside)
