"""From ASL to compiled states: the definition is read once, and everything that can be prepared is.

https://states-language.net/ and https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from typing import Any

from simulator.jsonata import rules as jsonata_rules
from simulator.jsonata.dialect import JsonataDialect
from simulator.jsonpath import rules as jsonpath_rules
from simulator.jsonpath.dialect import JsonPathDialect
from simulator.states.base import Dialect, State
from simulator.states.choice import Choice
from simulator.states.distributed import DistributedMap
from simulator.states.fail import Fail
from simulator.states.map import Map
from simulator.states.parallel import Parallel
from simulator.states.pass_ import Pass
from simulator.states.succeed import Succeed
from simulator.states.task import Task
from simulator.states.wait import Wait
from simulator.validation import InvalidDefinition, problems
from simulator.values import Value, load


class Chart:
    """A collection of states with a start: the whole machine, a branch, or a Map's processor."""

    def __init__(self, start_at: str, states: dict[str, State]) -> None:
        self.start_at, self.states = start_at, states


class Machine:
    """A compiled definition."""

    def __init__(self, definition: dict[str, Any], chart: Chart) -> None:
        self.definition, self.chart = definition, chart
        self.timeout_seconds: float | None = definition.get("TimeoutSeconds")


def compile_machine(
    definition: dict[str, Any] | str | bytes, *, validate: bool = True, express: bool = False
) -> Machine:
    """Compile a definition (a dict, or its JSON text). `express`: refuse what Express workflows do not support.

    Raises InvalidDefinition, with every problem found, for what AWS would refuse to create.
    """
    if isinstance(definition, str | bytes):
        try:
            definition = load(definition)
        except ValueError as error:
            raise InvalidDefinition.of("INVALID_JSON_DESCRIPTION", f"{error}", "/") from None
    if validate:
        found = [problem for problem in problems(definition, express=express) if problem.severity == "ERROR"]
        if found:
            raise InvalidDefinition(found)
    assert isinstance(definition, dict)  # noqa: S101 - validated
    return Machine(definition, _chart(definition, definition.get("QueryLanguage", "JSONPath")))


def _chart(spec: dict[str, Any], language: str) -> Chart:
    states = {name: _state(name, state, language) for name, state in spec["States"].items()}
    return Chart(spec["StartAt"], states)


def _state(name: str, spec: dict[str, Any], inherited: str) -> State:
    language = spec.get("QueryLanguage", inherited)
    dialect: Dialect = JsonataDialect(spec) if language == "JSONata" else JsonPathDialect(spec)
    kind = spec["Type"]
    if kind == "Choice":
        compile_rules = jsonata_rules.compile_rules if language == "JSONata" else jsonpath_rules.compile_rules
        return Choice(name, spec, dialect, compile_rules(spec["Choices"], spec))
    if kind == "Parallel":
        return Parallel(
            name, spec, dialect, [_chart(branch, _default(branch, inherited)) for branch in spec["Branches"]]
        )
    if kind == "Map":
        processor = spec.get("ItemProcessor") or spec["Iterator"]
        distributed = processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED"
        made = DistributedMap if distributed else Map
        return made(name, spec, dialect, _chart(processor, _default(processor, inherited)))
    return _SIMPLE[kind](name, spec, dialect)


def _default(spec: Value, inherited: str) -> str:
    """The query language of nested states that name none: the machine's, whatever the Map or Parallel says."""
    return str(spec.get("QueryLanguage", inherited))


_SIMPLE: dict[str, type[State]] = {"Pass": Pass, "Task": Task, "Wait": Wait, "Succeed": Succeed, "Fail": Fail}
