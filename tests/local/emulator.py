"""The emulator alone, for tests that need a real broker, queues and tables, and no pipeline."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from local.aws.process import Child, spawn
from local.devices import Broker


@dataclass(frozen=True)
class Emulator:
    endpoint: str
    broker: Broker
    child: Child

    def client(self, service: str) -> Any:
        session: Any = boto3.Session("t", "t", region_name="us-east-1")
        return session.client(service, endpoint_url=self.endpoint)


@contextlib.contextmanager
def emulator(state: Path) -> Iterator[Emulator]:
    with socket.create_server(("127.0.0.1", 0)) as http, socket.create_server(("127.0.0.1", 0)) as mqtt:
        settings = {
            "http_fd": http.fileno(),
            "mqtt_fd": mqtt.fileno(),
            "services_port": 9,
            "ca_file": str(state / "ca.pem"),
            "region": "us-east-1",
            "account": "000000000000",
        }
        files = (http.fileno(), mqtt.fileno())
        child = spawn("local.aws.emulator", settings, log=state / "log", home=state, files=files)
        try:
            broker = Broker("127.0.0.1", mqtt.getsockname()[1], state / "ca.pem")
            yield Emulator(f"http://127.0.0.1:{http.getsockname()[1]}", broker, child)
        finally:
            child.stop()
