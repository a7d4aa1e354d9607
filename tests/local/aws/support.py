"""What the tests of the local AWS share: archives, waiting with a deadline, names."""

import io
import itertools
import json
import os
import threading
import time
import zipfile
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/test"

_numbers = itertools.count(1)
_pause = threading.Event()


def name(prefix: str) -> str:
    """A name that no other test uses."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


def archive(**modules: str) -> bytes:
    """A zip with a module for each keyword."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for module, source in modules.items():
            zipped.writestr(f"{module}.py", source)
    return buffer.getvalue()


def until(condition: Callable[[], Any], seconds: float = 20.0, what: str = "the condition") -> Any:
    """The first true value of `condition`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        _pause.wait(0.01)


def code_of(error: ClientError) -> str:
    """AWS's code of an error."""
    return error.response.get("Error", {}).get("Code", "")


def queue(aws: Any, **attributes: str) -> tuple[str, str]:
    """A new queue's URL and ARN."""
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName=name("queue"), Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def messages(aws: Any, url: str, count: int, seconds: float = 20.0) -> list[dict[str, Any]]:
    """Receive and delete until `count` messages have come."""
    sqs = aws.client("sqs")
    found: list[dict[str, Any]] = []

    def enough() -> bool:
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, MessageSystemAttributeNames=["All"]
        )
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(message)
        return len(found) >= count

    until(enough, seconds, f"{count} messages in {url}")
    return found


def waiting(aws: Any, url: str) -> int:
    """Messages in a queue, those in flight included."""
    shown = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    return int(shown["ApproximateNumberOfMessages"]) + int(shown["ApproximateNumberOfMessagesNotVisible"])


def function(aws: Any, source: str, **options: Any) -> str:
    """A published version's ARN of a new function whose handler is `app.handler`."""
    settings = {"Handler": "app.handler", "Runtime": "python3.13", "Timeout": 10, "Role": ROLE, "Publish": True}
    code = {"ZipFile": archive(app=source)}
    created = aws.client("lambda").create_function(FunctionName=name("function"), Code=code, **{**settings, **options})
    arn: str = created["FunctionArn"]
    return arn


def invoke(aws: Any, arn: str, event: Any) -> tuple[Any, str | None]:
    """A function's answer, and its FunctionError."""
    answer = aws.client("lambda").invoke(FunctionName=arn, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read()), answer.get("FunctionError")


def state_machine(aws: Any, function_arn: str) -> str:
    """The ARN of a published version of an Express state machine that gives its input to a function."""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": function_arn, "Payload": {"input": "{% $states.input %}"}},
        "Output": "{% $states.result.Payload %}",
        "End": True,
    }
    created = aws.client("stepfunctions").create_state_machine(
        name=name("machine"),
        type="EXPRESS",
        roleArn=ROLE,
        publish=True,
        definition=json.dumps({"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}}),
    )
    arn: str = created["stateMachineVersionArn"]
    return arn


def pipe(aws: Any, source_arn: str, target_arn: str, *, state: str = "RUNNING", **source: Any) -> str:
    """The name of a new pipe from a queue to a state machine; `state`: RUNNING or STOPPED."""
    created = aws.client("pipes").create_pipe(
        Name=name("pipe"),
        Source=source_arn,
        Target=target_arn,
        RoleArn=ROLE,
        DesiredState=state,
        SourceParameters={"SqsQueueParameters": source or {"BatchSize": 10}},
        TargetParameters={"StepFunctionStateMachineParameters": {"InvocationType": "REQUEST_RESPONSE"}},
    )
    pipe_name: str = created["Name"]
    return pipe_name
