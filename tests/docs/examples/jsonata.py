"""JSONata written by hand, where a lambda cannot say it."""

from dataclasses import dataclass

from workflow import Pass, Workflow, jsonata
from workflow.testing import run


@dataclass
class Order:
    prices: list[float]


spread = jsonata("$max($states.input.prices) - $min($states.input.prices)", returns=float)
example = Workflow.standard("example", Pass("Spread", Order, spread))

assert run(example, Order([1.0, 4.0])).output == 3.0
