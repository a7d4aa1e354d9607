"""AWS for tests, in this process: real boto3 clients whose requests go to MiniStack's services instead of a socket.

Requests are built, signed and parsed by botocore as ever, so that expressions, marshalling and errors are the real
ones; `fail` makes the next calls of an operation fail as AWS fails.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar, cast
from urllib.parse import parse_qs
from uuid import uuid4

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.config import Config
from ministack.services import dynamodb, sns

from handlers.items import from_item, to_item
from handlers.models import Model

M = TypeVar("M", bound=Model)
T = TypeVar("T")
Service = Callable[
    [str, str, dict[str, str], bytes, dict[str, Any]], Coroutine[Any, Any, tuple[int, dict[str, str], Any]]
]


class Aws:
    """One test's tables and topic, under names of their own, in the emulator that all tests share."""

    def __init__(self) -> None:
        self.dynamodb = _client("dynamodb", self._answer(dynamodb.handle_request))
        self.sns = _client("sns", self._answer(sns.handle_request))
        self.calls: list[tuple[str, dict[str, Any]]] = []
        """Every call that was made, failed ones included: operation and parameters."""
        self._failures: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._prefix = uuid4().hex
        self.topic = self.sns.create_topic(Name=f"{self._prefix}-alerts")["TopicArn"]
        self.devices = self._table("devices", "device_id")
        self.readings = self._table("readings", "id", index=("pending", "alert", "pending_since"))
        self.repeats = self._table("repeats", "trace")
        self.quarantine = self._table("quarantine", "trace")
        self.calls.clear()

    def fail(self, operation: str, code: str, *, times: int = 1, status: int = 400) -> None:
        """The next calls of an operation ("PutItem", "Publish") fail with this error code."""
        self._failures[operation] += [(code, status)] * times

    def put(self, table: str, model: Model) -> None:
        """Store an item as a handler would."""
        self.dynamodb.put_item(TableName=table, Item=to_item(model))

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, as DynamoDB's API gives them."""
        found: list[dict[str, Any]] = self.dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]
        return found

    def read(self, table: str, kind: type[M]) -> list[M]:
        """All items of a table, as models."""
        return [from_item(kind, item) for item in self.items(table)]

    @property
    def published(self) -> list[str]:
        """The alerts that were published, in order."""
        return [parameters["Message"] for operation, parameters in self.calls if operation == "Publish"]

    def _table(self, name: str, key: str, index: tuple[str, str, str] | None = None) -> str:
        attributes = [{"AttributeName": key, "AttributeType": "S"}]
        more: dict[str, Any] = {}
        if index:
            named, hashed, ranged = index
            attributes += [
                {"AttributeName": hashed, "AttributeType": "S"},
                {"AttributeName": ranged, "AttributeType": "N"},
            ]
            schema = [{"AttributeName": hashed, "KeyType": "HASH"}, {"AttributeName": ranged, "KeyType": "RANGE"}]
            projection = {"ProjectionType": "ALL"}
            more["GlobalSecondaryIndexes"] = [{"IndexName": named, "KeySchema": schema, "Projection": projection}]
        full = f"{self._prefix}-{name}"
        self.dynamodb.create_table(
            TableName=full,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=attributes,
            BillingMode="PAY_PER_REQUEST",
            **more,
        )
        return full

    def _answer(self, service: Service) -> Callable[..., AWSResponse]:
        def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
            headers = {name.lower(): _text(value) for name, value in request.headers.items()}
            body = _bytes(request.body)
            form = "x-amz-target" not in headers
            operation = parse_qs(body.decode())["Action"][0] if form else headers["x-amz-target"].split(".")[1]
            if self._failures[operation]:
                code, status = self._failures[operation].pop(0)
                return _response(request, status, *_error(code, form))
            parameters = {k: v[0] for k, v in parse_qs(body.decode()).items()} if form else json.loads(body)
            self.calls.append((operation, parameters))
            status, answered, content = _now(service(request.method, "/", headers, body, {}))
            return _response(request, status, answered, content if isinstance(content, bytes) else content.encode())

        return answer


class _Raw:
    """What botocore reads a response's body from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [self._content]

    def read(self, amount: int | None = None) -> bytes:
        content, self._content = self._content, b""
        return content


def _response(request: AWSPreparedRequest, status: int, headers: dict[str, str], content: bytes) -> AWSResponse:
    named = HeadersDict({name.lower(): value for name, value in headers.items()})
    return AWSResponse(request.url, status, cast(Any, named), _Raw(content))


def _error(code: str, form: bool) -> tuple[dict[str, str], bytes]:
    if form:
        text = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        return {"content-type": "text/xml"}, text.encode()
    return {"content-type": "application/x-amz-json-1.0"}, json.dumps({"__type": f"x#{code}", "message": "no"}).encode()


def _now(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that waits for nothing, wherever this runs, inside a loop too."""
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise AssertionError("the emulator wanted to wait")


def _client(service: str, answer: Callable[..., AWSResponse]) -> Any:
    client = cast(Any, boto3).client(
        service,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # Without checksums of S3's that nothing asks for: they come in chunks, which MiniStack's front would undo.
        config=Config(retries={"total_max_attempts": 1}, request_checksum_calculation="when_required"),
    )
    client.meta.events.register(f"before-send.{service}", answer)
    return client


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
