"""The REST-JSON protocol: what is no operation, no JSON, or too much."""

import http.client
import json
from typing import Any

import pytest

from local.aws import LocalAws

NO_BASE64 = '{"FunctionName": "f", "Role": "r", "Code": {"ZipFile": "%"}}'


def ask(aws: LocalAws, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, Any], str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", int(aws.endpoint.rpartition(":")[2]), timeout=10)
    connection.request(method, path, body)
    answer = connection.getresponse()
    document: dict[str, Any] = json.loads(answer.read() or b"{}")
    return answer.status, document, answer.getheader("x-amzn-errortype")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("PATCH", "/v1/pipes/p", None, 404, "UnknownOperationException"),
        ("GET", "/v1/pipes/p/q/r", None, 404, "UnknownOperationException"),
        ("POST", "/v1/pipes/p", "{", 400, "SerializationException"),
        ("POST", "/v1/pipes/p", "{}", 400, "ValidationException"),
        ("POST", "/v1/pipes/p", '{"Source": 1, "Target": "t", "RoleArn": "r"}', 400, "ValidationException"),
        ("GET", "/v1/pipes/none", None, 404, "NotFoundException"),
        ("GET", "/v1/pipes/%2e%2e%2f", None, 400, "ValidationException"),
        ("GET", "/v1/pipes?Limit=many", None, 400, "ValidationException"),
        ("GET", "/v1/pipes?Limit=101", None, 400, "ValidationException"),
        ("GET", "/2015-03-31/functions/none", None, 404, "ResourceNotFoundException"),
        ("POST", "/2015-03-31/functions", NO_BASE64, 400, "SerializationException"),
        ("GET", "/schedules/none", None, 404, "ResourceNotFoundException"),
    ],
)
def test_errors_have_aws_names(aws: LocalAws, method: str, path: str, body: str | None, status: int, kind: str) -> None:
    answered, document, shown = ask(aws, method, path, body)
    assert (answered, shown) == (status, kind), document
    assert document["message"]


def test_members_that_the_model_does_not_know_are_dropped(aws: LocalAws) -> None:
    body = json.dumps({"Source": "arn:aws:sns:us-east-1:0:x", "Target": "t", "RoleArn": "r", "Unknown": {"x": 1}})
    status, document, _ = ask(aws, "POST", "/v1/pipes/p", body)
    assert status == 400
    assert "Unknown" not in document["message"]
    # All that is wrong is said at once.
    assert "roleArn" in document["message"] and "target" in document["message"]
