"""A small shop that the tests of testing run: orders are checked, priced, stored and told, and approved by people."""

from __future__ import annotations

from pydantic import BaseModel

from workflow import (
    EXISTS,
    TRANSIENT,
    Choice,
    Fail,
    GetItem,
    Map,
    Pass,
    Publish,
    PutItem,
    Same,
    Succeed,
    Table,
    Task,
    Topic,
    Try,
    Variable,
    Wait,
    Workflow,
)
from workflow.aws.sqs import SendMessage
from workflow.aws.symbols import Queue


class Order(BaseModel):
    id: str
    sku: str
    count: int = 1


class Price(BaseModel):
    order: Order
    cents: int


class Item(BaseModel):
    id: str
    cents: int
    tags: list[str] = []
    note: str | None = None


class Decision(BaseModel):
    approved: bool
    by: str


class Outcome(BaseModel):
    id: str
    said: str


class OutOfStock(Exception):
    """There is none left."""


class Slow(Exception):
    """The shop is slow today."""


def price(order: Order) -> Price:
    """What an order costs."""
    if order.sku == "gone":
        raise OutOfStock(f"no {order.sku}")
    return Price(order=order, cents=order.count * 250)


items = Table("items", Item)
sales = Topic("sales")
approvals = Queue("approvals")

limit = Variable("limit", int)

told = Publish("Tell", sales, of=Price, message=lambda p: f"{p.order.id} for {p.cents}", subject="Sold")
stored = PutItem("Store", items, of=Price, item=lambda p: Item(id=p.order.id, cents=p.cents), unless_exists=True).catch(
    EXISTS, output=lambda c: Outcome(id=c.input.order.id, said="again"), then=Succeed("Again")
)

priced = (
    Task("Price", price)
    .timeout(10)
    .retry(Slow, attempts=2, interval=5, backoff=2.0, jitter=False)
    .catch(OutOfStock, output=lambda c: Outcome(id=c.input.id, said=c.message), then=Succeed("None left"))
)

sell = Workflow.standard(
    "sell",
    priced
    >> Choice("Dear?", Price)
    .when(lambda p: p.cents > 10_000, then=Fail("Too dear", error="TooDear", cause="ask someone"))
    .otherwise(Same("Fine"))
    >> stored
    >> told
    >> Pass("Sold", Price, lambda p: Outcome(id=p.order.id, said="sold")),
)

ask = (
    SendMessage("Ask", approvals, of=Order, body=lambda o: o.id)
    .wait_for_token(returns=Decision, body=lambda o, token: {"order": o.id, "token": token})
    .timeout(3 * 86_400)
    .heartbeat(86_400)
)

approve = Workflow.standard(
    "approve",
    ask.catch("States.Timeout", output=lambda c: Decision(approved=False, by="nobody"), then=Same("Given up"))
    >> Wait("Cool down", seconds=60)
    >> Pass("Decided", Decision, lambda d: Outcome(id=d.by, said="yes" if d.approved else "no")),
)

each = Try("One", priced >> Pass("Costs", Price, lambda p: Outcome(id=p.order.id, said="priced"))).catch(
    "States.ALL", output=lambda c: Outcome(id=c.input.id, said=c.error), then=Succeed("Failed")
)

batch = Workflow.express(
    "batch",
    Map("Each", each, of=list[Order], items=lambda orders: orders),
    timeout=200,
)

bounded = Workflow.standard(
    "bounded",
    Pass("Limit", Order, lambda o: o).assign(limit, lambda o: o.count * 100)
    >> Task("Price it", price).retry(TRANSIENT)
    >> Choice("Within?", Price).when(lambda p: p.cents <= limit.value, then=Succeed("Within")).otherwise(Fail("Over")),
)

find = GetItem("Find", items, of=Order, key=lambda o: o.id)
look = Workflow.standard("look", find)
