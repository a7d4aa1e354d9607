"""ItemBatcher: several items in one child execution.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.errors import RUNTIME, EvaluationError, LocatedError
from simulator.maprun import Given
from simulator.states.base import Dialect, Reader
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.strand import Strand


class Batcher:
    """A compiled ItemBatcher: MaxItemsPerBatch, MaxInputBytesPerBatch (or their paths), and BatchInput."""

    def __init__(self, spec: dict[str, Any], dialect: Dialect) -> None:
        self._dialect = dialect
        self._items = dialect.field(spec, "MaxItemsPerBatch", "number")
        self._bytes = dialect.field(spec, "MaxInputBytesPerBatch", "number")
        given = spec.get("BatchInput")
        self._input = None if given is None else dialect.template(given, "ItemBatcher/BatchInput")

    def batches(self, strand: Strand, raw: Value, effective: Value, items: list[Value]) -> list[Given]:
        """The items in batches, `{"BatchInput": .., "Items": [..]}`. Raises for limits that are no positive integers.

        The limit in bytes is of the whole input, BatchInput included. An item that is larger alone is a batch alone.
        """
        count = self._positive(self._items, "MaxItemsPerBatch", strand, raw, effective)
        size = min(self._positive(self._bytes, "MaxInputBytesPerBatch", strand, raw, effective), PAYLOAD_LIMIT)
        shared: dict[str, Value] = {}
        if self._input is not None:
            seen = raw if self._dialect.name == "JSONata" else effective
            shared = {"BatchInput": self._input(strand, {"input": seen})}
        empty = len(dump({**shared, "Items": []})) - 1  # the first item has no comma before it
        batches: list[list[Value]] = []
        used = 0
        for item in items:
            more = len(dump(item)) + 1
            if not batches or len(batches[-1]) >= count or used + more > size:
                batches.append([])
                used = empty
            batches[-1].append(item)
            used += more
        return [
            Given({**shared, "Items": batch}, len(batch), {"Index": at, "Value": batch})
            for at, batch in enumerate(batches)
        ]

    def _positive(self, field: Reader | None, name: str, strand: Strand, raw: Value, effective: Value) -> int:
        """A positive integer; what is not given is as large as can be."""
        value = 2**53 if field is None else field(strand, raw, effective)
        if value != int(value) or value <= 0:
            detail = f"The {name} field must be a positive integer, but was: {value}"
            if self._dialect.name == "JSONata":
                raise EvaluationError(detail, f"ItemBatcher/{name}")
            raise LocatedError(RUNTIME, detail, name)
        return int(value)
