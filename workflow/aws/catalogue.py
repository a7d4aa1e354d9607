"""What Step Functions integrates: each service, its operations, and the ways in which a state may wait for them.

Second stage of the integrations, over `optimized` (AWS's table) and `models` (botocore's data). An integration is
written as in a Resource: `glue:startJobRun.sync`, or `aws-sdk:s3:putObject`. Whatever Step Functions does not offer
raises Unknown, with what to write instead.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ..diagnostics import did_you_mean
from . import models
from .optimized import ALIASES, GUIDE, ONCE, OWN, RENAMED, REQUEST, SYNC, SYNC_2, TABLE, TOKEN

SDK_GUIDE = GUIDE + "supported-services-awssdk.html"
SDK_PATTERNS = (REQUEST, TOKEN)

WAYS = {REQUEST: "request-response", SYNC: "run a job", SYNC_2: "run a job", TOKEN: "wait for a callback"}
"""What AWS calls the patterns."""

NOT_INTEGRATED = {
    ("comprehendmedical", "detectEntities"),
    ("efs", "createTags"),
    ("emr", "describeJobFlows"),
    ("iotdeviceadvisor", "listTestCases"),
    ("kinesis", "subscribeToShard"),
    ("lambda", "invokeAsync"),
    ("lexruntimev2", "startConversation"),
    ("mediapackage", "rotateChannelCredentials"),
    ("rdsdata", "executeSql"),
    ("s3", "selectObjectContent"),
    ("s3control", "selectObjectContent"),
    ("shield", "deleteSubscription"),
    ("sts", "assumeRole"),
    ("sts", "assumeRoleWithSAML"),
    ("sts", "assumeRoleWithWebIdentity"),
}
"""Operations of integrated services that Step Functions leaves out, as its guide lists them."""


HTTP_ERRORS = (
    "States.Http.Socket",
    "States.Http.StatusCode.429",
    "States.Http.StatusCode.502",
    "States.Http.StatusCode.503",
    "States.Http.StatusCode.504",
)
"""What calls of HTTPS endpoints fail with that may be gone when tried again.
https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html"""


OPTIMIZED_ERRORS = {"http:invoke": HTTP_ERRORS, "sqs:sendMessage": ("SQS.SdkClientException",)}
"""What is known of optimized integrations beside Lambda, DynamoDB and SNS."""


class Unknown(Exception):
    """An integration that Step Functions does not offer: what is wrong, what to write instead, and why."""

    def __init__(self, what: str, instead: str, page: str = "integration") -> None:
        super().__init__(f"{what}; {instead}" if instead else what)
        self.what = what
        self.instead = instead
        self.page = page


@dataclass(frozen=True)
class Integration:
    """One operation as a state calls it."""

    service: str
    """As in a Resource: `glue`, `sfn`."""
    action: str
    """`startJobRun`."""
    pattern: str
    """REQUEST, SYNC, SYNC_2 or TOKEN."""
    sdk: bool
    """Whether it is an AWS SDK integration."""
    offered: tuple[str, ...]
    """The patterns that there are."""
    source: str
    """The page of AWS's guide."""
    operation: models.Operation | None
    """What its arguments are checked against; None where Step Functions made it itself: see `own`."""
    own: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    @property
    def name(self) -> str:
        """`glue:startJobRun`, `aws-sdk:sfn:startSyncExecution`; without the pattern."""
        return f"{'aws-sdk:' if self.sdk else ''}{self.service}:{self.action}"

    @property
    def resource(self) -> str:
        """What stands in a Resource after `arn:aws:states:::`."""
        return self.name + self.pattern

    def key(self, member: str) -> str:
        """An argument's name in the definition, from botocore's."""
        return models.pascal(member) if self.sdk else models.capitalized(member)


@dataclass(frozen=True)
class SdkService:
    """A service of the AWS SDK integrations."""

    name: str
    """In a Resource: `sfn`."""
    model: str
    """botocore's name: `stepfunctions`."""
    errors: str
    """What its errors' names begin with: `Sfn`."""
    iam: str
    """What its IAM actions begin with: `states`."""


@lru_cache(maxsize=1)
def sdk_services() -> dict[str, SdkService]:
    """Every service of the AWS SDK integrations, by its name in a Resource."""
    text = (Path(__file__).parent / "data" / "sdk_services.json").read_text()
    return {name: SdkService(name, *row) for name, row in json.loads(text).items()}


def optimized_operations() -> dict[str, tuple[str, ...]]:
    """The operations of all optimized integrations, with their patterns."""
    return {
        f"{service}:{action}": ways for service, (_, _, actions) in TABLE.items() for action, ways in actions.items()
    }


def optimized(text: str) -> Integration:
    """The optimized integration of `glue:startJobRun.sync`. Raises Unknown."""
    service, action, pattern = _split(text)
    if service not in TABLE:
        raise _unknown_service(text, service, action)
    page, model, actions = TABLE[service]
    if action not in actions:
        raise _unknown_action(service, action, tuple(actions))
    ways = actions[action]
    if pattern not in ways:
        raise _no_pattern(f"{service}:{action}", pattern, ways)
    own = OWN.get(f"{service}:{action}")
    operation = None
    if own is None and model is not None:
        renamed = RENAMED.get(f"{service}:{action}")
        name = renamed if renamed is not None else action[0].upper() + action[1:]
        operation = models.Operation(model, name)
    return Integration(service, action, pattern, False, ways, f"{GUIDE}{page}.html", operation, own)


def sdk(text: str) -> Integration:
    """The AWS SDK integration of `sfn:startSyncExecution`. Raises Unknown."""
    service, action, pattern = _split(text.removeprefix("aws-sdk:"))
    known = sdk_services()
    if service not in known:
        raise Unknown(f"Step Functions knows no service `{service}`", _service_hint(service))
    operations = models.operations(known[service].model)
    operation = operations.get(action)
    if operation is None:
        right = next((name for name in operations if name.lower() == action.lower()), None)
        hint = f"did you mean `{service}:{right}`?" if right else did_you_mean(action, operations)
        raise Unknown(f"`{service}` has no operation `{action}`", hint)
    if (service, action) in NOT_INTEGRATED or operation.streams:
        raise Unknown(f"Step Functions does not integrate `{service}:{action}`", "call it in a Task")
    if pattern not in SDK_PATTERNS:
        raise _no_pattern(f"{service}:{action}", pattern, SDK_PATTERNS, sdk=True)
    return Integration(service, action, pattern, True, SDK_PATTERNS, SDK_GUIDE, operation)


def of_resource(resource: str) -> Integration | None:
    """The integration of a Resource's end; None for activities and functions' ARNs. Raises Unknown."""
    if resource.startswith("aws-sdk:"):
        return sdk(resource)
    return optimized(resource) if ":" in resource else None


def error_name(service: str, error: str) -> str:
    """An error of an AWS SDK integration as Step Functions names it: `DynamoDb.ConditionalCheckFailedException`.

    Every name ends with Exception, also where the API's does not.
    https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
    """
    suffix = "" if error.endswith("Exception") else "Exception"
    return f"{sdk_services()[service].errors}.{error}{suffix}"


def error_names(integration: Integration) -> tuple[str, ...]:
    """The errors that an SDK integration's model declares, as catchers name them; empty for optimized ones."""
    if not integration.sdk or integration.operation is None:
        return ()
    return tuple(error_name(integration.service, error) for error in integration.operation.errors)


_THROTTLES = re.compile(r"Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown")


_READS = re.compile(r"(batchGet|get|list|describe|head|query|scan|lookup|search)([A-Z]|$)")


def only_reads(integration: Integration) -> bool:
    """Whether an SDK integration changes nothing, by its operation's name."""
    return integration.sdk and _READS.match(integration.action) is not None


def transient_names(integration: Integration) -> tuple[str, ...]:
    """The errors that are gone when tried again: throttling, and failures inside AWS. Empty where AWS names none."""
    if integration.name in OPTIMIZED_ERRORS:
        return OPTIMIZED_ERRORS[integration.name]
    if not integration.sdk or integration.operation is None:
        return ()
    own = [e for e in integration.operation.faults if e in integration.operation.errors]
    throttles = [e for e in integration.operation.errors if _THROTTLES.search(e)]
    names = [error_name(integration.service, e) for e in dict.fromkeys((*own, *throttles))]
    return (*names, f"{sdk_services()[integration.service].errors}.SdkClientException")


def _split(text: str) -> tuple[str, str, str]:
    service, colon, rest = text.partition(":")
    if not colon or not service or not rest:
        instead = 'write "service:operation", such as "glue:startJobRun.sync"'
        raise Unknown(f"`{text}` names no operation of a service", instead)
    action, dot, pattern = rest.partition(".")
    return service, action, f".{pattern}" if dot else REQUEST


def _service_hint(service: str) -> str:
    from_boto = next((s.name for s in sdk_services().values() if s.model == service or s.iam == service), None)
    if from_boto is not None:
        return f"did you mean `{from_boto}`?"
    hint = did_you_mean(service, sdk_services())
    return hint if hint.startswith("did you mean") else ""


def _unknown_service(text: str, service: str, action: str) -> Unknown:
    what = f"Step Functions has no optimized integration of `{service}`"
    alias = ALIASES.get(service)
    if alias is not None:
        return Unknown(what, f"did you mean `{alias}:{action}`?")
    if service in sdk_services():
        return Unknown(what, f'write sdk(..., "{text}", ...)')
    hint = did_you_mean(service, [*TABLE, *ALIASES])
    return Unknown(what, hint)


def _unknown_action(service: str, action: str, actions: tuple[str, ...]) -> Unknown:
    what = f"Step Functions has no optimized integration of `{service}:{action}`"
    close = did_you_mean(action, actions)
    if close.startswith("did you mean"):
        return Unknown(what, close)
    sdk_name = next((s.name for s in sdk_services().values() if s.model == TABLE[service][1]), None)
    if sdk_name is not None and action in models.operations(sdk_services()[sdk_name].model):
        return Unknown(what, f'write sdk(..., "{sdk_name}:{action}", ...)')
    return Unknown(what, f"it has {', '.join(actions)}")


def _no_pattern(name: str, pattern: str, ways: tuple[str, ...], *, sdk: bool = False) -> Unknown:
    known = {*WAYS}
    if pattern not in known:
        return Unknown(f"`{pattern}` is no way to wait", did_you_mean(pattern, [w for w in ways if w]), "pattern")
    kind = "the AWS SDK integration of " if sdk else ""
    what = f"{kind}`{name}` does not offer `{pattern or 'request-response'}` ({WAYS[pattern]})"
    offered = ", ".join(f"`{w}`" for w in ways if w)
    instead = f"it offers request-response{f' and {offered}' if offered else ' only'}"
    return Unknown(what, instead, "pattern")


__all__ = [
    "ONCE",
    "REQUEST",
    "SYNC",
    "SYNC_2",
    "TOKEN",
    "WAYS",
    "Integration",
    "SdkService",
    "Unknown",
    "error_name",
    "error_names",
    "of_resource",
    "only_reads",
    "optimized",
    "optimized_operations",
    "sdk",
    "sdk_services",
    "transient_names",
]
