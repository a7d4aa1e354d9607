"""What Step Functions integrates: the tables against AWS's service models, and what is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workflow import integrations
from workflow.aws import catalogue, models
from workflow.aws.catalogue import REQUEST, SYNC, SYNC_2, TOKEN, Unknown


def test_every_optimized_operation_has_arguments_that_can_be_checked() -> None:
    operations = catalogue.optimized_operations()
    assert len(operations) == 63
    assert sum(len(ways) for ways in operations.values()) == 108
    for name, ways in operations.items():
        integration = catalogue.optimized(name)
        assert integration.source.startswith("https://docs.aws.amazon.com/step-functions/latest/dg/")
        assert ways[0] == REQUEST
        if integration.operation is None:
            assert integration.own is not None and integration.own[0], name
        else:
            assert integration.operation.input is not None, name
            assert integration.operation.input.type == "structure", name


def test_every_sdk_service_has_a_model() -> None:
    services = catalogue.sdk_services()
    assert len(services) == 431
    assert [s.name for s in services.values() if not models.has_model(s.model)] == []
    assert sum(len(models.operations(services[name].model)) for name in ("dynamodb", "s3", "sfn", "sqs")) > 200


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        ("glue:startJobRun.sync", "glue:startJobRun.sync"),
        ("states:startExecution.sync:2", "states:startExecution.sync:2"),
        ("elasticmapreduce:addStep.sync", "elasticmapreduce:addStep.sync"),
        ("sqs:sendMessage.waitForTaskToken", "sqs:sendMessage.waitForTaskToken"),
    ],
)
def test_an_optimized_integration_is_written_as_in_a_resource(text: str, resource: str) -> None:
    assert catalogue.optimized(text).resource == resource


def test_the_names_of_sdk_integrations() -> None:
    integration = catalogue.sdk("sfn:startSyncExecution")
    assert integration.resource == "aws-sdk:sfn:startSyncExecution"
    assert integration.offered == (REQUEST, TOKEN)
    assert catalogue.of_resource("aws-sdk:sfn:startSyncExecution") == integration
    assert catalogue.of_resource("arn") is None


@pytest.mark.parametrize(
    ("service", "error", "name"),
    [
        ("dynamodb", "ConditionalCheckFailedException", "DynamoDb.ConditionalCheckFailedException"),
        ("sfn", "ExecutionAlreadyExists", "Sfn.ExecutionAlreadyExistsException"),
        ("s3", "NoSuchKey", "S3.NoSuchKeyException"),
        ("acmpca", "ResourceNotFoundException", "AcmPca.ResourceNotFoundException"),
        ("cloudwatchlogs", "ResourceNotFoundException", "CloudWatchLogs.ResourceNotFoundException"),
        ("sesv2", "NotFoundException", "SesV2.NotFoundException"),
    ],
)
def test_errors_have_the_names_that_step_functions_gives_them(service: str, error: str, name: str) -> None:
    assert catalogue.error_name(service, error) == name
    assert name in {catalogue.error_name(service, e) for e in [error]}


def test_the_errors_of_an_operation() -> None:
    names = catalogue.error_names(catalogue.sdk("dynamodb:putItem"))
    assert "DynamoDb.ConditionalCheckFailedException" in names
    assert catalogue.error_names(catalogue.optimized("dynamodb:putItem")) == ()


@pytest.mark.parametrize(
    ("member", "written"),
    [
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("stateMachineArn", "StateMachineArn"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("ETag", "ETag"),
        ("ACL", "Acl"),
        ("BOOL", "Bool"),
        ("NULL", "Nul"),
        ("SS", "Ss"),
        ("Equals", "EqualsValue"),
        ("CreateDBCluster", "CreateDbCluster"),
    ],
)
def test_members_in_pascal_case(member: str, written: str) -> None:
    assert models.pascal(member) == written


def test_what_is_not_offered_says_what_is() -> None:
    with pytest.raises(Unknown) as raised:
        catalogue.optimized("states:startExecution.sync:3")
    assert str(raised.value) == "`.sync:3` is no way to wait; did you mean `.sync:2`?"
    with pytest.raises(Unknown) as raised:
        catalogue.optimized(f"batch:submitJob{TOKEN}")
    assert str(raised.value) == (
        "`batch:submitJob` does not offer `.waitForTaskToken` (wait for a callback);"
        " it offers request-response and `.sync`"
    )
    with pytest.raises(Unknown) as raised:
        catalogue.optimized("dynamodb:putItem" + SYNC)
    assert raised.value.instead == "it offers request-response only"
    assert SYNC_2 in catalogue.optimized("states:startExecution").offered


def test_the_catalogue_needs_no_botocore_and_no_service_model_to_be_imported() -> None:
    code = (
        "import sys, workflow.aws.sdk; print(sorted(m for m in ('boto3', 'botocore', 'zipfile') if m in sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out == "[]\n"


def test_the_public_names() -> None:
    assert integrations.__all__ == [
        "ABSENT",
        "EXECUTION_EXISTS",
        "EXPRESS_FAILED",
        "FAILED_ENTRY",
        "NO_OBJECT",
        "Activity",
        "Bucket",
        "Bus",
        "CallExpress",
        "CallHttp",
        "Calling",
        "Connection",
        "DeleteItem",
        "External",
        "GetObject",
        "Invoke",
        "PutEvent",
        "PutObject",
        "Query",
        "Queue",
        "Role",
        "RunActivity",
        "RunExecution",
        "SendMessage",
        "StartExecution",
        "Started",
        "UpdateItem",
        "optimized",
        "sdk",
    ]
    for name in integrations.__all__:
        value = getattr(integrations, name)
        if isinstance(value, type) and name not in ("Bucket", "Started"):
            assert value.__module__ in ("workflow", "workflow.integrations"), name
