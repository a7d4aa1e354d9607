"""The real local AWS, once for all tests here, and `make`: a resource as the engine would have a handler make it."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pulumi_aws  # noqa: F401 registers its types with the SDK
import pytest

from local.aws.stack import LocalAws
from local.engine import schema
from local.engine.properties import revealed
from local.resources.base import Call, Made
from local.resources.registry import handler_of


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    with LocalAws() as running:
        yield running


@pytest.fixture(scope="session")
def clients(aws: LocalAws) -> Callable[[str], Any]:
    made: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in made:
            made[service] = aws.client(service)
        return made[service]

    return client


Make = Callable[..., Made]


@pytest.fixture
def make(clients: Callable[[str], Any]) -> Make:
    """`make(type, tags=..., **inputs)`, checked as the engine checks inputs, so that no test makes the impossible."""

    def made(type_: str, tags: dict[str, str] | None = None, archive: bytes = b"", **inputs: Any) -> Made:
        handler, known = handler_of(type_), schema.of(type_)
        assert handler is not None and known is not None
        checked, mistakes = known.check(inputs)
        assert not mistakes
        assert handler.unknown_inputs(checked) == []
        outcome = handler.create(
            Call(
                urn="urn:pulumi:test::test::x::y",
                inputs=revealed(checked),
                region="us-east-1",
                account="000000000000",
                partition="aws",
                client=clients,
                archive=lambda name: archive,
                tags=tags or {},
            )
        )
        assert set(outcome.outputs) <= set(known.outputs), "an output that pulumi_aws does not know"
        return outcome

    return made


def zip_of(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return buffer.getvalue()


@pytest.fixture
def role(make: Make, request: pytest.FixtureRequest) -> str:
    """The ARN of a role of the test's own."""
    trust = '{"Version": "2012-10-17", "Statement": []}'
    name = request.node.name.replace("[", "-").replace("]", "")[:60]
    return str(make("aws:iam/role:Role", name=name, assumeRolePolicy=trust).outputs["arn"])
