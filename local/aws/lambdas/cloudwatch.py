"""Functions' logs in their CloudWatch log groups, for as long as a laptop's memory allows (embedded default).

The files under `logs/` hold everything; the emulator, which keeps log events in memory, is given the newest lines of
each function, so that `aws logs tail` and Logs Insights work as on AWS. Old streams are deleted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.aws.call import JsonClient
from local.aws.rest import ApiError

log = logging.getLogger("logs")

TARGET = "Logs_20140328"
EVERY = 1.0
# Of a function that writes more in a second, the group gets the end; a stream is at most this long, and two are kept.
MOST_BYTES = 256 * 1024
STREAM_EVENTS = 5_000
STREAMS = 2


@dataclass
class _Tail:
    """How far a file is shipped, and where to."""

    offset: int
    partial: bytes = b""
    streams: deque[str] = field(default_factory=deque)
    events: int = 0


class Shipper:
    """Ships the lines that functions write from now on. `sources`: log file by log group, asked each time."""

    def __init__(self, client: JsonClient, sources: Callable[[], dict[str, Path]]) -> None:
        self._client, self._sources = client, sources
        self._tails: dict[str, _Tail] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin: what is in a file now is not shipped again."""
        for group, path in self._sources().items():
            self._tails[group] = _Tail(_size(path))
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            for group, path in self._sources().items():
                try:
                    await self.ship(group, path)
                except (ApiError, ConnectionError, OSError) as error:
                    log.info("the log group %s: %s", group, error)

    async def ship(self, group: str, path: Path) -> None:
        """Ship what a file has got since the last time."""
        tail = self._tails.setdefault(group, _Tail(0))
        lines = _new_lines(path, tail)
        if not lines:
            return
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line.decode("utf-8", "replace")} for line in lines]
        if not tail.streams or tail.events + len(events) > STREAM_EVENTS:
            await self._new_stream(group, tail)
        await self._client.call(
            "PutLogEvents", {"logGroupName": group, "logStreamName": tail.streams[-1], "logEvents": events}
        )
        tail.events += len(events)

    async def _new_stream(self, group: str, tail: _Tail) -> None:
        name = time.strftime("%Y/%m/%d/[local]%H%M%S", time.gmtime()) + f"{time.time_ns() % 10**9:09d}"
        try:
            await self._make("CreateLogStream", {"logGroupName": group, "logStreamName": name})
        except ApiError as error:
            if error.code != "ResourceNotFoundException":
                raise
            await self._make("CreateLogGroup", {"logGroupName": group})  # as Lambda does where there is none
            await self._make("CreateLogStream", {"logGroupName": group, "logStreamName": name})
        tail.streams.append(name)
        tail.events = 0
        while len(tail.streams) > STREAMS:
            await self._make("DeleteLogStream", {"logGroupName": group, "logStreamName": tail.streams.popleft()})

    async def _make(self, operation: str, parameters: dict[str, Any]) -> None:
        await self._client.call(operation, parameters)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _new_lines(path: Path, tail: _Tail) -> list[bytes]:
    size = _size(path)
    if size < tail.offset:  # the file began again
        tail.offset, tail.partial = 0, b""
    if size == tail.offset:
        return []
    left_out = max(0, size - tail.offset - MOST_BYTES)
    with path.open("rb") as file:
        file.seek(tail.offset + left_out)
        data = file.read(size - tail.offset - left_out)
    tail.offset = size
    if left_out:
        note = f"[{left_out} bytes are left out here; {path} has them]".encode()
        data = note + b"\n" + data.partition(b"\n")[2]
        tail.partial = b""
    lines = (tail.partial + data).split(b"\n")
    tail.partial = lines.pop()
    return [line for line in lines if line.strip()]
