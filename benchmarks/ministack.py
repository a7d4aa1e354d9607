"""MiniStack alone, as the peer of the benchmarks: its own Step Functions and Lambda, which the local AWS does not use.

It runs behind the local AWS's guard, on loopback, as a child that ends with its parent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import ministack
from local.aws.clients import local_client, local_session
from local.aws.emulator import Server
from local.aws.process import enlist, spawn
from local.devices import Broker
from simulator.api.guard import guard

REGION, ACCOUNT = "us-east-1", "000000000000"


@dataclass(frozen=True)
class Peer:
    """A running MiniStack."""

    endpoint: str
    broker: Broker

    def client(self, service: str) -> Any:
        """A boto3 client of it."""
        return local_client(local_session(REGION), service, self.endpoint)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[Peer]:
    """MiniStack, started and stopped again. `folder` is for what it writes."""
    with socket.create_server(("127.0.0.1", 0)) as http, socket.create_server(("127.0.0.1", 0)) as mqtt:
        ca = folder / "ca.pem"
        settings = {"http_fd": http.fileno(), "mqtt_fd": mqtt.fileno(), "ca_file": str(ca)}
        files = (http.fileno(), mqtt.fileno())
        child = spawn("benchmarks.ministack", settings, log=folder / "log", home=folder, files=files)
        try:
            broker = Broker("127.0.0.1", mqtt.getsockname()[1], ca)
            yield Peer(f"http://127.0.0.1:{http.getsockname()[1]}", broker)
        finally:
            child.stop()


async def serve(settings: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    http, mqtt = (socket.socket(fileno=settings[name]) for name in ("http_fd", "mqtt_fd"))
    port = http.getsockname()[1]
    environment = ministack.environment(port, mqtt.getsockname()[1], REGION, ACCOUNT)
    services = f"{environment['SERVICES']},lambda,states,stepfunctions"
    ministack.apply_environment({**environment, "SERVICES": services})
    server = Server(settings, guard(ministack.patched(mqtt), port=port, closed=ministack.closed))
    await server.serve(sockets=[http])


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    enlist(given)
    asyncio.run(serve(given))
