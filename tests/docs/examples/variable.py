"""A variable: set by one state, read by later ones."""

from dataclasses import dataclass

from workflow import Choice, Pass, Succeed, Variable, Workflow
from workflow.testing import run


@dataclass
class Reading:
    celsius: float
    limit: float


limit = Variable("limit", float)
read = Pass("Celsius", Reading, lambda r: r.celsius)
kept = Pass("Keep", Reading, lambda r: r).assign(limit, lambda r: r.limit)
warm = Pass("Warm", float, lambda celsius: f"{celsius - limit.value:.1f} too warm").end()
asked = Choice("Warm?", float).when(lambda c: c > limit.value, then=warm).otherwise(Succeed("Fine"))
example = Workflow.standard("example", kept >> read >> asked)

assert run(example, Reading(9.5, 8.0)).output == "1.5 too warm"
