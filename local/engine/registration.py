"""One resource as the program registers it, read from the request of Pulumi's SDK; and what became of it.

Stage: between the protocol (monitor.py) and what is done with a resource (planning.py, deploying.py). Requests carry
many options; those that this engine does not honour are refused here, for an option that is silently dropped would be
a wrong deployment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import resource_pb2

from local.engine import properties, urns
from local.engine.diagnostics import Place, Problem, source_places
from local.resources.base import names

# Protocol details that change nothing here, or that say what this SDK can take in answers.
_PLUMBING = names(
    "type name parent custom object provider providers dependencies propertyDependencies version pluginDownloadURL "
    "acceptSecrets acceptResources supportsPartialValues supportsResultReporting sourcePosition stackTrace "
    "parentStackTraceHandle packageRef aliasSpecs accepts_byte_string snippetId pluginChecksums hooks"
)
# Options that only a later update or destroy reads; a first creation keeps them with the resource.
_KEPT = names(
    "ignoreChanges deleteBeforeReplace deleteBeforeReplaceDefined replaceOnChanges retainOnDelete deletedWith "
    "replace_with replacement_trigger customTimeouts additionalSecretOutputs hideDiffs"
)
# Options that change what is deployed and are not supported: the option as Python writes it, and what to write.
_REFUSED = {
    "protect": ("protect", "leave it out: a local stack is thrown away with its state"),
    "importId": ("import_", "leave it out: a local stack starts empty, so there is nothing to adopt"),
    "aliases": ("aliases", "leave them out: a local stack starts fresh and has no earlier names"),
    "aliasURNs": ("aliases", "leave them out: a local stack starts fresh and has no earlier names"),
    "remote": ("remote components", "use components written in this program's language"),
    "transforms": ("transforms", "use transformations, which Pulumi's SDK applies itself"),
    "state_migrations": ("state_migrations", "leave them out: a local stack starts fresh"),
    "envVarMappings": ("env_var_mappings", "leave them out: there is no provider process"),
}
# What a preview may keep all the same: it only says what would be made.
_HARMLESS_IN_PREVIEW = frozenset({"protect", "aliases", "aliasURNs"})


@dataclass(frozen=True)
class Registration:
    """A resource that the program asks for. `inputs` hold UNKNOWN and Secret values; places are innermost first."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    provider: str = ""
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    places: tuple[Place, ...] = ()

    @property
    def place(self) -> Place | None:
        """Where the program makes it."""
        return self.places[0] if self.places else None

    @property
    def subject(self) -> str:
        """How messages call it."""
        return f"{self.type} '{self.name}'"

    def problem(self, what: str, instead: str = "") -> Problem:
        """A problem of this resource, at its place."""
        return Problem(what, instead, self.place, self.subject, self.places[1:])


@dataclass(frozen=True)
class Resource:
    """What became of a registration: planned (its id UNKNOWN) or deployed.

    `inputs` and `outputs` are by Pulumi's names (`visibilityTimeoutSeconds`); unknown values are UNKNOWN, secrets are
    Secret. `parent` and `dependencies` are URNs.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    id: Any = properties.UNKNOWN
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None

    @classmethod
    def of(cls, registration: Registration, id: Any, inputs: dict[str, Any], outputs: dict[str, Any]) -> Resource:
        """The outcome of `registration`."""
        return cls(
            urn=registration.urn,
            type=registration.type,
            name=registration.name,
            parent=registration.parent,
            custom=registration.custom,
            inputs=inputs,
            outputs=outputs,
            id=id,
            dependencies=registration.dependencies,
            property_dependencies=registration.property_dependencies,
            provider=registration.provider,
            options=registration.options,
            place=registration.place,
        )


def read(request: resource_pb2.RegisterResourceRequest, stack: str, project: str, root: Path) -> Registration:
    """The registration in a request. Raises ValueError for values of a kind that this engine does not know."""
    frames = [(frame.pc.uri, frame.pc.line) for frame in request.stackTrace.frames]
    if not frames and request.HasField("sourcePosition"):
        frames = [(request.sourcePosition.uri, request.sourcePosition.line)]
    return Registration(
        urn=urns.make(stack, project, request.type, request.name, request.parent),
        type=request.type,
        name=request.name,
        parent=request.parent,
        custom=request.custom,
        inputs=properties.from_struct(request.object),
        provider=request.provider,
        dependencies=tuple(sorted(request.dependencies)),
        property_dependencies={
            key: tuple(sorted(value.urns)) for key, value in sorted(request.propertyDependencies.items()) if value.urns
        },
        options=dict(_options(request)),
        places=source_places(frames, root),
    )


def _options(request: resource_pb2.RegisterResourceRequest) -> Iterable[tuple[str, Any]]:
    for descriptor, value in request.ListFields():
        if descriptor.name not in _PLUMBING:
            yield descriptor.name, list(value) if descriptor.name in ("ignoreChanges", "replaceOnChanges") else value
    if any(request.hooks.ListFields()):
        yield "hooks", True


def refusals(registration: Registration, *, preview: bool) -> list[Problem]:
    """The options of a registration that this engine does not honour."""
    problems = []
    for name in registration.options:
        if name in _KEPT or (preview and name in _HARMLESS_IN_PREVIEW):
            continue
        spoken, instead = _REFUSED.get(name, (name, "leave it out"))
        problems.append(registration.problem(f"the option {spoken} is not supported without Pulumi's CLI", instead))
    return problems
