"""Workflows that the tests share: the telemetry flow in small, with the duplicate path that goes on to the alert."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from workflow import (
    EXISTS,
    TRANSIENT,
    Choice,
    Fail,
    GetItem,
    Map,
    Parallel,
    Pass,
    Publish,
    PutItem,
    Same,
    Succeed,
    Table,
    Task,
    Topic,
    Try,
    Workflow,
)


class Record(BaseModel):
    messageId: str
    body: str


class Reading(BaseModel):
    sqs_id: str
    id: str
    digest: str
    device_id: str
    celsius: float


class Summary(BaseModel):
    comfort: str


class Device(BaseModel):
    device_id: str
    low: float
    high: float


class Item(BaseModel):
    id: str
    digest: str
    sqs_id: str
    celsius: float
    known: bool
    alert: Literal["none", "pending", "sent"]


class Enriched(BaseModel):
    reading: Reading
    summary: Summary
    device: Device | None


class Kept(BaseModel):
    item: Item
    by: str


class Found(BaseModel):
    mine: Item
    stored: Item | None


class Rejected(BaseModel):
    sqs_id: str
    why: str


class Done(BaseModel):
    sqs_id: str
    outcome: Literal["stored", "duplicate", "quarantined"]


class Failed(BaseModel):
    sqs_id: str
    error: str
    outcome: Literal["failed"] = "failed"


class Failure(BaseModel):
    itemIdentifier: str


class Report(BaseModel):
    batchItemFailures: list[Failure]


class InvalidReading(Exception):
    pass


def validate(record: Record) -> Reading:
    raise NotImplementedError


def summarize(reading: Reading) -> Summary:
    raise NotImplementedError


def quarantine(rejected: Rejected) -> Done:
    raise NotImplementedError


def decide(e: Enriched) -> Item:
    """An expression: compiled, not deployed."""
    hot = e.device is not None and not e.device.low <= e.reading.celsius <= e.device.high
    return Item(
        id=e.reading.id,
        digest=e.reading.digest,
        sqs_id=e.reading.sqs_id,
        celsius=e.reading.celsius,
        known=e.device is not None,
        alert="pending" if hot else "none",
    )


devices = Table("devices", Device, key="device_id")
readings = Table("readings", Item)
alerts = Topic("alerts")

quarantined = Task("Quarantine", quarantine).timeout(10)
enriched = Parallel(
    "Enrich",
    Task("Summarise", summarize).timeout(10),
    GetItem("Look up device", devices, of=Reading, key=lambda r: r.device_id).timeout(5),
).output(lambda results, reading: Enriched(reading=reading, summary=results[0], device=results[1]))
read_back = GetItem("Read stored", readings, of=Item, key=lambda i: i.id, consistent=True).timeout(5).output(
    lambda stored, mine: Found(mine=mine, stored=stored)
) >> Choice("Still there?", Found).given(
    lambda f: f.stored,
    output=lambda f, stored: (f.mine, stored),
    then=Choice("Same content?", tuple[Item, Item])
    .when(
        lambda p: p[0].digest == p[1].digest,
        then=Pass("Keep stored", tuple[Item, Item], lambda p: Kept(item=p[1], by=p[0].sqs_id)),
    )
    .otherwise(
        Pass("Id reused", tuple[Item, Item], lambda p: Rejected(sqs_id=p[0].sqs_id, why="message id reused"))
        >> quarantined.end()
    ),
).otherwise(Fail("Expired while read"))
stored = (
    PutItem("Store", readings, of=Item, item=lambda i: i, unless_exists=True)
    .timeout(5)
    .output(lambda i: Kept(item=i, by=i.sqs_id))
    .catch(EXISTS, output=lambda c: c.input, then=read_back)
)
mark = PutItem("Mark", readings, of=Kept, item=lambda k: k.item.model_copy(update={"alert": "sent"})).timeout(5)
finish = (
    Choice("Alert pending?", Kept)
    .when(
        lambda k: k.item.alert == "pending",
        then=Publish("Alert", alerts, of=Kept, message=lambda k: k.item.id, subject="Too warm").timeout(5) >> mark,
    )
    .otherwise(Same("Complete"))
)
result = Pass(
    "Result",
    Kept,
    lambda k: Done(sqs_id=k.by, outcome="stored" if k.by == k.item.sqs_id else "duplicate"),
)
flow = (
    Task("Validate", validate)
    .timeout(20)
    .retry(TRANSIENT, attempts=2, max_delay=10)
    .catch(
        InvalidReading,
        output=lambda c: Rejected(sqs_id=c.input.messageId, why=c.message),
        then=quarantined.end(),
    )
    >> enriched
    >> Pass("Decide", Enriched, decide)
    >> stored
    >> finish
    >> result
)
reading = Try("Reading", flow).catch(
    "States.ALL",
    output=lambda c: Failed(sqs_id=c.input.messageId, error=c.error),
    then=Succeed("Failed"),
)
each = Map("Each", reading, of=list[Record], items=lambda records: records).output(
    lambda ends: Report(batchItemFailures=[Failure(itemIdentifier=e.sqs_id) for e in ends if e.outcome == "failed"])
)
telemetry = Workflow.express("telemetry", each, timeout=290, comment="A batch of messages becomes stored readings")
