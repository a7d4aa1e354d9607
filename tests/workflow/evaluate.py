"""Evaluates what a definition says, under two engines: jsonata-python, and the simulator's own evaluator."""

from __future__ import annotations

import json
from typing import Any

import jsonata

from simulator.jsonata.engine import UNDEFINED, program


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


ENGINES = {"jsonata-python": by_library, "simulator": by_simulator}


def evaluate(template: Any, engine: str = "simulator", **states: Any) -> Any:
    """A field of a definition: JSON whose texts may be expressions over `$states`."""
    if isinstance(template, dict):
        return {key: evaluate(value, engine, **states) for key, value in template.items()}
    if isinstance(template, list):
        return [evaluate(value, engine, **states) for value in template]
    if isinstance(template, str) and template.startswith("{%"):
        return ENGINES[engine](template[2:-2].strip(), states)
    return template
