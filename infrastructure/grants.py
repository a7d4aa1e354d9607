"""What a workflow's role may do, read from its definition: every permission is named after the states that need it.

Stage: between definition and role. The definition is rendered with readable placeholders (`${table.readings}`), so a
state says itself which action it calls on which resource; nobody keeps a second list that could grant too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from infrastructure.iam import Statement, allow


@dataclass(frozen=True)
class Integration:
    """What one kind of Task calls: an IAM action on the resource that one of its arguments names."""

    action: str
    argument: str


INTEGRATIONS: Mapping[str, Integration] = {
    "lambda:invoke": Integration("lambda:InvokeFunction", "FunctionName"),
    "dynamodb:getItem": Integration("dynamodb:GetItem", "TableName"),
    "dynamodb:putItem": Integration("dynamodb:PutItem", "TableName"),
    "dynamodb:updateItem": Integration("dynamodb:UpdateItem", "TableName"),
    "dynamodb:deleteItem": Integration("dynamodb:DeleteItem", "TableName"),
    "sns:publish": Integration("sns:Publish", "TopicArn"),
}
"""By the end of a Task's Resource, `arn:aws:states:::dynamodb:putItem`:
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html"""

_PLACEHOLDER = re.compile(r"\$\{([a-z]+\.[A-Za-z0-9_-]+)\}")


def workflow_statements(definition: Mapping[str, Any], arns: Mapping[str, pulumi.Input[str]]) -> tuple[Statement, ...]:
    """The statements that a definition with placeholders needs, one for each action on each resource.

    arns: `table.readings` and the like to what the role may reach. Raises ValueError for a Task that no entry of
    INTEGRATIONS covers, or whose resource is not a plain symbol, or not among `arns`.
    """
    needed: dict[tuple[str, str], list[str]] = {}
    for name, state in tasks(definition):
        integration = _integration(name, str(state["Resource"]))
        symbol = _symbol(name, integration, state.get("Arguments", {}).get(integration.argument))
        if symbol not in arns:
            raise ValueError(f"state {name!r} uses {symbol}, which this stack does not deploy")
        needed.setdefault((integration.action, symbol), []).append(name)
    return tuple(
        allow([action], [arns[symbol]], sid="And".join(_camel(name) for name in names))
        for (action, symbol), names in sorted(needed.items())
    )


def tasks(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every Task of a definition with its name, those inside Parallel and Map included."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            yield name, state
        for inner in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())):
            yield from tasks(inner)


def _integration(name: str, resource: str) -> Integration:
    call = resource.partition(":states:::")[2]
    if call not in INTEGRATIONS:
        raise ValueError(f"state {name!r} calls {call or resource}; add its IAM action to infrastructure/grants.py")
    return INTEGRATIONS[call]


def _symbol(name: str, integration: Integration, value: object) -> str:
    match = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(
            f"state {name!r}: {integration.argument} is computed, so what its role may reach cannot be told; "
            "name a table, topic or function"
        )
    return match[1]


def _camel(name: str) -> str:
    """`Look up device` as a Sid: letters and digits only."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", name))
