"""AWS services through boto3 against one endpoint: optimised integrations (dynamodb, sns, sqs, events) and `aws-sdk:*`.

Requests and answers are in Step Functions' spelling (PascalCase members, times as text); errors carry the names that
Step Functions gives them. https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.model import OperationModel, Shape

from simulator.integrations.names import OPTIMISED, error_cause, error_name, sdk_service
from simulator.tasks import TaskCall, TaskFailed
from simulator.values import Value, text


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to be sent: by which client and method, of which operation; `arguments` as Step Functions has
    them."""

    service: str
    client: Any
    method: str
    model: OperationModel
    arguments: dict[str, Value]

    @property
    def request(self) -> dict[str, Any]:
        """The parameters as boto3 takes them."""
        request: dict[str, Any] = to_request(self.arguments, self.model.input_shape)
        return request


class Services:
    """boto3 clients for one endpoint, used from threads of their own.

    `credentials` are never looked up: dummy keys by default, so that nothing can reach AWS.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        region: str = "us-east-1",
        access_key: str = "test",
        secret_key: str = "test",  # noqa: S107 - a dummy for loopback endpoints
        threads: int = 16,
    ) -> None:
        self._endpoint, self._region = endpoint, region
        self._session: Any = boto3.Session(
            aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region
        )
        self._config = Config(
            retries={"total_max_attempts": 1},
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=threads,
            inject_host_prefix=False,
        )
        self._clients: dict[str, Any] = {}
        self._operations: dict[tuple[str, str], tuple[Any, str, OperationModel]] = {}
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="aws")

    async def call(self, call: TaskCall) -> Value:
        """Answer a task. Raises TaskFailed with Step Functions' error name and cause."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.call_now, call)

    def call_now(self, call: TaskCall) -> Value:
        """Answer a task in this thread."""
        prepared = self.prepare(call)
        with failures(prepared):
            answer = getattr(prepared.client, prepared.method)(**prepared.request)
        return result(prepared, answer)

    def prepare(self, call: TaskCall) -> Prepared:
        """The request that a task means. Raises TaskFailed for what the service does not offer."""
        resource = call.resource
        sdk = resource.service.startswith("aws-sdk:")
        name = sdk_service(resource.service.removeprefix("aws-sdk:")) if sdk else OPTIMISED[resource.service].boto
        client, method, model = self._operation(name, resource.action, resource.service)
        arguments = call.arguments
        if not isinstance(arguments, dict):
            raise TaskFailed("States.Runtime", "The parameters of an AWS service integration must be an object")
        arguments = prepare(resource.service, resource.action, arguments, call)
        return Prepared(resource.service, client, method, model, arguments)

    def _operation(self, service: str, action: str, shown: str) -> tuple[Any, str, OperationModel]:
        key = (service, action)
        found = self._operations.get(key)
        if found is not None:
            return found
        with self._lock:
            client = self._clients.get(service)
            if client is None:
                try:
                    client = self._session.client(
                        service, endpoint_url=self._endpoint, config=self._config, region_name=self._region
                    )
                except Exception as error:
                    raise TaskFailed("States.Runtime", f"The service {shown} is not known: {error}") from error
                self._clients[service] = client
            wanted = action.lower()
            for method, operation in client.meta.method_to_api_mapping.items():
                if operation.lower() == wanted:
                    made = (client, method, client.meta.service_model.operation_model(operation))
                    self._operations[key] = made
                    return made
        raise TaskFailed("States.Runtime", f"The service {shown} has no action {action}")

    def close(self) -> None:
        """Let go of threads and connections."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for client in self._clients.values():
            client.close()


@contextmanager
def failures(prepared: Prepared) -> Iterator[None]:
    """Turn what goes wrong with a request into TaskFailed, by Step Functions' names."""
    try:
        yield
    except ClientError as error:
        raise _failed(prepared.service, prepared.model, error) from error
    except ParamValidationError as error:
        raise TaskFailed("States.Runtime", f"The request was refused: {error}") from error
    except (BotoCoreError, OSError) as error:
        raise TaskFailed(
            error_name(prepared.service, "SdkClientException", modelled=True),
            f"Unable to execute HTTP request: {error}",
        ) from error


def result(prepared: Prepared, answer: dict[str, Any], *, final: bool = False) -> Value:
    """A task's result from boto3's answer; `final`: which is in Step Functions' spelling already."""
    metadata = answer.pop("ResponseMetadata", {})
    if prepared.service == "s3" and hasattr(answer.get("Body"), "read"):
        answer["Body"] = _object(answer["Body"].read())
    shown = answer if final else from_response(answer, prepared.model.output_shape)
    if prepared.service == "events" and shown.get("FailedEntryCount"):
        raise TaskFailed("EventBridge.FailedEntry", text(shown))
    return shown if prepared.service.startswith("aws-sdk:") else {**shown, **_http(metadata)}


def _object(body: bytes) -> Value:
    """What an ItemReader got: text, or `{"Base64": ..}` of what is no UTF-8 (a compressed file)."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return {"Base64": base64.b64encode(body).decode()}


def prepare(service: str, action: str, arguments: dict[str, Value], call: TaskCall) -> dict[str, Value]:
    """What Step Functions adds to or changes in the parameters of an optimised integration."""
    if service == "sqs" and not isinstance(arguments.get("MessageBody", ""), str):
        return {**arguments, "MessageBody": text(arguments["MessageBody"])}
    if service == "sns" and not isinstance(arguments.get("Message", ""), str):
        return {**arguments, "Message": text(arguments["Message"])}
    if service == "events" and action == "putEvents":
        entries = []
        for entry in arguments.get("Entries", []):
            detail = entry.get("Detail")
            resources = [*entry.get("Resources", []), call.execution_arn]
            shown = detail if detail is None or isinstance(detail, str) else text(detail)
            entries.append({**entry, **({} if shown is None else {"Detail": shown}), "Resources": resources})
        return {**arguments, "Entries": entries}
    return arguments


def to_request(value: Any, shape: Shape | None) -> Any:
    """Parameters in Step Functions' spelling as boto3 takes them: members by any capitalisation, text for text."""
    if shape is None or value is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        members: Mapping[str, Shape] = getattr(shape, "members", {})
        by_lower: dict[str, str] = {name.lower(): name for name in members}
        request: dict[str, Any] = {}
        for name, item in value.items():
            real = str(by_lower.get(name.lower(), name))
            request[real] = to_request(item, members.get(real))
        return request
    if kind == "list" and isinstance(value, list):
        return [to_request(item, getattr(shape, "member", None)) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: to_request(item, getattr(shape, "value", None)) for key, item in value.items()}
    if kind == "string" and not isinstance(value, str):
        return text(value)
    if kind == "blob":
        if isinstance(value, str):
            return _blob(value, shape)
        return text(value).encode("utf-8")
    return value


def _blob(value: str, shape: Shape) -> bytes:
    """Binary attribute values of DynamoDB and the like are Base64 text; bodies and payloads are plain text."""
    if shape.name in ("BinaryAttributeValue", "Binary"):
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            pass
    return value.encode("utf-8")


def from_response(value: Any, shape: Shape | None) -> Any:
    """An answer of boto3 in Step Functions' spelling: PascalCase members, times and binary values as text."""
    kind = shape.type_name if shape is not None else ""
    if isinstance(value, dict):
        if kind == "structure":
            members: Mapping[str, Shape] = getattr(shape, "members", {})
            return {_pascal(str(name)): from_response(item, members.get(str(name))) for name, item in value.items()}
        inner = getattr(shape, "value", None) if kind == "map" else None
        return {name: from_response(item, inner) for name, item in value.items()}
    if isinstance(value, list):
        return [from_response(item, getattr(shape, "member", None)) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode() if kind == "blob" else value.decode("utf-8", "replace")
    if hasattr(value, "read"):
        return value.read().decode("utf-8", "replace")
    return value


def _pascal(name: str) -> str:
    return name[:1].upper() + name[1:]


def _failed(service: str, model: OperationModel, error: ClientError) -> TaskFailed:
    details: Any = error.response.get("Error", {})
    metadata: Any = error.response.get("ResponseMetadata", {})
    code = str(details.get("Code", "Unknown")).rpartition("#")[2]
    modelled = any(code in (shape.name, getattr(shape, "error_code", None)) for shape in model.error_shapes)
    status, request_id = metadata.get("HTTPStatusCode"), metadata.get("RequestId", "")
    message = details.get("Message", "")
    name = error_name(service, code, modelled=modelled)
    return TaskFailed(name, error_cause(service, name, message, code, status, request_id))


def _http(metadata: Any) -> dict[str, Value]:
    """The HTTP details that optimised integrations add to a result."""
    headers = {_header(name): str(value) for name, value in metadata.get("HTTPHeaders", {}).items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId", "")},
    }


@lru_cache(maxsize=256)
def _header(name: str) -> str:
    return name if name.startswith("x-") else "-".join(part.capitalize() for part in name.split("-"))
