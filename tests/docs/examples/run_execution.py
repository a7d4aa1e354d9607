"""Another Standard workflow run, and waited for."""

from dataclasses import dataclass

from workflow import Pass, RunExecution, Workflow


@dataclass
class Payment:
    cents: int


@dataclass
class Receipt:
    text: str


payments = Workflow.standard("payments", Pass("Pay", Payment, lambda payment: Receipt(f"paid {payment.cents}")))
paid = RunExecution("Payment", payments, of=Payment, input=lambda p: p).output(lambda receipt: receipt.text)
example = Workflow.standard("example", paid)

assert example.definition()["States"]["Payment"]["Resource"].endswith("states:startExecution.sync:2")
