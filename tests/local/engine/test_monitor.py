"""The protocol's edge: what the SDK asks beside making resources."""

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import empty_pb2, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import engine_pb2, resource_pb2, source_pb2

from local.engine import registration as registrations
from local.engine.config import Project
from local.engine.monitor import Monitor, Refused
from local.engine.planning import Planning
from local.engine.properties import SIGNATURE
from local.engine.registration import read, refusals


@pytest.fixture
def heard() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def work(tmp_path: Path) -> Planning:
    project = Project("tiny", "dev", tmp_path, {"aws:region": "eu-west-1"}, frozenset({"tiny:token"}))
    return Planning(project, tmp_path, "000000000000")


@pytest.fixture
def monitor(work: Planning, heard: list[tuple[str, str, str]]) -> Monitor:
    return Monitor(work.project, work, lambda *message: heard.append(message))


def test_what_a_deployment_is(monitor: Monitor) -> None:
    info = monitor.GetDeploymentInfo(empty_pb2.Empty())
    assert (info.project, info.stack, info.dryRun) == ("tiny", "dev", True)
    assert dict(info.config) == {"aws:region": "eu-west-1"}
    assert list(info.configSecretKeys) == ["tiny:token"]
    assert resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS in info.supportedFeatures
    assert resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS not in info.supportedFeatures


@pytest.mark.parametrize(
    ("feature", "has"), [("secrets", True), ("deletedWith", True), ("transforms", False), ("x", False)]
)
def test_the_older_way_to_ask_for_features(monitor: Monitor, feature: str, has: bool) -> None:
    assert monitor.SupportsFeature(resource_pb2.SupportsFeatureRequest(id=feature)).hasSupport is has


def test_the_stacks_urn_is_remembered(monitor: Monitor) -> None:
    monitor.SetRootResource(engine_pb2.SetRootResourceRequest(urn="urn:x"))
    assert monitor.GetRootResource(engine_pb2.GetRootResourceRequest()).urn == "urn:x"


def test_messages_are_passed_on_and_debugging_is_not(monitor: Monitor, heard: list[tuple[str, str, str]]) -> None:
    monitor.Log(engine_pb2.LogRequest(severity=engine_pb2.DEBUG, message="noise"))
    monitor.Log(engine_pb2.LogRequest(severity=engine_pb2.ERROR, message="loud", urn="urn:x"))
    assert heard == [("error", "loud", "urn:x")]


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (
            lambda m: m.Call(resource_pb2.ResourceCallRequest(tok="a:b:C/d")),
            "the method a:b:C/d is not supported without Pulumi's CLI; use resources and functions of pulumi_aws",
        ),
        (
            lambda m: m.RegisterPackage(resource_pb2.RegisterPackageRequest(name="random")),
            "the provider package random is not supported without Pulumi's CLI; use resources of pulumi_aws",
        ),
        (
            lambda m: m.ExistsResource(resource_pb2.ExistsResourceRequest(type="a:b:C")),
            "asking whether a a:b:C exists is not supported without Pulumi's CLI; make the resource in this program",
        ),
    ],
)
def test_what_needs_a_provider_of_its_own(monitor: Monitor, work: Planning, ask: Any, problem: str) -> None:
    with pytest.raises(Refused):
        ask(monitor)
    assert [str(each) for each in work.problems] == [problem]


def request(**fields: Any) -> resource_pb2.RegisterResourceRequest:
    return resource_pb2.RegisterResourceRequest(type="aws:sqs/queue:Queue", name="q", custom=True, **fields)


@pytest.mark.parametrize(
    ("fields", "option"),
    [
        ({"importId": "x"}, "import_"),
        ({"remote": True}, "remote components"),
        ({"envVarMappings": {"A": "B"}}, "env_var_mappings"),
        ({"hooks": {"before_create": ["h"]}}, "hooks"),
    ],
)
def test_an_option_that_is_not_honoured_is_never_dropped(tmp_path: Path, fields: dict[str, Any], option: str) -> None:
    registration = read(request(**fields), "dev", "tiny", tmp_path)
    (problem,) = refusals(registration, preview=True)
    assert problem.what == f"the option {option} is not supported without Pulumi's CLI"


def test_every_field_of_the_protocol_is_plumbing_kept_or_refused(tmp_path: Path) -> None:
    """A field that a later SDK adds must not be dropped silently."""
    known = registrations._PLUMBING | registrations._KEPT | set(registrations._REFUSED)
    assert {field.name for field in resource_pb2.RegisterResourceRequest.DESCRIPTOR.fields} <= known


def test_a_request_without_a_stack_trace_has_its_position(tmp_path: Path) -> None:
    file = tmp_path / "__main__.py"
    file.write_text("\n\nq = Queue('q')\n")
    position = source_pb2.SourcePosition(uri=file.as_uri(), line=3)
    registration = read(request(sourcePosition=position), "dev", "tiny", tmp_path)
    assert registration.place is not None
    assert (registration.place.line, registration.place.column) == (3, 5)


def test_a_value_of_an_unknown_kind_is_refused_with_its_resource(monitor: Monitor, work: Planning) -> None:
    inputs = struct_pb2.Struct()
    inputs.update({"policy": {SIGNATURE: "77"}})
    with pytest.raises(Refused):
        monitor.RegisterResource(request(object=inputs))
    assert str(work.problems[0]) == (
        "aws:sqs/queue:Queue 'q': a value with the signature 77, which this engine does not know"
    )
