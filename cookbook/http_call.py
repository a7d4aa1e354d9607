"""HTTP call: ask a partner's API for a rate without any code of yours, and without its credentials in the workflow.

Use it for plain calls of HTTPS APIs. An EventBridge connection keeps the credentials; a busy partner (429, 503) is
asked again, a rate that is not known is an answer.
"""

from dataclasses import dataclass

from workflow import CallHttp, Connection, Succeed, Workflow


@dataclass
class Ask:
    currency: str


@dataclass
class Rate:
    currency: str
    rate: float


@dataclass
class Unknown:
    currency: str


BUSY = ("States.Http.StatusCode.429", "States.Http.StatusCode.503", "States.Http.Socket")
bank = Connection("bank")
rate = (
    CallHttp(
        "Rate",
        bank,
        of=Ask,
        returns=Rate,
        url="https://bank.example/rates",
        query={"currency": lambda ask: ask.currency},
        headers={"Accept": "application/json"},
    )
    .timeout(10)
    .retry(*BUSY, attempts=4, interval=2)
    .catch("States.Http.StatusCode.404", output=lambda c: Unknown(c.input.currency), then=Succeed("Unknown"))
)
http_call = Workflow.express("http-call", rate, timeout=180)
