"""A message to a topic."""

from dataclasses import dataclass

from workflow import Publish, Topic, Workflow
from workflow.testing import run


@dataclass
class Alert:
    device: str
    celsius: float


alerts = Topic("alerts")
told = Publish(
    "Alert",
    alerts,
    of=Alert,
    message=lambda alert: f"{alert.device}: {alert.celsius:.1f} °C",
    subject="Too warm",
    attributes={"device": lambda alert: alert.device},
).timeout(5)
example = Workflow.express("example", told, timeout=120)

assert run(example, Alert("fridge-7", 9.5)).output == Alert("fridge-7", 9.5)
