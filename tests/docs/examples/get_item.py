"""An item by its key, or None."""

from dataclasses import dataclass

from workflow import Choice, GetItem, Pass, Table, Workflow
from workflow.testing import run


@dataclass
class Device:
    id: str
    high: float


@dataclass
class Reading:
    device: str
    celsius: float


devices = Table("devices", Device)
found = GetItem("Look up", devices, of=Reading, key=lambda r: r.device, consistent=True).timeout(5)
known = (
    Choice[Device | None]("Known?")
    .given(lambda device: device, output=lambda _, device: device.high, then=Pass("High", float, lambda high: high))
    .otherwise(Pass[Device | None, float]("Default", output=lambda _: 8.0))
)
example = Workflow.express("example", found >> known, timeout=120)

assert run(example, Reading("fridge-7", 4.5), answers={"Look up": Device("fridge-7", 5.0)}).output == 5.0
assert run(example, Reading("fridge-8", 4.5), answers={"Look up": None}).output == 8.0
