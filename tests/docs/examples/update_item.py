"""Attributes of an item changed."""

from dataclasses import dataclass, field

from workflow import ABSENT, Succeed, Table, UpdateItem, Workflow
from workflow.testing import fails, run


@dataclass
class Account:
    id: str
    cents: int
    state: str = "open"
    notes: list[str] = field(default_factory=list)


@dataclass
class Payment:
    account: str
    cents: int


accounts = Table("accounts", Account)
paid = (
    UpdateItem(
        "Pay",
        accounts,
        of=Payment,
        key=lambda payment: payment.account,
        add={"cents": lambda payment: payment.cents},
        append={"notes": lambda payment: f"paid {payment.cents}"},
        when={"state": "open"},
    )
    .timeout(5)
    .output(lambda payment: "paid")
    .catch(ABSENT, output=lambda c: "no open account", then=Succeed("Refused"))
)
example = Workflow.express("example", paid, timeout=120)

assert run(example, Payment("a-1", 5), answers={"Pay": fails(ABSENT)}).output == "no open account"
