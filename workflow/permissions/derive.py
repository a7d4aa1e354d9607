"""From a definition to its role: the least statements, each named after the states that need it.

`derive` takes the definition as JSON, so one that nobody here wrote gets its role alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..resources import Symbol, Text
from . import clusters, jobs, machine, sdk_actions, sdk_resources, services
from .arns import arn, written
from .statement import Statement, allow, merged
from .targets import Rule
from .uses import FunctionUse, MapUse, Unread, Use, uses

RULES: dict[str, Rule] = {**services.RULES, **jobs.RULES, **clusters.RULES}
"""What each optimized operation needs."""

ASSUME = "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html"


@dataclass(frozen=True)
class Permissions:
    """The statements of a state machine's role."""

    statements: tuple[Statement, ...]
    assumed: Mapping[Text | None, tuple[Statement, ...]] = field(default_factory=dict)
    """What the roles need that states assume, by their ARNs; None stands for computed ones."""
    unread: tuple[Unread, ...] = ()
    """Tasks of which nothing is known."""

    def document(self, bindings: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The policy, with symbols bound; readable placeholders without bindings. Raises KeyError for missing ones."""
        if bindings is not None:
            missing = [key for key in self.symbols if key not in bindings]
            if missing:
                raise KeyError(f"the role's permissions need bindings for {', '.join(missing)}")
        return {"Version": "2012-10-17", "Statement": list(_written(self.statements, bindings))}

    def to_json(self, bindings: Mapping[str, str] | None = None) -> str:
        """The policy as text, indented, in a stable order."""
        return json.dumps(self.document(bindings), indent=2) + "\n"

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """Every key that the policy needs a binding for, sorted."""
        return tuple(sorted(set[str]().union(*(s.symbols for s in self.statements))))

    @property
    def wide(self) -> tuple[tuple[Statement, str], ...]:
        """Statements that allow more than is needed, and why."""
        return tuple((s, s.wide) for s in self.statements if s.wide)

    def explain(self) -> str:
        """For people: each statement with the states that need it, and why it is as wide as it is."""
        lines = []
        for statement in self.statements:
            lines.append(f"{', '.join(statement.states)}: {', '.join(statement.actions)}")
            lines += [f"    {written(resource, None)}" for resource in statement.resources]
            for operator, key, values in statement.condition:
                lines.append(f"    when {key} {operator} {', '.join(written(v, None) for v in values)}")
            lines += [f"    wide: {statement.wide}"] if statement.wide else []
        return "\n".join(lines)


def derive(
    definition: Mapping[str, Any],
    *,
    logs: bool = False,
    traces: bool = False,
    key: Text | Symbol | str | None = None,
    allowed: Mapping[str, tuple[Text, ...]] | None = None,
) -> Permissions:
    """The permissions of a definition. `key`: the ARN of the customer's key, if there is one."""
    own: list[Statement] = []
    assumed: dict[Text | None, list[Statement]] = {}
    unread: list[Unread] = []
    for found in uses(definition, allowed):
        if isinstance(found, Unread):
            unread.append(found)
            continue
        needed = list(_needed(found))
        if isinstance(found, (Use, FunctionUse)) and found.assumes:
            own.append(_assume(found))
            assumed.setdefault(found.role, []).extend(needed)
        else:
            own += needed
    own += [machine.logs()] if logs else []
    own += [machine.traces()] if traces else []
    if key is not None:
        text = key if isinstance(key, Text) else Text((key,))
        own.append(machine.encryption(text))
    return Permissions(merged(own), {role: merged(needed) for role, needed in assumed.items()}, tuple(unread))


def _needed(found: Use | FunctionUse | MapUse) -> Iterator[Statement]:
    if isinstance(found, FunctionUse):
        source = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html"
        yield allow(found.state, ("lambda:InvokeFunction",), services.function(found.function), source=source)
    elif isinstance(found, MapUse):
        yield from machine.distributed(found)
    elif found.integration.sdk:
        actions = sdk_actions.actions(found.integration)
        yield from sdk_resources.statements(found, actions, sdk_actions.NO_RESOURCES)
    elif found.allowed:
        for statement in RULES[found.integration.name](found):
            resources = found.allowed if statement.wide else statement.resources
            yield Statement(statement.states, statement.actions, resources, statement.condition, statement.source)
    else:
        yield from RULES[found.integration.name](found)


def _assume(found: Use | FunctionUse) -> Statement:
    role = found.role
    wide = "" if role is not None else "the role that is assumed is computed"
    target = role if role is not None else arn("iam", "role/*", region=False, account=False)
    return allow(found.state, ("sts:AssumeRole",), target, source=ASSUME, wide=wide)


def _written(statements: Iterable[Statement], bindings: Mapping[str, str] | None) -> Iterator[dict[str, Any]]:
    """Statements as in a policy; a Sid stands once."""
    taken: set[str] = set()
    for statement in statements:
        sid, number = statement.sid, 1
        while sid in taken:
            number += 1
            sid = f"{statement.sid}{number}"
        taken.add(sid)
        yield statement.written(bindings, sid)


__all__ = ["RULES", "Permissions", "derive"]
