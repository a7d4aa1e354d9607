"""A named point that passes its input on."""

from dataclasses import dataclass

from workflow import Choice, Pass, Same, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str


small = Choice("Known?", Order).when(lambda order: order.id != "", then=Same("Known")).otherwise(Same("Anonymous"))
example = Workflow.standard("example", small >> Pass("Length", Order, lambda order: len(order.id)))

assert run(example, Order("o-1")).output == 3
