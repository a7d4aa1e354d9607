"""Reading plans: what the tests of the program look for in them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from local.engine import Plan

PlanOf = Callable[[str], Plan]


def statements(document: object) -> list[dict[str, Any]]:
    """The statements of a policy document, which must be known."""
    assert isinstance(document, str), f"the policy is not known in a preview: {document!r}"
    return list(json.loads(document)["Statement"])


def policies(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every role's policy, with the policy's name."""
    for resource in plan.of("aws:iam/rolePolicy:RolePolicy"):
        for statement in statements(resource.inputs["policy"]):
            yield resource.name, statement
