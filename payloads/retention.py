"""How long things are kept. Settings compare these with the queues' retention, which de-duplication must outlive."""

READING_DAYS = 400
"""Days until a stored reading expires: a year of history, and far longer than queue, dead-letter queue and replay
together (14 + 14 days at most), so that a late redelivery still finds the reading that it would repeat."""

REPEAT_DAYS = 400
"""Days until the record of a message that came again expires."""

QUARANTINE_DAYS = 400
"""Days until a quarantined message expires."""

OLDEST_DAYS = 366
"""A reading taken longer ago than this before it was received is refused: the device's clock is not set."""

DAY_SECONDS = 86_400
