"""What only a deployment knows: ARNs and versions, as the stack `local` gets them from the local AWS."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from infrastructure.state_machine import tasks
from local.aws import LocalAws
from local.engine import up
from tests.handlers.messages import record
from tests.infrastructure.plans import statements

LAMBDA_VERSION = re.compile(r"arn:aws:lambda:us-east-1:\d{12}:function:symphony-local-([a-z]+):(\d+)")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    state: Path = tmp_path_factory.mktemp("local")
    with LocalAws(state=state) as aws:
        deployment = up("local", aws.endpoint, state=state / "engine")

        class Deployed:
            outputs = deployment.outputs
            resources = deployment.resources

            @staticmethod
            def one(type_: str, name: str) -> dict[str, Any]:
                (found,) = [r for r in deployment.resources if (r.type, r.name) == (type_, name)]
                return dict(found.inputs)

            @staticmethod
            def client(service: str) -> Any:
                keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
                config = Config(inject_host_prefix=False)  # no "sync-" before a loopback address
                where = {"endpoint_url": aws.endpoint, "region_name": "us-east-1"}
                return boto3.client(service, **where, **keys, config=config)  # type: ignore[call-overload]

        yield Deployed


def test_the_definition_names_exact_versions(deployed: Any) -> None:
    definition = json.loads(deployed.one("aws:sfn/stateMachine:StateMachine", "telemetry")["definition"])
    called = [state["Arguments"]["FunctionName"] for _, state in tasks(definition) if "invoke" in state["Resource"]]
    matches = [LAMBDA_VERSION.fullmatch(arn) for arn in called]
    assert all(matches), called
    assert {match[1] for match in matches if match} == {"validate", "summarise", "quarantine"}
    assert "${" not in json.dumps(definition), "a symbol was left unbound"


def test_every_version_that_is_named_exists(deployed: Any) -> None:
    definition = json.loads(deployed.one("aws:sfn/stateMachine:StateMachine", "telemetry")["definition"])
    for _, state in tasks(definition):
        if "invoke" in state["Resource"]:
            arn = state["Arguments"]["FunctionName"]
            function = deployed.client("lambda").get_function(FunctionName=arn)["Configuration"]
            assert function["Version"] == arn.rsplit(":", 1)[1]


def test_the_pipe_starts_the_alias_of_the_published_version(deployed: Any) -> None:
    pipe = deployed.client("pipes").describe_pipe(Name=deployed.outputs["pipe"])
    assert pipe["Target"] == deployed.outputs["stateMachine"] + ":live"
    assert pipe["CurrentState"] == "RUNNING"
    (route,) = deployed.one("aws:sfn/alias:Alias", "telemetry-live")["routingConfigurations"]
    assert re.fullmatch(re.escape(deployed.outputs["stateMachine"]) + r":\d+", route["stateMachineVersionArn"])


def test_messages_that_fail_too_often_reach_the_dead_letters(deployed: Any) -> None:
    sqs = deployed.client("sqs")

    def attributes(output: str) -> dict[str, str]:
        answer = sqs.get_queue_attributes(QueueUrl=deployed.outputs[output], AttributeNames=["All"])
        return dict(answer["Attributes"])

    queue, dead_letters = attributes("telemetryQueue"), attributes("deadLetterQueue")
    redrive = json.loads(queue["RedrivePolicy"])
    assert redrive == {"deadLetterTargetArn": dead_letters["QueueArn"], "maxReceiveCount": 3}
    assert json.loads(dead_letters["RedriveAllowPolicy"])["sourceQueueArns"] == [queue["QueueArn"]]


@pytest.mark.parametrize("name", ["telemetry", "dead-letters"])
def test_only_the_rule_sends_and_only_over_tls(deployed: Any, name: str) -> None:
    sends, clear = statements(deployed.one("aws:sqs/queuePolicy:QueuePolicy", f"{name}-policy")["policy"])
    assert sends["Principal"]["AWS"].endswith(":role/symphony-local-ingestion")
    assert (sends["Effect"], sends["Action"]) == ("Allow", ["sqs:SendMessage"])
    assert (clear["Effect"], clear["Action"]) == ("Deny", "sqs:*")
    assert clear["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_built_arns_are_the_real_ones(deployed: Any) -> None:
    """Policies name ARNs that are built from names, so that previews show them; they must be what AWS made."""
    real = {
        resource.outputs["arn"]
        for resource in deployed.resources
        if resource.type.split("/")[0]
        in ("aws:dynamodb", "aws:sqs", "aws:sns", "aws:sfn", "aws:lambda", "aws:cloudwatch")
        and "arn" in resource.outputs
    }
    for resource in deployed.resources:
        if resource.type == "aws:iam/rolePolicy:RolePolicy":
            for statement in statements(resource.inputs["policy"]):
                for arn in statement["Resource"] if statement["Resource"] != "*" else []:
                    assert arn.removesuffix(":*").removesuffix("/index/pending") in real, (resource.name, arn)


def test_the_deployed_workflow_may_do_what_its_role_says_and_no_more(deployed: Any) -> None:
    states, iam = deployed.client("stepfunctions"), deployed.client("iam")
    role = {"RoleName": "symphony-local-telemetry", "PolicyName": "least"}
    whole = iam.get_role_policy(**role)["PolicyDocument"]

    def report(sqs_id: str) -> dict[str, Any]:
        batch = json.dumps([record(trace=sqs_id, sqs_id=sqs_id).model_dump(mode="json")])
        answer = states.start_sync_execution(stateMachineArn=deployed.outputs["stateMachine"], input=batch)
        assert answer["status"] == "SUCCEEDED", answer
        return dict(json.loads(answer["output"]))

    rest = [statement for statement in whole["Statement"] if statement["Sid"] != "StoreAndMarkSent"]
    iam.put_role_policy(**role, PolicyDocument=json.dumps({**whole, "Statement": rest}))
    try:
        assert report("q-1") == {"batchItemFailures": [{"itemIdentifier": "q-1"}], "outcomes": []}
    finally:
        iam.put_role_policy(**role, PolicyDocument=json.dumps(whole))
    assert [done["outcome"] for done in report("q-2")["outcomes"]] == ["stored"]


def test_the_sweeper_runs_with_its_environment(deployed: Any) -> None:
    answer = deployed.client("lambda").invoke(FunctionName="symphony-local-sweep", Payload=b'{"older_than_minutes": 1}')
    assert "FunctionError" not in answer, answer["Payload"].read()
    assert json.loads(answer["Payload"].read()) == {"pending": 0, "sent": 0}


def test_the_dashboard_is_json_that_fits_its_grid(deployed: Any) -> None:
    body = json.loads(deployed.one("aws:cloudwatch/dashboard:Dashboard", "dashboard")["dashboardBody"])
    places = [(widget["x"], widget["y"]) for widget in body["widgets"]]
    assert len(places) == len(set(places)) == 6
    assert all(widget["x"] + widget["width"] <= 24 for widget in body["widgets"])
    assert body["widgets"][0]["type"] == "alarm"
    assert len(body["widgets"][0]["properties"]["alarms"]) == 7
