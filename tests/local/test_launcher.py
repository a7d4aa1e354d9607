"""The launcher's own duties: the state folder, the signals, one clear line for each failure, the report."""

import fcntl
import io
import os
import signal
from pathlib import Path

import pytest

from local import launcher, view
from local.account import Account, Evidence, Published, Seen
from local.aws.process import ChildFailed
from local.engine import DeploymentError, Problem
from local.run import Ended, Options


def run(state: Path) -> tuple[int, list[str]]:
    stream = io.StringIO()
    code = launcher.main(Options(seconds=1), state, stream)
    return code, stream.getvalue().splitlines()


class Broken:
    """In place of LocalAws: fails as it starts."""

    error: BaseException = RuntimeError("boom\x1b[2J")

    def __init__(self, **_: object) -> None:
        raise self.error


def test_on_windows_one_line_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    code, lines = run(tmp_path / "state")
    assert code == 1
    assert len(lines) == 1
    assert "run it in WSL" in lines[0]
    assert not (tmp_path / "state").exists()


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    held = os.open(tmp_path / "symphony.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(held, fcntl.LOCK_EX)
    code, lines = run(tmp_path)
    os.close(held)
    assert (code, lines) == (1, [f"{tmp_path}: another local run uses it; end that one, or give another --state"])
    assert (tmp_path / "precious").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, lines = run(tmp_path / "file" / "state")
    assert code == 1
    assert lines == [
        f"{tmp_path / 'file' / 'state'}: cannot be written (Not a directory); give another folder with --state"
    ]


def test_what_an_earlier_run_left_is_removed_and_links_are_not_followed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launcher, "LocalAws", Broken)
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    (state / "old" / "deep").mkdir(parents=True)
    (state / "symphony.lock").touch()
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("x")
    (state / "link").symlink_to(elsewhere, target_is_directory=True)
    run(state)
    assert sorted(entry.name for entry in state.iterdir()) == ["logs", "symphony.lock"]
    assert (elsewhere / "kept").exists()


def test_a_folder_with_other_files_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    code, lines = run(tmp_path)
    assert (code, lines) == (
        1,
        [f"{tmp_path}: holds files that no local run made; give an empty folder with --state"],
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_unexpected_error_is_one_line_and_its_traceback_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(launcher, "LocalAws", Broken)
    code, lines = run(tmp_path)
    log = tmp_path / "logs" / "local.log"
    assert code == 1
    assert lines[1:] == ["unexpected RuntimeError: boom\\x1b[2J", f"the whole story: {log}"]
    assert "Traceback (most recent call last)" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_part_that_fails_to_start_speaks_for_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(launcher, "LocalAws", Broken)
    monkeypatch.setattr(Broken, "error", ChildFailed("the emulator ended with code 1 while starting\nits last line"))
    code, lines = run(tmp_path)
    assert code == 1
    assert lines[1:3] == ["the emulator ended with code 1 while starting", "  its last line"]


def test_a_failed_deployment_names_its_place_and_keeps_its_traceback_off_the_screen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    error = DeploymentError(
        [Problem("the queue 'q' cannot be made", "choose another name")], "Traceback (most recent call last): ..."
    )
    monkeypatch.setattr(launcher, "LocalAws", Broken)
    monkeypatch.setattr(Broken, "error", error)
    code, lines = run(tmp_path)
    assert code == 1
    assert "the queue 'q' cannot be made" in lines[1]
    assert lines[2:] == [f"the whole story: {tmp_path / 'logs' / 'local.log'}"]
    assert "Traceback (most recent call last): ..." in (tmp_path / "logs" / "local.log").read_text()


def test_sigterm_while_starting_ends_the_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Slow(Broken):
        def __init__(self, **_: object) -> None:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(launcher, "LocalAws", Slow)
    code, lines = run(tmp_path)
    assert code == 130
    assert lines[-1] == "stopped before the devices had spoken; nothing to account for"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def report(ended: Ended) -> tuple[int, list[str]]:
    stream = io.StringIO()
    code = launcher.report(ended, view.Lines(stream))
    return code, stream.getvalue().splitlines()


def ended(account: Account, published: list[Published], evidence: Evidence, foreign: int = 0) -> Ended:
    return Ended(
        account, evidence, published, others=0, foreign=foreign, alerts=0, seconds=2.0, latency="p50 1 ms, p95 2 ms"
    )


PUBLISHED = [Published("fridge", "devices/fridge/telemetry", f"{n}" * 64, "in range", f"m{n}") for n in range(3)]


def test_a_balanced_account_ends_the_report() -> None:
    code, lines = report(ended(Account(2, stored=2), PUBLISHED[:2], Evidence()))
    assert code == 0
    assert lines == [
        "MQTT to stored: p50 1 ms, p95 2 ms",
        "1.0 messages published a second over 2 s",
        "published 2 = stored 2 + duplicates 0 + quarantined 0 + dead-lettered 0 + waiting 0",
    ]


def test_what_is_missing_is_named() -> None:
    evidence = Evidence(stored=[Seen("t", device="fridge", message="m0")])
    code, lines = report(ended(Account(3, stored=1), PUBLISHED, evidence))
    assert code == 1
    assert lines[2:] == [
        "2 published without any outcome:",
        "  devices/fridge/telemetry: in range, message m1, payload 1111111111111111",
        "  devices/fridge/telemetry: in range, message m2, payload 2222222222222222",
        "published 3 != stored 1 + duplicates 0 + quarantined 0 + dead-lettered 0 + waiting 0",
    ]


def test_what_came_otherwise_and_what_is_too_much_is_said() -> None:
    code, lines = report(ended(Account(1, stored=2), [], Evidence(), foreign=4))
    assert code == 1
    assert "4 messages came by another way than MQTT; they are not in the account" in lines
    assert "1 more outcomes than published messages: a trace that no device published" in lines
