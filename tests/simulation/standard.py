"""Standard executions under the scheduler: an engine that dies and recovers; tasks, items, a wait, a person's token."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulator import Engine, StateError, TaskCall, TaskFailed
from simulator.clock import VirtualClock
from simulator.faults import ApiError
from simulator.machines import Revision, StateMachine, compile_text
from simulator.recovery import replay
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Life, Loop, StepClock
from tests.simulation.store import Disk, Store

START = 1_795_000_000.0
PATIENCE = 3 * 86_400.0
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:incident"
LAMBDA = "arn:aws:states:::lambda:invoke"
RETRY = [{"ErrorEquals": ["Flaky"], "MaxAttempts": 20, "JitterStrategy": "FULL", "MaxDelaySeconds": 60}]


def call(arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A task that is tried often."""
    return {"Type": "Task", "Resource": LAMBDA, "Arguments": arguments, "Retry": RETRY, **more}


DEFINITION: dict[str, Any] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Notify",
    "States": {
        "Notify": call({"n": 0}, Output="{% $states.input %}", Next="Each"),
        "Each": {
            "Type": "Map",
            "Items": "{% [1..$states.input.n] %}",
            "MaxConcurrency": 2,
            "ItemProcessor": {"StartAt": "Act", "States": {"Act": call({"n": "{% $states.input %}"}, End=True)}},
            "Assign": {"acted": "{% $states.result %}"},
            "Next": "Rest",
        },
        "Rest": {"Type": "Wait", "Seconds": 600, "Next": "Ask"},
        "Ask": call(
            {"MessageBody": "{% $states.context.Task.Token %}"},
            Resource="arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            Output={"acted": "{% $acted %}", "said": "{% $states.result %}"},
            End=True,
        ),
    },
}


@dataclass
class Standard:
    """One seed."""

    seed: int
    store: type[Store] = Store
    said: list[str] = field(default_factory=list)
    lives: int = 0
    effects: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.clock = VirtualClock(START, automatic=False)
        self.faults = Faults(self.random, self.clock, 3600)
        self.disk = Disk()
        self.engine: Engine | None = None
        self.wall: StepClock | None = None
        self._digest = hashlib.blake2b(digest_size=16)
        text = json.dumps(DEFINITION)
        revision = Revision("1", text, "arn:aws:iam::000000000000:role/r", compile_text(text))
        self.disk.machines[MACHINE] = StateMachine(MACHINE, "incident", "STANDARD", START, START, revision).save()
        self.wanted = {f"incident-{i}": self.random.randint(1, 4) for i in range(self.random.randint(1, 3))}

    @property
    def trace(self) -> str:
        """The digest of all that happened."""
        return self._digest.hexdigest()

    def note(self, *what: Any) -> None:
        """Something happened."""
        self._digest.update(f"{self.clock.now()} {what}".encode())

    def run(self) -> Standard:
        """Run until every execution is over, then see whether all is well."""
        loop = Loop(self.clock)
        loop.set_exception_handler(lambda _, context: self.said.append(str(context)))
        loop.finish(self._main())
        return self

    async def _main(self) -> None:
        self._lives: list[Engine] = []
        self._begin()
        waiting = [asyncio.ensure_future(self._start(name)) for name in self.wanted]
        for _ in range(6):
            self.clock.call_at(START + self.random.uniform(0, 900), self._step)
        until = START + PATIENCE
        while self.clock.now() < until and len(set(self.disk.ends)) < len(self.wanted):
            await asyncio.sleep(300)
        await asyncio.gather(*waiting)
        self._check()

    def _begin(self) -> None:
        self.lives += 1
        life = Life(self.clock, self.random, self._ended)
        store = self.store(self.disk, life, self.clock, self.random, self.faults, self.note)
        self.wall = StepClock(self.clock, life)
        runner = _Tasks(self, life)
        self.engine = Engine(runner, clock=self.wall, store=store, seed=f"{self.seed}.{self.lives}")
        self._lives.append(self.engine)
        self.engine.recover()

    def _ended(self) -> None:
        self.note("died")
        self.engine = self.wall = None
        self.clock.call_at(self.clock.now() + self.random.uniform(0.1, 30), self._begin)

    def _step(self) -> None:
        if self.wall is not None:
            if self.faults.strikes(Fault.CLOCK_FORWARD):
                self.wall.step(self.random.uniform(1, 400))
            if self.faults.strikes(Fault.CLOCK_BACK):
                self.wall.step(-self.random.uniform(1, 400))

    async def _start(self, name: str) -> None:
        """A caller who asks until it is told that the execution exists."""
        await self._insist(lambda engine: engine.start(MACHINE, json.dumps({"n": self.wanted[name]}), name))

    async def answer(self, token: str) -> None:
        """A person who answers until it is told that it was heard, or is no longer wanted."""
        await asyncio.sleep(self.random.uniform(1, 7200))
        await self._insist(lambda engine: engine.task_success(token, "yes"))

    async def _insist(self, ask: Any) -> None:
        while True:
            engine = self.engine
            if engine is not None:
                try:
                    async with asyncio.timeout(30):  # a process that died does not answer
                        await ask(engine)
                    return
                except ApiError as error:
                    self.note(error.code)
                    return
                except (OSError, TimeoutError):
                    pass
            await asyncio.sleep(self.random.uniform(1, 20))

    def _check(self) -> None:
        for name, count in self.wanted.items():
            arn = MACHINE.replace("stateMachine", "execution") + f":{name}"
            saved = self.disk.saved.get(arn)
            if saved is None or saved.end is None:
                self.said.append(f"{name} was lost")
                continue
            output = json.loads(saved.end["output"]) if saved.end["output"] else saved.end
            if output != {"acted": [10 * n for n in range(1, count + 1)], "said": "yes"}:
                self.said.append(f"{name} ended as {output}")
            run, _ = replay(saved, None)
            if [event.id for event in run.events] != list(range(1, len(run.events) + 1)) or run.status != "SUCCEEDED":
                self.said.append(f"{name} has another history: {run.status}")


class _Tasks:
    """One life's task runner."""

    def __init__(self, world: Standard, life: Life) -> None:
        self._world, self._life = world, life

    async def run(self, call: TaskCall) -> Any:
        """Answer after a while. A task whose answer is on the disk must not be asked for again."""
        world = self._world
        answered = [entry for entry in world.disk.saved[call.execution_arn].journal if entry[1] == call.key]
        if answered:
            world.said.append(f"{call.state} runs again after {answered}")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        fault = world.faults.first(Fault.TASK_ERROR, Fault.LOST_ANSWER)

        def land() -> None:
            world.effects += fault is not Fault.TASK_ERROR
            if call.token is not None and fault is not Fault.TASK_ERROR:
                people.append(asyncio.ensure_future(world.answer(call.token)))
            if self._life.dead or answer.done():
                return
            failure: StateError | None = TaskFailed("Flaky") if fault else None
            if failure is not None:
                answer.set_exception(failure)
            else:
                answer.set_result(10 * call.arguments.get("n", 0))

        people: list[asyncio.Future[None]] = []
        self._life.send(world.random.uniform(0.01, 20), land)
        return await answer
