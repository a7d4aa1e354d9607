"""A scope whose errors are retried and caught."""

from dataclasses import dataclass

from workflow import Choice, Fail, Pass, Same, Succeed, Try, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str
    cents: int


checked = (
    Choice("Paid?", Order)
    .when(lambda order: order.cents > 0, then=Same("Paid"))
    .otherwise(Fail("Nothing paid", error="Unpaid"))
)
tried = Try("Order", checked >> Pass("Text", Order, lambda order: f"{order.id} is paid")).catch(
    "Unpaid", output=lambda c: f"{c.input.id}: {c.error}", then=Succeed("Refused")
)
example = Workflow.standard("example", tried)

assert run(example, Order("o-1", 5)).output == "o-1 is paid"
assert run(example, Order("o-2", 0)).output == "o-2: Unpaid"
