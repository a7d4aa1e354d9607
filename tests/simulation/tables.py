"""Models of DynamoDB's tables and of a topic, with the calls that the workflow's states and the handlers make.

A table keeps what each key held before its last write: a read that is not consistent may see that instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from simulator import TaskFailed

Item = dict[str, Any]
CONDITION = "ConditionalCheckFailedException"


class Refused(Exception):
    """The condition of a write does not hold."""


class Table:
    """Items by key. `writes` are all writes that were made, in order: (by whom, item, whether it was there before)."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.items: dict[str, Item] = {}
        self._before: dict[str, Item | None] = {}
        self.writes: list[tuple[str, Item, bool]] = []
        self.expired: Counter[str] = Counter()

    def put(self, item: Item, condition: str | None, names: dict[str, str], by: str) -> None:
        """PutItem. Raises Refused."""
        key = item[self.key]["S"]
        there = key in self.items
        if condition is not None:
            if condition != f"attribute_not_exists(#{self.key})" or names[f"#{self.key}"] != self.key:
                raise AssertionError(f"the model knows no condition {condition}")
            if there:
                raise Refused
        self._before[key] = self.items.get(key)
        self.items[key] = item
        self.writes.append((by, item, there))

    def get(self, key: str, *, stale: bool = False) -> Item | None:
        """GetItem. `stale`: as it was before the last write."""
        return self._before[key] if stale and key in self._before else self.items.get(key)

    def expire(self, key: str) -> bool:
        """Time to live: take an item away. Returns whether it was there."""
        if self.items.pop(key, None) is None:
            return False
        self.expired[key] += 1
        return True

    def text(self, key: str, field: str) -> str:
        """A text of an item."""
        value: str = self.items[key][field]["S"]
        return value


class Topic:
    """What was published."""

    def __init__(self) -> None:
        self.messages: list[str] = []


class Aws:
    """The tables and the topic, by the names that the definition is bound to."""

    def __init__(self) -> None:
        self.tables = {
            "devices": Table("device_id"),
            "readings": Table("id"),
            "repeats": Table("trace"),
            "quarantine": Table("trace"),
        }
        self.topic = Topic()

    def answer(self, service: str, action: str, state: str, given: dict[str, Any], *, stale: bool) -> dict[str, Any]:
        """What an integration answers. Raises TaskFailed."""
        if (service, action) == ("sns", "publish"):
            self.topic.messages.append(given["Message"])
            return {"MessageId": str(len(self.topic.messages))}
        table = self.tables[given["TableName"]]
        if (service, action) == ("dynamodb", "getItem"):
            ((_, key),) = given["Key"][table.key].items()
            item = table.get(key, stale=stale and not given.get("ConsistentRead"))
            return {} if item is None else {"Item": item}
        if (service, action) == ("dynamodb", "putItem"):
            try:
                names = given.get("ExpressionAttributeNames", {})
                table.put(given["Item"], given.get("ConditionExpression"), names, state)
            except Refused:
                raise TaskFailed(f"DynamoDB.{CONDITION}", "The conditional request failed") from None
            return {}
        raise AssertionError(f"the model knows no {service}:{action}")


class ConditionalCheckFailed(ClientError):
    """The error by boto3's name."""


class _Exceptions:
    ConditionalCheckFailedException = ConditionalCheckFailed


class Client:
    """boto3's clients of DynamoDB and SNS, as far as the handlers use them. `step` comes before every call."""

    exceptions = _Exceptions()

    def __init__(self, aws: Aws, step: Callable[[str], None]) -> None:
        self._aws, self._step = aws, step

    def put_item(self, **given: Any) -> None:
        """PutItem."""
        self._step("PutItem")
        table = self._aws.tables[given["TableName"]]
        try:
            table.put(given["Item"], given["ConditionExpression"], given["ExpressionAttributeNames"], "handler")
        except Refused:
            raise ConditionalCheckFailed(_error(CONDITION), "PutItem") from None

    def update_item(self, **given: Any) -> None:
        """UpdateItem, as the sweeper marks an alert."""
        self._step("UpdateItem")
        table = self._aws.tables[given["TableName"]]
        item = table.items.get(given["Key"]["id"]["S"])
        wanted = given["UpdateExpression"], given["ConditionExpression"]
        assert wanted == ("SET #alert = :sent REMOVE #since", "#alert = :pending")
        if item is None or item["alert"]["S"] != "pending":
            raise ConditionalCheckFailed(_error(CONDITION), "UpdateItem")
        marked = {name: value for name, value in item.items() if name != "pending_since"}
        table.put({**marked, "alert": given["ExpressionAttributeValues"][":sent"]}, None, {}, "sweep")

    def publish(self, **given: Any) -> None:
        """Publish."""
        self._step("Publish")
        self._aws.topic.messages.append(given["Message"])

    def get_paginator(self, _: str) -> Client:
        """A query's pages."""
        return self

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:
        """The readings whose alert is pending since before a time; a page for each."""
        before = int(given["ExpressionAttributeValues"][":before"]["N"])
        for item in list(self._aws.tables[given["TableName"]].items.values()):
            if item["alert"]["S"] == "pending" and int(item["pending_since"]["N"]) < before:
                self._step("Query")
                yield {"Items": [item]}


def failed(code: str, operation: str) -> ClientError:
    """An error as boto3 raises it."""
    return ClientError(_error(code), operation)


def _error(code: str) -> Any:
    return {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
