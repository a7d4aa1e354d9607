"""Puts the fleet on the wire: one MQTT connection over TLS for each device, QoS 1, and a ledger of what arrived.

Stage: the local run's input. A message counts as published when the broker has acknowledged it (PUBACK). A device that
loses its connection connects again and sends the message again, as real devices do: at least once. A listener on the
telemetry topic hears what any MQTT client publishes, so that the account holds when a person publishes too.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiomqtt

from local.account import Key, Published
from local.fleet import Message

LISTEN: Final = "devices/+/telemetry"
_LOG: Final = logging.getLogger(__name__)
_TIMEOUT: Final = 10.0
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 2.0


@dataclass(frozen=True)
class Broker:
    """Where MQTT over TLS is spoken, and the certificate that proves it."""

    host: str
    port: int
    ca_file: Path

    def tls(self) -> ssl.SSLContext:
        """Return a context that trusts this broker's CA alone and checks the host name."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=str(self.ca_file))
        return context

    def client(self, identifier: str, tls: ssl.SSLContext) -> aiomqtt.Client:
        """Return a client, not connected yet. `identifier` is the MQTT client id: on AWS, the thing's name."""
        return aiomqtt.Client(
            self.host, self.port, identifier=identifier, tls_context=tls, timeout=_TIMEOUT, logger=_LOG
        )


@dataclass
class Ledger:
    """What the devices and the listener know, while the run goes on."""

    published: list[Published] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    heard: Counter[Key] = field(default_factory=Counter)
    connected: int = 0
    reconnects: int = 0
    given_up: int = 0
    tell: Callable[[Message, float], None] | None = None

    def acknowledged(self, message: Message, began: float) -> None:
        """Note a PUBACK of what was sent at `began` (monotonic seconds), and `tell`."""
        self.published.append(
            Published(
                device=message.device,
                topic=message.topic,
                digest=hashlib.sha256(message.payload).hexdigest(),
                kind=message.kind.value,
                message=message.message_id,
            )
        )
        self.kinds[message.kind.value] += 1
        if self.tell is not None:
            self.tell(message, began)

    def keys(self) -> Iterator[Key]:
        """Yield the key of every acknowledged message."""
        return (message.key for message in self.published)


def pauses(seed: int, device: str, interval: float) -> Iterator[float]:
    """Yield seconds to wait before each message of `device`: `interval` on average, one fifth more or less.

    The first is anywhere in the interval, so that a fleet does not speak in chorus.
    """
    chance = random.Random(f"{seed}/{device}/pace")  # noqa: S311 - a simulation, not a secret
    yield chance.uniform(0, interval)
    while True:
        yield interval * chance.uniform(0.8, 1.2)


async def run_device(
    broker: Broker,
    device: str,
    says: Iterable[Message],
    waits: Iterable[float],
    ledger: Ledger,
    stop: asyncio.Event,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Publish what `device` says until `stop` is set or there is no more, each message acknowledged before the next.

    Ends with the message in flight acknowledged; `ledger.given_up` counts one that could not be before the end.
    """
    context = tls or broker.tls()
    script = zip(waits, says)
    unsent: Message | None = None
    due = time.monotonic()
    pause = _FIRST_PAUSE
    while not stop.is_set():
        try:
            async with broker.client(device, context) as client:
                ledger.connected += 1
                try:
                    while True:
                        if unsent is None:
                            planned = next(script, None)
                            # Paced by the plan, not by the last answer: a slow broker must not thin out the load.
                            due += planned[0] if planned else 0.0
                            if planned is None or await _stopped(stop, due - time.monotonic()):
                                return
                            unsent = planned[1]
                        began = time.monotonic()
                        await client.publish(unsent.topic, unsent.payload, qos=1)
                        ledger.acknowledged(unsent, began)
                        unsent = None
                        pause = _FIRST_PAUSE
                finally:
                    ledger.connected -= 1
        except aiomqtt.MqttError as error:
            _still_wanted(error)
            ledger.reconnects += 1
            _LOG.warning("device %s lost its connection: %s", device, error)
            await _stopped(stop, pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    ledger.given_up += unsent is not None


async def listen(broker: Broker, ledger: Ledger, ready: asyncio.Event, tls: ssl.SSLContext | None = None) -> None:
    """Count what any client publishes on the telemetry topic, until cancelled. `ready` is set once subscribed."""
    context = tls or broker.tls()
    pause = _FIRST_PAUSE
    while True:
        try:
            async with broker.client("symphony-listener", context) as client:
                await client.subscribe(LISTEN, qos=1)
                ready.set()
                pause = _FIRST_PAUSE
                async for message in client.messages:
                    payload = message.payload if isinstance(message.payload, bytes) else str(message.payload).encode()
                    ledger.heard[message.topic.value, hashlib.sha256(payload).hexdigest()] += 1
        except aiomqtt.MqttError as error:
            _still_wanted(error)
            _LOG.warning("the listener lost its connection: %s", error)
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _still_wanted(error: aiomqtt.MqttError) -> None:
    """Raise CancelledError where the error came of saying goodbye: it takes the place of a cancellation."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait for `seconds`, or until `stop` is set; return whether it is."""
    if seconds <= 0:
        # Let the others speak even when this device is late.
        await asyncio.sleep(0)
        return stop.is_set()
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
