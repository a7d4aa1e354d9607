"""What the simulated devices say: cold-chain sensors, the mistakes real fleets make, and what should become of each.

Stage: the local run's input. Pure and deterministic: a seed and a clock give the same messages in the same order, so a
run can be repeated and its account foreseen. `devices.py` puts them on the wire.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

TOPIC: Final = "devices/{device}/telemetry"


class Kind(StrEnum):
    """What is special about a message."""

    NORMAL = "in range"
    OUT_OF_RANGE = "out of range"
    UNKNOWN_DEVICE = "unknown device"
    SENT_AGAIN = "sent again"
    ID_REUSED = "message id reused"
    NOT_JSON = "not JSON"
    TRUNCATED = "truncated"
    NOT_A_NUMBER = "NaN"
    WRONG_TYPES = "wrong types"
    EMPTY = "empty"
    OTHER_DEVICE = "claims another device"
    BINARY = "binary"
    NO_MESSAGE_ID = "no message id"
    HOSTILE_ID = "hostile message id"
    TOO_DEEP = "nested too deep"
    OVERSIZED = "oversized"


MALFORMED: Final = (
    Kind.NOT_JSON,
    Kind.TRUNCATED,
    Kind.NOT_A_NUMBER,
    Kind.WRONG_TYPES,
    Kind.EMPTY,
    Kind.OTHER_DEVICE,
    Kind.BINARY,
    Kind.NO_MESSAGE_ID,
    Kind.HOSTILE_ID,
    Kind.TOO_DEEP,
)
"""The kinds that are no acceptable reading."""


def expected_outcome(kind: Kind) -> str:
    """Return what becomes of a message of this kind: stored, duplicate, quarantined or dead-lettered."""
    if kind in MALFORMED or kind is Kind.ID_REUSED:
        return "quarantined"
    if kind is Kind.OVERSIZED:
        return "dead-lettered"
    return "duplicate" if kind is Kind.SENT_AGAIN else "stored"


@dataclass(frozen=True)
class Message:
    """One MQTT message before it is published."""

    device: str
    topic: str
    payload: bytes
    kind: Kind
    message_id: str = ""


@dataclass(frozen=True)
class Sensor:
    """A simulated device and the place it watches. Temperatures in degrees Celsius, humidity in percent.

    `low` and `high` are what the goods bear and what the devices table holds; a device that is not `known` is not in
    that table. `doors` is the chance of each reading that the door is opened; `flaky` the chance that a message is sent
    again; `faulty` devices say one malformed message after another.
    """

    device: str
    name: str
    low: float
    high: float
    humidity: float = 60.0
    known: bool = True
    doors: float = 0.03
    flaky: float = 0.0
    faulty: bool = False


FLEET: Final = (
    Sensor("vaccine-fridge-1", "Vaccine fridge, pharmacy", 2.0, 8.0, humidity=45.0),
    Sensor("vaccine-fridge-2", "Vaccine fridge, ward 3", 2.0, 8.0, humidity=47.0),
    Sensor("plasma-freezer-1", "Plasma freezer, blood bank", -40.0, -25.0, humidity=30.0, doors=0.01),
    Sensor("dairy-wall-1", "Dairy wall, aisle 4", 1.0, 5.0, humidity=78.0, doors=0.08),
    Sensor("fish-counter-1", "Fish counter", -1.0, 2.0, humidity=92.0, doors=0.06),
    Sensor("ice-cream-truck-7", "Ice-cream truck 7", -30.0, -18.0, humidity=35.0, doors=0.12),
    Sensor("banana-room-2", "Banana ripening room 2", 13.0, 18.0, humidity=88.0),
    Sensor("cold-store-gate-3", "Cold store, gate 3: poor radio", 0.0, 4.0, humidity=70.0, flaky=0.3),
    Sensor("reefer-container-5", "Reefer container 5: broken firmware", -2.0, 4.0, humidity=65.0, faulty=True),
    Sensor("stray-logger-9", "Logger that nobody registered", 0.0, 6.0, known=False),
)
"""Ten devices: seven sound ones, one whose radio repeats itself, one whose firmware is broken, one unknown."""

OWN_DEVICE: Final = Sensor("my-sensor", "Yours: publish as this one", 2.0, 8.0)
"""Known to the table and simulated by nobody, so that a person can publish under its name undisturbed."""


def messages(
    sensor: Sensor, *, seed: int, now: Callable[[], datetime], oversized: int | None = None
) -> Iterator[Message]:
    """Yield what `sensor` says, without end.

    `now` is asked once for each new reading. `oversized` is the payload size in bytes that the queue cannot take;
    a faulty sensor sends one such message in each round of its mistakes. None: never.
    """
    # A string seeds by its SHA-512, which is the same in every process, unlike hash().
    chance = random.Random(f"{seed}/{sensor.device}")  # noqa: S311 - a simulation, not a secret
    climate = _Climate(sensor, chance)
    mistakes: list[Kind] = list(MALFORMED)
    if oversized:
        mistakes.insert(1, Kind.OVERSIZED)
    number = 0
    while True:
        number += 1
        reading = climate.next(f"{sensor.device}-{number:06d}", now())
        if sensor.faulty and number % 3:
            kind = mistakes[(number - number // 3 - 1) % len(mistakes)]
            yield _spoilt(kind, sensor, reading, chance, oversized or 0)
            continue
        first = _message(sensor, reading, climate.kind)
        yield first
        if chance.random() < sensor.flaky:
            if chance.random() < 0.3:
                # A device that restarted and counts from where it had not saved: other content under a used id.
                reading = {**reading, "temperature": round(float(str(reading["temperature"])) + 0.7, 2)}
                yield _message(sensor, reading, Kind.ID_REUSED)
            else:
                yield Message(first.device, first.topic, first.payload, Kind.SENT_AGAIN, first.message_id)


class _Climate:
    """The air around one sensor: a compressor's slow swing, noise, a battery that drains, doors that stay open."""

    def __init__(self, sensor: Sensor, chance: random.Random) -> None:
        self._sensor = sensor
        self._chance = chance
        self._phase = chance.uniform(0, 2 * math.pi)
        self._period = chance.uniform(20, 45)
        self._warmth = 0.0
        self._battery = chance.uniform(55, 100)
        self._step = 0
        self.kind = Kind.NORMAL

    def next(self, message_id: str, time: datetime) -> dict[str, object]:
        """Return the next reading as the device would write it, and set `kind`."""
        sensor, chance = self._sensor, self._chance
        span = sensor.high - sensor.low
        self._step += 1
        self._warmth *= 0.7
        if chance.random() < sensor.doors:
            self._warmth += span * chance.uniform(0.8, 1.6)
        swing = 0.2 * span * math.sin(self._phase + 2 * math.pi * self._step / self._period)
        noise = max(-0.1, min(0.1, chance.gauss(0, 0.03))) * span
        celsius = round((sensor.low + sensor.high) / 2 + swing + noise + self._warmth, 2)
        humidity = sensor.humidity + 6 * self._warmth / span + chance.gauss(0, 1.5)
        self._battery = max(3.0, self._battery - chance.uniform(0, 0.02))
        if not sensor.known:
            self.kind = Kind.UNKNOWN_DEVICE
        else:
            self.kind = Kind.NORMAL if sensor.low <= celsius <= sensor.high else Kind.OUT_OF_RANGE
        return {
            "messageId": message_id,
            "temperature": celsius,
            "humidity": round(max(0.0, min(100.0, humidity)), 1),
            "battery": round(self._battery),
            "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


def _message(sensor: Sensor, reading: dict[str, object], kind: Kind) -> Message:
    return Message(sensor.device, TOPIC.format(device=sensor.device), encode(reading), kind, str(reading["messageId"]))


def encode(reading: dict[str, object]) -> bytes:
    """Return the reading as a device writes it: compact JSON in UTF-8."""
    return json.dumps(reading, separators=(",", ":"), ensure_ascii=False).encode("utf-8", errors="surrogatepass")


def _spoilt(kind: Kind, sensor: Sensor, reading: dict[str, object], chance: random.Random, oversized: int) -> Message:
    """Return the reading as broken firmware sends it."""
    whole = encode(reading)
    payloads: dict[Kind, Callable[[], bytes]] = {
        Kind.NOT_JSON: lambda: f"T={reading['temperature']};H={reading['humidity']}\r\n".encode(),
        Kind.TRUNCATED: lambda: whole[: chance.randrange(1, len(whole) - 1)],
        Kind.NOT_A_NUMBER: lambda: encode({**reading, "temperature": math.nan}),
        Kind.WRONG_TYPES: lambda: encode({**reading, "temperature": "warm", "humidity": [60], "battery": None}),
        Kind.EMPTY: lambda: b"",
        Kind.OTHER_DEVICE: lambda: encode({**reading, "deviceId": "vaccine-fridge-1"}),
        # Escape codes first: what a careless `cat` of this payload would do to a terminal.
        Kind.BINARY: lambda: b"\x1b[2J\x1b]0;owned\x07\x00\x9b31m" + chance.randbytes(40) + b"\xff\xfe",
        Kind.NO_MESSAGE_ID: lambda: encode({name: value for name, value in reading.items() if name != "messageId"}),
        Kind.HOSTILE_ID: lambda: encode({**reading, "messageId": "../\u202e\x1b[31m#+$aws\n<script>\0"}),
        # Deeper than Python's own reader goes.
        Kind.TOO_DEEP: lambda: b"[" * 3000 + b"]" * 3000,
        Kind.OVERSIZED: lambda: encode({**reading, "note": ""}).replace(b'""', b'"' + b"x" * oversized + b'"'),
    }
    message_id = "" if kind in (*MALFORMED, Kind.OVERSIZED) else str(reading["messageId"])
    return Message(sensor.device, TOPIC.format(device=sensor.device), payloads[kind](), kind, message_id)
