"""Signed calls to the local endpoint that can be cancelled (embedded default).

A pipe's pollers wait in long polls nearly all the time. boto3 would hold a thread for each, which cannot be interrupted
when the process is to end, and costs more per call than the work itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, cast

import httptools

from local.aws.rest import ApiError
from local.aws.signature import Signer

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers (names in lower case) and body."""


class Client:
    """Sends POSTs to one service at the endpoint, over a few kept connections."""

    def __init__(self, endpoint: str, service: str, region: str) -> None:
        self._signer = Signer(endpoint.removeprefix("http://"), service, region)
        host, _, port = endpoint.removeprefix("http://").rpartition(":")
        self._address = (host, int(port))
        self._idle: list[_Kept] = []

    async def send(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """One signed POST. Raises ConnectionError where there is no answer."""
        lines = [f"{name}: {value}\r\n" for name, value in self._signer.sign(headers, body).items()]
        head = f"POST / HTTP/1.1\r\n{''.join(lines)}Content-Length: {len(body)}\r\n\r\n"
        return await self._exchange(head.encode("latin-1") + body)

    async def _exchange(self, request: bytes) -> Answer:
        while True:
            reused = bool(self._idle)
            kept = self._idle.pop() if reused else await self._connect()
            try:
                answer = await kept.exchange(request)
            except OSError as error:
                kept.close()
                if not reused or kept.answering:
                    raise ConnectionError(str(error)) from error
                continue  # the server closed an idle connection: that request was not seen
            except BaseException:
                kept.close()
                raise
            if kept.reusable:
                self._idle.append(kept)
            else:
                kept.close()
            return answer

    async def _connect(self) -> _Kept:
        try:
            _, kept = await asyncio.get_running_loop().create_connection(_Kept, *self._address)
        except OSError as error:
            raise ConnectionError(str(error)) from error
        return kept

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()


class JsonClient(Client):
    """Calls one service that speaks AWS's JSON protocol. Raises ApiError for what the service answers."""

    def __init__(self, endpoint: str, service: str, prefix: str, region: str, version: str = "1.0") -> None:
        super().__init__(endpoint, service, region)
        self._prefix, self._version = prefix, version

    async def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """One operation."""
        headers = {
            "Content-Type": f"application/x-amz-json-{self._version}",
            "X-Amz-Target": f"{self._prefix}.{operation}",
        }
        status, _, answer = await self.send(headers, json.dumps(parameters).encode())
        try:
            document: dict[str, Any] = json.loads(answer) if answer else {}
        except ValueError:
            document = {}
        if status >= 300:
            code = str(document.get("__type", status)).rpartition("#")[2]
            raise ApiError(code, str(document.get("message", document.get("Message", ""))), status)
        return document


class _Kept(asyncio.Protocol):
    """A kept connection: one request at a time."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self.answering = self.reusable = False
        """Whether something of the answer has come; whether the connection takes another request after it."""

    async def exchange(self, request: bytes) -> Answer:
        """Send a request and wait for its answer. Raises OSError."""
        self.answering = self.reusable = False
        if self._transport is None:
            raise ConnectionResetError("closed")
        self._answer = asyncio.get_running_loop().create_future()
        self._headers, self._body = {}, []
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._transport is not None:
            self._transport.close()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.answering = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._lost(ConnectionError(f"no HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lost(exc if isinstance(exc, OSError) else ConnectionResetError("closed before the answer"))

    def _lost(self, error: OSError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # the parser's side

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if self._answer is None or self._answer.done() or status < 200:
            return
        self.reusable = self._parser.should_keep_alive()
        self._answer.set_result((status, self._headers, b"".join(self._body)))
