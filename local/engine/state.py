"""What a stack consists of, on disk, after every single operation.

Stage: written by deploying. `stack.json` lists resources in the order in which they were finished, so that what a
resource depends on stands before it and a removal goes backwards. An operation is announced before it is sent: what is
still `pending` in the file when nothing runs any more was cut off, and may or may not exist.

The file holds secrets in clear (marked with Pulumi's signature): it is only readable by its owner, lies where the local
AWS keeps its own state, and dies with it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.engine.config import Project
from local.engine.diagnostics import DeploymentError, Problem
from local.engine.properties import to_plain
from local.engine.registration import Registration, Resource

VERSION = 1
FILE = "stack.json"


class State:
    """The state file of one stack. Methods may be called from several threads."""

    def __init__(self, folder: Path, project: Project, endpoint: str) -> None:
        """Start a fresh state in `folder`. Raises DeploymentError if resources of a stack are there already."""
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._resources: dict[str, dict[str, Any]] = {}
        self._pending: dict[str, dict[str, Any]] = {}
        self._head = {"version": VERSION, "project": project.name, "stack": project.stack, "endpoint": endpoint}
        self._outputs: dict[str, Any] = {}
        if self._path.exists() and (problem := _occupied(self._path)):
            raise DeploymentError([problem])
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._save()

    def begin(self, registration: Registration, inputs: Mapping[str, Any]) -> None:
        """A resource is about to be made."""
        with self._lock:
            self._pending[registration.urn] = {
                "operation": "create",
                "urn": registration.urn,
                "type": registration.type,
                "inputs": to_plain(inputs),
            }
            self._save()

    def made(self, resource: Resource) -> None:
        """A resource exists, or a component began."""
        with self._lock:
            self._pending.pop(resource.urn, None)
            self._resources[resource.urn] = _entry(resource)
            self._save()

    def failed(self, urn: str) -> None:
        """A resource was refused: it does not exist."""
        with self._lock:
            self._pending.pop(urn, None)
            self._save()

    def outputs(self, urn: str, outputs: Mapping[str, Any], *, stack: bool) -> None:
        """The outputs of a component, or of the stack."""
        with self._lock:
            if stack:
                self._outputs = to_plain(outputs)
            if urn in self._resources:
                self._resources[urn]["outputs"].update(to_plain(outputs))
            self._save()

    def _save(self) -> None:
        """Write the file anew and put it in place: it is never half written."""
        document = {
            **self._head,
            "resources": list(self._resources.values()),
            "pending": list(self._pending.values()),
            "outputs": self._outputs,
        }
        new = self._path.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1, default=str)
        os.replace(new, self._path)


def _occupied(path: Path) -> Problem | None:
    """Why a new stack cannot start here; None where an earlier try made nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        count = sum(bool(entry["custom"]) for entry in found["resources"]) + len(found["pending"])
        what = f"{path} holds the stack {found['project']}/{found['stack']} with {count} resources"
    except (OSError, ValueError, KeyError, TypeError):
        return Problem(f"{path} is no state of this engine", "start with an empty state folder")
    if count == 0:
        return None
    return Problem(f"{what}, and an update is not supported yet", "start with an empty state folder")


def _entry(resource: Resource) -> dict[str, Any]:
    options = {
        name: value if isinstance(value, bool | str | list) else str(value) for name, value in resource.options.items()
    }
    return {
        "urn": resource.urn,
        "type": resource.type,
        "custom": resource.custom,
        "id": resource.id,
        "parent": resource.parent,
        "provider": resource.provider,
        "dependencies": list(resource.dependencies),
        "propertyDependencies": {key: list(urns) for key, urns in resource.property_dependencies.items()},
        "options": options,
        "place": str(resource.place) if resource.place else None,
        "inputs": to_plain(resource.inputs),
        "outputs": to_plain(resource.outputs),
    }
