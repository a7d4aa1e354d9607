"""What a resource type takes and gives, read from the classes of its Pulumi package (pulumi_aws and others).

Stage: between the program and the handlers. Pulumi's SDK carries nested inputs as they come; the provider's plugin
would refuse a missing or misspelt one, and there is no plugin here. So inputs are checked against the package's
generated `Args` classes, and converted as the plugin converts them: "5" where a number is wanted, 5 where text is, an
object where JSON text is.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import _types as sdk
from pulumi.runtime import rpc

from local.engine.diagnostics import did_you_mean
from local.engine.properties import UNKNOWN, Archive, Asset, Secret

_SCALARS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Mistake:
    """One wrong input: `path` within the resource's inputs (`sqs[0].queueUrl`), what is wrong, what to write."""

    path: str
    what: str
    instead: str = ""


@dataclass(frozen=True)
class Schema:
    """One resource type: its class, its inputs' types and which of them must be given, its outputs' types."""

    type: str
    resource: Any
    inputs: Mapping[str, Any]
    required: frozenset[str]
    outputs: Mapping[str, Any]

    def check(self, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
        """The inputs, converted, and what is wrong with them."""
        mistakes: list[Mistake] = []
        checked = _check_object(inputs, self.inputs, self.required, _python_names(self.resource), "", mistakes)
        return checked, mistakes


@functools.lru_cache(maxsize=512)
def of(type_: str) -> Schema | None:
    """The schema of a resource type, or None if no loaded package has it."""
    parts = type_.split(":")
    if len(parts) != 3:
        return None
    module = rpc.get_resource_module(parts[0], parts[1], "")
    info = getattr(module, "mod_info", None)
    if info is None or type_ not in info["classes"]:
        return None
    resource = getattr(importlib.import_module(info["fqn"]), info["classes"][type_])
    source = importlib.import_module(resource.__module__)
    arguments = getattr(source, f"{resource.__name__}Args")
    return Schema(
        type=type_,
        resource=resource,
        inputs=sdk.input_type_types(arguments),
        required=_required(arguments),
        outputs=sdk.resource_types(resource),
    )


def _required(arguments: type) -> frozenset[str]:
    """The Pulumi names of the arguments that `arguments.__init__` has no default for."""
    names = sdk.input_type_py_to_pulumi_names(arguments)
    parameters = list(inspect.signature(arguments.__init__).parameters.values())[1:]  # type: ignore[misc]
    return frozenset(names.get(p.name, p.name) for p in parameters if p.default is inspect.Parameter.empty)


def _python_names(resource: type) -> Mapping[str, str]:
    return sdk.resource_pulumi_to_py_names(resource)


def _check_object(
    value: Mapping[str, Any],
    fields: Mapping[str, Any],
    required: frozenset[str],
    python_names: Mapping[str, str],
    path: str,
    mistakes: list[Mistake],
) -> dict[str, Any]:
    spoken = {python_names.get(name, _snake(name)): name for name in fields}
    checked: dict[str, Any] = {}
    for name, item in value.items():
        if name in fields:
            checked[name] = _check(item, fields[name], _join(path, name), mistakes)
        elif not name.startswith("__"):
            mistakes.append(Mistake(_join(path, name), "there is no such input", did_you_mean(_snake(name), spoken)))
    for name in sorted(required):
        if value.get(name) is None:
            written = python_names.get(name, _snake(name))
            mistakes.append(Mistake(_join(path, name), "it is missing", f"add {written}"))
    return checked


def _check(value: Any, wanted: Any, path: str, mistakes: list[Mistake]) -> Any:
    if value is None or value is UNKNOWN:
        return value
    if isinstance(value, Secret):
        return Secret(_check(value.value, wanted, path, mistakes))
    wanted = _unwrap(wanted)
    if wanted in (Any, object, None):
        return value
    if wanted in _SCALARS:
        return _check_scalar(value, wanted, path, mistakes)
    if isinstance(wanted, type) and sdk.is_input_type(wanted):
        if not isinstance(value, Mapping):
            mistakes.append(Mistake(path, f"it is {_shown(value)}", f"write a {wanted.__name__}"))
            return value
        names = {pulumi: py for py, pulumi in sdk.input_type_py_to_pulumi_names(wanted).items()}
        return _check_object(value, sdk.input_type_types(wanted), _required(wanted), names, path, mistakes)
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        if not isinstance(value, list):
            mistakes.append(Mistake(path, f"it is {_shown(value)}", "write a list"))
            return value
        return [_check(item, arguments[0], f"{path}[{index}]", mistakes) for index, item in enumerate(value)]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            mistakes.append(Mistake(path, f"it is {_shown(value)}", "write a mapping"))
            return value
        return {key: _check(item, arguments[1], _join(path, str(key)), mistakes) for key, item in value.items()}
    return _check_choice(value, wanted, path, mistakes)


def _check_scalar(value: Any, wanted: type, path: str, mistakes: list[Mistake]) -> Any:
    """Convert as the provider's plugin does (pulumi-terraform-bridge, MakeTerraformInput), or record a mistake."""
    if wanted is str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, dict | list) and not _holds_unknown(value):
            return json.dumps(value)
    elif wanted is bool:
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if wanted is float or isinstance(value, int):
            return value
    elif isinstance(value, str):
        try:
            return wanted(value)
        except ValueError:
            pass
    mistakes.append(Mistake(path, f"it is {_shown(value)}", f"write {_SCALARS[wanted]}"))
    return value


def _check_choice(value: Any, wanted: Any, path: str, mistakes: list[Mistake]) -> Any:
    """A union (an enum or text, say), or a type of Pulumi's own such as an archive."""
    members = [_unwrap(member) for member in typing.get_args(wanted)] if _is_union(wanted) else [wanted]
    if any(isinstance(member, type) and issubclass(member, _packed()) for member in members):
        if not isinstance(value, Asset | Archive):
            mistakes.append(Mistake(path, f"it is {_shown(value)}", "write a pulumi.FileArchive or pulumi.FileAsset"))
        return value
    scalars = [member for member in members if member in _SCALARS]
    if scalars and (str in scalars or not isinstance(value, dict | list)):
        # Text, or a document of a type of its own: the plugin makes text of it.
        return _check_scalar(value, str if str in scalars else scalars[0], path, mistakes)
    return value


def _packed() -> tuple[type, ...]:
    import pulumi  # the SDK is loaded by now; this module must not load it for its types alone

    return (pulumi.Asset, pulumi.Archive)


def _unwrap(wanted: Any) -> Any:
    """The type itself of Input[T], Optional[T], InputType[T] and their combinations."""
    previous = None
    while wanted is not previous:
        previous = wanted
        try:
            wanted = sdk.unwrap_type(wanted)
        except (AssertionError, TypeError, ValueError):
            return wanted
    return wanted


def _is_union(wanted: Any) -> bool:
    return typing.get_origin(wanted) in (typing.Union, types.UnionType)


def _holds_unknown(value: Any) -> bool:
    return any(isinstance(item, Secret) or item is UNKNOWN for item in _leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _snake(name: str) -> str:
    """`queueUrl` as Python programs write it."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _shown(value: Any) -> str:
    kinds = {bool: "a truth value", dict: "a mapping", list: "a list", Asset: "an asset", Archive: "an archive"}
    for kind, words in kinds.items():
        if isinstance(value, kind):
            return words
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
