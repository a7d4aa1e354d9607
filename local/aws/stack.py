"""LocalAws: the whole local AWS as one object with `start()` and `stop()` (embedded default).

Two child processes: the emulator (MiniStack behind our guard, MQTT broker) and the services (Step Functions, Lambda,
Pipes, Scheduler). The listening sockets belong to this process and are handed down, so ports are free by construction,
nothing else can take one over, and a client that calls while the services restart waits instead of being refused.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from local.aws.clients import local_client, local_session
from local.aws.process import Child, ChildFailed, spawn, tail

REGION = "us-east-1"
ACCOUNT = "000000000000"


class LocalAws:
    """The local AWS. Blocking; safe to use from one thread (its supervisor runs in a thread of its own).

    `state`: folder for everything that it writes; a temporary one, removed by `stop()`, if None. What an earlier run
    left there of functions, pipes and state machines is discarded: the emulator's own state is memory only.
    `lambda_workers`: how many worker processes one Lambda function may have at a time.
    `pipe_pollers`: how many batches a pipe has in flight at most. `runtime`: "auto" runs AWS's Lambda runtime client
    where it is installed, "loop" our own always.
    `on_event(text)`: told about restarts and failures of the children, from the supervisor's thread.
    """

    endpoint: str
    mqtt_host: str
    mqtt_port: int
    ca_file: Path
    state_dir: Path
    region = REGION
    account = ACCOUNT

    def __init__(
        self,
        *,
        state: Path | None = None,
        region: str = REGION,
        lambda_workers: int = 3,
        pipe_pollers: int = 5,
        runtime: str = "auto",
        on_event: Callable[[str], None] | None = None,
    ) -> None:
        self._given_state = state
        self.region = region
        self._lambda_workers = lambda_workers
        self._pipe_pollers = pipe_pollers
        self._runtime = runtime
        self._on_event = on_event or (lambda text: None)
        self._sockets: dict[str, socket.socket] = {}
        self._children: dict[str, Child] = {}
        self._lock = threading.Lock()
        self._stopping = False
        self._session: Any = None
        self._clients: dict[str, Any] = {}
        self._supervisors: list[threading.Thread] = []
        self.failure: str | None = None

    @property
    def credentials(self) -> dict[str, str]:
        """Keyword arguments for `boto3.client`/`boto3.Session`: dummy keys and the region."""
        return {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": self.region}

    @property
    def pids(self) -> dict[str, int]:
        """Process ids of the children, by name (`emulator`, `services`)."""
        return {name: child.process.pid for name, child in self._children.items()}

    @property
    def _roles(self) -> Path:
        """The file by which the services see that IAM changed."""
        return self.state_dir / "roles"

    def client(self, service: str, **options: Any) -> Any:
        """A boto3 client of the local AWS; `options` are boto3's. Needs no `AWS_*` variable and obeys none.

        Without options it is the same client each time: clients may be shared by threads, and making one is slow.
        """
        with self._lock:  # making a client is not safe from several threads at once
            if not options and service in self._clients:
                return self._clients[service]
            if self._session is None:
                self._session = local_session(self.region)
            client = local_client(self._session, service, self.endpoint, **options)
            if not options:
                self._clients[service] = client
            return client

    def start(self) -> Self:
        """Start both processes and return when every listener is open. Raises `ChildFailed`, having stopped all."""
        self.state_dir = Path(tempfile.mkdtemp(prefix="symphony-")) if self._given_state is None else self._given_state
        self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("services", "home"):
            shutil.rmtree(self.state_dir / name, ignore_errors=True)
        for name in ("services", "home", "logs"):
            (self.state_dir / name).mkdir(mode=0o700, exist_ok=True)
        self._roles.unlink(missing_ok=True)
        for name in ("http", "mqtt", "services"):
            self._sockets[name] = _listener()
        self._clients.clear()  # of an earlier start, at another endpoint
        self.endpoint = f"http://127.0.0.1:{_port(self._sockets['http'])}"
        self.mqtt_host, self.mqtt_port = "127.0.0.1", _port(self._sockets["mqtt"])
        self.ca_file = self.state_dir / "ca.pem"
        starts = {"emulator": self._start_emulator, "services": self._start_services}
        failures: list[BaseException] = []

        def attempt(start: Callable[[], None]) -> None:
            try:
                start()
            except BaseException as error:  # reported below, in the caller's thread
                failures.append(error)

        threads = [threading.Thread(target=attempt, args=(start,)) for start in starts.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            self.stop()
            raise failures[0]
        for name in starts:
            supervisor = threading.Thread(target=self._supervise, args=(name,), name=f"supervise-{name}", daemon=True)
            supervisor.start()
            self._supervisors.append(supervisor)
        return self

    def stop(self) -> None:
        """End both processes, close the ports, and remove the folder if it was temporary. Idempotent."""
        with self._lock:
            self._stopping = True
            children = dict(self._children)
        # Services first: their workers and pollers still talk to the emulator.
        for name in ("services", "emulator"):
            if name in children:
                children[name].stop()
        for supervisor in self._supervisors:
            supervisor.join()
        self._supervisors.clear()
        self._children.clear()
        for listener in self._sockets.values():
            listener.close()
        self._sockets.clear()
        if self._given_state is None and hasattr(self, "state_dir"):
            shutil.rmtree(self.state_dir, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_emulator(self) -> None:
        http, mqtt = self._sockets["http"], self._sockets["mqtt"]
        child = spawn(
            "local.aws.emulator",
            {
                "http_fd": http.fileno(),
                "mqtt_fd": mqtt.fileno(),
                "services_port": _port(self._sockets["services"]),
                "ca_file": str(self.ca_file),
                "roles": str(self._roles),
                "region": self.region,
                "account": self.account,
            },
            log=self.state_dir / "logs" / "emulator.log",
            home=self.state_dir / "home",
            files=(http.fileno(), mqtt.fileno()),
        )
        self._keep("emulator", child)

    def _start_services(self) -> None:
        listener = self._sockets["services"]
        child = spawn(
            "local.aws.services",
            {
                "http_fd": listener.fileno(),
                "endpoint": self.endpoint,
                "state": str(self.state_dir / "services"),
                "roles": str(self._roles),
                "logs": str(self.state_dir / "logs"),
                "home": str(self.state_dir / "home"),
                "region": self.region,
                "account": self.account,
                "lambda_workers": self._lambda_workers,
                "pipe_pollers": self._pipe_pollers,
                "runtime": self._runtime,
            },
            log=self.state_dir / "logs" / "services.log",
            home=self.state_dir / "home",
            files=(listener.fileno(),),
        )
        self._keep("services", child)

    def _keep(self, name: str, child: Child) -> None:
        with self._lock:
            if not self._stopping:
                self._children[name] = child
                return
        child.stop()

    def _supervise(self, name: str) -> None:
        """Wait for a child's end: the services are started again, the emulator's end is final (its state is memory)."""
        quick = 0
        while True:
            child = self._children[name]
            began = time.monotonic()
            code = child.process.wait()
            with self._lock:
                if self._stopping:
                    return
            child.close()
            quick = quick + 1 if time.monotonic() - began < 5 else 0
            if name == "emulator" or quick >= 5:
                self._end(f"the local {name} ended with code {code}\n{tail(child.log)}")
                return
            self._on_event(f"the local {name} ended with code {code}; starting it again")
            try:
                self._start_services()
            except ChildFailed as error:
                self._end(str(error))
                return

    def _end(self, reason: str) -> None:
        """A child is gone for good. Our listeners would take clients that nobody answers: they are closed."""
        self.failure = reason
        with self._lock:
            for listener in self._sockets.values():
                listener.close()
        self._on_event(reason)


def _listener() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    listener.set_inheritable(False)  # each child gets exactly the descriptors that it is given
    return listener


def _port(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port
