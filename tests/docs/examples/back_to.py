"""A loop: on with a state that stands earlier."""

from dataclasses import dataclass

from workflow import Choice, Pass, Succeed, Wait, Workflow, back_to
from workflow.testing import run


@dataclass
class Count:
    done: int
    of: int


step = Pass("Step", Count, lambda count: Count(count.done + 1, count.of))
again = Wait("Pause", seconds=60) >> back_to(step)
looped = step >> Choice("Done?", Count).when(lambda c: c.done >= c.of, then=Succeed("Done")).otherwise(again)
example = Workflow.standard("example", looped)

assert run(example, Count(0, 3)).output == Count(3, 3)
