"""From another Lambda: the handler of an API starts the workflow, with a name that makes a repeated request harmless.

Use it where a request must be answered at once and the work goes on. `Starter` is typed by the workflow, so a caller
that gives something else than the workflow takes is an error in the editor.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any, Generic, Protocol, TypeVar

from workflow import Task, Workflow

A = TypeVar("A")


class StepFunctions(Protocol):
    """What is needed of boto3's client."""

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Any:
        """Starts an execution; the same name and input again start nothing."""


@dataclass(frozen=True)
class Starter(Generic[A]):
    """Starts executions of one workflow; `machine` is the ARN of its alias, from the Lambda's environment."""

    workflow: Workflow[A, Any]
    client: StepFunctions
    machine: str

    def __call__(self, name: str, value: A) -> str:
        """Start an execution of this name. Returns its ARN."""
        data: Any = value
        text = json.dumps(asdict(data))
        answer = self.client.start_execution(stateMachineArn=self.machine, name=name, input=text)
        return str(answer["executionArn"])


@dataclass
class Order:
    id: str
    cents: int


def bill(order: Order) -> Order:
    return order


from_lambda = Workflow.standard("from-lambda", Task("Bill", bill).timeout(30))


def post_order(order: Order, client: StepFunctions, machine: str) -> dict[str, str]:
    start = Starter(from_lambda, client, machine)
    return {"execution": start(f"order-{order.id}", order)}
