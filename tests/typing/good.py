"""What both type checkers must accept, with the types that they must infer. Imported too: what is composed here is
sound at run time as well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Never, assert_type

from tests.workflow.flows import Done as FlowDone
from tests.workflow.flows import Record, Report, each, flow, telemetry
from tests.workflow.models import (
    Bad,
    Batch,
    Device,
    Done,
    Enriched,
    Exists,
    Failed,
    Item,
    Job,
    Known,
    Raw,
    Reading,
    Rejected,
    Status,
    Summary,
    alert,
    fine,
    look_up,
    poll,
    quarantine,
    start,
    store,
    summarize,
    validate,
)
from workflow import (
    TRANSIENT,
    Batched,
    Bucket,
    Caught,
    Choice,
    Csv,
    DistributedMap,
    End,
    ExpressWorkflow,
    Fail,
    GetItem,
    Guarded,
    Map,
    Parallel,
    Pass,
    Publish,
    PutItem,
    Results,
    Return,
    Same,
    Source,
    StandardWorkflow,
    State,
    Succeed,
    Table,
    Task,
    Topic,
    Try,
    Variable,
    Wait,
    Workflow,
    Working,
    Written,
    back_to,
    context,
    jsonata,
)


class Duplicate(Rejected):
    """A result of its own, so that unions show where it came from."""


def duplicate(caught: Caught[Enriched]) -> Duplicate:
    raise NotImplementedError


# tests/workflow/flows.py, whole
assert_type(flow, State[Record, FlowDone, FlowDone])
assert_type(each, Working[list[Record], Report, Never])
assert_type(telemetry, ExpressWorkflow[list[Record], Report])

# Task
validated = Task("Validate", validate)
assert_type(validated, Task[Raw, Reading])
assert_type(validated.timeout(5).heartbeat(2).retry(TRANSIENT, Bad, attempts=2), Task[Raw, Reading])
assert_type(validated.timeout(lambda raw: len(raw.body)), Task[Raw, Reading])
assert_type(validated.output(lambda r: r.celsius), Working[Raw, float, Never])
assert_type(validated.output(lambda r, raw: (r.celsius, raw.body)), Working[Raw, tuple[float, str], Never])

# catch
quarantined = Task("Quarantine", quarantine)
stored = (
    Task("Store", store).retry("States.TaskFailed", attempts=4).catch(Exists, then=Task("Duplicate", duplicate).end())
)
assert_type(stored, Guarded[Enriched, Enriched, Duplicate])
assert_type(
    validated.catch(Bad, output=lambda c: Reading(id=c.error, device_id="", celsius=0), then=Same("Default")),
    Guarded[Raw, Reading, Never],
)
assert_type(validated.catch(Bad, output=lambda c: c.input.body, then=Succeed("Give up")), Guarded[Raw, Reading, str])
assert_type(
    validated.catch(Bad, output=lambda c: Rejected(id=c.input.messageId, why=c.message), then=quarantined),
    Guarded[Raw, Reading | Done, Never],
)

# Parallel
enriched = Parallel("Enrich", Task("Summarize", summarize), Task("Look up", look_up)).output(
    lambda results, reading: Enriched(reading=reading, summary=results[0], device=results[1])
)
assert_type(enriched, Working[Reading, Enriched, Never])
assert_type(
    Parallel("Three", Task("A", summarize), Task("B", look_up), Task("C", summarize)),
    Parallel[Reading, tuple[Summary, Device | None, Summary]],
)

# Choice
hot = (
    Choice("Hot?", Known)
    .when(lambda k: k.device.armed and k.reading.celsius > k.device.high, then=Task("Alert", alert))
    .otherwise(Task("Fine", fine))
)
assert_type(hot, State[Known, Done, Never])
known = (
    Choice("Known?", Enriched)
    .given(lambda e: e.device, output=lambda e, device: Known(reading=e.reading, device=device), then=hot)
    .otherwise(Fail("Unknown device"))
)
assert_type(known, State[Enriched, Done, Never])
optional = (
    Choice[Device | None]("There?")
    .given(lambda d: d, output=lambda d, there: Job(id=there.device_id), then=Same("Its job"))
    .otherwise(Pass[Device | None, Job]("No device", output=lambda d: Job(id="none")))
)
assert_type(optional, State[Device | None, Job, Never])
assert_type(
    Choice("Early?", Reading).when(lambda r: r.celsius > 3, then=Succeed("Early")).otherwise(Same("Late")),
    State[Reading, Reading, Reading],
)

# chains, ends
whole = (
    validated.catch(Bad, output=lambda c: Rejected(id=c.input.messageId, why=c.message), then=quarantined.end())
    >> enriched
    >> stored
    >> known
)
assert_type(whole, State[Raw, Done, Done | Duplicate])
assert_type(validated >> Fail("Failed"), End[Raw, Never])
assert_type(
    validated >> Parallel("P", Task("D", summarize), Task("E", look_up)) >> Succeed("Yes"),
    End[Raw, tuple[Summary, Device | None]],
)
assert_type(validated >> Same("As it is") >> Wait("A moment", seconds=3), State[Raw, Reading, Never])

# Try, Map, Workflow
guarded = Try("Reading", whole).catch(
    "States.ALL", output=lambda c: Failed(id=c.input.messageId, error=c.error), then=Same("Report")
)
assert_type(guarded, Guarded[Raw, Done | Duplicate | Failed, Never])
mapped = Map("Each", guarded, of=Batch, items=lambda b: b.items)
assert_type(mapped, Map[Batch, list[Done | Duplicate | Failed]])
assert_type(Workflow.standard("w", mapped), StandardWorkflow[Batch, list[Done | Duplicate | Failed]])

# loops and waits
polled = Task("Poll", poll)
loop = (
    Task("Start", start)
    >> polled
    >> (
        Choice("Done?", Status)
        .when(lambda s: s.state == "done", then=Succeed("Done"))
        .when(lambda s: s.state == "failed", then=Fail("Job failed"))
        .otherwise(Wait("Pause", seconds=30) >> Pass("Again", Status, lambda s: Job(id=s.id)) >> back_to(polled))
    )
)
assert_type(loop, State[Job, Never, Status])
assert_type(Workflow.standard("l", loop), StandardWorkflow[Job, Status])
assert_type(Wait("Dynamic", Job, seconds=lambda j: j.delay), State[Job, Job])
assert_type(Wait("Until", until=datetime(2030, 1, 1, tzinfo=UTC)), Same)

# integrations
devices = Table("devices", Device, key="device_id")
items = Table("items", Item)
topic = Topic("alerts")
found = GetItem("Get", devices, of=Reading, key=lambda r: r.device_id, consistent=True)
assert_type(found, GetItem[Reading, Device | None])
assert_type(found.timeout(3), GetItem[Reading, Device | None])
put = PutItem("Put", items, of=Reading, item=lambda r: Item(id=r.id, celsius=r.celsius, alert="none"))
assert_type(put, PutItem[Reading, Reading])
published = Publish(
    "Tell", topic, of=Reading, message=lambda r: r.id, subject="Hello", attributes={"id": lambda r: r.id}
)
assert_type(published, Publish[Reading, Reading])


def pipe(target: ExpressWorkflow[list[Record], Any]) -> None:
    """What a pipe can start and wait for."""


pipe(telemetry)


# variables, the context object, JSONata of one's own
limit = Variable("limit", float)
assert_type(limit.value, float)
assert_type(validated.assign(limit, lambda r: r.celsius), Task[Raw, Reading])
assert_type(Pass("Limit", Reading, lambda r: limit.value), Pass[Reading, float])
assert_type(Pass("Id", Reading, lambda r: r.id), Pass[Reading, str])
assert_type(Pass("Name", Reading, lambda r: context.execution.name), Pass[Reading, str])
assert_type(validated.output(jsonata("$states.result.Payload.celsius", returns=float)), Working[Raw, float, Never])
assert_type(validated.catch(Bad, then=Fail("No"), assign={limit: lambda c: 0.0}), Guarded[Raw, Reading, Never])


# Distributed Map
rows = Csv(Summary, of=Job, bucket=Bucket("imports"), key=lambda job: job.id)
assert_type(rows, Source[Job, Summary])
assert_type(rows.select(lambda job, row: (job.id, row.text)), Source[Job, tuple[str, str]])
assert_type(rows.batched(10, given=lambda job: job.delay), Source[Job, Batched[Summary, int]])
read = Pass("Read", Summary, lambda row: row.text)
assert_type(DistributedMap("Import", read, items=rows), DistributedMap[Job, list[str]])
assert_type(
    DistributedMap("Import", read, items=rows, results=Results(Bucket("results"))), DistributedMap[Job, Written]
)
assert_type(
    Map("Numbers", Pass("N", int, lambda n: n), of=Batch, items=lambda b: b.items, select=lambda b, raw: len(raw.body)),
    Map[Batch, list[int]],
)


# results of an end, outputs of rules
assert_type(Return("Done", Reading, lambda r: r.id), Return[Reading, str])
assert_type(validated >> Return("Done", Reading, lambda r: r.id), End[Raw, str])
assert_type(
    Choice("Warm?", Reading)
    .when(lambda r: r.celsius > 3, output=lambda r: r.id, then=Same("Id"))
    .otherwise(output=lambda r: r.celsius, then=Succeed("Cold")),
    State[Reading, str, float],
)
assert_type(enriched >> Fail("Broken", Enriched, error=lambda e: e.summary.text), End[Reading, Never])
assert_type(
    Parallel("Args", Task("F", summarize), Task("G", look_up)).arguments(Known, lambda k: k.reading),
    Working[Known, tuple[Summary, Device | None], Never],
)
assert_type(Wait("Then", Job, seconds=lambda j: j.delay, output=lambda j: j.id), State[Job, str])
s0, s1, s2, s3 = (Task(f"S{n}", summarize) for n in range(4))
assert_type(Parallel("Seven", s0, s1, s2, s3, s0, s1, s2), Parallel[Reading, tuple[Any, ...]])
