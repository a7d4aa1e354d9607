"""A Map whose items run as executions of their own."""

from dataclasses import dataclass

from workflow import Bucket, Csv, DistributedMap, Results, Task, Workflow


@dataclass
class File:
    key: str


@dataclass
class Row:
    sku: str
    count: str  # every value of a CSV is text


def store(row: Row) -> int:
    return int(row.count)


files = Bucket("imports")
stored = DistributedMap(
    "Each row",
    Task("Store", store).timeout(60),
    items=Csv(Row, of=File, bucket=files, key=lambda file: file.key),
    results=Results(files, prefix="results", output="JSONL"),
    label="rows",
    child="EXPRESS",
    max_concurrency=1000,
    tolerated_percentage=1,
).output(lambda written: written.ResultWriterDetails.Key)
example = Workflow.standard("example", stored)

assert example.definition()["States"]["Each row"]["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
