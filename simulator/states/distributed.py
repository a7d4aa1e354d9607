"""Map, distributed: each item, or batch of items, in a child execution with a history of its own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.clock import iso
from simulator.effects import Join
from simulator.errors import StateError
from simulator.maprun import Child, MapRun
from simulator.states.base import Dialect
from simulator.states.map import Map
from simulator.states.readers import ItemReader, as_items
from simulator.states.writers import ResultWriter
from simulator.strand import Strand
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.definition import Chart
    from simulator.effects import Steps

#: Children at the same time at most, where MaxConcurrency names no limit or a higher one (AWS: 10,000).
MOST_CHILDREN = 1_000


class DistributedMap(Map):
    """Items from an ItemReader or the input, shaped by ItemSelector, perhaps batched, results perhaps written to S3."""

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect, processor: Chart) -> None:
        super().__init__(name, spec, dialect, processor)
        self._reader = ItemReader(spec["ItemReader"], dialect) if "ItemReader" in spec else None
        self._writer = ResultWriter(spec["ResultWriter"], dialect) if "ResultWriter" in spec else None
        batcher = spec.get("ItemBatcher")
        self._batched = batcher is not None
        batcher = batcher or {}
        self._batch_items = dialect.field(batcher, "MaxItemsPerBatch", "number")
        self._batch_bytes = dialect.field(batcher, "MaxInputBytesPerBatch", "number")
        given = batcher.get("BatchInput")
        self._batch_input = None if given is None else dialect.template(given, "ItemBatcher/BatchInput")
        self._label = spec.get("Label") or name

    def attempt(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """Read, shape, batch and run the items. Returns the children's outputs, or what the writer says."""
        concurrency = self.limit(strand, raw, effective)
        items: list[Value] = [] if self._reader is not None else self.items(strand, raw, effective)
        strand.note("MapStateStarted", {"length": len(items)})
        run = self._open(strand, raw, effective, concurrency)
        strand.note("MapRunStarted", {"mapRunArn": run.arn})
        try:
            if self._reader is not None:
                items = yield from self._reader.read(strand, raw, effective)
            inputs = self._inputs(strand, raw, effective, items)
            run.total_items, run.total_children = len(items), len(inputs)
            yield from self._run(strand, run, inputs, concurrency or MOST_CHILDREN)
            if self._writer is not None:
                results = yield from self._writer.write(strand, raw, effective, run)
            else:
                results = [_result(child) for child in run.children]
        except StateError as error:
            run.status, run.stopped = "FAILED", strand.run.now
            strand.place(error)
            strand.note("MapRunFailed", {"error": error.error, "cause": error.cause})
            raise
        run.status, run.stopped = "SUCCEEDED", strand.run.now
        strand.note("MapRunSucceeded")
        strand.note("MapStateSucceeded")
        return results

    def _open(self, strand: Strand, raw: Value, effective: Value, concurrency: int) -> MapRun:
        run = strand.run
        limits = self.tolerance(strand, raw, effective)
        head = run.info.machine_arn.replace(":stateMachine:", ":mapRun:", 1)
        opened = MapRun(
            f"{head}/{self._label}:{_uuid(strand)}",
            run.info.execution_arn,
            f"{run.info.machine_arn}/{self._label}",
            run.now,
            concurrency,
            limits[0],
            limits[1],
        )
        run.map_runs.append(opened)
        return opened

    def items(self, strand: Strand, raw: Value, effective: Value) -> list[Value]:
        """The array, or object, to work on."""
        if self._items is None and isinstance(effective, dict):
            return as_items(effective)
        return super().items(strand, raw, effective)

    def _inputs(
        self, strand: Strand, raw: Value, effective: Value, items: list[Value]
    ) -> list[tuple[Value, int, dict[str, Value]]]:
        """The children's inputs: each with how many items it has, and what the context object says of it."""
        shaped: list[tuple[Value, int, dict[str, Value]]] = []
        for index, item in enumerate(items):
            seen = {"Index": index, "Value": item}
            shaped.append((item if self._selector is None else self.select(strand, raw, effective, seen), 1, seen))
        return self._batches(strand, raw, effective, [value for value, _, _ in shaped]) if self._batched else shaped

    def _batches(
        self, strand: Strand, raw: Value, effective: Value, items: list[Value]
    ) -> list[tuple[Value, int, dict[str, Value]]]:
        count = self._whole(self._batch_items, strand, raw, effective)
        size = min(self._whole(self._batch_bytes, strand, raw, effective) or PAYLOAD_LIMIT, PAYLOAD_LIMIT)
        shared: dict[str, Value] = {}
        if self._batch_input is not None:
            seen = raw if self.dialect.name == "JSONata" else effective
            shared = {"BatchInput": self._batch_input(strand, {"input": seen})}
        empty = len(dump({**shared, "Items": []}))
        batches: list[list[Value]] = []
        used = 0
        for item in items:
            more = len(dump(item)) + 1
            full = not batches or (count and len(batches[-1]) >= count) or used + more > size
            if full:
                batches.append([])
                used = empty
            batches[-1].append(item)
            used += more
        return [
            ({**shared, "Items": batch}, len(batch), {"Index": at, "Value": batch}) for at, batch in enumerate(batches)
        ]

    @staticmethod
    def _whole(field: Any, strand: Strand, raw: Value, effective: Value) -> int:
        return 0 if field is None else int(field(strand, raw, effective))

    def _run(
        self, strand: Strand, run: MapRun, inputs: list[tuple[Value, int, dict[str, Value]]], concurrency: int
    ) -> Steps:
        outer = strand.run

        def launch(index: int) -> Strand:
            value, items, seen = inputs[index]
            name = _uuid(strand)
            arn = f"{run.execution_arn.rpartition(':')[0]}/{self._label}:{name}"
            child = Child(arn, name, value, outer.now, items)
            run.children.append(child)
            walker = Strand(outer, self.processor, value, {}, 0, seen, log=child.events)
            walker.about = {
                "Execution": {**outer.context["Execution"], "Id": arn, "Name": name, "StartTime": iso(outer.now)},
                "StateMachine": {"Id": run.machine_arn, "Name": run.machine_arn.rpartition(":")[2]},
            }
            walker.note("ExecutionStarted", {"input": value, "roleArn": outer.info.role_arn})
            return walker

        def finished(index: int, walker: Strand) -> None:
            child = run.children[index]
            child.status, child.stopped = "SUCCEEDED", outer.now
            child.output = group.results[index]
            walker.note("ExecutionSucceeded", {"output": child.output})

        def failed(index: int, walker: Strand, error: StateError) -> bool:
            child = run.children[index]
            child.status, child.stopped = "FAILED", outer.now
            child.error, child.cause = error.error, error.cause
            walker.note("ExecutionFailed", {"error": error.error, "cause": error.cause})
            return not run.exceeded()

        def aborted(index: int, walker: Strand) -> None:
            child = run.children[index]
            child.status, child.stopped = "ABORTED", outer.now
            walker.note("ExecutionAborted", {})

        group = Join(len(inputs), min(concurrency, MOST_CHILDREN), launch, finished, failed, aborted)
        try:
            yield group
        except StateError:
            raise StateError(
                errors.EXCEED_TOLERATED_FAILURE, "The specified tolerated failure threshold was exceeded"
            ) from None


def _result(child: Child) -> Value:
    if child.status == "SUCCEEDED":
        return child.output
    return {"Error": child.error, "Cause": child.cause}


def _uuid(strand: Strand) -> str:
    return str(uuid.UUID(int=strand.run.random.getrandbits(128), version=4))
