"""An Express workflow called, and waited for."""

from dataclasses import dataclass

from workflow import CallExpress, Pass, Workflow


@dataclass
class Ask:
    sku: str


@dataclass
class Price:
    cents: int


prices = Workflow.express("prices", Pass("Price", Ask, lambda ask: Price(len(ask.sku) * 100)), timeout=10)
asked = CallExpress("Ask", prices, of=Ask, input=lambda ask: ask).timeout(15).output(lambda price: price.cents)
example = Workflow.standard("example", asked)

assert example.definition()["States"]["Ask"]["Resource"].endswith("aws-sdk:sfn:startSyncExecution")
