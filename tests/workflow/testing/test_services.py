"""Integrations answered by boto3 against an endpoint: the emulator's DynamoDB and SNS, behind a socket."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import boto3
import pytest
from ministack.services import dynamodb, sns

from simulator.integrations import Services
from tests.handlers.aws import _now
from tests.workflow.testing.shop import Order, sell
from workflow.testing import Environment


class Emulator(BaseHTTPRequestHandler):
    """Hands requests to the emulated services."""

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        service = dynamodb if "x-amz-target" in headers else sns
        status, answered, content = _now(service.handle_request("POST", "/", headers, body, {}))
        data = content if isinstance(content, bytes) else content.encode()
        self.send_response(status)
        for name, value in answered.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Emulator)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def client(service: str, endpoint: str) -> Any:
    made: Any = boto3
    return made.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_what_a_workflow_stores_is_stored_there(endpoint: str) -> None:
    table = f"items-{uuid4().hex}"
    database = client("dynamodb", endpoint)
    database.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    topic = client("sns", endpoint).create_topic(Name=f"sales-{uuid4().hex}")["TopicArn"]
    services = Services(endpoint)
    try:
        environment = Environment(services=services, bindings={"table.items": table, "topic.sales": topic})
        assert environment.run(sell, Order(id="o-1", sku="tea")).output.said == "sold"
        again = environment.run(sell, Order(id="o-1", sku="tea"))
        assert again.output.said == "again"
        assert again.state("Store").error == "DynamoDB.ConditionalCheckFailedException"
        missing = Environment(services=services, bindings={"table.items": "none", "topic.sales": topic})
        assert missing.run(sell, Order(id="o-2", sku="tea")).error == "DynamoDB.ResourceNotFoundException"
    finally:
        services.close()
    assert database.get_item(TableName=table, Key={"id": {"S": "o-1"}})["Item"]["cents"] == {"N": "250"}
