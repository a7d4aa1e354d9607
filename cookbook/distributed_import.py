"""Distributed import: every row of a CSV in S3, in batches, up to a thousand at once; one percent may fail.

Use it for files of thousands to millions of rows. Each batch is an execution of its own, with its own history, and a
failed run can be redriven from where it stopped. Results go to S3, as they are too large to pass on.
"""

from dataclasses import dataclass

from workflow import Batched, Bucket, Csv, DistributedMap, Results, Task, Workflow


@dataclass
class File:
    key: str
    tenant: str


@dataclass
class Row:
    sku: str
    count: str  # every value of a CSV is text


@dataclass
class Imported:
    rows: int


@dataclass
class Summary:
    results: str


def import_rows(batch: Batched[Row, str]) -> Imported:
    return Imported(len(batch.Items))


files = Bucket("imports")
rows = Csv(Row, of=File, bucket=files, key=lambda file: file.key).batched(100, given=lambda file: file.tenant)
imported = DistributedMap(
    "Each batch",
    Task("Import", import_rows).timeout(60),
    items=rows,
    results=Results(files, prefix="results", output="JSONL"),
    label="rows",
    child="EXPRESS",
    max_concurrency=1000,
    tolerated_percentage=1,
).output(lambda written: Summary(written.ResultWriterDetails.Key))
distributed_import = Workflow.standard("distributed-import", imported)
