"""What we change in MiniStack before it serves: its listener, its control over the machine, and a few answers.

Each change is small, touches one name, and says why. They are written against the pinned version; `patched()` fails
loudly if a name is gone, so that an upgrade cannot silently undo one. Part of the embedded default.
"""

from __future__ import annotations

import asyncio
import functools
import os
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.aws.ministack_queues import quicken
from simulator.api.guard import ASGIApp

# Services that the emulator may serve. The rest is off: nothing here uses it, and less code is reachable.
SERVICES = (
    "apigateway", "cloudwatch", "dynamodb", "dynamodbstreams", "events", "iam", "iot", "iot-data",
    "kms", "logs", "s3", "secretsmanager", "sns", "sqs", "ssm", "sts", "tagging",
)  # fmt: skip

_CLOSED = re.compile(r"/+(_ministack|_localstack|_alb|_aws/lambda-url)(/|$)", re.IGNORECASE)
_POWERTOOLS = re.compile(r"/aws/service/powertools/python/(arm64|x86_64)/python(\d)\.(\d+)/([0-9.]+|latest)")


def closed(path: str) -> bool:
    """Whether a path is one of MiniStack's control routes (reset, configuration, stored mails, ...)."""
    return _CLOSED.match(path) is not None


def environment(port: int, mqtt_port: int, region: str, account: str) -> dict[str, str]:
    """MiniStack's settings; read when it is imported, so they must be in `os.environ` before."""
    return {
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "MINISTACK_ACCOUNT_ID": account,
        "IOT_MTLS_PORT": str(mqtt_port),
        "SERVICES": ",".join(SERVICES),
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": "unix:///nonexistent",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def patched(mqtt: socket.socket, roles: Path | None = None) -> ASGIApp:
    """Import MiniStack, change it, and return its application. `mqtt` is the broker's listening socket; `roles` a file
    that grows whenever something of IAM changes."""
    from ministack import app as application  # after the environment is set: it reads it on import

    _no_reach_into_the_machine(application)
    _a_date_for_each_second(application)
    _broker_on_our_socket(mqtt)
    _endpoint_of_the_broker(mqtt)
    _long_polls_that_wake()
    _queues_that_stay_quick()
    _public_layer_parameter()
    _any_payload_reaches_its_rule()
    if roles is not None:
        _changes_of_roles_leave_a_mark(roles)
    app: ASGIApp = application.app
    return app


async def ready() -> str:
    """Wait until the MQTT broker listens; returns the PEM of the CA that signs its certificate."""
    from ministack import app as application
    from ministack.services import iot

    await application._iot_mtls_task
    if not iot.mtls_is_listening():
        raise RuntimeError("MiniStack's MQTT broker does not listen")
    # The server's certificate now, not at the first device: it takes some tenths of a second.
    iot._mtls_ensure_server_cert()
    pem: str = iot.get_ca_cert_pem()
    return pem


def _replace(module: Any, name: str, value: Any) -> Any:
    original = getattr(module, name)  # AttributeError: this version of MiniStack is not the one we know
    setattr(module, name, value)
    return original


def _no_reach_into_the_machine(application: Any) -> None:
    """No start-up scripts from /etc/localstack or /docker-entrypoint-initaws.d, no Docker containers removed."""

    async def no_scripts() -> None:
        return None

    _replace(application, "_run_init_scripts", lambda: None)
    _replace(application, "_run_ready_scripts", no_scripts)
    _replace(application, "_docker_socket_present", lambda: False)
    _replace(application, "_stop_docker_containers", lambda include_unlabelled=False: None)
    _replace(application.container_reaper, "start", lambda client: None)


def _a_date_for_each_second(application: Any) -> None:
    """MiniStack writes the Date of each answer anew, which is a twentieth of a short call."""

    @functools.lru_cache(maxsize=4)
    def written(second: int) -> str:
        text: str = original(second, usegmt=True)
        return text

    def formatdate(*, usegmt: bool) -> str:
        return written(int(time.time()))

    original = _replace(application, "formatdate", formatdate)


def _broker_on_our_socket(mqtt: socket.socket) -> None:
    """MiniStack binds its broker to 0.0.0.0 whatever it is told; ours listens on the loopback socket we made."""
    from ministack.services import iot

    class Acceptor(iot._MtlsAcceptor):  # type: ignore[misc]  # MiniStack has no types
        """Pauses reading a moment later: early Pythons 3.11 begin to read after `connection_made` though it paused, and
        a device's first words, read by nobody, would be lost while the TLS context is made."""

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            asyncio.get_running_loop().call_soon(super().connection_made, transport)

    async def start() -> None:
        if iot._mtls_server is None:
            loop = asyncio.get_running_loop()
            iot._mtls_server = await loop.create_server(Acceptor, sock=mqtt.dup())
            iot._mtls_loop = loop

    _replace(iot, "_mtls_start_locked", start)


def _endpoint_of_the_broker(mqtt: socket.socket) -> None:
    """DescribeEndpoint names where devices connect. MiniStack answers a name under its HTTP port that resolves nowhere;
    here it is the broker's own host and port."""
    from ministack.core.responses import json_response
    from ministack.services import iot

    original = _replace(iot, "_describe_endpoint", None)

    def describe(*arguments: Any) -> Any:
        status, headers, body = original(*arguments)
        if status == 200:
            return json_response({"endpointAddress": f"127.0.0.1:{mqtt.getsockname()[1]}"})
        return status, headers, body

    iot._describe_endpoint = describe


class _WakingAsyncio:
    """Stands for the module `asyncio` inside MiniStack's SQS: there, `sleep` ends early when a message arrives."""

    iscoroutine = staticmethod(asyncio.iscoroutine)

    def __init__(self) -> None:
        self._arrived: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def sleep(self, seconds: float) -> None:
        # MiniStack looks ten times a second for messages whose delay or visibility has passed; that stays.
        self._loop = asyncio.get_running_loop()
        if self._arrived is None:
            self._arrived = asyncio.Event()
        try:
            await asyncio.wait_for(self._arrived.wait(), seconds)
        except TimeoutError:
            return

    def wake(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        if self._arrived is not None:
            self._arrived.set()
            self._arrived = None  # whoever waits now has the old event; the next wait gets a new one


def _long_polls_that_wake() -> None:
    """A long poll of SQS answers at once when a message comes, not up to 0.1 s later."""
    from ministack.core import concurrency
    from ministack.services import sqs

    waking = _WakingAsyncio()
    _replace(sqs, "asyncio", waking)
    set_event = concurrency.esm_wake.set

    def set_and_wake() -> None:
        set_event()
        waking.wake()

    _replace(concurrency.esm_wake, "set", set_and_wake)


def _queues_that_stay_quick() -> None:
    """Receiving and deleting cost the same however much waits."""
    from ministack.services import sqs

    quicken(sqs)


def _public_layer_parameter() -> None:
    """The public SSM parameters that name Powertools' layers. Locally the layer is a label: the virtual environment
    supplies the library, so the layer's version number is not looked up."""
    from ministack.services import ssm

    def public_parameter(name: str) -> dict[str, Any] | None:
        found = _POWERTOOLS.fullmatch(name)
        if found is None:
            answer: dict[str, Any] | None = original(name)
            return answer
        architecture, major, minor, _version = found.groups()
        region = ssm.get_region()
        layer = f"AWSLambdaPowertoolsPythonV3-python{major}{minor}-{architecture}"
        return {
            "Name": name,
            "Type": "String",
            "Value": f"arn:aws:lambda:{region}:017000801446:layer:{layer}:1",
            "Version": 1,
            "LastModifiedDate": 1728518400,
            "ARN": f"arn:aws:ssm:{region}::parameter{name}",
        }

    original = _replace(ssm, "_public_parameter", public_parameter)


def _any_payload_reaches_its_rule() -> None:
    """What Python's JSON reader gives up on (thousands of digits, thousands of brackets) is text to a rule. MiniStack
    ends the device's connection over it, without an acknowledgement, and the device would send it again for ever."""
    from ministack.services import iot

    def message(payload: bytes) -> Any:
        try:
            return original(payload)
        except (ValueError, RecursionError):
            return payload.decode("utf-8")

    original = _replace(iot, "_rule_message", message)


def _changes_of_roles_leave_a_mark(mark: Path) -> None:
    """Whoever keeps what IAM said (local.aws.authorization) looks at the size of a file to see whether it still holds:
    each operation of IAM that is no mere reading makes it longer, before it is answered."""
    from ministack.services import iam

    def marking(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def handle(parameters: Any) -> Any:
            answer = handler(parameters)
            with mark.open("ab") as file:
                file.write(b".")
            return answer

        return handle

    handlers: dict[str, Any] = iam._IAM_HANDLERS
    for name, handler in handlers.items():
        if not name.startswith(("Get", "List", "Simulate")):
            handlers[name] = marking(handler)


def apply_environment(values: dict[str, str]) -> None:
    """Put MiniStack's settings where it reads them."""
    os.environ.update(values)
