"""A definition as nested charts: which states stand where, and in which query language each is written.

Only what has the right shape is walked; what has not is a problem that structure.py tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from .document import Path

Language = Literal["JSONPath", "JSONata"]


@dataclass(frozen=True)
class State:
    """A state, where it stands and its query language."""

    name: str
    path: Path
    spec: dict[str, Any]
    language: Language
    inner: tuple[Chart, ...]

    @property
    def type(self) -> str:
        """Its Type, or nothing if that is no text."""
        kind = self.spec.get("Type")
        return kind if isinstance(kind, str) else ""


@dataclass(frozen=True)
class Chart:
    """A collection of states: the machine, a branch or a processor. `distributed`: executions of their own."""

    path: Path
    spec: dict[str, Any]
    states: dict[str, State]
    distributed: bool = False

    def walk(self) -> Iterator[Chart]:
        """This chart and those inside."""
        yield self
        for state in self.states.values():
            for inner in state.inner:
                yield from inner.walk()


def chart(
    spec: dict[str, Any], path: Path = (), inherited: Language = "JSONPath", *, distributed: bool = False
) -> Chart:
    """The chart of a definition, a branch or a processor."""
    language = _language(spec, inherited)
    states = spec.get("States")
    named = states.items() if isinstance(states, dict) else ()
    found = {
        name: _state(name, state, (*path, "States", name), language) for name, state in named if isinstance(state, dict)
    }
    return Chart(path, spec, found, distributed)


def _language(spec: dict[str, Any], inherited: Language) -> Language:
    said = spec.get("QueryLanguage")
    return said if said in ("JSONPath", "JSONata") else inherited


def _state(name: str, spec: dict[str, Any], path: Path, inherited: Language) -> State:
    inner: list[Chart] = []
    branches = spec.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            inner.append(chart(branch, (*path, "Branches", index), inherited))
    for field in ("ItemProcessor", "Iterator"):
        processor = spec.get(field)
        if isinstance(processor, dict):
            config = processor.get("ProcessorConfig")
            mode = config.get("Mode") if isinstance(config, dict) else None
            inner.append(chart(processor, (*path, field), inherited, distributed=mode == "DISTRIBUTED"))
    return State(name, path, spec, _language(spec, inherited), tuple(inner))
