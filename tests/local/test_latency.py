"""The time from device to table is measured from outside, sparingly."""

import asyncio
import time

import pytest

from local.fleet import Kind, Message
from local.latency import Latency, percentile


def message(name: str, kind: Kind = Kind.NORMAL) -> Message:
    return Message("d", "devices/d/telemetry", b"{}", kind, name)


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 5), (0.95, 10), (0.9, 9), (1.0, 10)])
def test_percentiles_are_values_that_occurred(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(10, 0, -1)], share) == value


async def test_the_table_is_asked_until_the_reading_is_there() -> None:
    answers = [False, False, True]
    asked: list[str] = []

    def stored(reading: str) -> bool:
        asked.append(reading)
        return answers.pop(0)

    latency = Latency(stored)
    measuring = asyncio.create_task(latency.measure())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    latency.offer(message("m1"), time.monotonic() - 1.0)
    async with asyncio.timeout(5):
        while not latency.seconds:
            await asyncio.sleep(0.001)
    measuring.cancel()
    assert asked == ["d#m1"] * 3
    assert 1.0 <= latency.seconds[0] < 3.0
    assert latency.summary().endswith("(1 readings measured)")


async def test_only_what_is_stored_for_the_first_time_and_no_more_than_a_few_at_once() -> None:
    asked: list[str] = []

    def stored(reading: str) -> bool:
        asked.append(reading)
        return True

    latency = Latency(stored)
    measuring = asyncio.create_task(latency.measure())
    latency.offer(message("nobody is ready to measure"), 0.0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    latency.offer(message("again", Kind.SENT_AGAIN), 0.0)
    latency.offer(message("bad", Kind.NOT_JSON), 0.0)
    for number in range(20):
        latency.offer(message(f"m{number}"), time.monotonic())
    async with asyncio.timeout(5):
        while len(latency.seconds) < 3:
            await asyncio.sleep(0.001)
    measuring.cancel()
    assert sorted(asked) == ["d#m0", "d#m1", "d#m2"]


def test_nothing_measured_says_nothing() -> None:
    assert Latency(lambda reading: True).summary() == ""
