"""Queues of MiniStack whose work does not grow with what waits in them (embedded default).

MiniStack looks at every message of a queue several times for each batch that is received or deleted: with thousands of
messages behind, that is most of what it does. The functions here answer the same and look at what they need.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

RETENTION_EVERY = 1.0
"""Seconds between two looks for messages that are older than a queue's retention, which is a minute at least."""


def quicken(sqs: Any) -> None:
    """Replace them in MiniStack's module `sqs`."""
    sqs._collect_msgs = _collecting(sqs, sqs._collect_msgs)
    sqs._expire_retained = _now_and_then(sqs._expire_retained)
    sqs._HANDLERS["DeleteMessageBatch"] = _deleting(sqs, sqs._HANDLERS["DeleteMessageBatch"])


def _collecting(sqs: Any, original: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """A standard queue is read from its front until there are enough messages, not to its end."""

    def collect(queue: dict[str, Any], most: int, visibility: int) -> list[Any]:
        if queue["is_fifo"]:
            return original(queue, most, visibility)
        now = time.time()
        found: list[Any] = []
        for message in queue["messages"]:
            if len(found) == most:
                break
            sqs._ensure_msg_fields(message)
            if message["visible_at"] <= now:
                found.append(message)
        return original({**queue, "messages": found}, most, visibility)  # which hands them out

    return collect


def _now_and_then(original: Callable[[Any], None]) -> Callable[[Any], None]:
    looked: dict[str, float] = {}

    def expire(queue: dict[str, Any]) -> None:
        now, arn = time.monotonic(), queue["attributes"]["QueueArn"]
        if now - looked.get(arn, -RETENTION_EVERY) >= RETENTION_EVERY:
            looked[arn] = now
            original(queue)

    return expire


def _deleting(sqs: Any, original: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """The messages of a batch are looked for at once, and no further than to the last of them."""

    def delete(data: dict[str, Any], url: str) -> Any:
        messages = sqs._get_q(data.get("QueueUrl", url), "sqs:DeleteMessage")["messages"]
        entries = data.get("Entries", [])
        missing = {entry.get("ReceiptHandle") or "" for entry in entries}
        places = []
        for place, message in enumerate(messages):
            if not missing:
                break
            if message["receipt_handle"] in missing:
                missing.discard(message["receipt_handle"])
                places.append(place)
        if missing or not entries:
            return original(data, url)  # which says what is wrong
        sqs._validate_batch_entries(entries, "DeleteMessageBatchRequestEntry")
        for place in reversed(places):
            del messages[place]
        return {"Successful": [{"Id": entry["Id"]} for entry in entries], "Failed": []}

    return delete
