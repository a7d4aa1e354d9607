"""Structure: which fields stand where, what they hold, names, sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..diagnostics import did_you_mean
from .charts import Chart, State
from .document import Path
from .fields import (
    ANYTHING,
    BATCH_BYTES,
    BOTH,
    BRANCH,
    DEFINITION_BYTES,
    DISTRIBUTED_ONLY,
    EXPRESS_SECONDS,
    FLAG,
    INLINE_AT_ONCE,
    INSTEAD,
    ITEMS,
    JSONATA,
    JSONPATH,
    LABEL_LENGTH,
    LIST,
    NAME_LENGTH,
    OBJECT,
    PATH,
    PROCESSOR,
    REQUIRED,
    TEXT,
    TOP,
    Kind,
    Number,
    article,
)
from .findings import Findings

_SHAPES: dict[str, type[Any] | tuple[type[Any], ...]] = {TEXT: str, FLAG: bool, OBJECT: dict, LIST: list, ITEMS: list}


def check(machine: Chart, found: Findings) -> None:
    """All checks of this module, of a whole definition."""
    size = len(found.document.text.encode())
    if size > DEFINITION_BYTES:
        what = f"the definition has {size:,} bytes; AWS takes {DEFINITION_BYTES:,}"
        found.value((), "asl-limits", what, "move a part into a state machine of its own")
    for path, span in found.document.repeated:
        what = f"the key `{path[-1]}` stands twice in this object; the first is lost"
        place = found.document.place(span)
        found._add(place, "asl-name", what, "rename or remove one", "error")
    fields(machine.spec, (), TOP, "a state machine", found)
    if machine.spec.get("Version") not in (None, "1.0"):
        found.value(("Version",), "asl-field", f"Version is {machine.spec['Version']!r}", 'the only one is "1.0"')
    timeout = machine.spec.get("TimeoutSeconds")
    if found.express and isinstance(timeout, int) and timeout > EXPRESS_SECONDS:
        what = f"an Express workflow ends after {EXPRESS_SECONDS} seconds"
        found.value(("TimeoutSeconds",), "asl-limits", what, "give less, or run it as Standard")
    first: dict[str, Path] = {}
    for chart in machine.walk():
        _chart(chart, found)
        for state in chart.states.values():
            _state(state, found)
            if first.setdefault(state.name, state.path) != state.path:
                what = f"two states are named `{state.name}`"
                instead = "names are unique in the whole definition, branches included: rename one"
                found.key(state.path, "asl-name", what, instead)


def fields(
    spec: Mapping[str, Any], path: Path, known: Mapping[str, Kind], what: str, found: Findings, dynamic: bool = False
) -> None:
    """Unknown fields, and fields of the wrong kind. `dynamic`: JSONata may stand for values."""
    for field, value in spec.items():
        if field not in known:
            hint = did_you_mean(field, known)
            found.key((*path, field), "asl-field", f"{what} has no field `{field}`", hint)
        else:
            _kind((*path, field), value, known[field], found, dynamic)


def _kind(path: Path, value: Any, kind: Kind, found: Findings, dynamic: bool) -> None:
    name = path[-1]
    if dynamic and kind not in (FLAG, OBJECT, LIST) and isinstance(value, str) and is_expression(value):
        return
    if isinstance(kind, Number):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        whole = isinstance(value, int) or not kind.whole
        if not (number and whole and kind.least <= float(value) <= kind.most):
            sort = "a whole number" if kind.whole else "a number"
            what = f"`{name}` is {shown(value)}"
            found.value(path, "asl-limits", what, f"give {sort} from {kind.least:.15g} to {kind.most:.15g}")
    elif kind == PATH:
        if value is not None and not isinstance(value, str):
            found.value(path, "asl-field", f"`{name}` is {shown(value)}", "give a path in JSONPath")
    elif kind != ANYTHING and not isinstance(value, _SHAPES[kind]):
        found.value(path, "asl-field", f"`{name}` is {shown(value)}", f"give {kind}")


def is_expression(value: str) -> bool:
    """Whether a text is evaluated as JSONata: `{%` and `%}` are its very first and last characters."""
    return value.startswith("{%") and value.endswith("%}")


def one_of(said: str, words: tuple[str, ...]) -> str:
    """What to write in place of a word: the one that is meant, or all there are."""
    hint = did_you_mean(said, words)
    return hint if hint.startswith("did") else f"it is {' or '.join(words)}"


def shown(value: Any) -> str:
    """A value in a message, short."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return f'"{value}"' if len(value) < 40 else f'"{value[:36]}..."'
    return str(value)


def _chart(chart: Chart, found: Findings) -> None:
    said = chart.spec.get("QueryLanguage")
    if isinstance(said, str) and said not in ("JSONPath", "JSONata"):
        hint = one_of(said, ("JSONPath", "JSONata"))
        found.value((*chart.path, "QueryLanguage"), "asl-language", f'there is no query language "{said}"', hint)
    if chart.path:
        processor = chart.path[-1] in ("ItemProcessor", "Iterator")
        known = PROCESSOR if processor else BRANCH
        fields(chart.spec, chart.path, known, "a processor" if processor else "a branch", found)
    missing(chart.spec, chart.path, ("StartAt", "States"), "a collection of states", found)
    states = chart.spec.get("States")
    if states == {}:
        found.key((*chart.path, "States"), "asl-field", "there are no states", "write one")
    for name, state in states.items() if isinstance(states, dict) else ():
        path = (*chart.path, "States", name)
        if not isinstance(state, dict):
            found.value(path, "asl-field", f"the state `{name}` is {shown(state)}", "give an object")
        if not 1 <= len(name) <= NAME_LENGTH:
            what = f"the state's name has {len(name)} characters"
            found.key(path, "asl-name", what, f"AWS allows 1 to {NAME_LENGTH}")
        elif not name.isprintable():
            found.key(
                path, "asl-name", f"the state's name {name!r} has characters that cannot be printed", "leave them out"
            )


def missing(spec: Mapping[str, Any], path: Path, names: Iterable[str], what: str, found: Findings) -> None:
    """Fields that must be there; the place is that of the object."""
    for name in names:
        if name not in spec:
            found.key(path, "asl-field", f"{what} needs `{name}`", "add it") if path else found.value(
                path, "asl-field", f"{what} needs `{name}`", "add it"
            )


def _state(state: State, found: Findings) -> None:
    kind, spec = state.type, state.spec
    if kind not in BOTH:
        if "Type" not in spec:
            found.key(state.path, "asl-field", f"`{state.name}` has no Type", f"it is one of {', '.join(BOTH)}")
        elif isinstance(spec["Type"], str):
            hint = did_you_mean(kind, BOTH)
            found.value((*state.path, "Type"), "asl-field", f'there is no type of state "{kind}"', hint)
        else:
            found.value((*state.path, "Type"), "asl-field", f"`Type` is {shown(spec['Type'])}", "give a text")
        return
    _language_of(state, found)
    jsonata = state.language == "JSONata"
    own, foreign = (JSONATA[kind], JSONPATH[kind]) if jsonata else (JSONPATH[kind], JSONATA[kind])
    known = {**BOTH[kind], **own}
    here = {name: value for name, value in spec.items() if name not in foreign or name in known}
    for name in spec:
        if name not in here:
            other = "JSONPath" if jsonata else "JSONata"
            what = f"`{name}` belongs to {other}, but `{state.name}` is written in {state.language}"
            found.key((*state.path, name), "asl-language", what, _translated(name, jsonata))
    fields(here, state.path, known, article(kind), found, jsonata)
    missing(spec, state.path, REQUIRED.get(kind, ()), f"the {kind} `{state.name}`", found)
    _one_of(state, found)
    if kind == "Map":
        _map(state, found)
    if kind == "Task":
        _task(state, found)
    if kind == "Parallel":
        _branches(state, found)


def _translated(name: str, jsonata: bool) -> str:
    if not jsonata:
        return 'write "QueryLanguage": "JSONata" in the state, or the field of JSONPath'
    return INSTEAD.get(name) or f'write `{name.removesuffix("Path")}` with "{{% ... %}}"'


def _language_of(state: State, found: Findings) -> None:
    said = state.spec.get("QueryLanguage")
    path = (*state.path, "QueryLanguage")
    if isinstance(said, str) and said not in ("JSONPath", "JSONata"):
        hint = one_of(said, ("JSONPath", "JSONata"))
        found.value(path, "asl-language", f'there is no query language "{said}"', hint)
    elif said == "JSONPath" and found.document.value.get("QueryLanguage") == "JSONata":
        what = "a state machine written in JSONata has no states in JSONPath"
        found.value(path, "asl-language", what, "write the state in JSONata, or say JSONata in single states only")


def _branches(state: State, found: Findings) -> None:
    branches = state.spec.get("Branches")
    if branches == []:
        found.value((*state.path, "Branches"), "asl-field", f"the Parallel `{state.name}` has no branches", "write one")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if not isinstance(branch, dict):
            path = (*state.path, "Branches", index)
            found.value(path, "asl-field", f"a branch is {shown(branch)}", "give an object with StartAt and States")


def _one_of(state: State, found: Findings) -> None:
    """Next or End, and the groups of fields of which exactly one stands."""
    spec, kind = state.spec, state.type
    if kind not in ("Choice", "Succeed", "Fail"):
        if "Next" in spec and spec.get("End") is True:
            found.key((*state.path, "End"), "asl-target", f"`{state.name}` has both Next and End", "remove one")
        elif "Next" not in spec and spec.get("End") is not True:
            what = f"`{state.name}` leads nowhere and does not end"
            found.key(state.path, "asl-target", what, 'write "Next": "...", or "End": true')
    groups = {"Wait": ("Seconds", "Timestamp", "SecondsPath", "TimestampPath"), "Map": ("ItemProcessor", "Iterator")}
    group = groups.get(kind)
    given = [name for name in group or () if name in spec]
    if group and len(given) != 1:
        what = f"the {kind} `{state.name}` has {' and '.join(given) or 'none of ' + ', '.join(group)}"
        found.key(state.path, "asl-field", what, "it needs exactly one")
    for name in ("Timeout", "Heartbeat") if kind == "Task" else ():
        if f"{name}Seconds" in spec and f"{name}SecondsPath" in spec:
            what = f"`{state.name}` has both {name}Seconds and {name}SecondsPath"
            found.key((*state.path, f"{name}SecondsPath"), "asl-field", what, "remove one")
    for name in ("Error", "Cause") if kind == "Fail" else ():
        if name in spec and f"{name}Path" in spec:
            found.key(
                (*state.path, f"{name}Path"),
                "asl-field",
                f"`{state.name}` has both {name} and {name}Path",
                "remove one",
            )


def _map(state: State, found: Findings) -> None:
    spec = state.spec
    distributed = any(inner.distributed for inner in state.inner)
    for name in DISTRIBUTED_ONLY:
        if name in spec and not distributed:
            what = f"`{name}` belongs to a Distributed Map, but `{state.name}` is an inline one"
            instead = 'write "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"} in its processor'
            found.key((*state.path, name), "asl-field", what, instead)
    label = spec.get("Label")
    if isinstance(label, str) and len(label) > LABEL_LENGTH:
        found.value(
            (*state.path, "Label"), "asl-limits", f"the label has {len(label)} characters", f"AWS allows {LABEL_LENGTH}"
        )
    at_once = spec.get("MaxConcurrency")
    if isinstance(at_once, int) and at_once > INLINE_AT_ONCE and not distributed:
        what = f"AWS runs at most {INLINE_AT_ONCE} items of an inline Map at once, not {at_once}"
        found.value((*state.path, "MaxConcurrency"), "asl-limits", what, "give less, or a Distributed Map", "warning")
    for name in ("ItemProcessor", "Iterator"):
        processor = spec.get(name)
        config = processor.get("ProcessorConfig") if isinstance(processor, dict) else None
        if isinstance(config, dict):
            _processor(config, (*state.path, name, "ProcessorConfig"), found)
    batcher = spec.get("ItemBatcher")
    size = batcher.get("MaxInputBytesPerBatch") if isinstance(batcher, dict) else None
    if isinstance(size, int) and size > BATCH_BYTES:
        path = (*state.path, "ItemBatcher", "MaxInputBytesPerBatch")
        found.value(path, "asl-limits", f"a batch of {size:,} bytes", f"AWS allows {BATCH_BYTES:,}")


def _processor(config: dict[str, Any], path: Path, found: Findings) -> None:
    fields(config, path, {"Mode": TEXT, "ExecutionType": TEXT}, "a ProcessorConfig", found)
    for name, words in (("Mode", ("INLINE", "DISTRIBUTED")), ("ExecutionType", ("STANDARD", "EXPRESS"))):
        said = config.get(name)
        if isinstance(said, str) and said not in words:
            found.value((*path, name), "asl-field", f'there is no {name} "{said}"', one_of(said, words))
    if config.get("Mode") == "DISTRIBUTED":
        missing(config, path, ("ExecutionType",), "a Distributed Map", found)
        if found.express:
            what = "an Express workflow has no Distributed Map"
            found.value((*path, "Mode"), "asl-limits", what, "run it as Standard, or write an inline Map")


def _task(state: State, found: Findings) -> None:
    spec = state.spec
    timeout, beat = spec.get("TimeoutSeconds"), spec.get("HeartbeatSeconds")
    if isinstance(timeout, int) and isinstance(beat, int) and not beat < timeout:
        what = f"a heartbeat of {beat} seconds within a timeout of {timeout}"
        found.value((*state.path, "HeartbeatSeconds"), "asl-limits", what, "give less than the timeout")
    resource = spec.get("Resource")
    if not isinstance(resource, str):
        return
    path = (*state.path, "Resource")
    if not resource.startswith(("arn:", "${")):
        found.value(path, "asl-field", f"the Resource {shown(resource)} is no ARN", "write arn:aws:states:::...")
    waits = next((w for w in (".sync", ".waitForTaskToken", ":activity:") if w in resource), None)
    if found.express and waits:
        what = f"an Express workflow cannot wait for {resource.split(':', 5)[-1]}"
        found.value(path, "asl-limits", what, "run it as Standard, or request a response only")
    elif waits == ".waitForTaskToken" and not any(n in spec for n in _TIMES):
        what = f"`{state.name}` waits for a token, without a timeout: a lost token blocks it for a year"
        found.key(state.path, "asl-limits", what, "write HeartbeatSeconds or TimeoutSeconds", "warning")


_TIMES = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")
