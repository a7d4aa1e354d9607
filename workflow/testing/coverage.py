"""Coverage: which states, transitions, choice rules, catchers and retriers of workflows the runs went through.

    with measured() as coverage:
        run(telemetry, ...)
    assert coverage.missing() == []

A pytest session measures with `--workflow-cov`; runs cost nothing more where nobody measures.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakKeyDictionary

from simulator.definition import Chart, Machine
from simulator.errors import matches
from simulator.states.choice import Choice, Test

from ..definition import Workflow
from ..policies import Retrier
from ..states.choice import Decision
from ..states.working import Service, Working, all_retriers
from . import program as programs
from .program import Program
from .result import Result

Kind = Literal["state", "transition", "rule", "catcher", "retrier"]
KINDS: tuple[Kind, ...] = ("state", "transition", "rule", "catcher", "retrier")
END = "(end)"


@dataclass(frozen=True, order=True)
class Element:
    """One thing that can be covered."""

    kind: Kind
    state: str
    detail: str = ""
    """Where a transition goes; the number of a rule, catcher or retrier, `otherwise` for a Choice's default."""
    said: str = field(default="", compare=False)
    """What else is to be said of it: its errors, its condition."""
    place: str = field(default="", compare=False)
    """Where the user wrote it."""

    def __str__(self) -> str:
        shown = f"{self.state} > {self.detail}" if self.kind == "transition" else self.state
        said = f": {self.said}" if self.said else ""
        return f"{self.kind} {shown}{said}{f'  {self.place}' if self.place else ''}"


@dataclass
class Covered:
    """One workflow: what there is to cover, and what was."""

    name: str
    elements: dict[Element, Element]
    hits: set[Element] = field(default_factory=set)

    def missing(self) -> list[Element]:
        """What no run went through, in the order of the definition."""
        return [element for element in self.elements if element not in self.hits]

    def count(self, *kinds: Kind) -> tuple[int, int]:
        """How many elements of some kinds (of all) were gone through, and how many there are."""
        of = [e for e in self.elements if not kinds or e.kind in kinds]
        return sum(e in self.hits for e in of), len(of)


class Coverage:
    """What runs went through, by workflow. `only`: the names of workflows to look at; all that run where empty."""

    def __init__(self, only: frozenset[str] = frozenset()) -> None:
        self.workflows: dict[str, Covered] = {}
        self._only = only

    def expect(self, workflow: Workflow[Any, Any]) -> None:
        """Count a workflow even if nothing runs it."""
        self.of(programs.program(workflow, {}, workflow.place))

    def of(self, what: Program) -> Covered | None:
        """The workflow's coverage so far; None for one that is not looked at, and for parts that are no workflow's."""
        whole = what.whole or what
        if (self._only and whole.name not in self._only) or (whole.workflow is None and whole.graph is not None):
            return None
        key = _key(whole)
        if key not in self.workflows:
            self.workflows[key] = Covered(whole.name, {element: element for element in elements(whole)})
        return self.workflows[key]

    def note(self, what: Program, result: Result[Any]) -> None:
        """Count what an execution went through. Executions of AWS count as well: see `recorded`."""
        covered = self.of(what)
        if covered is not None:
            covered.hits |= {e for e in went_through(what, result) if e in covered.elements}

    def missing(self) -> list[str]:
        """What no run went through, readable."""
        return [f"{c.name}: {element}" for c in self.workflows.values() for element in c.missing()]

    @property
    def percent(self) -> float:
        """How much of all was gone through; 100.0 where there is nothing."""
        counts = [c.count() for c in self.workflows.values()]
        total = sum(of for _, of in counts)
        return 100.0 * sum(hit for hit, _ in counts) / total if total else 100.0

    def dump(self) -> dict[str, Any]:
        """JSON data, for another process; `merge` takes it."""
        return {
            key: {
                "name": c.name,
                "elements": [[e.kind, e.state, e.detail, e.said, e.place, e in c.hits] for e in c.elements],
            }
            for key, c in self.workflows.items()
        }

    def merge(self, dumped: Mapping[str, Any]) -> None:
        """Add what another process measured."""
        for key, data in dumped.items():
            made = {Element(*fields[:5]): fields[5] for fields in data["elements"]}
            covered = self.workflows.setdefault(key, Covered(data["name"], {e: e for e in made}))
            covered.hits |= {e for e, hit in made.items() if hit and e in covered.elements}


_active: list[Coverage] = []
_held: WeakKeyDictionary[Machine, Counter[tuple[str, str]]] = WeakKeyDictionary()


def start(coverage: Coverage) -> None:
    """Measure every run from now on."""
    _active.append(coverage)


def stop(coverage: Coverage) -> None:
    """Measure no more."""
    _active.remove(coverage)


@contextmanager
def measured() -> Iterator[Coverage]:
    """Measure the runs inside."""
    coverage = Coverage()
    start(coverage)
    try:
        yield coverage
    finally:
        stop(coverage)


def watch(what: Program) -> None:
    """Have a program's Choices tell which rule held; called before each run, and does nothing where nobody measures."""
    if _active and what.machine not in _held:
        counts: Counter[tuple[str, str]] = Counter()
        _held[what.machine] = counts
        _listen(what.machine.chart, counts)


def note(what: Program, result: Callable[[], Result[Any]]) -> None:
    """Count an execution that ended."""
    if _active:
        ended = result()
        for coverage in _active:
            coverage.note(what, ended)
        _held.get(what.machine, Counter()).clear()


def _listen(chart: Chart, counts: Counter[tuple[str, str]]) -> None:
    for state in chart.states.values():
        for inner in (*getattr(state, "branches", ()), *filter(None, (getattr(state, "processor", None),))):
            _listen(inner, counts)
        if isinstance(state, Choice):
            last = len(state.rules) - 1
            state.rules = [
                (_telling(test, state.name, i, i == last, counts), target, own)
                for i, (test, target, own) in enumerate(state.rules)
            ]


def _telling(test: Test, name: str, index: int, last: bool, counts: Counter[tuple[str, str]]) -> Test:
    """A rule's test that tells when it holds; the last one also when none did."""

    def told(strand: Any, raw: Any, effective: Any) -> bool:
        holds = test(strand, raw, effective)
        if holds:
            counts[name, str(index)] += 1
        elif last:
            counts[name, "otherwise"] += 1
        return holds

    return told


# ---------------------------------------------------------------- what there is


def elements(what: Program) -> Iterator[Element]:
    """Everything of a definition that can be covered. Of a workflow's retriers only those that its author wrote."""
    for name, state in what.states.items():
        yield Element("state", name, place=_place(what, name))
        for target in dict.fromkeys(programs.targets(state)):
            yield Element("transition", name, target)
        if state.get("End"):
            yield Element("transition", name, END)
        for i, rule in enumerate(state.get("Choices", ())):
            said = str(rule.get("Condition", f"rule {i + 1}"))
            yield Element(
                "rule", name, str(i), said[3:-3] if said.startswith("{%") else said, _rule_place(what, name, i)
            )
        if "Default" in state:
            yield Element("rule", name, "otherwise", "otherwise")
        for i, catcher in enumerate(state.get("Catch", ())):
            yield Element("catcher", name, str(i), ", ".join(catcher["ErrorEquals"]), _catcher_place(what, name, i))
        own = _retriers(what, name)
        for i, retrier in enumerate(state.get("Retry", ())):
            if own is None or own[i].place is not None:
                place = str(own[i].place) if own is not None else ""
                yield Element("retrier", name, str(i), _few(retrier["ErrorEquals"]), place)


def _retriers(what: Program, name: str) -> tuple[Retrier, ...] | None:
    vertex = what.vertices.get(name)
    state = vertex.state if vertex is not None else None
    if isinstance(state, Service):
        return all_retriers(state)
    return state.retriers if isinstance(state, Working) else None


def _place(what: Program, name: str) -> str:
    vertex = what.vertices.get(name)
    return str(vertex.state.place) if vertex is not None else ""


def _rule_place(what: Program, name: str, index: int) -> str:
    vertex = what.vertices.get(name)
    state = vertex.state if vertex is not None else None
    return str(state.rules[index].place) if isinstance(state, Decision) else ""


def _catcher_place(what: Program, name: str, index: int) -> str:
    vertex = what.vertices.get(name)
    return str(vertex.catches[index][0].place) if vertex is not None else ""


def _few(names: list[str]) -> str:
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


# ---------------------------------------------------------------- what was gone through


def went_through(what: Program, result: Result[Any]) -> Iterator[Element]:
    """Everything that an execution went through."""
    states = (what.whole or what).states
    for visit in result.visits:
        state = states.get(visit.name)
        if state is None:
            continue
        yield Element("state", visit.name)
        if visit.exited is not None and (visit.following is not None or state.get("End")):
            yield Element("transition", visit.name, visit.following or END)
        for attempt in visit.attempts[:-1]:
            for index in _first(state.get("Retry", ()), attempt.error):
                yield Element("retrier", visit.name, str(index))
        if visit.caught:
            led = [i for i, c in enumerate(state.get("Catch", ())) if c["Next"] == visit.following]
            for index in led if len(led) == 1 else _first(state.get("Catch", ()), visit.error):
                yield Element("catcher", visit.name, str(index))
    yield from _rules(what, states, result)


def _first(entries: Any, error: str | None) -> Iterator[int]:
    """The first retrier or catcher that covers an error; the only one there is for an error that is not known."""
    if error is None:
        yield from range(len(entries) if len(entries) == 1 else 0)
        return
    found = (i for i, entry in enumerate(entries) if matches(entry["ErrorEquals"], error))
    yield from (index for index in [next(found, None)] if index is not None)


def _rules(what: Program, states: Mapping[str, Any], result: Result[Any]) -> Iterator[Element]:
    """Rules that held: as the Choices told, or, in a recording, by where they led, where only one leads there."""
    told = _held.get(what.machine)
    if told:
        yield from (Element("rule", name, index) for name, index in told)
        return
    for visit in result.visits:
        state = states.get(visit.name, {})
        leads = [str(i) for i, rule in enumerate(state.get("Choices", ())) if rule["Next"] == visit.following]
        leads += ["otherwise"] if "Choices" in state and state.get("Default") == visit.following else []
        if visit.following is not None and len(leads) == 1:
            yield Element("rule", visit.name, leads[0])


def _key(what: Program) -> str:
    if what.workflow is not None:
        return f"{what.name} ({what.workflow.place})"
    return f"{what.name}#{hashlib.sha256(json.dumps(what.definition).encode()).hexdigest()[:12]}"
