"""The whole run with the real parts: broker, rule, queue, pipe, Step Functions, Lambda workers, tables, topic.

The parts are started once. Tests that stop the pipe start it again, so that their order does not matter.
"""

import asyncio
import contextlib
import http.client
import io
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import yaml

from local import guide, view
from local.aws.stack import LocalAws
from local.devices import Broker, Ledger, run_device
from local.engine import up
from local.fleet import FLEET, OWN_DEVICE, Kind, Message, encode, expected_outcome
from local.run import Options, Stage, speak
from local.watch import Places, Watch
from tests.local.aws.test_stack import LOOPBACK, listening, tree

ROOT = Path(__file__).resolve().parents[2]
Value = TypeVar("Value")
_NUMBERS = itertools.count(1)
ACCOUNT = re.compile(
    r"published (\d+) = stored (\d+) \+ duplicates (\d+) \+ quarantined (\d+) \+ dead-lettered (\d+) \+ waiting (\d+)"
)


@dataclass
class Whole:
    aws: LocalAws
    watch: Watch
    places: Places
    broker: Broker
    where: guide.Where
    clients: dict[str, Any]

    def client(self, service: str) -> Any:
        if service not in self.clients:
            self.clients[service] = self.aws.client(service)
        return self.clients[service]

    def pipe(self, wanted: str) -> None:
        """Bring the pipe into this state and wait for it."""
        pipes = self.client("pipes")
        act = pipes.start_pipe if wanted == "RUNNING" else pipes.stop_pipe
        with contextlib.suppress(pipes.exceptions.ConflictException):
            act(Name=self.places.pipe)
        eventually(lambda: pipes.describe_pipe(Name=self.places.pipe)["CurrentState"] == wanted)

    def item(self, table: str, **key: str) -> dict[str, Any] | None:
        found = self.client("dynamodb").get_item(
            TableName=table, Key={name: {"S": value} for name, value in key.items()}, ConsistentRead=True
        )
        item: dict[str, Any] | None = found.get("Item")
        return item

    def reading(self, device: str, message: str) -> dict[str, Any] | None:
        return self.item(self.places.readings, id=f"{device}#{message}")

    def publish(self, device: str, *payloads: bytes) -> None:
        """Publish over MQTT as `device` and wait for the acknowledgements."""
        topic = f"devices/{device}/telemetry"
        ledger = Ledger()
        script = [Message(device, topic, payload, Kind.NORMAL) for payload in payloads]
        asyncio.run(run_device(self.broker, device, script, itertools.repeat(0.0), ledger, asyncio.Event()))
        assert len(ledger.published) == len(payloads)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    state = tmp_path_factory.mktemp("state")
    with LocalAws(state=state) as aws:
        settings = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())["config"]
        config = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in settings.items()}
        # Without a window the pipe delivers at once what it receives: to stop it loses no delivery that was counted.
        config["symphony:batchWindowSeconds"] = "0"
        deployment = up("local", aws.endpoint, state=state / "engine", config=config, on_event=lambda event: None)
        places = Places.of(deployment.outputs)
        watch = Watch(aws.client, places)
        watch.seed_devices([*FLEET, OWN_DEVICE])
        watch.subscribe()
        where = guide.Where(
            aws.endpoint,
            aws.region,
            aws.mqtt_host,
            aws.mqtt_port,
            aws.ca_file,
            state / "logs",
            OWN_DEVICE.device,
            places,
        )
        yield Whole(aws, watch, places, Broker(aws.mqtt_host, aws.mqtt_port, aws.ca_file), where, {})


@pytest.fixture
def whole(deployed: Whole) -> Whole:
    deployed.pipe("RUNNING")
    return deployed


def eventually(ask: Callable[[], Value | None], seconds: float = 20.0) -> Value:
    """The first true answer; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        time.sleep(0.05)
    return answer


def reading(message: str, celsius: float = 4.5, **more: object) -> bytes:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return encode({"messageId": message, "temperature": celsius, "humidity": 60, "battery": 90, "time": now, **more})


def name() -> str:
    return f"test-{next(_NUMBERS)}"


def test_the_printed_commands_publish_a_reading_and_show_it(whole: Whole) -> None:
    commands = dict(guide.commands(whole.where))
    publish = subprocess.run(
        ["sh", "-c", commands["the same, without mosquitto"]], cwd=ROOT, capture_output=True, text=True
    )
    assert (publish.returncode, publish.stderr) == (0, "")

    def shown() -> str:
        read = subprocess.run(["sh", "-c", commands["the same, with boto3"]], cwd=ROOT, capture_output=True, text=True)
        assert read.returncode == 0, read.stderr
        return read.stdout.strip()

    assert "'temperature': Decimal('4.5')" in eventually(shown)


def test_a_reading_is_stored_with_what_the_workflow_found_out(whole: Whole) -> None:
    message = name()
    whole.publish("vaccine-fridge-1", reading(message, 4.5))
    item = eventually(lambda: whole.reading("vaccine-fridge-1", message))
    assert (item["known"], item["alert"]) == ({"BOOL": True}, {"S": "none"})
    assert item["temperature"] == {"N": "4.5"}


def test_an_unknown_device_is_stored_and_marked(whole: Whole) -> None:
    message = name()
    whole.publish("nobody-knows-me", reading(message, 99.0))
    item = eventually(lambda: whole.reading("nobody-knows-me", message))
    assert (item["known"], item["alert"]) == ({"BOOL": False}, {"S": "none"})


def test_one_oversized_and_one_poison_message_among_healthy_ones_harm_nobody(whole: Whole) -> None:
    healthy = [name() for _ in range(8)]
    oversized = reading(name(), note="x" * (whole.watch.oversized() or 0))
    payloads = [reading(message) for message in healthy]
    payloads[3:3] = [oversized, b"\xff\x00poison\x1b[2J", b"9" * 6000]
    before = len(whole.watch.look().evidence.dead)
    whole.publish("vaccine-fridge-1", *payloads)
    # And what no rule would send, straight into the queue.
    whole.client("sqs").send_message(QueueUrl=whole.places.queue, MessageBody="[" * 5000)
    for message in healthy:
        assert eventually(lambda: whole.reading("vaccine-fridge-1", message))
    dead = eventually(lambda: whole.watch.look().evidence.dead[before:])
    assert len(dead) == 1

    def reasons() -> list[str]:
        items = whole.client("dynamodb").scan(TableName=whole.places.quarantine)["Items"]
        return [item["reason"]["S"] for item in items]

    eventually(
        lambda: (
            {
                "payload: not UTF-8",
                "payload: a number is too large or too long",
                "envelope: nested deeper than 8 levels",
            }
            <= set(reasons())
        )
    )
    eventually(lambda: whole.watch.look().evidence.waiting == 0)


def test_a_notify_that_fails_twice_alerts_once_the_queue_redelivers(whole: Whole) -> None:
    sqs, sns = whole.client("sqs"), whole.client("sns")
    attributes = sqs.get_queue_attributes(QueueUrl=whole.places.queue, AttributeNames=["All"])["Attributes"]
    redrive = json.loads(attributes["RedrivePolicy"])
    # Redelivered after two seconds instead of minutes, and patiently: only the topic shall fail, not the patience.
    # With the pipe stopped, because a poll that is under way keeps the timeout that it began with.
    whole.pipe("STOPPED")
    patient = {"VisibilityTimeout": "2", "RedrivePolicy": json.dumps({**redrive, "maxReceiveCount": 100})}
    sqs.set_queue_attributes(QueueUrl=whole.places.queue, Attributes=patient)
    message = name()
    try:
        sns.delete_topic(TopicArn=whole.places.alerts)
        whole.publish("vaccine-fridge-2", reading(message, 25.0))
        deliveries = 0
        while deliveries < 2:
            whole.pipe("RUNNING")
            eventually(lambda: _in_flight(whole) == 1)
            eventually(lambda: whole.reading("vaccine-fridge-2", message))
            whole.pipe("STOPPED")
            # Out of the pipe's hands, the message says how often it has been delivered; this delivery counts too.
            (taken,) = eventually(
                lambda: sqs.receive_message(
                    QueueUrl=whole.places.queue, AttributeNames=["ApproximateReceiveCount"], VisibilityTimeout=1
                ).get("Messages")
            )
            deliveries = int(taken["Attributes"]["ApproximateReceiveCount"]) - 1
        item = whole.reading("vaccine-fridge-2", message)
        assert item is not None
        assert item["alert"] == {"S": "pending"}
    finally:
        assert sns.create_topic(Name=whole.places.alerts.rsplit(":", 1)[1])["TopicArn"] == whole.places.alerts
        whole.watch.subscribe()
        whole.pipe("RUNNING")

    def sent() -> bool:
        item = whole.reading("vaccine-fridge-2", message)
        return item is not None and item["alert"] == {"S": "sent"}

    eventually(sent)
    alerts = eventually(lambda: [alert for alert in whole.watch.look().alerts if message in alert.message])
    assert len(alerts) == 1
    whole.pipe("STOPPED")
    before = {key: attributes[key] for key in ("VisibilityTimeout", "RedrivePolicy")}
    sqs.set_queue_attributes(QueueUrl=whole.places.queue, Attributes=before)


def _in_flight(whole: Whole) -> int:
    name = "ApproximateNumberOfMessagesNotVisible"
    found = whole.client("sqs").get_queue_attributes(QueueUrl=whole.places.queue, AttributeNames=[name])
    return int(found["Attributes"][name])


HEADERS = {"Origin": "http://evil.example", "Host": "evil.example", "Sec-Fetch-Site": "cross-site"}
TARGETS = {
    "dynamodb": "DynamoDB_20120810.ListTables",
    "states": "AWSStepFunctions.ListStateMachines",
    "sqs": "AmazonSQS.ListQueues",
}


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("service", TARGETS)
def test_a_web_page_reaches_nothing(deployed: Whole, service: str, header: str) -> None:
    own = deployed.aws.endpoint.removeprefix("http://")
    signed = (
        f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
    headers = {
        "Host": own,
        "X-Amz-Target": TARGETS[service],
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": signed,
    }

    def ask(headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection(own, timeout=10)
        connection.request("POST", "/", body=b"{}", headers=headers)
        response = connection.getresponse()
        return response.status, {key.lower(): value for key, value in response.getheaders()}

    assert ask(headers)[0] == 200
    status, answered = ask({**headers, header: HEADERS[header]})
    assert status == 403
    assert not [key for key in answered if key.startswith("access-control-")]


def test_nothing_listens_outside_loopback(deployed: Whole) -> None:
    family = [process for pid in deployed.aws.pids.values() for process in tree(pid)]
    listeners = listening(family)
    assert listeners["tcp"]
    assert {address.split(":")[0] for addresses in listeners.values() for address in addresses} <= LOOPBACK


def test_every_kind_of_message_has_the_outcome_that_it_should(whole: Whole) -> None:
    eventually(lambda: whole.watch.look().evidence.waiting == 0)
    before = whole.watch.look().evidence
    stage = Stage(whole.aws, whole.watch, whole.broker)
    ended = asyncio.run(speak(Options(seconds=6, rate=25, seed=7), stage, view.Lines(io.StringIO())))
    expected = Counter(expected_outcome(Kind(message.kind)) for message in ended.published)
    assert {Kind(message.kind) for message in ended.published} >= {Kind.OVERSIZED, Kind.NOT_A_NUMBER, Kind.SENT_AGAIN}
    after = ended.evidence
    assert (ended.account.waiting, ended.others) == (0, 0)
    assert {
        "stored": len(after.stored) - len(before.stored),
        "duplicate": len(after.repeats) - len(before.repeats),
        "quarantined": len(after.quarantined) - len(before.quarantined),
        "dead-lettered": len(after.dead) - len(before.dead),
    } == expected
    assert not [seen for seen in after.stored if seen.pending]
    out_of_range = sum(message.kind == Kind.OUT_OF_RANGE for message in ended.published)
    assert ended.alerts >= out_of_range > 0
    assert ended.latency


def local_run(state: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "local", "--state", str(state), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def check_account(output: str) -> int:
    figures = ACCOUNT.fullmatch(output.splitlines()[-1])
    assert figures, output
    published, *outcomes = map(int, figures.groups())
    assert published == sum(outcomes)
    assert "Traceback" not in output
    return published


def test_the_command_ends_by_itself_with_an_account_that_balances(tmp_path: Path) -> None:
    process = local_run(tmp_path, "--seconds", "4", "--rate", "25")
    output, _ = process.communicate(timeout=80)
    assert process.returncode == 0, output
    assert check_account(output) > 60
    assert "MQTT to stored: p50 " in output
    assert "my-sensor" in output


def test_ctrl_c_ends_the_run_with_its_account(tmp_path: Path) -> None:
    process = local_run(tmp_path, "--rate", "25")
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if found := re.search(r"  published (\d+)", line):
            if int(found[1]) > 20:
                break
    # As a terminal does it: the signal goes to the whole group of processes.
    os.killpg(process.pid, signal.SIGINT)
    lines.extend(process.stdout)
    assert process.wait(timeout=60) == 0, "".join(lines)
    assert check_account("".join(lines)) > 20
