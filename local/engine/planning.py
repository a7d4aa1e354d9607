"""Preview: what a program would make, without making anything and without any AWS.

Stage: one of the two kinds of work. All problems of a program are found in one go: a resource with a problem gets
unknown outputs, and the program goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.engine import schema, urns
from local.engine.properties import UNKNOWN, Unknown, revealed
from local.engine.providers import Provider
from local.engine.registration import Registration, Resource
from local.engine.work import BaseWork, with_secrets
from local.resources.base import Handler
from local.resources.invokes import INVOKES, Asked


@dataclass(frozen=True)
class Plan:
    """What a program would make, in the order in which it asks for it.

    `outputs` are the stack's; unknown values are UNKNOWN, secrets are Secret. `messages` are what the program logged,
    as (severity, text).
    """

    stack: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any] = field(default_factory=dict)
    messages: tuple[tuple[str, str], ...] = ()

    def of(self, type: str) -> tuple[Resource, ...]:
        """All resources of a type, such as `aws:sqs/queue:Queue`."""
        return tuple(resource for resource in self.resources if resource.type == type)

    def one(self, type: str, name: str) -> Resource:
        """The one resource of a type and a name. Raises LookupError that lists the names there are."""
        found = [resource for resource in self.of(type) if resource.name == name]
        if len(found) != 1:
            names = ", ".join(resource.name for resource in self.of(type)) or "none"
            raise LookupError(f"{len(found)} resources of type {type} are named {name!r}; there are: {names}")
        return found[0]


class Planning(BaseWork):
    """The work of a preview. With `stand_ins`, unknown texts become readable, such as `${Queue.telemetry.arn}`."""

    dry_run = True
    # Nothing is waited for, and one thread keeps the order of the program.
    parallel = 1

    def __init__(self, *args: Any, stand_ins: bool = False) -> None:
        super().__init__(*args)
        self._stand_ins = stand_ins

    def perform(
        self, registration: Registration, inputs: dict[str, Any], handler: Handler | None, provider: Provider | None
    ) -> Resource | None:
        """Plan: the outputs are the inputs, and all else is unknown."""
        del handler
        outputs = dict(inputs)
        id: Any = UNKNOWN
        if provider is not None:
            outputs.setdefault("region", provider.region)
        if registration.custom and self._stand_ins:
            label = f"{urns.type_of(registration.urn).rsplit(':', 1)[-1]}.{registration.name}"
            id = f"${{{label}.id}}"
            known = schema.of(registration.type)
            for name, wanted in (known.outputs if known else {}).items():
                if outputs.get(name) is None and wanted is str:
                    outputs[name] = f"${{{label}.{name}}}"
        extra = registration.options.get("additionalSecretOutputs")
        return Resource.of(registration, id, inputs, with_secrets(outputs, inputs, extra))

    def failed(self, registration: Registration) -> Resource | None:
        """Go on, to find the other problems too."""
        return None

    def answer(self, token: str, arguments: dict[str, Any], provider: Provider) -> dict[str, Any] | Unknown:
        """What a function can say without any AWS."""
        given = revealed(arguments)
        answer = INVOKES[token](Asked(given, given.get("region") or provider.region, self.account, None))
        return UNKNOWN if answer is None else answer
