"""The engine: owns state machines and executions, and answers for them.

All methods belong to one event loop. Every fact is handed to the store before it is acted on; a durable store makes the
engine resume where it was killed, with tasks that were in flight run again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from simulator import redriving, resuming, tokens
from simulator.activities import Activity
from simulator.clock import Clock, RealClock
from simulator.driving import Driver
from simulator.effects import Answer, Failed, Heartbeat, Started, Succeeded
from simulator.execution import Execution
from simulator.faults import ApiError, execution_missing, not_redrivable
from simulator.machine import Info, Run
from simulator.machines import Machines, Target, check_name
from simulator.recovery import Recalled, end_record
from simulator.store import MemoryStore, Saved, Store
from simulator.tasks import TaskCall, TaskRunner
from simulator.values import PAYLOAD_LIMIT, Value, load

__all__ = ["Engine", "Execution"]

_LOG = logging.getLogger(__name__)

#: Seconds that an Express execution may take.
EXPRESS_LIMIT = 300.0
#: Finished Express executions that stay readable, of those that were started without waiting; AWS keeps none.
EXPRESS_KEPT = 1_000
#: Finished Standard executions whose histories stay in memory; those of older ones are replayed from a durable store.
STANDARD_KEPT = 500
#: Workers that may poll one activity at the same time.
MOST_POLLERS = 1_000


class Engine:
    """Runs state machines.

    `tasks` answers Tasks. `seed` makes randomness reproducible; without it each engine draws its own. `max_open` bounds
    executions that run at the same time: a start beyond it raises ExecutionLimitExceeded. `wait_scale` stretches or
    shrinks Wait states. `on_end` is called with each execution that ended.
    """

    def __init__(
        self,
        tasks: TaskRunner,
        *,
        store: Store | None = None,
        clock: Clock | None = None,
        region: str = "us-east-1",
        account: str = "000000000000",
        partition: str = "aws",
        seed: str | None = None,
        max_open: int = 10_000,
        wait_scale: float = 1.0,
        on_end: Callable[[Execution], None] | None = None,
    ) -> None:
        self.tasks, self.clock = tasks, clock or RealClock()
        self.store: Store = store or MemoryStore()
        self.region, self.account, self.partition = region, account, partition
        self.seed = uuid.uuid4().hex if seed is None else seed
        self.random = random.Random(self.seed)  # noqa: S311 - ids of a simulation
        self.machines = Machines()
        self.activities: dict[str, Activity] = {}
        self.executions: OrderedDict[str, Execution] = OrderedDict()
        self.max_open, self.wait_scale = max_open, wait_scale
        self.on_end = on_end
        self._open = 0
        self._express_done: deque[str] = deque()
        self._standard_done: deque[str] = deque()
        self.driver = Driver(tasks, self.clock, self.store, self.activities, self._ended)

    # -------------------------------------------------------------- names

    def arn(self, kind: str, *rest: str) -> str:
        """An ARN of this engine: arn('stateMachine', 'orders')."""
        return ":".join(("arn", self.partition, "states", self.region, self.account, kind, *rest))

    def uuid(self) -> str:
        """A new id, from the engine's seed."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    # -------------------------------------------------------------- starting and reading

    async def start(
        self, machine_arn: str, value: str = "{}", name: str | None = None, trace_header: str | None = None
    ) -> Execution:
        """Start an execution (`value` is its input as JSON text) and return it, running. StartExecution's semantics.

        A Standard execution's name is used once: the same name with the same input while it runs gives that execution;
        anything else raises ExecutionAlreadyExists. Raises ApiError.
        """
        return await self._start(self._target(machine_arn), value, name, trace_header, case=_test_case(machine_arn))

    async def run(
        self, machine_arn: str, value: str = "{}", name: str | None = None, trace_header: str | None = None
    ) -> Execution:
        """Start an execution and wait for its end. Express executions: StartSyncExecution's semantics."""
        case = _test_case(machine_arn)
        execution = await self._start(self._target(machine_arn), value, name, trace_header, sync=True, case=case)
        await execution.finished.wait()
        return execution

    def get(self, arn: str) -> Execution:
        """The execution with this ARN. Raises ExecutionDoesNotExist."""
        try:
            return self.executions[arn]
        except KeyError:
            raise execution_missing(arn) from None

    def _target(self, machine_arn: str) -> Target:
        return self.machines.resolve(machine_arn.partition("#")[0], self.random)

    async def _start(
        self,
        target: Target,
        value: str,
        name: str | None,
        trace_header: str | None,
        *,
        sync: bool = False,
        case: str | None = None,
    ) -> Execution:
        machine = target.machine
        if len(value.encode("utf-8")) > PAYLOAD_LIMIT:
            raise ApiError(
                "ValidationException",
                "1 validation error detected: Value at 'input' failed to satisfy "
                "constraint: Member must have length less than or equal to 262144",
            )
        try:
            parsed = load(value)
        except ValueError as error:
            raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'") from None
        chosen = check_name(name) if name is not None else self.uuid()
        if machine.express:
            arn = self.arn("express", machine.name, chosen, self.uuid())
        else:
            arn = self.arn("execution", machine.name, chosen)
            existing = self.executions.get(arn)
            if existing is not None:
                same = load(existing.input) == parsed and existing.revision.id == target.revision.id
                if existing.status == "RUNNING" and same:
                    if existing.safe is not None:
                        await asyncio.shield(existing.safe)
                    return existing
                raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        self._room()
        now = self.clock.now()
        execution = self._make(arn, chosen, target, value, parsed, trace_header)
        execution.test_case = case
        self.executions[arn] = execution
        self._open += 1
        record = {
            "name": chosen,
            "machine": machine.arn,
            "revision": target.revision.id,
            "version": target.version_arn,
            "alias": target.alias_arn,
            "input": value,
            "trace": trace_header,
            "now": now,
            "seed": self.seed,
            "express": machine.express,
            "definition": target.revision.definition,
            "role": target.revision.role_arn,
            "case": case,
            "wait_scale": self.wait_scale,
        }
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        execution.safe = ready

        def begun(error: BaseException | None) -> None:
            if error is not None:
                self.executions.pop(arn, None)
                self._open -= 1
                if not ready.done():
                    ready.set_exception(error)
                return
            run = execution.run
            assert isinstance(run, Run)  # noqa: S101 - it was made a moment ago
            self.driver.carry_out(execution, run.begin(now))
            if not ready.done():
                ready.set_result(None)

        execution.kept = not (sync and machine.express)
        execution.begun = record
        if execution.kept:
            self.store.begin(arn, record, begun)
        else:
            begun(None)
        await asyncio.shield(ready)
        return execution

    def _room(self) -> None:
        if self._open >= self.max_open:
            raise ApiError(
                "ExecutionLimitExceeded", f"The maximum number of running executions ({self.max_open}) is reached."
            )

    def _make(
        self, arn: str, name: str, target: Target, value: str, parsed: Value, trace_header: str | None
    ) -> Execution:
        machine, revision = target.machine, target.revision
        started: dict[str, Any] = {}
        if target.alias_arn is not None:
            started["stateMachineAliasArn"] = target.alias_arn
        if target.version_arn is not None:
            started["stateMachineVersionArn"] = target.version_arn
        info = Info(
            arn,
            name,
            revision.role_arn,
            machine.arn,
            machine.name,
            express=machine.express,
            started=started,
            wait_scale=self.wait_scale,
        )
        compiled = revision.machine
        run = Run(compiled, info, parsed, seed=self.seed, limit=EXPRESS_LIMIT if machine.express else None)
        return Execution(arn, name, machine, revision, value, run, target.version_arn, target.alias_arn, trace_header)

    # -------------------------------------------------------------- stopping and answering

    async def stop(self, arn: str, error: str | None = None, cause: str | None = None) -> float:
        """Abort an execution. Returns when it stopped. An execution that is over stays as it is."""
        execution = self.get(arn)
        if execution.status == "RUNNING":
            await self.driver.record(execution, ["stop", error, cause], lambda run, now: run.stop(error, cause, now))
        return execution.run.stopped_at or self.clock.now()

    async def stop_child(self, execution: Execution, arn: str, error: str | None, cause: str | None) -> None:
        """Abort one child execution of a Map Run of an execution."""
        entry: list[Value] = ["stop_child", arn, error, cause]
        await self.driver.record(execution, entry, lambda run, now: run.stop_child(arn, error, cause, now))

    async def task_success(self, token: str, output: Value) -> None:
        """SendTaskSuccess. Raises InvalidToken, TaskDoesNotExist or TaskTimedOut."""
        await self._by_token(token, Succeeded(output))

    async def task_failure(self, token: str, error: str | None, cause: str | None) -> None:
        """SendTaskFailure. Raises InvalidToken, TaskDoesNotExist or TaskTimedOut."""
        await self._by_token(token, Failed(error, cause))

    async def task_heartbeat(self, token: str) -> None:
        """SendTaskHeartbeat. Raises InvalidToken, TaskDoesNotExist or TaskTimedOut."""
        await self._by_token(token, Heartbeat())

    async def _by_token(self, token: str, answer: Answer) -> None:
        claim = tokens.read(token)
        if claim is None:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        execution = self.executions.get(claim.execution_arn)
        if execution is None or execution.tokens.get(claim.key) != token:
            raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
        if claim.key in execution.answered or not execution.run.waits_for(claim.key):
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        if isinstance(answer, Heartbeat):
            await self.driver.answer(execution, claim.key, answer)
            return
        execution.answered.add(claim.key)
        try:
            await self.driver.answer(execution, claim.key, answer)
        except BaseException:
            # Nothing was written: whoever has the token may try again.
            execution.answered.discard(claim.key)
            raise

    async def activity_task(self, activity: Activity, worker: str | None, seconds: float = 60.0) -> tuple[str, Value]:
        """GetActivityTask: the next task's token and input, waiting for one at most `seconds`. ("", None) for none."""
        while activity.waiting:
            arn, call = activity.waiting.popleft()
            if self._still_open(arn, call):
                return await self._hand_out(arn, call, worker)
        if len(activity.pollers) >= MOST_POLLERS:
            raise ApiError(
                "ActivityWorkerLimitExceeded",
                "The maximum number of workers concurrently polling for activity tasks has been reached.",
            )
        poller: asyncio.Future[tuple[str, TaskCall]] = asyncio.get_running_loop().create_future()
        entry = (worker, poller)
        activity.pollers.append(entry)
        try:
            async with asyncio.timeout(seconds):
                arn, call = await poller
        except TimeoutError:
            return "", None
        finally:
            if entry in activity.pollers:
                activity.pollers.remove(entry)
        return await self._hand_out(arn, call, worker)

    def _still_open(self, arn: str, call: TaskCall) -> bool:
        execution = self.executions.get(arn)
        return execution is not None and execution.run.waits_for(call.key) and call.key not in execution.answered

    async def _hand_out(self, arn: str, call: TaskCall, worker: str | None) -> tuple[str, Value]:
        await self.driver.answer(self.executions[arn], call.key, Started(worker))
        return call.token or "", call.arguments

    def _ended(self, execution: Execution) -> None:
        self._open -= 1
        if not execution.kept:
            del self.executions[execution.arn]  # who waited for it has it; such histories would be most of the heap
        elif execution.express:
            self._express_done.append(execution.arn)
            while len(self._express_done) > EXPRESS_KEPT:
                self.executions.pop(self._express_done.popleft(), None)
        elif self.store.durable:
            self._standard_done.append(execution.arn)
            while len(self._standard_done) > STANDARD_KEPT:
                self._recall(self.executions.get(self._standard_done.popleft()))
        execution.finished.set()
        if self.on_end is not None:
            try:
                self.on_end(execution)
            except Exception:
                _LOG.exception("The listener failed on the end of %s", execution.arn)

    def _recall(self, execution: Execution | None) -> None:
        """Let go of a finished run: the store has what it takes to make it again."""
        if execution is None or execution.begun is None or execution.status == "RUNNING":
            return
        saved = Saved(execution.arn, execution.begun, [], end_record(execution.run))
        execution.run = Recalled(saved, lambda: self.store.journal(saved.arn))

    # -------------------------------------------------------------- again

    async def redrive(self, arn: str, token: str | None = None) -> float:
        """RedriveExecution: go on from the state that failed. Returns when.

        The same `token` again within a quarter of an hour is the same redrive. Raises ExecutionNotRedrivable, and
        ExecutionLimitExceeded.
        """
        execution = self.get(arn)
        now = self.clock.now()
        before = None if token is None else execution.run.redriven_with(token, now)
        if before is not None:
            return before
        reason = redriving.refusal_of(execution, now)
        if reason is not None:
            raise not_redrivable(reason)
        self._room()
        if isinstance(execution.run, Recalled):
            execution.run = execution.run.replayed()
        over, execution.finished, execution.ending = execution.finished, asyncio.Event(), False
        self._open += 1
        try:
            await self.driver.record(
                execution, ["redrive", token], lambda run, now: run.redrive(now, token), reopen=True
            )
        except Exception:
            if execution.status != "RUNNING" and not execution.ending:
                # Nothing was written: it is as over as it was.
                execution.finished, execution.ending = over, True
                self._open -= 1
            raise
        return execution.run.redriven_at or now

    async def update_map_run(self, execution: Execution, arn: str, changes: dict[str, float]) -> None:
        """UpdateMapRun: new limits, by the names of `MapRun`'s fields, for a Map Run that runs."""
        entry: list[Value] = ["map_run", arn, changes]
        await self.driver.record(execution, entry, lambda run, now: run.update_map_run(arn, changes, now))

    def recover(self) -> int:
        """Take up what the store kept. Call it once, on the event loop, before anything else.

        Returns how many executions go on.
        """
        return resuming.recover(self, EXPRESS_LIMIT)

    def take_up(self, execution: Execution) -> None:
        """Have an execution that the store kept known again; `resume` sets it going if it is not over."""
        self.executions[execution.arn] = execution
        if not execution.ending:
            self._open += 1

    async def close(self) -> None:
        """Stop driving: cancel tasks in flight and timers. A durable store resumes executions later."""
        await self.driver.close(list(self.executions.values()))
        self.store.close()


def _test_case(machine_arn: str) -> str | None:
    """The test case of `arn#TestCase`."""
    return machine_arn.partition("#")[2] or None
