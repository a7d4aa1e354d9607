"""Lambda: `lambda:invoke` and a function's own ARN as the Resource.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from simulator.tasks import TaskCall, TaskFailed
from simulator.values import Value, dump, load

#: Invokes a function: (function name or ARN, payload) -> (payload, function error or None), as Lambda's Invoke answers.
#: It may raise TaskFailed for errors of the service (`Lambda.ResourceNotFoundException`); other exceptions are taken
#: for a broken connection, which Step Functions reports as `Lambda.SdkClientException`.
Invoke = Callable[[str, bytes], Awaitable[tuple[bytes, str | None]]]


async def call_function(invoke: Invoke, call: TaskCall, request_id: str) -> Value:
    """Answer a Lambda task. Raises TaskFailed with the function's errorType and its error document as the cause."""
    if call.resource.kind == "lambda":
        return await _invoke(invoke, call.resource.arn, call.arguments)
    arguments = call.arguments
    if not isinstance(arguments, dict) or not isinstance(arguments.get("FunctionName"), str):
        raise TaskFailed("Lambda.ValidationException", "FunctionName is missing")
    name = arguments["FunctionName"]
    qualifier = arguments.get("Qualifier")
    if isinstance(qualifier, str) and not name.endswith(f":{qualifier}"):
        name = f"{name}:{qualifier}"
    asynchronous = arguments.get("InvocationType") == "Event"
    payload = arguments.get("Payload", {})
    result = await _invoke(invoke, name, _raw(payload) if isinstance(payload, str) else payload)
    if asynchronous:
        return _answer({}, 202, "$LATEST", request_id)
    version = name.rpartition(":")[2]
    return _answer(result, 200, version if version.isdigit() else "$LATEST", request_id)


async def _invoke(invoke: Invoke, function: str, payload: Value) -> Value:
    try:
        answered, error = await invoke(function, dump(payload))
    except TaskFailed:
        raise
    except Exception as broken:
        raise TaskFailed("Lambda.SdkClientException", f"Unable to execute HTTP request: {broken}") from broken
    if error is not None:
        name, document = _error_name(answered), answered.decode("utf-8", "replace")
        raise TaskFailed(name or "Lambda.Unknown", document if name else _NO_TYPE + document)
    if not answered:
        return None
    try:
        return load(answered)
    except ValueError:
        raise TaskFailed("Lambda.Unknown", "The function's response is no JSON") from None


def _raw(payload: str) -> Value:
    """A payload given as text is taken for the JSON that it is, or else for a string."""
    try:
        return load(payload)
    except ValueError:
        return payload


#: How the cause of a Lambda.Unknown begins: of a function that ran out of time or memory, in older runtimes.
_NO_TYPE = "The cause could not be determined because Lambda did not return an error type. Returned payload: "


def _error_name(payload: bytes) -> str | None:
    """The errorType of an error document, if there is one."""
    try:
        document: Any = load(payload)
    except ValueError:
        return None
    name = document.get("errorType") if isinstance(document, dict) else None
    return name if isinstance(name, str) and name else None


def _answer(payload: Value, status: int, version: str, request_id: str) -> dict[str, Value]:
    length = str(len(dump(payload)))
    headers = {
        "Connection": "keep-alive",
        "Content-Length": length,
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": version,
        "x-amzn-Remapped-Content-Length": "0",
        "x-amzn-RequestId": request_id,
    }
    return {
        "ExecutedVersion": version,
        "Payload": payload,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
        "StatusCode": status,
    }
