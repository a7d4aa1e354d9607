"""The end, with the input as the result."""

from dataclasses import dataclass

from workflow import Choice, Fail, Succeed, Workflow
from workflow.testing import run


@dataclass
class Order:
    cents: int


paid = Choice("Paid?", Order).when(lambda order: order.cents > 0, then=Succeed("Paid")).otherwise(Fail("Nothing paid"))
example = Workflow.standard("example", paid)

assert run(example, Order(5)).output == Order(5)
