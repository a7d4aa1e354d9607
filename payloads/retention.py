"""How long things are kept, where nothing else is configured."""

DEDUPLICATION_DAYS = 400
"""Days until a stored reading expires, and with it the record of repeats and of quarantined messages: a year of
history, and longer than queue, dead-letter queue and replay together, so that a late redelivery finds what it would
repeat. A function's environment may say otherwise in DEDUPLICATION_DAYS, which settings compare with the queues."""

OLDEST_DAYS = 366
"""A reading taken longer ago than this before it was received is refused: the device's clock is not set."""

DAY_SECONDS = 86_400
