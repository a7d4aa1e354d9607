"""Workflows whose definition nobody here wrote: read from ASL, checked by the linter, their role derived.

Beside the language: such a workflow has no typed graph, so its input and output are Any, and what is known of it is
read from its JSON. Placeholders such as `${OrdersTable}` are its symbols, as in SAM's DefinitionSubstitutions.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from .definition import ExpressWorkflow, StandardWorkflow, Workflow
from .diagnostics import Place, Problem, WorkflowError
from .graph import Graph, Scope
from .lint import lint_text
from .permissions import Permissions, derive
from .resources import Symbol, Text

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z][\w.:-]*)\}")


class Foreign(Workflow[Any, Any]):
    """What StandardForeign and ExpressForeign share."""

    path: Path
    text: str

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The placeholders of the definition, sorted."""
        return tuple(sorted(set(_PLACEHOLDER.findall(self.text))))

    def definition(self, bindings: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The definition, with placeholders bound, or as it was written. Raises KeyError for missing bindings."""
        read: dict[str, Any] = json.loads(self.text)
        if bindings is None:
            return read
        missing = [key for key in self.symbols if key not in bindings]
        if missing:
            raise KeyError(f"workflow `{self.name}` needs bindings for {', '.join(missing)}")
        bound: dict[str, Any] = _bound(read, bindings)
        return bound

    def permissions(
        self, *, logs: bool = False, traces: bool = False, key: Text | Symbol | str | None = None
    ) -> Permissions:
        """What the state machine's role may do; see Workflow.permissions."""
        return derive(self.definition(), logs=logs, traces=traces, key=key)

    def longest_seconds(self) -> float:
        """Infinite: nothing here bounds it."""
        return math.inf


class StandardForeign(Foreign, StandardWorkflow[Any, Any]):
    """A Standard workflow read from ASL."""


class ExpressForeign(Foreign, ExpressWorkflow[Any, Any]):
    """An Express workflow read from ASL."""


def read_asl(path: Path, *, name: str | None, express: bool) -> Foreign:
    """The workflow of a file. Raises WorkflowError with all problems, OSError where the file cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        what = f"this is no UTF-8: {error.reason} at byte {error.start}"
        raise WorkflowError([Problem(Place(str(path), 1), what, "save it as UTF-8", "asl-json")]) from None
    problems = lint_text(text, str(path), express=express)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise WorkflowError(errors)
    read: dict[str, Any] = json.loads(text)
    workflow: Foreign = object.__new__(ExpressForeign if express else StandardForeign)
    workflow.__dict__.update(
        name=name if name is not None else path.name.removesuffix(".json").removesuffix(".asl"),
        path=path,
        text=text,
        timeout=read.get("TimeoutSeconds"),
        comment=read.get("Comment", ""),
        place=Place(str(path), 1),
        takes=None,
        gives=None,
        graph=Graph(Scope(str(read["StartAt"])), ()),
        warnings=tuple(problems),
    )
    return workflow


def _bound(value: Any, bindings: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _PLACEHOLDER.sub(lambda match: bindings[match[1]], value)
        case dict():
            return {key: _bound(item, bindings) for key, item in value.items()}
        case list():
            return [_bound(item, bindings) for item in value]
    return value
