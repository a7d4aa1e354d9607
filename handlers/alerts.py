"""The words of an alert: the workflow compiles `describe` into an expression, the sweeper calls it."""

from handlers.models import Item

SUBJECT = "Cold chain alert"


def describe(item: Item) -> str:
    """What the people on duty read. The reading's id is in it: the same alert sent twice can be recognised."""
    return f"{item.device_id}: {item.finding}, measured {item.time}. Reading {item.id}"
