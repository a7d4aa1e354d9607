"""Batch window: a job that must not run by day waits until its window opens.

Use it for maintenance, mass mails and anything that may only run at certain hours. A Wait of hours or days costs one
transition, and the job can be looked at, stopped or redriven meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime

from workflow import Task, Wait, Workflow


@dataclass
class Job:
    id: str
    opens: datetime


@dataclass
class Done:
    id: str


def run(job: Job) -> Done:
    return Done(job.id)


batch_window = Workflow.standard(
    "batch-window",
    Wait("Window", Job, until=lambda job: job.opens) >> Task("Run", run).timeout(900),
)
