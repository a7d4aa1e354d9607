"""Saga: reserve, charge, ship; when a step fails, what was done before is undone in reverse order.

Use it when several services each commit for themselves and no transaction spans them. Undoing must succeed in the
end, so it is retried for long; the execution then fails with an error that says that nothing is left behind.
"""

from dataclasses import dataclass

from workflow import Fail, Task, Workflow


@dataclass
class Order:
    id: str
    sku: str
    cents: int


class Declined(Exception):
    """The bank said no."""


def reserve(order: Order) -> Order:
    return order


def charge(order: Order) -> Order:
    if order.cents > 100_000:
        raise Declined(order.id)
    return order


def ship(order: Order) -> Order:
    return order


def release(order: Order) -> Order:
    return order


def refund(order: Order) -> Order:
    return order


undone = Fail("Undone", error="OrderUndone", cause="a step failed; what was done before it is undone")
released = Task("Release", release).timeout(30).retry("States.ALL", attempts=20, interval=5, max_delay=600) >> undone
refunded = Task("Refund", refund).timeout(30).retry("States.ALL", attempts=20, interval=5, max_delay=600) >> released

saga = Workflow.standard(
    "saga",
    Task("Reserve", reserve).timeout(30)
    >> Task("Charge", charge).timeout(30).catch("States.ALL", output=lambda c: c.input, then=released)
    >> Task("Ship", ship).timeout(30).catch("States.ALL", output=lambda c: c.input, then=refunded),
)
