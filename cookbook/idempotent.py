"""Idempotent consumer: the first delivery of a payment books it, every later one does nothing.

Use it behind anything that delivers at least once: queues, pipes, EventBridge, Express workflows. The key is the
sender's id, written before the work, so that two deliveries at the same moment cannot both be first.
"""

from dataclasses import dataclass

from workflow import EXISTS, Pass, PutItem, Succeed, Table, Task, Workflow


@dataclass
class Payment:
    id: str
    account: str
    cents: int


@dataclass
class Seen:
    id: str


@dataclass
class Done:
    id: str
    booked: bool


def book(payment: Payment) -> Payment:
    return payment


seen = Table("seen", Seen)
first = (
    PutItem("First?", seen, of=Payment, item=lambda p: Seen(p.id), unless_exists=True)
    .timeout(5)
    .catch(EXISTS, output=lambda c: Done(c.input.id, booked=False), then=Succeed("Seen before"))
)
booked = Task("Book", book).timeout(20) >> Pass("Booked", Payment, lambda p: Done(p.id, booked=True))
idempotent = Workflow.express("idempotent", first >> booked, timeout=180)
