"""Fan out, fan in: price every line of an order at once, then add the prices up.

Use it when the parts of one request are independent and the answer needs all of them. An inline Map runs up to 40
items at once; above some thousands take `distributed_import`.
"""

from dataclasses import dataclass

from workflow import Map, Task, Workflow


@dataclass
class Line:
    sku: str
    count: int


@dataclass
class Order:
    id: str
    lines: list[Line]


@dataclass
class Total:
    id: str
    price: float


def price(line: Line) -> float:
    return line.count * float(len(line.sku))


priced = Map("Each line", Task("Price", price).timeout(10), of=Order, items=lambda order: order.lines).output(
    lambda prices, order: Total(order.id, sum(prices))
)
fan_out = Workflow.express("fan-out", priced, timeout=60)
