"""Which resources an SDK integration's arguments name, for the services that workflows use most.

Elsewhere an argument that is an ARN is the resource; where there is none, everything of the service is allowed, and
said to be wide: `.allow(arn, ...)` of the state names the resources instead.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..resources import Text
from .arns import arn, derived, is_arn, joined, named, read
from .services import function, queue, start_execution
from .statement import Statement, allow
from .targets import ROLES, objects
from .uses import Use

Named = Callable[[Text], Text]


def _of(service: str, resource: str) -> Named:
    return lambda text: named(text, service, resource)


def _secret(text: Text) -> Text:
    """A secret's ARN ends with six letters that its name lacks."""
    return (
        text
        if is_arn(text) or (len(text.parts) == 1 and not isinstance(text.parts[0], str))
        else (arn("secretsmanager", joined("secret:", text, "-??????")))
    )


def _parameter(text: Text) -> Text:
    first = text.parts[0]
    path = Text((first.lstrip("/"), *text.parts[1:])) if isinstance(first, str) else text
    return text if is_arn(text) else arn("ssm", joined("parameter/", path))


def _log_group(text: Text) -> Text:
    return joined(text if is_arn(text) else arn("logs", joined("log-group:", text)), ":*")


def _log_stream(use: Use, group: Text) -> Text:
    stream = use.text("LogStreamName")
    outer = group if is_arn(group) else arn("logs", joined("log-group:", group))
    return joined(outer, ":log-stream:", stream if stream is not None else "*")


def _model(text: Text) -> Text:
    return text if is_arn(text) else arn("bedrock", joined("foundation-model/", text), account=False)


NAMED_BY: dict[str, tuple[tuple[str, Named], ...]] = {
    "dynamodb": (("TableName", _of("dynamodb", "table/")),),
    "sqs": (("QueueUrl", queue),),
    "sns": (("TopicArn", lambda text: text), ("TargetArn", lambda text: text)),
    "lambda": (("FunctionName", function),),
    "secretsmanager": (("SecretId", _secret),),
    "ssm": (("Name", _parameter),),
    "kinesis": (("StreamName", _of("kinesis", "stream/")),),
    "firehose": (("DeliveryStreamName", _of("firehose", "deliverystream/")),),
    "cloudwatchlogs": (("LogGroupName", _log_group), ("LogGroupIdentifier", _log_group)),
    "eventbridge": (("EventBusName", _of("events", "event-bus/")),),
    "scheduler": (("Name", lambda text: arn("scheduler", joined("schedule/*/", text))),),
    "cognitoidentityprovider": (("UserPoolId", _of("cognito-idp", "userpool/")),),
    "glue": (("JobName", _of("glue", "job/")), ("Name", _of("glue", "job/"))),
    "ecr": (("RepositoryName", _of("ecr", "repository/")),),
    "kms": (("KeyId", _of("kms", "key/")),),
    "bedrockruntime": (("ModelId", _model),),
    "cloudformation": (("StackName", lambda t: t if is_arn(t) else arn("cloudformation", joined("stack/", t, "/*"))),),
    "emrserverless": (("ApplicationId", _of("emr-serverless", "/applications/")),),
    "codebuild": (("ProjectName", _of("codebuild", "project/")),),
    "athena": (("WorkGroup", _of("athena", "workgroup/")),),
}
"""By the service's name in a Resource: the arguments that name its resources, and the ARNs they make."""

READS_OBJECTS = ("rekognition", "textract", "transcribe", "comprehend", "translate")
"""Services that read S3's objects with the caller's permissions."""


def statements(use: Use, actions: tuple[str, ...], no_resources: frozenset[str]) -> Iterator[Statement]:
    """What an SDK integration needs."""
    service = use.integration.service
    if use.allowed:
        yield allow(use.state, actions, *use.allowed, source=use.source)
    elif service == "s3":
        yield from _s3(use, actions)
    elif service == "sfn" and use.integration.action in ("startExecution", "startSyncExecution"):
        yield from _start(use, actions)
    elif set(actions) <= no_resources:
        yield allow(use.state, actions, source=use.source)
    else:
        yield _by_arguments(use, actions)
    yield from _beside(use)


def _start(use: Use, actions: tuple[str, ...]) -> Iterator[Statement]:
    for statement in start_execution(use):
        yield Statement(
            statement.states, actions, statement.resources, statement.condition, statement.source, statement.wide
        )


def _s3(use: Use, actions: tuple[str, ...]) -> Iterator[Statement]:
    bucket = use.text("Bucket")
    wide = "" if bucket is not None or not use.given("Bucket") else "Bucket is computed"
    own = arn("s3", bucket if bucket is not None else "*", region=False, account=False)
    on_object = [a for a in actions if "Object" in a or a.endswith(("MultipartUploadParts", "MultipartUpload"))]
    if use.integration.action == "copyObject":
        yield allow(use.state, ("s3:PutObject",), objects(bucket, use.text("Key")), source=use.source, wide=wide)
        source = read(use.value("CopySource"))
        target = arn("s3", source if source is not None else "*", region=False, account=False)
        computed = "" if source is not None else "CopySource is computed"
        yield allow(use.state, ("s3:GetObject",), target, source=use.source, wide=computed)
    elif on_object:
        yield allow(use.state, actions, objects(bucket, use.text("Key")), source=use.source, wide=wide)
    elif use.given("Bucket"):
        yield allow(use.state, actions, own, source=use.source, wide=wide)
    else:
        yield allow(use.state, actions, source=use.source)


def _by_arguments(use: Use, actions: tuple[str, ...]) -> Statement:
    targets: list[Text] = []
    for argument, make in NAMED_BY.get(use.integration.service, ()):
        for value in _found(use.arguments, argument):
            text = read(value)
            if text is not None:
                stream = use.integration.service == "cloudwatchlogs" and use.given("LogStreamName")
                targets.append(_log_stream(use, text) if stream else make(text))
                index = use.text("IndexName")
                if index is not None and argument == "TableName":
                    targets.append(joined(make(text), "/index/", index))
    if not targets:
        for name, value in use.arguments.items():
            text = read(value)
            if name.endswith("Arn") and not name.endswith("RoleArn") and text is not None:
                targets.append(derived(text, "machine") if name == "StateMachineArn" else text)
    if targets:
        return allow(use.state, actions, *dict.fromkeys(targets), source=use.source)
    wide = "its arguments name no resource: .allow(arn, ...) of the state does"
    return allow(use.state, actions, source=use.source, wide=wide)


def _beside(use: Use) -> Iterator[Statement]:
    """Roles that are passed, objects that are read with the caller's permissions, a database's secret."""
    for role in dict.fromkeys(v for n in ("RoleArn", "ExecutionRoleArn") for v in _found(use.arguments, n)):
        text = read(role)
        if use.integration.service == "sts":
            continue
        target = text if text is not None else arn("iam", "role/*", region=False)
        wide = "" if text is not None else "the role that is passed is computed"
        yield allow(use.state, ("iam:PassRole",), target, source=ROLES, wide=wide)
    if use.integration.service in READS_OBJECTS:
        for found in _found(use.arguments, "S3Object"):
            if isinstance(found, Mapping):
                target = objects(read(found.get("Bucket")), read(found.get("Name")))
                yield allow(use.state, ("s3:GetObject",), target, source=use.source)
    if use.integration.service == "rdsdata" and use.given("SecretArn"):
        secret = use.text("SecretArn")
        target = secret if secret is not None else arn("secretsmanager", "secret:*")
        wide = "" if secret is not None else "SecretArn is computed"
        yield allow(use.state, ("secretsmanager:GetSecretValue",), target, source=use.source, wide=wide)


def _found(value: Any, name: str) -> Iterator[Any]:
    """Every member of a name in arguments, however deep."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == name:
                yield item
            else:
                yield from _found(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, name)
