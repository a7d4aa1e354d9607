"""A pause, of some seconds or until a time."""

from dataclasses import dataclass
from datetime import datetime

from workflow import Wait, Workflow
from workflow.testing import run


@dataclass
class Reminder:
    at: datetime
    text: str


pause = Wait("Pause", seconds=10)
due = Wait("Due", Reminder, until=lambda reminder: reminder.at)
example = Workflow.standard("example", pause >> due)

reminder = Reminder(datetime.fromisoformat("2026-06-01T00:00:00+00:00"), "renew")
assert run(example, reminder).output == reminder
