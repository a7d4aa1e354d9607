"""Map, distributed: each item, or batch of items, in a child execution with a history of its own.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.effects import Join, Work
from simulator.errors import OutOfTime, StateError
from simulator.maprun import MOST_REDRIVES, Child, Given, MapRun
from simulator.states.base import Dialect
from simulator.states.batches import Batcher
from simulator.states.items import Items
from simulator.states.map import STATE_DATA, Map
from simulator.states.readers import ItemReader
from simulator.states.writers import ResultWriter
from simulator.strand import Strand, too_large
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.definition import Chart
    from simulator.effects import Steps

#: Seconds that a child of the type Express may take.
EXPRESS_SECONDS = 300.0
#: Errors after which a redrive starts a new Map Run: the state's own fields could not be applied to what it has.
_NEW_RUN = frozenset({errors.DATA_LIMIT, errors.RUNTIME, errors.QUERY_EVALUATION})


class DistributedMap(Map):
    """Items from an ItemReader or the input, shaped by ItemSelector, perhaps batched, results perhaps written to S3."""

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect, processor: Chart) -> None:
        super().__init__(name, spec, dialect, processor)
        self._items = dialect.field(spec, "Items", "array or object")
        self._reader = ItemReader(spec["ItemReader"], dialect) if "ItemReader" in spec else None
        self._writer = ResultWriter(spec.get("ResultWriter", {}), dialect)
        self._batcher = Batcher(spec["ItemBatcher"], dialect) if "ItemBatcher" in spec else None
        kind = (spec.get("ItemProcessor") or spec.get("Iterator") or {}).get("ProcessorConfig", {}).get("ExecutionType")
        self._express = kind == "EXPRESS"

    def attempt(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """Read, shape, batch and run the items. Returns the children's outputs, or what the writer says."""
        left, strand.unfinished = strand.unfinished, None
        items: Items | None = None
        if isinstance(left, MapRun) and left.status != "SUCCEEDED":
            most = 0 if left.inputs is not None else self._most(strand, raw, effective)
            run = self._redrive(strand, left)
        else:
            concurrency = self.limit(strand, raw, effective)
            if self._reader is None:
                items = self._given(strand, raw, effective)
            strand.note("MapStateStarted", {"length": 0 if items is None else len(items.values)})
            most = self._most(strand, raw, effective)
            strand.work = run = self._open(strand, raw, effective, concurrency)
            strand.note("MapRunStarted", {"mapRunArn": run.arn})
        try:
            if run.inputs is None:
                run.given((yield from self._read(strand, raw, effective, items, most)))
            try:
                yield from self._run(strand, run)
            except StateError:
                yield from self._writer.write_failure(strand, raw, effective, run)
                raise
            results = yield from self._writer.write(strand, raw, effective, run)
            if len(dump(results)) > PAYLOAD_LIMIT:
                raise too_large(self)
        except StateError as error:
            run.end("FAILED", strand.run.now)
            strand.place(error)
            strand.note("MapRunFailed", {"error": error.error, "cause": error.cause})
            raise
        except GeneratorExit:
            self._abort(strand, run)
            raise
        run.end("SUCCEEDED", strand.run.now)
        strand.note("MapRunSucceeded")
        strand.aside("MapStateSucceeded")
        return results

    def keeps(self, work: Work | MapRun, error: StateError) -> bool:
        """Whether a redrive redrives the Map Run, and does not start a new one."""
        return error.error not in _NEW_RUN or (isinstance(work, MapRun) and work.redrives >= MOST_REDRIVES)

    # -------------------------------------------------------------- the Map Run

    def _open(self, strand: Strand, raw: Value, effective: Value, concurrency: int) -> MapRun:
        run = strand.run
        limits = self.tolerance(strand, raw, effective)
        label = self._label(strand)
        head = run.info.machine_arn.replace(":stateMachine:", ":mapRun:", 1)
        opened = MapRun(
            f"{head}/{label}:{_uuid(strand)}",
            run.info.execution_arn if strand.child is None else strand.child.arn,
            f"{run.info.machine_arn}/{label}",
            run.now,
            concurrency,
            limits[0],
            limits[1],
        )
        run.map_runs.append(opened)
        return opened

    def _label(self, strand: Strand) -> str:
        """The Label; AWS makes one for states that have none: a UUID, the same for each run of the state."""
        given = self.spec.get("Label")
        return given if given else str(uuid.uuid5(uuid.NAMESPACE_URL, f"{strand.run.info.machine_arn}/{self.name}"))

    def _redrive(self, strand: Strand, run: MapRun) -> MapRun:
        strand.work = run
        if run.redrives >= MOST_REDRIVES:
            raise StateError(errors.RUNTIME, f"The Map Run was redriven {MOST_REDRIVES} times, and cannot be again.")
        run.redrive(strand.run.now)
        strand.note("MapRunRedriven", {"mapRunArn": run.arn, "redriveCount": run.redrives})
        return run

    def _abort(self, strand: Strand, run: MapRun) -> None:
        """The parent stopped, ran out of time, or failed elsewhere."""
        now = strand.run.now
        for child in run.children:
            if child.status == "RUNNING":
                self._aborted(child, now)
        run.end("ABORTED", now)
        if not strand.run.full(strand):
            strand.note("MapRunAborted")

    @staticmethod
    def _aborted(child: Child, now: float) -> None:
        child.status, child.stopped = "ABORTED", now
        if child.strand is not None:
            child.strand.note("ExecutionAborted", {"error": child.error, "cause": child.cause})

    # -------------------------------------------------------------- items

    def _given(self, strand: Strand, raw: Value, effective: Value) -> Items:
        """The array, or the fields of an object, that the state is given."""
        value = effective if self._items is None else self._items(strand, raw, effective)
        if isinstance(value, list | dict):
            return Items.of(value, STATE_DATA)
        return Items.of(self.items(strand, raw, effective), STATE_DATA)  # says what is wrong with it

    def _most(self, strand: Strand, raw: Value, effective: Value) -> int:
        return 0 if self._reader is None else self._reader.most(strand, raw, effective)

    def _read(self, strand: Strand, raw: Value, effective: Value, items: Items | None, most: int) -> Steps:
        """What the children are given. Raises StateError."""
        if self._reader is not None:
            items = yield from self._reader.read(strand, raw, effective, most)
        if items is None:
            items = self._given(strand, raw, effective)
        given: list[Given] = []
        for index, (item, source) in enumerate(zip(items.values, items.sources, strict=True)):
            seen = {"Index": index, "Value": item, "Source": source}
            if items.keyed:
                seen.update(item)  # Key and Value of the field
            given.append(Given(item if self._selector is None else self.select(strand, raw, effective, seen), 1, seen))
        if self._batcher is not None:
            given = self._batcher.batches(strand, raw, effective, [one.input for one in given])
        if any(len(dump(one.input)) > PAYLOAD_LIMIT for one in given):
            raise too_large(self)
        return given

    # -------------------------------------------------------------- children

    def _run(self, strand: Strand, run: MapRun) -> Steps:
        """Run the children that did not succeed yet. Raises States.ExceedToleratedFailureThreshold."""
        inputs = run.inputs or []
        work = Work(len(inputs))
        work.done = {index for index, child in enumerate(run.children) if not child.waits}
        group = Join(
            len(inputs),
            run.limit,
            lambda index: self._launch(strand, run, index),
            lambda index, walker: self._finished(run.children[index], walker, group.results[index]),
            lambda index, walker, error: self._failed(run, run.children[index], walker, error),
            lambda index, walker: self._aborted(run.children[index], strand.run.now),
            work,
            EXPRESS_SECONDS if self._express else None,
        )
        failure = run.exceeded()
        if failure is not None:  # by children that cannot be redriven
            raise failure
        run.group = group
        try:
            yield group
        except StateError as error:
            raise run.exceeded() or error from None

    def _launch(self, strand: Strand, run: MapRun, index: int) -> Strand:
        outer = strand.run
        again = index < len(run.children)
        child = run.children[index] if again else self._child(strand, run, index)
        seen = (run.inputs or [])[index].seen
        before = None if self._express else child.strand
        if again:
            child.again(outer.now)
        if before is None:
            walker = Strand(outer, self.processor, child.input, {}, 0, seen, log=child.events, child=child)
            walker.note("ExecutionStarted", {"input": child.input, "roleArn": outer.info.role_arn})
        else:
            last = len(child.events)
            walker = Strand(
                outer,
                self.processor,
                before.value,
                before.variables,
                last,
                seen,
                log=child.events,
                child=child,
                again=before,
            )
            walker.note("ExecutionRedriven", {"redriveCount": child.redrives})
        child.strand = walker
        return walker

    def _child(self, strand: Strand, run: MapRun, index: int) -> Child:
        given = (run.inputs or [])[index]
        info = strand.run.info
        name = _uuid(strand)
        head = info.machine_arn.replace(":stateMachine:", ":execution:", 1)
        arn = f"{head}/{run.machine_arn.rpartition('/')[2]}:{name}"
        child = Child(arn, name, given.input, strand.run.now, given.items, self._express)
        child.machine_arn, child.role_arn = run.machine_arn, info.role_arn
        run.children.append(child)
        return child

    @staticmethod
    def _finished(child: Child, walker: Strand, output: Value) -> None:
        child.status, child.stopped = "SUCCEEDED", walker.run.now
        child.output, child.strand = output, None
        walker.note("ExecutionSucceeded", {"output": output})

    @staticmethod
    def _failed(run: MapRun, child: Child, walker: Strand, error: StateError) -> bool:
        late = isinstance(error, OutOfTime)
        child.status, child.stopped = "TIMED_OUT" if late else "FAILED", walker.run.now
        child.error, child.cause = error.error, error.cause
        walker.note("ExecutionTimedOut" if late else "ExecutionFailed", {"error": error.error, "cause": error.cause})
        run.failed_items += child.items
        return run.exceeded() is None


def _uuid(strand: Strand) -> str:
    return str(uuid.UUID(int=strand.run.random.getrandbits(128), version=4))
