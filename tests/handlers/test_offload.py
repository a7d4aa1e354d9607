"""Offloaded values: kept in S3 by one entry point, passed on by reference, loaded and checked by another."""

import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from ministack.services import s3
from pydantic import BaseModel

from handlers import clients
from handlers.entry import entry
from handlers.errors import HandlerError, InvalidInput, InvalidResult, Unavailable
from payloads.offloaded import Offloaded
from tests.handlers import aws
from tests.handlers.test_entry import Context
from workflow import Pass, Task, Workflow
from workflow.testing import Environment

EXECUTION = "arn:aws:states:eu-central-1:111122223333:express:readings:run-1:0d6c3b1e"


class Row(BaseModel):
    number: int
    text: str


class Day(BaseModel):
    rows: int


class Loaded(BaseModel):
    rows: Offloaded[list[Row]]
    count: int


class Total(BaseModel):
    sum: int
    characters: int


def load(day: Day) -> Loaded:
    rows = [Row(number=n, text="x" * 1_000) for n in range(day.rows)]
    return Loaded(rows=Offloaded(rows), count=len(rows))


def double(rows: Offloaded[list[Row]]) -> Offloaded[list[Row]]:
    return Offloaded([Row(number=row.number * 2, text=row.text) for row in rows.value])


def total(rows: Offloaded[list[Row]]) -> Total:
    return Total(sum=sum(row.number for row in rows.value), characters=sum(len(row.text) for row in rows.value))


class Bucket:
    """A bucket of MiniStack's, in this process, behind a real client."""

    def __init__(self) -> None:
        self.name = f"offloaded-{uuid4().hex}"
        self.client = aws._client("s3", self._answer)
        self.requests: list[AWSPreparedRequest] = []
        self.failures: list[int] = []
        self.client.create_bucket(Bucket=self.name)
        self.requests.clear()

    @property
    def objects(self) -> dict[str, int]:
        """The sizes of the objects, by key."""
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {each["Key"]: each["Size"] for each in found}

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.requests.append(request)
        if self.failures:
            return aws._response(request, self.failures.pop(), {}, b"<Error><Code>SlowDown</Code></Error>")
        url = urlsplit(request.url)
        host = (url.hostname or "").split(".")
        path = url.path if host[0] == "s3" else f"/{host[0]}{url.path}"
        headers = {name.lower(): aws._text(value) for name, value in request.headers.items()}
        sent: Any = request.body
        body = sent.read() if hasattr(sent, "read") else aws._bytes(sent)
        work = s3.handle_request(request.method, path, headers, body, parse_qs(url.query, keep_blank_values=True))
        status, answered, content = aws._now(work)
        return aws._response(request, status, answered, content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    bucket = Bucket()
    monkeypatch.setattr(clients, "s3", lambda: bucket.client)
    monkeypatch.setenv("OFFLOAD_BUCKET", bucket.name)
    monkeypatch.delenv("OFFLOAD_KEY", raising=False)
    return bucket


def call(function: Any, given: Any, execution: str = EXECUTION) -> Any:
    event = {"input": given, "execution": execution, "state": "S", "attempt": 0}
    return json.loads(json.dumps(entry(function)(event, Context())))  # type: ignore[arg-type]


def test_two_megabytes_go_through_three_states(bucket: Bucket) -> None:
    flow = (
        Task("Load", load)
        >> Pass("Rows", Loaded, lambda loaded: loaded.rows)
        >> Task("Double", double)
        >> Task("Total", total)
    )
    environment = Environment(invoke=lambda fn, payload: entry(fn)(payload, Context()))  # type: ignore[arg-type]
    result = environment.run(Workflow.standard("loading", flow), Day(rows=2_000))
    assert result.output == Total(sum=2_000 * 1_999, characters=2_000_000)
    assert sorted(size > 2_000_000 for size in bucket.objects.values()) == [True, True]
    for state in ("Load", "Rows", "Double", "Total"):
        assert len(json.dumps(result.state(state).input)) < 300, state


def test_what_a_state_passes_on_is_a_small_reference(bucket: Bucket) -> None:
    loaded = call(load, {"rows": 3})
    (key,) = bucket.objects
    assert loaded == {"rows": {"offloaded": key, "bytes": bucket.objects[key]}, "count": 3}
    content = bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read()
    assert key == f"offloaded/readings/run-1/0d6c3b1e/{hashlib.sha256(content).hexdigest()}"
    assert json.loads(content)[2] == {"number": 2, "text": "x" * 1_000}


def test_another_attempt_keeps_the_same_object_and_another_execution_its_own(bucket: Bucket) -> None:
    assert call(load, {"rows": 1}) == call(load, {"rows": 1})
    assert len(bucket.objects) == 1
    call(load, {"rows": 1}, EXECUTION.replace("run-1", "run-2"))
    call(load, {"rows": 1}, "")
    names = {key.rpartition("/")[0] for key in bucket.objects}
    assert names == {f"offloaded/readings/{run}/0d6c3b1e" for run in ("run-1", "run-2")} | {"offloaded/no-execution"}


@pytest.mark.parametrize("key, encryption", [("", "AES256"), ("arn:aws:kms:eu-central-1:1:key/k", "aws:kms")])
def test_objects_are_encrypted(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, key: str, encryption: str) -> None:
    if key:
        monkeypatch.setenv("OFFLOAD_KEY", key)
    call(load, {"rows": 1})
    (request,) = [request for request in bucket.requests if request.method == "PUT"]
    headers = {name.lower(): aws._text(value) for name, value in request.headers.items()}
    assert headers["x-amz-server-side-encryption"] == encryption
    assert headers.get("x-amz-server-side-encryption-aws-kms-key-id", "") == key


def test_what_was_loaded_is_checked(bucket: Bucket) -> None:
    def texts(day: Day) -> Offloaded[list[str]]:
        return Offloaded(["no row"])

    with pytest.raises(InvalidInput, match=r"^total cannot read its input: input\.0: model_type$"):
        call(total, call(texts, {"rows": 1}))


def test_a_changed_object_is_refused(bucket: Bucket) -> None:
    reference = call(load, {"rows": 1})["rows"]
    bucket.client.put_object(Bucket=bucket.name, Key=reference["offloaded"], Body=b"[]")
    with pytest.raises(InvalidInput, match="input: offloaded_changed"):
        call(total, reference)


def test_a_removed_object_is_missed(bucket: Bucket) -> None:
    reference = call(load, {"rows": 1})["rows"]
    bucket.client.delete_object(Bucket=bucket.name, Key=reference["offloaded"])
    with pytest.raises(InvalidInput, match="input: offloaded_missing"):
        call(total, reference)


DIGEST = hashlib.sha256(b"[]").hexdigest()


@pytest.mark.parametrize(
    "given",
    [
        [],
        None,
        {},
        {"offloaded": 1},
        {"offloaded": DIGEST},
        {"offloaded": "offloaded/m/e/0"},
        {"offloaded": f"offloaded/../{DIGEST}"},
        {"offloaded": f"/offloaded/{DIGEST}"},
        {"offloaded": f"offloaded//{DIGEST}"},
    ],
)
def test_what_is_no_reference_is_refused_and_nothing_is_read(bucket: Bucket, given: Any) -> None:
    with pytest.raises(InvalidInput, match="input: offloaded_reference"):
        call(total, given)
    assert bucket.requests == []


def test_nothing_else_of_the_bucket_can_be_read(bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key=f"secrets/{DIGEST}", Body=b"[]")
    bucket.requests.clear()
    with pytest.raises(InvalidInput, match="input: offloaded_missing"):
        call(total, {"offloaded": f"secrets/{DIGEST}"})
    assert bucket.requests == []


def test_a_slow_s3_is_tried_again_by_the_workflow(bucket: Bucket) -> None:
    reference = call(load, {"rows": 1})["rows"]
    bucket.failures = [503]
    with pytest.raises(Unavailable, match="could not offload a result: SlowDown"):
        call(load, {"rows": 2})
    bucket.failures = [503]
    with pytest.raises(Unavailable, match="could not load an offloaded value: SlowDown"):
        call(total, reference)


def test_a_function_without_a_bucket_says_so(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = call(load, {"rows": 1})["rows"]
    monkeypatch.delenv("OFFLOAD_BUCKET")
    for function, given in ((load, {"rows": 1}), (total, reference)):
        with pytest.raises(HandlerError, match="the environment variable OFFLOAD_BUCKET is not set"):
            call(function, given)


def test_a_value_of_another_type_is_no_result(bucket: Bucket) -> None:
    def wrong(day: Day) -> Offloaded[list[Row]]:
        return Offloaded(["no row"])  # type: ignore[list-item]

    with pytest.raises(InvalidResult, match="wrong returned something else than its annotation says"):
        call(wrong, {"rows": 1})
    assert bucket.objects == {}


def test_without_an_entry_point_this_process_keeps_the_values() -> None:
    flow = Task("Load", load) >> Pass("Rows", Loaded, lambda loaded: loaded.rows) >> Task("Total", total)
    result = Environment().run(Workflow.standard("direct", flow), Day(rows=2))
    assert result.output == Total(sum=1, characters=2_000)
    assert len(json.dumps(result.state("Total").input)) < 200


def test_values_are_equal_by_what_they_hold_and_never_printed() -> None:
    assert Offloaded([1]) == Offloaded([1]) != Offloaded([2])
    assert Offloaded([1]) != [1]
    assert repr(Loaded(rows=Offloaded([]), count=0)) == "Loaded(rows=Offloaded(list), count=0)"
