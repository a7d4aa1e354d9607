"""The program's plan for each stack, made once by the local engine's preview: no account, no network, no CLI."""

from collections.abc import Callable

import pytest

from local.engine import Plan, preview

STACKS = ("dev", "prod", "local")


@pytest.fixture(scope="session")
def plan_of() -> Callable[[str], Plan]:
    plans: dict[str, Plan] = {}

    def plan(stack: str) -> Plan:
        if stack not in plans:
            plans[stack] = preview(stack)
        return plans[stack]

    return plan


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def plan(plan_of: Callable[[str], Plan], stack: str) -> Plan:
    return plan_of(stack)
