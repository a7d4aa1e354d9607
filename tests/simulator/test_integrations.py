"""Lambda by an injected function, AWS services by boto3 against an endpoint of ours: results, errors, connections."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulator import Resource, Submission, TaskCall, TaskFailed
from simulator.integrations import AwsTasks, Services
from simulator.values import Value


def task(resource: str, arguments: Value, **more: Any) -> TaskCall:
    parsed = Resource.parse(f"arn:aws:states:::{resource}" if not resource.startswith("arn") else resource)
    return TaskCall(
        parsed, arguments, "arn:aws:states:us-east-1:1:execution:m:n", "T", 0, None, None, None, None, 1, **more
    )


async def invoked(payload: Value, error: str | None = None) -> tuple[list[tuple[str, Value]], AwsTasks]:
    calls: list[tuple[str, Value]] = []

    async def invoke(function: str, given: bytes) -> tuple[bytes, str | None]:
        calls.append((function, json.loads(given)))
        return json.dumps(payload).encode(), error

    return calls, AwsTasks(invoke)


async def test_lambda_invoke_answers_as_the_service_does() -> None:
    calls, tasks = await invoked({"x": 1})
    result = await tasks.run(
        task("lambda:invoke", {"FunctionName": "arn:aws:lambda:us-east-1:1:function:f:7", "Payload": {"a": 1}})
    )
    assert calls == [("arn:aws:lambda:us-east-1:1:function:f:7", {"a": 1})]
    assert (result["Payload"], result["StatusCode"], result["ExecutedVersion"]) == ({"x": 1}, 200, "7")
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    await tasks.run(task("lambda:invoke", {"FunctionName": "f", "Qualifier": "live"}))
    assert calls[-1] == ("f:live", {})


async def test_a_functions_own_arn_gives_the_bare_payload() -> None:
    calls, tasks = await invoked([1, 2])
    assert await tasks.run(task("arn:aws:lambda:us-east-1:1:function:f", {"in": 1})) == [1, 2]
    assert calls == [("arn:aws:lambda:us-east-1:1:function:f", {"in": 1})]


async def test_a_functions_error_is_named_by_its_type() -> None:
    document = {"errorType": "InvalidReading", "errorMessage": "no"}
    _, tasks = await invoked(document, "Unhandled")
    with pytest.raises(TaskFailed) as failed:
        await tasks.run(task("lambda:invoke", {"FunctionName": "f"}))
    assert failed.value.error == "InvalidReading"
    assert json.loads(failed.value.cause or "") == document


@pytest.mark.parametrize("document", [{"errorMessage": "Task timed out after 3.00 seconds"}, "just text"])
async def test_an_error_without_a_type_is_unknown(document: Value) -> None:
    # "Unhandled errors": https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    _, tasks = await invoked(document, "Unhandled")
    with pytest.raises(TaskFailed) as failed:
        await tasks.run(task("lambda:invoke", {"FunctionName": "f"}))
    assert failed.value.error == "Lambda.Unknown"
    said, _, payload = (failed.value.cause or "").partition(" Returned payload: ")
    assert said == "The cause could not be determined because Lambda did not return an error type."
    assert json.loads(payload) == document


async def test_a_broken_connection_to_lambda_is_transient() -> None:
    async def invoke(function: str, given: bytes) -> tuple[bytes, str | None]:
        raise ConnectionResetError("gone")

    with pytest.raises(TaskFailed) as failed:
        await AwsTasks(invoke).run(task("lambda:invoke", {"FunctionName": "f"}))
    assert failed.value.error == "Lambda.SdkClientException"


async def test_a_token_task_is_only_submitted() -> None:
    _, tasks = await invoked({})
    result = await tasks.run(task("lambda:invoke.waitForTaskToken", {"FunctionName": "f"}))
    assert isinstance(result, Submission)
    assert result.completion is None


class Endpoint:
    """Answers AWS JSON and query requests as it was told, and keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answer: tuple[int, Any] = (200, {})
        self.url = ""

    async def respond(self, request: Request) -> Response:
        body = await request.body()
        target = request.headers.get("x-amz-target", "")
        self.asked.append((target, json.loads(body) if target else body.decode()))
        status, content = self.answer
        headers = {"x-amzn-requestid": "request-1"}
        if isinstance(content, str):
            return Response(content, status, headers, "text/xml")
        return Response(json.dumps(content), status, headers, "application/x-amz-json-1.0")


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    endpoint.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    app = Starlette(routes=[Route("/{path:path}", endpoint.respond, methods=["POST", "GET", "PUT"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.001)
    yield endpoint
    server.should_exit = True
    await serving


@pytest.fixture
async def services(endpoint: Endpoint) -> AsyncIterator[Services]:
    services = Services(endpoint.url, threads=2)
    yield services
    services.close()


async def test_dynamodb_items_go_and_come(endpoint: Endpoint, services: Services) -> None:
    endpoint.answer = (200, {"Item": {"id": {"S": "a"}, "n": {"N": "1"}}})
    result = await services.call(
        task("dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S": "a"}}, "ConsistentRead": True})
    )
    assert result["Item"] == {"id": {"S": "a"}, "n": {"N": "1"}}
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    target, body = endpoint.asked[0]
    assert target == "DynamoDB_20120810.GetItem"
    assert body == {"TableName": "t", "Key": {"id": {"S": "a"}}, "ConsistentRead": True}
    sdk = await services.call(task("aws-sdk:dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S": "a"}}}))
    assert sdk == {"Item": {"id": {"S": "a"}, "n": {"N": "1"}}}


@pytest.mark.parametrize(
    ("resource", "code", "name"),
    [
        ("dynamodb:putItem", "ConditionalCheckFailedException", "DynamoDB.ConditionalCheckFailedException"),
        ("dynamodb:putItem", "ValidationException", "DynamoDB.AmazonDynamoDBException"),
        ("aws-sdk:dynamodb:putItem", "ConditionalCheckFailedException", "DynamoDb.ConditionalCheckFailedException"),
        ("aws-sdk:dynamodb:putItem", "ValidationException", "DynamoDb.DynamoDbException"),
    ],
)
async def test_errors_are_named_as_step_functions_names_them(
    endpoint: Endpoint, services: Services, resource: str, code: str, name: str
) -> None:
    endpoint.answer = (
        400,
        {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "The conditional request failed"},
    )
    with pytest.raises(TaskFailed) as failed:
        await services.call(task(resource, {"TableName": "t", "Item": {"id": {"S": "a"}}}))
    assert failed.value.error == name
    assert (failed.value.cause or "").startswith("The conditional request failed (Service: ")
    assert "request-1" in (failed.value.cause or "")


async def test_sqs_and_sns_bodies_become_text(endpoint: Endpoint, services: Services) -> None:
    endpoint.answer = (200, {"MessageId": "m", "MD5OfMessageBody": "d"})
    queue = endpoint.url + "/000000000000/q"
    result = await services.call(task("sqs:sendMessage", {"QueueUrl": queue, "MessageBody": {"a": 1}}))
    assert result["MessageId"] == "m"
    assert endpoint.asked[-1][1]["MessageBody"] == '{"a":1}'
    endpoint.answer = (
        200,
        "<PublishResponse><PublishResult><MessageId>p</MessageId></PublishResult></PublishResponse>",
    )
    published = await services.call(
        task("sns:publish", {"TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": {"a": [1]}})
    )
    assert published["MessageId"] == "p"
    assert "Message=%7B%22a%22%3A%5B1%5D%7D" in endpoint.asked[-1][1]


async def test_failed_entries_of_put_events_fail_the_task(endpoint: Endpoint, services: Services) -> None:
    endpoint.answer = (200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "X"}]})
    with pytest.raises(TaskFailed) as failed:
        await services.call(
            task("events:putEvents", {"Entries": [{"Detail": {"a": 1}, "DetailType": "t", "Source": "s"}]})
        )
    assert failed.value.error == "EventBridge.FailedEntry"
    entry = endpoint.asked[-1][1]["Entries"][0]
    assert (entry["Detail"], entry["Resources"]) == ('{"a":1}', ["arn:aws:states:us-east-1:1:execution:m:n"])


async def test_a_dead_endpoint_is_transient() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    services = Services(f"http://127.0.0.1:{port}", threads=1)
    with pytest.raises(TaskFailed) as failed:
        await services.call(task("dynamodb:getItem", {"TableName": "t", "Key": {"id": {"S": "a"}}}))
    assert failed.value.error == "DynamoDB.SdkClientException"
    services.close()


async def test_what_nobody_answers_says_so(services: Services) -> None:
    tasks = AwsTasks(services=services)
    for resource in ("lambda:invoke", "glue:startJobRun.sync", "nothing:doIt"):
        with pytest.raises(TaskFailed) as failed:
            await tasks.run(task(resource, {"FunctionName": "f"}))
        assert failed.value.error == "States.Runtime"
    with pytest.raises(TaskFailed) as unknown:
        await tasks.run(task("dynamodb:explode", {}))
    assert "no action explode" in (unknown.value.cause or "")
