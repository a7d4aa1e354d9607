"""The Lambda API and its workers, with AWS's runtime client and with our own loop."""

import asyncio
import base64
import http.client
import io
import json
import os
import signal
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import LocalAws
from local.aws.call import JsonClient
from local.aws.lambdas.cloudwatch import MOST_BYTES, TARGET, Shipper
from local.aws.lambdas.logs import log_of, turn_over
from local.aws.lambdas.pool import Pool
from local.aws.lambdas.runtime_api import Invocation
from local.aws.lambdas.worker_process import Spec
from tests.local.aws.support import ROLE, archive, code_of, function, invoke, name, until

HANDLER = """
import os, sys, time, signal
class InvalidReading(Exception): pass
count = 0
def handler(event, context):
    global count
    count += 1
    do = event.get("do")
    if do == "raise": raise InvalidReading("no temperature \\u00e9")
    if do == "sleep": time.sleep(60)
    if do == "exit": os._exit(event["code"])
    if do == "sys.exit": sys.exit(4)
    if do == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if do == "wait":
        open(event["ready"], "w").write(str(os.getpid()))
        time.sleep(60)
    if do == "large": return "x" * 6_300_000
    if do == "unserialisable": return object()
    if do == "print":
        print("said", event["what"])
    return {"count": count, "pid": os.getpid(), "environment": dict(os.environ), "path": sys.path,
            "arn": context.invoked_function_arn, "left": context.get_remaining_time_in_millis(),
            "id": context.aws_request_id, "echo": event.get("echo")}
"""


@pytest.fixture(scope="module", params=["auto", "loop"])
def lambdas(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A local AWS whose workers run AWS's client, and one whose workers run ours."""
    with LocalAws(state=tmp_path_factory.mktemp("lambda"), runtime=request.param) as running:
        yield running


@pytest.fixture(scope="module")
def arn(lambdas: LocalAws) -> str:
    """One function for all tests that need nothing special of it."""
    return function(lambdas, HANDLER)


def test_a_function_answers_with_its_own_environment(lambdas: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = function(lambdas, HANDLER, Environment={"Variables": {"TABLE": "readings"}}, Timeout=7, MemorySize=256)
    answer, error = invoke(lambdas, arn, {"echo": {"é": [1, None, 1.5]}})
    assert error is None
    assert answer["echo"] == {"é": [1, None, 1.5]}
    assert answer["arn"] == arn
    assert 6000 < answer["left"] <= 7000
    environment = answer["environment"]
    assert environment["TABLE"] == "readings"
    assert environment["AWS_LAMBDA_FUNCTION_VERSION"] == "1"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert environment["AWS_ENDPOINT_URL"] == lambdas.endpoint
    assert answer["path"][0] == environment["LAMBDA_TASK_ROOT"]
    root = str(Path(__file__).parents[3])
    assert root not in answer["path"]  # the function's code is the archive's, not the repository's


def test_a_worker_stays_warm(lambdas: LocalAws, arn: str) -> None:
    first, second = invoke(lambdas, arn, {})[0], invoke(lambdas, arn, {})[0]
    assert (second["count"], second["pid"]) == (first["count"] + 1, first["pid"])
    assert second["id"] != first["id"]


def test_an_exception_keeps_its_class_name_and_the_worker_lives(lambdas: LocalAws, arn: str) -> None:
    pid = invoke(lambdas, arn, {})[0]["pid"]
    answer, error = invoke(lambdas, arn, {"do": "raise"})
    assert error == "Unhandled"
    assert answer["errorType"] == "InvalidReading"
    assert answer["errorMessage"] == "no temperature é"
    assert any("app.py" in line and "raise InvalidReading" in line for line in answer["stackTrace"])
    assert invoke(lambdas, arn, {})[0]["pid"] == pid


@pytest.mark.parametrize(
    ("event", "text"),
    [
        ({"do": "exit", "code": 3}, "Error: Runtime exited with error: exit status 3"),
        ({"do": "exit", "code": 0}, "Error: Runtime exited without providing a reason"),
        ({"do": "sys.exit"}, "Error: Runtime exited with error: exit status 4"),
        ({"do": "kill"}, "Error: Runtime exited with error: signal: killed"),
    ],
)
def test_a_worker_that_dies_is_an_exit_error(lambdas: LocalAws, arn: str, event: Any, text: str) -> None:
    answer, error = invoke(lambdas, arn, event)
    assert (answer["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    assert answer["errorMessage"].startswith("RequestId: ") and answer["errorMessage"].endswith(text)
    assert invoke(lambdas, arn, {})[0]["count"] == 1


def test_a_worker_killed_from_outside_in_mid_call(lambdas: LocalAws, arn: str, tmp_path: Path) -> None:
    ready = tmp_path / "pid"
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(invoke, lambdas, arn, {"do": "wait", "ready": str(ready)})
        pid = int(until(lambda: ready.exists() and ready.read_text(), what="the handler's start"))
        os.kill(pid, signal.SIGKILL)
        answer, error = call.result(20)
    assert (answer["errorType"], error) == ("Runtime.ExitError", "Unhandled")


def test_a_timeout_ends_the_worker(lambdas: LocalAws) -> None:
    arn = function(lambdas, HANDLER, Timeout=1)
    pid = invoke(lambdas, arn, {})[0]["pid"]
    answer, error = invoke(lambdas, arn, {"do": "sleep"})
    assert (answer["errorType"], error) == ("Sandbox.Timedout", "Unhandled")
    assert answer["errorMessage"].endswith("Error: Task timed out after 1.00 seconds")
    until(lambda: not Path(f"/proc/{pid}").exists(), what="the worker's end")
    assert invoke(lambdas, arn, {})[0]["count"] == 1


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("missing.handler", "Runtime.ImportModuleError"),
        ("wrong.handler", "Runtime.ImportModuleError"),
        ("broken.handler", "ValueError"),
        ("syntax.handler", "Runtime.UserCodeSyntaxError"),
        ("app.missing", "Runtime.HandlerNotFound"),
        ("nodot", "Runtime.MalformedHandlerName"),
    ],
)
def test_what_cannot_be_loaded_says_so(lambdas: LocalAws, handler: str, kind: str) -> None:
    code = archive(app=HANDLER, wrong="import not_there", broken="raise ValueError('x')", syntax="def (")
    created = lambdas.client("lambda").create_function(
        FunctionName=name("function"), Handler=handler, Runtime="python3.13", Role=ROLE, Code={"ZipFile": code}
    )
    for _ in range(2):  # the second start fails like the first
        answer, error = invoke(lambdas, created["FunctionArn"], {})
        assert (answer["errorType"], error) == (kind, "Unhandled")


def test_answers_that_are_no_answers(lambdas: LocalAws, arn: str) -> None:
    assert invoke(lambdas, arn, {"do": "large"})[0]["errorType"] == "Function.ResponseSizeTooLarge"
    assert invoke(lambdas, arn, {"do": "unserialisable"})[0]["errorType"] == "Runtime.MarshalError"
    assert invoke(lambdas, arn, {})[1] is None


def test_concurrent_calls_get_workers_of_their_own_up_to_the_bound(lambdas: LocalAws) -> None:
    source = "import os, time\ndef handler(event, context):\n    time.sleep(0.2)\n    return os.getpid()\n"
    arn = function(lambdas, source)
    with ThreadPoolExecutor(8) as pool:
        pids = [answer for answer, _ in pool.map(lambda _: invoke(lambdas, arn, {}), range(8))]
    assert 1 < len(set(pids)) <= 3


def test_what_a_handler_prints_is_in_its_log(lambdas: LocalAws, arn: str) -> None:
    word = name("word")
    answer = lambdas.client("lambda").invoke(
        FunctionName=arn, Payload=json.dumps({"do": "print", "what": word}), LogType="Tail"
    )
    assert f"said {word}" in base64.b64decode(answer["LogResult"]).decode()
    log = lambdas.state_dir / "logs" / f"lambda-{arn.split(':')[6]}.log"
    assert f"said {word}" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_what_a_handler_prints_is_in_its_log_group(aws: LocalAws) -> None:
    """Made by the function where there is none, as on AWS."""
    arn = function(aws, HANDLER)
    group = f"/aws/lambda/{arn.split(':')[6]}"
    word = name("word")
    invoke(aws, arn, {"do": "print", "what": word})
    logs = aws.client("logs")

    def found() -> Any:
        try:
            return logs.filter_log_events(logGroupName=group, filterPattern=f'"said {word}"')["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []

    [event] = until(found, what="the line in the log group")
    assert event["message"] == f"said {word}"


async def test_a_log_group_gets_the_newest_of_what_is_too_much(aws: LocalAws, tmp_path: Path) -> None:
    group, log = name("/group"), tmp_path / "log"
    shipper = Shipper(JsonClient(aws.endpoint, "logs", TARGET, aws.region, "1.1"), dict)
    log.write_bytes(b"first\nhalf")
    await shipper.ship(group, log)
    with log.open("ab") as file:
        file.write(b" and half\n" + b"x" * MOST_BYTES + b"\nlast\n")
    await shipper.ship(group, log)
    log.write_bytes(b"anew\n")
    await shipper.ship(group, log)
    events = [event["message"] for event in aws.client("logs").filter_log_events(logGroupName=group)["events"]]
    assert events[0] == "first"
    assert events[1].endswith(f"bytes are left out here; {log} has them]")
    assert events[2:] == ["last", "anew"]


async def test_a_log_group_keeps_two_streams(aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.aws.lambdas.cloudwatch.STREAM_EVENTS", 3)
    group, log = name("/group"), tmp_path / "log"
    shipper = Shipper(JsonClient(aws.endpoint, "logs", TARGET, aws.region, "1.1"), dict)
    for number in range(8):
        with log.open("a") as file:
            file.write(f"line {number}\n")
        await shipper.ship(group, log)
    logs = aws.client("logs")
    assert len(logs.describe_log_streams(logGroupName=group)["logStreams"]) == 2
    events = [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]
    assert sorted(events) == ["line 3", "line 4", "line 5", "line 6", "line 7"]


async def test_a_worker_that_nobody_calls_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.aws.lambdas.worker_process.IDLE_SECONDS", 0.2)
    (tmp_path / "app.py").write_text("def handler(event, context): return 1\n")
    spec = Spec("f", "1", "app.handler", "python3.13", 5.0, 128, tmp_path, tmp_path / "log", {}, {})
    pool = Pool(spec, tmp_path, 1)
    assert (await pool.invoke(Invocation(b"{}", "arn", 5.0))).payload == b"1"
    [pid] = pool.pids
    async with asyncio.timeout(20):
        while pool.pids:
            await asyncio.sleep(0)
    assert (await pool.invoke(Invocation(b"{}", "arn", 5.0))).payload == b"1"
    assert pool.pids != [pid]
    await pool.close()


def test_a_log_that_is_too_large_begins_again(tmp_path: Path) -> None:
    log = log_of(tmp_path, "f")
    writer = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(writer, b"old\n" * 10)
    assert not turn_over(log, largest=40)
    assert turn_over(log, largest=39)
    os.write(writer, b"new\n")
    os.close(writer)
    assert log.read_text() == "new\n"
    assert log.with_suffix(".log.1").read_text() == "old\n" * 10
    assert not turn_over(log_of(tmp_path, "missing"))


def test_a_workers_runtime_api_is_for_its_worker(aws: LocalAws) -> None:
    """A web page that found the port gets no event and cannot answer one."""
    source = "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_RUNTIME_API']\n"
    address = invoke(aws, function(aws, source), {})[0]
    for path, headers in (
        ("/2018-06-01/runtime/invocation/next", {"Sec-Fetch-Site": "cross-site"}),
        ("/2018-06-01/runtime/invocation/next", {"Origin": "http://evil.example"}),
        ("/2018-06-01/runtime/invocation/next", {"Host": "evil.example"}),
        ("/2018-06-01/runtime/init/error", {"Origin": "null"}),
    ):
        connection = http.client.HTTPConnection(address, timeout=5)
        connection.request("POST" if "error" in path else "GET", path, headers=headers)
        assert connection.getresponse().status == 403
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.request("POST", "/2018-06-01/runtime/invocation/unknown/response", "{}")
    assert connection.getresponse().status == 400


def test_an_event_runs_later(lambdas: LocalAws, arn: str, tmp_path: Path) -> None:
    ready = tmp_path / "pid"
    accepted = lambdas.client("lambda").invoke(
        FunctionName=arn, InvocationType="Event", Payload=json.dumps({"do": "wait", "ready": str(ready)})
    )
    assert accepted["StatusCode"] == 202
    until(ready.exists, what="the event's run")


# The API, which is the same whatever runs the handlers


def test_versions_are_published_when_something_changed(aws: LocalAws) -> None:
    client = aws.client("lambda")
    arn = function(aws, "def handler(event, context): return 1\n")
    plain = arn.rpartition(":")[0]
    assert client.publish_version(FunctionName=plain)["Version"] == "1"
    client.update_function_code(FunctionName=plain, ZipFile=archive(app="def handler(event, context): return 2\n"))
    assert client.publish_version(FunctionName=plain)["FunctionArn"] == f"{plain}:2"
    client.update_function_configuration(FunctionName=plain, Timeout=9)
    assert client.publish_version(FunctionName=plain, Description="slower")["Version"] == "3"
    versions = client.list_versions_by_function(FunctionName=plain)["Versions"]
    assert [(v["Version"], v["Timeout"]) for v in versions] == [("$LATEST", 9), ("1", 10), ("2", 10), ("3", 9)]
    # An old version still runs its own code.
    assert [invoke(aws, f"{plain}:{n}", {})[0] for n in (1, 2, 3)] == [1, 2, 2]
    assert invoke(aws, plain, {})[0] == 2
    client.delete_function(FunctionName=plain, Qualifier="1")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName=plain, Qualifier="1")
    client.delete_function(FunctionName=plain)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_configuration(FunctionName=plain)


def test_configuration_and_tags_are_what_was_given(aws: LocalAws) -> None:
    client = aws.client("lambda")
    layer = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313-arm64:7"
    arn = function(
        aws, "def handler(event, context): pass\n", Architectures=["arm64"], Layers=[layer], Tags={"stack": "local"},
        TracingConfig={"Mode": "Active"}, LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
    )  # fmt: skip
    shown = client.get_function(FunctionName=arn)
    configuration = shown["Configuration"]
    assert configuration["Architectures"] == ["arm64"]
    assert [found["Arn"] for found in configuration["Layers"]] == [layer]
    assert configuration["TracingConfig"] == {"Mode": "Active"}
    assert configuration["LoggingConfig"]["LogGroup"] == f"/aws/lambda/{arn.split(':')[6]}"
    assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Active", "Successful")
    assert shown["Tags"] == {"stack": "local"}
    plain = arn.rpartition(":")[0]
    client.tag_resource(Resource=plain, Tags={"more": "1"})
    client.untag_resource(Resource=plain, TagKeys=["stack"])
    assert client.list_tags(Resource=plain)["Tags"] == {"more": "1"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Timeout": 901}, "InvalidParameterValueException"),
        ({"Timeout": 0}, "InvalidParameterValueException"),
        ({"Role": "nobody"}, "InvalidParameterValueException"),
        ({"Runtime": "nodejs22.x"}, "InvalidParameterValueException"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "InvalidParameterValueException"),
        ({"Environment": {"Variables": {"LARGE": "x" * 5000}}}, "InvalidParameterValueException"),
        ({"Code": {"ZipFile": b"no zip"}}, "InvalidParameterValueException"),
        ({"Code": {"S3Bucket": "nowhere-at-all", "S3Key": "k"}}, "InvalidParameterValueException"),
    ],
)
def test_what_lambda_refuses_is_refused(aws: LocalAws, change: dict[str, Any], code: str) -> None:
    given = {
        "FunctionName": name("function"), "Handler": "app.handler", "Runtime": "python3.13", "Role": ROLE,
        "Code": {"ZipFile": archive(app="")},
    }  # fmt: skip
    client = aws.client("lambda", config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as refused:
        client.create_function(**{**given, **change})
    assert code_of(refused.value) == code


def test_an_archive_cannot_write_outside_its_folder(aws: LocalAws) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("../../escaped.py", "x = 1")
    with pytest.raises(ClientError, match="refused"):
        aws.client("lambda").create_function(
            FunctionName=name("function"), Handler="a.b", Runtime="python3.13", Role=ROLE,
            Code={"ZipFile": buffer.getvalue()},
        )  # fmt: skip
    assert not list(aws.state_dir.rglob("escaped.py"))


def test_code_comes_from_a_bucket_too(aws: LocalAws) -> None:
    bucket = name("bucket")
    s3 = aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="code.zip", Body=archive(app="def handler(event, context): return 'from s3'\n"))
    created = aws.client("lambda").create_function(
        FunctionName=name("function"), Handler="app.handler", Runtime="python3.13", Role=ROLE,
        Code={"S3Bucket": bucket, "S3Key": "code.zip"},
    )  # fmt: skip
    assert invoke(aws, created["FunctionArn"], {})[0] == "from s3"


def test_calls_that_cannot_be_made(aws: LocalAws) -> None:
    client = aws.client("lambda")
    arn = function(aws, "def handler(event, context): pass\n")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke(FunctionName=arn.rpartition(":")[0], Qualifier="9")
    with pytest.raises(client.exceptions.InvalidRequestContentException):
        client.invoke(FunctionName=arn, Payload=b"{")
    with pytest.raises(client.exceptions.ResourceConflictException):
        client.create_function(
            FunctionName=arn.split(":")[6],
            Handler="a.b",
            Runtime="python3.13",
            Role=ROLE,
            Code={"ZipFile": archive(a="")},
        )
    with pytest.raises(client.exceptions.PreconditionFailedException):
        client.update_function_configuration(FunctionName=arn.rpartition(":")[0], RevisionId="old", Timeout=5)
    with pytest.raises(ClientError, match="does not offer lambda:PutFunctionConcurrency"):
        client.put_function_concurrency(FunctionName=arn, ReservedConcurrentExecutions=1)


def test_without_a_wheel_of_the_runtime_client_our_own_takes_over(aws: LocalAws) -> None:
    """As on a Mac: the client's compiled half cannot be imported."""
    source = "import sys\ndef handler(event, context): return 'awslambdaric.bootstrap' in sys.modules\n"
    client = aws.client("lambda")
    answers = []
    for modules in ({}, {"runtime_client": "raise ImportError('no wheel')"}):
        created = client.create_function(
            FunctionName=name("function"), Handler="app.handler", Runtime="python3.13", Role=ROLE,
            Code={"ZipFile": archive(app=source, **modules)},
        )  # fmt: skip
        answers.append(invoke(aws, created["FunctionArn"], {}))
    assert answers == [(True, None), (False, None)]
