"""What a definition uses: every Task with its integration and arguments, every distributed Map, wherever it stands.

Read from the definition's JSON, so that a definition which nobody here wrote is read alike. Both query languages are
known: JSONata's Arguments and JSONPath's Parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..aws.catalogue import REQUEST, Integration, Unknown, of_resource
from ..resources import Text
from .arns import read


@dataclass(frozen=True)
class Use:
    """One Task that calls an integration."""

    state: str
    integration: Integration
    arguments: Mapping[str, Any] = field(repr=False)
    role: Text | None = None
    """The role that it assumes; None for the state machine's own."""
    assumes: bool = False
    allowed: tuple[Text, ...] = ()

    @property
    def pattern(self) -> str:
        """How it waits."""
        return self.integration.pattern

    @property
    def waits(self) -> bool:
        """Whether Step Functions watches the job: `.sync`."""
        return self.pattern.startswith(".sync")

    @property
    def source(self) -> str:
        """The page of the integration."""
        return self.integration.source

    def value(self, *path: str) -> Any:
        """An argument, or a member inside one; None where it is not given or computed."""
        value: Any = self.arguments
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def text(self, *path: str) -> Text | None:
        """A text argument that is known before the state runs; None otherwise."""
        return read(self.value(*path))

    def given(self, *path: str) -> bool:
        """Whether an argument is there, computed or not."""
        if self.value(*path) is not None:
            return True
        *outer, name = path
        inside = self.value(*outer) if outer else self.arguments
        return (isinstance(inside, Mapping) and f"{name}.$" in inside) or isinstance(inside, str)


@dataclass(frozen=True)
class FunctionUse:
    """A Task whose Resource is a function's ARN."""

    state: str
    function: Text
    role: Text | None = None
    assumes: bool = False


@dataclass(frozen=True)
class MapUse:
    """A distributed Map."""

    state: str
    label: str | None
    execution_type: str
    reader: Mapping[str, Any] = field(repr=False)
    writer: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Unread:
    """A Task whose Resource is not known to Step Functions."""

    state: str
    what: str
    instead: str


Found = Use | FunctionUse | MapUse | Unread


def uses(machine: Mapping[str, Any], allowed: Mapping[str, tuple[Text, ...]] | None = None) -> Iterator[Found]:
    """Everything that a definition uses, in the order of its states; what is no state is left to the linter."""
    for name, state in _object(_object(machine).get("States")).items():
        if not isinstance(state, Mapping):
            continue
        kind = state.get("Type")
        if kind == "Task":
            yield from _task(name, state, (allowed or {}).get(name, ()))
        config = _object(_object(state.get("ItemProcessor")).get("ProcessorConfig"))
        if kind == "Map" and config.get("Mode") == "DISTRIBUTED":
            reader, writer = _object(state.get("ItemReader")), _object(state.get("ResultWriter"))
            yield MapUse(name, _text(state.get("Label")), str(config.get("ExecutionType", "STANDARD")), reader, writer)
        branches = state.get("Branches")
        for scope in (
            *(branches if isinstance(branches, list) else ()),
            state.get("ItemProcessor"),
            state.get("Iterator"),
        ):
            yield from uses(_object(scope), allowed)


def _object(value: Any) -> Mapping[str, Any]:
    """A value that should be an object; an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _task(name: str, state: Mapping[str, Any], allowed: tuple[Text, ...]) -> Iterator[Found]:
    resource = str(state.get("Resource", ""))
    credentials = state.get("Credentials")
    role = read(credentials.get("RoleArn")) if isinstance(credentials, Mapping) else None
    arguments = state.get("Arguments", state.get("Parameters", {}))
    call = resource.partition(":states:::")[2]
    if not call:
        if ":activity:" in resource or resource.startswith("${activity."):
            return
        text = read(resource)
        if text is not None and (":lambda:" in resource or resource.startswith("${")):
            yield FunctionUse(name, text, role, credentials is not None)
        else:
            yield Unread(name, f"`{resource}` is no resource of a Task", "")
        return
    try:
        integration = of_resource(call)
    except Unknown as unknown:
        yield Unread(name, unknown.what, unknown.instead)
        return
    if integration is None:
        yield Unread(name, f"`{call}` is no resource of a Task", "")
        return
    given = arguments if isinstance(arguments, Mapping) else {}
    yield Use(name, integration, given, role, credentials is not None, allowed)


__all__ = ["REQUEST", "Found", "FunctionUse", "MapUse", "Unread", "Use", "uses"]
