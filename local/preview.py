"""`python -m local.preview --stack dev`: what a deployment would make, without an account, the Pulumi CLI or a network.

Stage: a command of its own beside the local run; run by `make preview STACK=dev`. It prints the resources under the
component that holds them, and the stack's outputs; `--json` prints them with their inputs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.engine import DeploymentError, Plan, Resource, Secret, Unknown, preview
from local.text import printable


def lines(plan: Plan) -> Iterator[str]:
    """Yield the plan as a tree, then the outputs, then the count of each type."""
    children: dict[str, list[Resource]] = {}
    for resource in plan.resources:
        children.setdefault(resource.parent or "", []).append(resource)
    known = {resource.urn for resource in plan.resources}
    roots = [resource for resource in plan.resources if (resource.parent or "") not in known]

    def tree(resource: Resource, depth: int) -> Iterator[str]:
        yield f"{'  ' * depth}{resource.type}  {resource.name}"
        for child in children.get(resource.urn, []):
            yield from tree(child, depth + 1)

    for root in roots:
        yield from tree(root, 0)
    yield ""
    for name, value in sorted(plan.outputs.items()):
        yield printable(f"output {name} = {plain(value)}")
    types = Counter(resource.type for resource in plan.resources if resource.type.startswith("aws:"))
    yield f"{sum(types.values())} resources of {len(types)} types in stack {plan.stack}"


def plain(value: Any) -> Any:
    """A value as JSON data: secrets are never shown, unknown values are known after deployment."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, Unknown):
        return "[known after deployment]"
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON data."""
    return {
        "stack": plan.stack,
        "resources": [
            {"type": one.type, "name": one.name, "urn": one.urn, "parent": one.parent, "inputs": plain(one.inputs)}
            for one in plan.resources
        ],
        "outputs": plain(plan.outputs),
    }


def main(arguments: list[str]) -> int:
    """Run the command. Returns 0, or 1 when the program or its settings have a problem, a line each on stderr."""
    parser = argparse.ArgumentParser(prog="python -m local.preview", description=__doc__)
    parser.add_argument("--stack", default="dev", help="the stack: dev, prod or local (default: dev)")
    parser.add_argument("--program", type=Path, default=Path("__main__.py"), help="default: this project's program")
    parser.add_argument("--json", action="store_true", help="as JSON, inputs included")
    given = parser.parse_args(arguments)
    try:
        plan = preview(given.stack, program=given.program.resolve())
    except DeploymentError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(data(plan), indent=2, ensure_ascii=False) if given.json else "\n".join(lines(plan)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
