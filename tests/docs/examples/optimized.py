"""An optimized integration by its name."""

from dataclasses import dataclass

from workflow import Workflow, optimized


@dataclass
class Day:
    date: str


ran = optimized(
    "Run", "glue:startJobRun.sync", of=Day, JobName="nightly", Arguments=lambda day: {"--day": day.date}
).timeout(3600)
example = Workflow.standard("example", ran.output(lambda _, day: day))

assert example.definition()["States"]["Run"]["Resource"].endswith(":states:::glue:startJobRun.sync")
