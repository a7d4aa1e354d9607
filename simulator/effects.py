"""What passes between a run, its driver and its strands: commands out, answers in, effects between.

All of it is plain data, so that a journal can keep it and a test can say it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator.errors import StateError
from simulator.tasks import TaskCall
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand

# ------------------------------------------------------------------ what a Run asks its driver to do


@dataclass(frozen=True, slots=True)
class StartTask:
    """Give this call to the task runner and answer `call.key` with what comes back."""

    call: TaskCall


@dataclass(frozen=True, slots=True)
class CancelTask:
    """Nobody waits for this call any more."""

    key: int


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Call `Run.fire(key)` at `when`."""

    key: int
    when: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget that timer."""

    key: int


Command: TypeAlias = StartTask | CancelTask | SetTimer | CancelTimer


# ------------------------------------------------------------------ how a call is answered


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The task's result."""

    result: Value


@dataclass(frozen=True, slots=True)
class Failed:
    """The task's failure."""

    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Submitted:
    """The request of a `.sync` or `.waitForTaskToken` task was accepted; its result comes later."""

    result: Value


@dataclass(frozen=True, slots=True)
class Started:
    """A worker took the activity's task."""

    worker: str | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The worker is alive: the heartbeat's time starts again."""


Answer: TypeAlias = Succeeded | Failed | Submitted | Started | Heartbeat


# ------------------------------------------------------------------ what a strand waits for


class Perform:
    """Effect: have a task done. The strand resumes with the result, `Submitted` or `Started`, or an error is thrown."""

    __slots__ = ("call",)

    def __init__(self, call: TaskCall) -> None:
        self.call = call


class Await:
    """Effect: go on waiting for a call that was submitted or started."""

    __slots__ = ("key",)

    def __init__(self, key: int) -> None:
        self.key = key


class Sleep:
    """Effect: resume at `when`."""

    __slots__ = ("when",)

    def __init__(self, when: float) -> None:
        self.when = when


class Work:
    """What a Parallel or Map has of its branches or items: a redrive runs only those again that did not succeed.

    https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
    """

    __slots__ = ("done", "results", "strands")

    def __init__(self, count: int) -> None:
        self.results: list[Value] = [None] * count
        self.done: set[int] = set()
        self.strands: dict[int, Strand] = {}


class Join:
    """Effect: run strands, at most `limit` at a time, and resume with their results in order.

    `launch(i)` makes the i-th strand. `finished(i, strand)` and `failed(i, strand, error)` note what became of it;
    `failed` returns whether the failure is tolerated (its result is then None). `aborted(i, strand)` is told for each
    strand that a failure stopped. `work`: what was done before a redrive stays done. `seconds`: how long each may take.
    `limit` may change while they run.
    """

    __slots__ = (
        "aborted",
        "active",
        "count",
        "failed",
        "finished",
        "launch",
        "limit",
        "next",
        "parent",
        "results",
        "seconds",
        "todo",
    )

    def __init__(
        self,
        count: int,
        limit: int,
        launch: Callable[[int], Strand],
        finished: Callable[[int, Strand], None],
        failed: Callable[[int, Strand, StateError], bool],
        aborted: Callable[[int, Strand], None],
        work: Work | None = None,
        seconds: float | None = None,
    ) -> None:
        self.todo = range(count) if work is None else [index for index in range(count) if index not in work.done]
        self.count, self.limit = len(self.todo), limit
        self.launch, self.finished, self.failed, self.aborted = launch, finished, failed, aborted
        self.seconds = seconds
        self.next = 0
        self.active: dict[int, Strand] = {}
        self.results: list[Value] = [None] * count if work is None else work.results
        self.parent: Strand | None = None


Effect: TypeAlias = Perform | Await | Sleep | Join
Steps: TypeAlias = Generator[Effect, Any, Any]
