"""When what is stored now may go: the one place where retention becomes a time to live."""

import os

from payloads.retention import DAY_SECONDS, DEDUPLICATION_DAYS


def expires(received_at: int) -> int:
    """Seconds since 1970 after which DynamoDB may delete what came with a message received then (milliseconds)."""
    days = int(os.environ.get("DEDUPLICATION_DAYS") or DEDUPLICATION_DAYS)
    return received_at // 1000 + days * DAY_SECONDS
