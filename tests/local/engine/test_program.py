"""This project's own program, as the laptop deploys it."""

from pathlib import Path

import pytest

from local.aws.stack import LocalAws
from local.engine import Plan, preview, up
from local.engine.properties import revealed
from local.resources.registry import handler_of

HERE = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return preview("local")


def test_every_resource_can_be_made_locally_with_all_that_it_says(plan: Plan) -> None:
    for resource in plan.resources:
        if resource.custom and resource.type != "pulumi:pulumi:Stack":
            handler = handler_of(resource.type)
            assert handler is not None, resource.type
            assert handler.unknown_inputs(revealed(resource.inputs)) == [], resource.urn


def test_places_are_the_programs_and_never_what_runs_it(plan: Plan) -> None:
    for resource in plan.resources:
        if resource.type != "pulumi:pulumi:Stack":
            assert resource.place is not None
            assert resource.place.path.is_relative_to(HERE)
            assert not resource.place.path.is_relative_to(HERE / "local")


def test_it_is_made(tmp_path: Path, plan: Plan, local_aws: LocalAws) -> None:
    made = up("local", local_aws.endpoint, state=tmp_path / "engine")
    assert {resource.urn for resource in made.resources} == {resource.urn for resource in plan.resources}
    assert set(made.outputs) == set(plan.outputs)
    assert all(value not in (None, "") for value in made.outputs.values())
