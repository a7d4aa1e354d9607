"""AWS services for workflows, called from the event loop where their protocol allows it (embedded default).

boto3 in threads costs about 1 ms of processor per call, and more in waiting for the interpreter's lock; the telemetry
workflow makes two DynamoDB calls per reading. Here the same botocore models write and read the requests, and only the
sending is our own: half of the processor time of the whole services process. Services that speak another protocol than
JSON (SNS, S3) go through boto3.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from local.aws.call import JsonClient
from simulator.integrations.services import Prepared, Services, failures, result
from simulator.tasks import TaskCall
from simulator.values import Value

_PROTOCOL = "json"


class DirectServices(Services):
    """`Services` whose JSON calls need no thread."""

    def __init__(self, endpoint: str, *, region: str) -> None:
        super().__init__(endpoint, region=region)
        self._where = (endpoint, region)
        self._direct: dict[str, JsonClient] = {}
        self._serializer = create_serializer(_PROTOCOL)
        self._parser = create_parser(_PROTOCOL)

    async def call(self, call: TaskCall) -> Value:
        """Answer a task. Raises TaskFailed."""
        prepared = self.prepare(call)
        model = prepared.model.service_model
        if model.resolved_protocol != _PROTOCOL:
            return await super().call(call)
        client = self._direct.get(model.service_name)
        if client is None:
            endpoint, region = self._where
            client = JsonClient(endpoint, model.signing_name, model.metadata.get("targetPrefix", ""), region)
            self._direct[model.service_name] = client
        with failures(prepared):
            answer = await self._answer(prepared, client)
        return result(prepared, answer)

    async def _answer(self, prepared: Prepared, client: JsonClient) -> dict[str, Any]:
        request = self._serializer.serialize_to_request(prepared.request, prepared.model)
        status, headers, body = await client.send(dict(request["headers"]), request["body"])
        response = {
            "status_code": status,
            "headers": headers,
            "body": body,
            "context": {"operation_name": prepared.method},
        }
        parse: Any = self._parser.parse  # an operation without output has no shape, which the stubs do not know
        answer: dict[str, Any] = parse(response, prepared.model.output_shape)
        if status >= 300:
            raise ClientError(answer, prepared.model.name)  # type: ignore[arg-type]
        return answer

    def close(self) -> None:
        """Let go of connections and threads."""
        for client in self._direct.values():
            client.close()
        super().close()
