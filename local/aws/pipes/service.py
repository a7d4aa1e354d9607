"""EventBridge Pipes behind boto3: pipes from SQS queues to state machines and Lambda functions (embedded default).

https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/. Filters, enrichments and input templates are refused by
name: nothing that a pipe is told is silently ignored.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from local.aws.call import JsonClient
from local.aws.documents import Documents
from local.aws.pipes.poller import Invoke, Poller
from local.aws.rest import ApiError

_SHOWN_IN_LIST = (
    "Name", "Arn", "DesiredState", "CurrentState", "StateReason", "CreationTime", "LastModifiedTime", "Source",
    "Target",
)  # fmt: skip
_UPDATABLE = (
    "Description",
    "DesiredState",
    "RoleArn",
    "Target",
    "TargetParameters",
    "SourceParameters",
    "LogConfiguration",
)

MakeInvoke = Callable[[str, dict[str, Any]], Awaitable[Invoke]]
"""For a target's ARN and TargetParameters, the function that sends it a batch. Raises ApiError for what it is not."""


class PipesService:
    """The operations, as `RestService` calls them."""

    def __init__(
        self,
        documents: Documents,
        sqs: JsonClient,
        make_invoke: MakeInvoke,
        *,
        region: str,
        account: str,
        concurrency: int,
    ) -> None:
        self._documents = documents
        self._sqs = sqs
        self._make_invoke = make_invoke
        self._region, self._account, self._concurrency = region, account, concurrency
        self._pipes: dict[str, dict[str, Any]] = documents.all("pipe")
        self._pollers: dict[str, Poller] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def start(self) -> None:
        """Run the pipes that an earlier process ran."""
        for name, pipe in self._pipes.items():
            if pipe["CurrentState"] == "RUNNING":
                await self._run(name)

    async def close(self) -> None:
        """Stop polling; batches in flight are finished."""
        await asyncio.gather(*(poller.stop() for poller in self._pollers.values()))

    # Operations

    async def create_pipe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """CreatePipe."""
        name = asked["Name"]
        if name in self._pipes:
            raise ApiError("ConflictException", f"Pipe {name} already exists.")
        now = time.time()
        pipe = {
            **{k: v for k, v in asked.items() if k != "Tags"},
            "Arn": f"arn:aws:pipes:{self._region}:{self._account}:pipe/{name}",
            "DesiredState": asked.get("DesiredState", "RUNNING"),
            "CurrentState": "STOPPED",
            "CreationTime": now,
            "LastModifiedTime": now,
            "Tags": asked.get("Tags", {}),
        }
        await self._check(pipe)
        self._save(pipe)
        await self._settle(name)
        return self._brief(name)

    async def update_pipe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """UpdatePipe: the source stays, the rest may change."""
        pipe = {**self._named(asked["Name"])}
        pipe.update({key: asked[key] for key in _UPDATABLE if key in asked})
        if "SourceParameters" in asked:
            pipe["SourceParameters"] = asked["SourceParameters"]
        if asked.get("Enrichment"):
            pipe["Enrichment"] = asked["Enrichment"]
        await self._check(pipe)
        await self._halt(pipe["Name"])
        pipe.pop("StateReason", None)
        self._save({**pipe, "CurrentState": "STOPPED", "LastModifiedTime": time.time()})
        await self._settle(pipe["Name"])
        return self._brief(pipe["Name"])

    async def describe_pipe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """DescribePipe."""
        return self._named(asked["Name"])

    async def list_pipes(self, asked: dict[str, Any]) -> dict[str, Any]:
        """ListPipes, all on one page."""
        found = [
            pipe
            for name, pipe in sorted(self._pipes.items())
            if name.startswith(asked.get("NamePrefix", ""))
            and asked.get("CurrentState") in (None, pipe["CurrentState"])
            and asked.get("DesiredState") in (None, pipe["DesiredState"])
            and pipe["Source"].startswith(asked.get("SourcePrefix", ""))
            and pipe["Target"].startswith(asked.get("TargetPrefix", ""))
        ]
        return {"Pipes": [{key: pipe[key] for key in _SHOWN_IN_LIST if key in pipe} for pipe in found]}

    async def start_pipe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """StartPipe."""
        pipe = self._named(asked["Name"])
        pipe.pop("StateReason", None)
        self._save({**pipe, "DesiredState": "RUNNING"})
        await self._settle(asked["Name"])
        return self._brief(asked["Name"])

    async def stop_pipe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """StopPipe: returns when no batch is in flight any more."""
        self._save({**self._named(asked["Name"]), "DesiredState": "STOPPED"})
        await self._settle(asked["Name"])
        return self._brief(asked["Name"])

    async def delete_pipe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """DeletePipe."""
        pipe = self._named(asked["Name"])
        await self._halt(asked["Name"])
        brief = {**self._brief(asked["Name"]), "CurrentState": "DELETING", "DesiredState": "DELETED"}
        self._documents.delete("pipe", pipe["Name"])
        self._pipes.pop(pipe["Name"], None)
        return brief

    async def list_tags_for_resource(self, asked: dict[str, Any]) -> dict[str, Any]:
        """ListTagsForResource."""
        return {"tags": self._named(asked["resourceArn"].rpartition("/")[2])["Tags"]}

    async def tag_resource(self, asked: dict[str, Any]) -> None:
        """TagResource."""
        pipe = self._named(asked["resourceArn"].rpartition("/")[2])
        self._save({**pipe, "Tags": {**pipe["Tags"], **asked["tags"]}})

    async def untag_resource(self, asked: dict[str, Any]) -> None:
        """UntagResource."""
        pipe = self._named(asked["resourceArn"].rpartition("/")[2])
        self._save({**pipe, "Tags": {k: v for k, v in pipe["Tags"].items() if k not in asked["tagKeys"]}})

    # Parts

    def _named(self, name: str) -> dict[str, Any]:
        pipe = self._pipes.get(name)
        if pipe is None:
            raise ApiError("NotFoundException", f"Pipe {name} does not exist.")
        return pipe

    def _save(self, pipe: dict[str, Any]) -> None:
        self._documents.put("pipe", pipe["Name"], pipe)
        self._pipes[pipe["Name"]] = pipe

    def _brief(self, name: str) -> dict[str, Any]:
        pipe = self._pipes[name]
        return {k: pipe[k] for k in ("Arn", "Name", "DesiredState", "CurrentState", "CreationTime", "LastModifiedTime")}

    async def _check(self, pipe: dict[str, Any]) -> None:
        if not pipe["Source"].split(":")[2:3] == ["sqs"]:
            raise ApiError("ValidationException", "The local AWS runs pipes from SQS queues only.")
        source = pipe.get("SourceParameters", {})
        for what, present in (
            ("Enrichment", pipe.get("Enrichment")),
            ("SourceParameters.FilterCriteria", source.get("FilterCriteria", {}).get("Filters")),
            ("TargetParameters.InputTemplate", pipe.get("TargetParameters", {}).get("InputTemplate")),
        ):
            if present:
                raise ApiError("ValidationException", f"The local AWS does not offer {what} of pipes.")
        batch, window = _batching(pipe)
        if batch > 10 and window < 1:
            text = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10."
            raise ApiError("ValidationException", text)
        await self._make_invoke(pipe["Target"], pipe.get("TargetParameters", {}))

    async def _settle(self, name: str) -> None:
        """Bring the pipe to its desired state."""
        pipe = self._pipes[name]
        if pipe["DesiredState"] == "STOPPED":
            await self._halt(name)
            if name in self._pipes:
                self._save({**self._pipes[name], "CurrentState": "STOPPED"})
        elif name not in self._pollers:
            self._save({**pipe, "CurrentState": "RUNNING"})
            await self._run(name)

    async def _run(self, name: str) -> None:
        pipe = self._pipes[name]
        try:
            invoke = await self._make_invoke(pipe["Target"], pipe.get("TargetParameters", {}))
        except ApiError as error:
            self._stop_by_itself(name, f"{error.code}: {error.message}")
            return
        batch, window = _batching(pipe)
        poller = Poller(
            name=name, queue_arn=pipe["Source"], sqs=self._sqs, invoke=invoke, documents=self._documents,
            stopped=lambda reason: self._stop_by_itself(name, reason), batch=batch, window=window,
            concurrency=self._concurrency,
        )  # fmt: skip
        self._pollers[name] = poller
        poller.start()

    async def _halt(self, name: str) -> None:
        async with self._locks.setdefault(name, asyncio.Lock()):
            poller = self._pollers.pop(name, None)
            if poller is not None:
                await poller.stop()

    def _stop_by_itself(self, name: str, reason: str) -> None:
        self._pollers.pop(name, None)
        if name in self._pipes:
            self._save({**self._pipes[name], "CurrentState": "STOPPED", "StateReason": reason})


def _batching(pipe: dict[str, Any]) -> tuple[int, float]:
    queue = pipe.get("SourceParameters", {}).get("SqsQueueParameters", {})
    return queue.get("BatchSize", 10), float(queue.get("MaximumBatchingWindowInSeconds", 0))
