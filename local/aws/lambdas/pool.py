"""The workers of one version of a function: started on demand, kept warm, bounded (embedded default)."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from pathlib import Path

from local.aws.lambdas.runtime_api import Invocation, Outcome
from local.aws.lambdas.worker_process import Spec, Worker

# How many invocations may wait for a worker before Lambda's own answer to too many of them.
MAX_WAITING = 1000
# A second worker costs a cold start, which takes the processor from the first: only what has waited this long gets one.
# A batch of short calls is done by then.
SCALE_AFTER = 0.1


class Throttled(Exception):
    """More invocations than workers and queue can hold (Lambda's TooManyRequestsException)."""


class Pool:
    """Runs the invocations of one function version. Use from the event loop only."""

    def __init__(self, spec: Spec, home: Path, most: int) -> None:
        self._spec = spec
        self._home = home
        self._most = most
        self._workers: set[Worker] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._waiting: deque[Invocation] = deque()
        self._closed = False
        self._first = asyncio.Event()
        self._scaling: asyncio.TimerHandle | None = None

    @property
    def pids(self) -> list[int]:
        """Process ids of the live workers."""
        return [worker.process.pid for worker in self._workers if worker.process is not None]

    def warm(self) -> None:
        """Start one worker, before the first invocation asks for it."""
        if not self._workers and not self._closed:
            self._add()

    async def warmed(self, seconds: float) -> None:
        """Have one worker, and wait until it is ready or has failed to be, for at most `seconds`."""
        self.warm()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._first.wait(), seconds)

    async def invoke(self, invocation: Invocation) -> Outcome:
        """Run an invocation on the next free worker. Raises Throttled."""
        self._dispatch(invocation)
        try:
            return await invocation.outcome
        finally:
            if invocation in self._waiting:  # the caller gave up before a worker took it
                self._waiting.remove(invocation)

    def _dispatch(self, invocation: Invocation) -> None:
        for worker in self._workers:
            if worker.free:
                worker.take(invocation)
                return
        if len(self._waiting) >= MAX_WAITING:
            raise Throttled
        self._waiting.append(invocation)
        if not self._workers:
            self._add()
        elif self._scaling is None:
            self._scaling = asyncio.get_running_loop().call_later(SCALE_AFTER, self._scale)

    def _scale(self) -> None:
        """Add a worker if invocations wait and none is on its way; look again while any wait."""
        self._scaling = None
        if not self._waiting or self._closed or len(self._workers) >= self._most:
            return
        if all(worker.current is not None for worker in self._workers):
            self._add()
        self._scaling = asyncio.get_running_loop().call_later(SCALE_AFTER, self._scale)

    def _add(self) -> None:
        worker = Worker(self._spec, self._home, self._freed, self._ended)
        self._workers.add(worker)
        task = asyncio.get_running_loop().create_task(worker.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _freed(self, worker: Worker) -> None:
        self._first.set()
        while self._waiting:
            invocation = self._waiting.popleft()
            if not invocation.outcome.done():
                worker.take(invocation)
                return

    def _ended(self, worker: Worker) -> None:
        self._workers.discard(worker)
        self._first.set()
        if worker.init_error is not None and self._waiting:
            # One failed start answers one invocation, as on AWS; the next one tries again.
            self._waiting.popleft().finish(worker.init_error)
        if self._waiting and not self._workers and not self._closed:
            self._add()

    async def close(self) -> None:
        """Kill the workers; what they were doing ends as if they had crashed."""
        self._closed = True
        if self._scaling is not None:
            self._scaling.cancel()
        for worker in self._workers:
            worker.kill()
        if self._running:
            await asyncio.wait(list(self._running))
        while self._waiting:
            self._waiting.popleft().finish(Outcome.failed("Runtime.ExitError", "Error: the function was removed"))
