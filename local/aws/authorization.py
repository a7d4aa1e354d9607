"""Roles of state machines, enforced: a Task that its role does not allow ends as it would on AWS (embedded default).

MiniStack keeps roles and their policies and evaluates policies; it does not know what a state machine does. Here its
evaluator is asked before each call, with what IAM holds at that moment. The evaluator is an internal part of MiniStack:
this is the one module that knows it, and tests/local/aws/test_authorization.py holds the cases that it must decide.

What differs from AWS: a role that IAM does not know allows everything (AWS refuses to create such a state machine);
policy variables in Resource are not substituted, so that such a statement allows nothing; of services other than
Lambda, DynamoDB, SNS, SQS, EventBridge, Step Functions and S3 only the action is checked, not the resource.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

from local.aws.needs import Need, Place, needs
from simulator.integrations.names import error_cause, error_name
from simulator.tasks import TaskCall, TaskFailed, TaskRunner
from simulator.values import Value

_DENIED = {
    "lambda": ("AccessDeniedException", 403),
    "sns": ("AuthorizationError", 403),
    "sqs": ("AccessDenied", 403),
    "s3": ("AccessDenied", 403),
}
"""By service, the code and status of a denied call; all others answer as DynamoDB does: AccessDeniedException, 400."""

KEPT = 10_000
"""Decisions that a role remembers."""


@dataclass
class Role:
    """What a role may do: its policies, and the boundary that they stay in, if it has one."""

    arn: str
    policies: list[list[Any]]
    boundary: list[list[Any]] | None = None
    _decided: dict[tuple[Need, Place], str | None] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(arn: str, documents: Sequence[Mapping[str, Any]], boundary: Mapping[str, Any] | None = None) -> Role:
        """A role with these policy documents."""
        limit = None if boundary is None else [_parsed(boundary)]
        return Role(arn, [_parsed(document) for document in documents], limit)

    def refusal(self, need: Need, place: Place) -> str | None:
        """Why the role may not do this, in AWS's words; None if it may."""
        key = (need, place)
        if key not in self._decided:
            if len(self._decided) >= KEPT:  # objects of S3 come without end
                self._decided.clear()
            self._decided[key] = self._decide(need, place)
        return self._decided[key]

    def _decide(self, need: Need, place: Place) -> str | None:
        anywhere = need.resource is None
        context = iam_evaluator.EvalContext(
            principal_arn=self.arn,
            principal_type="AssumedRole",
            principal_account=place.account,
            action=need.action,
            resource_arn=need.resource or "*",
            region=place.region,
            secure_transport=True,
            service_context=dict(need.context),  # the evaluator wants its keys in lower case
        )
        layers = [self.policies, *([self.boundary] if self.boundary is not None else [])]
        if anywhere:  # which resource is not known: only the action is compared
            layers = [[[_everywhere(s) for s in policy] for policy in layer] for layer in layers]
        result = iam_evaluator.evaluate(context, *layers)
        if result.decision == "Allow":
            return None
        if result.decision == "Deny":
            return "with an explicit deny in an identity-based policy"
        return f"because no identity-based policy allows the {shown(need.action)} action"


def _parsed(document: Mapping[str, Any]) -> list[Any]:
    return list(iam_evaluator.parse_policy_document(dict(document)))


def _everywhere(statement: Any) -> Any:
    return replace(statement, resources=["*"], not_resources=[])


class Roles:
    """Roles as IAM holds them, read again when `changes` (a file of the emulator's) has grown."""

    def __init__(self, iam: Callable[[], Any], changes: Path) -> None:
        self._iam, self._changes = iam, changes
        self._client: Any = None
        self._known: dict[str, tuple[int, asyncio.Task[Role | None]]] = {}

    async def role(self, arn: str) -> Role | None:
        """A role by its ARN; None if IAM has none. Raises what the client raises where IAM cannot be reached."""
        version = self._version()  # before reading: a change meanwhile makes the next call read again
        known = self._known.get(arn)
        if known is None or known[0] != version or (known[1].done() and known[1].exception() is not None):
            known = version, asyncio.create_task(asyncio.to_thread(self._read, arn))
            self._known[arn] = known
        elif known[1].done():
            return known[1].result()
        return await asyncio.shield(known[1])  # a call that is given up does not end the others' reading

    def _version(self) -> int:
        try:
            return self._changes.stat().st_size
        except FileNotFoundError:
            return 0

    def _read(self, arn: str) -> Role | None:
        if self._client is None:
            self._client = self._iam()
        iam, name = self._client, arn.rpartition("/")[2]
        try:
            role = iam.get_role(RoleName=name)["Role"]
            inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
            documents = [iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in inline]
            attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        except iam.exceptions.NoSuchEntityException:
            return None
        documents += [_managed(iam, policy["PolicyArn"]) for policy in attached]
        boundary = (role.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        return Role.of(arn, documents, _managed(iam, boundary) if boundary else None)


def _managed(iam: Any, arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


class AuthorizedTasks:
    """Has tasks done by the runner behind, if the execution's role allows what they need.

    role: a role by its ARN, None if it is not known (`Roles.role`). role_of: the role's ARN of an execution.
    """

    def __init__(
        self,
        behind: TaskRunner,
        role: Callable[[str], Awaitable[Role | None]],
        role_of: Callable[[str], str | None],
        place: Place,
    ) -> None:
        self._behind, self._role, self._role_of, self._place = behind, role, role_of, place

    async def run(self, call: TaskCall) -> Value:
        """Answer a task. Raises TaskFailed, for what is not allowed too."""
        arn = self._role_of(call.execution_arn)
        if arn is not None:
            await self._check(call, arn)
        return await self._behind.run(call)

    async def _check(self, call: TaskCall, arn: str) -> None:
        role = await self._role(arn)
        assumed = call.credentials.get("RoleArn") if isinstance(call.credentials, dict) else None
        if isinstance(assumed, str) and assumed != arn:
            if role is not None and role.refusal(Need("sts:AssumeRole", assumed), self._place) is not None:
                cause = f"The role {arn} is not authorized to assume the task state's role, {assumed}."
                raise TaskFailed("States.TaskFailed", cause)
            role = await self._role(assumed)
        if role is None:
            return
        for need in needs(call, self._place):
            refusal = role.refusal(need, self._place)
            if refusal is not None:
                raise denied(call, role.arn, need, refusal)


def denied(call: TaskCall, role: str, need: Need, refusal: str) -> TaskFailed:
    """The failure of a task whose call AWS denied.

    Only SNS's model names this error (`SNS.AuthorizationErrorException`); of Lambda and DynamoDB it is the service's
    own exception, `Lambda.AWSLambdaException` and `DynamoDB.AmazonDynamoDBException`.
    """
    service = "lambda" if call.resource.kind == "lambda" else call.resource.service
    code, status = _DENIED.get(service.removeprefix("aws-sdk:"), ("AccessDeniedException", 400))
    head, _, name = role.rpartition("/")
    partition, account = head.split(":")[1], head.split(":")[4]
    session = call.execution_arn.rpartition(":")[2]
    where = "" if need.resource is None else f" on resource: {need.resource}"
    message = (
        f"User: arn:{partition}:sts::{account}:assumed-role/{name}/{session} is not authorized to perform: "
        f"{shown(need.action)}{where} {refusal}"
    )
    error = error_name(service, code, modelled=code == "AuthorizationError")
    return TaskFailed(error, error_cause(service, error, message, code, status, str(uuid.uuid4())))


def shown(action: str) -> str:
    """An action as the service's own messages write it: `SNS:Publish`."""
    return f"SNS:{action[4:]}" if action.startswith("sns:") else action
