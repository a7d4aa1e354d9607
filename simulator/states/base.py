"""What every state has: a name, a type, where it goes, and a dialect that reads and writes its data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from simulator.errors import DATA_LIMIT, StateError
from simulator.values import Value

if TYPE_CHECKING:
    from simulator.effects import Steps, Work
    from simulator.maprun import MapRun
    from simulator.strand import Strand

#: Where to go (None: the path ends here), with which output, and the variables that were assigned.
Outcome: TypeAlias = tuple[str | None, Value, "dict[str, Value] | None"]
Reader: TypeAlias = Callable[["Strand", Value, Value], Value]


class Dialect(Protocol):
    """How a state's query language reads input and writes output. `raw` is the state's input, `effective` what
    InputPath left of it (JSONPath only)."""

    name: str

    def effective(self, strand: Strand, raw: Value) -> Value:
        """What the state works on."""
        ...

    def arguments(self, strand: Strand, raw: Value, effective: Value) -> Value:
        """What a task, or a Parallel's branches, are given."""
        ...

    def complete(
        self, strand: Strand, raw: Value, effective: Value, result: Value
    ) -> tuple[Value, dict[str, Value] | None]:
        """Output and variables from a result."""
        ...

    def plain(self, strand: Strand, raw: Value, effective: Value) -> tuple[Value, dict[str, Value] | None]:
        """Output and variables of a state that has no result."""
        ...

    def passed(
        self, strand: Strand, raw: Value, effective: Value, result: Value
    ) -> tuple[Value, dict[str, Value] | None]:
        """Output and variables of a Pass state."""
        ...

    def caught(
        self, catcher: Any, strand: Strand, raw: Value, error_output: Value
    ) -> tuple[Value, dict[str, Value] | None]:
        """Output and variables when a catcher took an error."""
        ...

    def catcher(self, spec: dict[str, Any], index: int) -> Any:
        """Compile the fields of a state's catcher, of this index."""
        ...

    def field(self, spec: dict[str, Any], name: str, expected: str) -> Reader | None:
        """Compile a field that takes a value of one type, or an expression (JSONata) or path (JSONPath: `namePath`)."""
        ...

    def template(self, value: Value, location: str) -> Callable[[Strand, dict[str, Value]], Value]:
        """Compile a nested template."""
        ...


class State:
    """A state, compiled."""

    type = ""
    #: Whether the context object counts its retries.
    retried = False

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect) -> None:
        self.name, self.spec, self.dialect = name, spec, dialect
        self.next: str | None = spec.get("Next")
        self.entered_type = f"{self.type}StateEntered"
        self.exited_type = f"{self.type}StateExited"

    def keeps(self, work: Work | MapRun, error: StateError) -> bool:
        """Whether a redrive takes up what was done before this error; a result that was too large is done again."""
        return error.error != DATA_LIMIT

    def execute(self, strand: Strand, raw: Value) -> Outcome | Steps:
        """Do the state's work: at once (an Outcome) or over time (a generator that returns one). Raises StateError."""
        raise NotImplementedError
