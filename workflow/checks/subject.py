"""What a check looks at: a workflow's graph and what was said about the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..diagnostics import Place
from ..graph import Graph


@dataclass(frozen=True)
class Subject:
    """A workflow before it exists."""

    name: str
    kind: str
    timeout: int | None
    graph: Graph
    place: Place
    accepted: Mapping[str, str]
    """Warnings of the whole that the user accepts: page to reason."""
