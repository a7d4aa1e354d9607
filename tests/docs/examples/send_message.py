"""A message to a queue."""

from dataclasses import dataclass

from workflow import Queue, SendMessage, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str
    customer: str


orders = Queue("orders.fifo")
sent = SendMessage(
    "Send", orders, of=Order, body=lambda order: order, group=lambda o: o.customer, deduplication=lambda o: o.id
).timeout(5)
example = Workflow.express("example", sent, timeout=120)

assert run(example, Order("o-1", "c-1")).output == Order("o-1", "c-1")
