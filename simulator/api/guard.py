"""Keep web pages away from an API on loopback (stage: local run, in front of every AWS API that this project serves).

Any page open in the user's browser can send requests to 127.0.0.1, so listening on loopback is not protection. No AWS
SDK or command-line tool sends an `Origin`, a browser's `Sec-Fetch-Site` or somebody else's `Host`; whatever does is
refused before the application sees it, WebSocket upgrades included. A foreign `Host` is DNS rebinding.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

_STARTS = frozenset({"http.response.start", "websocket.accept", "websocket.http.response.start"})


def guard(
    app: ASGIApp,
    *,
    port: int,
    hosts: Iterable[str] = LOOPBACK_HOSTS,
    closed: Callable[[str], bool] | None = None,
) -> ASGIApp:
    """Wrap an ASGI application so that only local programs reach it.

    Answers 403 to a request whose `Host` is missing, double, malformed or not one of `hosts` with `port`, that carries
    any `Origin` or a `Sec-Fetch-Site` other than `none`, or that a browser too old to say where it is from sends; 403
    to a path for which `closed(path)` is true; 405 to OPTIONS. Removes `Access-Control-*` from every answer.
    """
    allowed = frozenset(f"{host}:{port}".encode() for host in hosts)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        reason = _objection(scope.get("headers", ()), allowed)
        path = scope.get("path", "")
        if reason is None and (not path.startswith("/") or (closed is not None and closed(path))):
            reason = "This route is closed."
        if kind == "websocket":
            await (_refuse_websocket(receive, send) if reason else app(scope, receive, _without_cors(send)))
        elif reason is not None:
            await _answer(send, 403, "AccessDeniedException", reason)
        elif scope.get("method") == "OPTIONS":
            await _answer(
                send, 405, "MethodNotAllowed", "This API has no CORS.", (b"allow", b"GET, HEAD, POST, PUT, DELETE")
            )
        else:
            await app(scope, receive, _without_cors(send))

    return guarded


def objection(headers: Iterable[tuple[bytes, bytes]], port: int, hosts: Iterable[str] = LOOPBACK_HOSTS) -> str | None:
    """Why these request headers (names in lower case) may not come from a local program, or None."""
    return _objection(headers, frozenset(f"{host}:{port}".encode() for host in hosts))


def _objection(headers: Iterable[tuple[bytes, bytes]], allowed: frozenset[bytes]) -> str | None:
    seen: list[bytes] = []
    browser = said = False
    for name, value in headers:
        name = name.lower()
        if name == b"host":
            seen.append(value.strip().lower())
        elif name == b"origin":
            return "Requests from web pages are refused (Origin)."
        elif name == b"sec-fetch-site":
            said = True
            if value.strip().lower() != b"none":
                return "Requests from web pages are refused (Sec-Fetch-Site)."
        elif name == b"user-agent":
            browser = browser or b"mozilla/" in value.lower()
    if browser and not said:  # old browsers send neither Origin nor Sec-Fetch-Site with an image's GET
        return "Requests from browsers that do not say where they come from are refused."
    if len(seen) != 1 or seen[0] not in allowed:
        return "The Host header is not this endpoint's."
    return None


def _without_cors(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] in _STARTS and message.get("headers"):
            kept = [(k, v) for k, v in message["headers"] if not k.lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return sending


async def _answer(send: Send, status: int, code: str, text: str, *headers: tuple[bytes, bytes]) -> None:
    body = f'{{"__type":"{code}","message":"{text}"}}'.encode()
    plain = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers]})
    await send({"type": "http.response.body", "body": body})


async def _refuse_websocket(receive: Receive, send: Send) -> None:
    await receive()  # the server wants its connect event read first; closing before accepting is answered with 403
    await send({"type": "websocket.close", "code": 1008})
