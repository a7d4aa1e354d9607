"""One local run from start to end: starts the local AWS, deploys the program, lets the devices speak, and settles.

Stage: all of the local run, in the order in which it happens. Each part is elsewhere; this module owns their order, the
signals, and that whatever was started is stopped again.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

from local import guide, view
from local.account import unaccounted
from local.aws.process import ChildFailed
from local.aws.stack import LocalAws
from local.devices import Broker
from local.engine import DeploymentError, up
from local.fleet import FLEET, OWN_DEVICE
from local.run import Ended, Options, RunFailed, Stage, speak
from local.watch import Places, Watch, WatchError

ROOT: Final = Path(__file__).resolve().parents[1]
STATE: Final = ROOT / ".local"
_LOG: Final = logging.getLogger(__name__)
_NAMED: Final = 10
_LOCK: Final = "symphony.lock"


class LocalError(Exception):
    """The run cannot begin; the text says why and what to do."""


# Errors whose text is written for the person who runs it; of all others the class is named too.
_PLAIN: Final = (LocalError, ChildFailed, RunFailed, WatchError)


def main(options: Options, state: Path = STATE, stream: TextIO | None = None) -> int:
    """Run from start to end and return the exit code: 0 when the account balances.

    Every failure is one clear line on `stream` (standard output if None); its traceback goes to a file that is named.
    """
    screen = view.make(stream or sys.stdout)
    if sys.platform == "win32":
        screen.line("make local does not run on Windows; run it in WSL.")
        return 1
    log = state / "logs" / "local.log"
    try:
        with _own(state), _signals():
            _keep_log(log)
            return _run(options, state, screen)
    except KeyboardInterrupt:
        screen.line("stopped before the devices had spoken; nothing to account for")
        return 130
    except Exception as error:
        first, *others = _said(error)
        screen.line(first)
        for line in others:
            screen.line(f"  {line}")
        if log.exists():
            _LOG.error("the run failed", exc_info=error)
            screen.line(f"the whole story: {log}")
        return 1


def _said(error: Exception) -> list[str]:
    """What to tell the person of a failure, by lines; tracebacks are for the log."""
    if isinstance(error, DeploymentError):
        return "\n".join(str(problem) for problem in error.problems).splitlines()
    lines = str(error).strip().splitlines() or ["no words for it"]
    if not isinstance(error, _PLAIN):
        lines[0] = f"unexpected {type(error).__name__}: {lines[0]}"
    return lines


def _run(options: Options, state: Path, screen: view.View) -> int:
    began = time.monotonic()
    screen.line("starting the local AWS: emulator, MQTT broker, Step Functions, Lambda, pipe")

    def happened(text: str) -> None:
        _LOG.warning("%s", text)
        if aws.failure is None:
            # A restart; what is final ends the run, which says so itself.
            screen.line(text.splitlines()[0])

    aws = LocalAws(state=state, on_event=happened)
    with screen, aws:
        screen.line(f"  ready in {time.monotonic() - began:.1f} s at {aws.endpoint}")
        stage = _deploy(aws, state, screen)
        screen.line(f"ready in {time.monotonic() - began:.1f} s")
        _point_out(stage, aws, state, screen)
        ended = asyncio.run(speak(options, stage, screen))
    return report(ended, screen)


def _deploy(aws: LocalAws, state: Path, screen: view.View) -> Stage:
    """Deploy the program, fill the table of devices and subscribe to the alerts."""
    began = time.monotonic()
    screen.line("deploying __main__.py, stack local")
    done = 0

    def progress(event: Any) -> None:
        nonlocal done
        done += 1
        screen.progress(f"{done}: {event}")

    deployment = up("local", aws.endpoint, state=state / "engine", on_event=progress)
    watch = Watch(aws.client, Places.of(deployment.outputs))
    seeded = watch.seed_devices([*FLEET, OWN_DEVICE])
    watch.subscribe()
    screen.line(
        f"  {len(deployment.resources)} resources in {time.monotonic() - began:.1f} s; {seeded} devices in the table"
    )
    where = f"AWS {aws.endpoint}   MQTT {aws.mqtt_host}:{aws.mqtt_port}   CA {aws.ca_file}"
    return Stage(aws, watch, Broker(aws.mqtt_host, aws.mqtt_port, aws.ca_file), where)


def _point_out(stage: Stage, aws: LocalAws, state: Path, screen: view.View) -> None:
    where = guide.Where(
        endpoint=aws.endpoint,
        region=aws.region,
        mqtt_host=aws.mqtt_host,
        mqtt_port=aws.mqtt_port,
        ca_file=aws.ca_file,
        logs=state / "logs",
        device=OWN_DEVICE.device,
        places=stage.watch.places,
    )
    for name, value in guide.places(where):
        screen.line(f"  {name:<16}{value}")
    screen.line("try it (the credentials are dummies):")
    for what, command in guide.commands(where):
        screen.line(f"  # {what}")
        screen.command(f"  {command}")


def report(ended: Ended, screen: view.View) -> int:
    """Print how the run went, last of all the account; return the exit code."""
    account = ended.account
    if ended.latency:
        screen.line(f"MQTT to stored: {ended.latency}")
    screen.line(f"{ended.published_per_second:.1f} messages published a second over {ended.seconds:.0f} s")
    if ended.others:
        screen.line(
            f"{ended.others} of the messages came from other MQTT clients or were sent again after a broken connection"
        )
    if ended.foreign:
        screen.line(f"{ended.foreign} messages came by another way than MQTT; they are not in the account")
    for note in account.notes:
        screen.line(f"note: {note}")
    if account.waiting:
        screen.line(
            f"{account.waiting} wait: what failed comes again after the queue's visibility timeout; logs say why it did"
        )
    if account.missing > 0:
        missing = unaccounted(ended.published, ended.evidence)
        screen.line(f"{account.missing} published without any outcome:")
        for message in missing[:_NAMED]:
            screen.line(
                f"  {message.topic}: {message.kind}, message {message.message or '-'}, payload {message.digest[:16]}"
            )
        if not missing:
            screen.line("  none of the simulated devices: look among what other MQTT clients published")
        if len(missing) > _NAMED:
            screen.line(f"  and {len(missing) - _NAMED} more")
    elif account.missing < 0:
        screen.line(f"{-account.missing} more outcomes than published messages: a trace that no device published")
    screen.line(account.line())
    return 0 if account.balances else 1


@contextlib.contextmanager
def _own(state: Path) -> Iterator[None]:
    """Hold the state folder for this run alone, emptied of what an earlier run left."""
    try:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(state.iterdir()) and not (state / _LOCK).exists():
            # Whatever was given by mistake, a home say, must not be emptied.
            raise LocalError(f"{state}: holds files that no local run made; give an empty folder with --state")
        lock = os.open(state / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LocalError(f"{state}: cannot be written ({error.strerror}); give another folder with --state") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LocalError(f"{state}: another local run uses it; end that one, or give another --state") from error
        for entry in state.iterdir():
            if entry.name == _LOCK:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _keep_log(path: Path) -> None:
    """Send every log record of this process to a file that only its user reads; the terminal is for the view."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = logging.StreamHandler(open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a"))  # noqa: SIM115
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
