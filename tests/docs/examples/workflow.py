"""A chain with a name, checked as a whole."""

from dataclasses import dataclass

from workflow import Succeed, Task, Workflow
from workflow.testing import run


@dataclass
class Order:
    id: str


def check(order: Order) -> Order:
    return order


checked = Task("Check", check).timeout(10)
example = Workflow.express("example", checked >> Succeed("Done"), timeout=60, comment="Checks orders.")

assert example.longest_seconds() == 47.0  # all attempts, their whole timeouts, all pauses
assert example.symbols == ("aws.partition", "function.check")
assert run(example, Order("o-1")).output == Order("o-1")
