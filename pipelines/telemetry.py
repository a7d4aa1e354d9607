"""The telemetry workflow: a batch of MQTT messages becomes stored readings and alerts, and none harms another.

A pipe hands over SQS messages and reads `batchItemFailures` from the report; what is named there comes again and is
finally parked in the dead-letter queue. Each message ends as stored, duplicate or quarantined, or it failed and waits.

Whether an alert is due is decided once, before storing, and stored with the reading. A redelivery that finds its
reading stored goes on to what is missing: alerts go out at least once, readings are stored exactly once.

Worst path, when every attempt takes its whole timeout and every retry is used: Validate 47 s, Enrich 47, Store 27,
Read stored 27, Alert 27, Mark sent 27, Record repeat 27: 229 s. That is less than TIMEOUT, and TIMEOUT is less than the
queue's visibility timeout; settings check both. What throttles or fails inside AWS is retried in every state, which
needs no words here.
"""

from typing import Literal

from pydantic import BaseModel

from handlers.alerts import SUBJECT, describe
from handlers.errors import InvalidReading, Unavailable
from handlers.models import Device, Done, Item, Reading, Record, Rejected, Repeat, Summary
from handlers.quarantine import quarantine as quarantine_message
from handlers.summarise import summarise
from handlers.validate import validate
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

TIMEOUT = 270
"""Seconds for a whole batch; an Express execution may take 300."""


class Enriched(BaseModel):
    """A reading with all that is needed to decide about it."""

    reading: Reading
    summary: Summary
    device: Device | None


class Kept(BaseModel):
    """A reading and the item that stands for it in the table: its own, or the one that another message stored."""

    reading: Reading
    item: Item


class Found(BaseModel):
    """The same, when the item was looked for and may have expired meanwhile."""

    reading: Reading
    item: Item | None


class Failed(BaseModel):
    """A message that could not be handled now, and the error's name."""

    sqs_id: str
    error: str
    outcome: Literal["failed"] = "failed"


class Failure(BaseModel):
    """A message that the queue shall deliver again.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html"""

    itemIdentifier: str


class Report(BaseModel):
    """What became of a batch; the pipe reads the failures."""

    batchItemFailures: list[Failure]
    outcomes: list[Done]


devices = Table("devices", Device, key="device_id")
readings = Table("readings", Item, key="id")
repeats = Table("repeats", Repeat, key="trace")
alerts = Topic("alerts")


def decide(e: Enriched) -> Kept:
    """The item to store. An alert is due if the device is known and its goods are outside their range."""
    reading = e.reading
    device = e.device
    due = device is not None and not device.low <= reading.temperature <= device.high
    finding = (
        f"{reading.temperature:.1f} °C, outside {device.low:.1f} to {device.high:.1f} °C"
        if device is not None and due
        else ""
    )
    return Kept(
        reading=reading,
        item=Item(
            id=reading.id,
            digest=reading.digest,
            trace=reading.trace,
            device_id=reading.device_id,
            message_id=reading.message_id,
            temperature=reading.temperature,
            humidity=reading.humidity,
            battery=reading.battery,
            time=reading.time,
            received_at=reading.received_at,
            dew_point=e.summary.dew_point,
            storage=e.summary.storage,
            damp=e.summary.damp,
            known=device is not None,
            alert="pending" if due else "none",
            pending_since=reading.received_at if due else None,
            finding=finding,
            expires=reading.expires,
        ),
    )


quarantine = Task("Quarantine", quarantine_message).timeout(10).retry(TRANSIENT, Unavailable)

checked = (
    Task("Validate", validate)
    .timeout(10)
    .catch(InvalidReading, output=lambda c: Rejected(record=c.input, reason=c.message), then=quarantine.end())
)

enriched = Parallel(
    "Enrich",
    Task("Summarise", summarise).timeout(10),
    GetItem("Look up device", devices, of=Reading, key=lambda r: r.device_id).timeout(5),
).output(lambda results, reading: Enriched(reading=reading, summary=results[0], device=results[1]))

id_reused = (
    Pass(
        "Id reused",
        Kept,
        lambda k: Rejected(record=k.reading.record, reason="messageId: used before, for other content"),
    )
    >> quarantine.end()
)

same_content = (
    Choice("Same content?", Kept)
    .when(lambda k: k.item.digest == k.reading.digest, then=Same("Keep stored"))
    .otherwise(id_reused)
)

still_there = (
    Choice("Still there?", Found)
    .given(lambda f: f.item, output=lambda f, item: Kept(reading=f.reading, item=item), then=same_content)
    .otherwise(Fail("Expired while read"))
)

look_again = (
    GetItem("Read stored", readings, of=Kept, key=lambda k: k.item.id, consistent=True)
    .timeout(5)
    .output(lambda item, mine: Found(reading=mine.reading, item=item))
)

# It exists, stored by this message or by another: the item as it is now says what is still to do.
stored = (
    PutItem("Store", readings, of=Kept, item=lambda k: k.item, unless_exists=True)
    .timeout(5)
    .catch(EXISTS, output=lambda c: c.input, then=look_again >> still_there)
)

notify = Publish(
    "Alert",
    alerts,
    of=Kept,
    message=lambda k: describe(k.item),
    subject=SUBJECT,
    attributes={"reading": lambda k: k.item.id},  # an alert may go out twice; subscribers can tell by this
).timeout(5)

mark = PutItem(
    "Mark sent",
    readings,
    of=Kept,
    item=lambda k: k.item.model_copy(update={"alert": "sent", "pending_since": None}),
).timeout(5)

alerted = (
    Choice("Alert pending?", Kept)
    .when(lambda k: k.item.alert == "pending", then=notify >> mark)
    .otherwise(Same("No alert due"))
)

record_repeat = PutItem(
    "Record repeat",
    repeats,
    of=Kept,
    item=lambda k: Repeat(
        trace=k.reading.trace,
        id=k.item.id,
        device_id=k.item.device_id,
        stored_by=k.item.trace,
        received_at=k.reading.received_at,
        expires=k.reading.expires,
    ),
).timeout(5)

counted = (
    Choice("Came again?", Kept)
    .when(lambda k: k.item.trace != k.reading.trace, then=record_repeat)
    .otherwise(Same("First message"))
)

result = Pass(
    "Result",
    Kept,
    lambda k: Done(
        sqs_id=k.reading.record.messageId,
        trace=k.reading.trace,
        outcome="stored" if k.item.trace == k.reading.trace else "duplicate",
    ),
)

flow = checked >> enriched >> Pass("Decide", Enriched, decide) >> stored >> alerted >> counted >> result

reading = Try("Reading", flow).catch(
    "States.ALL", output=lambda c: Failed(sqs_id=c.input.messageId, error=c.error), then=Succeed("Failed")
)

batch = Map("Each", reading, of=list[Record], items=lambda records: records).output(
    lambda ends: Report(
        batchItemFailures=[Failure(itemIdentifier=end.sqs_id) for end in ends if end.outcome == "failed"],
        outcomes=[end for end in ends if end.outcome != "failed"],
    )
)

telemetry = Workflow.express("telemetry", batch, timeout=TIMEOUT)
