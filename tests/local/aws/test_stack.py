"""The processes as a whole: where they listen, what they see, what they write, and how they die."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any

import pytest

from local.aws import ChildFailed, LocalAws
from local.aws.process import ROOT, clean_environment, spawn
from tests.local.aws.support import ROLE, function, invoke, messages, pipe, queue, state_machine, until, waiting

ECHO = "import os\ndef handler(event, context): return {'environment': dict(os.environ), 'pid': os.getpid()}\n"
LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def listening(pids: list[int]) -> dict[str, set[str]]:
    """Where processes listen (TCP) or are bound (UDP): inode's local address as /proc writes it, by protocol."""
    inodes = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(descriptor)
            except OSError:
                continue
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found: dict[str, set[str]] = {}
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
            words = line.split()
            if words[9] in inodes and (words[3] == "0A" or protocol.startswith("udp")):
                found.setdefault(protocol, set()).add(words[1])
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@linux
def test_nothing_listens_outside_loopback(aws: LocalAws) -> None:
    invoke(aws, function(aws, ECHO), {})  # so that a worker and its Runtime API are there
    addresses = listening([pid for child in aws.pids.values() for pid in tree(child)])
    hosts = {address.partition(":")[0] for found in addresses.values() for address in found}
    assert len(addresses["tcp"]) >= 4  # endpoint, broker, services, a worker's API
    assert hosts <= LOOPBACK


def test_a_listener_outside_loopback_is_refused(tmp_path: Path) -> None:
    """Whatever a part does by default: the processes cannot bind another address."""
    program = """
        import json, socket, sys
        from local.aws.process import enlist, report_ready
        settings = json.loads(sys.argv[1])
        enlist(settings)
        answers = []
        for host in ("0.0.0.0", "", "127.0.0.1"):
            try:
                socket.socket().bind((host, 0))
                answers.append("bound")
            except PermissionError:
                answers.append("refused")
        report_ready(settings, {"answers": answers})
    """
    module = tmp_path / "binder.py"
    module.write_text(textwrap.dedent(program))
    os.environ["PYTHONPATH"] = str(tmp_path)
    try:
        child = spawn("binder", {}, log=tmp_path / "log", home=tmp_path)
    finally:
        del os.environ["PYTHONPATH"]
    child.stop()
    assert child.report["answers"] == ["refused", "refused", "bound"]


def test_the_users_aws_settings_are_invisible(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real-secret")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("SOME_TOKEN", "real-token")
    with LocalAws(state=tmp_path / "aws") as aws:
        environment = invoke(aws, function(aws, ECHO), {})[0]["environment"]
        seen = [environment, *(_environment(pid) for pid in aws.pids.values())]
    for variables in seen:
        assert "AWS_PROFILE" not in variables
        assert not {"AKIAREAL", "real-secret", "real-token"} & set(variables.values())
        assert variables["HOME"] == str(tmp_path / "aws" / "home")
        assert variables["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
        assert variables["AWS_EC2_METADATA_DISABLED"] == "true"


def _environment(pid: int) -> dict[str, str]:
    if sys.platform != "linux":
        return clean_environment(Path("/"))
    pairs = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return dict(pair.decode().split("=", 1) for pair in pairs if pair)


def test_every_file_is_the_users_own(aws: LocalAws) -> None:
    invoke(aws, function(aws, ECHO), {})
    found = list(aws.state_dir.rglob("*"))
    open_to_others = [path for path in found if path.lstat().st_mode & 0o077 and "__pycache__" not in path.parts]
    assert aws.ca_file in found
    assert open_to_others == []


def test_the_services_come_back_with_what_they_had(own_aws: LocalAws) -> None:
    aws = own_aws
    told: list[str] = []
    aws._on_event = told.append
    seen, _ = queue(aws)
    source = (
        "import os, boto3\nsqs = boto3.client('sqs')\ndef handler(event, context):\n"
        "    for record in event['input']:\n"
        "        sqs.send_message(QueueUrl=os.environ['SEEN'], MessageBody=record['body'])\n"
    )
    arn = function(aws, source, Environment={"Variables": {"SEEN": seen}})
    url, queue_arn = queue(aws, VisibilityTimeout="120")
    name = pipe(aws, queue_arn, state_machine(aws, arn))
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="before")
    messages(aws, seen, 1)
    old = aws.pids["services"]
    for number in range(60):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
        if number == 30:
            os.kill(old, signal.SIGKILL)
    # Each comes, perhaps twice, though the visibility timeout is far longer than this test.
    came: set[str] = set()

    def all_came() -> bool:
        came.update(message["Body"] for message in messages(aws, seen, 1))
        return len(came) == 60

    until(all_came, 30, "each message's arrival")
    until(lambda: waiting(aws, url) == 0, what="an empty queue")
    assert aws.pids["services"] != old
    assert told and "starting it again" in told[0]
    assert aws.client("pipes").describe_pipe(Name=name)["CurrentState"] == "RUNNING"
    assert aws.client("lambda").get_function(FunctionName=arn)["Configuration"]["Version"] == "1"
    assert invoke(aws, arn, {"input": []})[1] is None
    assert aws.failure is None


def test_a_standard_execution_goes_on_where_it_was(own_aws: LocalAws, tmp_path: Path) -> None:
    """Killed in mid-wait and in mid-task: the wait ends when it would have, and the task in flight runs again."""
    aws = own_aws
    calls = tmp_path / "calls"
    source = (
        "import os, time\ndef handler(event, context):\n"
        f"    with open({str(calls)!r}, 'a') as file: file.write(event['step'] + '\\n')\n"
        "    if event['step'] == 'second' and not os.path.exists(event['flag']):\n"
        "        open(event['flag'], 'w').close()\n        time.sleep(60)\n"
        "    return event['step']\n"
    )
    arn = function(aws, source, Timeout=90)

    def task(step: str, following: dict[str, Any]) -> dict[str, Any]:
        payload = {"step": step, "flag": str(tmp_path / "flag")}
        arguments = {"FunctionName": arn, "Payload": payload}
        return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, **following}

    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "First",
        "States": {
            "First": task("first", {"Next": "Pause"}),
            "Pause": {"Type": "Wait", "Seconds": 1, "Next": "Second"},
            "Second": task("second", {"Output": "{% $states.result.Payload %}", "End": True}),
        },
    }
    client = aws.client("stepfunctions")
    machine = client.create_state_machine(name="slow", roleArn=ROLE, definition=json.dumps(definition))[
        "stateMachineArn"
    ]
    execution = client.start_execution(stateMachineArn=machine, name="once", input="{}")["executionArn"]
    until(calls.exists, what="the first task")
    os.kill(aws.pids["services"], signal.SIGKILL)
    until(lambda: (tmp_path / "flag").exists(), what="the second task")
    os.kill(aws.pids["services"], signal.SIGKILL)

    def ended() -> Any:
        shown = client.describe_execution(executionArn=execution)
        return shown if shown["status"] != "RUNNING" else None

    shown = until(ended, what="the execution's end")
    assert (shown["status"], json.loads(shown["output"])) == ("SUCCEEDED", "second")
    assert calls.read_text().split() in (["first", "second", "second"], ["first", "first", "second", "second"])


def test_the_emulators_end_is_told_and_final(own_aws: LocalAws) -> None:
    told: list[str] = []
    happened = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        happened.set()

    own_aws._on_event = tell
    os.kill(own_aws.pids["emulator"], signal.SIGKILL)
    assert happened.wait(10)
    assert own_aws.failure is not None
    assert "emulator ended with code -9" in own_aws.failure
    # Nobody is left to answer: a client is refused at once instead of waiting in a queue that nobody empties.
    for port in (int(own_aws.endpoint.rpartition(":")[2]), own_aws.mqtt_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)


@linux
def test_children_and_workers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = f"""
        import sys
        from pathlib import Path
        sys.path.insert(0, {str(ROOT)!r})
        from local.aws import LocalAws
        from tests.local.aws.support import ROLE, function, invoke
        aws = LocalAws(state=Path({str(tmp_path / "aws")!r})).start()
        worker = invoke(aws, function(aws, {ECHO!r}), {{}})[0]["pid"]
        print(*aws.pids.values(), worker, flush=True)
        sys.stdin.read()
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 3
    parent.kill()
    parent.wait()
    until(lambda: all(gone(pid) for pid in pids), 10, "the children's end")


def test_stopping_ends_everything_and_removes_a_temporary_folder() -> None:
    aws = LocalAws().start()
    worker = invoke(aws, function(aws, ECHO), {})[0]["pid"]
    pids = [*aws.pids.values(), worker]
    folder = aws.state_dir
    assert folder.is_dir()
    aws.stop()
    aws.stop()
    assert not folder.exists()
    if sys.platform == "linux":
        until(lambda: all(gone(pid) for pid in pids), 5, "the children's end")


def test_a_child_that_ends_while_starting_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ChildFailed, match="ended with code 1 while starting") as failed:
        spawn("local.aws.services", {"http_fd": 0}, log=tmp_path / "log", home=tmp_path)
    assert "not a socket" in str(failed.value).lower() or "non-socket" in str(failed.value)


def test_settings_reach_both_processes(aws: LocalAws) -> None:
    identity: Any = aws.client("sts").get_caller_identity()
    assert identity["Account"] == aws.account
    arn = function(aws, ECHO)
    assert arn.split(":")[3:5] == [aws.region, aws.account]
