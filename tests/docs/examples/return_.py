"""The end, with a result of its own."""

from dataclasses import dataclass

from workflow import Choice, Return, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str
    cents: int


free = Return("Free", Order, lambda order: f"{order.id} is free")
due = Return("Due", Order, lambda order: f"{order.id} costs {order.cents}")
example = Workflow.standard("example", Choice("Free?", Order).when(lambda o: o.cents == 0, then=free).otherwise(due))

assert run(example, Order("o-1", 0)).output == "o-1 is free"
