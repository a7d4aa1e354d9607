"""An item deleted."""

from dataclasses import dataclass

from workflow import ABSENT, DeleteItem, Succeed, Table, Workflow
from workflow.testing import fails, run


@dataclass
class Lock:
    id: str
    owner: str


locks = Table("locks", Lock)
freed = (
    DeleteItem("Free", locks, of=Lock, key=lambda lock: lock.id, when={"owner": lambda lock: lock.owner})
    .timeout(5)
    .catch(ABSENT, output=lambda c: c.input, then=Succeed("Not ours"))
)
example = Workflow.express("example", freed, timeout=120)

assert str(run(example, Lock("l-1", "me"), answers={"Free": fails(ABSENT)}).states) == "Free > Not ours"
