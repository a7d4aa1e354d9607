"""Fallback: ask the live price; if it does not answer in time, take the last one that is known.

Use it when a late or older answer is better than none, and the caller waits. The short timeout is the point: it is
what the caller can spare.
"""

from dataclasses import dataclass

from workflow import Choice, Fail, GetItem, Pass, Table, Task, Workflow


@dataclass
class Ask:
    sku: str


@dataclass
class Price:
    sku: str
    cents: int


@dataclass
class Answer:
    cents: int
    live: bool


def live_price(ask: Ask) -> Price:
    return Price(ask.sku, 100)


prices = Table("prices", Price, key="sku")
kept = GetItem("Last known", prices, of=Ask, key=lambda ask: ask.sku).timeout(2)
known = (
    Choice[Price | None]("Known?")
    .given(
        lambda p: p, output=lambda p, price: Answer(price.cents, live=False), then=Pass("Older", Answer, lambda a: a)
    )
    .otherwise(Fail("No price"))
)
live = (
    Task("Live price", live_price)
    .timeout(2)
    .retry("Lambda.TooManyRequestsException", attempts=1)
    .output(lambda price: Answer(price.cents, live=True))
    .catch("States.ALL", output=lambda c: c.input, then=kept >> known)
)
fallback = Workflow.express("fallback", live, timeout=60)
