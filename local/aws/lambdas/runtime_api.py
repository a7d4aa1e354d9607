"""The Lambda Runtime API for one worker process: what AWS's runtime client asks for over HTTP (embedded default).

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. One listener per worker, so a connection says
which worker it is. Written on asyncio's protocols: with two requests per invocation, a web framework would be the
slowest part of a run.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Protocol, cast

from simulator.api.guard import objection

_PREFIX = "/2018-06-01/runtime/"
MAX_RESPONSE = 6 * 1024 * 1024 + 100  # the limit in AWS's own message
_MAX_HEAD = 2 * 1024 * 1024  # the client sends its X-Ray fault in a header


@dataclass
class Outcome:
    """How an invocation ended: the payload, and "Unhandled" if it is an error document."""

    payload: bytes
    error: str | None = None

    @staticmethod
    def failed(error_type: str, message: str) -> Outcome:
        """An error document as Lambda writes for what the function's code did not report itself."""
        return Outcome(json.dumps({"errorType": error_type, "errorMessage": message}).encode(), "Unhandled")


@dataclass
class Invocation:
    """One invocation on its way. `deadline` is set when a worker takes it: waiting for a worker does not count."""

    payload: bytes
    arn: str
    timeout: float
    client_context: str | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    outcome: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    started: float = 0.0

    def finish(self, outcome: Outcome) -> None:
        """Settle it, unless it is settled."""
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Runtime(Protocol):
    """What the Runtime API tells about its worker."""

    def ask(self, connection: Connection) -> None:
        """The worker is free and waits for an invocation on this connection."""

    def settle(self, request_id: str, outcome: Outcome) -> bool:
        """The worker finished an invocation; False if it is not the one it has."""
        ...

    def init_failed(self, document: bytes) -> None:
        """The worker could not load the function."""


class Connection(asyncio.Protocol):
    """One keep-alive connection of a worker: HTTP/1.1 with Content-Length, which is all that the clients use."""

    def __init__(self, runtime: Runtime, port: int) -> None:
        self._runtime = runtime
        self._port = port
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._continued = False

    @property
    def open(self) -> bool:
        """Whether the worker can still be answered."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the transport; the process's end is seen elsewhere."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Read as many requests as are complete."""
        self._buffer += data
        while self._one_request():
            pass

    def _one_request(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEAD:
                self._close()
            return False
        lines = bytes(self._buffer[:end]).split(b"\r\n")
        headers = [(k.strip().lower(), v.strip()) for k, _, v in (line.partition(b":") for line in lines[1:])]
        fields = dict(headers)
        try:
            length = int(fields.get(b"content-length", b"0"))
        except ValueError:
            self._close()
            return False
        if len(self._buffer) - end - 4 < length:
            if fields.get(b"expect", b"").lower() == b"100-continue" and not self._continued and self._transport:
                self._continued = True
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return False
        self._continued = False
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        words = lines[0].decode("latin-1").split(" ")
        if objection(headers, self._port) or len(words) != 3:
            self.answer(403, {}, b'{"errorMessage":"Forbidden","errorType":"Forbidden"}')
            self._close()
            return False
        self._handle(words[0], words[1], body)
        return bool(self._buffer)

    def _handle(self, method: str, target: str, body: bytes) -> None:
        path = target.removeprefix(_PREFIX)
        if method == "GET" and path == "invocation/next":
            self._runtime.ask(self)
            return
        parts = path.split("/")
        known = True
        if method == "POST" and path == "init/error":
            self._runtime.init_failed(body)
        elif method == "POST" and len(parts) == 3 and parts[0] == "invocation" and parts[2] == "response":
            known = self._runtime.settle(parts[1], _checked(body))
        elif method == "POST" and len(parts) == 3 and parts[0] == "invocation" and parts[2] == "error":
            known = self._runtime.settle(parts[1], Outcome(body, "Unhandled"))
        else:
            self.answer(404, {}, b'{"errorMessage":"Not found","errorType":"NotFound"}')
            return
        if known:
            self.answer(202, {}, b'{"status":"OK"}')
        else:
            self.answer(400, {}, b'{"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}')

    def give(self, invocation: Invocation) -> None:
        """Answer a waiting `next` with an invocation; its deadline starts here."""
        invocation.started = time.time()
        trace = uuid.uuid4().hex
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((invocation.started + invocation.timeout) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
            # Not sampled: there is no X-Ray daemon here to send segments to.
            "Lambda-Runtime-Trace-Id": f"{_root(trace, invocation.started)};Parent={trace[:16]};Sampled=0",
        }
        if invocation.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = invocation.client_context
        self.answer(200, headers, invocation.payload)

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Write one response."""
        if self._transport is None:
            return
        lines = [f"HTTP/1.1 {status} {'OK' if status == 200 else 'Accepted' if status == 202 else 'Error'}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        self._transport.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _root(trace: str, now: float) -> str:
    return f"Root=1-{int(now):08x}-{trace[:24]}"


def _checked(body: bytes) -> Outcome:
    if len(body) > MAX_RESPONSE:
        text = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
        return Outcome.failed("Function.ResponseSizeTooLarge", text)
    return Outcome(body)
