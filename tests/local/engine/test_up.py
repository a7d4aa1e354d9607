"""Deployments of small programs to the real local AWS."""

import http.server
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.aws.stack import LocalAws
from local.engine import DeploymentError, Event, down, up
from local.engine.deploying import Deployment
from local.resources import queue, topic
from local.resources.base import Call, Made

from .conftest import Write

QUEUE = "aws:sqs/queue:Queue"


class Deployer:
    """Deploys programs, each with a state of its own."""

    def __init__(self, aws: LocalAws, state: Path) -> None:
        self.aws, self.state = aws, state
        self.events: list[Event] = []

    def __call__(self, program: Path, **config: str) -> Deployment:
        return up(
            "dev", self.aws.endpoint, state=self.state, program=program, config=config or None, on_event=self.note
        )

    def note(self, event: Event) -> None:
        self.events.append(event)

    def failure(self, program: Path) -> str:
        with pytest.raises(DeploymentError) as caught:
            self(program)
        return str(caught.value)

    def saved(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.state / "stack.json").read_text())
        return document

    def names(self, what: str = "resources") -> list[str]:
        return [entry["urn"].rsplit("::", 1)[1] for entry in self.saved()[what]]


@pytest.fixture
def deploy(local_aws: LocalAws, tmp_path: Path) -> Deployer:
    return Deployer(local_aws, tmp_path / "state")


def test_a_stack_exists_and_its_outputs_are_real(write: Write, deploy: Deployer) -> None:
    made = deploy(
        write(
            """
            dead = aws.sqs.Queue("dead")
            live = aws.sqs.Queue(
                "live",
                redrive_policy=dead.arn.apply(lambda a: json.dumps({"deadLetterTargetArn": a, "maxReceiveCount": 3})),
            )
            pulumi.export("url", live.url)
            pulumi.export("dead", dead.arn)
            pulumi.export("secret", pulumi.Output.secret({"a": [1]}))
            """
        )
    )
    attributes = deploy.aws.client("sqs").get_queue_attributes(QueueUrl=made.outputs["url"], AttributeNames=["All"])
    assert json.loads(attributes["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"] == made.outputs["dead"]
    assert made.outputs["secret"] == {"a": [1]}
    assert [resource.name for resource in made.of(QUEUE)] == ["dead", "live"]
    created = [event for event in deploy.events if event.kind == "created"]
    assert [event.subject for event in created] == ["aws:sqs/queue:Queue 'dead'", "aws:sqs/queue:Queue 'live'"]
    assert str(created[0]).startswith("aws:sqs/queue:Queue 'dead' created in 0.")


def test_the_state_has_it_all_and_is_nobody_elses(write: Write, deploy: Deployer) -> None:
    deploy(
        write(
            """
            class Pair(pulumi.ComponentResource):
                def __init__(self, name):
                    super().__init__("my:parts:Pair", name)
                    dead = aws.sqs.Queue("dead", opts=pulumi.ResourceOptions(parent=self, ignore_changes=["policy"]))
                    aws.sqs.Queue("live", policy=pulumi.Output.secret("{}"), name=dead.name.apply(lambda n: n + "2"))
                    self.register_outputs({"dead": dead.url})

            Pair("pair")
            pulumi.export("size", 5)
            """
        )
    )
    saved = deploy.saved()
    assert (deploy.state / "stack.json").stat().st_mode & 0o777 == 0o600
    assert (saved["project"], saved["stack"], saved["endpoint"]) == ("tiny", "dev", deploy.aws.endpoint)
    assert saved["pending"] == []
    assert saved["outputs"] == {"size": 5}
    by_name = {entry["urn"].rsplit("::", 1)[1]: entry for entry in saved["resources"]}
    assert deploy.names().index("dead") < deploy.names().index("live")
    dead, live, pair = by_name["dead"], by_name["live"], by_name["pair"]
    assert dead["id"] == dead["outputs"]["url"] == pair["outputs"]["dead"]
    assert dead["parent"] == pair["urn"]
    assert dead["options"] == {"ignoreChanges": ["policy"]}
    assert dead["place"].endswith("__main__.py:7:16")
    assert live["dependencies"] == [dead["urn"]]
    assert live["propertyDependencies"] == {"name": [dead["urn"]]}
    secret = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "{}"}
    assert live["inputs"]["policy"] == live["outputs"]["policy"] == secret


def test_a_resource_that_aws_refuses_names_its_line_and_stops_the_rest(write: Write, deploy: Deployer) -> None:
    error = deploy.failure(
        write(
            """
            role = aws.iam.Role("role", assume_role_policy="{}")
            policy = aws.iam.RolePolicy("policy", role=role.name, policy='{"Version": "2012-10-17", "Statement": []}')
            aws.sqs.Queue("after", opts=pulumi.ResourceOptions(depends_on=[policy]))
            """
        )
    )
    assert error == (
        "__main__.py:5:10: aws:iam/rolePolicy:RolePolicy 'policy': PutRolePolicy failed: MalformedPolicyDocument: "
        "Policy document must contain at least one Statement"
    )
    assert deploy.names() == ["tiny-dev", "role"]
    assert deploy.saved()["pending"] == []
    assert [event.kind for event in deploy.events] == ["created", "failed"]


def test_what_is_under_way_when_another_fails_is_finished_and_kept(
    write: Write, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, failed = threading.Event(), threading.Event()
    create = queue.HANDLER.create

    def slow(call: Call) -> Made:
        begun.set()
        assert failed.wait(20)
        return create(call)

    def failing(call: Call) -> Made:
        assert begun.wait(20)
        failed.set()
        raise ValueError("no luck")

    monkeypatch.setattr(queue.HANDLER, "create", slow)
    monkeypatch.setattr(topic.HANDLER, "create", failing)
    error = deploy.failure(write('aws.sqs.Queue("slow", name="under-way")\naws.sns.Topic("failing")\n'))
    assert re.fullmatch(
        r"__main__.py:5:1: aws:sns/topic:Topic 'failing': ValueError in test_up.py:\d+: no luck; "
        "this is a mistake in local/resources, not in the program",
        error,
    )
    assert deploy.names() == ["tiny-dev", "slow"]
    assert deploy.saved()["pending"] == []
    assert deploy.aws.client("sqs").get_queue_url(QueueName="under-way")["QueueUrl"]


def test_after_a_failure_the_rest_is_checked_and_not_made(write: Write, deploy: Deployer) -> None:
    error = deploy.failure(
        write(
            """
            first = aws.sns.Topic("first", archive_policy="{}")
            second = aws.sqs.Queue("second", delay_seconds=first.arn.apply(len), fifo_queue=2)
            third = aws.kms.Key("third", description=second.arn)
            fine = aws.sqs.Queue("fine", opts=pulumi.ResourceOptions(depends_on=[third]))
            fine.arn.apply(lambda arn: 1 / 0)
            pulumi.export("arn", fine.arn)
            """
        )
    )
    assert [line.split(":")[1] + line.split("'")[1] for line in error.splitlines()] == ["4first", "5second", "6third"]
    assert deploy.names() == ["tiny-dev"]


def test_independent_resources_are_made_at_the_same_time(
    write: Write, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(8)
    create = queue.HANDLER.create

    def meeting(call: Call) -> Made:
        together.wait(20)
        return create(call)

    monkeypatch.setattr(queue.HANDLER, "create", meeting)
    made = deploy(write('for number in range(8):\n    aws.sqs.Queue(f"q{number}")\n'))
    assert len(made.of(QUEUE)) == 8


def test_what_is_announced_is_in_the_state_before_aws_is_asked(
    write: Write, deploy: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = queue.HANDLER.create
    seen: list[Any] = []

    def watching(call: Call) -> Made:
        seen.extend(deploy.saved()["pending"])
        return create(call)

    monkeypatch.setattr(queue.HANDLER, "create", watching)
    deploy(write('aws.sqs.Queue("q", name="announced")\n'))
    urn = "urn:pulumi:dev::tiny::aws:sqs/queue:Queue::q"
    assert seen == [{"operation": "create", "urn": urn, "type": QUEUE, "inputs": {"name": "announced"}}]


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (
            'aws.sqs.Queue("q", opts=pulumi.ResourceOptions(protect=True))',
            "aws:sqs/queue:Queue 'q': the option protect is not supported without Pulumi's CLI; "
            "leave it out: a local stack is thrown away with its state",
        ),
        (
            'aws.sqs.Queue("q", opts=pulumi.ResourceOptions(aliases=["old"]))',
            "aws:sqs/queue:Queue 'q': the option aliases is not supported without Pulumi's CLI; "
            "leave them out: a local stack starts fresh and has no earlier names",
        ),
        (
            'aws.sns.Topic("t", http_success_feedback_sample_rate=5, archive_policy="{}")',
            "aws:sns/topic:Topic 't': the local AWS does not honour archivePolicy, httpSuccessFeedbackSampleRate; "
            "leave it out in this stack, or teach local/resources what it means",
        ),
        (
            'aws.kms.Key("k")',
            "aws:kms/key:Key 'k': the local AWS does not have this type; there is ",
        ),
        (
            'aws.sns.PlatformApplication("p", platform="GCM", platform_credential="k")',
            "aws:sns/platformApplication:PlatformApplication 'p': the local AWS does not have this type; there is ",
        ),
    ],
)
def test_what_the_local_aws_cannot_do_is_refused(write: Write, deploy: Deployer, program: str, problem: str) -> None:
    assert deploy.failure(write(program)).startswith(f"__main__.py:4:1: {problem}")
    assert deploy.names() == ["tiny-dev"]


def test_a_second_up_and_a_down_are_refused_for_now(write: Write, deploy: Deployer) -> None:
    root = write('aws.sqs.Queue("q")\n')
    deploy(root)
    assert deploy.failure(root) == (
        f"{deploy.state}/stack.json holds the stack tiny/dev with 1 resources, and an update is not supported yet; "
        "start with an empty state folder"
    )
    with pytest.raises(DeploymentError, match=r"taking down the stack 'dev' is not supported yet; stop the local AWS"):
        down("dev", deploy.aws.endpoint, state=deploy.state)


def test_a_try_that_made_nothing_can_be_repeated(write: Write, deploy: Deployer) -> None:
    assert "ZeroDivisionError" in deploy.failure(write("1 / 0\n"))
    assert len(deploy(write('aws.sqs.Queue("q", name="at-last")\n')).of(QUEUE)) == 1


def test_a_state_of_something_else_is_left_alone(write: Write, deploy: Deployer) -> None:
    deploy.state.mkdir()
    (deploy.state / "stack.json").write_text('{"mine": true}')
    assert deploy.failure(write("")) == (
        f"{deploy.state}/stack.json is no state of this engine; start with an empty state folder"
    )
    assert deploy.saved() == {"mine": True}


def test_a_relative_state_folder_stays_where_the_caller_is(
    write: Write, local_aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write('aws.sqs.Queue("q", name="relative")\n')
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    up("dev", local_aws.endpoint, state=Path("here"), program=root)
    assert (elsewhere / "here" / "stack.json").is_file()


def test_regions_providers_and_tags(write: Write, deploy: Deployer) -> None:
    made = deploy(
        write(
            """
            there = aws.Provider("there", region="eu-west-1", default_tags={"tags": {"team": "north"}})
            a = aws.sqs.Queue("a", opts=pulumi.ResourceOptions(provider=there))
            b = aws.sqs.Queue("b", region="eu-north-1", tags={"team": "own"})
            c = aws.sqs.Queue("c")
            for queue in (a, b, c):
                pulumi.export(queue._name, {"arn": queue.arn, "region": queue.region, "tags": queue.tags_all})
            """,
            dev="config:\n  aws:region: us-west-2\n  aws:defaultTags: {tags: {team: default, project: tiny}}\n",
        )
    )
    assert [made.outputs[name]["arn"].split(":")[3] for name in "abc"] == ["eu-west-1", "eu-north-1", "us-west-2"]
    assert [made.outputs[name]["region"] for name in "abc"] == ["eu-west-1", "eu-north-1", "us-west-2"]
    assert [made.outputs[name]["tags"] for name in "abc"] == [
        {"team": "north"},
        {"team": "own", "project": "tiny"},
        {"team": "default", "project": "tiny"},
    ]
    (url,) = [resource.id for resource in made.of(QUEUE) if resource.name == "b"]
    session: Any = boto3.Session("test", "test", region_name="eu-north-1")
    client = session.client("sqs", endpoint_url=deploy.aws.endpoint)
    assert client.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "own", "project": "tiny"}


def test_functions_ask_the_local_aws(write: Write, deploy: Deployer) -> None:
    deploy.aws.client("ssm").put_parameter(Name="/layer", Value="arn:layer:7", Type="String")
    made = deploy(
        write(
            """
            pulumi.export("value", aws.ssm.get_parameter(name="/layer").value)
            pulumi.export("account", aws.get_caller_identity().account_id)
            endpoint = aws.iot.get_endpoint_output(endpoint_type="iot:Data-ATS")
            pulumi.export("mqtt", endpoint.endpoint_address)
            """
        )
    )
    assert made.outputs["value"] == "arn:layer:7"
    assert made.outputs["account"] == "000000000000"
    assert made.outputs["mqtt"]


def test_a_function_that_fails(write: Write, deploy: Deployer) -> None:
    error = deploy.failure(write('aws.ssm.get_parameter(name="/gone")\n'))
    assert error.startswith("aws:ssm/getParameter:getParameter: An error occurred (ParameterNotFound)")


def test_code_from_assets_reaches_lambda(write: Write, deploy: Deployer) -> None:
    root = write(
        """
        role = aws.iam.Role("coder", assume_role_policy="{}")
        main = "from lib.size import SIZE\\n\\ndef handler(event, context): return SIZE"
        function = aws.lambda_.Function(
            "f", role=role.arn, runtime="python3.13", handler="app.handler", publish=True,
            code=pulumi.AssetArchive({"app.py": pulumi.StringAsset(main), "lib": pulumi.FileArchive("./lib")}),
        )
        pulumi.export("arn", function.qualified_arn)
        """
    )
    (root / "lib").mkdir()
    (root / "lib" / "size.py").write_text("SIZE = 5\n")
    made = deploy(root)
    answer = deploy.aws.client("lambda").invoke(FunctionName=made.outputs["arn"])
    assert json.loads(answer["Payload"].read()) == 5


def test_an_interrupt_leaves_a_state_that_says_what_exists(write: Write, deploy: Deployer) -> None:
    program = """
        import time
        queue = aws.sqs.Queue("q", name="interrupted")
        queue.arn.apply(lambda arn: (_ for _ in ()).throw(KeyboardInterrupt()))
        """
    with pytest.raises(KeyboardInterrupt):
        deploy(write(program))
    assert deploy.names() == ["tiny-dev", "q"]


def test_an_endpoint_elsewhere_is_refused(write: Write, tmp_path: Path) -> None:
    for endpoint in ("https://sqs.eu-central-1.amazonaws.com", "http://10.0.0.1:4566", "http://localhost.evil.com"):
        with pytest.raises(DeploymentError, match="is not on this machine; give a loopback address"):
            up("dev", endpoint, state=tmp_path / "s", program=write(""))


def test_an_endpoint_where_nothing_answers(write: Write, tmp_path: Path) -> None:
    with pytest.raises(DeploymentError) as caught:
        up("dev", "http://127.0.0.1:9", state=tmp_path / "s", program=write('aws.sqs.Queue("q")'))
    assert str(caught.value) == (
        "__main__.py:4:1: aws:sqs/queue:Queue 'q': the local AWS at http://127.0.0.1:9 does not answer; "
        "start it, or give its endpoint"
    )


def test_a_wrong_setting_is_found_before_anything_is_made(write: Write, deploy: Deployer) -> None:
    error = deploy.failure(write("", project="config:\n  size:\n    type: integer\n"))
    assert error == "Pulumi.dev.yaml:1:1: tiny:size is missing; write tiny:size: with a whole number, such as 5"
    assert not deploy.state.exists()


class Recorder(http.server.BaseHTTPRequestHandler):
    """An endpoint that notes how it is called and answers as SQS does."""

    seen: list[dict[str, str]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.seen.append({**{k.lower(): v for k, v in self.headers.items()}, "body": self.rfile.read(length).decode()})
        body = b'{"QueueUrl": "http://127.0.0.1/000000000000/q"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def recorder() -> Iterator[tuple[str, list[dict[str, str]]]]:
    seen: list[dict[str, str]] = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("R", (Recorder,), {"seen": seen}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_local_run_can_never_reach_aws(
    write: Write, recorder: tuple[str, list[dict[str, str]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "credentials"
    profile.write_text(
        "[production]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMIK7MDENG\n"
    )
    real = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE",
        "AWS_PROFILE": "production",
        "AWS_SHARED_CREDENTIALS_FILE": str(profile),
        "AWS_ENDPOINT_URL": "https://aws.example.com",
        "AWS_ENDPOINT_URL_SQS": "https://sqs.example.com",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
    }
    for name, value in real.items():
        monkeypatch.setenv(name, value)
    endpoint, seen = recorder
    root = write(
        """
        import boto3, os
        from botocore.config import Config
        named = aws.Provider("named", region="us-east-1", profile="production", access_key="AKIAIOSFODNN7EXAMPLE",
                             secret_key="wJalrXUtnFEMI", endpoints=[{"sqs": "https://sqs.example.com"}])
        aws.sqs.Queue("ours")
        aws.sqs.Queue("explicit", opts=pulumi.ResourceOptions(provider=named))
        boto3.client("sqs", config=Config(proxies={})).create_queue(QueueName="the-programs-own")
        """
    )
    up("dev", endpoint, state=tmp_path / "s", program=root)
    assert len(seen) == 3
    for request in seen:
        assert request["authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")
        assert "x-amz-security-token" not in request
        assert "AKIA" not in json.dumps(request)
    assert {name: os.environ[name] for name in real} == real
