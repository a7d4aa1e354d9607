"""What the handlers take and return, and what the tables hold. Data without behaviour; validation of what devices say
is in `telemetry`, of what queues say in `envelope`.

Field names are the JSON names and the attributes of the tables. The models that a workflow's expressions build have no
validators: those would not run in Step Functions.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

Alert = Literal["none", "pending", "sent"]
"""Decided once, before storing: none is due, or one is pending; `sent` once it was published."""

Storage = Literal["frozen", "thawing", "chilled", "cool", "warm"]
"""Where goods at this temperature stand in the cold chain; see `summarise`."""

Damp = Literal["dry", "fresh", "damp", "condensing"]
"""How near the air is to wetting the goods; see `summarise`."""

Outcome = Literal["stored", "duplicate", "quarantined"]
"""What became of a message for good. A message without an outcome waits in a queue, or in the dead-letter queue."""


class Model(BaseModel):
    """The base of all: errors name fields and kinds of error, never the value that was wrong."""

    model_config = ConfigDict(hide_input_in_errors=True)


class Attributes(Model):
    """What of an SQS message's attributes is read; SQS gives all of them as text."""

    SentTimestamp: str | None = None
    """Milliseconds since 1970 when the queue took the message."""


class Record(Model):
    """An SQS message as EventBridge Pipes hands it on; further fields are ignored.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-sqs.html"""

    messageId: str
    """SQS's id. It changes when a message leaves the dead-letter queue again: only a batch's failures use it."""

    body: str
    """The envelope, a JSON text: what the IoT rule sent, or its error action."""

    attributes: Attributes | None = None


class Reading(Model):
    """A message that is a reading."""

    record: Record
    """Where it came from; travels along, so that what is refused later can be quarantined whole."""

    trace: str
    """The message's own id, from the rule: the same on every redelivery, another one if the device publishes again."""

    id: str
    """The reading's identity, `<device>#<message id>`: what must be stored once."""

    digest: str
    """SHA-256 of what the device said: tells a repeated message from another one under the same id."""

    device_id: str
    message_id: str
    temperature: float
    """Degrees Celsius."""
    humidity: float
    """Relative humidity, percent."""
    battery: float
    """Charge, percent."""
    time: str
    """When it was measured: UTC, ISO 8601 with milliseconds and `Z`."""
    received_at: int
    """When the platform received it: milliseconds since 1970."""
    expires: int
    """When a stored reading may go: seconds since 1970."""


class Summary(Model):
    """What a reading means for the goods."""

    dew_point: float | None
    """Degrees Celsius; None for perfectly dry air, which has none."""
    storage: Storage
    damp: Damp


class Device(Model):
    """An item of the table of devices: the range of temperature, in degrees Celsius, that its goods need."""

    device_id: str
    name: str
    low: float
    high: float


class Item(Model):
    """An item of the table of readings."""

    id: str
    digest: str
    trace: str
    """The message that stored it. Another trace for the same reading is a repeat."""
    device_id: str
    message_id: str
    temperature: float
    humidity: float
    battery: float
    time: str
    received_at: int
    dew_point: float | None
    storage: Storage
    damp: Damp
    known: bool
    """False: the device was in no table, so that its range is unknown and no alert could be due."""
    alert: Alert
    pending_since: int | None
    """When the reading was received, while its alert is pending; else None, and so not in the index of those."""
    finding: str
    """Why an alert is due, in words; empty if none is. Kept, because the range may change before the alert goes out."""
    expires: int


class Repeat(Model):
    """An item of the table of repeats: a message that brought a reading which another message had stored."""

    trace: str
    id: str
    device_id: str
    stored_by: str
    received_at: int
    expires: int


class Quarantined(Model):
    """An item of the table of quarantined messages. Nothing in it is raw: names are cleaned, the payload is Base64."""

    trace: str
    reason: str
    topic: str
    device_id: str
    """The device that sent it, if the topic names an acceptable one; else empty."""
    sqs_id: str
    payload: str
    """Base64 of the payload's first bytes, or of the queue message's where no envelope could be opened."""
    payload_bytes: int
    """Length of all of it; larger than what is kept if it was cut."""
    payload_digest: str
    """SHA-256 of all of it."""
    received_at: int
    expires: int


class Rejected(Model):
    """A message that cannot be stored, and why; the reason is safe to show."""

    record: Record
    reason: str


class Done(Model):
    """What became of one message."""

    sqs_id: str
    trace: str
    outcome: Outcome


class Sweep(Model):
    """What the sweeper is asked to do."""

    older_than_minutes: float = 15
    """Leave alerts alone that are younger: their message is still on its way through the queue."""
    at_most: int = 100
    """Alerts to send in one run; the next run goes on."""


class Swept(Model):
    """What the sweeper found and did."""

    pending: int
    sent: int
