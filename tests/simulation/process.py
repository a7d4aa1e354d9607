"""One life of the services process: the real engine with the real definition, and the real pipe that feeds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.aws.documents import Documents
from local.aws.pipes.poller import Poller, TargetFailed
from simulator import Engine, Machine
from simulator.clock import VirtualClock
from simulator.machines import Revision, StateMachine
from simulator.values import text
from tests.simulation.faults import Fault, Faults
from tests.simulation.queue import QueueClient
from tests.simulation.scheduler import Died, Life, StepClock
from tests.simulation.services import Tasks

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:telemetry"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:telemetry"


class Process:
    """Starts at once. `size`: the pipe's batch size and its window in seconds."""

    def __init__(
        self, *, life: Life, tasks: Tasks, client: QueueClient, kept: Documents, machine: Machine, seed: str,
        clock: VirtualClock, faults: Faults, note: Callable[..., None], size: tuple[int, float],
    ) -> None:  # fmt: skip
        self.life, self._faults, self._note, self._kept = life, faults, note, kept
        self.clock = StepClock(clock, life)
        self._engine = Engine(tasks, clock=self.clock, seed=seed)
        revision = Revision("1", "", "arn:aws:iam::000000000000:role/telemetry", machine)
        state_machine = StateMachine(MACHINE, "telemetry", "EXPRESS", clock.now(), clock.now(), revision)
        self._engine.machines.by_arn[MACHINE] = state_machine
        self._poller = Poller(
            name="telemetry", queue_arn=QUEUE, sqs=client, invoke=self._invoke, documents=_Own(kept, life, faults),
            stopped=self._stop, batch=size[0], window=size[1], concurrency=2,
        )  # fmt: skip
        self._poller.start()

    def _stop(self, reason: str) -> None:
        self._note("pipe stopped", reason)
        self.life.kill()  # an operator starts it again

    async def _invoke(self, batch: str) -> str | None:
        await self.life.go_on()
        execution = await self._engine.run(MACHINE, batch)
        await self.life.go_on()
        run = execution.run
        self._note("execution", run.status, text(run.output), run.error)
        if self._faults.strikes(Fault.REPORT_LOST):
            raise ConnectionError("closed before the answer")
        if run.status != "SUCCEEDED":
            raise TargetFailed(f"{run.status}: {run.error}")
        return text(run.output)


class _Own(Documents):
    """One life's hold on what is kept: a dead process writes nothing."""

    def __init__(self, kept: Documents, life: Life, faults: Faults) -> None:
        self._kept, self._life, self._faults = kept, life, faults

    def put(self, kind: str, key: str, body: Any) -> None:
        """Store."""
        self._write(lambda: self._kept.put(kind, key, body))

    def delete(self, kind: str, key: str) -> None:
        """Forget."""
        self._write(lambda: self._kept.delete(kind, key))

    def all(self, kind: str) -> dict[str, Any]:
        """What was kept."""
        return self._kept.all(kind)

    def _write(self, write: Callable[[], None]) -> None:
        if self._life.dead:
            return
        if self._faults.strikes(Fault.DEATH_BEFORE):
            self._life.kill()
            raise Died
        write()
        if self._faults.strikes(Fault.DEATH_AFTER):
            self._life.kill()
            raise Died
