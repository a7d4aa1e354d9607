"""Workflows that call AWS services at the one endpoint, by either way there."""

import asyncio
import json
from typing import Any

import pytest

from local.aws import LocalAws
from local.aws.call import JsonClient
from local.aws.rest import ApiError
from tests.local.aws.support import ROLE, messages, name, queue


def run(aws: LocalAws, resource: str, arguments: Any) -> dict[str, Any]:
    """One Task in an Express state machine: the answer of StartSyncExecution."""
    client = aws.client("stepfunctions")
    state = {"Type": "Task", "Resource": resource, "Arguments": arguments, "End": True}
    machine = client.create_state_machine(
        name=name("machine"), type="EXPRESS", roleArn=ROLE,
        definition=json.dumps({"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": state}}),
    )["stateMachineArn"]  # fmt: skip
    answer: dict[str, Any] = client.start_sync_execution(stateMachineArn=machine, input="{}")
    return answer


@pytest.fixture(scope="module")
def table(aws: LocalAws) -> str:
    title = name("table")
    aws.client("dynamodb").create_table(
        TableName=title, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    return title


def test_dynamodb_puts_once_and_reads_back(aws: LocalAws, table: str) -> None:
    put = {
        "TableName": table,
        "Item": {"id": {"S": "é"}, "n": {"N": "1.5"}},
        "ConditionExpression": "attribute_not_exists(id)",
    }
    assert run(aws, "arn:aws:states:::dynamodb:putItem", put)["status"] == "SUCCEEDED"
    again = run(aws, "arn:aws:states:::dynamodb:putItem", put)
    assert (again["status"], again["error"]) == ("FAILED", "DynamoDB.ConditionalCheckFailedException")
    assert "The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400;" in again["cause"]
    get = {"TableName": table, "Key": {"id": {"S": "é"}}, "ConsistentRead": True}
    got = json.loads(run(aws, "arn:aws:states:::dynamodb:getItem", get)["output"])
    assert got["Item"] == {"id": {"S": "é"}, "n": {"N": "1.5"}}
    assert got["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert got["SdkResponseMetadata"]["RequestId"]


def test_what_is_wrong_with_a_call_has_its_name(aws: LocalAws, table: str) -> None:
    missing = run(aws, "arn:aws:states:::dynamodb:getItem", {"TableName": name("nowhere"), "Key": {"id": {"S": "1"}}})
    assert missing["error"] == "DynamoDB.ResourceNotFoundException"
    refused = run(aws, "arn:aws:states:::dynamodb:getItem", {"TableName": table, "Key": {"id": {"S": "1"}}, "Wrong": 1})
    assert refused["error"] == "States.Runtime"
    assert "Wrong" in refused["cause"]


def test_topics_and_queues(aws: LocalAws) -> None:
    url, arn = queue(aws)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sent = run(aws, "arn:aws:states:::sns:publish", {"TopicArn": topic, "Message": "by a topic"})
    assert json.loads(sent["output"])["MessageId"]
    assert run(aws, "arn:aws:states:::sqs:sendMessage", {"QueueUrl": url, "MessageBody": {"by": "a queue"}})["output"]
    bodies = [json.loads(message["Body"]) for message in messages(aws, url, 2)]
    assert {"by": "a queue"} in bodies
    assert "by a topic" in [body.get("Message") for body in bodies]


def test_alerts_keep_their_attributes_and_letters_and_failures_their_names(aws: LocalAws) -> None:
    url, arn = queue(aws)
    sns = aws.client("sns")
    topic = sns.create_topic(Name=name("topic"))["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    said = {
        "TopicArn": topic, "Message": "-20.5 °C & 50 % = ü+\n", "Subject": "Cold chain",
        "MessageAttributes": {"reading": {"DataType": "String", "StringValue": "d1#é"}},
    }  # fmt: skip
    assert run(aws, "arn:aws:states:::sns:publish", said)["status"] == "SUCCEEDED"
    (message,) = messages(aws, url, 1)
    body = json.loads(message["Body"])
    assert (body["Message"], body["Subject"]) == (said["Message"], said["Subject"])
    assert body["MessageAttributes"]["reading"]["Value"] == "d1#é"
    nowhere = run(aws, "arn:aws:states:::sns:publish", {**said, "TopicArn": f"{topic}-nowhere"})
    assert nowhere["error"] == "SNS.NotFoundException"
    assert "Service: AmazonSNS; Status Code: 404" in nowhere["cause"]


def test_a_function_that_is_not_there(aws: LocalAws) -> None:
    arn = f"arn:aws:lambda:{aws.region}:{aws.account}:function:{name('nowhere')}:1"
    failed = run(aws, "arn:aws:states:::lambda:invoke", {"FunctionName": arn, "Payload": {}})
    assert failed["error"] == "Lambda.ResourceNotFoundException"
    assert arn in failed["cause"]


async def test_calls_reuse_connections_and_can_be_cancelled(aws: LocalAws) -> None:
    url, _ = queue(aws)
    client = JsonClient(aws.endpoint, "sqs", "AmazonSQS", aws.region)
    for _ in range(5):
        await client.call("SendMessage", {"QueueUrl": url, "MessageBody": "x"})
    assert len(client._idle) == 1
    poll = asyncio.ensure_future(client.call("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 10}))
    assert len((await poll)["Messages"]) == 5
    waiting = asyncio.ensure_future(client.call("ReceiveMessage", {"QueueUrl": url, "WaitTimeSeconds": 20}))
    await client.call("SendMessage", {"QueueUrl": queue(aws)[0], "MessageBody": "elsewhere"})
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(ApiError) as missing:
        await client.call("GetQueueUrl", {"QueueName": name("nowhere")})
    assert "NonExistentQueue" in missing.value.code or "QueueDoesNotExist" in missing.value.code
    client.close()


async def test_no_answer_is_a_connection_error() -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(ConnectionError):
        await JsonClient(f"http://127.0.0.1:{port}", "sqs", "AmazonSQS", "us-east-1").call("ListQueues", {})
    server.close()
    await server.wait_closed()
    with pytest.raises(ConnectionError):
        await JsonClient(f"http://127.0.0.1:{port}", "sqs", "AmazonSQS", "us-east-1").call("ListQueues", {})


@pytest.mark.parametrize("idle", [0.0, 0.05])  # the end has not come yet, or has
async def test_a_kept_connection_that_the_server_closed_is_replaced(idle: float) -> None:
    asked = 0

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer_once, "127.0.0.1", 0)
    client = JsonClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "sqs", "AmazonSQS", "us-east-1")
    for number in range(3):
        assert await client.call("ListQueues", {}) == {}
        assert asked == number + 1
        await asyncio.sleep(idle)
    server.close()


async def test_an_answer_that_broke_off_is_not_asked_for_again() -> None:
    """The service may have done what was asked."""
    asked = 0

    async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        for length in (b"2", b"9"):
            await reader.readuntil(b"\r\n\r\n{}")
            asked += 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\n{}")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(break_off, "127.0.0.1", 0)
    client = JsonClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "sqs", "AmazonSQS", "us-east-1")
    assert await client.call("ListQueues", {}) == {}
    with pytest.raises(ConnectionError):
        await client.call("ListQueues", {})
    assert asked == 2
    server.close()
