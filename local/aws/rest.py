"""AWS's REST-JSON protocol, driven by the service models that botocore ships (embedded default).

Lambda, Pipes and Scheduler speak it. A service is an object with one coroutine per operation, named as in boto3
(`create_function`), that takes the validated parameters as a dict and returns the output as a dict. Routes, parameter
checks, blobs, status codes and headers come from the model, so that boto3 and the AWS CLI find what they expect.
"""

from __future__ import annotations

import base64
import datetime
import json
import re
import uuid
from typing import Any
from urllib.parse import parse_qs, unquote

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from simulator.api.guard import Receive, Scope, Send

_LIMIT = 80 * 1024 * 1024  # a 50 MB archive in base64, and room


class ApiError(Exception):
    """An error that AWS would answer: its code (the exception in boto3), message, and status if not the model's."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class RestService:
    """An ASGI application for one service: `handlers` answers the operations it has, others are refused by name."""

    def __init__(self, service: str, handlers: object, *, validation_error: str = "ValidationException") -> None:
        self._service = service
        self._model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
        self._handlers = handlers
        self._validation_error = validation_error
        self._routes = [self._route(name) for name in self._model.operation_names]

    def _route(self, name: str) -> tuple[str, re.Pattern[str], str]:
        operation = self._model.operation_model(name)
        path = operation.http["requestUri"].partition("?")[0].rstrip("/")
        pattern = re.sub(r"\\\{(\w+)(\\\+)?\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", re.escape(path))
        return operation.http["method"], re.compile(pattern + "/?"), name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            operation, uri = self._find(scope)
            handler = getattr(self._handlers, xform_name(operation.name), None)
            if handler is None:
                raise ApiError("NotImplemented", f"The local AWS does not offer {self._service}:{operation.name}.", 400)
            parameters = self._parameters(operation, uri, scope, await _body(receive))
            status, headers, body = _render(operation, await handler(parameters) or {})
        except ApiError as error:
            status, headers, body = self._error(error)
        headers["x-amzn-requestid"] = str(uuid.uuid4())
        headers["content-length"] = str(len(body))
        raw = [(k.encode(), v.encode("utf-8", "replace")) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    def _find(self, scope: Scope) -> tuple[OperationModel, dict[str, str]]:
        path = scope["raw_path"].decode("ascii")
        for method, pattern, name in self._routes:
            if method == scope["method"] and (found := pattern.fullmatch(path)):
                return self._model.operation_model(name), {k: unquote(v) for k, v in found.groupdict().items()}
        raise ApiError("UnknownOperationException", f"{scope['method']} {scope['path']} is no operation.", 404)

    def _parameters(self, operation: OperationModel, uri: dict[str, str], scope: Scope, body: bytes) -> dict[str, Any]:
        shape = operation.input_shape
        if shape is None:
            return {}
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        headers = {k.decode("latin-1"): v.decode("utf-8", "replace") for k, v in scope["headers"]}
        payload = shape.serialization.get("payload")
        found: dict[str, Any] = {}
        if payload is None and body:
            try:
                document = json.loads(body)
            except ValueError:
                raise ApiError("SerializationException", "The body is no JSON.", 400) from None
            if isinstance(document, dict):
                found = _decode(shape, document)
        for name, member in shape.members.items():
            location, key = member.serialization.get("location"), member.serialization.get("name", name)
            if location == "uri":
                found[name] = _scalar(member, uri[key])
            elif location == "querystring" and key in query:
                values = [
                    _scalar(_part(member, "member") if member.type_name == "list" else member, v) for v in query[key]
                ]
                found[name] = values if member.type_name == "list" else values[0]
            elif location == "header" and key.lower() in headers:
                found[name] = _scalar(member, headers[key.lower()])
            elif name == payload:
                found[name] = body
        self._validate(shape, found)
        return found

    def _validate(self, shape: StructureShape, parameters: dict[str, Any]) -> None:
        report = ParamValidator().validate(parameters, shape)
        problems = [report.generate_report()] if report.has_errors() else list(_violations(shape, parameters))
        if problems:
            count = len(problems)
            text = f"{count} validation error{'s' if count > 1 else ''} detected: {'; '.join(problems)}"
            raise ApiError(self._validation_error, text, 400)

    def _error(self, error: ApiError) -> tuple[int, dict[str, str], bytes]:
        status = error.status
        if status is None and error.code in self._model.shape_names:
            status = self._model.shape_for(error.code).metadata.get("error", {}).get("httpStatusCode")
        headers = {"content-type": "application/json", "x-amzn-errortype": error.code}
        return status or 400, headers, json.dumps({"message": error.message, "Message": error.message}).encode()


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError("RequestAborted", "The client went away.", 400)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > _LIMIT:
            raise ApiError("RequestTooLargeException", f"The request is larger than {_LIMIT} bytes.", 413)
        if not message.get("more_body"):
            return b"".join(parts)


def _scalar(shape: Shape, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            return text  # the validation says what is wrong with it
    if shape.type_name == "boolean":
        return text == "true"
    return text


def _part(shape: Shape, name: str) -> Shape:
    """The shape of a list's members or a map's values."""
    part: Shape = getattr(shape, name)
    return part


def _decode(shape: Shape, value: Any) -> Any:
    """A JSON value with its blobs as bytes; members that the model does not know are dropped, as AWS does."""
    kind = shape.type_name
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            k: _decode(shape.members[k], v)
            for k, v in value.items()
            if k in shape.members and v is not None and not shape.members[k].serialization.get("location")
        }
    if kind == "list" and isinstance(value, list):
        return [_decode(_part(shape, "member"), v) for v in value]
    if kind == "map" and isinstance(value, dict):
        return {k: _decode(_part(shape, "value"), v) for k, v in value.items()}
    if kind == "blob" and isinstance(value, str):
        try:
            return base64.b64decode(value, validate=True)
        except ValueError:
            raise ApiError("SerializationException", "A blob is not in base64.", 400) from None
    if kind == "timestamp" and isinstance(value, int | float):
        return datetime.datetime.fromtimestamp(value, datetime.UTC)
    return value


def _violations(shape: Shape, value: Any, path: str = "") -> Any:
    """Yield what ParamValidator does not check: enums, patterns and upper bounds, in AWS's words."""
    must = None
    if isinstance(shape, StringShape) and isinstance(value, str):
        pattern, most = shape.metadata.get("pattern"), shape.metadata.get("max")
        if shape.enum and value not in shape.enum:
            must = f"satisfy enum value set: [{', '.join(shape.enum)}]"
        elif most is not None and len(value) > most:
            must = f"have length less than or equal to {most}"
        elif pattern and not _matches(pattern, value):
            must = f"satisfy regular expression pattern: {pattern}"
    elif isinstance(value, int) and not isinstance(value, bool) and (most := shape.metadata.get("max")) is not None:
        must = f"have value less than or equal to {most}" if value > most else None
    elif isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in value.items():
            yield from _violations(shape.members[name], member, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _violations(_part(shape, "member"), member, f"{path}.{index + 1}.member")
    if must:
        yield f"Value '{value}' at '{path[:1].lower()}{path[1:]}' failed to satisfy constraint: Member must {must}"


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True  # a Java pattern that Python cannot read is not checked


def _render(operation: OperationModel, output: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    status = int(operation.http.get("responseCode", 200))
    headers: dict[str, str] = {"content-type": "application/json"}
    shape = operation.output_shape
    document: dict[str, Any] = {}
    payload = shape.serialization.get("payload") if shape is not None else None
    body: bytes | None = None
    for name, value in output.items():
        member = shape.members[name] if shape is not None and name in shape.members else None
        location = member.serialization.get("location") if member is not None else None
        if value is None:
            continue
        if name == payload:
            body = value
        elif location == "statusCode":
            status = value
        elif location == "header" and member is not None:
            headers[member.serialization.get("name", name).lower()] = str(value)
        else:
            document[name] = value
    if body is None:
        body = b"" if status == 204 or payload else json.dumps(document, default=_plain).encode()
    return status, headers, body


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no JSON")
