"""Environment: what executions under test share: the clock, tables, topics, and what answers their tasks.

`run` is an environment for one execution. Handlers are real, AWS is in memory unless `services` sends integrations to
an endpoint, and time is virtual: waits, backoffs, timeouts and heartbeats take none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, overload

from simulator import Run, TaskCall, VirtualClock
from simulator.machine import Info

from ..aws.symbols import Bus, Queue
from ..definition import Workflow
from ..diagnostics import Place, caller_place
from ..resources import Bucket, Readable, Topic
from ..states.base import A, R, Step, X
from . import coverage, functions, program, values
from .answers import Answers, Script, name_of
from .execution import Execution, now
from .functions import Invoke
from .memory import ACCOUNT, REGION, Memory, Message
from .program import Program
from .result import Result
from .tables import Items, Unsupported

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
M = TypeVar("M")

Start = datetime(2026, 1, 1, tzinfo=UTC)
EXPRESS_SECONDS = 300.0
"""What an Express execution may take. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""


class Unanswered(Exception):
    """A task has nothing that answers it: no handler, nothing in memory, no `answers=`."""


class Services(Protocol):
    """Makes integrations' calls: `simulator.integrations.Services(endpoint)`, which uses boto3."""

    def call_now(self, call: TaskCall) -> Any:
        """The result of a call, in Step Functions' spelling. Raises TaskFailed."""
        ...


class Environment:
    """Executions that share tables, topics, a clock and answers.

    answers: what answers which state, unless an execution says otherwise. functions: handlers of plain definitions,
    by the functions' names. invoke: calls handlers instead of their being called directly: (function, payload) ->
    result. services: makes the integrations' calls instead of memory. bindings: what symbols are bound to, where names
    matter. start: when virtual time begins. seed: another one gives other random numbers, ids and jitter.
    """

    def __init__(
        self,
        *,
        answers: Answers | None = None,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        invoke: Invoke | None = None,
        services: Services | None = None,
        bindings: Mapping[str, str] | None = None,
        start: datetime = Start,
        seed: str = "",
    ) -> None:
        self.clock = VirtualClock(start.timestamp(), automatic=False)
        self._answers: Answers = answers or {}
        self._functions = dict(functions or {})
        self._invoke, self._services, self._seed = invoke, services, seed
        self.bindings = dict(bindings or {})
        self._memory = Memory(self.bindings)
        self._calls: deque[tuple[Execution[Any], TaskCall]] = deque()
        self._started = 0
        self._executions: list[Execution[Any]] = []

    # -------------------------------------------------------------- what is there

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def table(self, table: Readable[M]) -> Items[M]:
        """A table's items, to fill it and to look into it."""
        return self._memory.table(table)

    def topic(self, topic: Topic) -> list[Message]:
        """What was published to a topic, in order."""
        return self._memory.sent(topic)

    def queue(self, queue: Queue) -> list[Message]:
        """What was sent to a queue, in order."""
        return self._memory.sent(queue)

    def bus(self, bus: Bus) -> list[Message]:
        """The events that were put on a bus, in order; their detail is the text, their type the subject."""
        return self._memory.sent(bus)

    def bucket(self, bucket: Bucket) -> dict[str, str]:
        """The objects of a bucket, text by key, to fill it and to look into it."""
        return self._memory.objects(bucket)

    def executions(self, workflow: Workflow[Any, Out]) -> list[Execution[Out]]:
        """The executions of a workflow, those included that other workflows started, in order."""
        return [execution for execution in self._executions if execution.program.workflow is workflow]

    # -------------------------------------------------------------- running

    @overload
    def run(self, what: Workflow[In, Out], input: In, *, answers: Answers | None = ...) -> Result[Out]: ...
    @overload
    def run(self, what: Step[A, X, R], input: A, *, answers: Answers | None = ...) -> Result[X | R]: ...
    @overload
    def run(self, what: program.Plain, input: Any = ..., *, answers: Answers | None = ...) -> Result[Any]: ...
    def run(self, what: Any, input: Any = None, *, answers: Answers | None = None) -> Result[Any]:
        """Run a workflow, a state or chain, or a plain definition to its end.

        answers: what answers which state; checked against the states' types before anything runs. Raises WorkflowError
        for answers that cannot be, Unanswered for a task that nothing answers, and Stuck for one that waits forever.
        """
        return self._start(what, input, answers, caller_place()).finish()

    @overload
    async def run_async(self, what: Workflow[In, Out], input: In, *, answers: Answers | None = ...) -> Result[Out]: ...
    @overload
    async def run_async(self, what: Step[A, X, R], input: A, *, answers: Answers | None = ...) -> Result[X | R]: ...
    @overload
    async def run_async(
        self, what: program.Plain, input: Any = ..., *, answers: Answers | None = ...
    ) -> Result[Any]: ...
    async def run_async(self, what: Any, input: Any = None, *, answers: Answers | None = None) -> Result[Any]:
        """The same, where answers are async functions."""
        return await self._start(what, input, answers, caller_place()).finish_async()

    def run_from(
        self,
        what: Workflow[Any, Any] | Step[Any, Any, Any] | program.Plain,
        state: str,
        input: Any = None,
        *,
        variables: Mapping[str, Any] | None = None,
        answers: Answers | None = None,
    ) -> Result[Any]:
        """Run from a state to the end of those that it stands among, inside a Map, Parallel or Try too.

        input: what the state gets. variables: the workflow's variables as they would be there.
        """
        place = caller_place()
        whole = program.program(what, self.bindings, place)
        given = {name: values.to_json(value) for name, value in (variables or {}).items()}
        return self.begin(program.part(whole, state, given, place), input, answers, place).finish()

    @overload
    def start(self, what: Workflow[In, Out], input: In, *, answers: Answers | None = ...) -> Execution[Out]: ...
    @overload
    def start(self, what: Step[A, X, R], input: A, *, answers: Answers | None = ...) -> Execution[X | R]: ...
    @overload
    def start(self, what: program.Plain, input: Any = ..., *, answers: Answers | None = ...) -> Execution[Any]: ...
    def start(self, what: Any, input: Any = None, *, answers: Answers | None = None) -> Execution[Any]:
        """Start an execution and let it go as far as it comes without any time passing."""
        execution = self._start(what, input, answers, caller_place())
        self.advance()
        return execution

    def advance(self, seconds: float = 0.0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let virtual time pass, and everything happen that falls into it, in all executions."""
        until = self.clock.now() + seconds + 60 * minutes + 3_600 * hours + 86_400 * days
        now(self._until(lambda: False, until))
        self.clock.advance(max(0.0, until - self.clock.now()))

    def _start(self, what: Any, input: Any, answers: Answers | None, place: Place) -> Execution[Any]:
        return self.begin(program.program(what, self.bindings, place), input, answers, place)

    def begin(
        self, what: Program, input: Any, answers: Answers | None, place: Place, *, name: str | None = None
    ) -> Execution[Any]:
        """Start an execution of a program; `start` and `run` do."""
        self._memory.know(what.tables)
        known = (what.whole or what).states
        said: dict[Any, Any] = {k: v for k, v in self._answers.items() if name_of(k) in known}
        said.update(answers or {})
        script = Script(what, said, place)
        self._started += 1
        head = f"arn:aws:states:{REGION}:{ACCOUNT}"
        kind = f"express:{what.name}:{self._started}" if what.express else f"execution:{what.name}"
        info = Info(
            execution_arn=f"{head}:{kind}:{name or self._started}",
            name=name or str(self._started),
            role_arn=f"arn:aws:iam::{ACCOUNT}:role/{what.name}",
            machine_arn=f"{head}:stateMachine:{what.name}",
            machine_name=what.name,
            express=what.express,
        )
        limit = EXPRESS_SECONDS if what.express else None
        run = Run(what.machine, info, values.to_json(input), seed=self._seed, limit=limit)
        execution: Execution[Any] = Execution(self, what, run, script)
        coverage.watch(what)
        self._executions.append(execution)
        execution._begin()
        return execution

    # -------------------------------------------------------------- what executions ask of it

    async def _until(self, done: Callable[[], bool], until: float | None = None) -> None:
        """Answer calls and let time jump to what comes next, until it is done or nothing more comes (by `until`)."""
        while True:
            while self._calls and not done():
                execution, call = self._calls.popleft()
                try:
                    await execution._perform(call)
                except BaseException:
                    self._calls = deque(c for c in self._calls if c[0] is not execution)
                    execution._abandon()
                    raise
            due = self.clock.due()
            if done() or due is None or (until is not None and due > until):
                return
            self.clock.next()

    def _ended(self, execution: Execution[Any]) -> None:
        coverage.note(execution.program, lambda: execution.result)

    def _really(self, what: Program, call: TaskCall) -> Any:
        """Answer a call by the real thing. Raises TaskFailed for its failures."""
        resource = call.resource
        if resource.kind == "activity":
            return None
        if resource.service == "lambda":
            name = functions.function_name(call)
            fn = functions.find({**what.functions, **self._functions}, name)
            if fn is not None:
                made = functions.call(fn, functions.payload(call), self._invoke, call.timeout)
                return functions.result(call, made)
        if self._services is not None and resource.service != "lambda":
            return self._services.call_now(call)
        try:
            return self._memory.call(call)
        except Unsupported as error:
            named = f"`{call.state}` ({resource.arn.partition(':::')[2] or resource.arn})"
            raise Unanswered(
                f"{named} has nothing that answers it: {error}; write answers={{{call.state!r}: ...}}"
            ) from None


@overload
def run(what: Workflow[In, Out], input: In, *, answers: Answers | None = ...) -> Result[Out]: ...
@overload
def run(what: Step[A, X, R], input: A, *, answers: Answers | None = ...) -> Result[X | R]: ...
@overload
def run(what: program.Plain, input: Any = ..., *, answers: Answers | None = ...) -> Result[Any]: ...
def run(what: Any, input: Any = None, *, answers: Answers | None = None) -> Result[Any]:
    """Run a workflow, a state or chain, or a plain definition once, in an environment of its own."""
    return Environment()._start(what, input, answers, caller_place()).finish()
