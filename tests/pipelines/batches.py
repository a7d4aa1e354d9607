"""Batches as the pipe delivers them, and what it reads of their outcome."""

from collections.abc import Callable
from typing import Any

from handlers import entry
from handlers.models import Device, Record
from pipelines.telemetry import Report, alerts, telemetry
from tests.handlers.messages import TIME
from tests.handlers.messages import telemetry as message
from tests.handlers.test_entry import Context
from workflow.testing import Answers, Environment

FRIDGE = Device(device_id="fridge-7", name="Vaccines", low=2, high=8)
ALERT = f"fridge-7: 9.3 °C, outside 2.0 to 8.0 °C, measured {TIME}. Reading fridge-7#m-1"


def through_entry(fn: Callable[..., Any], payload: Any) -> Any:
    """Call a handler as its Lambda does."""
    return getattr(entry, fn.__name__)(payload, Context())


def warm(**fields: Any) -> dict[str, Any]:
    """A reading outside its device's range."""
    return message(**{"temperature": 9.26} | fields)


def sqs(number: int) -> str:
    """The id of a queue message."""
    return f"9d2f6b2e-0001-4c1e-8f55-{number:012}"


def report(environment: Environment, *records: Record, answers: Answers | None = None) -> Report:
    """What the pipe reads of an execution, which must succeed."""
    return environment.run(telemetry, list(records), answers=answers).output


def outcomes(environment: Environment, *records: Record, answers: Answers | None = None) -> list[str]:
    """The outcomes of a batch in which nothing failed."""
    made = report(environment, *records, answers=answers)
    assert made.batchItemFailures == []
    return [done.outcome for done in made.outcomes]


def failed(environment: Environment, *records: Record, answers: Answers | None = None) -> list[str]:
    """The ids that the queue shall deliver again, of a batch in which nothing else happened."""
    made = report(environment, *records, answers=answers)
    assert made.outcomes == []
    return [failure.itemIdentifier for failure in made.batchItemFailures]


def published(environment: Environment) -> list[str]:
    """The alerts that were published, in order."""
    return [message.text for message in environment.topic(alerts)]
