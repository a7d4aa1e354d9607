"""The one endpoint: which service a request is for, and the way to our own services process.

Step Functions, Lambda, Pipes and Scheduler are this project's; everything else is the emulator's. A request says which
service it wants by its SigV4 credential scope, by `X-Amz-Target`, or by its path. Part of the embedded default.
"""

from __future__ import annotations

import asyncio
import re
from urllib.parse import unquote

import h11

from simulator.api.guard import ASGIApp, Message, Receive, Scope, Send

_SERVICES = frozenset({"states", "lambda", "pipes", "scheduler"})
_SCOPE = re.compile(rb"Credential=[^/\s,]+/\d{8}/[^/\s,]*/([a-z0-9-]+)/aws4_request")
_QUERY_SCOPE = re.compile(r"X-Amz-Credential=[^/&]+/\d{8}/[^/&]*/([a-z0-9-]+)/aws4_request")
_PATHS = re.compile(
    r"/(2015-03-31|2017-03-31|2020-06-30)/(functions|tags)\b|/v1/pipes\b|/schedules\b|/schedule-groups\b"
)
_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"expect", b"te", b"trailer"})


def service_of(scope: Scope) -> str | None:
    """The service that an HTTP request is for, or None where it does not say."""
    signed = target = b""
    for name, value in scope["headers"]:
        if name == b"authorization":
            signed = value
        elif name == b"x-amz-target":
            target = value
    if found := _SCOPE.search(signed):
        return str(found[1].decode())
    query = scope.get("query_string", b"")
    if query and (presigned := _QUERY_SCOPE.search(unquote(query.decode("latin-1")))):
        return presigned[1]
    if target.startswith(b"AWSStepFunctions."):
        return "states"
    if found_path := _PATHS.match(scope["path"]):
        text = found_path[0]
        return "pipes" if "pipes" in text else "scheduler" if "schedule" in text else "lambda"
    return None


def front(emulator: ASGIApp, services_port: int) -> ASGIApp:
    """An application that sends each request to the emulator (in this process) or to our services (on loopback)."""

    async def route(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and service_of(scope) in _SERVICES:
            await _forward(scope, receive, send, services_port)
        elif scope["type"] == "http" and (b"x-amz-target", b"AmazonSQS.ReceiveMessage") in scope["headers"]:
            await _while_listening(emulator, scope, receive, send)
        else:
            await emulator(scope, receive, send)

    return route


async def _while_listening(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run `app`, and give up when the client has left: MiniStack would go on with the long poll and then hand messages
    to nobody, which hides them for a visibility timeout each time a poller is killed."""
    complete = asyncio.Event()

    async def reading() -> Message:
        message = await receive()
        if not message.get("more_body", False):
            complete.set()
        return message

    answering = asyncio.ensure_future(app(scope, reading, send))
    leaving = asyncio.ensure_future(_after(complete, receive))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        for task in (answering, leaving):
            task.cancel()


async def _after(complete: asyncio.Event, receive: Receive) -> None:
    await complete.wait()
    while (await receive())["type"] != "http.disconnect":
        pass


async def _forward(scope: Scope, receive: Receive, send: Send, port: int) -> None:
    # One connection per request: opening one on loopback costs less than keeping a pool right across restarts.
    started = False

    async def sending(message: Message) -> None:
        nonlocal started
        started = True
        await send(message)

    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await _exchange(scope, receive, sending, reader, writer)
        finally:
            writer.close()
    except (OSError, h11.RemoteProtocolError):
        if started:
            raise
        # The services process was killed with the request in flight; it is started again. SDKs retry a 503.
        await _unavailable(send)


async def _exchange(
    scope: Scope, receive: Receive, send: Send, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    connection = h11.Connection(h11.CLIENT)
    target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    headers = [(k, v) for k, v in scope["headers"] if k not in _HOP_BY_HOP]
    if not any(k == b"content-length" for k, _ in headers) and scope["method"] not in ("GET", "HEAD", "DELETE"):
        headers.append((b"transfer-encoding", b"chunked"))
    headers.append((b"connection", b"close"))
    writer.write(connection.send(h11.Request(method=scope["method"], target=target, headers=headers)) or b"")
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if message.get("body"):
            writer.write(connection.send(h11.Data(data=message["body"])) or b"")
            await writer.drain()
        more = message.get("more_body", False)
    writer.write(connection.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    answering = asyncio.ensure_future(_answer(connection, reader, send))
    complete = asyncio.Event()
    complete.set()
    leaving = asyncio.ensure_future(_after(complete, receive))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            answering.result()
    finally:
        for task in (answering, leaving):
            task.cancel()


async def _answer(connection: h11.Connection, reader: asyncio.StreamReader, send: Send) -> None:
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Response):
            headers = [(k, v) for k, v in event.headers if k not in _HOP_BY_HOP]
            await send({"type": "http.response.start", "status": event.status_code, "headers": headers})
        elif isinstance(event, h11.Data):
            await send({"type": "http.response.body", "body": bytes(event.data), "more_body": True})
        elif isinstance(event, h11.EndOfMessage):
            await send({"type": "http.response.body", "body": b""})
            return


async def _unavailable(send: Send) -> None:
    body = b'{"__type":"ServiceUnavailableException","message":"The local services are restarting."}'
    headers = [
        (b"content-type", b"application/x-amz-json-1.0"),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", b"ServiceUnavailableException"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
