"""Devices publish over real MQTT and TLS, and know what arrived; the broker is the emulator's."""

import asyncio
import contextlib
import itertools
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from local.account import count_published
from local.devices import Broker, Ledger, listen, pauses, run_device
from local.fleet import Kind, Message
from tests.local.emulator import emulator


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running.broker


def script(device: str, number: int) -> list[Message]:
    return [
        Message(device, f"devices/{device}/telemetry", f'{{"n":{n}}}'.encode(), Kind.NORMAL, f"m{n}")
        for n in range(number)
    ]


@contextlib.asynccontextmanager
async def listening(broker: Broker, ledger: Ledger) -> AsyncIterator[None]:
    ready = asyncio.Event()
    task = asyncio.create_task(listen(broker, ledger, ready))
    async with asyncio.timeout(10):
        await ready.wait()
    try:
        yield
    finally:
        task.cancel()


async def heard(ledger: Ledger, number: int) -> None:
    async with asyncio.timeout(10):
        while ledger.heard.total() < number:
            await asyncio.sleep(0.01)


async def test_every_message_is_acknowledged_and_heard_once(broker: Broker) -> None:
    ledger, stop = Ledger(), asyncio.Event()
    names = ("a1", "a2", "a3")
    async with listening(broker, ledger), asyncio.timeout(20):
        await asyncio.gather(
            *(run_device(broker, name, script(name, 20), itertools.repeat(0.0), ledger, stop) for name in names)
        )
        await heard(ledger, 60)
    assert Counter(message.device for message in ledger.published) == dict.fromkeys(names, 20)
    assert Counter(ledger.keys()) == ledger.heard
    assert count_published(ledger.keys(), ledger.heard) == (60, 0)
    assert ledger.connected == 0


async def test_a_device_stops_with_its_last_message_acknowledged(broker: Broker) -> None:
    ledger, stop = Ledger(), asyncio.Event()
    ledger.tell = lambda message, began: stop.set() if message.message_id == "m4" else None
    async with asyncio.timeout(20):
        await run_device(broker, "b1", script("b1", 1000), itertools.repeat(0.0), ledger, stop)
    assert [message.message for message in ledger.published] == ["m0", "m1", "m2", "m3", "m4"]
    assert ledger.given_up == 0


async def test_a_waiting_device_stops_at_once(broker: Broker) -> None:
    ledger, stop = Ledger(), asyncio.Event()
    device = asyncio.create_task(run_device(broker, "c1", script("c1", 1), itertools.repeat(3600.0), ledger, stop))
    async with asyncio.timeout(10):
        while not ledger.connected:
            await asyncio.sleep(0.01)
        stop.set()
        await device
    assert ledger.published == []


async def test_a_device_that_is_cut_off_connects_again_and_loses_nothing(broker: Broker) -> None:
    ledger, stop = Ledger(), asyncio.Event()
    async with listening(broker, ledger), asyncio.timeout(30):
        device = asyncio.create_task(run_device(broker, "d1", script("d1", 40), itertools.repeat(0.02), ledger, stop))
        while len(ledger.published) < 10:
            await asyncio.sleep(0.005)
        # A second connection under the same client id: the broker ends the first, as AWS IoT does.
        async with broker.client("d1", broker.tls()):
            pass
        await device
    assert ledger.reconnects >= 1
    assert [message.message for message in ledger.published] == [f"m{n}" for n in range(40)]
    assert count_published(ledger.keys(), ledger.heard)[0] >= 40


async def test_a_person_who_publishes_is_counted_as_another(broker: Broker) -> None:
    ledger, stop = Ledger(), asyncio.Event()
    async with listening(broker, ledger), asyncio.timeout(20):
        await run_device(broker, "e1", script("e1", 3), itertools.repeat(0.0), ledger, stop)
        async with broker.client("my-sensor", broker.tls()) as person:
            await person.publish("devices/my-sensor/telemetry", b"mine", qos=1)
            await person.publish("elsewhere", b"not telemetry", qos=1)
        await heard(ledger, 4)
    assert count_published(ledger.keys(), ledger.heard) == (4, 1)


async def test_every_byte_arrives_as_it_was_sent(broker: Broker) -> None:
    payloads = [b"", b"\x00\x1b[2J\xff\xfe", b"x" * 100_000, b"[" * 50_000, b"9" * 50_000, b'"\\ud800"']
    messages = [Message("f1", "devices/f1/telemetry", payload, Kind.BINARY) for payload in payloads]
    ledger, stop = Ledger(), asyncio.Event()
    async with listening(broker, ledger), asyncio.timeout(20):
        await run_device(broker, "f1", messages, itertools.repeat(0.0), ledger, stop)
        await heard(ledger, len(payloads))
    assert Counter(ledger.keys()) == ledger.heard


async def test_a_broker_that_the_ca_does_not_vouch_for_is_refused(broker: Broker, tmp_path: Path) -> None:
    trusting_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(aiomqtt.MqttError, match="certificate verify failed"):
        async with broker.client("g1", trusting_nobody):
            pass


class Rude(Broker):
    """A broker that connects, takes all, and fails when a client says goodbye, as one does that is gone."""

    def client(self, identifier: str, tls: ssl.SSLContext) -> Any:
        class Client:
            messages = endless()

            async def __aenter__(self) -> "Client":
                return self

            async def __aexit__(self, *_: object) -> None:
                raise aiomqtt.MqttError("Operation timed out")

            async def publish(self, *_: object, **__: object) -> None: ...

            async def subscribe(self, *_: object, **__: object) -> None: ...

        return Client()


async def endless() -> AsyncIterator[Any]:
    await asyncio.Event().wait()
    yield


async def test_a_cancellation_holds_where_saying_goodbye_fails(tmp_path: Path) -> None:
    broker, ledger, ready = Rude("127.0.0.1", 1, tmp_path), Ledger(), asyncio.Event()
    tls, stop = ssl.create_default_context(), asyncio.Event()
    said, waits = script("d", 2), iter([0.0, 3600.0])
    device = asyncio.create_task(run_device(broker, "d", said, waits, ledger, stop, tls))
    listener = asyncio.create_task(listen(broker, ledger, ready, tls))
    async with asyncio.timeout(20):
        await ready.wait()
        while not ledger.published:
            await asyncio.sleep(0)
        device.cancel()
        listener.cancel()
        ends = await asyncio.gather(device, listener, return_exceptions=True)
    assert [type(end) for end in ends] == [asyncio.CancelledError, asyncio.CancelledError]


def test_the_pace_is_fixed_by_the_seed_and_right_on_average() -> None:
    waits = list(itertools.islice(pauses(1, "a", 2.0), 500))
    assert waits == list(itertools.islice(pauses(1, "a", 2.0), 500))
    assert waits != list(itertools.islice(pauses(2, "a", 2.0), 500))
    assert 0 <= waits[0] <= 2.0
    assert all(1.6 <= wait <= 2.4 for wait in waits[1:])
    assert sum(waits[1:]) / len(waits[1:]) == pytest.approx(2.0, rel=0.05)
