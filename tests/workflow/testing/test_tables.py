"""Tables in memory answer as DynamoDB does: the same calls go to the emulator that local runs use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ministack.services import dynamodb
from pydantic import BaseModel

from simulator import TaskCall, TaskFailed
from simulator.tasks import Resource
from tests.handlers.aws import Aws, _client
from tests.workflow.testing.shop import Item, Order, items, look
from workflow import Bucket, Table, Topic
from workflow.aws.symbols import Bus
from workflow.testing import Environment, Items, run
from workflow.testing.memory import Memory, bound
from workflow.testing.tables import Unsupported, marshalled, unmarshalled


class Deep(BaseModel):
    id: str
    at: datetime
    share: float
    yes: bool
    names: set[str] = set()
    lines: list[list[int]] = []
    more: dict[str, Item] = {}
    maybe: Item | None = None
    pair: tuple[str, int] = ("a", 1)


deep = Table("deep", Deep)
DEEP = Deep(
    id="1",
    at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    share=0.125,
    yes=False,
    names={"b", "a"},
    lines=[[1, 2], []],
    more={"x": Item(id="x", cents=1, tags=["t"])},
    maybe=Item(id="m", cents=2, note="n"),
)


@pytest.mark.parametrize("item", [DEEP, Deep(id="2", at=DEEP.at, share=-1, yes=True)])
def test_models_go_in_and_come_out(item: Deep) -> None:
    table = Items(deep)
    table.put(item)
    assert table.get(item.id) == item and list(table) == [item] and item.id in table and len(table) == 1
    assert table.raw()[0]["share"] == {"N": f"{item.share:g}"}
    assert unmarshalled(deep, marshalled(Deep, item)) == item
    table.delete(item.id)
    assert table.get(item.id) is None and repr(table) == "Items('deep', [])"


NAMES = {"#i": "id", "#c": "cents", "#t": "tags", "#n": "note"}
key = st.sampled_from(["a", "b"])
value = st.integers(-5, 5).map(lambda n: {"N": str(n)})
put = st.builds(lambda k, v: {"Item": {"id": {"S": k}, "cents": v, "tags": {"L": []}}}, key, value)
conditions = st.sampled_from(
    ["", "attribute_not_exists(#i)", "attribute_exists(#i)", "attribute_exists(#i) AND #c = :w"]
)
updates = st.sampled_from(
    [
        "SET #c = :v",
        "ADD #c :v",
        "SET #t = list_append(if_not_exists(#t, :none), :one)",
        "SET #c = :v, #t = list_append(if_not_exists(#t, :none), :one) REMOVE #n",
        "SET #n = :text ADD #c :v",
    ]
)
calls = st.one_of(
    st.tuples(st.just("putItem"), put, conditions, st.just(""), value),
    st.tuples(
        st.just("deleteItem"), st.builds(lambda k: {"Key": {"id": {"S": k}}}, key), conditions, st.just(""), value
    ),
    st.tuples(st.just("updateItem"), st.builds(lambda k: {"Key": {"id": {"S": k}}}, key), conditions, updates, value),
    st.tuples(st.just("getItem"), st.builds(lambda k: {"Key": {"id": {"S": k}}}, key), st.just(""), st.just(""), value),
)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    aws = Aws()
    yield _client("dynamodb", aws._answer(dynamodb.handle_request))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(calls, min_size=1, max_size=8))
def test_calls_are_answered_as_by_an_emulated_dynamodb(client: Any, script: list[Any]) -> None:
    name = f"t{uuid4().hex}"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table = Items(items)
    for action, given_, condition, update, number in script:
        arguments = request(given_, condition, update, number)
        here = answered(lambda: table.call(action, {"TableName": name, **arguments}))
        method = getattr(client, "".join("_" + c.lower() if c.isupper() else c for c in action))
        there = answered(lambda: method(TableName=name, **arguments))
        assert here == there, (action, arguments)
    stored = {i["id"]["S"]: i for i in client.scan(TableName=name)["Items"]}
    assert {i["id"]["S"]: i for i in table.raw()} == stored


def request(given: dict[str, Any], condition: str, update: str, number: Any) -> dict[str, Any]:
    made = dict(given)
    if condition:
        made["ConditionExpression"] = condition
    if update:
        made["UpdateExpression"] = update
    used = condition + update
    names = {alias: name for alias, name in NAMES.items() if alias in used}
    values = {":v": number, ":w": {"N": "1"}, ":one": {"L": [{"S": "x"}]}, ":none": {"L": []}, ":text": {"S": "t"}}
    values = {placeholder: v for placeholder, v in values.items() if placeholder in used}
    return (
        made
        | ({"ExpressionAttributeNames": names} if names else {})
        | ({"ExpressionAttributeValues": values} if values else {})
    )


def answered(call: Any) -> Any:
    try:
        return call().get("Item")
    except TaskFailed as failed:
        return str(failed.error).removeprefix("DynamoDB.")
    except ClientError as error:
        response: Any = error.response
        return response["Error"]["Code"]


def test_reads_that_are_not_consistent_may_lag() -> None:
    environment = Environment()
    table = environment.table(items)
    table.put(Item(id="o-1", cents=1))
    table.put(Item(id="o-1", cents=2))
    table.lagging = True
    order = Order(id="o-1", sku="tea")
    found = environment.run(look, order).output
    assert found is not None and found.cents == 1
    consistent = {"Key": {"id": {"S": "o-1"}}, "ConsistentRead": True}
    assert table.call("getItem", consistent)["Item"]["cents"] == {"N": "2"}
    assert run(look, order).output is None


@pytest.mark.parametrize(
    "action, arguments",
    [
        ("scan", {}),
        ("putItem", {"Item": {"id": {"S": "a"}}, "ConditionExpression": "size(#a) > :v"}),
        ("updateItem", {"Key": {"id": {"S": "a"}}, "UpdateExpression": "SET #a = #b"}),
        (
            "updateItem",
            {
                "Key": {"id": {"S": "a"}},
                "UpdateExpression": "ADD #a :v",
                "ExpressionAttributeValues": {":v": {"SS": ["x"]}},
            },
        ),
    ],
)
def test_what_a_table_does_not_know_it_says(action: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        Items(items).call(action, arguments)


@pytest.mark.parametrize("action", ["getItem", "putItem"])
def test_a_wrong_key_fails_as_at_aws(action: str) -> None:
    with pytest.raises(TaskFailed) as failed:
        Items(items).call(action, {"Key": {"name": {"S": "a"}}, "Item": {"name": {"S": "a"}}})
    assert failed.value.error == "DynamoDB.AmazonDynamoDBException"


# ---------------------------------------------------------------- the rest of memory


def call(resource: str, arguments: dict[str, Any]) -> TaskCall:
    parsed = Resource.parse(f"arn:aws:states:::{resource}")
    return TaskCall(parsed, arguments, "arn", "State", 0, None, None, None, None, 1)


def test_queries_answer_in_the_letters_of_the_sdk() -> None:
    memory = Memory({})
    memory.table(deep).put(DEEP, Deep(id="2", at=DEEP.at, share=1, yes=True))
    arguments = {
        "TableName": "deep",
        "KeyConditionExpression": "#y = :v",
        "ExpressionAttributeNames": {"#y": "yes"},
        "ExpressionAttributeValues": {":v": {"Bool": True}},
    }
    answer = memory.call(call("aws-sdk:dynamodb:query", arguments))
    assert answer["Count"] == 1 and answer["Items"][0]["yes"] == {"Bool": True}
    more = {**arguments, "Limit": 1, "ScanIndexForward": False}
    assert memory.call(call("aws-sdk:dynamodb:query", more))["Count"] == 1
    clash = {"TableName": "deep", "Item": {"id": {"S": "1"}}, "ConditionExpression": "attribute_not_exists(id)"}
    with pytest.raises(TaskFailed) as failed:
        memory.call(call("aws-sdk:dynamodb:putItem", clash))
    assert failed.value.error == "DynamoDb.ConditionalCheckFailedException"


def test_topics_queues_and_buses_keep_what_was_sent() -> None:
    memory, topic, bus = Memory({"topic.t": "arn:t"}), Topic("t"), Bus("b")
    attributes = {"kind": {"DataType": "String", "StringValue": "x"}}
    memory.call(call("sns:publish", {"TopicArn": "arn:t", "Message": {"a": 1}, "MessageAttributes": attributes}))
    (message,) = memory.sent(topic)
    assert message.text == '{"a":1}' and message.attributes == {"kind": "x"}
    entries = [{"EventBusName": "b", "DetailType": "Sold", "Detail": {"id": 1}}]
    assert memory.call(call("events:putEvents", {"Entries": entries}))["FailedEntryCount"] == 0
    assert [(event.subject, event.text) for event in memory.sent(bus)] == [("Sold", '{"id":1}')]


def test_buckets_hold_objects() -> None:
    memory, bucket = Memory({}), Bucket("files")
    memory.call(call("aws-sdk:s3:putObject", {"Bucket": "files", "Key": "a/1", "Body": {"n": 1}}))
    memory.objects(bucket)["b"] = "text"
    assert memory.call(call("s3:getObject", {"Bucket": "files", "Key": "a/1"}))["Body"] == '{"n":1}'
    listed = memory.call(call("s3:listObjectsV2", {"Bucket": "files", "Prefix": "a/"}))
    assert [entry["Key"] for entry in listed["Contents"]] == ["a/1"] and listed["Contents"][0]["Size"] == 7
    with pytest.raises(TaskFailed) as failed:
        memory.call(call("s3:getObject", {"Bucket": "files", "Key": "none"}))
    assert failed.value.error == "S3.NoSuchKeyException"
    with pytest.raises(Unsupported):
        memory.call(call("aws-sdk:s3:deleteObject", {"Bucket": "files", "Key": "b"}))
    with pytest.raises(Unsupported, match="no table is named 'none'"):
        memory.call(call("dynamodb:getItem", {"TableName": "none"}))


def test_symbols_are_bound_to_readable_names() -> None:
    assert bound("table.items", {}) == "items" and bound("aws.partition", {}) == "aws"
    assert bound("function.price", {}) == "arn:aws:lambda:us-east-1:123456789012:function:price:1"
    assert bound("table.items", {"table.items": "dev-items"}) == "dev-items" and bound("other.x", {}) == "x"
    assert bound("OrdersTable", {}) == "OrdersTable"
