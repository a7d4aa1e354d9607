"""Real handlers: a function called as its Lambda would call it, with checked input and output.

What the function raises becomes what Lambda reports: the class's name as the error, a JSON document as the cause.
Powertools, environment and packaging are left out; `Environment(invoke=...)` puts a project's own entry point there.
"""

from __future__ import annotations

import inspect
import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from simulator import TaskCall, TaskFailed

from . import values

Invoke = Callable[[Callable[..., Any], Any], Any]
"""Calls a function with the payload that Lambda would get, and returns its JSON result."""


@dataclass(frozen=True)
class Context:
    """What a handler's second parameter gets: the fields of Lambda's context that make sense without Lambda.
    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    function_name: str
    function_version: str = "1"
    invoked_function_arn: str = ""
    memory_limit_in_mb: int = 128
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"
    seconds: float = 900.0

    def get_remaining_time_in_millis(self) -> int:
        """The whole time that the function may take: virtual time stands still while it runs."""
        return int(self.seconds * 1000)


def call(fn: Callable[..., Any], payload: Any, invoke: Invoke | None, timeout: float | None) -> Any:
    """The function's JSON result. Raises TaskFailed with what Lambda would report."""
    try:
        if invoke is not None:
            return values.to_json(invoke(fn, payload))
        return _checked(fn, payload, timeout)
    except TaskFailed:
        raise
    except Exception as error:
        raise failure(error) from error


def failure(error: BaseException) -> TaskFailed:
    """An exception as Lambda reports it. https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    name = type(error).__name__
    frames = [f"  {line.rstrip()}" for line in traceback.format_tb(error.__traceback__)]
    document = {"errorMessage": str(error), "errorType": name, "requestId": Context.aws_request_id}
    return TaskFailed(name, json.dumps({**document, "stackTrace": frames}))


def function_name(call: TaskCall) -> str:
    """The name or ARN of the function that a Lambda task calls."""
    if call.resource.kind == "lambda":
        return call.resource.arn
    name = call.arguments.get("FunctionName") if isinstance(call.arguments, dict) else None
    return name if isinstance(name, str) else ""


def find(functions: Mapping[str, Callable[..., Any]], name: str) -> Callable[..., Any] | None:
    """A function by its name or ARN, with or without a version."""
    plain = name.split(":function:")[-1]
    return functions.get(name) or functions.get(plain) or functions.get(plain.split(":")[0])


def payload(call: TaskCall) -> Any:
    """What the function gets."""
    if call.resource.kind == "lambda":
        return call.arguments
    return call.arguments.get("Payload", {}) if isinstance(call.arguments, dict) else {}


def result(call: TaskCall, answered: Any) -> Any:
    """The task's result, made of the function's."""
    if call.resource.kind == "lambda":
        return answered
    return {"ExecutedVersion": "1", "Payload": answered, "StatusCode": 200}


def given(payload: Any) -> Any:
    """The handler's own input: a Task of this language puts it beside the execution, the state and the attempt."""
    whole = isinstance(payload, dict) and {"input", "state"} <= payload.keys()
    return payload["input"] if whole else payload


def _checked(fn: Callable[..., Any], payload: Any, timeout: float | None) -> Any:
    takes, gives = values.hints(fn)
    name = fn.__name__
    try:
        value = values.read(takes, given(payload))
    except ValidationError as error:
        raise _named("InvalidInput", f"{name} cannot read its input: {values.why(error)}", error) from error
    wants_context = len(inspect.signature(fn).parameters) > 1
    made = fn(value, Context(name, seconds=timeout or 900.0)) if wants_context else fn(value)
    try:
        return values.adapter(gives).dump_python(made, mode="json", by_alias=True, warnings="error")
    except PydanticSerializationError as error:
        message = f"{name} returned something else than its annotation says"
        raise _named("InvalidResult", message, error) from error


def _named(name: str, message: str, error: Exception) -> TaskFailed:
    """A failure under the name that an entry point gives it."""
    failed = failure(error)
    document = {**json.loads(failed.cause or "{}"), "errorMessage": message, "errorType": name}
    return TaskFailed(name, json.dumps(document))
