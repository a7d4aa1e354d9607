"""A runtime client in plain Python, for machines without a wheel of `awslambdaric` (macOS) (embedded default).

A script. It behaves as AWS's client does where a workflow can tell: error types and messages, stack traces, what a
handler that cannot be loaded reports, the context object, and logging by default.
"""

import decimal
import http.client
import importlib
import json
import logging
import math
import os
import sys
import time
import traceback
from types import SimpleNamespace
from typing import Any, NoReturn

_API = "/2018-06-01/runtime"


class Fault(Exception):
    """What the runtime, not the handler, has to report."""

    def __init__(self, kind: str, text: str, trace: list[str] | None = None) -> None:
        super().__init__(text)
        self.kind, self.trace = kind, trace or []


class Client:
    """The Runtime API over one kept connection."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address)

    def call(self, method: str, path: str, body: bytes | None = None, error: str = "") -> tuple[bytes, Any]:
        """One request; the answer's body and headers."""
        headers = {"Content-Type": "application/json"}
        if error:
            headers["Lambda-Runtime-Function-Error-Type"] = error
        self._connection.request(method, _API + path, body, headers)
        response = self._connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise SystemExit(f"runtime API: {response.status}")
        return data, response.headers


class Context:
    """The context object of a handler."""

    def __init__(self, headers: Any) -> None:
        environment = os.environ
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = environment.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = environment.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = environment.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environment.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self.client_context = None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the invocation times out."""
        return max(0, self._deadline - int(time.time() * 1000))


def load(handler: str) -> Any:
    """The handler function. Raises Fault with the type that AWS reports."""
    module_name, dot, name = handler.rpartition(".")
    if not dot:
        text = f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)"
        raise Fault("Runtime.MalformedHandlerName", text)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}") from None
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", trace) from None
    try:
        return getattr(module, name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module_name}'") from None


def marshal(value: Any) -> bytes:
    """A handler's result as JSON. Raises Fault as AWS's client does."""

    def plain(item: Any) -> Any:
        if isinstance(item, decimal.Decimal):
            number = float(item)
            return int(number) if math.isfinite(number) and number == int(number) else number
        raise TypeError(f"Object of type {type(item).__name__} is not JSON serializable")

    try:
        return json.dumps(value, ensure_ascii=False, default=plain).encode("utf-8")
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


def document(error: BaseException, request_id: str = "") -> dict[str, Any]:
    """Lambda's error document for an exception."""
    if isinstance(error, Fault):
        kind, trace = error.kind, error.trace
    else:
        frames = traceback.extract_tb(error.__traceback__)
        kind, trace = type(error).__name__, traceback.format_list([f for f in frames if f.filename != __file__])
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def report(found: dict[str, Any]) -> None:
    """Write an error to the log, as Lambda does."""
    lines = [f"[ERROR] {found['errorType']}: {found['errorMessage']}", "Traceback (most recent call last):"]
    print("\r".join(lines + [line.rstrip("\n") for line in found["stackTrace"]]), flush=True)


def main() -> NoReturn:
    """Serve invocations for ever."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="[%(levelname)s]\t%(asctime)s\t%(message)s")
    client = Client(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        handler = load(os.environ["_HANDLER"])
    except Exception as error:  # whatever the module's code raises
        found = document(error)
        report(found)
        client.call("POST", "/init/error", json.dumps(found).encode(), found["errorType"])
        sys.exit(1)
    while True:
        body, headers = client.call("GET", "/invocation/next")
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            try:
                event = json.loads(body)
            except ValueError as error:
                raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from None
            result = marshal(handler(event, Context(headers)))
        except Exception as error:  # the handler's errors are its answer
            found = document(error, request_id)
            report(found)
            client.call("POST", f"/invocation/{request_id}/error", json.dumps(found).encode(), found["errorType"])
        else:
            client.call("POST", f"/invocation/{request_id}/response", result)


if __name__ == "__main__":
    main()
