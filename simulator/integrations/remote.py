"""Lambda behind an endpoint: functions invoked by the Lambda API."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from simulator.integrations.lambda_ import Invoke
from simulator.integrations.names import error_name
from simulator.tasks import TaskFailed


def invoke_at(endpoint: str, region: str) -> Invoke:
    """An `invoke` that calls the Lambda API at an endpoint with dummy credentials."""
    session: Any = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=region)  # noqa: S106
    client = session.client(
        "lambda", endpoint_url=endpoint, config=Config(retries={"total_max_attempts": 1}, read_timeout=900)
    )

    def call(function: str, payload: bytes) -> tuple[bytes, str | None]:
        try:
            answer = client.invoke(FunctionName=function, Payload=payload)
        except ClientError as error:
            details: Any = error.response.get("Error", {})
            code = str(details.get("Code", "Unknown"))
            raise TaskFailed(error_name("lambda", code, modelled=True), str(details.get("Message", ""))) from error
        return answer["Payload"].read(), answer.get("FunctionError")

    async def invoke(function: str, payload: bytes) -> tuple[bytes, str | None]:
        return await asyncio.to_thread(call, function, payload)

    return invoke
