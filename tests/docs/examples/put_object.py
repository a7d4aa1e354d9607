"""An object of S3, written."""

from dataclasses import dataclass

from workflow import Bucket, PutObject, Workflow
from workflow.testing import run


@dataclass
class Report:
    day: str
    readings: int


reports = Bucket("reports")
kept = PutObject(
    "Keep", reports, of=Report, key=lambda report: f"{report.day}.json", body=lambda report: report, unless_exists=True
).timeout(5)
example = Workflow.express("example", kept, timeout=120)

assert run(example, Report("2026-11-25", 3), answers={"Keep": {}}).output == Report("2026-11-25", 3)
