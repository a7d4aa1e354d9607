"""Variables: read only where they are assigned, on every path that leads there.

A value assigned in a state can be read by the states after it, and by those inside them. States inside a Parallel or
Map cannot assign a name of outside; those of a Distributed Map cannot even read it.
https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..diagnostics import did_you_mean
from . import jsonata
from .charts import Chart, State
from .document import Path
from .findings import Findings
from .flow import targets
from .queries import Read, reads

_NAME = re.compile(r"[^\W\d]\w{0,79}")


@dataclass(frozen=True)
class _Outside:
    """What an inner chart knows: names that may be assigned, and those that surely are, outside."""

    maybe: frozenset[str] = frozenset()
    surely: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    """Names of outside that a Distributed Map hides."""


def check(machine: Chart, found: Findings) -> None:
    """All expressions and variables of a whole definition."""
    _chart(machine, _Outside(), found)


def _chart(chart: Chart, outside: _Outside, found: Findings) -> None:
    if chart.distributed:
        outside = _Outside(hidden=outside.maybe | outside.hidden)
    own: set[str] = set()
    for state in chart.states.values():
        for name, path in _assigned_at(state):
            own.add(name)
            if not _NAME.fullmatch(name) or name == "states":
                what = f"`{name}` can be no variable's name"
                found.key(path, "asl-variable", what, "use up to 80 letters, digits and `_`; `states` is AWS's own")
            elif name in outside.maybe:
                what = f"`{name}` is a variable of outside, which states in here cannot assign"
                found.key(path, "asl-variable", what, "use another name, and return the value as the result")
    maybe = outside.maybe | own
    before = _entries(chart, outside.maybe, frozenset.union)
    entry = _entries(chart, outside.surely, frozenset.intersection)
    for state in chart.states.values():
        surely = entry.get(state.name, maybe)  # what is not reached is told elsewhere
        for read in reads(state, found):
            _read(read, maybe, surely, outside, state, found)
        for inner in state.inner:
            known = _Outside(before.get(state.name, maybe), frozenset(surely), outside.hidden)
            _chart(inner, known, found)


def _read(
    read: Read, maybe: frozenset[str], surely: frozenset[str], outside: _Outside, state: State, found: Findings
) -> None:
    span = (read.start, read.start + 1 + len(read.name))
    if read.name in surely:
        return
    if read.name in maybe:
        what = f"`${read.name}` may be unassigned here: not every path to `{state.name}` assigns it"
        found.inside(read.path, span, "asl-variable", what, "assign it before, on all paths", "warning")
    elif read.name in outside.hidden:
        what = f"`${read.name}` is a variable of outside, which states of a Distributed Map cannot read"
        found.inside(read.path, span, "asl-variable", what, "pass it on by ItemSelector")
    elif read.call:
        hint = did_you_mean(read.name, (*jsonata.FUNCTIONS, *maybe)).replace("`", "`$", 1)
        what = f"there is no function `${read.name}`"
        found.inside(read.path, span, "asl-variable", what, hint if hint.startswith("did") else "", "warning")
    else:
        hint = did_you_mean(read.name, maybe)
        hint = hint.replace("it has", "assigned are") if hint else "assign it in a state before"
        found.inside(read.path, span, "asl-variable", f"nothing assigns `${read.name}`", hint, "warning")


Names = frozenset[str]


def _entries(chart: Chart, start: Names, join: Callable[[Names, Names], Names]) -> dict[str, Names]:
    """For each state that is reached, the names assigned when it starts: what the ways to it share, or all of it."""
    first = chart.spec.get("StartAt")
    entry: dict[str, frozenset[str]] = {}
    waiting = [(first, start)] if isinstance(first, str) and first in chart.states else []
    while waiting:
        name, now = waiting.pop()
        known = entry.get(name)
        merged = now if known is None else join(known, now)
        if merged == known:
            continue
        entry[name] = merged
        state = chart.states[name]
        for target, path in targets(state):
            if target in chart.states:
                waiting.append((target, merged | _assigned_on(state, path)))
    return entry


def _assigned_on(state: State, way: Path) -> frozenset[str]:
    """What is assigned when the state is left by this way: the rule's or catcher's own Assign, or the state's."""
    inside = way[len(state.path) :]
    if len(inside) == 3 and inside[0] in ("Choices", "Catch"):
        entry = state.spec[str(inside[0])][int(inside[1])]
        return frozenset(_names(entry.get("Assign")))
    return frozenset(_names(state.spec.get("Assign")))


def _assigned_at(state: State) -> Iterator[tuple[str, Path]]:
    places: list[tuple[Any, Path]] = [(state.spec.get("Assign"), (*state.path, "Assign"))]
    for field in ("Choices", "Catch"):
        entries = state.spec.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                places.append((entry.get("Assign"), (*state.path, field, index, "Assign")))
    for assign, path in places:
        for key in assign if isinstance(assign, dict) else ():
            yield key.removesuffix(".$") if state.language == "JSONPath" else key, (*path, key)


def _names(assign: Any) -> Iterator[str]:
    for key in assign if isinstance(assign, dict) else ():
        yield key.removesuffix(".$")
