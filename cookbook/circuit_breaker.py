"""Circuit breaker on DynamoDB: after a failure nobody calls the service for a minute.

Use it when a service that is down is made worse by calls, or its timeouts cost more than its answers are worth. The
state of the circuit is an item that every execution reads first.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from workflow import Choice, Fail, GetItem, Pass, PutItem, Same, Table, Task, Workflow


@dataclass
class Order:
    id: str


@dataclass
class Circuit:
    service: str
    closed_from: float


@dataclass
class Asked:
    order: Order
    circuit: Circuit | None


def call(order: Order) -> Order:
    return order


circuits = Table("circuits", Circuit, key="service")
asked = (
    GetItem("Circuit", circuits, of=Order, key=lambda _: "stock")
    .timeout(2)
    .output(lambda circuit, order: Asked(order, circuit))
)
closed = (
    Choice("Closed?", Asked)
    .when(
        lambda a: a.circuit is not None and a.circuit.closed_from > datetime.now(UTC).timestamp(),
        then=Fail("Circuit open"),
    )
    .otherwise(Same("Closed"))
)
opened = PutItem(
    "Open circuit", circuits, of=Order, item=lambda _: Circuit("stock", datetime.now(UTC).timestamp() + 60)
).timeout(5) >> Fail("Service failed")
called = Task("Call", call).timeout(3).catch("States.ALL", output=lambda c: c.input, then=opened)
circuit_breaker = Workflow.express(
    "circuit-breaker", asked >> closed >> Pass("Order", Asked, lambda a: a.order) >> called, timeout=120
)
