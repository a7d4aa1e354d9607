"""One seed, run: messages are published, the process lives and dies, faults strike; then all is quiet, and it is seen
what became of everything."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers import clients, quarantine, sweep
from handlers.errors import Unavailable
from handlers.items import to_item
from handlers.models import Device, Reading, Sweep
from handlers.summarise import summarise
from handlers.validate import validate
from local.aws.documents import Documents
from pipelines.telemetry import Enriched, decide, telemetry
from simulator import Machine, compile_machine
from simulator.clock import VirtualClock
from tests.handlers.messages import RECEIVED_AT, envelope, record
from tests.handlers.messages import telemetry as said
from tests.simulation.faults import Fault, Faults
from tests.simulation.process import Process
from tests.simulation.queue import Message, Queue, QueueClient
from tests.simulation.scheduler import Died, Life, Loop
from tests.simulation.services import Tasks
from tests.simulation.tables import Aws, Client, failed

START = RECEIVED_AT / 1000
FRIDGE = Device(device_id="fridge-7", name="Vaccines", low=2, high=8)
PATIENCE = 6 * 3600.0
"""Seconds after which a message that still waits is lost."""

SETTLE = 1800.0
"""Seconds in which all that is on its way ends: longer than an execution, a visibility timeout and a slow call."""


class _Time:
    """What handlers see of `time`."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def time_ns(self) -> int:
        return int(self._clock.now() * 1e9)


def bound() -> dict[str, Any]:
    """The telemetry workflow's definition, bound to the names of the models."""
    return telemetry.definition({key: key.partition(".")[2] for key in telemetry.symbols} | {"aws.partition": "aws"})


def compiled(definition: dict[str, Any] | None = None) -> Machine:
    """That definition, or a changed one, ready to run."""
    return compile_machine(definition or bound(), express=True)


@dataclass
class World:
    """Everything of one seed. `trace` is a digest of all that happened, in order; `lines` say it, if they are kept.
    `published`: what was, the reading's id by the trace."""

    seed: int
    machine: Machine
    keep: bool = False
    lines: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)
    unswept: list[str] = field(default_factory=list)
    abandoned: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    lives: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.clock = VirtualClock(START, automatic=False)
        self.faults = Faults(self.random, self.clock, self.random.choice((60, 600, 2400)))
        self.aws = Aws()
        self.queue = Queue(
            self.clock, self.random, self.faults, self.note,
            visibility=self.random.choice((300, 360)), receives=self.random.choice((3, 5)),
        )  # fmt: skip
        self.queue.deleted = self._deleted
        self.size = self.random.choice(((1, 0.0), (4, 0.0), (4, 1.0)))
        self.documents = Documents(Path(":memory:"))
        self.poisoned: set[str] = set()
        self.process: Process | None = None
        self._digest = hashlib.blake2b(digest_size=16)

    @property
    def trace(self) -> str:
        """The digest so far."""
        return self._digest.hexdigest()

    def note(self, *what: Any) -> None:
        """Something happened."""
        line = f"{self.clock.now() - START:.6f} {' '.join(map(str, what))}"
        self._digest.update(line.encode())
        if self.keep:
            self.lines.append(line)

    # -------------------------------------------------------------- running

    def run(self) -> World:
        """Run to the end of everything."""
        loop = Loop(self.clock)
        loop.set_exception_handler(self._unexpected)
        with pytest.MonkeyPatch.context() as patch:
            client = Client(self.aws, self._inside)
            patch.setattr(clients, "dynamodb", lambda: client)
            patch.setattr(clients, "sns", lambda: client)
            patch.setattr(sweep, "time", _Time(self.clock))
            patch.setattr(quarantine, "time", _Time(self.clock))
            patch.setenv("QUARANTINE_TABLE", "quarantine")
            patch.setenv("READINGS_TABLE", "readings")
            patch.setenv("READINGS_INDEX", "pending")
            patch.setenv("ALERTS_TOPIC", "alerts")
            for name in ("pipes", "handlers.sweep"):  # what they say of faults is in the trace
                patch.setattr(logging.getLogger(name), "disabled", True)
            try:
                loop.finish(self._main())
            finally:
                self.documents.close()
        return self

    def _unexpected(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if not isinstance(error, Died):
            self.unexpected.append(f"{context.get('message')}: {error!r}")

    async def _main(self) -> None:
        self._prepare()
        self._begin()
        for kind, act in (
            (Fault.CLOCK_FORWARD, lambda: self._step(self.random.uniform(1, 400))),
            (Fault.CLOCK_BACK, lambda: self._step(-self.random.uniform(1, 400))),
            (Fault.RANGE_CHANGED, self._change_range),
        ):
            for _ in range(8):
                self._later(self.random.uniform(0, 120), lambda kind=kind, act=act: self._perhaps(kind, act))
        sweeping = asyncio.get_running_loop().create_task(self._sweep_often())
        until = self.clock.now() + PATIENCE
        while self.clock.now() < until:
            await asyncio.sleep(SETTLE)
            if not self.queue.messages:
                break
        self.waiting = list(self.queue.messages)
        sweeping.cancel()
        await asyncio.sleep(SETTLE)
        if self.process is not None:
            self.process.life.kill()
        self.unswept = self._pending()
        sweep.sweep(Sweep())
        self.note("end", sorted(self.aws.tables["readings"].items), self.aws.topic.messages)

    def _later(self, seconds: float, act: Any) -> None:
        self.clock.call_at(self.clock.now() + seconds, act)

    def _perhaps(self, kind: Fault, act: Any) -> None:
        if self.faults.strikes(kind):
            act()

    # -------------------------------------------------------------- what there is

    def _prepare(self) -> None:
        devices = self.aws.tables["devices"]
        devices.put(to_item(FRIDGE), None, {}, "start")
        count = self.random.randint(1, 6)
        if Fault.EXPIRED in self.faults:
            self._stored_long_ago()
        for number in range(count):
            trace = f"trace-{number:03}"
            if self.faults.strikes(Fault.POISON):
                self.poisoned.add(trace)
            device = self.random.choice(("fridge-7", "fridge-7", "fridge-7", "stranger"))
            right = self.random.random() < 0.85
            message = said(
                messageId=self.random.choice("abc"),
                temperature=self.random.choice((4.5, 9.5, 9.5, -1.25)) if right else "x",
            )
            self.published[trace] = f"{device}#{message['messageId']}"
            body = envelope(json.dumps(message).encode(), topic=f"devices/{device}/telemetry", trace=trace)
            self._later(self.random.uniform(0, 40), lambda body=body: self.queue.send(body))

    def _stored_long_ago(self) -> None:
        """A reading whose time to live ends while messages with its id are on their way."""
        delivered = record(said(messageId="a", temperature=9.5), trace="trace-old")
        reading: Reading = validate(delivered)
        item = decide(Enriched(reading=reading, summary=summarise(reading), device=FRIDGE)).item
        readings = self.aws.tables["readings"]
        readings.put(to_item(item.model_copy(update={"alert": "sent", "pending_since": None})), None, {}, "start")

        def expire() -> None:
            self.faults.met[Fault.EXPIRED] += readings.expire(item.id)
            self.note("expired", item.id)

        self._later(self.random.choice((self.random.uniform(0, 45), self.random.uniform(0, 1000))), expire)

    def _begin(self) -> None:
        """Start a process."""
        life = Life(self.clock, self.random, self._ended)
        self.note("process", len(self.lives))
        self.process = Process(
            life=life,
            tasks=Tasks(self.aws, life, self.random, self.faults, self.clock, self.note, self.poisoned),
            client=QueueClient(self.queue, life, self.random, self.faults, self.clock),
            kept=self.documents,
            machine=self.machine,
            seed=f"{self.seed}.{len(self.lives)}",
            clock=self.clock,
            faults=self.faults,
            note=self.note,
            size=self.size,
        )
        self.lives.append(self.process)  # kept to the end: a dead process hangs in the middle of what it did

    def _ended(self) -> None:
        self.note("died")
        self.process = None
        self._later(self.random.uniform(0.1, 30), self._begin)

    def _pending(self) -> list[str]:
        """The messages whose alert is not sent."""
        items = self.aws.tables["readings"].items.values()
        return [item["trace"]["S"] for item in items if item["alert"]["S"] == "pending"]

    def _deleted(self, message: Message) -> None:
        """Nothing may leave the queue as done while its alert is pending, even if the sweeper would save it."""
        trace = json.loads(message.body)["traceId"]
        if trace in self._pending():
            self.abandoned.append(trace)

    # -------------------------------------------------------------- what goes wrong

    def _step(self, seconds: float) -> None:
        if self.process is not None:
            self.note("clock", seconds)
            self.process.clock.step(seconds)

    def _change_range(self) -> None:
        high = self.random.choice((8, 30))
        self.aws.tables["devices"].put(to_item(FRIDGE.model_copy(update={"high": high})), None, {}, "operator")

    def _inside(self, operation: str) -> None:
        """Between two calls of a handler others go on; and a call may fail."""
        self.clock.advance(self.random.uniform(0.001, 0.05))
        if self.faults.strikes(Fault.SWEEP_FAILS if operation != "PutItem" else Fault.THROTTLED):
            raise failed(self.random.choice(("ThrottlingException", "AccessDeniedException")), operation)

    async def _sweep_often(self) -> None:
        while True:
            await asyncio.sleep(300)
            try:
                swept = sweep.sweep(Sweep())
            except (Unavailable, ClientError) as error:
                self.note("sweep failed", type(error).__name__)
            else:
                self.note("swept", swept.sent)
