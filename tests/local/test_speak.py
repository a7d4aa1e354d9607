"""A run's middle on a real broker, rule and queues, with nobody behind the queue: everything must be found waiting."""

import asyncio
import io
import os
import signal
from collections.abc import Iterator

import pytest

from local import run, view
from local.account import Account
from local.fleet import Kind
from local.run import Ended, Options, RunFailed, Stage, speak
from tests.local.emulator import Emulator, emulator
from tests.local.test_watch import Bench

SQL = (
    "SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS receivedAt, clientid() AS clientId, "
    "traceid() AS traceId FROM 'devices/+/telemetry'"
)


class Health:
    failure: str | None = None


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


@pytest.fixture
def bench(running: Emulator, request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(running, f"s{len(request.node.name)}")
    iot = running.client("iot")
    iot.create_topic_rule(
        ruleName="telemetry",
        topicRulePayload={
            "sql": SQL,
            "awsIotSqlVersion": "2016-03-23",
            "actions": [{"sqs": {"queueUrl": bench.places.queue, "roleArn": "arn:aws:iam::000000000000:role/r"}}],
            "errorAction": {
                "sqs": {"queueUrl": bench.places.dead_letters, "roleArn": "arn:aws:iam::000000000000:role/r"}
            },
        },
    )
    yield bench
    iot.delete_topic_rule(ruleName="telemetry")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_STILL_SECONDS", 0.5)


async def spoken(options: Options, bench: Bench, running: Emulator, health: Health | None = None) -> tuple[Ended, str]:
    stream = io.StringIO()
    stage = Stage(health or Health(), bench.watch, running.broker)
    async with asyncio.timeout(40):
        with view.Lines(stream) as screen:
            ended = await speak(options, stage, screen)
    return ended, stream.getvalue()


async def test_all_that_was_published_waits_or_is_dead_lettered(bench: Bench, running: Emulator) -> None:
    ended, shown = await spoken(Options(seconds=1.5, rate=80), bench, running)
    oversized = sum(message.kind == Kind.OVERSIZED for message in ended.published)
    number = len(ended.published)
    assert number > 40
    assert oversized >= 1
    assert ended.account == Account(number, dead_lettered=oversized, waiting=number - oversized)
    assert ended.others == 0
    assert 1.4 < ended.seconds < 5
    assert f"published {number}" in shown


async def test_a_signal_ends_the_devices_and_a_second_one_the_waiting(
    bench: Bench, running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_STILL_SECONDS", 3600)
    monkeypatch.setattr(run, "_DRAIN_SECONDS", 3600)
    speaking = asyncio.create_task(spoken(Options(rate=50), bench, running))
    while not (await asyncio.to_thread(bench.watch.look)).evidence.waiting:
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    # The devices have been told; now the queue would be waited for, for an hour.
    while not speaking.done():
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait([speaking], timeout=0.2)
    ended, _ = speaking.result()
    assert ended.account.balances
    assert ended.account.waiting > 0


async def test_the_end_of_the_local_aws_is_the_reason_given(bench: Bench, running: Emulator) -> None:
    health = Health()
    speaking = asyncio.create_task(spoken(Options(rate=50), bench, running, health))
    while not (await asyncio.to_thread(bench.watch.look)).evidence.waiting:
        await asyncio.sleep(0.01)
    health.failure = "the local emulator ended with code -9\nits last line"
    with pytest.raises(RunFailed, match="the local emulator ended with code -9"):
        await speaking


async def test_a_message_that_vanished_is_missed(
    bench: Bench, running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = bench.watch.settle

    def lose_one() -> object:
        (message,) = bench.sqs.receive_message(QueueUrl=bench.places.queue, MaxNumberOfMessages=1)["Messages"]
        bench.sqs.delete_message(QueueUrl=bench.places.queue, ReceiptHandle=message["ReceiptHandle"])
        return settle()

    monkeypatch.setattr(bench.watch, "settle", lose_one)
    ended, _ = await spoken(Options(seconds=1, rate=50), bench, running)
    assert ended.account.missing == 1


async def test_a_broker_that_is_not_there_is_one_line(
    bench: Bench, running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "_LISTENER_SECONDS", 0.3)
    nowhere = type(running.broker)("127.0.0.1", 9, running.broker.ca_file)
    with pytest.raises(RunFailed, match=r"^MQTT: no connection to 127\.0\.0\.1:9 within"):
        await speak(Options(seconds=1), Stage(Health(), bench.watch, nowhere), view.Lines(io.StringIO()))
