"""An item written, if there is none yet."""

from dataclasses import dataclass

from workflow import EXISTS, PutItem, Succeed, Table, Workflow
from workflow.testing import fails, run


@dataclass
class Reading:
    id: str
    celsius: float


readings = Table("readings", Reading)
stored = (
    PutItem("Store", readings, of=Reading, item=lambda r: r, unless_exists=True)
    .timeout(5)
    .output(lambda r: f"{r.id} stored")
    .catch(EXISTS, output=lambda c: f"{c.input.id} again", then=Succeed("Again"))
)
example = Workflow.express("example", stored, timeout=120)

assert run(example, Reading("r-1", 4.5)).output == "r-1 stored"
assert run(example, Reading("r-1", 4.5), answers={"Store": fails(EXISTS)}).output == "r-1 again"
