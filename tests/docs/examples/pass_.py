"""A value made of the input, without a Lambda."""

from dataclasses import dataclass

from workflow import Pass, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str
    prices: list[float]


@dataclass
class Total:
    order: str
    price: float


total = Pass("Total", Order, lambda order: Total(order.id, sum(order.prices)))
example = Workflow.standard("example", total)

assert run(example, Order("o-1", [1.5, 2.0])).output == Total("o-1", 3.5)
