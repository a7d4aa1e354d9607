"""The run between start and account: devices speak, the watch looks, the view shows, then everything drains.

Stage: the middle of the local run; one asyncio loop. boto3 blocks, so the watch looks in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Protocol, TypeVar

from local import view
from local.account import Account, Evidence, Published, count_published, settle
from local.devices import Broker, Ledger, listen, pauses, run_device
from local.fleet import FLEET, Sensor, messages
from local.latency import Latency
from local.watch import Snapshot, Watch

Answer = TypeVar("Answer")

_LOOK_EVERY: Final = 1.0
# A look reads the tables whole; as they grow, looks become rarer, so that looking stays at a fifth of the time.
_LOOKING_SHARE: Final = 4
_DRAIN_LOOK_EVERY: Final = 0.3
_CHECK_EVERY: Final = 0.2
_WIRE_SECONDS: Final = 2.0
_KINDS_SHOWN: Final = 6
_LISTENER_SECONDS: Final = 10.0
_DRAIN_SECONDS: Final = 30.0
_STILL_SECONDS: Final = 8.0


class RunFailed(Exception):
    """The run cannot go on; the text's first line says why."""


class Health(Protocol):
    """What tells of the local AWS that it can no longer go on: a text, or None while all is well."""

    @property
    def failure(self) -> str | None:
        """Why the local AWS ended, or None."""


@dataclass(frozen=True)
class Options:
    """What the person who runs it may choose. `rate`: messages a second of the whole fleet."""

    seconds: float | None = None
    rate: float = 18.0
    seed: int = 1
    fleet: Sequence[Sensor] = FLEET


@dataclass(frozen=True)
class Stage:
    """A deployed pipeline, ready for devices. `where`: one line that says where to look, shown all the time."""

    aws: Health
    watch: Watch
    broker: Broker
    where: str = ""


@dataclass(frozen=True)
class Ended:
    """How a run ended. `seconds`: how long the devices spoke.

    `others`: messages that no simulated device had acknowledged. `foreign`: messages that came by another way than
    MQTT; they are not in the account.
    """

    account: Account
    evidence: Evidence
    published: Sequence[Published]
    others: int
    foreign: int
    alerts: int
    seconds: float
    latency: str

    @property
    def published_per_second(self) -> float:
        """Messages a second, over the time in which devices spoke."""
        return self.account.published / self.seconds if self.seconds else 0.0


@dataclass
class _Run:
    """What goes on at once, and what it shares. `hurry` is set by a second signal: no more waiting."""

    options: Options
    stage: Stage
    screen: view.View
    latency: Latency
    ledger: Ledger = field(default_factory=Ledger)
    state: view.State = field(default_factory=view.State)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)
    began: float = field(default_factory=time.monotonic)
    spoke: float = 0.0


async def speak(options: Options, stage: Stage, screen: view.View) -> Ended:
    """Let the devices speak for `options.seconds`, or until a signal; then drain, stop the pipe and settle.

    Raises RunFailed when the local AWS ends, or when the broker cannot be reached.
    """
    run = _Run(options, stage, screen, Latency(stage.watch.stored))
    run.state.seconds = options.seconds
    run.state.where = stage.where
    run.ledger.tell = run.latency.offer
    with _signals(run):
        await _devices(run)
        await _drain(run)
        run.state.message = "stopping the pipe and counting"
        last = await _ask(run, stage.watch.settle)
    run.state.message = "ended"
    published, others = _show(run, last)
    return Ended(
        account=settle(published, last.evidence),
        evidence=last.evidence,
        published=run.ledger.published,
        others=others,
        foreign=last.foreign,
        alerts=run.state.alerts,
        seconds=run.spoke,
        latency=run.latency.summary(),
    )


async def _devices(run: _Run) -> None:
    """Run the fleet, and look at what becomes of its messages, until the time is over or a signal came."""
    options, broker, ledger = run.options, run.stage.broker, run.ledger
    tls = broker.tls()
    oversized = await _ask(run, run.stage.watch.oversized)
    ready = asyncio.Event()
    interval = len(options.fleet) / options.rate
    async with _background(listen(broker, ledger, ready, tls), run.latency.measure()):
        if not await until(ready, _LISTENER_SECONDS):
            raise RunFailed(f"MQTT: no connection to {broker.host}:{broker.port} within {_LISTENER_SECONDS:.0f} s")
        run.began = time.monotonic()
        if options.seconds is not None:
            asyncio.get_running_loop().call_later(options.seconds, run.stop.set)
        speaking = [
            asyncio.create_task(
                run_device(
                    broker,
                    sensor.device,
                    messages(sensor, seed=options.seed, now=lambda: datetime.now(UTC), oversized=oversized),
                    pauses(options.seed, sensor.device, interval),
                    ledger,
                    run.stop,
                    tls,
                )
            )
            for sensor in options.fleet
        ]
        try:
            while not run.stop.is_set():
                took = await _look(run)
                for device in speaking:
                    if device.done():
                        device.result()
                await until(run.stop, max(_LOOK_EVERY, _LOOKING_SHARE * took))
        except BaseException:
            for device in speaking:
                device.cancel()
            await asyncio.gather(*speaking, return_exceptions=True)
            raise
        await asyncio.gather(*speaking)
        run.spoke = time.monotonic() - run.began
        # The broker hands a message to the listener before it acknowledges it; the last may still be on the wire.
        deadline = time.monotonic() + _WIRE_SECONDS
        while ledger.heard.total() < len(ledger.published) and time.monotonic() < deadline:
            await asyncio.sleep(0.02)


async def _drain(run: _Run) -> None:
    """Wait until nothing waits, bounded: some may wait for a redelivery that is minutes away."""
    run.state.message = "the devices have stopped; waiting for the queue to drain (Ctrl-C: count now)"
    deadline = time.monotonic() + _DRAIN_SECONDS
    moved = time.monotonic()
    before: Account | None = None
    while not run.hurry.is_set() and time.monotonic() < deadline:
        await _look(run)
        account = run.state.account
        if account.balances and not account.waiting:
            return
        if account != before:
            before, moved = account, time.monotonic()
        elif time.monotonic() - moved > _STILL_SECONDS:
            return
        await until(run.hurry, _DRAIN_LOOK_EVERY)


async def _look(run: _Run) -> float:
    """Look once and show it; return how many seconds the looking took."""
    began = time.monotonic()
    snapshot = await _ask(run, run.stage.watch.look)
    took = time.monotonic() - began
    _show(run, snapshot)
    return took


def _show(run: _Run, snapshot: Snapshot) -> tuple[int, int]:
    """Show what was seen; return (messages published, those of them that no simulated device had acknowledged)."""
    state, ledger = run.state, run.ledger
    published, others = count_published(ledger.keys(), ledger.heard)
    state.account = settle(published, snapshot.evidence)
    state.elapsed = time.monotonic() - run.began
    state.devices = ledger.connected
    state.pipe = snapshot.pipe
    state.alerts += len(snapshot.alerts)
    state.last_alerts.extend(snapshot.alerts)
    state.last_refused.extend(snapshot.refused)
    state.kinds = ledger.kinds.most_common(_KINDS_SHOWN)
    state.latency = f"MQTT to stored {run.latency.brief()}" if run.latency.seconds else ""
    run.screen.show(state, snapshot.alerts, snapshot.refused)
    return published, others


async def _ask(run: _Run, question: Callable[[], Answer]) -> Answer:
    """Ask the watch in a thread. When the local AWS has ended, that is what to say, not what boto3 says of it."""
    asking = asyncio.create_task(asyncio.to_thread(question))
    while not asking.done():
        _check(run)
        await asyncio.wait([asking], timeout=_CHECK_EVERY)
    try:
        return asking.result()
    except Exception:
        # boto3 may notice before its process is known to have ended.
        for _ in range(5):
            _check(run)
            await asyncio.sleep(_CHECK_EVERY)
        raise


def _check(run: _Run) -> None:
    if run.stage.aws.failure is not None:
        raise RunFailed(run.stage.aws.failure)


async def until(event: asyncio.Event, seconds: float) -> bool:
    """Wait until `event` is set, for `seconds` at most; return whether it is."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


@contextlib.asynccontextmanager
async def _background(*work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run `work` beside the body and cancel it afterwards."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextlib.contextmanager
def _signals(run: _Run) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM ends the devices' speaking, the second the waiting for what is under way."""

    def on_signal() -> None:
        (run.hurry if run.stop.is_set() else run.stop).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
