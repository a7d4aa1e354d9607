"""Guarded batch: handle SQS messages that a pipe hands over, and name those that failed, so that only they come again.

Use it behind an EventBridge Pipe from SQS, Kinesis or DynamoDB Streams. Without the report one bad message sends its
whole batch back to the queue.
"""

from dataclasses import dataclass

from workflow import Map, Pass, Succeed, Task, Try, Workflow


@dataclass
class Record:
    messageId: str
    body: str


@dataclass
class Outcome:
    id: str
    failed: bool


@dataclass
class Failure:
    itemIdentifier: str


@dataclass
class Report:
    batchItemFailures: list[Failure]


def handle(record: Record) -> Record:
    if not record.body.startswith("{"):
        raise ValueError("no JSON")
    return record


handled = Task("Handle", handle).timeout(20) >> Pass("Handled", Record, lambda r: Outcome(r.messageId, False))
one = Try("One", handled).catch(
    "States.ALL", output=lambda c: Outcome(c.input.messageId, True), then=Succeed("Not handled")
)
batch = Map("Each", one, of=list[Record], items=lambda records: records).output(
    lambda outcomes: Report([Failure(o.id) for o in outcomes if o.failed])
)
guarded_batch = Workflow.express("guarded-batch", batch, timeout=120)
