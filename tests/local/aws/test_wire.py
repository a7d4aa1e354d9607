"""What is said to be in its final form is what botocore would make of it."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ParamValidationError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from local.aws.wire import fits
from simulator.integrations.services import from_response, to_request

SESSION = botocore.session.get_session()
ITEM = {
    "id": {"S": "d1#é"},
    "n": {"N": "-1.5"},
    "no": {"NULL": True},
    "tree": {"M": {"list": {"L": [{"BOOL": False}]}}},
}
PUT = {
    "TableName": "readings",
    "Item": ITEM,
    "ConditionExpression": "attribute_not_exists(#id)",
    "ExpressionAttributeNames": {"#id": "id"},
}
GET = {"TableName": "devices", "Key": {"id": {"S": "1"}}, "ConsistentRead": True}
SEND = {"QueueUrl": "http://q", "MessageBody": "text", "DelaySeconds": 3}


def model(service: str, operation: str) -> Any:
    return SESSION.get_service_model(service).operation_model(operation)


def by_botocore(operation: Any, arguments: Any) -> Any:
    """The body that botocore writes; None for what it refuses."""
    try:
        request = to_request(arguments, operation.input_shape)
        return json.loads(create_serializer("json").serialize_to_request(request, operation)["body"])
    except (ParamValidationError, TypeError, AttributeError):
        return None


@pytest.mark.parametrize(
    "service, operation, arguments",
    [
        ("dynamodb", "PutItem", PUT),
        ("dynamodb", "GetItem", GET),
        ("dynamodb", "Query", {"TableName": "devices", "Limit": 1}),
        ("sqs", "SendMessage", SEND),
    ],
)
def test_what_workflows_send_is_final(service: str, operation: str, arguments: Any) -> None:
    which = model(service, operation)
    assert fits(which.input_shape)(arguments)
    assert by_botocore(which, arguments) == arguments


@pytest.mark.parametrize(
    "service, operation, arguments",
    [
        ("dynamodb", "PutItem", {**PUT, "Wrong": 1}),
        ("dynamodb", "PutItem", {"TableName": "readings"}),
        ("dynamodb", "PutItem", {**PUT, "TableName": ""}),
        ("dynamodb", "PutItem", {**PUT, "Item": {"id": {"B": "bytes"}}}),
        ("dynamodb", "PutItem", {**PUT, "Item": {"id": {"N": 1}}}),
        ("dynamodb", "PutItem", {**PUT, "Item": {"id": {"BOOL": 1}}}),
        ("dynamodb", "PutItem", {**PUT, "Item": {"id": None}}),
        ("dynamodb", "PutItem", {**PUT, "Item": [ITEM]}),
        ("dynamodb", "Query", {"TableName": "devices", "Limit": 0}),
        ("dynamodb", "Query", {"TableName": "devices", "Limit": True}),
        ("dynamodb", "GetItem", {**GET, "tableName": "other"}),
        ("dynamodb", "BatchGetItem", {"RequestItems": {"t": {"Keys": []}}}),
        ("sqs", "SendMessage", {**SEND, "DelaySeconds": 3.0}),
        ("logs", "PutLogEvents", {"logGroupName": "g", "logStreamName": "s", "logEvents": []}),
        ("events", "PutEvents", {"Entries": [{"Source": "a", "Time": 1}]}),
    ],
)
def test_everything_else_goes_botocores_way(service: str, operation: str, arguments: Any) -> None:
    assert not fits(model(service, operation).input_shape)(arguments)


text = st.text("aé", max_size=2)
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.floats(0, 1) | text | st.lists(text, max_size=2)
kinds = st.sampled_from(["S", "N", "B", "SS", "NS", "L", "M", "BOOL", "NULL", "s", "X"])
right = st.one_of(
    st.builds(lambda kind, value: {kind: value}, st.sampled_from("SN"), text),
    st.builds(lambda kind, value: {kind: value}, st.sampled_from(["BOOL", "NULL"]), st.booleans()),
    st.builds(lambda value: {"SS": value}, st.lists(text, max_size=2)),
)
attributes = st.recursive(
    right | right | right | st.dictionaries(kinds, scalars, max_size=2) | scalars,
    lambda inner: st.one_of(
        st.builds(lambda value: {"L": value}, st.lists(inner, max_size=2)),
        st.builds(lambda value: {"M": value}, st.dictionaries(text, inner, max_size=2)),
    ),
    max_leaves=4,
)


@given(st.dictionaries(text, attributes, max_size=3))
def test_any_item_that_is_final_is_written_as_it_is(item: Any) -> None:
    operation = model("dynamodb", "PutItem")
    arguments = {"TableName": "readings", "Item": item}
    if fits(operation.input_shape)(arguments):
        assert by_botocore(operation, arguments) == arguments
    shape = model("dynamodb", "GetItem").output_shape
    answer = {"Item": item}
    if fits(shape)(answer):
        response = {"status_code": 200, "headers": {}, "body": json.dumps(answer).encode(), "context": {}}
        parsed = create_parser("json").parse(response, shape)
        parsed.pop("ResponseMetadata")
        assert from_response(parsed, shape) == answer
