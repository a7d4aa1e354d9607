"""An object of S3, read."""

from dataclasses import dataclass

from workflow import NO_OBJECT, Bucket, Fail, GetObject, Workflow
from workflow.testing import fails, run


@dataclass
class Ask:
    tenant: str


@dataclass
class Settings:
    high: float


files = Bucket("settings")
read = (
    GetObject("Settings", files, of=Ask, key=lambda ask: f"{ask.tenant}.json", returns=Settings)
    .timeout(5)
    .catch(NO_OBJECT, then=Fail("No settings"))
)
example = Workflow.express("example", read, timeout=120)

assert run(example, Ask("t-1"), answers={"Settings": fails(NO_OBJECT)}).error == "No settings"
