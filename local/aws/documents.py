"""Documents on disk: what the services process must still know after it was killed (embedded default).

SQLite in WAL mode: what `put` wrote survives a kill of the process, and it is written before it is acted on. Power loss
would take the emulator's memory with it anyway, so commits do not wait for the disk.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any


class Documents:
    """JSON documents by kind and key. One thread (the event loop's); a write takes well under a millisecond."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS documents"
            " (kind TEXT, key TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )

    def put(self, kind: str, key: str, body: Any) -> None:
        """Store `body` (anything JSON) under kind and key, replacing what was there."""
        self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(body)))

    def delete(self, kind: str, key: str) -> None:
        """Forget a document; no error if there is none."""
        self._db.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str) -> dict[str, Any]:
        """Every document of a kind by key, in the order of their keys."""
        rows = self._db.execute("SELECT key, body FROM documents WHERE kind = ? ORDER BY key", (kind,))
        return {key: json.loads(body) for key, body in rows}

    def close(self) -> None:
        """Close the database."""
        self._db.close()
