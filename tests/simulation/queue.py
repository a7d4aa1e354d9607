"""A model of SQS: visibility, redelivery, a dead-letter queue, no order, and a client that the pipe takes for its own.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from local.aws.call import JsonClient
from local.aws.rest import ApiError
from simulator.clock import VirtualClock
from tests.simulation.faults import Fault, Faults
from tests.simulation.scheduler import Life

Note = Callable[..., None]


@dataclass
class Message:
    """A message in the queue."""

    id: str
    body: str
    sent: float
    visible: float
    receives: int = 0
    handles: set[str] = field(default_factory=set)


class Queue:
    """The queue and, in `dead`, its dead-letter queue."""

    def __init__(
        self, clock: VirtualClock, random: Random, faults: Faults, note: Note, *, visibility: int, receives: int
    ) -> None:
        self._clock, self._random, self._faults, self._note = clock, random, faults, note
        self._receives = receives
        self.visibility = visibility
        self.messages: dict[str, Message] = {}
        self.dead: list[Message] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._handed = 0
        self.deleted: Callable[[Message], None] = lambda message: None

    def send(self, body: str) -> None:
        """Take a message."""
        self._handed += 1
        name = f"sqs-{self._handed:04}"
        self.messages[name] = Message(name, body, self._clock.now(), self._clock.now())
        self._wake()

    def _wake(self) -> None:
        for waiting in self._waiting:
            _done(waiting)
        self._waiting.clear()

    async def arrival(self, until: float) -> None:
        """Wait until something may have become visible, at most until then."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        next_visible = min((m.visible for m in self.messages.values() if m.visible > self._clock.now()), default=until)
        timer = self._clock.call_at(min(until, next_visible), lambda: _done(waiting))
        try:
            await waiting
        finally:
            timer.cancel()

    def receive(self, most: int, visibility: int) -> list[dict[str, Any]]:
        """Hand out what is visible, in no order; what was received too often goes to the dead-letter queue instead."""
        now = self._clock.now()
        seen = [m for m in self.messages.values() if m.visible <= now]
        self._random.shuffle(seen)
        if seen and any(m.sent < seen[0].sent for m in seen) and Fault.REORDERED in self._faults:
            self._faults.met[Fault.REORDERED] += 1
        elif Fault.REORDERED not in self._faults:
            seen.sort(key=lambda m: (m.sent, m.id))
        given: list[dict[str, Any]] = []
        for message in seen:
            if len(given) == most:
                break
            if message.receives >= self._receives:
                del self.messages[message.id]
                self.dead.append(message)
                self._note("dead-lettered", message.id)
                continue
            message.receives += 1
            self._handed += 1
            handle = f"{message.id}/{self._handed}"
            message.handles.add(handle)
            twice = self._faults.strikes(Fault.DUPLICATE_DELIVERY)
            message.visible = now if twice else now + visibility
            given.append(
                {
                    "MessageId": message.id,
                    "ReceiptHandle": handle,
                    "Body": message.body,
                    "MD5OfBody": "",
                    "Attributes": {
                        "SentTimestamp": str(int(message.sent * 1000)),
                        "ApproximateReceiveCount": str(message.receives),
                    },
                }
            )
        return given

    def delete(self, handle: str) -> None:
        """Forget a message; an old handle does it too."""
        name = handle.partition("/")[0]
        if self._faults.strikes(Fault.LOST_DELETE):
            return
        message = self.messages.pop(name, None)
        if message is not None:
            self._note("deleted", name)
            self.deleted(message)

    def change(self, handle: str, seconds: int) -> None:
        """Have a message become visible after so many seconds from now."""
        message = self.messages.get(handle.partition("/")[0])
        if message is not None:
            message.visible = self._clock.now() + seconds
            self._wake()


def _done(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


class QueueClient(JsonClient):
    """What a pipe calls: SQS's operations, with what may go wrong on the way. One life of a process owns it."""

    def __init__(self, queue: Queue, life: Life, random: Random, faults: Faults, clock: VirtualClock) -> None:
        self._queue, self._life, self._random, self._faults, self._clock = queue, life, random, faults, clock

    async def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One operation. Raises ApiError and ConnectionError."""
        await self._travel()
        if self._faults.strikes(Fault.THROTTLED):
            raise ApiError("ThrottlingException", "Rate exceeded", 400)
        if self._faults.strikes(Fault.LOST_REQUEST):
            raise ConnectionError("no connection")
        if self._faults.strikes(Fault.DEATH_BEFORE):
            self._life.kill()
        await self._life.go_on()
        if operation == "ReceiveMessage":
            answer = await self._receive(parameters)
        else:
            answer = self._now(operation, parameters)
        if self._faults.strikes(Fault.DEATH_AFTER):
            self._life.kill()
        await self._travel()
        if self._faults.strikes(Fault.LOST_RECEIVE if operation == "ReceiveMessage" else Fault.LOST_ANSWER):
            raise ConnectionError("closed before the answer")
        return answer

    async def _travel(self) -> None:
        await asyncio.sleep(self._random.uniform(0.001, 0.05))
        await self._life.go_on()

    async def _receive(self, parameters: dict[str, Any]) -> dict[str, Any]:
        # Most long polls last longer here than SQS's: to hear that nothing came, again and again, only costs time.
        until = self._clock.now() + parameters["WaitTimeSeconds"] * self._random.choice((1, 30, 30, 30))
        while True:
            given = self._queue.receive(parameters["MaxNumberOfMessages"], parameters["VisibilityTimeout"])
            if given or self._clock.now() >= until:
                return {"Messages": given} if given else {}
            await self._queue.arrival(until)
            await self._life.go_on()

    def _now(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "GetQueueUrl":
            return {"QueueUrl": "queue"}
        if operation == "GetQueueAttributes":
            return {"Attributes": {"VisibilityTimeout": str(self._queue.visibility)}}
        for entry in parameters.get("Entries", [parameters]):
            if operation.startswith("DeleteMessage"):
                self._queue.delete(entry["ReceiptHandle"])
            else:
                self._queue.change(entry["ReceiptHandle"], entry["VisibilityTimeout"])
        return {}
