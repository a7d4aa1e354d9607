"""Tables, topics, queues and the like: symbols that a deployment binds."""

from dataclasses import dataclass

from workflow import PutItem, Table, Workflow


@dataclass
class Reading:
    device: str
    celsius: float


readings = Table("readings", Reading, key="device")
example = Workflow.express("example", PutItem("Store", readings, of=Reading, item=lambda r: r).timeout(5), timeout=120)

assert example.symbols == ("aws.partition", "table.readings")
bound = example.definition({"aws.partition": "aws", "table.readings": "dev-readings"})
assert bound["States"]["Store"]["Arguments"]["TableName"] == "dev-readings"
