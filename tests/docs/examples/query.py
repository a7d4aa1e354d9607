"""The items that have a value in a field."""

from dataclasses import dataclass

from workflow import Query, Table, Workflow


@dataclass
class Reading:
    id: str
    device: str
    celsius: float


@dataclass
class Ask:
    device: str


readings = Table("readings", Reading)
last = Query(
    "Last ones",
    readings,
    of=Ask,
    value=lambda ask: ask.device,
    by="device",
    index="by-device",
    limit=10,
    newest_first=True,
).timeout(5)
warmest = last.output(lambda items: max([item.celsius for item in items], default=0.0))
example = Workflow.express("example", warmest, timeout=120)

assert example.definition()["States"]["Last ones"]["Arguments"]["KeyConditionExpression"] == "#device = :value"
