"""An event to a bus."""

from dataclasses import dataclass

from workflow import FAILED_ENTRY, Bus, Fail, PutEvent, Workflow
from workflow.testing import fails, run


@dataclass
class Order:
    id: str


bus = Bus("shop")
told = (
    PutEvent("Tell", bus, of=Order, source="shop", type="OrderPlaced", detail=lambda order: order)
    .timeout(5)
    .catch(FAILED_ENTRY, then=Fail("Not told"))
)
example = Workflow.express("example", told, timeout=120)

assert run(example, Order("o-1"), answers={"Tell": fails(FAILED_ENTRY)}).error == "Not told"
