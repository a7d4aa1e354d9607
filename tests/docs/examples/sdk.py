"""Any operation of any service, by AWS's SDK."""

from dataclasses import dataclass

from workflow import Workflow, sdk


@dataclass
class Letter:
    bucket: str
    key: str


@dataclass
class Job:
    JobId: str


started = sdk(
    "Start reading",
    "textract:startDocumentTextDetection",
    of=Letter,
    returns=Job,
    DocumentLocation=lambda letter: {"S3Object": {"Bucket": letter.bucket, "Name": letter.key}},
).timeout(10)
example = Workflow.express("example", started.output(lambda job: job.JobId), timeout=120)

assert example.definition()["States"]["Start reading"]["Resource"].endswith(
    ":aws-sdk:textract:startDocumentTextDetection"
)
