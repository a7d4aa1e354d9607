"""What a pipe sends and what it is answered: SQS records, and partial failures of a batch (embedded default).

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def record(message: dict[str, Any], queue_arn: str) -> dict[str, Any]:
    """An SQS message as pipes deliver it."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {k: _attribute(v) for k, v in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        shown["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shown["binaryValue"] = value["BinaryValue"]
    return shown


def failed_items(answer: str | None, sent: Sequence[str]) -> set[str]:
    """Which of the messages in `sent` an answer reports as failed: none, some, or all of them.

    A batch is a complete success for an answer that is no object, or whose `batchItemFailures` is missing, null or
    empty; a complete failure for an identifier that is missing, null or empty, or a malformed list. AWS does not say
    what an identifier that was not in the batch does; here it fails the batch, for success could lose a message.
    """
    if answer is None:
        return set()
    try:
        document = json.loads(answer)
    except ValueError:
        return set(sent)
    reported = document.get("batchItemFailures") if isinstance(document, dict) else None
    if reported is None:
        return set()
    if not isinstance(reported, list):
        return set(sent)
    failed = set()
    for item in reported:
        name = item.get("itemIdentifier") if isinstance(item, dict) else None
        if not isinstance(name, str) or name not in sent:
            return set(sent)
        failed.add(name)
    return failed
