"""What handlers are made of, and the functions of pulumi_aws."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from local.resources.base import Call, Handler, Made, Naming, given, leaf_paths, names, pascal
from local.resources.invokes import INVOKES, Asked, partition_of


class Thing(Handler):
    type = "aws:x/thing:Thing"
    handles = names("name sqs.queueUrl free.* nested.deep.*")
    ignores: ClassVar[Mapping[str, str]] = {"skip": "for a good reason"}

    def create(self, call: Call) -> Made:
        return Made("id")


@pytest.mark.parametrize(
    ("inputs", "unknown"),
    [
        ({"name": "n", "region": "r", "tags": {"a": "b"}, "skip": True}, []),
        ({"sqs": [{"queueUrl": "u"}, {"queueUrl": "v", "roleArn": "r"}]}, ["sqs.roleArn"]),
        ({"free": {"any": {"thing": 1}}, "nested": {"deep": [{"x": 1}], "other": 2}}, ["nested.other"]),
        ({"absent": None, "empty": {}, "list": []}, ["empty", "list"]),
        ({"name": {"is": "deeper"}}, ["name.is"]),
    ],
)
def test_inputs_that_a_handler_does_not_know(inputs: dict[str, Any], unknown: list[str]) -> None:
    assert Thing().unknown_inputs(inputs) == unknown


def test_paths_go_through_lists_of_mappings_only() -> None:
    value = {"a": [{"b": 1, "c": None}, {"d": {"e": 2}}], "f": ["x", "y"], "g": 0}
    assert list(leaf_paths(value)) == ["a.b", "a.d.e", "f", "g"]


@pytest.mark.parametrize(
    ("naming", "logical", "inputs", "name"),
    [
        (Naming(), "queue", {}, "queue-1a2b3c4"),
        (Naming(longest=12), "a-long-name", {}, "a-lon1a2b3c4"),
        (Naming(), "queue", {"namePrefix": "start"}, "start1a2b3c4"),
        (Naming(suffix=lambda inputs: ".fifo"), "queue", {}, "queue-1a2b3c4.fifo"),
        (Naming(clean=lambda text: text.replace("-", "_")), "a-rule", {}, "a_rule_1a2b3c4"),
    ],
)
def test_automatic_names(naming: Naming, logical: str, inputs: dict[str, Any], name: str) -> None:
    assert naming.name(logical, "1a2b3c4", inputs) == name


def test_inputs_as_an_api_writes_them() -> None:
    inputs = {"a": {"bC": 1, "free": {"kEep": 1}, "none": None}, "list": [{"x": 2}], "odd": 3}
    assert pascal(inputs, free=frozenset({"free"}), renamed={"odd": "Even"}) == {
        "A": {"BC": 1, "Free": {"kEep": 1}},
        "List": [{"X": 2}],
        "Even": 3,
    }
    assert given({"a": 0, "b": None}, A="a", B="b", C="c") == {"A": 0}


def test_arns_of_a_call() -> None:
    call = Call("urn", {}, "eu-west-1", "000000000000", "aws", client=lambda service: None, archive=lambda name: b"")
    assert call.arn("sqs", "q") == "arn:aws:sqs:eu-west-1:000000000000:q"
    assert call.arn("iam", "role/r", regional=False) == "arn:aws:iam::000000000000:role/r"


def ask(function: str, /, **arguments: Any) -> Any:
    (token,) = [each for each in INVOKES if each.endswith(f":{function}")]
    return INVOKES[token](Asked(arguments, "eu-west-1", "000000000000", None))


def test_partitions() -> None:
    assert [partition_of(region) for region in ("eu-west-1", "cn-north-1", "us-gov-east-1")] == [
        "aws",
        "aws-cn",
        "aws-us-gov",
    ]


def test_who_and_where() -> None:
    assert ask("getCallerIdentity")["arn"] == "arn:aws:iam::000000000000:root"
    assert ask("getRegion")["region"] == "eu-west-1"
    assert ask("getRegion", region="us-east-2")["id"] == "us-east-2"
    assert ask("getPartition")["dnsSuffix"] == "amazonaws.com"
    assert ask("getEndpoint") is None
    assert ask("getParameter", name="/a") is None


def test_a_policy_document_with_all_that_a_statement_may_say() -> None:
    statement = {
        "sid": "One",
        "effect": "Deny",
        "actions": ["sqs:SendMessage", "sqs:ReceiveMessage"],
        "notResources": ["arn:a"],
        "principals": [
            {"type": "Service", "identifiers": ["iot.amazonaws.com"]},
            {"type": "AWS", "identifiers": ["arn:b", "arn:c"]},
        ],
        "conditions": [
            {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]},
            {"test": "StringEquals", "variable": "aws:SourceArn", "values": ["a", "b"]},
        ],
    }
    everyone = {"actions": ["s3:Get"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]}
    answer = ask("getPolicyDocument", statements=[statement, everyone])
    assert json.loads(answer["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Sid": "One",
                "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"],
                "NotResource": "arn:a",
                "Principal": {"Service": "iot.amazonaws.com", "AWS": ["arn:b", "arn:c"]},
                "Condition": {"StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": ["a", "b"]}},
            },
            {"Effect": "Allow", "Action": "s3:Get", "Resource": "*", "Principal": "*"},
        ],
    }
    assert json.loads(answer["minifiedJson"]) == json.loads(answer["json"])
