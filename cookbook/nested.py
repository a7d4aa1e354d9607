"""Nested workflows: an order runs a payment workflow, waits for it and goes on with its typed result.

Use it to share a part between workflows, to give a long part its own history and permissions, or to mix kinds: a
Standard workflow that waits for days around Express ones that are fast and cheap.
"""

from dataclasses import dataclass

from workflow import Pass, RunExecution, Task, Workflow


@dataclass
class Order:
    id: str
    cents: int


@dataclass
class Payment:
    reference: str
    cents: int


@dataclass
class Receipt:
    reference: str


@dataclass
class Done:
    order: str
    receipt: Receipt


def pay(payment: Payment) -> Receipt:
    return Receipt(f"paid {payment.reference}")


payments = Workflow.standard("payments", Task("Pay", pay).timeout(30))
paid = RunExecution(
    "Payment",
    payments,
    of=Order,
    input=lambda order: Payment(order.id, order.cents),
    execution=lambda order: f"order-{order.id}",  # the same order is paid once
).output(lambda receipt, order: Done(order.id, receipt))
nested = Workflow.standard("nested", paid >> Pass("Order", Done, lambda done: done))
