"""Inputs against pulumi_aws's own classes, and the conversions of its plugin."""

from typing import Any

import pulumi_aws  # noqa: F401 registers its types with the SDK
import pytest

from local.engine import schema
from local.engine.properties import UNKNOWN, Secret

QUEUE = "aws:sqs/queue:Queue"
RULE = "aws:iot/topicRule:TopicRule"


def check(type_: str, **inputs: Any) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
    known = schema.of(type_)
    assert known is not None
    checked, mistakes = known.check(inputs)
    return checked, [(mistake.path, mistake.what, mistake.instead) for mistake in mistakes]


def test_right_inputs_pass_as_they_are() -> None:
    inputs = {"visibilityTimeoutSeconds": 30, "fifoQueue": True, "tags": {"a": "b"}, "policy": UNKNOWN}
    assert check(QUEUE, **inputs) == (inputs, [])


def test_a_missing_required_input_deep_inside() -> None:
    inputs = {"enabled": True, "sql": "x", "sqlVersion": "1", "errorAction": {"sqs": {"queueUrl": "u", "roleArn": "r"}}}
    assert check(RULE, **inputs)[1] == [("errorAction.sqs.useBase64", "it is missing", "add use_base64")]


def test_a_misspelt_key_deep_inside() -> None:
    sqs = {"queueUrl": "u", "roleArn": "r", "useBase64": False, "useBase46": True}
    found = check(RULE, enabled=True, sql="x", sqlVersion="1", sqs=[sqs])[1]
    assert found == [("sqs[0].useBase46", "there is no such input", "did you mean 'use_base64'?")]


@pytest.mark.parametrize(
    ("name", "given", "taken"),
    [
        ("visibilityTimeoutSeconds", "30", 30),
        ("fifoQueue", "true", True),
        ("name", 5, "5"),
        ("name", True, "true"),
        ("policy", {"Version": "2012-10-17"}, '{"Version": "2012-10-17"}'),
    ],
)
def test_what_the_plugin_converts(name: str, given: Any, taken: Any) -> None:
    assert check(QUEUE, **{name: given}) == ({name: taken}, [])


@pytest.mark.parametrize(
    ("name", "given", "what", "instead"),
    [
        ("visibilityTimeoutSeconds", "soon", "it is 'soon'", "write a whole number"),
        ("visibilityTimeoutSeconds", 1.5, "it is 1.5", "write a whole number"),
        ("visibilityTimeoutSeconds", True, "it is a truth value", "write a whole number"),
        ("fifoQueue", 1, "it is 1", "write true or false"),
        ("tags", ["a"], "it is a list", "write a mapping"),
    ],
)
def test_what_it_does_not_take(name: str, given: Any, what: str, instead: str) -> None:
    assert check(QUEUE, **{name: given})[1] == [(name, what, instead)]


def test_a_secret_stays_one_and_is_converted_inside() -> None:
    assert check(QUEUE, visibilityTimeoutSeconds=Secret("30"))[0] == {"visibilityTimeoutSeconds": Secret(30)}


def test_a_list_where_an_object_is_wanted_and_the_other_way_round() -> None:
    found = check(RULE, enabled=True, sql="x", sqlVersion="1", sqs={"queueUrl": "u"}, errorAction=[1])[1]
    assert [(path, what) for path, what, _ in found] == [("sqs", "it is a mapping"), ("errorAction", "it is a list")]


def test_code_must_be_an_archive() -> None:
    found = check("aws:lambda/function:Function", role="r", code="code.zip")[1]
    assert found == [("code", "it is 'code.zip'", "write a pulumi.FileArchive or pulumi.FileAsset")]


def test_types_that_no_package_has() -> None:
    assert schema.of("aws:sqs/queue:Queu") is None
    assert schema.of("nonsense") is None
    assert schema.of("gcp:storage/bucket:Bucket") is None
