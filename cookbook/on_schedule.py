"""On a schedule: every night a Glue job loads the day that has just ended, and the workflow waits until it is done.

Use it for nightly loads and reports. EventBridge Scheduler starts it with the time it was due, not the time it ran, so
a late or repeated start loads the same day again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow import Pass, Workflow, optimized


@dataclass
class Scheduled:
    due: datetime  # the schedule's input: {"due": "<aws.scheduler.scheduled-time>"}


@dataclass
class Day:
    day: str


@dataclass
class Run:
    JobRunState: str


@dataclass
class Loaded:
    day: str
    state: str


day = Pass("Day", Scheduled, lambda s: Day((s.due - timedelta(days=1)).isoformat()[:10]))
loaded = (
    optimized(
        "Load",
        "glue:startJobRun.sync",
        of=Day,
        returns=Run,
        JobName="nightly-load",
        Arguments=lambda day: {"--day": day.day},
    )
    .timeout(2 * 3600)
    .retry("Glue.ConcurrentRunsExceededException", attempts=5, interval=300)
    .output(lambda run, day: Loaded(day.day, run.JobRunState))
)
on_schedule = Workflow.standard("on-schedule", day >> loaded)
