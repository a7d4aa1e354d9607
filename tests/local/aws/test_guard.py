"""The guard alone, and in front of both APIs."""

import http.client
import json
from typing import Any

import pytest

from local.aws import LocalAws
from simulator.api.guard import Message, Receive, Scope, Send, guard, objection

OURS = [(b"host", b"127.0.0.1:4000")]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    headers = [(b"Access-Control-Allow-Origin", b"*"), (b"access-control-max-age", b"1"), (b"x-kept", b"1")]
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept", "headers": headers})
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"served"})


async def ask(
    headers: list[tuple[bytes, bytes]], *, method: str = "GET", path: str = "/x", kind: str = "http"
) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": f"{kind}.connect"}

    guarded = guard(app, port=4000, closed=lambda path: path.startswith("/_closed"))
    await guarded({"type": kind, "method": method, "path": path, "headers": headers}, receive, send)
    return sent


@pytest.mark.parametrize("host", [b"127.0.0.1:4000", b"localhost:4000", b"[::1]:4000", b"LOCALHOST:4000"])
async def test_a_local_program_is_served(host: bytes) -> None:
    assert (await ask([(b"host", host)]))[0]["status"] == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="no host"),
        pytest.param([(b"host", b"")], id="empty host"),
        pytest.param([*OURS, *OURS], id="two hosts"),
        pytest.param([(b"host", b"127.0.0.1")], id="no port"),
        pytest.param([(b"host", b"127.0.0.1:4001")], id="another port"),
        pytest.param([(b"host", b"evil.example:4000")], id="foreign"),
        pytest.param([(b"host", b"127.0.0.1:4000.evil.example")], id="suffix"),
        pytest.param([(b"host", b"127.0.0.1:4000, evil")], id="joined"),
        pytest.param([(b"host", b"user@127.0.0.1:4000")], id="user"),
        pytest.param([(b"host", b"\xff\xfe:4000")], id="no text"),
        pytest.param([*OURS, (b"origin", b"http://127.0.0.1:4000")], id="origin of our own"),
        pytest.param([*OURS, (b"origin", b"null")], id="origin null"),
        pytest.param([*OURS, (b"origin", b"")], id="origin empty"),
        pytest.param([*OURS, (b"Origin", b"http://evil.example")], id="origin in capitals"),
        pytest.param([*OURS, (b"sec-fetch-site", b"cross-site")], id="cross-site"),
        pytest.param([*OURS, (b"sec-fetch-site", b"same-site")], id="same-site"),
        pytest.param([*OURS, (b"sec-fetch-site", b"same-origin")], id="same-origin"),
        pytest.param([*OURS, (b"sec-fetch-site", b"none"), (b"sec-fetch-site", b"cross-site")], id="two sites"),
        pytest.param([*OURS, (b"user-agent", b"Mozilla/5.0 (Macintosh) Safari/605.1.15")], id="old browser"),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_everything_else_is_refused(headers: list[tuple[bytes, bytes]], kind: str) -> None:
    sent = await ask(headers, kind=kind)
    if kind == "websocket":
        assert [message["type"] for message in sent] == ["websocket.close"]
    else:
        assert sent[0]["status"] == 403
        assert json.loads(sent[1]["body"])["__type"] == "AccessDeniedException"


async def test_the_address_bar_is_no_web_page() -> None:
    typed = [*OURS, (b"sec-fetch-site", b"none"), (b"user-agent", b"Mozilla/5.0")]
    assert (await ask(typed))[0]["status"] == 200
    assert (await ask([*OURS, (b"user-agent", b"Boto3/1.43 md/Botocore")]))[0]["status"] == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_cors_headers_are_stripped(kind: str) -> None:
    assert (await ask(OURS, kind=kind))[0]["headers"] == [(b"x-kept", b"1")]


async def test_preflight_has_no_answer() -> None:
    start, _ = await ask(OURS, method="OPTIONS")
    assert start["status"] == 405
    assert not [name for name, _ in start["headers"] if name.startswith(b"access-control")]


@pytest.mark.parametrize("path", ["/_closed", "/_closed/reset", "http://127.0.0.1:4000/x", "*", ""])
async def test_closed_routes_and_odd_targets(path: str) -> None:
    assert (await ask(OURS, path=path))[0]["status"] == 403


def test_objection_names_the_reason() -> None:
    assert objection(OURS, 4000) is None
    assert "Host" in str(objection(OURS, 4001))
    assert "Origin" in str(objection([*OURS, (b"origin", b"null")], 4000))


# In front of both APIs


def request(aws: LocalAws, api: str, **headers: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", int(aws.endpoint.rpartition(":")[2]), timeout=10)
    sent: dict[str, Any] = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"} if api == "states" else {}
    connection.request(
        "POST" if api == "states" else "GET", "/", b"{}" if api == "states" else None, {**sent, **headers}
    )
    answer = connection.getresponse()
    answer.read()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


@pytest.mark.parametrize("api", ["emulator", "states"])
def test_web_pages_reach_neither_api(aws: LocalAws, api: str) -> None:
    status, headers = request(aws, api)
    assert status == 200
    assert not [name for name in headers if name.startswith("access-control")]
    assert request(aws, api, Host="evil.example")[0] == 403
    assert request(aws, api, Host="evil.example:" + aws.endpoint.rpartition(":")[2])[0] == 403
    assert request(aws, api, Origin="http://evil.example")[0] == 403
    assert request(aws, api, **{"Sec-Fetch-Site": "cross-site"})[0] == 403


@pytest.mark.parametrize(
    "path",
    ["/_ministack/reset", "/_ministack/health", "//_ministack/reset", "/%5Fministack/reset", "/_localstack/health"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_control_routes_are_closed(aws: LocalAws, path: str, method: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(aws.endpoint.rpartition(":")[2]), timeout=10)
    connection.request(method, path)
    assert connection.getresponse().status == 403


def test_the_services_answer_to_the_endpoint_only(aws: LocalAws) -> None:
    """Their own port, found by scanning, is nobody's address: a request that names it is refused."""
    port = aws._sockets["services"].getsockname()[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/", b"{}", {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"})
    assert connection.getresponse().status == 403
