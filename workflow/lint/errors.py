"""Retry and Catch: fields, names of errors, States.ALL alone and last.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import Any

from ..diagnostics import did_you_mean
from ..error_names import HTTP_STATUS, STATES_ERRORS
from .charts import Chart, State
from .document import Path
from .fields import ANYTHING, CATCHER, PATH, RETRIER
from .findings import Findings
from .structure import fields, missing, shown

_OF_JSONPATH = (
    "States.BranchFailed", "States.IntrinsicFailure", "States.NoChoiceMatched", "States.ParameterPathFailure",
    "States.ResultPathMatchFailure",
)  # fmt: skip
"""Names that only definitions in JSONPath meet."""

_KNOWN = tuple(dict.fromkeys((*STATES_ERRORS, *_OF_JSONPATH)))
_NEVER = ("States.Runtime", "States.DataLimitExceeded")
"""Errors that States.ALL does not match, and that a retry does not mend."""


def check(machine: Chart, found: Findings) -> None:
    """All checks of this module, of a whole definition."""
    for chart in machine.walk():
        for state in chart.states.values():
            if state.type in ("Task", "Parallel", "Map"):
                _entries(state, "Retry", found)
                _entries(state, "Catch", found)


def _entries(state: State, field: str, found: Findings) -> None:
    entries = state.spec.get(field)
    seen: dict[str, int] = {}
    what = "a retrier" if field == "Retry" else "a catcher"
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        path = (*state.path, field, index)
        if not isinstance(entry, dict):
            found.value(path, "asl-retry", f"{what} is {shown(entry)}", "give an object")
            continue
        _fields(entry, path, state, field, what, found)
        names = entry.get("ErrorEquals")
        if not isinstance(names, list):
            continue
        _names(names, path, field, found)
        if "States.ALL" in names:
            if len(names) > 1:
                instead = "leave out the others, which it includes"
                found.value((*path, "ErrorEquals"), "asl-retry", f'"States.ALL" must stand alone in {what}', instead)
            if isinstance(entries, list) and index != len(entries) - 1:
                text = f'{what} of "States.ALL" stands before another, which is never asked'
                found.value((*path, "ErrorEquals"), "asl-retry", text, "write it last")
        for position, name in enumerate(names):
            if isinstance(name, str) and name in seen and seen[name] != index:
                text = f'"{name}" is named by an earlier entry, which comes first'
                found.value((*path, "ErrorEquals", position), "asl-retry", text, "remove one", "warning")
            elif isinstance(name, str):
                seen[name] = index


def _fields(entry: dict[str, Any], path: Path, state: State, field: str, what: str, found: Findings) -> None:
    known = RETRIER
    if field == "Catch":
        jsonata = state.language == "JSONata"
        known = {**CATCHER, **({"Output": ANYTHING} if jsonata else {"ResultPath": PATH})}
        foreign = "ResultPath" if jsonata else "Output"
        if foreign in entry:
            other = "JSONPath" if jsonata else "JSONata"
            text = f"`{foreign}` belongs to {other}, but `{state.name}` is written in {state.language}"
            found.key((*path, foreign), "asl-language", text, f"write `{'Output' if jsonata else 'ResultPath'}`")
            entry = {name: value for name, value in entry.items() if name != foreign}
    fields(entry, path, known, what, found)
    missing(entry, path, ("ErrorEquals", "Next") if field == "Catch" else ("ErrorEquals",), what, found)
    jitter = entry.get("JitterStrategy")
    if isinstance(jitter, str) and jitter not in ("FULL", "NONE"):
        found.value(
            (*path, "JitterStrategy"), "asl-retry", f'there is no JitterStrategy "{jitter}"', "it is FULL or NONE"
        )
    delay, interval = entry.get("MaxDelaySeconds"), entry.get("IntervalSeconds", 1)
    if isinstance(delay, int) and isinstance(interval, int) and delay <= interval:
        text = f"MaxDelaySeconds is {delay}, not more than the interval of {interval}"
        found.value((*path, "MaxDelaySeconds"), "asl-retry", text, "give more than IntervalSeconds")


def _names(names: list[Any], path: Path, field: str, found: Findings) -> None:
    if not names:
        found.value((*path, "ErrorEquals"), "asl-retry", "ErrorEquals names no error", 'name one, or "States.ALL"')
    for position, name in enumerate(names):
        here = (*path, "ErrorEquals", position)
        if not isinstance(name, str):
            found.value(here, "asl-retry", f"an error is {shown(name)}", "give its name as a text")
        elif name.startswith("States.") and name not in _KNOWN and not HTTP_STATUS.fullmatch(name):
            text = f"there is no error `{name}`: names with `States.` are AWS's own"
            found.value(here, "asl-retry", text, did_you_mean(name, _KNOWN), "warning")
        elif field == "Retry" and name in _NEVER:
            found.value(here, "asl-retry", f"`{name}` is never retried", "catch it, or prevent it", "warning")
