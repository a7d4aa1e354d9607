"""Another workflow started, and not waited for."""

from dataclasses import dataclass

from workflow import EXECUTION_EXISTS, Pass, StartExecution, Succeed, Workflow
from workflow.testing import fails, run


@dataclass
class Incident:
    id: str


incident = Workflow.standard("incident", Pass("Note", Incident, lambda incident: incident.id))
begun = (
    StartExecution("Begin", incident, of=Incident, input=lambda i: i, execution=lambda i: f"incident-{i.id}")
    .timeout(5)
    .output(lambda started: "begun")
    .catch(EXECUTION_EXISTS, output=lambda c: "has begun before", then=Succeed("Known"))
)
example = Workflow.express("example", begun, timeout=120)

assert run(example, Incident("i-1"), answers={"Begin": fails(EXECUTION_EXISTS)}).output == "has begun before"
