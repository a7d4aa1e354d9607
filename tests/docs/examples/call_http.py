"""An HTTPS endpoint called."""

from dataclasses import dataclass

from workflow import CallHttp, Connection, Workflow
from workflow.testing import run


@dataclass
class Ask:
    currency: str


@dataclass
class Rate:
    rate: float


bank = Connection("bank")
asked = (
    CallHttp(
        "Rate",
        bank,
        of=Ask,
        returns=Rate,
        url="https://bank.example/rates",
        query={"currency": lambda ask: ask.currency},
    )
    .timeout(10)
    .retry("States.Http.StatusCode.503", attempts=4)
)
example = Workflow.express("example", asked, timeout=280)

assert run(example, Ask("CHF"), answers={"Rate": Rate(0.95)}).output == Rate(0.95)
