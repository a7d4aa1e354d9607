"""Clients and providers: where they may go, and what they carry."""

import threading
from pathlib import Path
from typing import Any

import pytest

from local.engine.config import Project
from local.engine.diagnostics import DeploymentError
from local.engine.properties import Secret
from local.engine.providers import Providers
from local.engine.session import Session, local_environment, loopback, preview_environment


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566", "http://127.9.9.9"]
)
def test_this_machine_is_fine(endpoint: str) -> None:
    assert loopback(endpoint) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://sqs.eu-central-1.amazonaws.com",
        "http://192.168.0.7:4566",
        "http://0.0.0.0:4566",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "nonsense",
        "",
    ],
)
def test_any_other_is_not(endpoint: str) -> None:
    with pytest.raises(DeploymentError, match="is not on this machine; give a loopback address"):
        loopback(endpoint)
    with pytest.raises(DeploymentError):
        Session(endpoint)


def test_one_client_for_each_service_and_region_whoever_asks() -> None:
    session = Session("http://127.0.0.1:9")
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(session.client("sqs", "eu-west-1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in found}) == 1
    assert session.client("sqs", "us-east-1") is not found[0]
    assert found[0].meta.endpoint_url == "http://127.0.0.1:9"
    assert found[0].meta.region_name == "eu-west-1"


def test_the_environment_names_one_endpoint_and_no_profile() -> None:
    environment = local_environment("http://127.0.0.1:7", "eu-west-1")
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:7"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)
    assert preview_environment("eu-west-1")["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"


def providers(**config: str) -> Providers:
    return Providers(Project("tiny", "dev", Path(), {f"aws:{key}": value for key, value in config.items()}))


def test_the_default_provider_is_the_stacks() -> None:
    default = providers(region="eu-west-1", defaultTags='{"tags": {"a": "b", "n": 1}}').of("")
    assert (default.region, default.tags) == ("eu-west-1", {"a": "b", "n": "1"})
    assert providers().of("").region == "us-east-1"


def test_a_program_may_make_others() -> None:
    known = providers(region="eu-west-1", defaultTags='{"tags": {"a": "b"}}')
    known.add("urn:x", {"region": Secret("ap-south-1"), "accessKey": "AKIA"})
    known.add("urn:y", {"defaultTags": '{"tags": {"c": "d"}}'})
    assert (known.of("urn:x::id").region, known.of("urn:x::id").tags) == ("ap-south-1", {})
    assert (known.of("urn:y::id").region, known.of("urn:y::id").tags) == ("eu-west-1", {"c": "d"})
    assert known.of("urn:unheard::id") == known.of("")
