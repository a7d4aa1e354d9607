"""What a state makes of its data, step by step: dialects that note it, for tests of one state.

The names are those of InspectionData:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_InspectionData.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.jsonata.dialect import JsonataDialect
from simulator.jsonpath.dialect import JsonPathDialect
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.strand import Strand

Completed = tuple[Value, "dict[str, Value] | None"]
#: Values by their names in InspectionData; only what was reached is there.
Seen = dict[str, Value]


class InspectedPath(JsonPathDialect):
    """JSONPath: InputPath, Parameters, the result, ResultSelector and ResultPath."""

    def __init__(self, spec: dict[str, Any], seen: Seen) -> None:
        super().__init__(spec)
        self._kind, self._fixed, self._seen = spec["Type"], "Result" in spec, seen

    def effective(self, strand: Strand, raw: Value) -> Value:
        """Note the input after InputPath."""
        value = super().effective(strand, raw)
        if self._kind != "Parallel" and not self._fixed:
            self._seen["afterInputPath"] = value
        return value

    def arguments(self, strand: Strand, raw: Value, effective: Value) -> Value:
        """Note the input after Parameters."""
        value = super().arguments(strand, raw, effective)
        if self._kind != "Parallel":
            self._seen["afterParameters"] = value
        return value

    def selected(self, strand: Strand, result: Value) -> Value:
        """Note the raw result, and the result after ResultSelector."""
        if self._kind == "Task" or self._fixed:
            self._seen["result"] = result
        value = super().selected(strand, result)
        self._seen["afterResultSelector"] = value
        return value

    def placed(self, raw: Value, result: Value) -> Value:
        """Note the result in the input, where ResultPath says."""
        value = super().placed(raw, result)
        self._seen["afterResultPath"] = value
        return value


class InspectedJsonata(JsonataDialect):
    """JSONata: Arguments and the result of a task."""

    def __init__(self, spec: dict[str, Any], seen: Seen) -> None:
        super().__init__(spec)
        self._task, self._seen = spec["Type"] == "Task", seen

    def arguments(self, strand: Strand, raw: Value, effective: Value) -> Value:
        """Note the evaluated Arguments."""
        value = super().arguments(strand, raw, effective)
        if self._task:
            self._seen["afterArguments"] = value
        return value

    def complete(self, strand: Strand, raw: Value, effective: Value, result: Value) -> Completed:
        """Note the raw result."""
        if self._task:
            self._seen["result"] = result
        return super().complete(strand, raw, effective, result)
