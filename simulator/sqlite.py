"""The durable store: SQLite, written before anything is acted on, committed in groups by a thread of its own.

One file holds registry objects, executions and their journals. A write that fails (a full disk, a broken one) fails
every fact of its group; nothing of it is kept, and whoever handed the facts over hears of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from simulator.store import Saved, Then
from simulator.values import Value, dump, load

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    place INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    UNIQUE (kind, key)
);
CREATE TABLE IF NOT EXISTS executions (
    place INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL UNIQUE, begun BLOB NOT NULL, ended BLOB
);
CREATE TABLE IF NOT EXISTS journal (
    place INTEGER PRIMARY KEY AUTOINCREMENT, arn TEXT NOT NULL, entry BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_by_arn ON journal (arn, place);
"""
_PUT = (
    "INSERT INTO objects (kind, key, value) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
)

_Statements = list[tuple[str, tuple[Any, ...]]]
_Fact = tuple[_Statements, Then, "asyncio.AbstractEventLoop | None"]


class SqliteStore:
    """Keeps everything in `path`, made if it is not there, readable by its owner only.

    `threaded`: commit in a thread, many facts at once (continuations run on the loop that handed them over); otherwise
    each fact is committed where it is handed over. `synchronous` is SQLite's: FULL survives a power cut, OFF only the
    death of the process.
    """

    durable = True

    def __init__(self, path: Path | str, *, threaded: bool = True, synchronous: str = "FULL") -> None:
        self._path = Path(path)
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
        self._database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute(f"PRAGMA synchronous = {synchronous if synchronous in ('OFF', 'NORMAL') else 'FULL'}")
        self._database.executescript(_SCHEMA)
        self._lock = threading.Lock()
        self._facts: queue.SimpleQueue[_Fact | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        if threaded:
            self._thread = threading.Thread(target=self._commit_forever, name="simulator-store", daemon=True)
            self._thread.start()

    # -------------------------------------------------------------- facts

    def put(self, kind: str, key: str, value: dict[str, Any], then: Then) -> None:
        """Keep a registry object."""
        self._write([(_PUT, (kind, key, dump(value)))], then)

    def delete(self, kind: str, key: str, then: Then) -> None:
        """Forget a registry object."""
        self._write([("DELETE FROM objects WHERE kind = ? AND key = ?", (kind, key))], then)

    def begin(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Keep a new execution."""
        self._write([("INSERT INTO executions (arn, begun) VALUES (?, ?)", (arn, dump(record)))], then)

    def append(self, arn: str, entry: list[Value], then: Then) -> None:
        """Add to an execution's journal."""
        self._write([("INSERT INTO journal (arn, entry) VALUES (?, ?)", (arn, dump(entry)))], then)

    def reopen(self, arn: str, entry: list[Value], then: Then) -> None:
        """Add to the journal of an execution that goes on."""
        statements: _Statements = [
            ("UPDATE executions SET ended = NULL WHERE arn = ?", (arn,)),
            ("INSERT INTO journal (arn, entry) VALUES (?, ?)", (arn, dump(entry))),
        ]
        self._write(statements, then)

    def end(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Keep how an execution ended."""
        self._write([("UPDATE executions SET ended = ? WHERE arn = ?", (dump(record), arn))], then)

    def _write(self, statements: _Statements, then: Then) -> None:
        if self._thread is None:
            then(self._commit([(statements, then, None)]))
            return
        self._facts.put((statements, then, asyncio.get_running_loop()))

    def _commit_forever(self) -> None:
        while True:
            fact = self._facts.get()
            group: list[_Fact] = []
            while fact is not None:
                group.append(fact)
                if len(group) >= 500:
                    break
                try:
                    fact = self._facts.get_nowait()
                except queue.Empty:
                    break
            if group:
                error = self._commit(group)
                for _, then, loop in group:
                    if loop is not None and not loop.is_closed():
                        with contextlib.suppress(RuntimeError):  # the loop closed just now: nobody is left to tell
                            loop.call_soon_threadsafe(then, error)
            if fact is None:
                return

    def _commit(self, group: list[_Fact]) -> BaseException | None:
        with self._lock:
            try:
                self._give_up()
                self._database.execute("BEGIN IMMEDIATE")
                for statements, _, _ in group:
                    for statement, values in statements:
                        self._database.execute(statement, values)
                self._database.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                with contextlib.suppress(
                    sqlite3.Error
                ):  # a broken disk may refuse even this; the next group tries again
                    self._give_up()
                return error
        return None

    def _give_up(self) -> None:
        """Leave no transaction open: one that failed must not let its facts slip into the next."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    # -------------------------------------------------------------- reading

    def objects(self, kind: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """The registry objects of a kind."""
        rows = self._read("SELECT key, value FROM objects WHERE kind = ? ORDER BY place", (kind,))
        return [(key, load(value)) for key, value in rows]

    def executions(self) -> Iterable[Saved]:
        """All executions; the journals of those that are over are left to `journal`."""
        for arn, begun, ended in self._read("SELECT arn, begun, ended FROM executions ORDER BY place", ()):
            over = None if ended is None else load(ended)
            yield Saved(arn, load(begun), [] if over is not None else self.journal(arn), over)

    def journal(self, arn: str) -> list[list[Value]]:
        """The journal of one execution."""
        rows = self._read("SELECT entry FROM journal WHERE arn = ? ORDER BY place", (arn,))
        return [load(row[0]) for row in rows]

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def close(self) -> None:
        """Commit what was handed over, then let go of the file."""
        if self._thread is not None:
            self._facts.put(None)
            self._thread.join()
            self._thread = None
        with self._lock:
            self._database.close()
