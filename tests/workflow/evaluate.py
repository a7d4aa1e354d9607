"""Evaluates what a definition says: by jsonata-python, by the simulator, and by the reference engine where node is.

See tests/expressions/engines.py for how the reference engine is found.
"""

from __future__ import annotations

import json
from typing import Any

import jsonata

from simulator.jsonata.engine import UNDEFINED, program
from tests.expressions import engines


class Undefined(Exception):
    """An expression gave nothing: Step Functions fails with States.QueryEvaluationError."""


class Setting:
    """Nothing that these expressions ask for."""

    execution = "test"
    now = 0.0


def by_library(code: str, states: dict[str, Any]) -> Any:
    engine = jsonata.Jsonata(code)
    engine.assign("states", states)
    engine.register_lambda("parse", json.loads)
    return json.loads(json.dumps(engine.evaluate(None)))


def by_simulator(code: str, states: dict[str, Any]) -> Any:
    setting: Any = Setting()
    found = program(code).evaluate({"states": states}, setting)
    if found is UNDEFINED:
        raise Undefined(code)
    return found


def by_reference(code: str, states: dict[str, Any]) -> Any:
    # $parse is Step Functions' own; the JSON text of a string is JSONata too
    (found,) = engines.by_reference([(f"($parse := function($json) {{ $eval($json) }}; {code})", states)])
    if isinstance(found, engines.Failed):
        raise Undefined(found.why)
    if found is engines.UNDEFINED:
        raise Undefined(code)
    return found


ENGINES = {"jsonata-python": by_library, "simulator": by_simulator}
if engines.node() is not None:
    ENGINES["reference"] = by_reference


def evaluate(template: Any, engine: str = "simulator", **states: Any) -> Any:
    """A field of a definition: JSON whose texts may be expressions over `$states`."""
    if isinstance(template, dict):
        return {key: evaluate(value, engine, **states) for key, value in template.items()}
    if isinstance(template, list):
        return [evaluate(value, engine, **states) for value in template]
    if isinstance(template, str) and template.startswith("{%"):
        return ENGINES[engine](template[2:-2].strip(), states)
    return template
