"""Shows the run: live tables on a terminal, plain lines everywhere else (CI logs, pipes).

Stage: the local run's output. Whatever is printed passes `text.printable` here, at the last moment, so that no caller
can forget it: devices choose what stands in alerts, reasons and topics.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Protocol, Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.status import Status
from rich.table import Table
from rich.text import Text

from local.account import Account
from local.text import printable
from local.watch import Alert, Refused

_SHOWN: Final = 6
_OTHER_ROWS: Final = 15
_PLAIN_SECONDS: Final = 3.0
_PLAIN_NEW: Final = 3


@dataclass
class State:
    """What there is to show."""

    account: Account = field(default_factory=lambda: Account(0))
    seconds: float | None = None
    elapsed: float = 0.0
    devices: int = 0
    pipe: str = ""
    alerts: int = 0
    last_alerts: deque[Alert] = field(default_factory=lambda: deque(maxlen=_SHOWN))
    last_refused: deque[Refused] = field(default_factory=lambda: deque(maxlen=_SHOWN))
    kinds: Sequence[tuple[str, int]] = ()
    latency: str = ""
    message: str = ""
    where: str = ""


class View(Protocol):
    """How the launcher speaks to the person who runs it."""

    def line(self, text: str) -> None:
        """Print one line of progress, above what is live."""

    def command(self, text: str) -> None:
        """Print one line to be copied: never cut or wrapped."""

    def progress(self, text: str) -> None:
        """Say what is being done; the next call may take its place."""

    def show(self, state: State, alerts: Sequence[Alert] = (), refused: Sequence[Refused] = ()) -> None:
        """Show the state; `alerts` and `refused` are what is new in it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def make(stream: TextIO, interactive: bool | None = None) -> View:
    """Return the view that suits the stream: live tables on a terminal, else plain lines."""
    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
    live = console.is_terminal and not console.is_dumb_terminal if interactive is None else interactive
    return Tables(console) if live else Lines(stream)


class Lines:
    """Plain lines: one of figures every few seconds, one for each of the first new alerts and refusals between them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._due = 0.0
        self._progressed = 0.0
        self._held: State | None = None
        self._alerts: list[Alert] = []
        self._refused: list[Refused] = []

    def line(self, text: str) -> None:
        """Print one line."""
        self._write(text)

    def command(self, text: str) -> None:
        """Print one line to be copied."""
        self._write(text)

    def progress(self, text: str) -> None:
        """Print the line, unless the last one is less than a second old."""
        now = time.monotonic()
        if now - self._progressed >= 1.0:
            self._progressed = now
            self._write(f"  {text}")

    def show(self, state: State, alerts: Sequence[Alert] = (), refused: Sequence[Refused] = ()) -> None:
        """Print the figures if some seconds have passed since the last time."""
        self._alerts.extend(alerts)
        self._refused.extend(refused)
        self._held = state
        if time.monotonic() >= self._due:
            self._print(state)

    def _print(self, state: State) -> None:
        self._held = None
        self._due = time.monotonic() + _PLAIN_SECONDS
        self._write(f"{state.elapsed:4.0f} s  {_figures(state)}{'  ' + state.message if state.message else ''}")
        self._new("alert", [_alert_line(alert) for alert in self._alerts])
        self._new("quarantined", [_refused_line(refusal) for refusal in self._refused])
        self._alerts.clear()
        self._refused.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What was held back since the last line.
        if self._held is not None:
            self._print(self._held)

    def _new(self, what: str, lines: Sequence[str]) -> None:
        for line in lines[:_PLAIN_NEW]:
            self._write(f"        {what}: {line}")
        if len(lines) > _PLAIN_NEW:
            self._write(f"        {what}: and {len(lines) - _PLAIN_NEW} more")

    def _write(self, text: str) -> None:
        self._stream.write(printable(text) + "\n")
        self._stream.flush()


class Tables:
    """Live tables at the foot of the terminal; lines scroll above them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._status: Status | None = None

    def line(self, text: str) -> None:
        """Print one line above the tables."""
        self._end_status()
        self._console.print(Text(printable(text)))

    def command(self, text: str) -> None:
        """Print one line to be copied: longer than the terminal is wide, it is left to the terminal to fold."""
        self._console.print(Text(printable(text), style="cyan"), soft_wrap=True)

    def progress(self, text: str) -> None:
        """Show the line beside a spinner, in the place of the one before."""
        shown = Text(printable(text, max(20, self._console.width - 4)))
        if self._status is None:
            self._status = self._console.status(shown)
            self._status.start()
        else:
            self._status.update(shown)

    def show(self, state: State, alerts: Sequence[Alert] = (), refused: Sequence[Refused] = ()) -> None:
        """Draw the state."""
        self._end_status()
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, transient=False, vertical_overflow="crop")
            self._live.start()
        self._live.update(picture(state, self._console.width, self._console.height), refresh=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_status()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _end_status(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None


def picture(state: State, width: int, height: int = 40) -> RenderableType:
    """Return the tables for a terminal of `width` columns and `height` rows.

    What does not fit a line is cut, never folded; the lower the terminal, the fewer alerts and refusals are shown.
    """
    account = state.account
    outcomes = Table.grid(padding=(0, 2))
    outcomes.add_column()
    outcomes.add_column(justify="right")
    for name, number, style in (
        ("published", account.published, "bold"),
        ("stored", account.stored, "green"),
        ("duplicates", account.duplicates, "blue"),
        ("quarantined", account.quarantined, "yellow"),
        ("dead-lettered", account.dead_lettered, "red" if account.dead_lettered else ""),
        ("waiting", max(account.waiting, account.missing), ""),
    ):
        outcomes.add_row(Text(name), Text(str(number), style=style))
    said = Table.grid(padding=(0, 2))
    said.add_column()
    said.add_column(justify="right")
    for kind, number in state.kinds:
        said.add_row(Text(printable(kind)), Text(str(number)))
    top = Table.grid(expand=True)
    top.add_column(ratio=1)
    top.add_column(ratio=1)
    top.add_row(
        Panel(outcomes, title="outcomes", title_align="left"), Panel(said, title="devices say", title_align="left")
    )
    inner = max(20, width - 4)
    shown = max(1, min(_SHOWN, (height - _OTHER_ROWS) // 2))
    alerts = [
        Text(printable(_alert_line(alert), inner), style="red") for alert in list(reversed(state.last_alerts))[:shown]
    ]
    refused = [Text(printable(_refused_line(refusal), inner)) for refusal in list(reversed(state.last_refused))[:shown]]
    until = f" of {state.seconds:.0f}" if state.seconds else ""
    foot = f"{state.elapsed:.0f}{until} s   {state.devices} devices connected   pipe {state.pipe.lower() or '-'}"
    for extra in (state.latency, state.message or "Ctrl-C ends the run and prints the account"):
        foot += f"   {extra}" if extra else ""
    return Group(
        top,
        Panel(Group(*alerts or [Text("none yet")]), title=f"last alerts, {state.alerts} so far", title_align="left"),
        Panel(Group(*refused or [Text("none yet")]), title="last quarantined, and why", title_align="left"),
        Text(printable(foot, width), style="dim"),
        Text(printable(state.where, width), style="dim"),
    )


def _figures(state: State) -> str:
    account = state.account
    return (
        f"published {account.published}  stored {account.stored}  duplicates {account.duplicates}  "
        f"quarantined {account.quarantined}  dead-lettered {account.dead_lettered}  "
        f"waiting {max(account.waiting, account.missing)}  alerts {state.alerts}"
    )


def _alert_line(alert: Alert) -> str:
    # Subjects are for mail, where all alerts look alike; the message alone says what is wrong.
    return alert.message or alert.subject


def _refused_line(refused: Refused) -> str:
    return f"{refused.device or refused.topic or 'no device'}: {refused.reason}"
