"""Asynchronous invocations: kept on disk until they have run, tried again as Lambda does (embedded default)."""

from __future__ import annotations

import asyncio
import base64
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from local.aws.documents import Documents

# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
DELAYS = (60.0, 120.0)
MAX_AGE = 6 * 3600.0


class Events:
    """The queue of events of all functions."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._run: Callable[[str, bytes], Awaitable[bool]] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, run: Callable[[str, bytes], Awaitable[bool]]) -> None:
        """Run events with `run(arn, payload)`, which is False for a failure; take up those from before."""
        self._run = run
        for key, event in self._documents.all("event").items():
            self._schedule(key, event)

    def put(self, arn: str, payload: bytes) -> None:
        """Accept an event: it is on disk when this returns."""
        key = str(uuid.uuid4())
        event = {
            "arn": arn,
            "payload": base64.b64encode(payload).decode(),
            "since": time.time(),
            "attempts": 0,
            "due": 0.0,
        }
        self._documents.put("event", key, event)
        self._schedule(key, event)

    def close(self) -> None:
        """Stop; what has not run stays on disk."""
        for task in self._tasks:
            task.cancel()

    def _schedule(self, key: str, event: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(key, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, key: str, event: dict[str, Any]) -> None:
        while self._run is not None:
            await asyncio.sleep(max(0.0, event["due"] - time.time()))
            done = await self._run(event["arn"], base64.b64decode(event["payload"]))
            attempts = event["attempts"] = event["attempts"] + 1
            if done or attempts > len(DELAYS) or time.time() - event["since"] > MAX_AGE:
                self._documents.delete("event", key)
                return
            event["due"] = time.time() + DELAYS[attempts - 1]
            self._documents.put("event", key, event)
