"""SDK polling: have a scanned letter read by Textract and look every ten seconds whether it is done. No Lambda at all.

Use it for jobs of AWS services that Step Functions cannot wait for itself (`.sync`). Every operation of every service
is a state by `sdk`; its arguments and results are checked against AWS's own models.
"""

from dataclasses import dataclass

from workflow import Choice, Fail, Pass, Wait, Workflow, back_to, sdk


@dataclass
class Letter:
    bucket: str
    key: str


@dataclass
class Job:
    JobId: str


@dataclass
class State:
    JobStatus: str


@dataclass
class Asked:
    job: Job
    status: str


started = sdk(
    "Start reading",
    "textract:startDocumentTextDetection",
    of=Letter,
    returns=Job,
    DocumentLocation=lambda letter: {"S3Object": {"Bucket": letter.bucket, "Name": letter.key}},
).timeout(10)
asked = (
    sdk("Ask", "textract:getDocumentTextDetection", of=Job, returns=State, JobId=lambda job: job.JobId, MaxResults=1)
    .timeout(10)
    .output(lambda state, job: Asked(job, state.JobStatus))
)
again = Wait("Pause", seconds=10) >> Pass("Job", Asked, lambda asked: asked.job) >> back_to(asked)
read = (
    Choice("Read?", Asked)
    .when(lambda a: a.status == "SUCCEEDED", then=Pass("Read", Asked, lambda a: a.job))
    .when(lambda a: a.status == "IN_PROGRESS", then=again)
    .otherwise(Fail("Not read"))
)
sdk_polling = Workflow.standard("sdk-polling", started >> asked >> read, timeout=3600)
