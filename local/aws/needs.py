"""What a Task's call needs of IAM: actions, and on which resource, read from its arguments (embedded default).

Written from the call and not from the definition, so that it can disagree with the permissions that are derived there.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from simulator.tasks import Resource, TaskCall


class Need(NamedTuple):
    """One action. `resource` is None where the call does not say on which, so that only the action can be checked."""

    action: str
    resource: str | None
    context: tuple[tuple[str, str], ...] = ()
    """Condition keys of the service and their values."""


class Place(NamedTuple):
    """Where calls go."""

    region: str
    account: str
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a resource here; an ARN stays."""
        if resource.startswith("arn:"):
            return resource
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def needs(call: TaskCall, place: Place) -> tuple[Need, ...]:
    """What the role of whoever makes this call must be allowed to do; nothing for activities."""
    resource = call.resource
    if resource.kind == "activity":
        return ()
    if resource.kind == "lambda":
        return (Need("lambda:InvokeFunction", resource.arn),)
    rule = _RULES.get(resource.service.removeprefix("aws-sdk:"), _other)
    return tuple(rule(_Call(resource, call.arguments if isinstance(call.arguments, dict) else {}, place)))


@dataclass(frozen=True, slots=True)
class _Call:
    resource: Resource
    arguments: Mapping[str, Any]
    place: Place
    _lower: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        # AWS SDK integrations take names of arguments in Pascal case, whatever the API's own case is
        object.__setattr__(self, "_lower", {name.lower(): value for name, value in self.arguments.items()})

    @property
    def action(self) -> str:
        """As IAM writes it: `GetItem`."""
        return self.resource.action[:1].upper() + self.resource.action[1:]

    def get(self, name: str) -> Any:
        return self._lower.get(name.lower())

    def text(self, name: str) -> str | None:
        value = self.get(name)
        return value if isinstance(value, str) and value else None


def _lambda(call: _Call) -> Iterator[Need]:
    name, qualifier = call.text("FunctionName"), call.text("Qualifier")
    action = "InvokeFunction" if call.action == "Invoke" else call.action
    if name is None:
        yield Need(f"lambda:{action}", None)
        return
    if not name.startswith("arn:"):
        name = call.place.arn("lambda", f"function:{name.rpartition('function:')[2]}")
    if qualifier is not None and not name.endswith(f":{qualifier}"):
        name = f"{name}:{qualifier}"
    yield Need(f"lambda:{action}", name)


_WRITES = {"Put": "PutItem", "Get": "GetItem", "Update": "UpdateItem", "Delete": "DeleteItem"}


def _dynamodb(call: _Call) -> Iterator[Need]:
    place = call.place
    if call.action in ("TransactWriteItems", "TransactGetItems"):
        for item in call.get("TransactItems") or ():
            for kind, inner in item.items() if isinstance(item, dict) else ():
                name = inner.get("TableName") if isinstance(inner, dict) else None
                arn = place.arn("dynamodb", f"table/{name}") if isinstance(name, str) else None
                yield Need(f"dynamodb:{_WRITES.get(kind, 'ConditionCheckItem')}", arn)
        return
    requests = call.get("RequestItems")
    if isinstance(requests, dict):
        for name in requests:
            yield Need(f"dynamodb:{call.action}", _table(place, name))
        return
    if "Statement" in call.action or call.action == "ExecuteTransaction":
        return  # PartiQL: what it touches stands in its text
    name = call.text("TableName")
    index = call.text("IndexName")
    arn = None if name is None else _table(place, name) + (f"/index/{index}" if index else "")
    yield Need(f"dynamodb:{call.action}", arn)


def _table(place: Place, name: str) -> str:
    return name if name.startswith("arn:") else place.arn("dynamodb", f"table/{name}")


def _sns(call: _Call) -> Iterator[Need]:
    # A phone number is no resource: IAM sees `*`.
    target = "*" if call.get("PhoneNumber") is not None else call.text("TopicArn") or call.text("TargetArn")
    yield Need("sns:Publish" if call.action == "PublishBatch" else f"sns:{call.action}", target)


_SQS = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage"}


def _sqs(call: _Call) -> Iterator[Need]:
    url = call.text("QueueUrl")
    action = f"sqs:{_SQS.get(call.action, call.action)}"
    yield Need(action, None if url is None else call.place.arn("sqs", url.rstrip("/").rpartition("/")[2]))


def _events(call: _Call) -> Iterator[Need]:
    entries = call.get("Entries")
    if call.action != "PutEvents" or not isinstance(entries, list):
        yield Need(f"events:{call.action}", None)
        return
    buses = [entry.get("EventBusName") or "default" for entry in entries if isinstance(entry, dict)]
    for bus in dict.fromkeys(buses):
        arn = bus if bus.startswith("arn:") else call.place.arn("events", f"event-bus/{bus}")
        yield Need("events:PutEvents", arn)


def _states(call: _Call) -> Iterator[Need]:
    """IAM sees a state machine without version or alias, which is a condition key.
    https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html"""
    machine = call.text("StateMachineArn")
    if machine is None:
        yield Need(f"states:{call.action}", call.text("ExecutionArn"))
        return
    parts = machine.partition("#")[0].split(":")
    qualifier = (("states:statemachinequalifier", parts[7]),) if len(parts) > 7 else ()
    yield Need(f"states:{call.action}", ":".join(parts[:7]), qualifier)


_S3 = {
    "HeadObject": ("GetObject",),
    "HeadBucket": ("ListBucket",),
    "ListObjects": ("ListBucket",),
    "ListObjectsV2": ("ListBucket",),
    "CreateMultipartUpload": ("PutObject",),
    "UploadPart": ("PutObject",),
    "CompleteMultipartUpload": ("PutObject",),
}


def _s3(call: _Call) -> Iterator[Need]:
    bucket, key = call.text("Bucket"), call.text("Key")
    arn = None if bucket is None else f"arn:{call.place.partition}:s3:::{bucket}{f'/{key}' if key else ''}"
    if call.action == "CopyObject":
        yield Need("s3:GetObject", f"arn:{call.place.partition}:s3:::{(call.text('CopySource') or '').lstrip('/')}")
        yield Need("s3:PutObject", arn)
        return
    prefix = call.text("Prefix")
    context = (("s3:prefix", prefix),) if prefix is not None else ()
    for action in _S3.get(call.action, (call.action,)):
        yield Need(f"s3:{action}", None if call.action == "DeleteObjects" else arn, context)


def _other(call: _Call) -> Iterator[Need]:
    """Every other service: the actions, on whatever the role names."""
    # The tables of all services cost 0.1 s and some megabytes, which a workflow without such calls never pays.
    from workflow.aws import catalogue
    from workflow.permissions import sdk_actions

    try:
        found = catalogue.of_resource(call.resource.arn.partition(":states:::")[2])
    except catalogue.Unknown:
        return  # the call itself will say so
    if found is not None and found.sdk:
        for action in sdk_actions.actions(found):
            yield Need(action, None)


_RULES: dict[str, Callable[[_Call], Iterator[Need]]] = {
    "lambda": _lambda,
    "dynamodb": _dynamodb,
    "sns": _sns,
    "sqs": _sqs,
    "events": _events,
    "eventbridge": _events,
    "states": _states,
    "sfn": _states,
    "s3": _s3,
}
