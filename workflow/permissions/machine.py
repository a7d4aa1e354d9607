"""What a state machine itself needs: children of distributed Maps, logs, traces, its key.

https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..resources import Symbol, Text
from .arns import SELF, arn, joined, literal, read
from .statement import Condition, Statement, allow
from .targets import objects
from .uses import MapUse

MAPS = "https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html"
LOGS = "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"
TRACES = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html"
KEYS = "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html"

OWN = Text((Symbol(SELF),))


def distributed(use: MapUse) -> Iterator[Statement]:
    """A distributed Map starts executions of its own state machine, watches them, and starts failed ones again."""
    state = use.state
    yield allow(state, ("states:StartExecution",), arn("states", joined("stateMachine:", OWN)), source=MAPS)
    executions = arn("states", joined("execution:", OWN, ":*"))
    yield allow(state, ("states:DescribeExecution", "states:StopExecution"), executions, source=MAPS)
    if use.execution_type == "STANDARD":
        label = use.label if use.label is not None else "*"
        runs = arn("states", joined("execution:", OWN, f"/{label}:*"))
        yield allow(state, ("states:RedriveExecution",), runs, source=MAPS)
    yield from _reads(use)
    yield from _writes(use)


def _arguments(part: Mapping[str, Any]) -> Mapping[str, Any]:
    found = part.get("Arguments", part.get("Parameters", {}))
    return found if isinstance(found, Mapping) else {}


def _reads(use: MapUse) -> Iterator[Statement]:
    if not use.reader:
        return
    given = _arguments(use.reader)
    bucket, wide = _bucket(given, "ItemReader")
    said = use.reader.get("ReaderConfig")
    config = said if isinstance(said, Mapping) else {}
    lists = str(use.reader.get("Resource", "")).endswith(":listObjectsV2")
    prefix = read(given.get("Prefix", ""))
    if lists:
        condition: Condition = ()
        if prefix is not None and literal(prefix) != "":
            condition = (("StringLike", "s3:prefix", (joined(prefix, "*"),)),)
        own = arn("s3", bucket if bucket is not None else "*", region=False, account=False)
        yield allow(use.state, ("s3:ListBucket",), own, condition=condition, source=MAPS, wide=wide)
        if config.get("Transformation") == "LOAD_AND_FLATTEN":
            key = joined(prefix, "*") if prefix is not None else None
            yield allow(use.state, ("s3:GetObject",), objects(bucket, key), source=MAPS, wide=wide)
        return
    manifest = config.get("InputType") == "MANIFEST" or "ManifestType" in config  # the files that it names, anywhere
    key = None if manifest else read(given.get("Key"))
    computed = wide or ("" if key is not None or manifest else "the Key of ItemReader is computed")
    yield allow(use.state, ("s3:GetObject",), objects(bucket, key), source=MAPS, wide=computed)


def _writes(use: MapUse) -> Iterator[Statement]:
    if not use.writer or not use.writer.get("Resource"):
        return
    given = _arguments(use.writer)
    bucket, wide = _bucket(given, "ResultWriter")
    prefix = read(given.get("Prefix", ""))
    known = literal(prefix)
    key = None
    if prefix is not None and known != "":
        key = joined(prefix, "*" if known is not None and known.endswith("/") else "/*")
    actions = ("s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload")
    yield allow(use.state, actions, objects(bucket, key), source=MAPS, wide=wide)


def _bucket(given: Mapping[str, Any], part: str) -> tuple[Text | None, str]:
    bucket = read(given.get("Bucket"))
    return bucket, "" if bucket is not None else f"the Bucket of {part} is computed"


def logs() -> Statement:
    """Setting up the delivery of logs, which knows no resources; the delivery itself writes streams and events."""
    actions = (
        "logs:CreateLogDelivery",
        "logs:GetLogDelivery",
        "logs:UpdateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:DescribeResourcePolicies",
        "logs:DescribeLogGroups",
    )
    return allow("Logs", actions, source=LOGS)


def traces() -> Statement:
    """Traces by X-Ray, which knows no resources."""
    actions = (
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
    )
    return allow("Traces", actions, source=TRACES)


def encryption(key: Text, *, activities: bool = False) -> Statement:
    """The customer's key of the state machine's data, used for this state machine alone."""
    own = arn("states", joined("stateMachine:", OWN))
    condition: Condition = (("StringEquals", "kms:EncryptionContext:aws:states:stateMachineArn", (own,)),)
    return allow("Encryption", ("kms:Decrypt", "kms:GenerateDataKey"), key, condition=condition, source=KEYS)
