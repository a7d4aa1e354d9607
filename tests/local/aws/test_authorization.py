"""Roles of state machines: what the evaluator decides, what a call needs, and denials of the running local AWS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.aws import LocalAws
from local.aws.authorization import AuthorizedTasks, Role, Roles
from local.aws.needs import Need, Place, needs
from simulator import Resource, TaskCall, TaskFailed
from tests.local.aws.support import ROLE, function, name

HERE = Place("eu-central-1", "111122223333")
TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/readings"
FUNCTION = "arn:aws:lambda:eu-central-1:111122223333:function:validate"
MACHINE = "arn:aws:states:eu-central-1:111122223333:stateMachine:orders"


def statement(action: str | list[str], resource: str | list[str] = "*", effect: str = "Allow", **more: Any) -> Any:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def allowed(statements: list[Any], action: str, resource: str | None, *context: tuple[str, str], **more: Any) -> bool:
    role = Role.of(ROLE, [{"Statement": statements}], **more)
    return role.refusal(Need(action, resource, context), HERE) is None


# ---- what the evaluator decides

GET, PUT, QUERY = "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"
CALL, START = "lambda:InvokeFunction", "states:StartExecution"
IN_FRANKFURT = {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
OUTSIDE = {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}
OWN = TABLE.replace("111122223333", "${aws:PrincipalAccount}")
QUALIFIED = {"ForAnyValue:StringEquals": {"states:StateMachineQualifier": ["live"]}}
CASES = {
    "the action on the resource": ([statement(GET, TABLE)], GET, TABLE, True),
    "one of several": ([statement([GET, PUT], [TABLE, "x"])], PUT, TABLE, True),
    "nothing at all": ([], GET, TABLE, False),
    "another action": ([statement(GET, TABLE)], PUT, TABLE, False),
    "another table": ([statement(GET, TABLE)], GET, f"{TABLE}-2", False),
    "a table is not its index": ([statement(QUERY, TABLE)], QUERY, f"{TABLE}/index/i", False),
    "every version": ([statement(CALL, f"{FUNCTION}:*")], CALL, f"{FUNCTION}:7", True),
    "versions are not the function": ([statement(CALL, f"{FUNCTION}:*")], CALL, FUNCTION, False),
    "the function is not its versions": ([statement(CALL, FUNCTION)], CALL, f"{FUNCTION}:7", False),
    "actions know no case": ([statement("DynamoDB:getitem", TABLE)], GET, TABLE, True),
    "resources do": ([statement(GET, TABLE.replace("readings", "Readings"))], GET, TABLE, False),
    "a pattern of actions": ([statement("dynamodb:*Item", "*")], PUT, TABLE, True),
    "all but": ([{"Effect": "Allow", "NotAction": "dynamodb:*", "Resource": "*"}], GET, TABLE, False),
    "elsewhere": ([{"Effect": "Allow", "Action": "*", "NotResource": TABLE}], GET, TABLE, False),
    "a deny wins": ([statement("*"), statement(GET, TABLE, "Deny")], GET, TABLE, False),
    "a deny of something else": ([statement("*"), statement(PUT, TABLE, "Deny")], GET, TABLE, True),
    "no resource is every resource": ([statement("sns:Publish", "*")], "sns:Publish", "*", True),
    "a topic is not every resource": (
        [statement("sns:Publish", "arn:aws:sns:eu-central-1:1:alerts")],
        "sns:Publish",
        "*",
        False,
    ),
    "only the action is known": ([statement("glue:GetTable", "arn:aws:glue:x")], "glue:GetTable", None, True),
    "not even the action": ([statement("glue:GetTable", "arn:aws:glue:x")], "glue:GetTables", None, False),
    "the region of the call": ([statement("*", Condition=IN_FRANKFURT)], GET, TABLE, True),
    "another region": ([statement("*", Condition=OUTSIDE)], GET, TABLE, False),
    "a key that is not there": ([statement(START, MACHINE, Condition=QUALIFIED)], START, MACHINE, False),
    # A limit: AWS would put the account in.
    "variables are not substituted": ([statement(GET, OWN)], GET, TABLE, False),
}


@pytest.mark.parametrize("case", CASES)
def test_the_evaluator_decides(case: str) -> None:
    statements, action, resource, expected = CASES[case]
    assert allowed(statements, action, resource) is expected


def test_conditions_on_the_services_own_keys() -> None:
    policy = [statement("states:StartExecution", MACHINE, Condition=QUALIFIED)]
    assert allowed(policy, "states:StartExecution", MACHINE, ("states:statemachinequalifier", "live"))
    assert not allowed(policy, "states:StartExecution", MACHINE, ("states:statemachinequalifier", "7"))


def test_a_boundary_takes_away_and_gives_nothing() -> None:
    reads = {"Statement": [statement("dynamodb:GetItem")]}
    assert allowed([statement("dynamodb:*")], "dynamodb:GetItem", TABLE, boundary=reads)
    assert not allowed([statement("dynamodb:*")], "dynamodb:PutItem", TABLE, boundary=reads)
    assert not allowed([], "dynamodb:GetItem", TABLE, boundary=reads)


def test_a_denial_says_which_kind_it_is() -> None:
    need = Need("sns:Publish", "*")
    nothing, forbidden = Role.of(ROLE, []), Role.of(ROLE, [{"Statement": [statement("*", effect="Deny")]}])
    assert nothing.refusal(need, HERE) == "because no identity-based policy allows the SNS:Publish action"
    assert forbidden.refusal(need, HERE) == "with an explicit deny in an identity-based policy"


# ---- what a call needs

A_TABLE = {"TableName": "readings"}
NEEDS: dict[str, tuple[str, dict[str, Any], list[tuple[str, str | None]]]] = {
    "a version": ("lambda:invoke", {"FunctionName": f"{FUNCTION}:7"}, [("lambda:InvokeFunction", f"{FUNCTION}:7")]),
    "a name": ("lambda:invoke", {"FunctionName": "validate"}, [("lambda:InvokeFunction", FUNCTION)]),
    "a qualifier": (
        "lambda:invoke",
        {"FunctionName": "validate", "Qualifier": "live"},
        [("lambda:InvokeFunction", f"{FUNCTION}:live")],
    ),
    "a token's": ("lambda:invoke.waitForTaskToken", {"FunctionName": FUNCTION}, [("lambda:InvokeFunction", FUNCTION)]),
    "an item": ("dynamodb:getItem", A_TABLE, [("dynamodb:GetItem", TABLE)]),
    "by the SDK": ("aws-sdk:dynamodb:updateItem", {"TableName": TABLE}, [("dynamodb:UpdateItem", TABLE)]),
    "an index": ("aws-sdk:dynamodb:query", {**A_TABLE, "IndexName": "i"}, [("dynamodb:Query", f"{TABLE}/index/i")]),
    "a batch": (
        "aws-sdk:dynamodb:batchGetItem",
        {"RequestItems": {"readings": {}}},
        [("dynamodb:BatchGetItem", TABLE)],
    ),
    "a transaction": (
        "aws-sdk:dynamodb:transactWriteItems",
        {"TransactItems": [{"Put": A_TABLE}, {"ConditionCheck": A_TABLE}]},
        [("dynamodb:PutItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE)],
    ),
    "a topic": ("sns:publish", {"TopicArn": "arn:aws:sns:x"}, [("sns:Publish", "arn:aws:sns:x")]),
    "a phone": ("sns:publish", {"PhoneNumber": "+49"}, [("sns:Publish", "*")]),
    "a queue": (
        "sqs:sendMessage",
        {"QueueUrl": "http://127.0.0.1:4566/111122223333/jobs"},
        [("sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:jobs")],
    ),
    "buses": (
        "events:putEvents",
        {"Entries": [{"EventBusName": "own"}, {}, {"Detail": {}}]},
        [
            ("events:PutEvents", f"arn:aws:events:eu-central-1:111122223333:event-bus/{bus}")
            for bus in ("own", "default")
        ],
    ),
    "a state machine": (
        "states:startExecution.sync:2",
        {"StateMachineArn": f"{MACHINE}:live"},
        [("states:StartExecution", MACHINE)],
    ),
    "an object": ("aws-sdk:s3:headObject", {"Bucket": "b", "Key": "k"}, [("s3:GetObject", "arn:aws:s3:::b/k")]),
    "a bucket": ("aws-sdk:s3:listObjectsV2", {"Bucket": "b", "Prefix": "p"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    "anything else": ("aws-sdk:cloudwatchlogs:describeLogGroups", {}, [("logs:DescribeLogGroups", None)]),
    "what there is not": ("aws-sdk:nothing:atAll", {}, []),
}


def call(resource: str, arguments: Any, credentials: Any = None) -> TaskCall:
    arn = resource if resource.startswith("arn:") else f"arn:aws:states:::{resource}"
    execution = "arn:aws:states:eu-central-1:111122223333:execution:m:e-1"
    return TaskCall(Resource.parse(arn), arguments, execution, "S", 0, None, None, None, credentials, 1)


@pytest.mark.parametrize("case", NEEDS)
def test_a_call_needs(case: str) -> None:
    resource, arguments, expected = NEEDS[case]
    assert [(need.action, need.resource) for need in needs(call(resource, arguments), HERE)] == expected


def test_functions_and_activities_as_resources() -> None:
    assert needs(call(f"{FUNCTION}:7", {}), HERE) == (Need("lambda:InvokeFunction", f"{FUNCTION}:7"),)
    assert needs(call("arn:aws:states:eu-central-1:111122223333:activity:a", {}), HERE) == ()


# ---- what becomes of a task


class Done:
    async def run(self, call: TaskCall) -> Any:
        return "done"


def runner(roles: dict[str, Role]) -> AuthorizedTasks:
    async def role(arn: str) -> Role | None:
        return roles.get(arn)

    return AuthorizedTasks(Done(), role, lambda execution: ROLE, HERE)


SERVICES = {
    "lambda:invoke": ("Lambda.AWSLambdaException", "AWSLambda; Status Code: 403; Error Code: AccessDeniedException"),
    "dynamodb:getItem": ("DynamoDB.AmazonDynamoDBException", "AmazonDynamoDBv2; Status Code: 400; Error Code: Access"),
    "sns:publish": ("SNS.AuthorizationErrorException", "AmazonSNS; Status Code: 403; Error Code: AuthorizationError"),
    "sqs:sendMessage": ("SQS.AmazonSQSException", "AmazonSQS; Status Code: 403; Error Code: AccessDenied;"),
    "states:startExecution": ("StepFunctions.AWSStepFunctionsException", "AWSStepFunctions; Status Code: 400; Error"),
    "aws-sdk:dynamodb:getItem": ("DynamoDb.DynamoDbException", "DynamoDb, Status Code: 400, Request ID: "),
}


@pytest.mark.parametrize("resource", SERVICES)
async def test_each_service_denies_by_its_own_error(resource: str) -> None:
    error, where = SERVICES[resource]
    with pytest.raises(TaskFailed) as failed:
        await runner({ROLE: Role.of(ROLE, [])}).run(call(resource, {}))
    assert failed.value.error == error
    assert f"(Service: {where}" in (failed.value.cause or "")
    assert (failed.value.cause or "").startswith(
        "User: arn:aws:sts::000000000000:assumed-role/test/e-1 is not authorized to perform: "
    )


async def test_a_task_in_another_role_needs_both() -> None:
    other = "arn:aws:iam::222233334444:role/other"
    asked = call("dynamodb:getItem", A_TABLE, {"RoleArn": other})
    may_assume = Role.of(ROLE, [{"Statement": [statement("sts:AssumeRole", other)]}])
    may_read = Role.of(other, [{"Statement": [statement("dynamodb:GetItem", TABLE)]}])
    assert await runner({ROLE: may_assume, other: may_read}).run(asked) == "done"
    with pytest.raises(TaskFailed, match="not authorized to assume the task state's role, "):
        await runner({ROLE: Role.of(ROLE, []), other: may_read}).run(asked)
    with pytest.raises(TaskFailed, match="assumed-role/other/e-1 is not authorized to perform: dynamodb:GetItem on"):
        await runner({ROLE: may_assume, other: Role.of(other, [])}).run(asked)


async def test_a_role_that_nobody_made_is_not_enforced() -> None:
    assert await runner({}).run(call("dynamodb:getItem", A_TABLE)) == "done"


# ---- roles as IAM holds them


@pytest.fixture
def role(aws: LocalAws) -> Iterator[str]:
    """The name of a role without policies."""
    iam, made = aws.client("iam"), name("role")
    iam.create_role(RoleName=made, AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    yield made


def put(aws: LocalAws, role: str, policy: str, *statements: Any) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    aws.client("iam").put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=document)


async def test_a_role_is_read_whole_and_again_only_after_a_change(aws: LocalAws, role: str, tmp_path: Path) -> None:
    iam, read = aws.client("iam"), []

    class Counting:
        def __getattr__(self, attribute: str) -> Any:
            if attribute == "get_role":
                read.append(attribute)
            return getattr(iam, attribute)

    put(aws, role, "inline", statement("dynamodb:GetItem"))
    managed = json.dumps({"Version": "2012-10-17", "Statement": [statement("dynamodb:PutItem")]})
    policy = iam.create_policy(PolicyName=name("policy"), PolicyDocument=managed)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    arn, changes = f"arn:aws:iam::{aws.account}:role/{role}", tmp_path / "changes"
    roles = Roles(Counting, changes)
    found = await roles.role(arn)
    assert found is not None
    assert [
        found.refusal(Need(f"dynamodb:{each}", TABLE), HERE) is None for each in ("GetItem", "PutItem", "Scan")
    ] == [
        True,
        True,
        False,
    ]
    assert await roles.role(arn) is found
    changes.write_bytes(b".")
    assert await roles.role(arn) is not found
    assert len(read) == 2
    assert await roles.role(f"arn:aws:iam::{aws.account}:role/{name('nobody')}") is None


def test_the_local_step_functions_obeys_the_role_as_it_is_now(aws: LocalAws, role: str) -> None:
    client, dynamodb, table = aws.client("stepfunctions"), aws.client("dynamodb"), name("table")
    dynamodb.create_table(
        TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    get = {"TableName": table, "Key": {"id": {"S": "1"}}}
    state = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem", "Arguments": get, "End": True}
    machine = client.create_state_machine(
        name=name("machine"), type="EXPRESS", roleArn=f"arn:aws:iam::{aws.account}:role/{role}",
        definition=json.dumps({"QueryLanguage": "JSONata", "StartAt": "Get", "States": {"Get": state}}),
    )["stateMachineArn"]  # fmt: skip

    def run() -> dict[str, Any]:
        answer: dict[str, Any] = client.start_sync_execution(stateMachineArn=machine, input="{}")
        return answer

    arn = f"arn:aws:dynamodb:{aws.region}:{aws.account}:table/{table}"
    for _ in range(2):  # a change holds from the next call on, every time
        refused = run()
        assert (refused["status"], refused["error"]) == ("FAILED", "DynamoDB.AmazonDynamoDBException")
        assert f":assumed-role/{role}/" in refused["cause"]
        assert f"is not authorized to perform: dynamodb:GetItem on resource: {arn} because" in refused["cause"]
        put(aws, role, "reads", statement("dynamodb:GetItem", arn))
        assert run()["status"] == "SUCCEEDED"
        aws.client("iam").delete_role_policy(RoleName=role, PolicyName="reads")


def test_a_function_is_not_called_without_permission(aws: LocalAws, role: str, tmp_path: Path) -> None:
    called = tmp_path / "called"
    arn = function(aws, f"def handler(event, context): open({str(called)!r}, 'w').close()\n")
    client = aws.client("stepfunctions")
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": arn},
        "End": True,
    }
    machine = client.create_state_machine(
        name=name("machine"), type="EXPRESS", roleArn=f"arn:aws:iam::{aws.account}:role/{role}",
        definition=json.dumps({"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": state}}),
    )["stateMachineArn"]  # fmt: skip
    refused = client.start_sync_execution(stateMachineArn=machine, input="{}")
    assert refused["error"] == "Lambda.AWSLambdaException"
    assert f"lambda:InvokeFunction on resource: {arn} because" in refused["cause"]
    assert not called.exists()
    put(aws, role, "calls", statement("lambda:InvokeFunction", f"{arn.rpartition(':')[0]}:*"))
    assert client.start_sync_execution(stateMachineArn=machine, input="{}")["status"] == "SUCCEEDED"
    assert called.exists()
