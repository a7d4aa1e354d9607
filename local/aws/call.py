"""Signed calls to the local endpoint's JSON protocol that can be cancelled (embedded default).

A pipe's pollers wait in long polls nearly all the time. boto3 would hold a thread for each, which cannot be interrupted
when the process is to end, and costs more per call than the work itself.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11

from local.aws.rest import ApiError
from local.aws.signature import Signer


class JsonClient:
    """Calls one service at the endpoint, over a few kept connections. Raises ApiError for what the service answers,
    ConnectionError where there is no answer."""

    def __init__(self, endpoint: str, service: str, prefix: str, region: str, version: str = "1.0") -> None:
        self._endpoint, self._prefix, self._version = endpoint, prefix, version
        self._signer = Signer(endpoint.removeprefix("http://"), service, region)
        host, _, port = endpoint.removeprefix("http://").rpartition(":")
        self._address = (host, int(port))
        self._idle: list[_Kept] = []

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

    async def send(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """One signed POST: status, headers (names in lower case) and body. Raises ConnectionError."""
        signed = self._signer.sign(headers, body)
        fields = [*signed.items(), ("Content-Length", str(len(body)))]
        return await self._exchange(h11.Request(method="POST", target="/", headers=fields), body)

    async def _exchange(self, request: h11.Request, body: bytes) -> tuple[int, dict[str, str], bytes]:
        while True:
            reused = bool(self._idle)
            kept = self._idle.pop() if reused else _Kept(*await asyncio.open_connection(*self._address))
            try:
                status, headers, answer, reusable = await kept.exchange(request, body)
            except (OSError, h11.RemoteProtocolError) as error:
                kept.close()
                if not reused:
                    raise ConnectionError(str(error)) from error
                continue  # the server closed an idle connection: that request was not seen
            except BaseException:
                kept.close()
                raise
            if reusable:
                self._idle.append(kept)
            else:
                kept.close()
            return status, headers, answer

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()


class _Kept:
    """A kept connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._protocol = h11.Connection(h11.CLIENT)

    async def exchange(self, request: h11.Request, body: bytes) -> tuple[int, dict[str, str], bytes, bool]:
        protocol = self._protocol
        data = (protocol.send(request) or b"") + (protocol.send(h11.Data(data=body)) or b"")
        self._writer.write(data + (protocol.send(h11.EndOfMessage()) or b""))
        status, parts = 0, []
        headers: dict[str, str] = {}
        while True:
            event = protocol.next_event()
            if event is h11.NEED_DATA:
                protocol.receive_data(await self._reader.read(65536))
            elif isinstance(event, h11.Response):
                status = event.status_code
                headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError("closed before the answer")
        reusable = protocol.our_state is h11.DONE and protocol.their_state is h11.DONE
        if reusable:
            protocol.start_next_cycle()
        return status, headers, b"".join(parts), reusable

    def close(self) -> None:
        self._writer.close()
