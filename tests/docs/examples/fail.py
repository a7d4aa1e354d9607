"""The end, with an error."""

from dataclasses import dataclass

from workflow import Fail, Same, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str


refused = Fail("Refuse", Order, error="Refused", cause=lambda order: f"order {order.id} is refused")
example = Workflow.standard("example", Same("Begin") >> refused)

result = run(example, Order("o-1"))
assert (result.error, result.cause) == ("Refused", "order o-1 is refused")
