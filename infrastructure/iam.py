"""IAM documents and roles: what may be done, by which service, on behalf of which resource.

Stage: used by every component. A role here trusts one service, only when that service acts for one named resource of
this account (aws:SourceArn, aws:SourceAccount), so that nobody else's pipe or rule can borrow it:
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
A statement on all resources needs `everywhere`, which asks for the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infrastructure.account import Account

Statement = dict[str, Any]
"""One statement of a policy; its values may be Outputs."""


def allow(
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    *,
    sid: str,
    condition: dict[str, Any] | None = None,
) -> Statement:
    """Allows `actions` on `resources`, each with its partition. `sid` says what for, letters and digits only."""
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return statement | ({"Condition": condition} if condition else {})


def everywhere(actions: Sequence[str], *, sid: str, because: str) -> Statement:
    """Allows `actions` on every resource. `because` is the reason; it stands beside the call for whoever reviews it."""
    if not because:
        raise ValueError(f"{sid}: a statement on all resources needs its reason")
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}


def insecure_transport_denied(actions: str, resource: pulumi.Input[str]) -> Statement:
    """Refuses whoever does not come over TLS, for the policy of a queue or topic."""
    return {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": actions,
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def document(statements: pulumi.Input[Sequence[Statement]]) -> pulumi.Output[str]:
    """A policy document as JSON, once everything in it is known."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements})


def trust(service: str, condition: dict[str, Any] | None = None) -> pulumi.Output[str]:
    """Lets `service` (as in `pipes.amazonaws.com`) assume a role."""
    statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document([statement | ({"Condition": condition} if condition else {})])


def acting_for(account: Account, *sources: pulumi.Input[str]) -> dict[str, Any]:
    """The condition that a service acts for one of these resources, and for this account."""
    return {"StringEquals": {"aws:SourceAccount": account.id}, "ArnLike": {"aws:SourceArn": list(sources)}}


@dataclass(frozen=True)
class ServiceRole:
    """A role and its only policy. Who uses the role depends on the policy too, or would start before it may act."""

    role: aws.iam.Role
    policy: aws.iam.RolePolicy

    @property
    def arn(self) -> pulumi.Output[str]:
        """The role's ARN."""
        arn: pulumi.Output[str] = self.role.arn
        return arn


def service_role(
    name: str,
    *,
    physical_name: str,
    description: str,
    trusted: pulumi.Input[str],
    statements: pulumi.Input[Sequence[Statement]],
    parent: pulumi.Resource,
) -> ServiceRole:
    """A role named `physical_name` that trusts `trusted` (from `trust`) and may do what `statements` say."""
    opts = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(
        f"{name}-role", name=physical_name, description=description, assume_role_policy=trusted, opts=opts
    )
    policy = aws.iam.RolePolicy(f"{name}-policy", name="least", role=role.name, policy=document(statements), opts=opts)
    return ServiceRole(role, policy)
