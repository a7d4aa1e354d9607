"""Every field of ASL that may be an expression can be made by a lambda.

The list is that of the AWS pages on JSONata (transforming data, and each state's page):
https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from typing import Any

import pytest

from simulator.drive import simulate
from simulator.validation import problems
from tests.workflow.models import Bad, Enriched, Job, Reading, Summary, summarize
from workflow import (
    Batched,
    Bucket,
    Choice,
    DistributedMap,
    Fail,
    JsonLines,
    Listed,
    Map,
    Objects,
    Parallel,
    Pass,
    Results,
    Return,
    S3Object,
    Same,
    Succeed,
    Task,
    Try,
    Variable,
    Wait,
    Workflow,
)

limit = Variable("limit", float)
count = Variable("count", int)
task = Task("Summarise", summarize)
text = Pass("Text", Job, lambda j: Summary(text=j.id))
rows = JsonLines(Summary, of=Job, bucket=lambda j: j.id, key=lambda j: j.id, max_items=lambda j: j.delay)
read = Pass("Read", Summary, lambda s: s.text)
batch = Pass("N", Batched[Summary, None], lambda b: len(b.Items))
listed = Listed(list[Reading], lambda rs: rs)

FIELDS: dict[str, Any] = {
    "Task/Arguments/Payload/input": task,
    "Task/TimeoutSeconds": task.timeout(lambda r: 5 if r.celsius > 0 else 6),
    "Task/HeartbeatSeconds": task.heartbeat(lambda r: 5 if r.celsius > 0 else 6),
    "Task/Output": task.output(lambda s: s.text),
    "Task/Assign/limit": task.assign(limit, lambda s: len(s.text) * 1.0),
    "Task/Catch/0/Output": task.catch(Bad, output=lambda c: Summary(text=c.message), then=Same("Caught")),
    "Task/Catch/0/Assign/limit": task.catch(Bad, then=Fail("No"), assign={limit: lambda c: c.input.celsius}),
    "Pass/Output": Pass("Id", Reading, lambda r: r.id),
    "Pass/Assign/limit": Pass("Id", Reading, lambda r: r.celsius).assign(limit, lambda c: c + 1),
    "Choice/Choices/0/Condition": Choice("C", Reading)
    .when(lambda r: r.celsius > 1, then=Same("Y"))
    .otherwise(Same("N")),
    "Choice/Choices/0/Output": Choice("C", Reading)
    .when(lambda r: r.celsius > 1, output=lambda r: r.id, then=Same("Y"))
    .otherwise(Fail("N")),
    "Choice/Choices/0/Assign/limit": Choice("C", Reading)
    .when(lambda r: r.celsius > 1, then=Same("Y"), assign={limit: lambda r: r.celsius})
    .otherwise(Fail("N")),
    "Choice/Output": Choice("C", Reading)
    .when(lambda r: r.celsius > 1, then=Fail("Y"))
    .otherwise(output=lambda r: r.id, then=Same("N")),
    "Choice/Assign/limit": Choice("C", Reading)
    .when(lambda r: r.celsius > 1, then=Fail("Y"))
    .otherwise(Same("N"), assign={limit: lambda r: r.celsius}),
    "Wait/Seconds": Wait("W", Job, seconds=lambda j: j.delay),
    "Wait/Timestamp": Wait("W", Job, until=lambda j: j.id),
    "Wait/Output": Wait("W", Job, seconds=1, output=lambda j: j.id),
    "Wait/Assign/count": Wait("W", Job, seconds=1, assign={count: lambda j: j.delay}),
    "Succeed/Output": Return("Done", Job, lambda j: j.id),
    "Fail/Error": Fail("Broken", Job, error=lambda j: j.id),
    "Fail/Cause": Fail("Broken", Job, cause=lambda j: f"{j.id} is broken"),
    "Parallel/Arguments": Parallel("P", task, Task("Again", summarize)).arguments(Enriched, lambda e: e.reading),
    "Parallel/Output": Parallel("P", task, Task("Again", summarize)).output(lambda both: both[0].text),
    "Parallel/Assign/limit": Parallel("P", task, Task("Again", summarize)).assign(
        limit, lambda both: len(both[0].text) * 1.0
    ),
    "Map/Items": Map("M", task, of=list[Reading], items=lambda rs: rs),
    "Map/ItemSelector": Map("M", text, of=list[Reading], items=lambda rs: rs, select=lambda rs, r: Job(id=r.id)),
    "Map/MaxConcurrency": Map("M", task, of=list[Reading], items=lambda rs: rs, max_concurrency=lambda rs: len(rs)),
    "Map/Output": Map("M", task, of=list[Reading], items=lambda rs: rs).output(lambda ss: len(ss)),
    "Map/ItemReader/Arguments/Bucket": DistributedMap("M", read, items=rows),
    "Map/ItemReader/Arguments/Key": DistributedMap("M", read, items=rows),
    "Map/ItemReader/ReaderConfig/MaxItems": DistributedMap("M", read, items=rows),
    "Map/ItemReader/Arguments/Prefix": DistributedMap(
        "M",
        Pass("Key", S3Object, lambda o: o.Key),
        items=Objects(Job, bucket=lambda j: j.id, prefix=lambda j: j.id),
    ),
    "Map/ItemBatcher/MaxItemsPerBatch": DistributedMap("M", batch, items=rows.batched(lambda j: j.delay)),
    "Map/ItemBatcher/MaxInputBytesPerBatch": DistributedMap("M", batch, items=rows.batched(size=lambda j: j.delay)),
    "Map/ItemBatcher/BatchInput": DistributedMap(
        "M",
        Pass("N", Batched[Summary, str], lambda b: b.BatchInput),
        items=rows.batched(10, given=lambda j: j.id),
    ),
    "Map/ToleratedFailureCount": DistributedMap("M", task, items=listed, tolerated_failures=lambda rs: len(rs)),
    "Map/ToleratedFailurePercentage": DistributedMap(
        "M", task, items=listed, tolerated_percentage=lambda rs: len(rs) / 2
    ),
    "Map/ResultWriter/Arguments/Bucket": DistributedMap(
        "M", read, items=rows, results=Results(lambda j: j.id, of=Job, prefix=lambda j: j.id)
    ),
    "Map/ResultWriter/Arguments/Prefix": DistributedMap(
        "M", read, items=rows, results=Results(Bucket("r"), of=Job, prefix=lambda j: j.id)
    ),
}
"""Type and path of the field, and a state that fills it by a lambda."""


@pytest.mark.filterwarnings("ignore:.*stands in no workflow")  # each state is tried alone
@pytest.mark.parametrize("path", FIELDS)
def test_the_field_takes_a_lambda(path: str) -> None:
    definition = Workflow.standard("w", FIELDS[path]).definition()
    assert problems(definition) == []
    kind, *keys = path.split("/")
    field: Any = definition["States"][definition["StartAt"]]
    assert field["Type"] == kind
    for key in keys:
        field = field[int(key) if key.isdigit() else key]
    while isinstance(field, dict):
        field = next(iter(field.values()))
    assert isinstance(field, str)
    assert field.startswith("{% ")


def test_a_return_ends_with_its_output() -> None:
    chain = (
        Choice("Slow?", Job)
        .when(lambda j: j.delay > 5, then=Return("Slow", Job, lambda j: f"{j.id} is slow"))
        .otherwise(Succeed("Fast"))
    )
    definition = Workflow.standard("w", chain).definition()
    assert definition["States"]["Slow"] == {"Type": "Succeed", "Output": "{% $states.input.id & ' is slow' %}"}
    assert simulate(definition, {"id": "j", "delay": 9}).output == "j is slow"
    assert simulate(definition, {"id": "j", "delay": 1}).output == {"id": "j", "delay": 1}


def test_what_otherwise_and_rules_give_is_what_comes_next_gets() -> None:
    chain = (
        Choice("Hot?", Reading)
        .when(lambda r: r.celsius > 5, output=lambda r: f"hot {r.id}", then=Same("Hot"), assign={limit: lambda r: 1.0})
        .otherwise(output=lambda r: f"cold {r.id}", then=Same("Cold"), assign={limit: lambda r: 2.0})
    ) >> Pass("Both", str, lambda s: (s, limit.value))
    definition = Workflow.standard("w", chain).definition()
    assert simulate(definition, {"id": "r", "device_id": "d", "celsius": 6}).output == ["hot r", 1]
    assert simulate(definition, {"id": "r", "device_id": "d", "celsius": 4}).output == ["cold r", 2]


def test_the_branches_get_arguments_and_catchers_the_input() -> None:
    flow = Pass("Warm", Reading, lambda r: 10 / r.celsius)
    chain = (
        Try("Divide", flow)
        .arguments(Enriched, lambda e: e.reading)
        .catch("States.ALL", output=lambda c: float(len(c.input.summary.text)), then=Same("Length"))
    )
    definition = Workflow.standard("w", chain).definition()
    given = {"reading": {"id": "r", "device_id": "d", "celsius": 4}, "summary": {"text": "abc"}, "device": None}
    assert simulate(definition, given).output == 2.5
    given["reading"] = {"id": "r", "device_id": "d", "celsius": 0}
    assert simulate(definition, given).output == 3


def test_a_fail_says_what_its_lambdas_make() -> None:
    chain = Fail("Broken", Job, error=lambda j: f"Broken{j.delay}", cause=lambda j: f"{j.id} is broken")
    run = simulate(Workflow.standard("w", chain).definition(), {"id": "j", "delay": 7})
    assert (run.status, run.error, run.cause) == ("FAILED", "Broken7", "j is broken")
