"""Polling loop: start a job, wait, ask whether it is done, and go round until it is.

Use it when a job runs for minutes or hours in a system that cannot call back; where it can, `human_approval` waits for
its answer and costs no transitions. The workflow's timeout ends a job that never ends.
"""

from dataclasses import dataclass
from typing import Literal

from workflow import Choice, Fail, Same, Task, Wait, Workflow, back_to


@dataclass
class Request:
    report: str


@dataclass
class Job:
    id: str
    status: Literal["running", "done", "failed"]


def start(request: Request) -> Job:
    return Job(request.report, "running")


def ask(job: Job) -> Job:
    return Job(job.id, "done")


asked = Task("Ask", ask).timeout(10)
again = Wait("Pause", seconds=30) >> back_to(asked)
done = (
    Choice("Done?", Job)
    .when(lambda job: job.status == "done", then=Same("Yes"))
    .when(lambda job: job.status == "failed", then=Fail("Job failed"))
    .otherwise(again)
)
polling = Workflow.standard("polling", Task("Start", start).timeout(10) >> asked >> done, timeout=6 * 3600)
