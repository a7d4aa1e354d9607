"""A client of the Step Functions API: boto3 over HTTP against an engine on the virtual clock."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import boto3
import pytest
import uvicorn
from botocore.config import Config

from simulator import Engine, TaskCall, TaskFailed, VirtualClock
from simulator.api import create_app
from simulator.values import Value

Call = Callable[..., Awaitable[dict[str, Any]]]


class Tasks:
    """Fails where the arguments say so, else echoes; keeps tokens."""

    tokens: list[str]

    def __init__(self) -> None:
        self.tokens = []

    async def run(self, call: TaskCall) -> Value:
        if call.token is not None:
            self.tokens.append(call.token)
        if isinstance(call.arguments, dict) and "fail" in call.arguments:
            raise TaskFailed(call.arguments["fail"], "asked for")
        return call.arguments


@pytest.fixture
def tasks() -> Tasks:
    return Tasks()


@pytest.fixture
async def call(tasks: Tasks) -> AsyncIterator[Call]:
    """Calls an operation by boto3's name of it, off the loop's thread."""
    engine = Engine(tasks, clock=VirtualClock(), account="123456789012")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(engine), log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    client: Any = boto3.client(
        "stepfunctions",
        endpoint_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}),
    )
    while not server.started:
        await asyncio.sleep(0.001)

    async def calling(operation: str, **parameters: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await asyncio.to_thread(getattr(client, operation), **parameters)
        answer.pop("ResponseMetadata")
        return answer

    yield calling
    client.close()
    server.should_exit = True
    await serving
    await engine.close()
