"""What planning and deploying have in common: the record of resources and problems, and the checks of a registration.

Stage: between the monitor and the two kinds of work. Every method may run in several threads at once.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.engine import schema, urns
from local.engine.assets import missing
from local.engine.config import Project
from local.engine.diagnostics import Problem, did_you_mean
from local.engine.monitor import Refused
from local.engine.properties import UNKNOWN, Secret, Unknown, has_secret
from local.engine.providers import Provider, Providers
from local.engine.registration import Registration, Resource, refusals
from local.resources.base import Handler
from local.resources.invokes import INVOKES
from local.resources.registry import handler_of

STACK_REFERENCE = "pulumi:pulumi:StackReference"


class BaseWork:
    """Resources in the order in which they were asked for, outputs of the stack, problems."""

    dry_run = True
    parallel = 16

    def __init__(self, project: Project, folder: Path, account: str) -> None:
        """`folder` is the program's, where relative paths of assets start."""
        self.project = project
        self.folder = folder
        self.account = account
        self.providers = Providers(project)
        self.problems: list[Problem] = []
        self.stack_outputs: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._registered: dict[str, Registration] = {}
        self._resources: dict[str, Resource] = {}

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything planned or made so far, in the order in which the program asked for it."""
        with self._lock:
            return tuple(self._resources[urn] for urn in self._registered if urn in self._resources)

    def refuse(self, problem: Problem) -> Refused:
        """Record a problem; the exception to raise."""
        with self._lock:
            self.problems.append(problem)
        return Refused(str(problem))

    def register(self, registration: Registration) -> Resource | None:
        """Check the registration, then plan or make it."""
        with self._lock:
            first = self._registered.get(registration.urn)
            self._registered.setdefault(registration.urn, registration)
        problems = []
        if first is not None:
            where = f" at {first.place}" if first.place else ""
            problems.append(
                registration.problem(f"there is a resource of this type and name already{where}", "name it otherwise")
            )
        problems += refusals(registration, preview=self.dry_run)
        if not registration.custom:
            inputs, handler, provider = registration.inputs, None, None
        else:
            inputs, handler, provider = self._checked(registration, problems)
        if problems:
            with self._lock:
                self.problems.extend(problems)
            return self.failed(registration)
        resource = self.perform(registration, inputs, handler, provider)
        if resource is not None:
            with self._lock:
                self._resources[registration.urn] = resource
        return resource

    @abstractmethod
    def perform(
        self, registration: Registration, inputs: dict[str, Any], handler: Handler | None, provider: Provider | None
    ) -> Resource | None:
        """Plan or make a resource whose inputs are right. `provider` is None for components and providers."""

    @abstractmethod
    def failed(self, registration: Registration) -> Resource | None:
        """Problems were recorded for this registration: None if the program shall go on, or raise Refused."""

    def outputs(self, urn: str, outputs: dict[str, Any]) -> None:
        """The outputs of a component, or of the stack."""
        with self._lock:
            if urns.type_of(urn) == urns.STACK_TYPE:
                self.stack_outputs = outputs
            if resource := self._resources.get(urn):
                resource.outputs.update(outputs)

    def read(self, registration: Registration, id: Any) -> Resource | None:
        """Existing resources: a local stack starts empty, so there is none to look up."""
        del id
        if registration.type == STACK_REFERENCE:
            raise self.refuse(
                registration.problem(
                    "stack references are not supported without Pulumi's CLI", "give the value by the stack's config"
                )
            )
        raise self.refuse(
            registration.problem(
                "a local stack starts empty, so there is no existing resource to look up",
                "make the resource in this program, or give what is needed of it by the stack's config",
            )
        )

    def invoke(self, token: str, arguments: dict[str, Any], provider: str) -> dict[str, Any] | Unknown:
        """Call a function of pulumi_aws."""
        function = INVOKES.get(token)
        if function is None:
            short = [name.rsplit(":", 1)[1] for name in INVOKES]
            raise self.refuse(
                Problem(
                    "this function is not supported without Pulumi's CLI",
                    did_you_mean(token.rsplit(":", 1)[-1], short),
                    subject=token,
                )
            )
        return self.answer(token, arguments, self.providers.of(provider))

    @abstractmethod
    def answer(self, token: str, arguments: dict[str, Any], provider: Provider) -> dict[str, Any] | Unknown:
        """The answer of a supported function."""

    def _checked(
        self, registration: Registration, problems: list[Problem]
    ) -> tuple[dict[str, Any], Handler | None, Provider | None]:
        """The inputs as the provider would take them: checked, converted, named."""
        type_ = registration.type
        if type_ == STACK_REFERENCE:
            problems.append(
                registration.problem(
                    "stack references are not supported without Pulumi's CLI", "give the value by the stack's config"
                )
            )
            return registration.inputs, None, None
        if type_.startswith("pulumi:providers:"):
            self._check_provider(registration, problems)
            return registration.inputs, None, None
        known = schema.of(type_)
        if known is None or not type_.startswith("aws:"):
            problems.append(
                registration.problem(
                    f"resources of the package {type_.split(':')[0]} are not supported without Pulumi's CLI",
                    "use resources of pulumi_aws",
                )
            )
            return registration.inputs, None, None
        inputs, mistakes = known.check(registration.inputs)
        problems += [
            registration.problem(f"{mistake.path}: {mistake.what}" if mistake.path else mistake.what, mistake.instead)
            for mistake in mistakes
        ]
        problems += [registration.problem(error.what, error.instead) for error in missing(inputs, self.folder)]
        handler = handler_of(type_)
        if handler is not None and handler.naming is not None:
            naming = handler.naming
            if inputs.get(naming.property) is None and naming.property in known.inputs:
                digits = urns.hexadecimal(registration.urn)
                inputs[naming.property] = naming.name(registration.name, digits, inputs)
        return inputs, handler, self.providers.of(registration.provider)

    def _check_provider(self, registration: Registration, problems: list[Problem]) -> None:
        package = registration.type.rsplit(":", 1)[-1]
        if package != "aws":
            problems.append(
                registration.problem(
                    f"the provider {package} is not supported without Pulumi's CLI", "use resources of pulumi_aws"
                )
            )
        else:
            self.providers.add(registration.urn, registration.inputs)


def with_secrets(outputs: Mapping[str, Any], inputs: Mapping[str, Any], extra: Any) -> dict[str, Any]:
    """The outputs, secret where the input of that name holds a secret or `additional_secret_outputs` names it."""
    names = {name for name, value in inputs.items() if has_secret(value)} | set(extra or ())
    return {
        name: Secret(value) if name in names and not isinstance(value, Secret) and value is not UNKNOWN else value
        for name, value in outputs.items()
    }
