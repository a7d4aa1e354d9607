"""Retry with jitter: a service that throttles is asked again later, at random moments, and in the end not any more.

Use it for every call of a service with a rate limit. Jitter spreads the retries of many executions that failed at the
same moment; without it they come back at the same moment too. What fails for good ends with the reason.
"""

from dataclasses import dataclass

from workflow import Succeed, Task, Workflow


@dataclass
class Address:
    street: str
    city: str


@dataclass
class Position:
    latitude: float
    longitude: float


@dataclass
class Unplaced:
    address: Address
    why: str


class Throttled(Exception):
    """The service asks to come back later."""


def locate(address: Address) -> Position:
    return Position(float(len(address.street)), float(len(address.city)))


found = (
    Task("Locate", locate)
    .timeout(10)
    .retry(Throttled, "States.Timeout", attempts=5, interval=2, backoff=3.0, max_delay=60)
    .catch("States.ALL", output=lambda c: Unplaced(c.input, c.message), then=Succeed("Unplaced"))
)
retry_with_jitter = Workflow.standard("retry-with-jitter", found)
