"""Whether a mocked result is what the called API answers, by botocore's models: the field validation of TestState.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from simulator.integrations.names import OPTIMISED, sdk_service
from simulator.tasks import Resource
from simulator.values import Value

if TYPE_CHECKING:
    from botocore.model import Shape

#: What Step Functions shows otherwise than the API does: parsed, or by another type.
_OTHERWISE = frozenset({"Payload", "Output", "Input", "Body"})
_NUMBER = (int, float)
_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "structure": (dict, "an object"),
    "map": (dict, "an object"),
    "list": (list, "an array"),
    "string": (str, "a string"),
    "blob": (str, "a string"),
    "timestamp": (str, "a string"),
    "boolean": (bool, "a boolean"),
    "integer": (_NUMBER, "a number"),
    "long": (_NUMBER, "a number"),
    "float": (_NUMBER, "a number"),
    "double": (_NUMBER, "a number"),
}


def mock_misfit(resource: Resource, result: Value, *, strict: bool) -> str | None:
    """The first thing in which a result is not what the API answers; None if there is none, or no model is known.

    `strict`: fields that the API always answers must be there.
    """
    shape = _answer(resource)
    return None if shape is None else next(_misfits(result, shape, "", strict=strict), None)


def _answer(resource: Resource) -> Shape | None:
    """The model of what a task's API answers; for `.sync`, the one that is asked until the work is done."""
    action = resource.action
    if resource.kind != "service":
        return None
    if resource.pattern == "sync":
        if resource.service != "states":
            return None
        action = "describeExecution"
    elif resource.pattern == "token":
        return None
    sdk = resource.service.startswith("aws-sdk:")
    if not sdk and resource.service not in OPTIMISED:
        return None
    service = sdk_service(resource.service.removeprefix("aws-sdk:")) if sdk else OPTIMISED[resource.service].boto
    return _model(service, action.lower())


@cache
def _model(service: str, action: str) -> Shape | None:
    from botocore.exceptions import BotoCoreError
    from botocore.session import get_session

    try:
        model = get_session().get_service_model(service)
    except BotoCoreError:
        return None
    for name in model.operation_names:
        if name.lower() == action:
            return model.operation_model(name).output_shape
    return None


def _misfits(value: Any, shape: Any, name: str, *, strict: bool) -> Iterator[str]:
    kind: str = shape.type_name
    expected, said = _TYPES.get(kind, (object, ""))
    if not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean"):
        yield f"Field '{name}' must be {said}" if name else f"The result must be {said}"
    elif kind == "structure":
        yield from _fields(value, shape, strict=strict)
    elif kind in ("list", "map"):
        items: Any = value
        inner = shape.member if kind == "list" else shape.value
        for item in items if kind == "list" else items.values():
            yield from _misfits(item, inner, name, strict=strict)
    else:
        yield from _bounds(value, shape, name)


def _fields(value: Any, shape: Any, *, strict: bool) -> Iterator[str]:
    members = {name[:1].upper() + name[1:]: member for name, member in shape.members.items()}
    for name in shape.required_members if strict else ():
        if name[:1].upper() + name[1:] not in value:
            yield f"Required field '{name[:1].upper()}{name[1:]}' is missing"
    for name, item in value.items():
        if name in members and name not in _OTHERWISE and item is not None:
            yield from _misfits(item, members[name], name, strict=strict)


def _bounds(value: Any, shape: Shape, name: str) -> Iterator[str]:
    limits = shape.metadata
    if value not in limits.get("enum", [value]):
        yield f"Field '{name}' is not an expected value"
    size, is_text = (len(value), True) if isinstance(value, str) else (value, False)
    if "min" in limits and size < limits["min"]:
        yield f"Field '{name}' is {'smaller than the minimum length' if is_text else 'less than the minimum value'}"
    if "max" in limits and size > limits["max"]:
        yield f"Field '{name}' exceeds the maximum {'length' if is_text else 'value'}"
