"""Every expression and path of a state: syntax checked, `$states` where it exists, and the variables that are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..diagnostics import did_you_mean
from . import jsonata, jsonpath
from .charts import State
from .document import Path
from .findings import Findings
from .structure import is_expression

JSONATA_FIELDS = (
    "Arguments", "Output", "Assign", "Items", "Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "Error",
    "Cause", "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage", "ItemSelector", "ItemBatcher",
    "ItemReader", "ResultWriter", "Credentials",
)  # fmt: skip
"""Fields of a state in which JSONata stands."""
PATH_FIELDS = (
    "InputPath", "OutputPath", "ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "ErrorPath",
    "CausePath", "HeartbeatSecondsPath", "MaxConcurrencyPath", "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
)  # fmt: skip
TEMPLATE_FIELDS = (
    "Parameters", "ResultSelector", "ItemSelector", "Assign", "ItemReader", "ItemBatcher", "ResultWriter",
    "Credentials",
)  # fmt: skip
"""Fields of JSONPath whose keys may end in `.$`."""


@dataclass(frozen=True)
class Read:
    """A variable that a state reads, and where."""

    name: str
    path: Path
    start: int
    call: bool = False
    """As a function."""


def reads(state: State, found: Findings) -> list[Read]:
    """Check the expressions of a state. Returns the variables that it reads."""
    walk = _jsonata if state.language == "JSONata" else _jsonpath
    return list(walk(state, found))


# ---------------------------------------------------------------- JSONata


def _jsonata(state: State, found: Findings) -> Iterator[Read]:
    spec = state.spec
    works = state.type in ("Task", "Parallel", "Map")
    for name in JSONATA_FIELDS:
        if name in spec:
            has = ("input", "context", *(("result",) if works and name in ("Output", "Assign") else ()))
            yield from _texts(spec[name], (*state.path, name), has, found)
    for field, extra in (("Choices", ()), ("Catch", ("errorOutput",))):
        entries = spec.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            for name in ("Condition", "Output", "Assign"):
                if isinstance(entry, dict) and name in entry:
                    path = (*state.path, field, index, name)
                    yield from _texts(entry[name], path, ("input", "context", *extra), found)


def _texts(value: Any, path: Path, has: tuple[str, ...], found: Findings) -> Iterator[Read]:
    """All expressions in a value. `has`: the fields of `$states` there."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith(".$") and isinstance(inner, str):
                what = f"`{key}` is JSONPath's way: in JSONata the key keeps its `.$`"
                instead = f'write "{key[:-2]}": "{{% ... %}}"'
                found.key((*path, key), "asl-language", what, instead, "warning")
            yield from _texts(inner, (*path, key), has, found)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index), has, found)
    elif isinstance(value, str):
        if is_expression(value):
            yield from _expression(value, path, has, found)
        elif value.startswith("{%") or value.endswith("%}"):
            what = "this text is no expression: `{%` and `%}` must be its first and last characters"
            found.value(path, "asl-jsonata", what, "complete or remove them", "warning")


def _expression(value: str, path: Path, has: tuple[str, ...], found: Findings) -> Iterator[Read]:
    parsed = jsonata.parse(value[2:-2])
    if parsed.wrong is not None:
        wrong = parsed.wrong
        found.inside(path, (wrong.start + 2, wrong.end + 2), "asl-jsonata", f"this is no JSONata: {wrong.what}")
    for variable in parsed.variables:
        span = (variable.start + 2, variable.start + 3 + len(variable.name))
        if variable.name == "states":
            _of_states(variable.field, path, span, has, found)
        elif variable.name in jsonata.ABSENT:
            what = f"Step Functions has no `${variable.name}`"
            found.inside(path, span, "asl-jsonata", what, jsonata.ABSENT[variable.name])
        elif variable.name not in jsonata.FUNCTIONS:
            yield Read(variable.name, path, variable.start + 2, variable.call)


def _of_states(field: str | None, path: Path, span: tuple[int, int], has: tuple[str, ...], found: Findings) -> None:
    if field is None or field in has:
        return
    span = (span[0], span[1] + 1 + len(field))
    if field in jsonata.STATES:
        where = {
            "result": "in Output and Assign of a Task, Parallel or Map",
            "errorOutput": "in Output and Assign of a catcher",
        }[field]
        found.inside(path, span, "asl-jsonata", f"`$states.{field}` exists {where} only", "read `$states.input`")
    else:
        hint = did_you_mean(field, jsonata.STATES)
        found.inside(path, span, "asl-jsonata", f"`$states` has no `{field}`", hint)


# ---------------------------------------------------------------- JSONPath


def _jsonpath(state: State, found: Findings) -> Iterator[Read]:
    spec = state.spec
    for name in PATH_FIELDS:
        if isinstance(spec.get(name), str):
            yield from _checked(jsonpath.path_or_function, spec[name], (*state.path, name), found)
    if isinstance(spec.get("ResultPath"), str):
        yield from _checked(jsonpath.reference, spec["ResultPath"], (*state.path, "ResultPath"), found)
    for name in TEMPLATE_FIELDS:
        if name in spec:
            yield from _template(spec[name], (*state.path, name), found)
    entries = spec.get("Catch")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            path = (*state.path, "Catch", index)
            if isinstance(entry.get("ResultPath"), str):
                yield from _checked(jsonpath.reference, entry["ResultPath"], (*path, "ResultPath"), found)
            yield from _template(entry.get("Assign"), (*path, "Assign"), found)
    rules = spec.get("Choices")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        yield from _rule(rule, (*state.path, "Choices", index), found)


def _rule(rule: Any, path: Path, found: Findings) -> Iterator[Read]:
    if not isinstance(rule, dict):
        return
    for name, value in rule.items():
        if name == "Variable" or (name.endswith("Path") and isinstance(value, str)):
            if isinstance(value, str):
                yield from _checked(jsonpath.path, value, (*path, name), found)
        elif name == "Not":
            yield from _rule(value, (*path, name), found)
        elif name in ("And", "Or") and isinstance(value, list):
            for index, part in enumerate(value):
                yield from _rule(part, (*path, name, index), found)
        elif name == "Assign":
            yield from _template(value, (*path, name), found)


def _template(value: Any, path: Path, found: Findings) -> Iterator[Read]:
    if isinstance(value, dict):
        for key, inner in value.items():
            here = (*path, key)
            if not key.endswith(".$"):
                if isinstance(inner, str) and inner.startswith(("$.", "$$.", "States.")) and inner != "$.":
                    what = f"`{inner}` is passed on as this text, not as what it reads"
                    found.value(here, "asl-jsonpath", what, f'write "{key}.$"', "warning")
                elif isinstance(inner, str) and is_expression(inner):
                    what = "this JSONata is passed on as text: the state is written in JSONPath"
                    found.value(here, "asl-language", what, 'write "QueryLanguage": "JSONata" in the state', "warning")
                yield from _template(inner, here, found)
            elif isinstance(inner, str):
                yield from _checked(jsonpath.template, inner, here, found)
            else:
                found.value(
                    here, "asl-jsonpath", f"the value of `{key}` is no text", "write a path or an intrinsic function"
                )
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _template(inner, (*path, index), found)


def _checked(check: Callable[[str], jsonpath.Read], text: str, path: Path, found: Findings) -> Iterator[Read]:
    try:
        read = check(text)
    except jsonpath.BadPath as bad:
        page = "asl-jsonpath"
        found.inside(path, (bad.start, max(bad.end, bad.start + 1)), page, f"`{text}`: {bad.what}", bad.instead)
        return
    for name, start in read.variables:
        yield Read(name, path, start)
