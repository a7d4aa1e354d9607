"""The same flow for each item of a list."""

from dataclasses import dataclass

from workflow import Map, Pass, Workflow
from workflow.testing import run


@dataclass
class Line:
    count: int
    cents: int


@dataclass
class Order:
    lines: list[Line]


priced = Map(
    "Each line",
    Pass("Price", Line, lambda line: line.count * line.cents),
    of=Order,
    items=lambda order: order.lines,
    max_concurrency=10,
).output(lambda prices: sum(prices))
example = Workflow.standard("example", priced)

assert run(example, Order([Line(2, 50), Line(1, 30)])).output == 130
