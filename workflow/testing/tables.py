"""Tables in memory: DynamoDB's reads and writes as the states of this language make them, typed by the table's model.

Items are kept as DynamoDB's API has them, so that what a state writes is what a state reads; models go in and out by
the very expressions that the definition uses. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

from payloads.sensitive import masked
from simulator import TaskFailed, simulate

from ..aws.attributes import item_of, read_item
from ..expressions import Root, kinds
from ..expressions.printer import show
from ..lambdas import ANY
from ..resources import Readable
from . import values

M = TypeVar("M", covariant=True)
Attributes = dict[str, Any]

CONDITION = "ConditionalCheckFailedException"


class Unsupported(Exception):
    """A table in memory does not know this; the call has to be answered, or made by boto3."""


class Items(Generic[M]):
    """The items of one table. `lagging`: reads that are not consistent see an item as it was before its last write,
    which DynamoDB allows itself; so a test shows whether a read has to be consistent."""

    def __init__(self, table: Readable[M]) -> None:
        self.table = table
        self.lagging = False
        fields = kinds.fields_of(table.of)
        self._key = fields[table.partition_key].json
        self._items: dict[str, Attributes] = {}
        self._before: dict[str, Attributes | None] = {}

    def put(self, *items: Any) -> None:
        """Store items, over those of the same keys."""
        for item in items:
            attributes = marshalled(self.table.of, item)
            self._write(_plain_key(attributes[self._key]), attributes)

    def get(self, key: str | int) -> M | None:
        """The item under a key; None where there is none."""
        attributes = self._items.get(str(key))
        return None if attributes is None else unmarshalled(self.table, attributes)

    def delete(self, key: str | int) -> None:
        """Take an item away, if it is there."""
        self._write(str(key), None)

    def all(self) -> list[M]:
        """All items, in the order in which their keys were first written."""
        return [unmarshalled(self.table, attributes) for attributes in self._items.values()]

    def raw(self) -> list[Attributes]:
        """All items as DynamoDB's API gives them."""
        return [dict(attributes) for attributes in self._items.values()]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[M]:
        return iter(self.all())

    def __contains__(self, key: object) -> bool:
        return str(key) in self._items

    def __repr__(self) -> str:
        return f"Items({self.table.name!r}, {masked(self.all())!r})"

    def call(self, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """What DynamoDB answers. Raises TaskFailed, and Unsupported for what it does not know."""
        does = {
            "getItem": self._get_item,
            "putItem": self._put_item,
            "updateItem": self._update_item,
            "deleteItem": self._delete_item,
            "query": self._query,
        }.get(action)
        if does is None:
            raise Unsupported(f"a table in memory knows no {action}")
        return does(arguments)

    def _get_item(self, arguments: dict[str, Any]) -> dict[str, Any]:
        key = self._key_of(arguments)
        found = self._items.get(key)
        if self.lagging and not arguments.get("ConsistentRead") and key in self._before:
            found = self._before[key]
        return {} if found is None else {"Item": _projected(found, arguments)}

    def _put_item(self, arguments: dict[str, Any]) -> dict[str, Any]:
        item = arguments["Item"]
        if self._key not in item:
            raise _invalid(f"Missing the key {self._key} in the item")
        key = _plain_key(item[self._key])
        self._check(key, arguments)
        self._write(key, item)
        return {}

    def _update_item(self, arguments: dict[str, Any]) -> dict[str, Any]:
        key = self._key_of(arguments)
        self._check(key, arguments)
        self._write(key, _updated(self._items.get(key) or dict(arguments["Key"]), arguments))
        return {}

    def _delete_item(self, arguments: dict[str, Any]) -> dict[str, Any]:
        key = self._key_of(arguments)
        self._check(key, arguments)
        self._write(key, None)
        return {}

    def _query(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """By one attribute, of the table or of an index alike: indexes sort by what a test's items have not said."""
        name, placeholder = _match(r"(#?\w+) = (:\w+)", arguments["KeyConditionExpression"])
        field, wanted = _name(name, arguments), arguments["ExpressionAttributeValues"][placeholder]
        found = [_projected(i, arguments) for i in self._items.values() if i.get(field) == wanted]
        if arguments.get("ScanIndexForward") is False:
            found.reverse()
        found = found[: arguments.get("Limit", len(found))]
        return {"Count": len(found), "Items": found, "ScannedCount": len(found)}

    def _key_of(self, arguments: dict[str, Any]) -> str:
        key = arguments.get("Key", {})
        if self._key not in key or len(key) > 1:
            raise _invalid("The provided key element does not match the schema")
        return _plain_key(key[self._key])

    def _check(self, key: str, arguments: dict[str, Any]) -> None:
        condition = arguments.get("ConditionExpression")
        item = self._items.get(key) or {}
        if condition and not all(_holds(test, item, arguments) for test in condition.split(" AND ")):
            cause = (
                "The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: "
                f"{CONDITION}; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)"
            )
            raise TaskFailed(f"DynamoDB.{CONDITION}", cause)

    def _write(self, key: str, item: Attributes | None) -> None:
        self._before[key] = self._items.get(key)
        if item is None:
            self._items.pop(key, None)
        else:
            self._items[key] = item


def marshalled(of: Any, item: Any) -> Attributes:
    """A model as an item of DynamoDB."""
    attributes: Attributes = evaluate(_writer(of), values.write(of, item))
    return attributes


def unmarshalled(table: Readable[Any], attributes: Attributes) -> Any:
    """An item of DynamoDB as a model."""
    of: Any = table.of
    return values.read(of, evaluate(_reader(of, table.name), attributes))


def evaluate(machine: Any, value: Any) -> Any:
    """What the one state of a machine gives. Raises ValueError where it fails."""
    run = simulate(machine, value)
    if run.status != "SUCCEEDED":
        raise ValueError(run.cause)
    return run.output


@lru_cache(maxsize=256)
def _writer(of: Any) -> dict[str, Any]:
    return _machine(show(item_of(Root.path("states.input", of).node, of)))


@lru_cache(maxsize=256)
def _reader(of: Any, name: str) -> dict[str, Any]:
    return _machine(show(read_item(Root.path("states.input", ANY).node, of, name)))


def _machine(code: str) -> dict[str, Any]:
    state = {"Type": "Pass", "Output": "{% " + code + " %}", "End": True}
    return {"QueryLanguage": "JSONata", "StartAt": "Value", "States": {"Value": state}}


def _plain_key(attribute: Attributes) -> str:
    return str(next(iter(attribute.values())))


def _projected(item: Attributes, arguments: dict[str, Any]) -> Attributes:
    wanted = arguments.get("ProjectionExpression")
    if wanted is None:
        return item
    names = {_name(name.strip(), arguments) for name in wanted.split(",")}
    return {name: value for name, value in item.items() if name in names}


def _name(placeholder: str, arguments: dict[str, Any]) -> str:
    name: str = arguments.get("ExpressionAttributeNames", {}).get(placeholder, placeholder)
    return name


def _match(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text.strip())
    if found is None:
        raise Unsupported(f"a table in memory does not understand {text!r}")
    return found.groups()


def _holds(test: str, item: Attributes, arguments: dict[str, Any]) -> bool:
    exists = re.fullmatch(r"attribute_(not_)?exists\s*\(\s*(#?\w+)\s*\)", test.strip())
    if exists:
        return (_name(exists[2], arguments) in item) != bool(exists[1])
    name, placeholder = _match(r"(#?\w+) = (:\w+)", test)
    return bool(item.get(_name(name, arguments)) == arguments["ExpressionAttributeValues"][placeholder])


def _updated(item: Attributes, arguments: dict[str, Any]) -> Attributes:
    """The item after SET, REMOVE and ADD, in the forms that UpdateItem writes."""
    new = dict(item)
    given = arguments.get("ExpressionAttributeValues", {})
    for word, clause in re.findall(
        r"(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)", arguments.get("UpdateExpression", "")
    ):
        for part in re.split(r", (?![^(]*\))", clause):
            if word == "REMOVE":
                new.pop(_name(part.strip(), arguments), None)
            elif word == "ADD":
                name, value = _match(r"(#?\w+) (:\w+)", part)
                field = _name(name, arguments)
                new[field] = _sum(new.get(field), given[value])
            else:
                name, value = _match(r"(#?\w+) = (.+)", part)
                new[_name(name, arguments)] = _set(value, item, arguments)
    return new


def _set(value: str, item: Attributes, arguments: dict[str, Any]) -> Any:
    given = arguments.get("ExpressionAttributeValues", {})
    if value in given:
        return given[value]
    name, default, more = _match(r"list_append\(if_not_exists\((#?\w+), (:\w+)\), (:\w+)\)", value)
    old = item.get(_name(name, arguments), given[default])
    return {"L": [*old["L"], *given[more]["L"]]}


def _sum(old: Any, more: Any) -> Any:
    if "N" not in more:
        raise Unsupported("a table in memory adds numbers only")
    total = Decimal(more["N"]) + Decimal((old or {"N": "0"})["N"])
    return {"N": format(total.normalize(), "f")}


def _invalid(message: str) -> TaskFailed:
    return TaskFailed("DynamoDB.AmazonDynamoDBException", message)
