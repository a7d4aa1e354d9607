"""Map, inline: the same states for each item of an array, their outputs in a list.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import errors
from simulator.effects import Join
from simulator.errors import EvaluationError, LocatedError, StateError
from simulator.states.base import Dialect
from simulator.states.working import Working
from simulator.strand import Strand, too_large
from simulator.values import PAYLOAD_LIMIT, Value, dump, text

if TYPE_CHECKING:
    from simulator.definition import Chart
    from simulator.effects import Steps

#: Items that an inline Map works on at the same time at most, whatever MaxConcurrency says.
INLINE_CONCURRENCY = 40
#: Where items come from that are part of the state's input, as the context object's Map.Item.Source says it.
STATE_DATA = "STATE_DATA"


class Map(Working):
    """Items from Items (JSONata) or ItemsPath (JSONPath), each given to the processor, shaped by ItemSelector."""

    type = "Map"

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect, processor: Chart) -> None:
        super().__init__(name, spec, dialect)
        self.processor = processor
        self._items = dialect.field(spec, "Items", "array")
        self._concurrency = dialect.field(spec, "MaxConcurrency", "number")
        self._tolerated_count = dialect.field(spec, "ToleratedFailureCount", "number")
        self._tolerated_percentage = dialect.field(spec, "ToleratedFailurePercentage", "number")
        selector = spec.get("ItemSelector")
        self._selector_location = "ItemSelector"
        if selector is None and dialect.name == "JSONPath":
            selector, self._selector_location = spec.get("Parameters"), "Parameters"
        self._selector = None if selector is None else dialect.template(selector, self._selector_location)

    def attempt(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """Run the items. Returns their outputs in order."""
        limit = self.limit(strand, raw, effective) or INLINE_CONCURRENCY
        items = self.items(strand, raw, effective)
        work, resumed = strand.resume(len(items))
        started = strand.previous if resumed else strand.note("MapStateStarted", {"length": len(items)})
        self.tolerance(strand, raw, effective)
        name = self.name
        # All items are shaped before the first runs, so that one that cannot be fails the Map and not the interpreter.
        seen = [{"Index": index, "Value": item, "Source": STATE_DATA} for index, item in enumerate(items)]
        values = items if self._selector is None else [self.select(strand, raw, effective, one) for one in seen]

        ended: list[int] = []

        def launch(index: int) -> Strand:
            before = work.strands.get(index)
            event = started
            if before is None:
                event = strand.run.note("MapIterationStarted", started, {"name": name, "index": index}, strand.log)
            work.strands[index] = Strand(
                strand.run,
                self.processor,
                values[index] if before is None else before.value,
                strand.variables,
                event,
                seen[index],
                log=strand.log,
                child=strand.child,
                again=before,
            )
            return work.strands[index]

        def finished(index: int, child: Strand) -> None:
            work.done.add(index)
            del work.strands[index]
            strand.previous = child.note("MapIterationSucceeded", {"name": name, "index": index})

        def failed(index: int, child: Strand, error: StateError) -> bool:
            if error.error == errors.RUNTIME:  # it ends the execution, and no event tells of the Map
                ended.append(index)
                strand.previous = child.previous
                return False
            # Nothing names this event as the one before it: https://github.com/floci-io/floci/pull/3167
            strand.run.note("MapIterationFailed", child.previous, {"name": name, "index": index}, strand.log)
            strand.previous = child.previous
            return False

        def aborted(index: int, child: Strand) -> None:
            if not ended:
                strand.previous = child.note("MapIterationAborted", {"name": name, "index": index})

        results = yield Join(len(items), min(limit, INLINE_CONCURRENCY), launch, finished, failed, aborted, work)
        strand.aside("MapStateSucceeded")
        return results

    def items(self, strand: Strand, raw: Value, effective: Value) -> list[Value]:
        """The array to work on. Raises for what is none."""
        items = effective if self._items is None else self._items(strand, raw, effective)
        if not isinstance(items, list):
            if self.dialect.name == "JSONata":
                raise EvaluationError(f"Map state input must be an array but was: {text(items)}")
            # ItemsPath is `$` where there is none.
            raise LocatedError(errors.RUNTIME, 'Reference path "$" must point to array.')
        return items

    def limit(self, strand: Strand, raw: Value, effective: Value) -> int:
        """MaxConcurrency; 0 is no limit."""
        if self._concurrency is None:
            return 0
        value = self._concurrency(strand, raw, effective)
        if value != int(value) or value < 0:
            detail = f"The MaxConcurrency field must be a non-negative integer, but was: {value}"
            if self.dialect.name == "JSONata":
                raise EvaluationError(detail, "MaxConcurrency")
            raise LocatedError(errors.RUNTIME, detail)
        return int(value)

    def tolerance(self, strand: Strand, raw: Value, effective: Value) -> list[float | None]:
        """ToleratedFailureCount and ToleratedFailurePercentage. Raises for values that they cannot have."""
        limits: list[float | None] = []
        for name, field, most in (
            ("ToleratedFailureCount", self._tolerated_count, None),
            ("ToleratedFailurePercentage", self._tolerated_percentage, 100),
        ):
            value = None if field is None else field(strand, raw, effective)
            if value is not None and (value < 0 or (most is not None and value > most)):
                detail = f"{name} must be between 0 and 100." if most else f"{name} cannot be negative."
                if self.dialect.name == "JSONata":
                    raise EvaluationError(detail, name)
                raise LocatedError(errors.RUNTIME, detail)
            limits.append(value)
        return limits

    def select(self, strand: Strand, raw: Value, effective: Value, seen: dict[str, Value]) -> Value:
        """An item as ItemSelector shapes it: it sees the Map's input, and the item in the context object."""
        assert self._selector is not None  # noqa: S101 - the caller looked
        outer, strand.item = strand.item, seen
        try:
            selected = self._selector(strand, {"input": raw if self.dialect.name == "JSONata" else effective})
        finally:
            strand.item = outer
        if len(dump(selected)) > PAYLOAD_LIMIT:
            raise too_large(self)
        return selected

    def note_failure(self, strand: Strand, error: StateError) -> None:
        """MapStateFailed."""
        strand.note("MapStateFailed")
