"""From EventBridge: an event of a bus starts the workflow, and what came of it is an event again.

Use it between services that should not know each other. The event's envelope is typed; the rule that starts the
workflow filters by source and type. EventBridge delivers at least once: see `idempotent`.
"""

from dataclasses import dataclass

from typing_extensions import TypedDict

from workflow import Bus, PutEvent, Task, Workflow

Envelope = TypedDict("Envelope", {"id": str, "source": str, "detail-type": str, "time": str, "detail": "Placed"})


class Placed(TypedDict):
    order: str
    cents: int


@dataclass
class Invoice:
    order: str
    number: str


def bill(event: Envelope) -> Invoice:
    return Invoice(event["detail"]["order"], f"R-{event['detail']['order']}")


shop = Bus("shop")
billed = PutEvent(
    "Invoiced", shop, of=Invoice, source="billing", type="Invoiced", detail=lambda invoice: invoice
).timeout(5)
from_eventbridge = Workflow.standard("from-eventbridge", Task("Bill", bill).timeout(30) >> billed)
