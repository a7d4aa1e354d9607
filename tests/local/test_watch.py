"""The watch sees what tables, queues and topics of the emulator hold; only the pipe is played by the test."""

import base64
import hashlib
import itertools
import json
from collections.abc import Iterator

import pytest

from local.account import Account, Seen, settle
from local.fleet import FLEET
from local.watch import Places, Watch, WatchError
from tests.local.emulator import Emulator, emulator

TRACES = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(10)]
_NUMBERS = itertools.count()


class Pipe:
    """A pipe's API with the states that a real one goes through when it is stopped."""

    def __init__(self) -> None:
        self.states = ["RUNNING"]

    def describe_pipe(self, Name: str) -> dict[str, str]:
        return {"CurrentState": self.states.pop(0) if len(self.states) > 1 else self.states[0]}

    def stop_pipe(self, Name: str) -> None:
        self.states = ["STOPPING", "STOPPING", "STOPPED"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("emulator")) as running:
        yield running


class Bench:
    """An empty pipeline, with what a test puts into it."""

    def __init__(self, running: Emulator, name: str) -> None:
        self.pipe = Pipe()
        self.dynamodb, self.sqs, self.sns = running.client("dynamodb"), running.client("sqs"), running.client("sns")
        keys = {"readings": "id", "devices": "device_id", "repeats": "trace", "quarantine": "trace"}
        for table, key in keys.items():
            self.dynamodb.create_table(
                TableName=f"{name}-{table}",
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        queues = {
            queue: self.sqs.create_queue(QueueName=f"{name}-{queue}", Attributes={"MaximumMessageSize": size})[
                "QueueUrl"
            ]
            for queue, size in (("telemetry", "16384"), ("dead", "262144"))
        }
        topic = self.sns.create_topic(Name=f"{name}-alerts")["TopicArn"]
        self.places = Places(
            **{table: f"{name}-{table}" for table in keys},
            queue=queues["telemetry"],
            dead_letters=queues["dead"],
            alerts=topic,
            pipe="pipe",
        )
        self.watch = Watch(lambda service: self.pipe if service == "pipes" else running.client(service), self.places)

    def put(self, table: str, **attributes: str) -> None:
        self.dynamodb.put_item(TableName=table, Item={name: {"S": value} for name, value in attributes.items()})

    def store(self, trace: str, message: str, alert: str = "none") -> None:
        self.put(
            self.places.readings,
            id=f"fridge#{message}",
            trace=trace,
            device_id="fridge",
            message_id=message,
            alert=alert,
        )

    def send(self, url: str, document: dict[str, object]) -> None:
        self.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(document))


@pytest.fixture
def bench(running: Emulator) -> Bench:
    return Bench(running, f"t{next(_NUMBERS)}")


def rule(trace: str, payload: bytes, device: str = "fridge") -> dict[str, object]:
    return {
        "payload": base64.b64encode(payload).decode(),
        "topic": f"devices/{device}/telemetry",
        "receivedAt": 1777896181000,
        "clientId": device,
        "traceId": trace,
    }


def rule_error(trace: str, payload: bytes, device: str = "fridge") -> dict[str, object]:
    return {
        "ruleName": "telemetry",
        "topic": f"devices/{device}/telemetry",
        "cloudwatchTraceId": trace,
        "clientId": device,
        "sourceIp": "127.0.0.1",
        "base64OriginalPayload": base64.b64encode(payload).decode(),
        "failures": [{"failedAction": "SqsAction", "failedResource": "q", "errorMessage": "too long"}],
    }


def test_one_message_in_each_place(bench: Bench) -> None:
    bench.store(TRACES[0], "m0")
    bench.put(bench.places.repeats, trace=TRACES[1], id="fridge#m0", device_id="fridge")
    bench.put(
        bench.places.quarantine,
        trace=TRACES[2],
        device_id="fridge",
        topic="devices/fridge/telemetry",
        reason="payload: empty",
        payload_digest=hashlib.sha256(b"").hexdigest(),
        received_at="7",
    )
    bench.send(bench.places.dead_letters, rule(TRACES[3], b"redriven"))
    bench.send(bench.places.dead_letters, rule_error(TRACES[4], b"oversized"))
    bench.send(bench.places.queue, rule(TRACES[5], b"waiting"))
    expected = Account(6, stored=1, duplicates=1, quarantined=1, dead_lettered=2, waiting=1)

    looked = bench.watch.look()
    assert settle(6, looked.evidence) == expected
    assert looked.evidence.stored == [Seen(TRACES[0], device="fridge", message="m0")]
    assert [refused.reason for refused in looked.refused] == ["payload: empty"]
    assert {seen.digest for seen in looked.evidence.dead} == {
        hashlib.sha256(payload).hexdigest() for payload in (b"redriven", b"oversized")
    }

    settled = bench.watch.settle()
    assert settle(6, settled.evidence) == expected
    assert settled.refused == []
    assert [seen.trace for seen in settled.evidence.queued] == [TRACES[5]]


def test_dead_letters_are_counted_while_they_are_hidden_from_the_next_look(bench: Bench) -> None:
    for trace in TRACES[:3]:
        bench.send(bench.places.dead_letters, rule(trace, b"x"))
    assert len(bench.watch.look().evidence.dead) == 3
    bench.send(bench.places.dead_letters, rule(TRACES[3], b"x"))
    assert len(bench.watch.look().evidence.dead) == 4
    assert len(bench.watch.settle().evidence.dead) == 4


def test_more_than_one_batch_of_everything(bench: Bench) -> None:
    for number in range(25):
        bench.send(bench.places.dead_letters, rule(f"00000000-0000-4000-8000-0000000001{number:02}", b"x"))
        bench.send(bench.places.queue, rule(f"00000000-0000-4000-8000-0000000002{number:02}", b"x"))
    assert settle(50, bench.watch.settle().evidence) == Account(50, dead_lettered=25, waiting=25)


def test_a_message_in_flight_waits(bench: Bench) -> None:
    bench.send(bench.places.queue, rule(TRACES[0], b"x"))
    assert bench.sqs.receive_message(QueueUrl=bench.places.queue, VisibilityTimeout=60)["Messages"]
    assert settle(1, bench.watch.settle().evidence) == Account(1, waiting=1)


def test_stored_with_the_alert_pending_and_dead_lettered(bench: Bench) -> None:
    bench.store(TRACES[0], "m0", alert="pending")
    bench.store(TRACES[1], "m1", alert="sent")
    bench.send(bench.places.dead_letters, rule(TRACES[0], b"x"))
    assert settle(2, bench.watch.settle().evidence) == Account(2, stored=1, dead_lettered=1)


def test_what_no_rule_sent_is_not_in_the_account(bench: Bench) -> None:
    bench.sqs.send_message(QueueUrl=bench.places.queue, MessageBody="by hand")
    bench.put(bench.places.quarantine, trace="sqs:" + TRACES[0], device_id="", topic="", reason="r", payload_digest="")
    snapshot = bench.watch.settle()
    assert settle(0, snapshot.evidence) == Account(0)
    assert snapshot.foreign == 2


def test_counting_waits_until_the_pipe_has_stopped(bench: Bench) -> None:
    assert bench.watch.settle().pipe == "STOPPED"
    assert bench.watch.settle().pipe == "STOPPED"


def test_alerts_arrive_once_each(bench: Bench) -> None:
    bench.watch.subscribe()
    bench.sns.publish(TopicArn=bench.places.alerts, Subject="too warm", Message="fridge is at 9.0")
    bench.sns.publish(TopicArn=bench.places.alerts, Message="no subject")
    alerts = bench.watch.look().alerts
    assert sorted((alert.subject, alert.message) for alert in alerts) == [
        ("", "no subject"),
        ("too warm", "fridge is at 9.0"),
    ]
    assert bench.watch.look().alerts == []


def test_known_devices_are_in_the_table_and_the_unknown_is_not(bench: Bench) -> None:
    seeded = bench.watch.seed_devices(FLEET)
    items = bench.dynamodb.scan(TableName=bench.places.devices)["Items"]
    assert len(items) == seeded == len(FLEET) - 1
    (fridge,) = [item for item in items if item["device_id"]["S"] == "vaccine-fridge-1"]
    assert (float(fridge["low"]["N"]), float(fridge["high"]["N"])) == (2.0, 8.0)


def test_oversized_is_beyond_the_queue_and_within_mqtt(bench: Bench) -> None:
    assert bench.watch.oversized() == 16384
    assert bench.watch.oversized(largest=10_000) is None


def test_a_stored_reading_is_found(bench: Bench) -> None:
    assert not bench.watch.stored("fridge#m0")
    bench.store(TRACES[0], "m0")
    assert bench.watch.stored("fridge#m0")


def test_missing_outputs_are_named() -> None:
    with pytest.raises(WatchError, match=r"exports no alertsTopic, pipe;"):
        Places.of(
            dict.fromkeys(("readingsTable", "devicesTable", "repeatsTable", "quarantineTable"), "x")
            | {"telemetryQueue": "x", "deadLetterQueue": "x", "pipe": ""}
        )
