"""What is shown is plain text, whatever devices sent, on a terminal and off it."""

import io
import re

import pytest
from rich.console import Console

from local import view
from local.account import Account
from local.view import Lines, State, Tables
from local.watch import Alert, Refused

HOSTILE = "\x1b[2J\x1b]0;owned\x07\0\x9b31m\u202efdp.exe\r\n[bold red]:smile:[/] \u2028end"
ALERT = Alert(f"sub{HOSTILE}", f"message{HOSTILE}", "")
REFUSED = Refused("t", f"device{HOSTILE}", f"topic{HOSTILE}", f"reason{HOSTILE}", 1)
# What rich itself writes to place and colour text: cursor moves, colours, hide and show the cursor, erase line.
RICH = re.compile(r"\x1b\[(\?25[lh]|[0-9;]*[mAK]|[0-9]*[GHJ])|\r|\n")


def hostile_state() -> State:
    state = State(account=Account(5, stored=2, waiting=3), seconds=20, message=f"say{HOSTILE}", pipe=HOSTILE)
    state.kinds = [(HOSTILE, 2)]
    state.last_alerts.append(ALERT)
    state.last_refused.append(REFUSED)
    return state


def controls(text: str) -> list[str]:
    return [c for c in text if c != " " and (ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2028")]


def test_lines_hold_no_control_character() -> None:
    stream = io.StringIO()
    with Lines(stream) as screen:
        screen.line(f"line{HOSTILE}")
        screen.command(f"command{HOSTILE}")
        screen.progress(f"progress{HOSTILE}")
        screen.show(hostile_state(), [ALERT], [REFUSED])
    shown = stream.getvalue()
    assert controls(shown.replace("\n", "")) == []
    assert shown.count("\n") == 6
    assert "\\x1b[2J" in shown
    assert "[bold red]:smile:[/]" in shown


def test_tables_hold_no_control_character_but_richs_own() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=120, height=40, markup=True, emoji=True)
    with Tables(console) as screen:
        screen.progress(f"progress{HOSTILE}")
        screen.line(f"line{HOSTILE}")
        screen.command(f"command{HOSTILE}")
        screen.show(hostile_state(), [ALERT], [REFUSED])
    shown = stream.getvalue()
    assert controls(RICH.sub("", shown)) == []
    assert "]0;owned" in shown
    assert "[bold red]:smile:[/]" in shown
    assert "\x1b[2J" not in shown


def test_tables_fit_a_narrow_terminal() -> None:
    console = Console(file=io.StringIO(), width=40, record=True)
    console.print(view.picture(hostile_state(), 40))
    assert all(len(line) <= 40 for line in console.export_text().splitlines())


@pytest.mark.parametrize("height", [18, 24, 40])
def test_tables_fit_a_low_terminal(height: int) -> None:
    state = hostile_state()
    state.last_alerts.extend([ALERT] * 6)
    state.last_refused.extend([REFUSED] * 6)
    state.kinds = [(kind, 1) for kind in "abcdef"]
    console = Console(file=io.StringIO(), width=100, record=True)
    console.print(view.picture(state, 100, height))
    assert len(console.export_text().splitlines()) <= height


def test_a_terminal_gets_tables_and_a_file_lines() -> None:
    assert isinstance(view.make(io.StringIO()), Lines)
    assert isinstance(view.make(io.StringIO(), interactive=True), Tables)


def test_lines_come_every_few_seconds_and_lose_no_alert(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("local.view.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    alerts = [Alert("", f"alert {n}", "") for n in range(7)]
    with Lines(stream) as screen:
        screen.show(State(), alerts[:1])
        screen.show(State(), alerts[1:5])
        now[0] += 10
        screen.show(State(), alerts[5:6])
        before = stream.getvalue()
        screen.show(State(), alerts[6:])
        assert stream.getvalue() == before
    shown = stream.getvalue()
    assert shown.count("published 0") == 3
    assert [f"alert {n}" in shown for n in range(7)] == [True, True, True, True, False, False, True]
    assert "alert: and 2 more" in shown


def test_what_has_no_outcome_yet_shows_as_waiting() -> None:
    stream = io.StringIO()
    Lines(stream).show(State(account=Account(10, stored=4)))
    assert "waiting 6" in stream.getvalue()
