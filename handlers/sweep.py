"""Sends alerts that were left behind: readings stored with an alert pending whose message never came back to send it.

A schedule calls it as a Lambda every few minutes. It reads its environment when called: READINGS_TABLE, ALERTS_TOPIC
(an ARN), and READINGS_INDEX, the sparse index of `alert` and `pending_since`, in which only pending alerts are found;
without it the whole table is scanned, which only a small one bears.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from handlers import clients
from handlers.alerts import SUBJECT, describe
from handlers.counts import count
from handlers.errors import Unavailable
from handlers.items import from_item
from handlers.models import Item, Sweep, Swept

_log = logging.getLogger(__name__)


def sweep(ask: Sweep) -> Swept:
    """Publishes every alert that is pending for longer than asked, then marks it as sent.

    An alert may go out twice (a sweeper that dies between the two, a message that comes back meanwhile), never not at
    all. One that fails harms no other. Counts PendingAlerts, those found, and SweptAlerts, those sent.
    Raises Unavailable at the end if some could not be sent: the next run finds them again.
    """
    before = time.time_ns() // 1_000_000 - int(ask.older_than_minutes * 60_000)
    table, topic = clients.setting("READINGS_TABLE"), clients.setting("ALERTS_TOPIC")
    found = sent = 0
    for item in islice(_pending(table, os.environ.get("READINGS_INDEX", ""), before), ask.at_most):
        found += 1
        try:
            _send(item, table, topic)
        except Unavailable as error:
            _log.warning("an alert could not be sent: %s", error)
        else:
            sent += 1
    count("PendingAlerts", found)
    count("SweptAlerts", sent)
    if sent < found:
        raise Unavailable(f"{found - sent} of {found} alerts could not be sent")
    return Swept(pending=found, sent=sent)


def _send(item: Item, table: str, topic: str) -> None:
    """Publish first, mark second: the other way round an alert could be lost."""
    with clients.aws_errors("publish an alert"):
        clients.sns().publish(
            TopicArn=topic,
            Subject=SUBJECT,
            Message=describe(item),
            MessageAttributes={"reading": {"DataType": "String", "StringValue": item.id}},
        )
    client = clients.dynamodb()
    done_meanwhile = suppress(client.exceptions.ConditionalCheckFailedException)  # marked by another, or expired
    with clients.aws_errors("mark an alert as sent"), done_meanwhile:
        client.update_item(
            TableName=table,
            Key={"id": {"S": item.id}},
            UpdateExpression="SET #alert = :sent REMOVE #since",
            ConditionExpression="#alert = :pending",
            ExpressionAttributeNames={"#alert": "alert", "#since": "pending_since"},
            ExpressionAttributeValues={":sent": {"S": "sent"}, ":pending": {"S": "pending"}},
        )


def _pending(table: str, index: str, before: int) -> Iterator[Item]:
    """The readings whose alert is pending since before that time (milliseconds), in no particular order."""
    client = clients.dynamodb()
    names = {"#alert": "alert", "#since": "pending_since"}
    values: dict[str, Any] = {":pending": {"S": "pending"}, ":before": {"N": str(before)}}
    due = "#alert = :pending AND #since < :before"
    with clients.aws_errors("look for pending alerts"):
        if index:
            pages = client.get_paginator("query").paginate(
                TableName=table,
                IndexName=index,
                KeyConditionExpression=due,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
            yield from (from_item(Item, item) for page in pages for item in page["Items"])
        else:
            scanned = client.get_paginator("scan").paginate(
                TableName=table,
                FilterExpression=due,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
            yield from (from_item(Item, item) for page in scanned for item in page["Items"])
