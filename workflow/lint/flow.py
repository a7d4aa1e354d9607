"""How states lead to each other: targets that exist, states that are reached, an end that can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics import did_you_mean
from .charts import Chart, State
from .document import Path
from .findings import Findings


def check(machine: Chart, found: Findings) -> None:
    """All checks of this module, of a whole definition."""
    for chart in machine.walk():
        if chart.states:
            _chart(chart, found)


def targets(state: State) -> Iterator[tuple[str, Path]]:
    """The names of the states that may come next, and where each is written; catch targets last."""
    spec = state.spec
    own = ("Default",) if state.type == "Choice" else ("Next",)
    for index, rule in enumerate(_list(spec.get("Choices"))):
        if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
            yield rule["Next"], (*state.path, "Choices", index, "Next")
    for field in own:
        if isinstance(spec.get(field), str):
            yield spec[field], (*state.path, field)
    for index, catcher in enumerate(_list(spec.get("Catch"))):
        if isinstance(catcher, dict) and isinstance(catcher.get("Next"), str):
            yield catcher["Next"], (*state.path, "Catch", index, "Next")


def ends(state: State) -> bool:
    """Whether the chart may end here."""
    return state.type in ("Succeed", "Fail") or state.spec.get("End") is True


def _may_end(state: State) -> bool:
    """Whether it ends, or leads nowhere by a mistake that is told elsewhere."""
    return ends(state) or not any(targets(state))


def _chart(chart: Chart, found: Findings) -> None:
    start = chart.spec.get("StartAt")
    if isinstance(start, str) and start not in chart.states:
        hint = did_you_mean(start, chart.states)
        found.value((*chart.path, "StartAt"), "asl-target", f"StartAt names `{start}`, which is no state here", hint)
        return
    whole = True
    for state in chart.states.values():
        for target, path in targets(state):
            if target not in chart.states:
                whole = False
                hint = did_you_mean(target, chart.states)
                what = f"`{state.name}` leads to `{target}`, which is no state of the same collection"
                found.value(path, "asl-target", what, hint)
    if not isinstance(start, str) or not whole:
        return  # what is reached is not known
    reached = _reached(start, chart)
    named = {start, *(target for state in chart.states.values() for target, _ in targets(state))}
    for name, state in chart.states.items():
        if name not in named:
            found.key(state.path, "asl-unreachable", f"nothing leads to `{name}`", "remove it, or name it in a Next")
        elif name not in reached:
            what = f"`{name}` is never reached: only states that are not reached lead to it"
            found.key(state.path, "asl-unreachable", what, "remove them, or name one in a Next", "warning")
    if not any(_may_end(chart.states[name]) for name in reached):
        what = "no state that is reached ends this collection"
        path = (*chart.path, "States")
        found.key(path, "asl-end", what, 'write "End": true in one, or a Succeed or Fail')


def _reached(start: str, chart: Chart) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in chart.states and name not in reached:
            reached.add(name)
            waiting += [target for target, _ in targets(chart.states[name])]
    return reached


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
