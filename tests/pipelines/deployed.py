"""The telemetry workflow as if deployed: its definition on the simulator, its Lambdas through their real entry points,
its tables and topic in an emulated DynamoDB and SNS. Synchronous, on virtual time.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from handlers import entry
from handlers.models import Record
from pipelines.telemetry import telemetry
from simulator.definition import Machine, compile_machine
from simulator.drive import simulate
from simulator.machine import Run
from simulator.tasks import TaskCall, TaskFailed
from tests.handlers.aws import Aws
from tests.handlers.test_entry import Context

Report = dict[str, Any]


@dataclass
class Deployed:
    """Runs batches; `broken` says which Tasks fail, and how often."""

    aws: Aws
    broken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """State to the errors that its next attempts end with, before they reach anything."""
    attempts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    before: Callable[[TaskCall], None] = lambda call: None
    """Looks at every call first; may do something in between."""

    def __post_init__(self) -> None:
        aws = self.aws
        bindings = {symbol: symbol for symbol in telemetry.symbols} | {
            "aws.partition": "aws",
            "table.devices": aws.devices,
            "table.readings": aws.readings,
            "table.repeats": aws.repeats,
            "topic.alerts": aws.topic,
        }
        self.machine: Machine = compile_machine(telemetry.definition(bindings))

    def run(self, *records: Record) -> Run:
        """One execution over a batch, as the pipe starts it."""
        return simulate(self.machine, [record.model_dump() for record in records], self._answer)

    def report(self, *records: Record) -> Report:
        """What the pipe reads of an execution, which must succeed."""
        run = self.run(*records)
        assert run.status == "SUCCEEDED", (run.error, run.cause)
        report: Report = run.output
        return report

    def outcomes(self, *records: Record) -> list[str]:
        """The outcomes of a batch in which nothing failed."""
        report = self.report(*records)
        assert report["batchItemFailures"] == []
        return [done["outcome"] for done in report["outcomes"]]

    def _answer(self, call: TaskCall) -> Any:
        self.attempts[call.state] += 1
        self.before(call)
        if self.broken[call.state]:
            raise TaskFailed(self.broken[call.state].pop(0), "as the test wants it")
        arguments = json.loads(json.dumps(call.arguments))
        if call.resource.service == "lambda":
            return {"ExecutedVersion": "1", "Payload": _invoke(**arguments), "StatusCode": 200}
        return _request(getattr(self.aws, call.resource.service), call.resource, arguments)


def _invoke(FunctionName: str, Payload: Any) -> Any:  # noqa: N803 - the API's names
    """Call a function's entry point; what it raises becomes what Lambda makes of it."""
    function = getattr(entry, FunctionName.removeprefix("function."))
    try:
        return json.loads(json.dumps(function(Payload, Context())))
    except Exception as error:
        name = type(error).__name__
        cause = {"errorMessage": str(error), "errorType": name, "requestId": "4c9d3f7e", "stackTrace": ["  File ..."]}
        raise TaskFailed(name, json.dumps(cause)) from error


_PREFIXES = {"dynamodb": "DynamoDB", "sns": "SNS"}


def _request(client: Any, resource: Any, arguments: dict[str, Any]) -> Any:
    """Make the call of an optimised integration; its errors carry the service's name."""
    method = "".join("_" + c.lower() if c.isupper() else c for c in resource.action)
    try:
        response = getattr(client, method)(**arguments)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        raise TaskFailed(f"{_PREFIXES[resource.service]}.{code}", str(error)) from error
    return {name: value for name, value in response.items() if name != "ResponseMetadata"}
