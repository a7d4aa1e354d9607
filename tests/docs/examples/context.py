"""What Step Functions knows of the execution."""

from dataclasses import dataclass

from workflow import Pass, Workflow, context
from workflow.testing import run


@dataclass
class Order:
    id: str


tagged = Pass("Tag", Order, lambda order: f"{context.machine.name}/{context.state.name}: {order.id}")
example = Workflow.standard("example", tagged)

assert run(example, Order("o-1")).output == "example/Tag: o-1"
