"""What a pipe sends, and how it reads what it is answered."""

import json

import pytest

from local.aws.pipes.records import failed_items, record

SENT = ["a", "b", "c"]


def failing(*names: object) -> str:
    return json.dumps({"batchItemFailures": [{"itemIdentifier": name} for name in names]})


@pytest.mark.parametrize(
    "answer",
    [None, "null", "{}", "[]", '""', "1", '{"batchItemFailures": null}', '{"batchItemFailures": []}', '{"other": 1}'],
)
def test_complete_success(answer: str | None) -> None:
    assert failed_items(answer, SENT) == set()


def test_partial_failure() -> None:
    assert failed_items(failing("b"), SENT) == {"b"}
    assert failed_items(failing("b", "b", "a"), SENT) == {"a", "b"}


@pytest.mark.parametrize(
    "answer",
    [
        failing(""),
        failing(None),
        failing(7),
        failing("a", "unknown"),
        '{"batchItemFailures": [{"itemIdentifer": "a"}]}',
        '{"batchItemFailures": ["a"]}',
        '{"batchItemFailures": {"itemIdentifier": "a"}}',
        '{"batchItemFailures": "a"}',
        "{",
    ],
)
def test_complete_failure(answer: str) -> None:
    assert failed_items(answer, SENT) == set(SENT)


def test_a_record_has_the_shape_that_pipes_document() -> None:
    message = {
        "MessageId": "m", "ReceiptHandle": "r", "Body": "é", "MD5OfBody": "5", "Attributes": {"SentTimestamp": "1"},
        "MessageAttributes": {"kind": {"DataType": "String", "StringValue": "x"}},
    }  # fmt: skip
    assert record(message, "arn:aws:sqs:eu-central-1:000000000000:q") == {
        "messageId": "m",
        "receiptHandle": "r",
        "body": "é",
        "attributes": {"SentTimestamp": "1"},
        "messageAttributes": {
            "kind": {"dataType": "String", "stringValue": "x", "stringListValues": [], "binaryListValues": []}
        },
        "md5OfBody": "5",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:q",
        "awsRegion": "eu-central-1",
    }
