"""Typed functions for the operations that a project calls, written from the service models.

Last stage of the integrations. `sdk` and `optimized` take any operation, so an editor cannot know their arguments;
the module that `source` writes has one function for each operation asked for, with its arguments, their types and the
result's members, so that editors complete them and type checkers refuse what the import would.

    python -m workflow types ecs:listTasks glue:startJobRun.sync > calls.py
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence

from . import catalogue
from .catalogue import Integration, Unknown
from .models import Shape

HEAD = '''"""Typed calls of AWS's services, written by `python -m workflow types`: do not edit, write it anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from workflow.integrations import Calling, optimized, sdk
from workflow.resources import Keyed, Symbol, Text

A = TypeVar("A")
Name = str | Symbol | Text | Keyed
"""A text, or a resource that it is bound to."""


def _given(**arguments: Any) -> dict[str, Any]:
    """The arguments that were given."""
    return {name: value for name, value in arguments.items() if value is not None}
'''

_LITERALS = 40
"""Texts of an enum that are written out; a longer one is text to the editor, and still checked at import."""


def source(operations: Sequence[str]) -> str:
    """The text of a module with a typed function for each operation; `.sync` and its like where they are offered.

    An operation is an optimized integration if it is one, else one of AWS's SDK; `aws-sdk:` in front says the latter.
    Raises Unknown for what Step Functions does not integrate, or cannot be told apart by name.
    """
    calls: dict[str, Integration] = {}
    for text in operations:
        integration = find(text)
        name = function_name(integration)
        if calls.setdefault(name, integration) != integration:
            other = calls[name].resource
            raise Unknown(f"`{text}` and `{other}` would both be `{name}`", "write them into modules of their own")
    written: dict[str, str] = {}
    functions = [_function(name, integration, written) for name, integration in calls.items()]
    return "\n\n\n".join(part.strip() for part in (HEAD, *written.values(), *functions)) + "\n"


def find(text: str) -> Integration:
    """The integration of an operation, optimized where there is one. Raises Unknown."""
    if text.startswith("aws-sdk:"):
        return catalogue.sdk(text)
    name = text.split(".")[0]
    if name in catalogue.optimized_operations():
        return catalogue.optimized(text)
    if name.split(":")[0] not in catalogue.sdk_services():
        return catalogue.optimized(text)  # which says what there is
    return catalogue.sdk(text)


def function_name(integration: Integration) -> str:
    """`glue_start_job_run`; `_sync` for one that waits."""
    service = re.sub(r"\W", "_", integration.service)
    action = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", integration.action).lower()
    waits = {".sync": "_sync", ".sync:2": "_sync"}.get(integration.pattern, "")
    return f"{service}_{action}{waits}"


def _function(name: str, integration: Integration, classes: dict[str, str]) -> str:
    if integration.pattern == catalogue.TOKEN:
        instead = "write the call without the suffix, and .wait_for_token(...) behind it"
        raise Unknown(f"`{integration.resource}` waits for a callback", instead, "pattern")
    returns = _returns(integration, classes)
    maker = "sdk" if integration.sdk else "optimized"
    text = integration.resource.removeprefix("aws-sdk:")
    parameters = list(_parameters(integration))
    lines = [f"def {name}(", "    _name: str,", "    /,", "    *,", "    of: type[A],"]
    lines += [f"    {argument}: {kind}{'' if needed else ' | None = None'}," for argument, kind, needed in parameters]
    lines += [f") -> Calling[A, {returns or 'Any'}]:"]
    lines += [f'    """`{integration.resource}`. {integration.source}"""']
    given = ", ".join(f"{argument}={argument}" for argument, _, _ in parameters)
    result = f", returns={returns}" if returns else ""
    lines += [f'    return {maker}(_name, "{text}", of=of{result}, **_given({given}))']
    return "\n".join(lines)


def _parameters(integration: Integration) -> Iterator[tuple[str, str, bool]]:
    """(name, type, whether it is needed), those that are needed first."""
    if integration.own is not None:
        needs, may = integration.own
        yield from ((name, "Any", True) for name in needs)
        yield from ((name, "Any", False) for name in may)
        return
    shape = integration.operation.input if integration.operation is not None else None
    if shape is None:
        return
    order = sorted(shape.members, key=lambda name: name not in shape.required)
    for name in order:
        if keyword.iskeyword(name):
            continue
        kind = _argument(shape.members[name])
        yield name, f"{kind} | Callable[[A], {_value(shape.members[name])}]", name in shape.required


def _argument(shape: Shape) -> str:
    """What may be given for an argument as it is."""
    if shape.type == "string" and not shape.choices:
        return "Name"
    if shape.type == "structure":
        return "Mapping[str, Any]"
    if shape.type == "list":
        return "Sequence[Any]"
    return "Mapping[str, Any]" if shape.type == "map" else _value(shape)


def _value(shape: Shape) -> str:
    """What a lambda may make for an argument."""
    match shape.type:
        case "string" if 0 < len(shape.choices) <= _LITERALS:
            return f"Literal[{', '.join(repr(choice) for choice in shape.choices)}]"
        case "string":
            return "str" if not _any_json(shape) else "object"
        case "boolean":
            return "bool"
        case "integer" | "long":
            return "int"
        case "float" | "double":
            return "float"
        case "timestamp":
            return "datetime | str"
        case "list":
            inner = _value(shape.element)
            return f"Sequence[{inner}]"
    return "object"


def _any_json(shape: Shape) -> bool:
    return shape.name in ("SensitiveData", "String") and shape.service in ("sqs", "stepfunctions", "sns", "events")


def _returns(integration: Integration, classes: dict[str, str]) -> str:
    """The name of the result's class, which is written with all that it holds; empty where it is not known."""
    operation = integration.operation
    if operation is None or integration.pattern or operation.output is None or not operation.output.members:
        return ""
    return _class(operation.output, integration, classes, ())


def _class(shape: Shape, integration: Integration, classes: dict[str, str], inside: tuple[str, ...]) -> str:
    """A dataclass of a structure. Members are optional unless the service's model requires them."""
    service = "".join(word.title() for word in re.split(r"\W", integration.service))
    name = f"{'' if integration.sdk else 'Optimized'}{service}{shape.name[:1].upper()}{shape.name[1:]}"
    if name in classes:
        return name
    classes[name] = ""  # its place: before what it holds
    needed, optional = [], []
    for member, part in shape.members.items():
        key = integration.key(member)
        if keyword.iskeyword(key):
            continue
        kind = _result(part, integration, classes, (*inside, shape.name))
        if member in shape.required:
            needed.append(f"    {key}: {kind}")
        else:
            optional.append(f"    {key}: {kind} | None = None")
    doc = f'    """{shape.name} of `{integration.service}`."""'
    classes[name] = "\n".join(["@dataclass(frozen=True)", f"class {name}:", doc, "", *needed, *optional])
    return name


def _result(shape: Shape, integration: Integration, classes: dict[str, str], inside: tuple[str, ...]) -> str:
    if shape.is_document or shape.name in inside:
        return "Any"
    match shape.type:
        case "structure" if shape.members:
            return _class(shape, integration, classes, inside)
        case "list":
            return f"list[{_result(shape.element, integration, classes, inside)}]"
        case "map":
            return f"dict[str, {_result(shape.element, integration, classes, inside)}]"
        case "boolean":
            return "bool"
        case "integer" | "long":
            return "int"
        case "float" | "double":
            return "float"
        case "timestamp":
            return "datetime"
        case "string":
            return "str"
    return "Any"
