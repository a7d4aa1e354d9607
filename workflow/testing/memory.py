"""AWS in memory: tables, and records of what was sent to topics, queues and buses, and objects in buckets.

What stands behind the integrations of a workflow under test unless they are answered or sent to an endpoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from simulator import TaskCall, TaskFailed
from simulator.values import text

from ..resources import Bucket, Readable, Symbol, Topic
from .tables import Items, Unsupported

M = TypeVar("M")

ACCOUNT, REGION = "123456789012", "us-east-1"

_FORMS = {
    "function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}:1",
    "topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "queue": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{{}}",
    "activity": f"arn:aws:states:{REGION}:{ACCOUNT}:activity:{{}}",
    "workflow": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{{}}",
    "connection": f"arn:aws:events:{REGION}:{ACCOUNT}:connection/{{}}",
    "external": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
}
_FIXED = {"aws.partition": "aws", "aws.region": REGION, "aws.account": ACCOUNT}


def bound(key: str, given: Mapping[str, str]) -> str:
    """What a symbol is bound to where a test says nothing: a readable name, or an ARN of no real account."""
    kind, _, name = key.partition(".")
    return given.get(key) or _FIXED.get(key) or _FORMS.get(kind, "{}").format(name or key)


@dataclass(frozen=True)
class Message:
    """What was published to a topic, or sent to a queue or a bus."""

    text: str
    """The message, the body or the detail, as text."""
    subject: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """All that was said, as the API takes it."""


class Memory:
    """Resources in memory, by what their symbols are bound to."""

    def __init__(self, bindings: Mapping[str, str]) -> None:
        self._bindings = bindings
        self._tables: dict[str, Items[Any]] = {}
        self._sent: dict[str, list[Message]] = {}
        self._objects: dict[str, dict[str, str]] = {}

    def know(self, tables: Iterable[Readable[Any]]) -> None:
        """Make the tables that a workflow uses."""
        for table in tables:
            self.table(table)

    def table(self, table: Readable[M]) -> Items[M]:
        """The items of a table, which are none at first."""
        return self._tables.setdefault(bound(table.key, self._bindings), Items(table))

    def sent(self, resource: Topic | Symbol | Any) -> list[Message]:
        """What was sent to a topic, a queue or a bus, in order."""
        return self._sent.setdefault(bound(resource.key, self._bindings), [])

    def objects(self, bucket: Bucket) -> dict[str, str]:
        """The objects of a bucket: text by key."""
        return self._objects.setdefault(bound(bucket.key, self._bindings), {})

    def call(self, call: TaskCall) -> Any:
        """Answer an integration. Raises TaskFailed for its failures, Unsupported for what is not known here."""
        arguments = call.arguments if isinstance(call.arguments, dict) else {}
        service = call.resource.service.removeprefix("aws-sdk:")
        if service == "dynamodb":
            return self._dynamodb(call, arguments)
        name = f"{service}:{call.resource.action}"
        if name == "sns:publish":
            attributes = {k: v.get("StringValue", "") for k, v in (arguments.get("MessageAttributes") or {}).items()}
            return self._send(arguments, "TopicArn", arguments.get("Message"), attributes)
        if name == "sqs:sendMessage":
            attributes = {k: v.get("StringValue", "") for k, v in (arguments.get("MessageAttributes") or {}).items()}
            return self._send(arguments, "QueueUrl", arguments.get("MessageBody"), attributes)
        if name == "events:putEvents":
            return self._put_events(arguments)
        if service == "s3":
            return self._s3(call.resource.action, arguments)
        raise Unsupported(f"nothing in memory knows {name}")

    def _dynamodb(self, call: TaskCall, arguments: dict[str, Any]) -> Any:
        items = self._tables.get(str(arguments.get("TableName")))
        if items is None:
            raise Unsupported(f"no table is named {arguments.get('TableName')!r}")
        sdk = call.resource.service.startswith("aws-sdk:")
        try:
            answer = items.call(call.resource.action, _letters(arguments, _OWN) if sdk else arguments)
        except TaskFailed as failed:
            if sdk:
                raise TaskFailed(str(failed.error).replace("DynamoDB.", "DynamoDb."), failed.cause) from None
            raise
        return _letters(answer, _SDK) if sdk else answer

    def _send(self, arguments: dict[str, Any], to: str, said: Any, attributes: dict[str, str]) -> Any:
        messages = self._sent.setdefault(str(arguments.get(to)), [])
        messages.append(Message(_text(said), arguments.get("Subject"), attributes, arguments))
        return {"MessageId": f"00000000-0000-4000-8000-{len(messages):012}"}

    def _put_events(self, arguments: dict[str, Any]) -> Any:
        entries = arguments.get("Entries", [])
        for entry in entries:
            bus = self._sent.setdefault(str(entry.get("EventBusName", "default")), [])
            bus.append(Message(_text(entry.get("Detail")), entry.get("DetailType"), {}, entry))
        ids = [{"EventId": f"00000000-0000-4000-8000-{n:012}"} for n, _ in enumerate(entries)]
        return {"Entries": ids, "FailedEntryCount": 0}

    def _s3(self, action: str, arguments: dict[str, Any]) -> Any:
        bucket = self._objects.setdefault(str(arguments.get("Bucket")), {})
        key = str(arguments.get("Key"))
        if action == "putObject":
            bucket[key] = _text(arguments.get("Body"))
            return {}
        if action == "getObject":
            if key not in bucket:
                raise TaskFailed("S3.NoSuchKeyException", "The specified key does not exist.")
            return {"Body": bucket[key], "ContentLength": len(bucket[key].encode())}
        if action.lower() == "listobjectsv2":
            found = [key for key in sorted(bucket) if key.startswith(arguments.get("Prefix") or "")]
            return {"Contents": [_listed(key, bucket[key]) for key in found], "KeyCount": len(found)}
        raise Unsupported(f"a bucket in memory knows no {action}")


def _listed(key: str, body: str) -> dict[str, Any]:
    return {
        "Key": key,
        "Etag": '"00000000000000000000000000000000"',
        "LastModified": 1_767_225_600,
        "Size": len(body.encode()),
        "StorageClass": "STANDARD",
    }


def _text(said: Any) -> str:
    return said if isinstance(said, str) else text(said)


_SDK = {"BOOL": "Bool", "SS": "Ss", "NS": "Ns", "BS": "Bs", "NULL": "Null"}
_OWN = {name: own for own, name in _SDK.items()}


def sdk_letters(item: Any) -> Any:
    """An item of DynamoDB as the SDK integrations spell it."""
    return _letters(item, _SDK)


def _letters(value: Any, names: Mapping[str, str]) -> Any:
    """Attribute values with the names of their types as the SDK integrations spell them, and back.
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html"""
    if isinstance(value, dict):
        only = len(value) == 1
        return {(names.get(k, k) if only else k): _letters(v, names) for k, v in value.items()}
    return [_letters(item, names) for item in value] if isinstance(value, list) else value
