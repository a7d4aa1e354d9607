"""States and transitions read from a definition: what every picture draws.

A definition is read, not checked: what is no state or names no target is left out.
https://states-language.net/#transition
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["next", "rule", "default", "catch"]


@dataclass(frozen=True)
class Transition:
    """A way from one state to another of the same chart. `label` is a condition or error names, else empty."""

    source: str
    target: str
    kind: Kind
    label: str = ""


@dataclass(frozen=True)
class Step:
    """A state: its type, what a Task calls, the branches inside, and whether the chart may end here."""

    name: str
    type: str
    detail: str
    ends: bool
    transitions: tuple[Transition, ...]
    inner: tuple[Chart, ...]


@dataclass(frozen=True)
class Chart:
    """States among which transitions lead: a whole definition, a branch or a Map's processor."""

    start: str
    steps: tuple[Step, ...]

    def walk(self) -> Iterator[Step]:
        """Every state, those of inner charts after the state that holds them."""
        for step in self.steps:
            yield step
            for inner in step.inner:
                yield from inner.walk()


def chart(definition: dict[str, Any]) -> Chart:
    """The states of a definition, a branch or a processor, in the order in which they are written."""
    states = definition.get("States")
    named = states.items() if isinstance(states, dict) else ()
    steps = tuple(_step(name, state) for name, state in named if isinstance(state, dict))
    return Chart(str(definition.get("StartAt", "")), steps)


def _step(name: str, state: dict[str, Any]) -> Step:
    kind = str(state.get("Type", "?"))
    inner = [b for b in _list(state.get("Branches")) if isinstance(b, dict)]
    inner += [state[f] for f in ("ItemProcessor", "Iterator") if isinstance(state.get(f), dict)]
    return Step(
        name,
        kind,
        _detail(kind, state),
        kind in ("Succeed", "Fail") or state.get("End") is True,
        tuple(_transitions(name, state)),
        tuple(chart(one) for one in inner),
    )


def _transitions(name: str, state: dict[str, Any]) -> Iterator[Transition]:
    for rule in _list(state.get("Choices")):
        if isinstance(rule, dict) and isinstance(rule.get("Next"), str):
            yield Transition(name, rule["Next"], "rule", condition(rule))
    if isinstance(state.get("Default"), str):
        yield Transition(name, state["Default"], "default")
    if isinstance(state.get("Next"), str) and state.get("Type") != "Choice":
        yield Transition(name, state["Next"], "next")
    for catcher in _list(state.get("Catch")):
        if isinstance(catcher, dict) and isinstance(catcher.get("Next"), str):
            errors = ", ".join(str(e) for e in _list(catcher.get("ErrorEquals")))
            yield Transition(name, catcher["Next"], "catch", errors)


def condition(rule: dict[str, Any]) -> str:
    """A Choice rule in one line: the JSONata, or the JSONPath comparison as it is read."""
    if "Condition" in rule:
        return str(rule["Condition"]).removeprefix("{%").removesuffix("%}").strip()
    for word, joint in (("And", " and "), ("Or", " or ")):
        if isinstance(rule.get(word), list):
            return joint.join(f"({condition(r)})" for r in rule[word] if isinstance(r, dict))
    if isinstance(rule.get("Not"), dict):
        return f"not ({condition(rule['Not'])})"
    tests = [f"{key} {value}" for key, value in rule.items() if key not in ("Variable", "Next", "Comment", "Assign")]
    return " ".join([str(rule.get("Variable", "")), *tests]).strip()


def _detail(kind: str, state: dict[str, Any]) -> str:
    """What a Task calls, how long a Wait waits, what a Fail says."""
    if kind == "Task":
        resource = str(state.get("Resource", ""))
        return resource.split(":", 5)[5] if resource.count(":") >= 5 else resource
    if kind == "Wait":
        fields = ("Seconds", "Timestamp", "SecondsPath", "TimestampPath")
        return next((f"{f} {_short(state[f])}" for f in fields if f in state), "")
    if kind == "Fail":
        return str(state.get("Error", ""))
    return ""


def _short(value: Any) -> str:
    return str(value).removeprefix("{%").removesuffix("%}").strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
