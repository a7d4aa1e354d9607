"""Relational store: write an order and its stock movement in one transaction through the RDS Data API.

Use it where an Aurora database is the truth and a Lambda in its network would only pass SQL on. What fails between
begin and commit is rolled back; a transaction that is lost ends by itself after three minutes.
"""

from dataclasses import dataclass

from workflow import Fail, Pass, Succeed, Try, Workflow, sdk


@dataclass
class Order:
    id: str
    sku: str


@dataclass
class Transaction:
    TransactionId: str


@dataclass
class Open:
    order: Order
    transaction: str


CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:shop"
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop"  # noqa: S105
WHERE = {"resourceArn": CLUSTER, "secretArn": SECRET}

begun = (
    sdk("Begin", "rdsdata:beginTransaction", of=Order, returns=Transaction, database="shop", **WHERE)
    .timeout(10)
    .output(lambda begun, order: Open(order, begun.TransactionId))
)
inserted = (
    sdk(
        "Insert order",
        "rdsdata:executeStatement",
        of=Open,
        sql="insert into orders (id, sku) values (:id, :sku)",
        parameters=lambda o: [
            {"name": "id", "value": {"stringValue": o.order.id}},
            {"name": "sku", "value": {"stringValue": o.order.sku}},
        ],
        transactionId=lambda o: o.transaction,
        **WHERE,
    )
    .timeout(10)
    .output(lambda _, o: o)
)
moved = (
    sdk(
        "Move stock",
        "rdsdata:executeStatement",
        of=Open,
        sql="update stock set free = free - 1 where sku = :sku",
        parameters=lambda o: [{"name": "sku", "value": {"stringValue": o.order.sku}}],
        transactionId=lambda o: o.transaction,
        **WHERE,
    )
    .timeout(10)
    .output(lambda _, o: o)
)
committed = sdk("Commit", "rdsdata:commitTransaction", of=Open, transactionId=lambda o: o.transaction, **WHERE).timeout(
    10
)
undo = sdk("Roll back", "rdsdata:rollbackTransaction", of=Open, transactionId=lambda o: o.transaction, **WHERE).timeout(
    10
)
written = Try("Write", inserted >> moved >> committed.output(lambda _, o: o.order)).catch(
    "States.ALL", output=lambda c: c.input, then=undo >> Fail("Not written")
)
rds_data = Workflow.standard("rds-data", begun >> written >> Pass("Order", Order, lambda o: o) >> Succeed("Written"))
