"""Handlers against what pulumi_aws says of their types: a misspelt input or output would never be noticed otherwise."""

from typing import Any

import pulumi_aws  # noqa: F401 registers its types with the SDK
import pytest
from pulumi import _types as sdk

from local.engine import schema
from local.resources.registry import MODULES, handler_of


@pytest.mark.parametrize("type_", sorted(MODULES))
def test_a_handler_names_real_inputs_only(type_: str) -> None:
    handler, known = handler_of(type_), schema.of(type_)
    assert handler is not None and known is not None
    assert handler.type == type_
    for path in [*handler.handles, *handler.ignores]:
        assert exists(path.split("."), known.inputs), f"{type_} has no input {path}"
    if handler.naming is not None:
        assert handler.naming.property in known.inputs


@pytest.mark.parametrize("type_", sorted(MODULES))
def test_every_required_input_is_handled(type_: str) -> None:
    handler, known = handler_of(type_), schema.of(type_)
    assert handler is not None and known is not None
    given = {name.split(".")[0] for name in handler.handles}
    assert known.required <= given


def test_every_reason_for_ignoring_is_a_reason() -> None:
    for type_ in MODULES:
        handler = handler_of(type_)
        assert handler is not None
        assert all(len(reason.split()) >= 4 for reason in handler.ignores.values())
        assert not handler.handles & set(handler.ignores)


def test_an_unknown_type_has_no_handler() -> None:
    assert handler_of("aws:ec2/instance:Instance") is None


def exists(path: list[str], fields: Any) -> bool:
    if path[0] == "*":
        return True
    if path[0] not in fields:
        return False
    if len(path) == 1:
        return True
    below = inner(fields[path[0]])
    return path[1] == "*" if below is None else exists(path[1:], below)


def inner(wanted: Any) -> Any:
    """The fields of a nested type, through lists; None for a mapping of the user's own."""
    wanted = schema._unwrap(wanted)
    while not isinstance(wanted, type) and hasattr(wanted, "__args__"):
        if "Mapping" in str(wanted.__origin__):
            return None
        wanted = schema._unwrap(wanted.__args__[0])
    return sdk.input_type_types(wanted) if isinstance(wanted, type) and sdk.is_input_type(wanted) else None
