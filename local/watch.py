"""Looks at the deployed pipeline from outside, as an operator would: tables, queues and the alerts' topic, by boto3.

Stage: the local run's output. Blocking calls; the launcher runs them in a thread. It only reads, but for two things: it
subscribes a queue of its own to the alerts, and at the end it stops the pipe, so that nothing moves while it counts.
Nothing here is particular to the emulator.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from handlers.envelope import look
from handlers.models import Record
from local.account import Evidence, Seen
from local.fleet import Sensor

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_pipes.client import EventBridgePipesClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sqs.client import SQSClient

WATCH_QUEUE: Final = "symphony-local-watch"
_PEEK_SECONDS: Final = 1
# A trace that a handler made up for a message that no rule sent: it was not published over MQTT.
_NOT_MQTT: Final = "sqs:"


class WatchError(Exception):
    """The deployed pipeline is not what the run expects; the text says what is missing."""


@dataclass(frozen=True)
class Places:
    """Where the pipeline keeps things: the program's outputs."""

    readings: str
    devices: str
    repeats: str
    quarantine: str
    queue: str
    dead_letters: str
    alerts: str
    pipe: str

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Places:
        """Read the stack's outputs. Raises WatchError that names every missing one."""
        names = {
            "readings": "readingsTable",
            "devices": "devicesTable",
            "repeats": "repeatsTable",
            "quarantine": "quarantineTable",
            "queue": "telemetryQueue",
            "dead_letters": "deadLetterQueue",
            "alerts": "alertsTopic",
            "pipe": "pipe",
        }
        missing = sorted(output for output in names.values() if not outputs.get(output))
        if missing:
            raise WatchError(f"__main__.py: the program exports no {', '.join(missing)}; the local run needs them")
        return cls(**{name: str(outputs[output]) for name, output in names.items()})


@dataclass(frozen=True)
class Alert:
    """One alert as its subscribers receive it. Text from outside: show it through `text.printable`."""

    subject: str
    message: str
    at: str


@dataclass(frozen=True)
class Refused:
    """One quarantined message. Text from outside: show it through `text.printable`."""

    trace: str
    device: str
    topic: str
    reason: str
    received_at: int


@dataclass
class Snapshot:
    """What one look saw. `alerts` and `refused` hold what is new since the look before, oldest first."""

    evidence: Evidence = field(default_factory=Evidence)
    alerts: list[Alert] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    pipe: str = ""
    foreign: int = 0


@dataclass(frozen=True)
class _Message:
    id: str
    body: str
    receipt: str


class Watch:
    """Looks at one deployed pipeline. `client` makes a boto3 client of a service by its name."""

    def __init__(self, client: Callable[[str], Any], places: Places) -> None:
        self.places = places
        self._dynamodb: DynamoDBClient = client("dynamodb")
        self._sqs: SQSClient = client("sqs")
        self._sns: SNSClient = client("sns")
        self._pipes: EventBridgePipesClient = client("pipes")
        self._alerts_url = ""
        self._known_refused: set[str] = set()
        self._dead: dict[str, Seen] = {}

    def seed_devices(self, sensors: Sequence[Sensor]) -> int:
        """Write the known ones of `sensors` into the table of devices; return how many."""
        known = [sensor for sensor in sensors if sensor.known]
        for sensor in known:
            self._dynamodb.put_item(
                TableName=self.places.devices,
                Item={
                    "device_id": {"S": sensor.device},
                    "name": {"S": sensor.name},
                    "low": {"N": str(sensor.low)},
                    "high": {"N": str(sensor.high)},
                },
            )
        return len(known)

    def subscribe(self) -> None:
        """Subscribe a queue of our own to the alerts."""
        created = self._sqs.create_queue(QueueName=WATCH_QUEUE, Attributes={"MessageRetentionPeriod": "3600"})
        self._alerts_url = created["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._alerts_url, AttributeNames=["QueueArn"])
        self._sns.subscribe(
            TopicArn=self.places.alerts,
            Protocol="sqs",
            Endpoint=arn["Attributes"]["QueueArn"],
            ReturnSubscriptionArn=True,
        )

    def oversized(self, largest: int = 120_000) -> int | None:
        """Return a payload size in bytes that the queue cannot take once it is Base64, or None where MQTT could not
        carry it either (AWS IoT takes 128 KB, `largest` leaves room for the rest of the message)."""
        attributes = self._sqs.get_queue_attributes(QueueUrl=self.places.queue, AttributeNames=["MaximumMessageSize"])
        maximum = int(attributes["Attributes"]["MaximumMessageSize"])
        return maximum if maximum <= largest else None

    def stored(self, reading: str) -> bool:
        """Return whether the reading of this id is in the table (consistent read)."""
        found = self._dynamodb.get_item(
            TableName=self.places.readings,
            Key={"id": {"S": reading}},
            ConsistentRead=True,
            ProjectionExpression="#id",
            ExpressionAttributeNames={"#id": "id"},
        )
        return "Item" in found

    def look(self) -> Snapshot:
        """Return what the tables and queues hold now, and what is new."""
        # Queues before tables: a message that moves on in between shows twice, which the account forgives, not nowhere.
        waiting = self._count(self.places.queue)
        dead = self._dead_letters(afresh=False)
        return self._seen(waiting, dead, ())

    def settle(self) -> Snapshot:
        """Stop the pipe, wait until it holds nothing, and return a last, exact look.

        Messages that can be received are received, to be counted by trace; the run is over then.
        """
        self._stop_pipe()
        waiting = self._count(self.places.queue)
        queued = self._receive(self.places.queue, hide=30)
        dead = self._dead_letters(afresh=True)
        return self._seen(waiting, dead, queued)

    def _seen(self, waiting: int, dead: Sequence[Seen], queued: Sequence[Seen]) -> Snapshot:
        snapshot = Snapshot(alerts=self._new_alerts(), pipe=self._pipe_state())
        quarantined: list[Seen] = []
        for item in self._scan(
            self.places.quarantine, "trace", "device_id", "topic", "reason", "received_at", "payload_digest"
        ):
            quarantined.append(Seen(item["trace"], device=item["device_id"], digest=item["payload_digest"]))
            if item["trace"] not in self._known_refused:
                self._known_refused.add(item["trace"])
                snapshot.refused.append(
                    Refused(
                        item["trace"], item["device_id"], item["topic"], item["reason"], int(item["received_at"] or 0)
                    )
                )
        snapshot.refused.sort(key=lambda refused: refused.received_at)
        repeats = [_by_reading(item) for item in self._scan(self.places.repeats, "trace", "id", "device_id")]
        stored = [
            replace(_by_reading(item), pending=item["alert"] == "pending")
            for item in self._scan(self.places.readings, "trace", "id", "device_id", "alert")
        ]
        evidence = Evidence(stored, repeats, quarantined, dead, queued, waiting)
        foreign = [seen for seen in (*stored, *repeats, *quarantined, *dead, *queued) if _foreign(seen)]
        snapshot.foreign = len({seen.trace for seen in foreign})
        snapshot.evidence = Evidence(
            _of_mqtt(stored),
            _of_mqtt(repeats),
            _of_mqtt(quarantined),
            _of_mqtt(dead),
            _of_mqtt(queued),
            evidence.waiting - len({seen.trace for seen in queued if _foreign(seen)}),
        )
        return snapshot

    def _scan(self, table: str, *attributes: str) -> Iterator[dict[str, str]]:
        """Yield every item of a table, with these attributes as text, "" where there is none."""
        names = {f"#{index}": attribute for index, attribute in enumerate(attributes)}
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=table,
            ConsistentRead=True,
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
        )
        for page in pages:
            for item in page["Items"]:
                yield {attribute: _text(item.get(attribute)) for attribute in attributes}

    def _count(self, url: str) -> int:
        """Return how many messages a queue holds, those in flight and those delayed included."""
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesDelayed",
            ],
        )
        return sum(int(number) for number in attributes["Attributes"].values())

    def _dead_letters(self, *, afresh: bool) -> Sequence[Seen]:
        """Return what the dead-letter queue holds; read again only when its count has changed, or if `afresh`."""
        count = self._count(self.places.dead_letters)
        if afresh or count < len(self._dead):
            self._dead.clear()
        if count > len(self._dead) or (afresh and count):
            if afresh:
                # What an earlier look, or a person's, still hides comes back first.
                self._wait_visible(self.places.dead_letters)
            for seen in self._receive(self.places.dead_letters, hide=_PEEK_SECONDS):
                self._dead[seen.trace] = seen
        return list(self._dead.values())

    def _wait_visible(self, url: str, patience: float = 4 * _PEEK_SECONDS) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            attributes = self._sqs.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
            )
            if attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0":
                return
            time.sleep(0.1)

    def _receive(self, url: str, hide: int) -> list[Seen]:
        """Receive every message that can be received now, hiding each for `hide` seconds, and delete none."""
        seen: dict[str, Seen] = {}
        while True:
            messages = self._receive_some(url, hide)
            # One that comes round again has become visible again: everything has been seen.
            if all(message.id in seen for message in messages):
                return list(seen.values())
            for message in messages:
                seen[message.id] = _of_queue(message)

    def _receive_some(self, url: str, hide: int) -> list[_Message]:
        answer = self._sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=hide, WaitTimeSeconds=0
        )
        return [
            _Message(message.get("MessageId", ""), message.get("Body", ""), message.get("ReceiptHandle", ""))
            for message in answer.get("Messages", [])
        ]

    def _new_alerts(self) -> list[Alert]:
        alerts: list[Alert] = []
        while self._alerts_url and (messages := self._receive_some(self._alerts_url, _PEEK_SECONDS)):
            alerts.extend(_alert(message.body) for message in messages)
            self._sqs.delete_message_batch(
                QueueUrl=self._alerts_url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": message.receipt} for index, message in enumerate(messages)
                ],
            )
        return alerts

    def _pipe_state(self) -> str:
        return self._pipes.describe_pipe(Name=self.places.pipe)["CurrentState"]

    def _stop_pipe(self, patience: float = 30.0) -> None:
        """Stop the pipe and wait for it: what it has taken, it finishes first."""
        if self._pipe_state() == "RUNNING":
            self._pipes.stop_pipe(Name=self.places.pipe)
        deadline = time.monotonic() + patience
        while self._pipe_state() in ("RUNNING", "STOPPING"):
            if time.monotonic() > deadline:
                raise WatchError(f"the pipe {self.places.pipe} did not stop within {patience:.0f} s")
            time.sleep(0.1)


def _of_mqtt(places: Sequence[Seen]) -> list[Seen]:
    return [seen for seen in places if not _foreign(seen)]


def _foreign(seen: Seen) -> bool:
    return seen.trace.startswith(_NOT_MQTT)


def _by_reading(item: Mapping[str, str]) -> Seen:
    return Seen(item["trace"], device=item["device_id"], message=item["id"].partition("#")[2])


def _of_queue(message: _Message) -> Seen:
    # Read as the pipeline reads it, so that a message has one trace wherever it lies.
    envelope = look(Record(messageId=message.id, body=message.body))
    return Seen(envelope.trace, device=envelope.device_id or "", digest=hashlib.sha256(envelope.payload).hexdigest())


def _alert(body: str) -> Alert:
    """Read what SNS delivers to a queue: a JSON document round the message."""
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return Alert("", body, "")
    return Alert(
        str(document.get("Subject") or ""), str(document.get("Message") or ""), str(document.get("Timestamp") or "")
    )


def _text(value: Mapping[str, Any] | None) -> str:
    return "" if value is None else str(value.get("S", value.get("N", "")))
