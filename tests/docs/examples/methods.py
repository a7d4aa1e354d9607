"""What states share: how they work, then what they catch."""

from dataclasses import dataclass

from workflow import TRANSIENT, Succeed, Task, Workflow
from workflow.testing import fails, run


@dataclass
class Order:
    id: str


@dataclass
class Receipt:
    number: int


class Declined(Exception):
    """The bank says no."""


def charge(order: Order) -> Receipt:
    return Receipt(len(order.id))


charged = (
    Task("Charge", charge)
    .timeout(20)
    .retry(TRANSIENT, attempts=5, interval=2, max_delay=30)
    .output(lambda receipt, order: f"{order.id} paid, receipt {receipt.number}")
    .catch(Declined, output=lambda c: f"{c.input.id}: {c.message}", then=Succeed("Declined"))
)
example = Workflow.express("example", charged, timeout=290)

assert run(example, Order("o-1")).output == "o-1 paid, receipt 3"
assert run(example, Order("o-1"), answers={"Charge": fails(Declined("no money"))}).output == "o-1: no money"
