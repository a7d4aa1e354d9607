"""State machines and activities on disk, known again by the next services process after a kill (embedded default).

A store for the engine that keeps what the API registers. Executions are not kept: an Express one that was running is
run again because its messages come again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local.aws.documents import Documents
from simulator.executions import Engine
from simulator.machines import StateMachine
from simulator.store import MemoryStore, Then


class RegistryStore(MemoryStore):
    """Keeps registry objects; the rest as `MemoryStore`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def put(self, kind: str, key: str, value: dict[str, Any], then: Then) -> None:
        """Write an object, then continue."""
        self._documents.put(f"engine {kind}", key, value)
        then(None)

    def delete(self, kind: str, key: str, then: Then) -> None:
        """Forget an object, then continue."""
        self._documents.delete(f"engine {kind}", key)
        then(None)

    def objects(self, kind: str) -> Iterable[tuple[str, dict[str, Any]]]:
        """The objects of a kind."""
        return list(self._documents.all(f"engine {kind}").items())


def restore(engine: Engine) -> None:
    """Give an engine the state machines that its store holds."""
    for arn, saved in engine.store.objects("machine"):
        engine.machines.by_arn[arn] = StateMachine.restore(saved)
