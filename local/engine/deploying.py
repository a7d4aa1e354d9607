"""Up: makes what a program asks for, in the local AWS.

Stage: one of the two kinds of work. Resources are made in the SDK's threads, as soon as what they depend on is there.
After the first failure nothing new is begun, what is under way is finished and kept in the state, and the rest of the
program is only checked: its outputs are unknown, as in a preview, and every other mistake in it is found too.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from local.engine import schema, urns
from local.engine.assets import AssetError, zipped
from local.engine.diagnostics import Problem, did_you_mean
from local.engine.monitor import Refused
from local.engine.properties import Unknown, revealed
from local.engine.providers import Provider
from local.engine.registration import Registration, Resource
from local.engine.session import Session
from local.engine.state import State
from local.engine.work import BaseWork, with_secrets
from local.resources.base import Call, Handler, Unsupported
from local.resources.invokes import INVOKES, Asked, partition_of
from local.resources.registry import MODULES


@dataclass(frozen=True)
class Event:
    """Something to show while a deployment runs. `kind`: created, failed, or the severity of a program's message."""

    kind: str
    subject: str = ""
    seconds: float = 0.0
    text: str = ""

    def __str__(self) -> str:
        if self.kind == "created":
            return f"{self.subject} created in {self.seconds:.2f} s"
        return ": ".join(part for part in (self.kind, self.subject, self.text) if part)


@dataclass(frozen=True)
class Deployment:
    """What was made. `outputs` are the stack's, as plain values; `resources` in the order of the program."""

    stack: str
    outputs: dict[str, Any]
    resources: tuple[Resource, ...]
    seconds: float = 0.0
    messages: tuple[tuple[str, str], ...] = field(default=())

    def of(self, type: str) -> tuple[Resource, ...]:
        """All resources of a type, such as `aws:sqs/queue:Queue`."""
        return tuple(resource for resource in self.resources if resource.type == type)


class Deploying(BaseWork):
    """The work of an `up` on an empty state."""

    dry_run = False

    def __init__(self, *where: Any, session: Session, state: State, on_event: Callable[[Event], None]) -> None:
        super().__init__(*where)
        self._session = session
        self._state = state
        self._on_event = on_event
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Begin nothing new."""
        self._stopped.set()

    def perform(
        self, registration: Registration, inputs: dict[str, Any], handler: Handler | None, provider: Provider | None
    ) -> Resource | None:
        """Make the resource and keep it in the state, unless something has failed."""
        if provider is None:
            if self._stopped.is_set():
                return None
            id = urns.hexadecimal(registration.urn, 32) if registration.custom else ""
            resource = Resource.of(registration, id, inputs, dict(inputs))
            self._state.made(resource)
            return resource
        obstacle = _obstacle(registration, inputs, handler)
        if obstacle is not None:
            self._fail(registration, *obstacle)
            return None
        if handler is None or self._stopped.is_set():
            return None
        return self._create(registration, inputs, handler, provider)

    def _create(
        self, registration: Registration, inputs: dict[str, Any], handler: Handler, provider: Provider
    ) -> Resource | None:
        plain = revealed(inputs)
        region = plain.pop("region", None) or provider.region
        tags = {**provider.tags, **(plain.get("tags") or {})}
        call = Call(
            urn=registration.urn,
            inputs=plain,
            region=region,
            account=self.account,
            partition=partition_of(region),
            client=lambda service: self._session.client(service, region),
            archive=lambda name: zipped(plain[name], self.folder),
            tags=tags,
        )
        self._state.begin(registration, inputs)
        began = time.monotonic()
        try:
            made = handler.create(call)
        except Exception as error:
            self._fail(registration, *_explained(error, self._session.endpoint))
            return None
        outputs = {**inputs, "region": region, **made.outputs}
        known = schema.of(registration.type)
        if tags and known is not None and "tagsAll" in known.outputs:
            outputs["tagsAll"] = tags
        extra = registration.options.get("additionalSecretOutputs")
        resource = Resource.of(registration, made.id, inputs, with_secrets(outputs, inputs, extra))
        self._state.made(resource)
        self._on_event(Event("created", registration.subject, time.monotonic() - began))
        return resource

    def failed(self, registration: Registration) -> Resource | None:
        """Begin nothing new."""
        self.stop()
        return None

    def refuse(self, problem: Problem) -> Refused:
        """Record a problem and begin nothing new."""
        self.stop()
        return super().refuse(problem)

    def outputs(self, urn: str, outputs: dict[str, Any]) -> None:
        """The outputs of a component, or of the stack."""
        super().outputs(urn, outputs)
        self._state.outputs(urn, outputs, stack=urns.type_of(urn) == urns.STACK_TYPE)

    def answer(self, token: str, arguments: dict[str, Any], provider: Provider) -> dict[str, Any] | Unknown:
        """Call a function of pulumi_aws against the local AWS."""
        given = revealed(arguments)
        region = given.get("region") or provider.region
        asked = Asked(given, region, self.account, lambda service: self._session.client(service, region))
        try:
            return INVOKES[token](asked) or {}
        except (ClientError, BotoCoreError) as error:
            raise self.refuse(Problem(str(error), subject=token)) from error

    def _fail(self, registration: Registration, what: str, instead: str) -> None:
        """Record why a resource was not made."""
        self._state.failed(registration.urn)
        self._on_event(Event("failed", registration.subject, text=what))
        self.refuse(registration.problem(what, instead))


def _obstacle(registration: Registration, inputs: dict[str, Any], handler: Handler | None) -> tuple[str, str] | None:
    """Why the local AWS cannot make a resource, and what to write instead."""
    if handler is None:
        return "the local AWS does not have this type", did_you_mean(registration.type, MODULES)
    unknown = handler.unknown_inputs(revealed(inputs))
    if unknown:
        instead = "leave it out in this stack, or teach local/resources what it means"
        return f"the local AWS does not honour {', '.join(unknown)}", instead
    return None


def _explained(error: Exception, endpoint: str) -> tuple[str, str]:
    """What went wrong while a resource was made, and what to write instead where that can be said."""
    if isinstance(error, Unsupported | AssetError):
        return error.what, error.instead
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        reason = ": ".join(filter(None, (said.get("Code"), said.get("Message"))))
        return f"{error.operation_name} failed: {reason}", ""
    if isinstance(error, EndpointConnectionError):
        return f"the local AWS at {endpoint} does not answer", "start it, or give its endpoint"
    if isinstance(error, BotoCoreError):
        return " ".join(str(error).split()), ""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}:{frame.lineno}"
    return f"{type(error).__name__} in {where}: {error}", "this is a mistake in local/resources, not in the program"
