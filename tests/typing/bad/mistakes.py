# ruff: noqa: E501, F403, F405
"""What both type checkers must refuse, with the words that they must say. Read by test_checkers.py, never imported.

Above each offending line stand parts of the expected messages, `# mypy says:` and `# pyright says:`; `nothing` where a checker
is known not to see it, in which case the import refuses it (tests/workflow/mistakes). Where a lambda of two arguments has
a mistake inside, mypy names the lambda instead of the word.
"""

from tests.typing.good import *
from tests.workflow.flows import each
from tests.workflow.models import *
from workflow import *

# mypy says: Unsupported operand types for >> ("Guarded[Raw, Reading | Done, Never]" and "Working[Reading, Enriched, Never]")
# pyright says: ">>" not supported for types "Guarded[Raw, Reading | Done, Never]" and "Working[Reading, Enriched, Never]"
validated.catch(Bad, output=lambda c: Rejected(id="", why=c.cause), then=quarantined) >> enriched

# mypy says: Unsupported left operand type for >> ("Succeed")
# pyright says: Operator ">>" not supported for types "Succeed" and "Task[Raw, Reading]"
Succeed("a") >> validated

# mypy says: Unsupported left operand type for >> ("End[Rejected, Done]")
# pyright says: Operator ">>" not supported for types "End[Rejected, Done]" and "Working[Reading, Enriched, Never]"
quarantined.end() >> enriched

# mypy says: Unsupported left operand type for >> ("End[Raw, Never]")
# pyright says: Operator ">>" not supported for types "End[Raw, Never]" and "Working[Reading, Enriched, Never]"
validated >> Fail("x") >> enriched

# mypy says: Unsupported left operand type for >> ("End[Raw, Reading]")
# pyright says: Operator ">>" not supported for types "End[Raw, Reading]" and "Working[Reading, Enriched, Never]"
validated >> Succeed("x") >> enriched

# mypy says: Unsupported operand types for >> ("Working[Reading, Enriched, Never]" and "Task[Raw, Reading]")
# pyright says: Operator ">>" not supported for types "Working[Reading, Enriched, Never]" and "Task[Raw, Reading]"
enriched >> validated

# mypy says: "Enriched" has no attribute "devise"; maybe "device"?
# pyright says: Cannot access attribute "devise" for class "Enriched"
Choice("c", Enriched).when(lambda e: e.devise is None, then=known)

# mypy says: Unsupported left operand type for >> ("Branches[Known, Done, Never]")
# pyright says: Operator ">>" not supported for types "Branches[Known, Done, Never]" and "Working[Reading, Enriched, Never]"
Choice("c", Known).when(lambda k: k.device.armed, then=hot) >> enriched

# mypy says: Unsupported left operand type for >> ("End[Job, Never]")
# pyright says: Operator ">>" not supported for types "End[Job, Never]" and "Task[Job, Status]"
Wait("w", seconds=1) >> back_to(polled) >> polled

# mypy says: "Guarded[Enriched, Enriched, Duplicate]" has no attribute "retry"
# pyright says: Cannot access attribute "retry" for class "Guarded[Enriched, Enriched, Duplicate]"
stored.retry("x")

# mypy says: "Guarded[Enriched, Enriched, Duplicate]" has no attribute "output"
# pyright says: Cannot access attribute "output" for class "Guarded[Enriched, Enriched, Duplicate]"
stored.output(lambda e: e)

# mypy says: Argument "device" to "Known" has incompatible type "Device | None"; expected "Device"
# pyright says: Argument of type "Device | None" cannot be assigned to parameter "device" of type "Device"
Choice("k", Enriched).given(lambda e: e.device, output=lambda e, d: Known(reading=e.reading, device=e.device), then=hot)

# mypy says: "Raw" has no attribute "celsius"
# pyright says: Cannot access attribute "celsius" for class "Raw"
validated.catch(Bad, output=lambda c: c.input.celsius, then=Same("x"))

# mypy says: nothing
# pyright says: "Task[Reading, Summary]" is not assignable to "Step[Raw, Summary, Never]"
Parallel("p", validated, Task("x", summarize))

# mypy says: List item 0 has incompatible type "int"; expected "Raw"
# pyright says: Function return type "list[int]" is incompatible with type "Sequence[Raw]"
Map("m", validated, of=Batch, items=lambda b: [1])

# mypy says: "Reading" has no attribute "fahrenheit"
# pyright says: Cannot access attribute "fahrenheit" for class "Reading"
Task("t", validate).output(lambda r: r.fahrenheit)

# mypy says: "Try[Reading, Enriched]" has no attribute "timeout"
# pyright says: Cannot access attribute "timeout" for class "Try[Reading, Enriched]"
Try("r", enriched).timeout(5)

# mypy says: "Map[list[Raw], list[Reading]]" has no attribute "heartbeat"
# pyright says: Cannot access attribute "heartbeat" for class "Map[list[Raw], list[Reading]]"
Map("m", validated, of=list[Raw], items=lambda raws: raws).heartbeat(5)

# mypy says: "Reading" has no attribute "devise_id"; maybe "device_id"?
# pyright says: Cannot access attribute "devise_id" for class "Reading"
GetItem("g", devices, of=Reading, key=lambda r: r.devise_id)

# mypy says: expected "Item"
# pyright says: "Reading" is not assignable to "Item"
PutItem("p", items, of=Reading, item=lambda r: r)

# mypy says: Argument "alert" to "Item" has incompatible type "Literal['pendign']"; expected "Literal['none', 'pending', 'sent']"
# pyright says: "Literal['pendign']" is not assignable to type "Literal['none', 'pending', 'sent']"
PutItem("p", items, of=Reading, item=lambda r: Item(id=r.id, celsius=r.celsius, alert="pendign"))

# mypy says: Missing named argument "celsius" for "Item"
# pyright says: Argument missing for parameter "celsius"
PutItem("p", items, of=Reading, item=lambda r: Item(id=r.id, alert="none"))

# mypy says: "float"
# pyright says: "float" is not assignable to "str"
Publish("p", topic, of=Reading, message=lambda r: r.celsius)

# mypy says: Cannot infer type of lambda
# pyright says: "low" is not a known attribute of "None"
found.output(lambda device, reading: device.low)

# mypy says: "str"
# pyright says: "str"
Wait("w", Job, seconds=lambda j: j.id)

# mypy says: has incompatible type "StandardWorkflow[list[Record], Report]"; expected "ExpressWorkflow[list[Record], Any]"
# pyright says: "StandardWorkflow[list[Record], Report]" is not assignable to "ExpressWorkflow[list[Record], Any]"
pipe(Workflow.standard("s", each))

# mypy says: Missing named argument "timeout" for "express" of "Workflow"
# pyright says: Argument missing for parameter "timeout"
Workflow.express("e", each)

# mypy says: Unexpected keyword argument "attemps" for "retry" of "Working"; did you mean "attempts"?
# pyright says: No parameter named "attemps"
Task("t", validate).retry(TRANSIENT, attemps=3)

# mypy says: incompatible type "type[int]"
# pyright says: "type[int]"
Task("t", validate).retry(int)

# mypy says: "str"
# pyright says: "str" is not assignable to "float"
validated.assign(limit, lambda r: r.id)

# mypy says: "ExecutionContext" has no attribute "nam"; maybe "name"?
# pyright says: Cannot access attribute "nam" for class "ExecutionContext"
Pass("Name", Reading, lambda r: context.execution.nam)

# mypy says: Unsupported operand types for >> ("Working[Raw, float, Never]" and "Working[Reading, Enriched, Never]")
# pyright says: ">>" not supported for types "Working[Raw, float, Never]" and "Working[Reading, Enriched, Never]"
validated.output(jsonata("1", returns=float)) >> enriched

# mypy says: "Job" has no attribute "file"
# pyright says: Cannot access attribute "file" for class "Job"
Csv(Summary, of=Job, bucket="imports", key=lambda job: job.file)

# mypy says: Cannot infer value of type parameter "A" of "DistributedMap"
# pyright says: "Source[Job, Summary]" is not assignable to "Source[Job, Reading]"
DistributedMap("Import", Pass("P", Reading, lambda r: r.id), items=rows)
