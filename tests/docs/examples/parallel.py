"""Branches at once, over the same input."""

from dataclasses import dataclass

from workflow import Parallel, Pass, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str
    cents: int


@dataclass
class Told:
    text: str
    tax: int


both = Parallel(
    "Both",
    Pass("Text", Order, lambda order: f"order {order.id}"),
    Pass("Tax", Order, lambda order: order.cents // 5),
).output(lambda results: Told(results[0], results[1]))
example = Workflow.standard("example", both)

assert run(example, Order("o-1", 500)).output == Told("order o-1", 100)
