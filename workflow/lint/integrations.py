"""What a Task calls: services, operations and ways to wait that Step Functions offers, and arguments that they have.

Names are checked, not values: most of them are computed. https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..aws.catalogue import Integration, Unknown, of_resource
from ..aws.models import ModelsMissing, capitalized, pascal
from ..diagnostics import did_you_mean
from .charts import Chart, State
from .findings import Findings


def check(machine: Chart, found: Findings) -> None:
    """Check every Task."""
    for chart in machine.walk():
        for state in chart.states.values():
            if state.type == "Task":
                _task(state, found)


def _task(state: State, found: Findings) -> None:
    resource = state.spec.get("Resource")
    if not isinstance(resource, str) or ":states:::" not in resource:
        return
    path = (*state.path, "Resource")
    try:
        integration = of_resource(resource.partition(":states:::")[2])
        if integration is not None:
            _arguments(state, integration, found)
    except Unknown as unknown:
        found.value(path, "asl-integration", unknown.what, unknown.instead)
    except ModelsMissing:  # without botocore's data nothing is known of AWS's SDK
        return


def _arguments(state: State, integration: Integration, found: Findings) -> None:
    field = "Arguments" if state.language == "JSONata" else "Parameters"
    given = state.spec.get(field, {})
    if not isinstance(given, Mapping):
        return
    known, needed = _names(integration)
    names = {name.removesuffix(".$") if state.language == "JSONPath" else name: name for name in given}
    for name, written in names.items():
        if name not in known:
            what = f"`{integration.name}` has no argument `{name}`"
            found.key((*state.path, field, written), "asl-integration", what, _close(name, known))
    missing = [name for name in needed if name not in names]
    if missing:
        at = (*state.path, field) if field in state.spec else state.path
        what = f"`{integration.name}` needs {', '.join(f'`{name}`' for name in missing)}"
        found.key(at, "asl-integration", what, "add it to its " + field)


def _names(integration: Integration) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The arguments that there are, and those that are needed, as a definition writes them."""
    if integration.own is not None:
        needs, may = integration.own
        return (*needs, *may), needs
    shape = integration.operation.input if integration.operation is not None else None
    if shape is None:
        return (), ()
    return tuple(_forms(shape.members, integration)), tuple(integration.key(name) for name in shape.required)


def _forms(members: Mapping[str, object], integration: Integration) -> Iterator[str]:
    for name in members:
        yield integration.key(name)
    for name in members:
        yield capitalized(name)
        yield pascal(name)


def _close(name: str, known: tuple[str, ...]) -> str:
    same = next((k for k in known if k.lower() == name.lower()), None)
    return f"did you mean `{same}`?" if same is not None else did_you_mean(name, known)
