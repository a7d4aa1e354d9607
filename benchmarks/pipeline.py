"""From MQTT to the stored item, beside a queue-to-Lambda bridge on MiniStack: latency, sustained rate, nothing lost.

Ours is the whole pipeline as `make local` runs it: rule, queue, pipe, the telemetry workflow with its handlers in
Lambda workers, tables. The bridge does less: rule, queue, and one Lambda that reads the queue by an event source
mapping and stores each reading, unchecked. Devices publish at QoS 1 over TLS and are acknowledged.
"""

from __future__ import annotations

import asyncio
import io
import json
import platform
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.ministack import alone
from local.aws.stack import LocalAws
from local.devices import Broker
from local.engine import up
from local.fleet import FLEET
from local.latency import percentile
from local.watch import Places, Watch

ROLE = "arn:aws:iam::000000000000:role/bench"
ALONE, LOADED, LOAD = 100, 100, 50
"""Readings measured one at a time, then as many while others come at `LOAD` a second."""

MANY = 5_000
CONNECTIONS = 20
PATIENCE = 60.0
"""Seconds after which what is not stored counts as lost or late."""

ASK_EVERY = 0.004
SQL = (
    "SELECT encode(*, 'base64') AS payload, topic() AS topic, timestamp() AS receivedAt, clientid() AS clientId, "
    "traceid() AS traceId FROM 'devices/+/telemetry'"
)
BRIDGE = """
import base64, json, os
import boto3
table = boto3.resource("dynamodb", endpoint_url=os.environ["ENDPOINT"], region_name="us-east-1").Table("readings")

def handler(event, context):
    for record in event["Records"]:
        body = json.loads(record["body"])
        reading = json.loads(base64.b64decode(body["payload"]))
        device = body["topic"].split("/")[1]
        table.put_item(Item={"id": device + "#" + reading["messageId"], "trace": body["traceId"]})
"""


@dataclass(frozen=True)
class Place:
    """Where devices publish, and where it is seen what became of it."""

    broker: Broker
    dynamodb: Any
    table: str
    sqs: Any
    queue: str

    def stored(self, reading: str) -> bool:
        """Whether a reading is in the table."""
        key = {"id": {"S": reading}}
        return "Item" in self.dynamodb.get_item(TableName=self.table, Key=key, ConsistentRead=True)

    def waiting(self) -> int:
        """Messages in the queue, those in flight included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=names)["Attributes"]
        return sum(int(answer[name]) for name in names)

    def count(self, prefix: str) -> int:
        """How many readings are stored whose message id begins so."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table, ProjectionExpression="id")
        return sum(f"#{prefix}" in item["id"]["S"] for page in pages for item in page["Items"])


def payload(message: str) -> bytes:
    """A right reading."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    said = {"messageId": message, "temperature": 4.5, "humidity": 61, "battery": 87, "time": now}
    return json.dumps(said).encode()


async def latencies(place: Place, count: int, prefix: str) -> list[float]:
    """Seconds from the begin of a publication to its item in the table, one reading after the other."""
    device, seconds = FLEET[0].device, []
    async with place.broker.client(device, place.broker.tls()) as client:
        for number in range(count):
            message = f"{prefix}-{number}"
            began = time.perf_counter()
            await client.publish(f"devices/{device}/telemetry", payload(message), qos=1)
            while not await asyncio.to_thread(place.stored, f"{device}#{message}"):
                if time.perf_counter() - began > PATIENCE:
                    raise TimeoutError(f"{message} was not stored within {PATIENCE:.0f} s")
                await asyncio.sleep(ASK_EVERY)
            seconds.append(time.perf_counter() - began)
    return seconds


async def under_load(place: Place, count: int) -> list[float]:
    """The same while another device publishes `LOAD` messages a second."""
    device = FLEET[1].device

    async def load() -> None:
        async with place.broker.client(device, place.broker.tls()) as client:
            due, number = time.perf_counter(), 0
            while True:
                await client.publish(f"devices/{device}/telemetry", payload(f"load-{number}"), qos=1)
                due, number = due + 1 / LOAD, number + 1
                await asyncio.sleep(max(0.0, due - time.perf_counter()))

    loading = asyncio.create_task(load())
    try:
        return await latencies(place, count, "loaded")
    finally:
        loading.cancel()
        await asyncio.gather(loading, return_exceptions=True)


async def sustained(place: Place, count: int) -> tuple[float, int]:
    """Publish as fast as devices are acknowledged. Returns messages a second, from the first publication until the
    queue is empty, and how many are stored."""
    tls = place.broker.tls()

    async def device(index: int) -> None:
        name = FLEET[index % len(FLEET)].device
        async with place.broker.client(f"{name}-{index}", tls) as client:
            for number in range(index, count, CONNECTIONS):
                await client.publish(f"devices/{name}/telemetry", payload(f"many-{number}"), qos=1)

    began = time.perf_counter()
    await asyncio.gather(*(device(index) for index in range(CONNECTIONS)))
    published = time.perf_counter()
    while (waiting := await asyncio.to_thread(place.waiting)) and time.perf_counter() - published < PATIENCE:
        await asyncio.sleep(0.05)
    seconds = time.perf_counter() - began
    stored = await asyncio.to_thread(place.count, "many-")
    return (count - waiting) / seconds, stored


@contextmanager
def ours() -> Iterator[Place]:
    """The pipeline, deployed as `make local` does it."""
    with tempfile.TemporaryDirectory() as folder, LocalAws() as aws:
        outputs = up("local", aws.endpoint, state=Path(folder)).outputs
        places = Places.of(outputs)
        Watch(aws.client, places).seed_devices(FLEET)
        broker = Broker(aws.mqtt_host, aws.mqtt_port, aws.ca_file)
        yield Place(broker, aws.client("dynamodb"), places.readings, aws.client("sqs"), places.queue)


@contextmanager
def bridge() -> Iterator[Place]:
    """A rule, a queue, a function and a table in MiniStack alone."""
    with tempfile.TemporaryDirectory() as folder, alone(Path(folder)) as peer:
        sqs, dynamodb, functions = peer.client("sqs"), peer.client("dynamodb"), peer.client("lambda")
        queue = sqs.create_queue(QueueName="telemetry", Attributes={"VisibilityTimeout": "300"})["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        dynamodb.create_table(
            TableName="readings",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bridge.py", BRIDGE)
        functions.create_function(
            FunctionName="bridge", Runtime="python3.13", Role=ROLE, Handler="bridge.handler", Timeout=30,
            Code={"ZipFile": code.getvalue()}, Environment={"Variables": {"ENDPOINT": peer.endpoint}},
        )  # fmt: skip
        functions.create_event_source_mapping(EventSourceArn=arn, FunctionName="bridge", BatchSize=10)
        action = {"sqs": {"queueUrl": queue, "roleArn": ROLE}}
        peer.client("iot").create_topic_rule(
            ruleName="telemetry", topicRulePayload={"sql": SQL, "awsIotSqlVersion": "2016-03-23", "actions": [action]}
        )
        yield Place(peer.broker, dynamodb, "readings", sqs, queue)


def measured(place: Place) -> list[str]:
    """One column of the table."""

    async def run() -> list[str]:
        await latencies(place, 5, "warm")
        alone_, loaded = await latencies(place, ALONE, "alone"), await under_load(place, LOADED)
        rate, stored = await sustained(place, MANY)
        shown = [f"{percentile(each, share) * 1000:.0f} ms" for each in (alone_, loaded) for share in (0.5, 0.95)]
        return [*shown, f"{rate:,.0f}", f"{stored:,}"]

    return asyncio.run(run())


def main() -> None:
    """Print the table."""
    with ours() as place:
        mine = measured(place)
    with bridge() as place:
        theirs = measured(place)
    rows = (
        "MQTT to stored, one at a time, p50",
        "  p95",
        f"MQTT to stored, at {LOAD} a second, p50",
        "  p95",
        "sustained, messages a second",
        f"stored of {MANY:,}",
    )
    print(f"pipeline, Python {platform.python_version()}, beside a bridge on MiniStack {version('ministack')}")
    print(f"  {'':38}{'symphony':>12}{'bridge':>12}")
    for name, own, other in zip(rows, mine, theirs):
        print(f"  {name:38}{own:>12}{other:>12}")


if __name__ == "__main__":
    main()
