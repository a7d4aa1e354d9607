"""Which service a request is for."""

import http.client
import os
import signal
from pathlib import Path

import pytest

from local.aws import LocalAws
from local.aws.front import service_of
from tests.local.aws.support import function, until


def signed(service: str) -> list[tuple[bytes, bytes]]:
    scope = f"AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-central-1/{service}/aws4_request, SignedHeaders=host"
    return [(b"authorization", scope.encode())]


@pytest.mark.parametrize(
    ("headers", "path", "query", "service"),
    [
        (signed("states"), "/", b"", "states"),
        (signed("sqs"), "/", b"", "sqs"),
        ([], "/", b"X-Amz-Credential=AKID%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=1", "s3"),
        ([(b"x-amz-target", b"AWSStepFunctions.StartExecution")], "/", b"", "states"),
        ([], "/2015-03-31/functions/f/invocations", b"", "lambda"),
        ([], "/v1/pipes/p", b"", "pipes"),
        ([], "/schedules/s", b"", "scheduler"),
        ([], "/schedule-groups", b"", "scheduler"),
        ([], "/2015-03-31/functionsx", b"", None),
        ([], "/bucket/v1/pipes", b"", None),
        ([(b"authorization", b"Bearer states")], "/", b"", None),
        # The signature's word counts, not the path's: a bucket may be called anything.
        (signed("s3"), "/schedules/k", b"", "s3"),
    ],
)
def test_the_service_of_a_request(
    headers: list[tuple[bytes, bytes]], path: str, query: bytes, service: str | None
) -> None:
    assert service_of({"headers": headers, "path": path, "query_string": query}) == service


def test_a_call_cut_short_by_a_kill_is_a_503_that_sdks_retry(own_aws: LocalAws, tmp_path: Path) -> None:
    """The process dies while it holds the request: the front answers, and the next call waits for the new process."""
    ready = tmp_path / "ready"
    source = f"import time\ndef handler(event, context):\n    open({str(ready)!r}, 'w').close()\n    time.sleep(60)\n"
    arn = function(own_aws, source, Timeout=60)
    connection = http.client.HTTPConnection("127.0.0.1", int(own_aws.endpoint.rpartition(":")[2]), timeout=30)
    connection.request("POST", f"/2015-03-31/functions/{arn}/invocations", "{}")
    until(ready.exists, what="the call's arrival")
    os.kill(own_aws.pids["services"], signal.SIGKILL)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("x-amzn-errortype")) == (503, "ServiceUnavailableException")
    assert own_aws.client("lambda").get_function(FunctionName=arn)["Configuration"]["Version"] == "1"
