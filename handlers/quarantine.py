"""Puts a message that cannot be stored where operators find it, with its reason; the workflow calls it as a Lambda."""

import base64
import hashlib
import time
from typing import TYPE_CHECKING

from handlers import clients
from handlers.counts import count
from handlers.envelope import look
from handlers.expiry import expires
from handlers.items import to_item
from handlers.models import Done, Quarantined, Rejected
from handlers.text import shown

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

KEPT_BYTES = 16_384
"""What is kept of a payload; twice the longest that could be a reading."""

REASON_CHARACTERS = 300


def quarantine(rejected: Rejected) -> Done:
    """Writes one item to the table that QUARANTINE_TABLE names, once for each trace: the first reason stays.

    Raises Unavailable if DynamoDB cannot take it now.
    """
    item = quarantined(rejected)
    table = clients.setting("QUARANTINE_TABLE")
    with clients.aws_errors("put the quarantined message"):
        _put_once(clients.dynamodb(), table, item)
    return Done(sqs_id=rejected.record.messageId, trace=item.trace, outcome="quarantined")


def quarantined(rejected: Rejected) -> Quarantined:
    """The item that is kept of a message. Its size is bounded and no text in it is the sender's, Base64 aside."""
    envelope = look(rejected.record)
    received_at = envelope.received_at if envelope.received_at is not None else time.time_ns() // 1_000_000
    return Quarantined(
        trace=envelope.trace,
        reason=rejected.reason[:REASON_CHARACTERS],
        topic=shown(envelope.topic),
        device_id=envelope.device_id or "",
        sqs_id=shown(rejected.record.messageId),
        payload=base64.b64encode(envelope.payload[:KEPT_BYTES]).decode(),
        payload_bytes=len(envelope.payload),
        payload_digest=hashlib.sha256(envelope.payload).hexdigest(),
        received_at=received_at,
        expires=expires(received_at),
    )


def _put_once(client: "DynamoDBClient", table: str, item: Quarantined) -> None:
    try:
        client.put_item(
            TableName=table,
            Item=to_item(item),
            ConditionExpression="attribute_not_exists(#trace)",
            ExpressionAttributeNames={"#trace": "trace"},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return  # a redelivery of a message that is quarantined already
    count("Quarantined")
