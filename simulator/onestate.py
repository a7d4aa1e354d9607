"""One state, run alone, with what it makes of its data on the way: the work of TestState.

https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import GeneratorType
from typing import Any

from simulator import errors
from simulator.clock import Clock
from simulator.definition import Chart, Machine
from simulator.effects import Effect, Perform, Sleep, Steps
from simulator.errors import LocatedError, StateError, covers
from simulator.info import Info
from simulator.inspection import InspectedJsonata, InspectedPath, Seen
from simulator.machine import Run
from simulator.states.base import Outcome, State
from simulator.states.map import Map
from simulator.states.parallel import Parallel
from simulator.states.working import Working
from simulator.strand import Strand
from simulator.tasks import TaskCall
from simulator.values import Value

#: Seconds that a test of a state may take.
LONGEST = 300.0


@dataclass(frozen=True, slots=True)
class Mock:
    """What the state's work is taken to come to: `result`, or the failure `error`."""

    result: Value = None
    error: StateError | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What a state is tested with besides its input. `context` replaces the context object; `retried` is how often the
    retrier of its error has retried; `failures` are a Map's failed iterations, `items` what its reader read."""

    variables: dict[str, Value] = field(default_factory=dict)
    context: dict[str, Value] | None = None
    mock: Mock | None = None
    retried: int = 0
    failures: int = 0
    items: list[Value] | None = None


@dataclass(slots=True)
class Tested:
    """What became of a state. `seen` are values, `numbers` and `handled` numbers, by their names in InspectionData."""

    status: str = "SUCCEEDED"
    output: Value = None
    error: str | None = None
    cause: str | None = None
    following: str | None = None
    variables: dict[str, Value] = field(default_factory=dict)
    seen: Seen = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    handled: dict[str, int] = field(default_factory=dict)


def find_state(chart: Chart, name: str, *, in_map: bool = False) -> tuple[State, Chart, bool] | None:
    """The state of this name, at any depth, with the collection that it is in, and whether a Map is around it."""
    if name in chart.states:
        return chart.states[name], chart, in_map
    for state in chart.states.values():
        nested = state.branches if isinstance(state, Parallel) else [state.processor] if isinstance(state, Map) else []
        for inner in nested:
            found = find_state(inner, name, in_map=in_map or isinstance(state, Map))
            if found is not None:
                return found
    return None


class OneState:
    """One test of one state. `perform` answers a task; the machine is this test's own and is changed by it."""

    def __init__(
        self,
        machine: Machine,
        name: str,
        info: Info,
        value: Value,
        setting: Setting,
        clock: Clock,
        perform: Callable[[TaskCall], Awaitable[Value]],
        seed: str,
    ) -> None:
        found = find_state(machine.chart, name)
        if found is None:
            raise KeyError(name)
        self.state, chart, in_map = found
        self._value, self._setting, self._clock, self._perform = value, setting, clock, perform
        self.tested = Tested(seen={"input": value})
        seen, spec = self.tested.seen, self.state.spec
        jsonata = self.state.dialect.name == "JSONata"
        self.state.dialect = InspectedJsonata(spec, seen) if jsonata else InspectedPath(spec, seen)
        run = Run(machine, info, value, seed=seed)
        run.now = run.started_at = clock.now()
        item = {"Index": 0, "Value": value} if in_map else None
        self._strand = _Tested(run, chart, value, dict(setting.variables), 0, item)
        self._strand.given = setting.context

    async def run(self) -> Tested:
        """Run the state. Raises nothing that a state may raise: that is in the answer."""
        tested, strand, state = self.tested, self._strand, self.state
        strand.enter(state, self._value)
        strand.retry_count = self._setting.retried
        try:
            outcome = await self._execute()
            tested.following, tested.output = strand.exit(state, self._value, *outcome)
        except StateError as error:
            self._failed(error)
        tested.variables = strand.variables
        return tested

    async def _execute(self) -> Outcome:
        state, strand, raw, dialect = self.state, self._strand, self._value, self.state.dialect
        if isinstance(state, Working):
            effective = dialect.effective(strand, raw)
            if isinstance(state, Map):
                result = self._mapped(state, effective)
            elif isinstance(state, Parallel):
                dialect.arguments(strand, raw, effective)
                result = self._mocked()
            else:
                result = await self._drive(state.attempt(strand, raw, effective))
            return state.next, *dialect.complete(strand, raw, effective, result)
        outcome: Any = state.execute(strand, raw)
        done: Outcome = await self._drive(outcome) if isinstance(outcome, GeneratorType) else outcome
        return done

    def _mocked(self) -> Value:
        mock = self._setting.mock or Mock()
        if mock.error is not None:
            raise mock.error
        return mock.result

    def _mapped(self, state: Map, effective: Value) -> Value:
        """A Map's result: its items are shaped, and none is run."""
        strand, raw, tested = self._strand, self._value, self.tested
        tested.numbers["maxConcurrency"] = state.limit(strand, raw, effective)
        items = self._setting.items
        if items is None:
            items = [] if "ItemReader" in state.spec else state.items(strand, raw, effective)
            if state.dialect.name == "JSONPath" and "ItemReader" not in state.spec:
                tested.seen["afterItemsPath"] = items
        if "ItemSelector" in state.spec or (state.dialect.name == "JSONPath" and "Parameters" in state.spec):
            tested.seen["afterItemSelector"] = [
                state.select(strand, raw, effective, {"Index": index, "Value": item})
                for index, item in enumerate(items)
            ]
        count, percentage = state.tolerance(strand, raw, effective)
        if count is not None:
            tested.numbers["toleratedFailureCount"] = int(count)
        if percentage is not None:
            tested.numbers["toleratedFailurePercentage"] = float(percentage)
        result = self._mocked()
        failed, of = self._setting.failures, max(len(result) if isinstance(result, list) else len(items), 1)
        beyond = percentage is not None and failed * 100 > percentage * of
        if (count is not None and failed > count) or beyond:
            raise StateError(errors.EXCEED_TOLERATED_FAILURE, "The specified tolerated failure threshold was exceeded")
        return result

    async def _drive(self, steps: Steps) -> Any:
        outcome: Any = None
        while True:
            try:
                effect = steps.throw(outcome) if isinstance(outcome, StateError) else steps.send(outcome)
            except StopIteration as end:
                return end.value
            outcome = await self._answer(effect)

    async def _answer(self, effect: Effect) -> Any:
        """What a state that waits for this goes on with."""
        if isinstance(effect, Perform):
            if self._setting.mock is not None:
                return self._setting.mock.error or self._setting.mock.result
            limit = min(effect.call.timeout or LONGEST, LONGEST)
            try:
                return await asyncio.wait_for(self._perform(effect.call), limit)
            except StateError as error:
                return error
            except TimeoutError:
                return StateError(errors.TIMEOUT)
        if isinstance(effect, Sleep) and effect.when - self._clock.now() <= LONGEST:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._clock.call_at(effect.when, lambda: done.set_result(None))
            self._clock.idle()
            await done
            return None
        return StateError(errors.TIMEOUT)

    def _failed(self, error: StateError) -> None:
        """What becomes of an error: another attempt, a catcher's target, or the state's failure."""
        tested, state = self.tested, self.state
        # No event of a history is named here, unlike in the cause of an execution that fails so.
        tested.cause = error.detail if isinstance(error, LocatedError) else error.cause
        tested.status, tested.error = "FAILED", error.error
        if not isinstance(state, Working):
            return
        for index, retrier in enumerate(state.retriers):
            if covers(retrier.errors, error):
                if self._setting.retried < retrier.attempts:
                    delay = retrier.delay(self._setting.retried, self._strand.run.random)
                    tested.handled = {"retryIndex": index, "retryBackoffIntervalSeconds": round(delay)}
                    tested.status = "RETRIABLE"
                    return
                break
        for index, catcher in enumerate(state.catchers):
            if covers(catcher.errors, error):
                output = {"Error": tested.error or "", "Cause": tested.cause or ""}
                try:
                    made = state.dialect.caught(catcher.fields, self._strand, self._value, output)
                    tested.following, tested.output = self._strand.exit(state, self._value, catcher.next, *made)
                except StateError as second:
                    tested.error = second.error
                    tested.cause = second.detail if isinstance(second, LocatedError) else second.cause
                    return
                tested.status, tested.handled = "CAUGHT_ERROR", {"catchIndex": index}
                return


class _Tested(Strand):
    """A strand whose context object may be given."""

    given: dict[str, Value] | None = None

    def context(self) -> dict[str, Value]:
        """The given context object, with the item of the Map around the state."""
        if self.given is None:
            return super().context()
        return self.given if self.item is None else {**self.given, "Map": {"Item": self.item}}
