"""The pollers of one running pipe: receive, invoke, delete what succeeded (embedded default).

Nothing is deleted before its target has succeeded; what failed stays invisible until the queue's visibility timeout,
then comes again, and the queue's redrive policy parks it in the end. What a killed process had in its hands is put back
by the next one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from local.aws.call import JsonClient
from local.aws.documents import Documents
from local.aws.pipes.records import failed_items, record
from local.aws.rest import ApiError

log = logging.getLogger("pipes")

Invoke = Callable[[str], Awaitable[str | None]]
"""Sends a JSON text to the target; its answer. Raises TargetFailed, or ApiError where the target refused the call."""

LONG_POLL = 20
# A message is taken for this long, and for the queue's visibility timeout only once it is on record who has it: between
# the two a kill loses sight of it for seconds, not for a visibility timeout. SQS counts whole seconds.
LEASE = 3
_TRUSTED = 10.0  # seconds for which a visibility timeout that was read is taken for the queue's
_PER_RECEIVE = 10
# "Nearly continuous 4xx errors" stop a pipe; this many in a row count as that.
LASTING = 6
_SLOWEST = 3.0


class TargetFailed(Exception):
    """The target ran and failed; the whole batch goes back."""


class Stopped(Protocol):
    """Told why a pipe stopped by itself."""

    def __call__(self, reason: str) -> None:
        """The pipe's errors last."""


class Poller:
    """Runs a pipe: `concurrency` loops, each with one batch at a time."""

    def __init__(
        self, *, name: str, queue_arn: str, sqs: JsonClient, invoke: Invoke, documents: Documents, stopped: Stopped,
        batch: int, window: float, concurrency: int,
    ) -> None:  # fmt: skip
        region_account = queue_arn.split(":")[3:6]
        self._name, self._arn = name, queue_arn
        self._queue = {"QueueName": region_account[2], "QueueOwnerAWSAccountId": region_account[1]}
        self._url = ""
        self._visibility, self._read = 0, -math.inf
        self._gathering = asyncio.Lock()
        self._sqs, self._invoke, self._documents, self._stopped = sqs, invoke, documents, stopped
        self._batch, self._window, self._concurrency = batch, window, concurrency
        self._errors = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the loops."""
        self._tasks = [asyncio.get_running_loop().create_task(self._main())]

    async def stop(self) -> None:
        """Stop: batches in the target's hands are finished first."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _main(self) -> None:
        try:
            await self._until_it_works(self._prepare)
            async with asyncio.TaskGroup() as group:
                for index in range(self._concurrency):
                    group.create_task(self._loop(index))
        except* _Lasting as lasting:
            self._stopped(str(lasting.exceptions[0]))

    async def _prepare(self) -> None:
        self._url = (await self._sqs.call("GetQueueUrl", self._queue))["QueueUrl"]
        for key, handles in self._documents.all("in flight").items():
            if key.startswith(f"{self._name}/"):
                for handle in handles:
                    await self._quietly("ChangeMessageVisibility", {"ReceiptHandle": handle, "VisibilityTimeout": 0})
                self._documents.delete("in flight", key)

    async def _loop(self, index: int) -> None:
        while True:
            await self._until_it_works(lambda: self._one_batch(index))

    async def _until_it_works(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except TargetFailed as error:
                log.warning("pipe %s: the target failed: %s", self._name, error)
                self._errors = min(
                    self._errors + 1, LASTING - 1
                )  # failures of the target slow a pipe, they do not stop it
            except ApiError as error:
                lasting = error.status is not None and 400 <= error.status < 500 and error.status != 429
                self._errors = self._errors + 1 if lasting else min(self._errors + 1, LASTING - 1)
                log.warning("pipe %s: %s", self._name, error)
                if self._errors >= LASTING:
                    raise _Lasting(f"{error.code}: {error.message}") from error
            except (ConnectionError, TimeoutError) as error:
                log.warning("pipe %s: %s", self._name, error)
                self._errors = min(self._errors + 1, LASTING - 1)
            except _Lasting:
                raise
            except Exception:  # an error of ours must not end the pipe without a word
                log.exception("pipe %s", self._name)
                self._errors = min(self._errors + 1, LASTING - 1)
            else:
                self._errors = 0
                return
            await asyncio.sleep(min(_SLOWEST, 0.05 * 2**self._errors))

    async def _one_batch(self, index: int) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._read > _TRUSTED:
            asked = {"QueueUrl": self._url, "AttributeNames": ["VisibilityTimeout"]}
            answer = await self._sqs.call("GetQueueAttributes", asked)
            self._visibility, self._read = int(answer["Attributes"]["VisibilityTimeout"]), now
        if self._window > 0:
            async with self._gathering:  # side by side, the loops would share out what is to be one batch
                messages = await self._receive()
        else:
            messages = await self._receive()
        if not messages:
            return
        # From here on a stop waits until the batch is done: an execution that ran must have its messages deleted.
        await _finish(asyncio.ensure_future(self._deliver(index, messages)))

    async def _deliver(self, index: int, messages: list[dict[str, Any]]) -> None:
        key = f"{self._name}/{index}"
        self._documents.put("in flight", key, [message["ReceiptHandle"] for message in messages])
        try:
            if self._lease != self._visibility:
                timeout = {"VisibilityTimeout": self._visibility}
                await self._for_all("ChangeMessageVisibilityBatch", messages, timeout)
            text = json.dumps([record(message, self._arn) for message in messages], ensure_ascii=False)
            failed = failed_items(await self._invoke(text), [message["MessageId"] for message in messages])
            done = [message for message in messages if message["MessageId"] not in failed]
            await self._for_all("DeleteMessageBatch", done, {})
        finally:
            self._documents.delete("in flight", key)

    async def _for_all(self, operation: str, messages: list[dict[str, Any]], fields: dict[str, Any]) -> None:
        for start in range(0, len(messages), 10):
            batch = messages[start : start + 10]
            entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"], **fields} for i, m in enumerate(batch)]
            await self._sqs.call(operation, {"QueueUrl": self._url, "Entries": entries})

    @property
    def _lease(self) -> int:
        return min(LEASE, self._visibility) + math.ceil(self._window)

    async def _receive(self) -> list[dict[str, Any]]:
        messages = await self._receive_some(min(self._batch, _PER_RECEIVE), LONG_POLL)
        if not messages or self._window <= 0:
            return messages
        end = asyncio.get_running_loop().time() + self._window
        while len(messages) < self._batch and (left := end - asyncio.get_running_loop().time()) > 0:
            # SQS waits in whole seconds. A poll is not cut short: what it was being given would be lost for a while.
            most = min(self._batch - len(messages), _PER_RECEIVE)
            messages += await self._receive_some(most, min(LONG_POLL, math.ceil(left)))
        return messages

    async def _receive_some(self, most: int, wait: int) -> list[dict[str, Any]]:
        answer = await self._sqs.call(
            "ReceiveMessage",
            {
                "QueueUrl": self._url, "MaxNumberOfMessages": most, "WaitTimeSeconds": wait,
                "VisibilityTimeout": self._lease,
                "MessageSystemAttributeNames": ["All"], "MessageAttributeNames": ["All"],
            },
        )  # fmt: skip
        found: list[dict[str, Any]] = answer.get("Messages") or []
        return found

    async def _quietly(self, operation: str, parameters: dict[str, Any]) -> None:
        try:
            await self._sqs.call(operation, {"QueueUrl": self._url, **parameters})
        except ApiError as error:
            log.info("pipe %s: %s", self._name, error)  # the handle is old: the message is visible, or gone, already


class _Lasting(Exception):
    """The pipe's errors last."""


async def _finish(task: asyncio.Future[None]) -> None:
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
