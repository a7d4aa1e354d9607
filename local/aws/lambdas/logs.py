"""Logs of functions on disk, kept from growing without bound (embedded default)."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

LARGEST = 32 * 1024 * 1024
_EVERY = 30.0


def log_of(folder: Path, name: str) -> Path:
    """The file to which the workers of a function write."""
    return folder / f"lambda-{name}.log"


def turn_over(log: Path, largest: int = LARGEST) -> bool:
    """Where a log is larger than it may be, keep it as the one before and begin again; whether it was.

    Workers append through descriptors of their own, so the file stays and is emptied; a line in between is lost.
    """
    try:
        if log.stat().st_size <= largest:
            return False
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)
    except FileNotFoundError:
        return False
    return True


async def keep_small(folder: Path) -> None:
    """Turn over the functions' logs for as long as the process runs."""
    while True:
        await asyncio.sleep(_EVERY)
        for log in folder.glob("lambda-*.log"):
            await asyncio.to_thread(turn_over, log)
