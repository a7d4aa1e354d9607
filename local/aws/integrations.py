"""AWS services for workflows, called from the event loop where their protocol allows it (embedded default).

boto3 in threads costs about 1 ms of processor per call, and more in waiting for the interpreter's lock; the telemetry
workflow makes two to four calls per reading. Here the same botocore models write and read the requests, and only the
sending is our own. S3, whose requests are of many forms, goes through boto3, as do the few services of other protocols.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from local.aws.call import Answer, Client
from local.aws.wire import Fits, fits
from simulator.integrations.services import Prepared, Services, failures, result
from simulator.tasks import TaskCall
from simulator.values import Value, dump, load


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
            make = _DirectJson if model.resolved_protocol == "json" else _Direct
            direct = self._direct[model.service_name] = make(model, *self._where)
        with failures(prepared):
            return await direct.call(prepared)

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
        self._checking = create_serializer(model.resolved_protocol)
        self._writing = create_serializer(model.resolved_protocol, include_validation=False)
        self._parser = create_parser(model.resolved_protocol)
        self._forms: dict[str, tuple[dict[str, str], Fits, Fits]] = {}

    def _form(self, model: OperationModel) -> tuple[dict[str, str], Fits, Fits]:
        """The headers of an operation's requests, and checks of what it takes and gives."""
        if model.name not in self._forms:
            empty = self._writing.serialize_to_request({}, model)
            self._forms[model.name] = empty["headers"], fits(model.input_shape), fits(model.output_shape)
        return self._forms[model.name]

    async def call(self, prepared: Prepared) -> Value:
        """Call it. Raises ClientError for what it answers, OSError where there is no answer."""
        if self._form(prepared.model)[1](prepared.arguments):
            request = self._writing.serialize_to_request(prepared.arguments, prepared.model)
        else:
            request = self._checking.serialize_to_request(prepared.request, prepared.model)
        body: Any = request["body"]
        if isinstance(body, dict):  # a form, of the query protocol
            body = urlencode(body).encode()
        return self._result(prepared, await self._client.send(request["headers"], body))

    def _result(self, prepared: Prepared, answer: Answer) -> Value:
        status, headers, body = answer
        response = {
            "status_code": status,
            "headers": headers,
            "body": body,
            "context": {"operation_name": prepared.method},
        }
        parse: Any = self._parser.parse  # an operation without output has no shape, which the stubs do not know
        parsed: dict[str, Any] = parse(response, prepared.model.output_shape)
        if status >= 300:
            raise ClientError(parsed, prepared.model.name)  # type: ignore[arg-type]
        return result(prepared, parsed)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


class _DirectJson(_Direct):
    """A service of the JSON protocol: requests and answers that are in their final form are not converted."""

    async def call(self, prepared: Prepared) -> Value:
        """Call it. Raises ClientError for what it answers, OSError where there is no answer."""
        headers, request_fits, answer_fits = self._form(prepared.model)
        if not request_fits(prepared.arguments):
            return await super().call(prepared)
        answer = await self._client.send(headers, dump(prepared.arguments))
        status, fields, body = answer
        document = _document(body) if status < 300 else None
        if document is None or not answer_fits(document):
            return self._result(prepared, answer)
        request_id = fields.get("x-amzn-requestid", "")
        about = {"RequestId": request_id, "HTTPStatusCode": status, "HTTPHeaders": fields}
        return result(prepared, {**document, "ResponseMetadata": about}, final=True)


def _document(body: bytes) -> Value:
    try:
        return load(body or b"{}")
    except ValueError:
        return None
