"""One worker: a process of a function, its Runtime API, its log, and the invocation that it has (embedded default)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from local.aws.lambdas.runtime_api import Connection, Invocation, Outcome
from local.aws.process import clean_environment

_SCRIPT = Path(__file__).with_name("worker.py")
# AWS gives a function's initialisation 10 s and tries again within the function's own timeout. A laptop that starts
# several workers at once imports slowly; the limit only has to end what never finishes.
INIT_SECONDS = 60.0
# A worker that nobody has called for this long goes, as on AWS: else each new version would leave the old one's behind.
IDLE_SECONDS = 300.0


@dataclass(frozen=True)
class Spec:
    """What a worker process runs: one version of one function."""

    name: str
    version: str
    handler: str
    runtime: str
    timeout: float
    memory: int
    code: Path
    log: Path
    variables: dict[str, str] = field(hash=False)
    platform: dict[str, str] = field(hash=False)
    """Region, credentials and endpoint."""
    client: str = "auto"
    """"auto": AWS's runtime client if there is a wheel; "loop": our own."""

    def environment(self, home: Path, api: str) -> dict[str, str]:
        """The worker's whole environment, as Lambda documents it, with the endpoint of the local AWS.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
        """
        return clean_environment(
            home,
            {
                "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.runtime}",
                "AWS_LAMBDA_FUNCTION_NAME": self.name,
                "AWS_LAMBDA_FUNCTION_VERSION": self.version,
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
                "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
                "AWS_LAMBDA_LOG_STREAM_NAME": f"local/[{self.version}]",
                "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
                "LAMBDA_TASK_ROOT": str(self.code),
                "TZ": ":UTC",
                "PYTHONUNBUFFERED": "1",
                **self.platform,
                **self.variables,
                "AWS_LAMBDA_RUNTIME_API": api,
                "_HANDLER": self.handler,
            },
        )


class Worker:
    """A running process of a function. `on_free` is called when it can take an invocation, `on_end` when it ended."""

    def __init__(
        self, spec: Spec, home: Path, on_free: Callable[[Worker], None], on_end: Callable[[Worker], None]
    ) -> None:
        self.spec = spec
        self.current: Invocation | None = None
        self.init_error: Outcome | None = None
        self.process: asyncio.subprocess.Process | None = None
        self._home = home
        self._on_free, self._on_end = on_free, on_end
        self._waiting: Connection | None = None
        self._initialised = False
        self._server: asyncio.Server | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._log = os.open(spec.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    @property
    def free(self) -> bool:
        """Whether it waits for an invocation."""
        return self._waiting is not None and self._waiting.open

    async def run(self) -> None:
        """Start the process and stay until it ended."""
        try:
            await self._run()
        except OSError as error:
            self.init_error = Outcome.failed("Runtime.InvalidEntrypoint", f"the worker cannot be started: {error}")
        finally:
            if self._timer is not None:
                self._timer.cancel()
            if self._server is not None:
                self._server.close()
            os.close(self._log)
            self._log = -1
            self._waiting = None
            self._on_end(self)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        port = 0

        def connect() -> Connection:
            return Connection(self, port)

        self._server = await loop.create_server(connect, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        # -P: the script's folder stays off the path, so the function sees its own code and the installed packages only.
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", str(_SCRIPT), str(os.getpid()), self.spec.client,
            cwd=self.spec.code, env=self.spec.environment(self._home, f"127.0.0.1:{port}"),
            stdin=asyncio.subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        self._timer = loop.call_later(INIT_SECONDS, self._init_timed_out)
        code = await self.process.wait()
        if self.current is not None:
            self.current.finish(_exited(self.current.request_id, code))
            self.current = None
        elif self.init_error is None and not self._initialised:
            self.init_error = Outcome.failed("Runtime.ExitError", f"Error: Runtime exited with error: {_status(code)}")

    def kill(self) -> None:
        """End the process now."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()

    def take(self, invocation: Invocation) -> None:
        """Give it an invocation; it must be free."""
        connection = self._waiting
        if connection is None or self.current is not None:
            raise RuntimeError("the worker is not free")
        if self._timer is not None:
            self._timer.cancel()
        self._waiting, self.current = None, invocation
        connection.give(invocation)
        self._timer = asyncio.get_running_loop().call_later(invocation.timeout, self._timed_out, invocation)

    def _timed_out(self, invocation: Invocation) -> None:
        text = f"RequestId: {invocation.request_id} Error: Task timed out after {invocation.timeout:.2f} seconds"
        self.note(text)
        if self.current is invocation:
            self.current = None
        # As on AWS the whole execution environment goes: what the handler still does must not outlive its answer.
        self.kill()
        invocation.finish(Outcome.failed("Sandbox.Timedout", text))

    def _init_timed_out(self) -> None:
        self.init_error = Outcome.failed("Sandbox.Timedout", f"Error: Init timed out after {INIT_SECONDS:.2f} seconds")
        self.kill()

    def note(self, text: str) -> None:
        """Write a line of ours to the function's log."""
        with contextlib.suppress(OSError, ValueError):
            os.write(self._log, text.encode("utf-8", "replace") + b"\n")

    def ask(self, connection: Connection) -> None:
        """The process waits for work (Runtime API)."""
        if self._timer is not None:
            self._timer.cancel()
        self._initialised = True
        self._waiting = connection
        self._timer = asyncio.get_running_loop().call_later(IDLE_SECONDS, self.kill)
        self._on_free(self)

    def settle(self, request_id: str, outcome: Outcome) -> bool:
        """The process finished its invocation (Runtime API)."""
        if self.current is None or self.current.request_id != request_id:
            return False
        if self._timer is not None:
            self._timer.cancel()
        invocation, self.current = self.current, None
        invocation.finish(outcome)
        return True

    def init_failed(self, document: bytes) -> None:
        """The process could not load the function (Runtime API); it ends by itself."""
        self.init_error = Outcome(document, "Unhandled")


def _exited(request_id: str, code: int) -> Outcome:
    if code == 0:
        return Outcome.failed(
            "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited without providing a reason"
        )
    return Outcome.failed(
        "Runtime.ExitError", f"RequestId: {request_id} Error: Runtime exited with error: {_status(code)}"
    )


def _status(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    try:
        name = signal.strsignal(-code)
    except ValueError:
        name = None
    return f"signal: {(name or str(-code)).lower()}"
