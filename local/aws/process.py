"""Child processes of the local AWS: how they start, say that they are ready, and never outlive their parent.

A child gets two pipes: on one it reports readiness (or its death closes it), the other it only reads: when the parent
is gone, however it ended, that read returns and the child leaves. Unlike `PR_SET_PDEATHSIG` this works on macOS and
does not depend on which thread of the parent started the child. Part of the embedded default (`local/aws`).
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

# What a child keeps of the user's environment. Everything that could lead to a real account (AWS_*, profiles, proxies)
# stays out; so does whatever else the user's shell happens to hold.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONPATH")


class ChildFailed(Exception):
    """A child process ended, or did not become ready in time; the text holds the end of its log."""


def clean_environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Environment without the user's AWS settings: no `AWS_*`, no `~/.aws`, no metadata service."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
        **(extra or {}),
    }


@dataclass
class Child:
    """A started child. `report` is what it said when it became ready."""

    process: subprocess.Popen[bytes]
    log: Path
    life: int
    report: dict[str, Any]

    def stop(self, grace: float = 3.0) -> None:
        """SIGTERM, then SIGKILL after `grace` seconds. Returns when the process is gone."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.close()

    def close(self) -> None:
        """Close our end of the life pipe."""
        if self.life >= 0:
            os.close(self.life)
            self.life = -1


def spawn(
    module: str,
    settings: Mapping[str, Any],
    *,
    log: Path,
    home: Path,
    files: Sequence[int] = (),
    deadline: float = 60.0,
) -> Child:
    """Start `python -m module` with `settings` as JSON and wait until it reports that it is ready.

    `files` are descriptors that the child inherits under the same numbers. The child is in a session of its own: Ctrl-C
    in the terminal reaches the parent, which ends its children in order. Raises `ChildFailed`.
    """
    ready_read, ready_write = os.pipe()
    life_read, life_write = os.pipe()
    arguments = json.dumps({**settings, "ready_fd": ready_write, "life_fd": life_read})
    with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, arguments],
            cwd=ROOT,
            env=clean_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(*files, ready_write, life_read),
            start_new_session=True,
        )
    os.close(ready_write)
    os.close(life_read)
    child = Child(process, log, life_write, {})
    try:
        child.report = _read_report(ready_read, module, child, deadline)
    except BaseException:
        process.kill()
        process.wait()
        child.close()
        raise
    finally:
        os.close(ready_read)
    return child


def _read_report(descriptor: int, module: str, child: Child, deadline: float) -> dict[str, Any]:
    end = time.monotonic() + deadline
    data = b""
    while not data.endswith(b"\n"):
        left = end - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise ChildFailed(f"{module} was not ready after {deadline:.0f} s\n{tail(child.log)}")
        chunk = os.read(descriptor, 65536)
        if not chunk:
            child.process.wait()
            raise ChildFailed(f"{module} ended with code {child.process.returncode} while starting\n{tail(child.log)}")
        data += chunk
    report: dict[str, Any] = json.loads(data)
    return report


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, for an error message."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def enlist(settings: Mapping[str, Any]) -> None:
    """In a child, first thing: private files, no listener outside loopback, and an end when the parent ends."""
    os.umask(0o077)
    sys.addaudithook(_loopback_only)
    descriptor = int(settings["life_fd"])

    def watch() -> None:
        while os.read(descriptor, 1):
            pass
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def report_ready(settings: Mapping[str, Any], report: Mapping[str, Any] | None = None) -> None:
    """In a child: tell the parent that every listener is open."""
    descriptor = int(settings["ready_fd"])
    os.write(descriptor, json.dumps(report or {}).encode() + b"\n")
    os.close(descriptor)


def _loopback_only(event: str, arguments: tuple[Any, ...]) -> None:
    # An audit hook, because it also holds for what the emulator's services open on their own.
    if event == "socket.bind" and isinstance(arguments[1], tuple) and arguments[1]:
        host = arguments[1][0]
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"refused to listen on {host!r}: only loopback is allowed")
