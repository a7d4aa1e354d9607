"""The telemetry workflow's role, statement by statement: what the local engine denies when one is gone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from handlers import entry
from handlers.models import Done
from local.aws.authorization import AuthorizedTasks, Role
from local.aws.needs import Place
from pipelines.telemetry import telemetry
from simulator import Engine, TaskCall, TaskFailed, VirtualClock
from simulator.machines import Revision, StateMachine, compile_text
from tests.handlers.messages import record
from tests.handlers.messages import telemetry as message
from tests.handlers.test_entry import Context
from tests.infrastructure.plans import PlanOf, statements

Statement = dict[str, Any]
FRIDGE = {"device_id": {"S": "fridge-7"}, "name": {"S": "Vaccines"}, "low": {"N": "2"}, "high": {"N": "8"}}
BATCH = [
    record(payload=b"no JSON", trace="1", sqs_id="q-1"),
    record(message(temperature=9.3), trace="2", sqs_id="q-2"),
    record(message(temperature=9.3), trace="3", sqs_id="q-3"),
]
"""A message to quarantine, a reading with an alert due, and the same reading published again: every Task is reached."""

UNASKED = {"Logs", "Traces"}
"""Statements for what AWS does beside the states; nothing local asks for them."""


class World:
    """Answers the workflow's calls as its handlers and AWS would, and notes them."""

    def __init__(self) -> None:
        self.calls: list[TaskCall] = []
        self._stored: dict[str, Any] = {}

    async def run(self, call: TaskCall) -> Any:
        self.calls.append(call)
        arguments: Any = call.arguments
        answer: Callable[[Any], Any] = getattr(self, f"_{call.resource.service}_{call.resource.action}")
        return answer(arguments)

    def _lambda_invoke(self, arguments: Any) -> Any:
        name = arguments["FunctionName"].split(":")[6].rpartition("-")[2]
        payload = arguments["Payload"]
        if name == "quarantine":
            sqs_id = payload["input"]["record"]["messageId"]
            return {"Payload": Done(sqs_id=sqs_id, trace="1", outcome="quarantined").model_dump(mode="json")}
        try:
            return {"Payload": getattr(entry, name)(payload, Context())}
        except Exception as error:
            document = {"errorType": type(error).__name__, "errorMessage": str(error)}
            raise TaskFailed(type(error).__name__, json.dumps(document)) from error

    def _dynamodb_getItem(self, arguments: Any) -> Any:  # noqa: N802 - the action's name
        if arguments["TableName"].endswith("devices"):
            return {"Item": FRIDGE}
        return {"Item": self._stored[arguments["Key"]["id"]["S"]]}

    def _dynamodb_putItem(self, arguments: Any) -> Any:  # noqa: N802
        if arguments["TableName"].endswith("readings"):
            key = arguments["Item"]["id"]["S"]
            if "ConditionExpression" in arguments and key in self._stored:
                raise TaskFailed("DynamoDB.ConditionalCheckFailedException", "The conditional request failed")
            self._stored[key] = arguments["Item"]
        return {}

    def _sns_publish(self, arguments: Any) -> Any:
        return {"MessageId": "1"}


class Silent:
    """Does nothing with a call that was allowed."""

    async def run(self, call: TaskCall) -> Any:
        return None


@pytest.fixture
def policy(plan_of: PlanOf) -> list[Statement]:
    """The statements that the program gives the role of the local state machine."""
    return statements(plan_of("local").one("aws:iam/rolePolicy:RolePolicy", "telemetry-policy").inputs["policy"])


def place_of(policy: list[Statement]) -> Place:
    _, partition, _, region, account, _ = policy[0]["Resource"][0].split(":", 5)
    return Place(region, account, partition)


def denying(policy: list[Statement], behind: Any) -> AuthorizedTasks:
    """A runner that asks a role with this policy."""
    place = place_of(policy)
    role = Role.of(f"arn:aws:iam::{place.account}:role/symphony-local-telemetry", [{"Statement": policy}])

    async def known(arn: str) -> Role | None:
        return role

    return AuthorizedTasks(behind, known, lambda execution: role.arn, place)


async def execution_of(policy: list[Statement], world: World) -> Any:
    """The workflow, run over the batch under a role with this policy; what is denied is tried again in no time."""
    place = place_of(policy)
    engine = Engine(denying(policy, world), clock=VirtualClock(), region=place.region, account=place.account)
    bindings = {
        key: {
            "function": place.arn("lambda", f"function:symphony-local-{name}:7"),
            "table": f"symphony-local-{name}",
            "topic": place.arn("sns", f"symphony-local-{name}"),
            "aws": "aws",
        }[kind]
        for key in telemetry.symbols
        for kind, _, name in (key.partition("."),)
    }
    arn = engine.arn("stateMachine", "telemetry")
    text = telemetry.to_json(bindings)
    revision = Revision("INITIAL", text, "arn:aws:iam::1:role/r", compile_text(text, express=True))
    engine.machines.by_arn[arn] = StateMachine(arn, "telemetry", "EXPRESS", 0.0, 0.0, revision)
    given = json.dumps([each.model_dump(mode="json", by_alias=True) for each in BATCH])
    return await engine.run(arn, given)


async def denied(policy: list[Statement], calls: list[TaskCall]) -> dict[str, TaskFailed]:
    """Of these calls, the states that a role with this policy denies, with the failures."""
    found: dict[str, TaskFailed] = {}
    for call in calls:
        try:
            await denying(policy, Silent()).run(call)
        except TaskFailed as failure:
            found[call.state] = failure
    return found


async def unexplained(policy: list[Statement], calls: list[TaskCall]) -> list[str]:
    """The statements without which other states are denied than those that they are named after."""
    states = {s.sid: set(s.states) for s in telemetry.permissions(logs=True, traces=True).statements}
    wrong = []
    for gone in policy:
        rest = [statement for statement in policy if statement is not gone]
        expected = set() if gone["Sid"] in UNASKED else states.get(gone["Sid"], {"a state of this name"})
        if set(await denied(rest, calls)) != expected:
            wrong.append(gone["Sid"])
    return wrong


async def test_with_its_whole_role_the_workflow_reaches_every_task(policy: list[Statement]) -> None:
    world = World()
    execution = await execution_of(policy, world)
    assert execution.status == "SUCCEEDED"
    output: Any = execution.run.output
    assert output["batchItemFailures"] == []
    assert sorted(done["outcome"] for done in output["outcomes"]) == ["duplicate", "quarantined", "stored"]
    needed = {state for s in telemetry.permissions().statements for state in s.states}
    assert {call.state for call in world.calls} == needed


async def test_without_a_statement_exactly_the_states_that_it_names_are_denied(policy: list[Statement]) -> None:
    world = World()
    await execution_of(policy, world)
    assert await denied(policy, world.calls) == {}
    assert await unexplained(policy, world.calls) == []
    assert {statement["Sid"] for statement in policy} >= {"Logs", "StoreAndMarkSent", "ReadStored"}


async def test_a_statement_that_nothing_needs_is_found(policy: list[Statement]) -> None:
    world = World()
    await execution_of(policy, world)
    table = next(s for s in policy if s["Sid"] == "LookUpDevice")["Resource"]
    scan = {"Sid": "Scan", "Effect": "Allow", "Action": ["dynamodb:Scan"], "Resource": table}
    again = {**next(s for s in policy if s["Sid"] == "Alert"), "Sid": "AlertAgain"}
    assert await unexplained([*policy, scan], world.calls) == ["Scan"]
    assert await unexplained([*policy, again], world.calls) == ["Alert", "AlertAgain"]  # either would do


DYNAMODB = "DynamoDB.AmazonDynamoDBException"
DENIED = {
    "Validate": ("Lambda.AWSLambdaException", "lambda:InvokeFunction", "lambda:{}:function:symphony-local-validate:7"),
    "Look up device": (DYNAMODB, "dynamodb:GetItem", "dynamodb:{}:table/symphony-local-devices"),
    "Store": (DYNAMODB, "dynamodb:PutItem", "dynamodb:{}:table/symphony-local-readings"),
    "Alert": ("SNS.AuthorizationErrorException", "SNS:Publish", "sns:{}:symphony-local-alerts"),
}


@pytest.mark.parametrize("state", DENIED)
async def test_a_denial_names_action_resource_and_role_and_ends_the_task_as_on_aws(
    policy: list[Statement], state: str
) -> None:
    (gone,) = [s.sid for s in telemetry.permissions().statements if state in s.states]
    execution = await execution_of([s for s in policy if s["Sid"] != gone], World())
    assert execution.status == "SUCCEEDED"  # the batch goes on without the readings that it cannot handle
    assert {"itemIdentifier": "q-2"} in execution.run.output["batchItemFailures"]
    failures = [
        e.details for e in execution.events if e.type == "TaskFailed" and "not authorized" in e.details["cause"]
    ]
    place = place_of(policy)
    error, action, resource = DENIED[state]
    arn = f"arn:aws:{resource.format(f'{place.region}:{place.account}')}"
    role = f"arn:aws:sts::{place.account}:assumed-role/symphony-local-telemetry/"
    assert {failure["error"] for failure in failures} == {error}
    for failure in failures:
        assert failure["cause"].startswith(f"User: {role}")
        assert f" is not authorized to perform: {action} on resource: {arn} " in failure["cause"]
        assert f"because no identity-based policy allows the {action} action (Service: " in failure["cause"]
