"""The ASGI application: AWS JSON 1.0 in, operations, AWS JSON 1.0 out.

It trusts its caller: signatures are not checked. Put `simulator.api.guard` in front of it, and listen on loopback only.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from simulator.api.execution_operations import ExecutionOperations
from simulator.api.machine_operations import MachineOperations
from simulator.api.map_run_operations import MapRunOperations
from simulator.api.state_operations import StateOperations
from simulator.api.tag_operations import TagOperations
from simulator.executions import Engine
from simulator.faults import ApiError
from simulator.values import dump, load

Operation = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

_LOG = logging.getLogger(__name__)
_CONTENT_TYPE = "application/x-amz-json-1.0"
#: Bytes of a request; the largest that AWS takes is a definition of 1 MiB.
_LARGEST_BODY = 4 * 1024 * 1024


def operations(engine: Engine) -> dict[str, Operation]:
    """Every operation that is answered, by AWS's name."""
    found: dict[str, Operation] = {}
    kinds = (MachineOperations, TagOperations, ExecutionOperations, MapRunOperations, StateOperations)
    for group in (kind(engine) for kind in kinds):
        for name in dir(group):
            if not name.startswith("_"):
                found["".join(part.capitalize() for part in name.split("_"))] = getattr(group, name)
    return found


def create_app(engine: Engine) -> Starlette:
    """An ASGI application that speaks the Step Functions API for this engine, on its event loop.

    boto3's StartSyncExecution prefixes the host with `sync-`: clients of a loopback endpoint set
    `Config(inject_host_prefix=False)`.
    """
    known = operations(engine)

    async def answer(http: HttpRequest) -> HttpResponse:
        target = http.headers.get("x-amz-target", "")
        prefix, _, name = target.partition(".")
        operation = known.get(name) if prefix == "AWSStepFunctions" else None
        if operation is None:
            return _error(ApiError("UnknownOperationException", f"Unknown operation {target[:80]!r}"))
        body = await http.body()
        if len(body) > _LARGEST_BODY:
            return _error(ApiError("SerializationException", "The request is too large"), 413)
        try:
            request = load(body or b"{}")
        except ValueError:
            return _error(ApiError("SerializationException", "The request is no JSON"))
        if not isinstance(request, dict):
            return _error(ApiError("SerializationException", "The request is no JSON object"))
        try:
            result = await operation(request)
        except ApiError as error:
            return _error(error)
        except Exception:
            reference = engine.uuid()
            _LOG.exception("Step Functions API: %s failed (%s)", name, reference)
            return _error(ApiError("InternalFailure", f"An internal error occurred ({reference})"), 500)
        return HttpResponse(dump(result), media_type=_CONTENT_TYPE)

    return Starlette(routes=[Route("/", answer, methods=["POST"])])


_CODE = re.compile(r"[A-Za-z.]+\Z")


def _error(error: ApiError, status: int | None = None) -> HttpResponse:
    code = error.code if _CODE.match(error.code) else "InternalFailure"
    headers = {"x-amzn-errortype": code}
    shown = {"__type": code, "message": error.message, **({"reason": error.reason} if error.reason else {})}
    return HttpResponse(dump(shown), status or error.status, headers=headers, media_type=_CONTENT_TYPE)
