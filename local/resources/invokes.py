"""The functions of pulumi_aws that a local stack answers: who and where we are, and what exists already.

Stage: below the engine. A preview must not need any AWS, so each function says what it can without one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_PARTITIONS = {
    "aws": ("amazonaws.com", "com.amazonaws"),
    "aws-cn": ("amazonaws.com.cn", "cn.com.amazonaws.cn"),
    "aws-us-gov": ("amazonaws.com", "com.amazonaws"),
}


@dataclass(frozen=True)
class Asked:
    """What a function gets. `client` is None in a preview."""

    arguments: Mapping[str, Any]
    region: str
    account: str
    client: Callable[[str], Any] | None


def partition_of(region: str) -> str:
    """`aws`, or the partition of China or of the US government's regions."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _caller_identity(asked: Asked) -> dict[str, Any]:
    arn = f"arn:{partition_of(asked.region)}:iam::{asked.account}:root"
    return {"id": asked.account, "accountId": asked.account, "arn": arn, "userId": asked.account}


def _region(asked: Asked) -> dict[str, Any]:
    region = asked.arguments.get("name") or asked.arguments.get("region") or asked.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "description": region,
        "endpoint": f"ec2.{region}.{_PARTITIONS[partition_of(region)][0]}",
    }


def _partition(asked: Asked) -> dict[str, Any]:
    partition = partition_of(asked.region)
    suffix, reverse = _PARTITIONS[partition]
    return {"id": partition, "partition": partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _iot_endpoint(asked: Asked) -> dict[str, Any] | None:
    if asked.client is None:
        return None
    kind = asked.arguments.get("endpointType")
    answer = asked.client("iot").describe_endpoint(**({"endpointType": kind} if kind else {}))
    address = answer["endpointAddress"]
    return {"id": address, "endpointAddress": address, "endpointType": kind}


def _ssm_parameter(asked: Asked) -> dict[str, Any] | None:
    if asked.client is None:
        return None
    decrypt = asked.arguments.get("withDecryption", True)
    answer = asked.client("ssm").get_parameter(Name=asked.arguments["name"], WithDecryption=decrypt)["Parameter"]
    return {
        "id": answer["Name"],
        "name": answer["Name"],
        "arn": answer.get("ARN", ""),
        "type": answer["Type"],
        "value": answer["Value"],
        "insecureValue": answer["Value"] if answer["Type"] != "SecureString" else "",
        "version": answer.get("Version", 1),
    }


def _policy_document(asked: Asked) -> dict[str, Any]:
    """Write a policy from its parts, without merging other documents.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
    """
    statements = []
    for given in asked.arguments.get("statements", []):
        statement: dict[str, Any] = {"Effect": given.get("effect") or "Allow"}
        if given.get("sid"):
            statement["Sid"] = given["sid"]
        for ours, theirs in (
            ("actions", "Action"),
            ("notActions", "NotAction"),
            ("resources", "Resource"),
            ("notResources", "NotResource"),
        ):
            if given.get(ours):
                statement[theirs] = given[ours][0] if len(given[ours]) == 1 else given[ours]
        for ours, theirs in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
            for principal in given.get(ours) or []:
                identifiers = principal["identifiers"]
                value = identifiers[0] if len(identifiers) == 1 else identifiers
                statement[theirs] = (
                    "*" if principal["type"] == "*" else {**statement.get(theirs, {}), principal["type"]: value}
                )
        for condition in given.get("conditions") or []:
            values = condition["values"]
            test = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
            test[condition["variable"]] = values[0] if len(values) == 1 else values
        statements.append(statement)
    document = {"Version": asked.arguments.get("version") or "2012-10-17", "Statement": statements}
    text = json.dumps(document, indent=2)
    return {"id": "policy", "json": text, "minifiedJson": json.dumps(document, separators=(",", ":"))}


INVOKES: Mapping[str, Callable[[Asked], dict[str, Any] | None]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:iot/getEndpoint:getEndpoint": _iot_endpoint,
    "aws:ssm/getParameter:getParameter": _ssm_parameter,
}
"""By Pulumi's token. None as an answer: known only once deployed."""
