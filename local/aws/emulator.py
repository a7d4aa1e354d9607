"""The emulator's process: MiniStack behind our guard, on sockets that our parent made (embedded default).

Started by `LocalAws` as `python -m local.aws.emulator '{settings}'`. It serves the one endpoint: requests for Step
Functions, Lambda, Pipes and Scheduler go on to the services process, the rest MiniStack answers here.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from local.aws import ministack
from local.aws.front import front
from local.aws.process import enlist, report_ready
from simulator.api.guard import guard


async def serve(settings: dict[str, Any]) -> None:
    """Serve until SIGTERM. `settings`: http_fd, mqtt_fd, services_port, ca_file, roles, region, account."""
    http = socket.socket(fileno=settings["http_fd"])
    mqtt = socket.socket(fileno=settings["mqtt_fd"])
    port = http.getsockname()[1]
    ministack.apply_environment(
        ministack.environment(port, mqtt.getsockname()[1], settings["region"], settings["account"])
    )
    emulator = ministack.patched(mqtt, Path(settings["roles"]) if "roles" in settings else None)
    app = guard(front(emulator, settings["services_port"]), port=port, closed=ministack.closed)
    server = Server(settings, app)
    await server.serve(sockets=[http])


class Server(uvicorn.Server):
    """A server that reports readiness once all listeners are open and the CA is written."""

    def __init__(self, settings: dict[str, Any], app: Any) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                access_log=False,
                log_level="warning",
                timeout_keep_alive=75,
                ws="wsproto",
                date_header=False,
                server_header=False,
            )
        )
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the listeners, then tell the parent."""
        await super().startup(sockets)
        if self.should_exit:
            return
        write_private(Path(self._settings["ca_file"]), await ministack.ready())
        # As in the services: what is here now stays, and needs no look at every few hundred objects more.
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000)
        report_ready(self._settings)


def write_private(path: Path, text: str) -> None:
    """Write a file that only the user can read, whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)


def main() -> None:
    """Entry point of the process."""
    settings = json.loads(sys.argv[1])
    enlist(settings)
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
