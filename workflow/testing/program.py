"""What is run: a workflow, a part of one, or a plain definition, as one thing with a compiled machine.

Second stage of testing: what the DSL knows of a state (its handler, its types, its place) is looked up here by name.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from simulator import Machine, compile_machine

from .. import asl
from ..definition import Workflow, WorkflowWarning
from ..diagnostics import Place, Problem, WorkflowError, did_you_mean
from ..expressions import kinds
from ..graph import Graph, Vertex, build
from ..resources import Function, Readable
from ..states.base import Part
from ..states.parallel import branch_result
from ..states.working import Service
from .memory import bound

Definition = Mapping[str, Any]
Plain = Definition | str | os.PathLike[str]
"""A plain definition: JSON as data or as text, or the path of its file."""

GIVEN = "(variables given)"
"""The state that a part of a workflow begins with, if it is given variables; left out of what is shown."""


@dataclass(frozen=True, eq=False)
class Program:
    """A definition to run, and what is known of its states."""

    name: str
    definition: dict[str, Any]
    express: bool = False
    graph: Graph | None = None
    workflow: Workflow[Any, Any] | None = None
    gives: kinds.Kind | None = None
    bindings: Mapping[str, str] = field(default_factory=dict)
    whole: Program | None = None
    """The program that this is a part of."""

    @cached_property
    def machine(self) -> Machine:
        """Compiled, once. Raises InvalidDefinition."""
        return compile_machine(self.definition, express=self.express)

    @cached_property
    def states(self) -> dict[str, dict[str, Any]]:
        """Every state of the definition by its name, inner ones included."""
        return dict(walk(self.definition))

    @cached_property
    def ends(self) -> dict[str, str]:
        """The errors of Fail states whose names are constants."""
        fails = {n: s.get("Error") for n, s in (self.whole or self).states.items() if s["Type"] == "Fail"}
        return {n: e for n, e in fails.items() if isinstance(e, str) and not e.startswith("{%")}

    @cached_property
    def vertices(self) -> dict[str, Vertex]:
        """What the DSL knows of each state."""
        return {v.state.name: v for v in self.graph.vertices} if self.graph is not None else {}

    @cached_property
    def services(self) -> dict[str, Service[Any, Any]]:
        """The states of the DSL that call something."""
        return {name: v.state for name, v in self.vertices.items() if isinstance(v.state, Service)}

    @cached_property
    def functions(self) -> dict[str, Callable[..., Any]]:
        """The handlers, by what their symbols are bound to."""
        return {
            bound(f.key, self.bindings): f.fn
            for f in (state.__dict__.get("function") for state in self.services.values())
            if isinstance(f, Function)
        }

    @cached_property
    def tables(self) -> tuple[Readable[Any], ...]:
        """The tables that states name."""
        found = (state.__dict__.get("table") for state in self.services.values())
        return tuple(table for table in found if isinstance(table, Readable))


def walk(definition: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state of a definition with its name, each before those inside it."""
    for name, state in definition["States"].items():
        yield name, state
        for inner in inside(state):
            yield from walk(inner)


def inside(state: Definition) -> list[dict[str, Any]]:
    """The collections of states inside a state: branches, or a processor."""
    processor = state.get("ItemProcessor") or state.get("Iterator")
    return [*state.get("Branches", ()), *([processor] if processor else [])]


_cache: dict[tuple[int, tuple[tuple[str, str], ...]], tuple[object, Program]] = {}


def program(what: object, bindings: Mapping[str, str], place: Place) -> Program:
    """What `what` is: a Workflow, a state or chain, a definition as a dict, JSON text, or a path to a file of it.

    Raises WorkflowError for a chain with problems, InvalidDefinition (when its machine is asked for) for a definition.
    """
    key = (id(what), tuple(sorted(bindings.items())))
    known = _cache.get(key)
    if known is not None and known[0] is what:
        return known[1]
    made = _program(what, bindings, place)
    if len(_cache) > 256:
        _cache.clear()
    _cache[key] = (what, made)
    return made


def _program(what: object, bindings: Mapping[str, str], place: Place) -> Program:
    if isinstance(what, Workflow):
        every = {key: bound(key, bindings) for key in what.symbols}
        with warnings.catch_warnings():
            # Tests make states that stand in no workflow, to run them alone.
            warnings.simplefilter("ignore", WorkflowWarning)
            definition = what.definition(every)
        return Program(what.name, definition, what.kind == "EXPRESS", what.graph, what, what.gives, bindings)
    if isinstance(what, Part):
        graph = build(what)
        if graph.problems:
            raise WorkflowError(dict.fromkeys(graph.problems))
        definition = asl.write(graph.scope, lambda key: bound(key, bindings), timeout=None, comment="")
        return Program(what.name, definition, False, graph, None, branch_result(what, what.takes), bindings)
    if isinstance(what, os.PathLike):
        path = Path(what)
        return Program(path.name.split(".")[0], json.loads(path.read_text(encoding="utf-8")), bindings=bindings)
    if isinstance(what, str):
        return Program("definition", json.loads(what), bindings=bindings)
    if isinstance(what, Mapping):
        return Program("definition", dict(what), bindings=bindings)
    shown = getattr(what, "__name__", None) or repr(what)
    instead = "give a Workflow, a state or chain, or a definition"
    raise WorkflowError([Problem(place, f"{shown} cannot be run", instead, "answer")])


def part(whole: Program, start: str, variables: Mapping[str, Any], place: Place) -> Program:
    """The program that begins at a state: the rest of the states that it stands among. Raises WorkflowError."""
    for chart in _charts(whole.definition):
        if start in chart["States"]:
            states: dict[str, Any] = dict(chart["States"])
            begin = start
            if variables:
                assign = {name: _constant(value) for name, value in variables.items()}
                states[GIVEN] = {"Type": "Pass", "QueryLanguage": "JSONata", "Assign": assign, "Next": start}
                begin = GIVEN
            head: dict[str, Any] = {
                k: whole.definition[k] for k in ("QueryLanguage", "TimeoutSeconds") if k in whole.definition
            }
            definition = {**head, "StartAt": begin, "States": _reached(begin, states)}
            return Program(
                whole.name, definition, whole.express, whole.graph, whole.workflow, None, whole.bindings, whole
            )
    hint = did_you_mean(start, whole.states)
    raise WorkflowError([Problem(place, f"`{whole.name}` has no state `{start}`", hint, "answer")])


def _constant(value: Any) -> Any:
    """A variable's value as a field of a definition; a text that looks like an expression stays a text."""
    if isinstance(value, str) and value.startswith("{%"):
        return "{% " + json.dumps(value) + " %}"
    if isinstance(value, dict):
        return {key: _constant(item) for key, item in value.items()}
    return [_constant(item) for item in value] if isinstance(value, list) else value


def _charts(definition: Definition) -> Iterator[Definition]:
    yield definition
    for _, state in walk(definition):
        yield from inside(state)


def _reached(start: str, states: dict[str, Any]) -> dict[str, Any]:
    """The states that can come after the first: what cannot be reached would be refused."""
    reached: dict[str, Any] = {}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = states[name]
            waiting += targets(states[name])
    return {name: state for name, state in states.items() if name in reached}


def targets(state: Definition) -> list[str]:
    """The names of the states that may follow a state."""
    found = [state.get("Next"), state.get("Default")]
    found += [rule["Next"] for rule in state.get("Choices", ())]
    found += [catcher["Next"] for catcher in state.get("Catch", ())]
    return [name for name in found if name is not None]
