"""A handler called as a Lambda function."""

from dataclasses import dataclass

from workflow import TRANSIENT, Task, Workflow
from workflow.testing import run


@dataclass
class Raw:
    text: str


@dataclass
class Reading:
    device: str
    celsius: float


def parse(raw: Raw) -> Reading:
    device, celsius = raw.text.split()
    return Reading(device, float(celsius))


parsed = Task("Parse", parse).timeout(10).retry(TRANSIENT, attempts=5)
example = Workflow.express("example", parsed, timeout=200)

assert run(example, Raw("fridge-7 4.5")).output == Reading("fridge-7", 4.5)
