"""Where an engine keeps what must outlive it: a protocol, and the store that keeps nothing beyond the process.

An engine hands every fact to its store before it acts on it, and acts in the continuation (`then`), which a store calls
once the fact is safe, in the order in which facts were handed over. `simulator.sqlite` is the durable store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from simulator.values import Value

#: Called with None when the fact is safe, or with the error that kept it from being written.
Then = Callable[[BaseException | None], None]


@dataclass(slots=True)
class Saved:
    """One execution as a store gives it back: how it began, and every entry of its journal in order."""

    arn: str
    begin: dict[str, Value]
    journal: list[list[Value]] = field(default_factory=list)
    end: dict[str, Value] | None = None


class Store(Protocol):
    """Facts, in order. `kind` and `key` name registry objects (state machines, aliases, activities)."""

    durable: bool

    def put(self, kind: str, key: str, value: dict[str, Any], then: Then) -> None:
        """Keep a registry object, replacing what had its key."""
        ...

    def delete(self, kind: str, key: str, then: Then) -> None:
        """Forget a registry object."""
        ...

    def begin(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Keep a new execution."""
        ...

    def append(self, arn: str, entry: list[Value], then: Then) -> None:
        """Add an entry to an execution's journal."""
        ...

    def reopen(self, arn: str, entry: list[Value], then: Then) -> None:
        """Add an entry to the journal of an execution that was over: it is not over any more."""
        ...

    def end(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Keep how an execution ended; its journal stays for its history."""
        ...

    def objects(self, kind: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """The registry objects of a kind, in the order in which they were first put."""
        ...

    def executions(self) -> Iterable[Saved]:
        """All executions, in the order in which they began."""
        ...

    def journal(self, arn: str) -> list[list[Value]]:
        """The journal of one execution."""
        ...

    def close(self) -> None:
        """Write what is pending and let go."""
        ...


class MemoryStore:
    """Nothing outlives the process: every fact is safe at once, and none is kept, for the engine holds them all."""

    durable = False

    def put(self, kind: str, key: str, value: dict[str, Any], then: Then) -> None:
        """Continue at once."""
        then(None)

    def delete(self, kind: str, key: str, then: Then) -> None:
        """Continue at once."""
        then(None)

    def begin(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Continue at once."""
        then(None)

    def append(self, arn: str, entry: list[Value], then: Then) -> None:
        """Continue at once."""
        then(None)

    def reopen(self, arn: str, entry: list[Value], then: Then) -> None:
        """Continue at once."""
        then(None)

    def end(self, arn: str, record: dict[str, Any], then: Then) -> None:
        """Continue at once."""
        then(None)

    def objects(self, kind: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """Nothing."""
        return ()

    def executions(self) -> Iterable[Saved]:
        """Nothing."""
        return ()

    def journal(self, arn: str) -> list[list[Value]]:
        """Nothing."""
        return []

    def close(self) -> None:
        """Nothing to do."""
