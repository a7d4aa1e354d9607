"""Plays Pulumi's engine for the SDK: the methods of its ResourceMonitor and Engine services, called in-process.

Stage: the edge towards Pulumi's Python SDK. The SDK calls these methods as it would call gRPC stubs, from several
threads at once (protocol: proto/pulumi/resource.proto and engine.proto in pulumi/pulumi). This module only translates;
what happens to a resource is decided by a `Work`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2, resource_pb2

from local.engine import registration as registrations
from local.engine import urns
from local.engine.config import Project
from local.engine.diagnostics import Problem, source_places
from local.engine.properties import UNKNOWN, UNKNOWN_TEXT, Unknown, from_struct, to_struct
from local.engine.registration import Registration, Resource

_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
)
_FEATURE_NAMES = {"secrets", "aliasSpecs", "deletedWith", "replaceWith"}


class Refused(Exception):
    """The engine does not do what a call asks for. The problem is recorded before this is raised."""


class Work(Protocol):
    """What is done with a program's calls: planned, or deployed. Methods are called from several threads."""

    dry_run: bool
    parallel: int

    def register(self, registration: Registration) -> Resource | None:
        """Plan or make a resource. None: it failed, its outputs are unknown, the program goes on. Raises Refused."""
        ...

    def outputs(self, urn: str, outputs: dict[str, Any]) -> None:
        """A component, or the stack, has finished."""
        ...

    def invoke(self, token: str, arguments: dict[str, Any], provider: str) -> dict[str, Any] | Unknown:
        """Call a function of a provider. UNKNOWN: known only once deployed. Raises Refused."""
        ...

    def read(self, registration: Registration, id: Any) -> Resource | None:
        """Look up a resource that exists (`Queue.get`). Raises Refused."""
        ...

    def refuse(self, problem: Problem) -> Refused:
        """Record a problem; the exception to raise."""
        ...


class Monitor:
    """Both services in one object, for `pulumi.runtime.Settings(monitor=..., engine=...)`."""

    def __init__(self, project: Project, work: Work, on_message: Callable[[str, str, str], None]) -> None:
        """`on_message(severity, text, urn)` is told what the program logs (`pulumi.info`, `pulumi.warn`, ...)."""
        self._project = project
        self._work = work
        self._on_message = on_message
        self._root = ""

    # ResourceMonitor

    def GetDeploymentInfo(self, request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        """What the SDK may use, and what it would otherwise ask one by one."""
        return resource_pb2.DeploymentInfo(
            project=self._project.name,
            stack=self._project.stack,
            config=dict(self._project.config),
            configSecretKeys=sorted(self._project.secret_keys),
            dryRun=self._work.dry_run,
            parallel=self._work.parallel,
            supportedFeatures=_FEATURES,
        )

    def SupportsFeature(self, request: resource_pb2.SupportsFeatureRequest) -> resource_pb2.SupportsFeatureResponse:
        """The older way to ask for one feature."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURE_NAMES)

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        """Plan or make a resource; blocks until it is done."""
        try:
            registration = registrations.read(request, self._project.stack, self._project.name, self._project.root)
        except ValueError as error:
            raise self._work.refuse(self._problem(request, str(error))) from None
        resource = self._work.register(registration)
        if resource is None:
            return resource_pb2.RegisterResourceResponse(urn=registration.urn, result=resource_pb2.Result.FAIL)
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn,
            id="" if resource.id is UNKNOWN else resource.id,
            object=to_struct(resource.outputs),
        )

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        """A component has finished, or the program (the stack's outputs)."""
        self._work.outputs(request.urn, from_struct(request.outputs))
        return empty_pb2.Empty()

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        """Look up an existing resource by its id."""
        registration = Registration(
            urn=urns.make(self._project.stack, self._project.name, request.type, request.name, request.parent),
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=True,
            inputs=from_struct(request.properties),
            provider=request.provider,
            dependencies=tuple(request.dependencies),
            places=source_places([(f.pc.uri, f.pc.line) for f in request.stackTrace.frames], self._project.root),
        )
        resource = self._work.read(registration, from_struct_id(request.id))
        if resource is None:
            return resource_pb2.ReadResourceResponse(urn=registration.urn, result=resource_pb2.Result.FAIL)
        return resource_pb2.ReadResourceResponse(
            urn=resource.urn, id="" if resource.id is UNKNOWN else resource.id, properties=to_struct(resource.outputs)
        )

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        """Call a provider's function, such as `aws.get_region`."""
        result = self._work.invoke(request.tok, from_struct(request.args), request.provider)
        if isinstance(result, Unknown):
            return resource_pb2.ResourceInvokeResponse(unknown=True)
        response = resource_pb2.ResourceInvokeResponse()
        # The field is called `return`, which Python cannot write as an attribute.
        getattr(response, "return").CopyFrom(to_struct(result))
        return response

    def Call(self, request: resource_pb2.ResourceCallRequest) -> resource_pb2.ResourceCallRequest:
        """Methods of resources that live in a provider's process; there is none here."""
        raise self._unsupported(f"the method {request.tok}", "use resources and functions of pulumi_aws")

    def ExistsResource(self, request: resource_pb2.ExistsResourceRequest) -> None:
        """Whether a resource exists in the cloud: nothing does before a local stack is made."""
        raise self._unsupported(f"asking whether a {request.type} exists", "make the resource in this program")

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> None:
        """Parameterised providers (any Terraform provider) are processes of their own."""
        raise self._unsupported(f"the provider package {request.name}", "use resources of pulumi_aws")

    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty) -> empty_pb2.Empty:
        """The program has ended and nothing that it asked for is open."""
        return empty_pb2.Empty()

    # Engine

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:
        """What the program, or the SDK, has to say."""
        severity = engine_pb2.LogSeverity.Name(request.severity).lower()
        if severity != "debug":
            self._on_message(severity, request.message, request.urn)
        return empty_pb2.Empty()

    def GetRootResource(self, request: engine_pb2.GetRootResourceRequest) -> engine_pb2.GetRootResourceResponse:
        """The stack's URN."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: engine_pb2.SetRootResourceRequest) -> engine_pb2.SetRootResourceResponse:
        """Remember the stack's URN."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """This engine is as old as the SDK that calls it."""
        return engine_pb2.RequirePulumiVersionResponse()

    def _problem(self, request: resource_pb2.RegisterResourceRequest, what: str) -> Problem:
        frames = [(frame.pc.uri, frame.pc.line) for frame in request.stackTrace.frames]
        places = source_places(frames, self._project.root)
        subject = f"{request.type} '{request.name}'"
        return Problem(what, "", places[0] if places else None, subject, places[1:])

    def _unsupported(self, what: str, instead: str) -> Refused:
        return self._work.refuse(Problem(f"{what} is not supported without Pulumi's CLI", instead))


def from_struct_id(text: str) -> Any:
    """The id of a read request: text, or UNKNOWN."""
    return UNKNOWN if text == UNKNOWN_TEXT else text
