"""AWS services for workflows, called from the event loop where their protocol allows it (embedded default).

boto3 in threads costs about 1 ms of processor per call, and more in waiting for the interpreter's lock; the telemetry
workflow makes two to four calls per reading. Here the same botocore models write and read the requests, and only the
sending is our own. S3, whose requests are of many forms, goes through boto3, as do the few services of other protocols.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from local.aws.call import Client
from simulator.integrations.services import Prepared, Services, failures, result
from simulator.tasks import TaskCall
from simulator.values import Value


class DirectServices(Services):
    """`Services` whose calls of JSON services and of SNS need no thread."""

    def __init__(self, endpoint: str, *, region: str) -> None:
        super().__init__(endpoint, region=region)
        self._where = (endpoint, region)
        self._direct: dict[str, _Direct] = {}

    async def call(self, call: TaskCall) -> Value:
        """Answer a task. Raises TaskFailed."""
        prepared = self.prepare(call)
        model = prepared.model.service_model
        if not _speaks(model):
            return await super().call(call)
        direct = self._direct.get(model.service_name)
        if direct is None:
            direct = self._direct[model.service_name] = _Direct(model, *self._where)
        with failures(prepared):
            answer = await direct.answer(prepared)
        return result(prepared, answer)

    def close(self) -> None:
        """Let go of connections and threads."""
        for client in self._direct.values():
            client.close()
        super().close()


def _speaks(model: ServiceModel) -> bool:
    """Whether calls of a service are its serializer's request and its parser's answer, and nothing beside.

    Of the services with the query protocol only SNS: boto3 rewrites answers of others (IAM's policies).
    """
    return model.resolved_protocol == "json" or model.service_name == "sns"


class _Direct:
    """One service: its protocol and its connections."""

    def __init__(self, model: ServiceModel, endpoint: str, region: str) -> None:
        self._client = Client(endpoint, model.signing_name, region)
        self._serializer = create_serializer(model.resolved_protocol)
        self._parser = create_parser(model.resolved_protocol)

    async def answer(self, prepared: Prepared) -> dict[str, Any]:
        """Call it. Raises ClientError for what it answers, OSError where there is no answer."""
        request = self._serializer.serialize_to_request(prepared.request, prepared.model)
        body: Any = request["body"]
        if isinstance(body, dict):  # a form, of the query protocol
            body = urlencode(body).encode()
        status, headers, content = await self._client.send(request["headers"], body)
        response = {
            "status_code": status,
            "headers": headers,
            "body": content,
            "context": {"operation_name": prepared.method},
        }
        parse: Any = self._parser.parse  # an operation without output has no shape, which the stubs do not know
        answer: dict[str, Any] = parse(response, prepared.model.output_shape)
        if status >= 300:
            raise ClientError(answer, prepared.model.name)  # type: ignore[arg-type]
        return answer

    def close(self) -> None:
        """Close its connections."""
        self._client.close()
