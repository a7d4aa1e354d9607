"""The JSONata engines that the emitted text has to agree under.

Always: jsonata-python, and the evaluator of this project's simulator. Where node is there: the reference engine of npm
(`npm install jsonata` in a folder; JSONATA_JS names node_modules/jsonata), as a child that answers line by line.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonata

from simulator.jsonata.engine import NOT_JSON, program
from simulator.jsonata.engine import UNDEFINED as NOTHING

PLACES = [os.environ.get("JSONATA_JS", ""), str(Path(__file__).parents[2] / "node_modules" / "jsonata")]
SCRIPT = """
const jsonata = require(process.argv[1]);
const lines = require('readline').createInterface({input: process.stdin});
let chain = Promise.resolve();
lines.on('line', line => { chain = chain.then(async () => {
  const row = JSON.parse(line);
  let out;
  try {
    const expression = jsonata(row.code);
    expression.assign('states', row.states);
    const value = await expression.evaluate(undefined);
    out = value === undefined ? {undefined: true} : {value};
  } catch (error) { out = {error: String(error.message)}; }
  console.log(JSON.stringify(out));
}); });
"""


class Failed:
    """An evaluation that raised."""

    def __init__(self, why: str) -> None:
        self.why = why

    def __repr__(self) -> str:
        return f"<error {self.why[:90]}>"


UNDEFINED = type("Undefined", (), {"__repr__": lambda self: "<undefined>"})()
Engine = Callable[[str, Any], Any]


@cache
def _compiled(code: str) -> Any:
    return jsonata.Jsonata(code)


def by_library(code: str, states: Any) -> Any:
    """jsonata-python"""
    try:
        expression = _compiled(code)
        expression.assign("states", states)
        expression.register_lambda("uuid", lambda: str(uuid.uuid4()))
        return json.loads(json.dumps(expression.evaluate(None)))
    except Exception as e:
        return Failed(f"{type(e).__name__}: {e}")


class _Setting:
    execution = "test"
    now = 0.0


def by_simulator(code: str, states: Any) -> Any:
    """The simulator's own evaluator, which the local Step Functions runs."""
    setting: Any = _Setting()
    try:
        found = program(code).evaluate({"states": states}, setting)
    except Exception as e:
        return Failed(f"{type(e).__name__}: {e}")
    if found is NOT_JSON:
        return Failed("no JSON")
    return UNDEFINED if found is NOTHING else json.loads(json.dumps(found))


@cache
def node() -> subprocess.Popen[str] | None:
    """The reference engine, if it is there."""
    place = next((p for p in PLACES if p and Path(p).exists()), None)
    binary = shutil.which("node")
    if place is None or binary is None:
        return None
    return subprocess.Popen([binary, "-e", SCRIPT, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def by_reference(rows: list[tuple[str, Any]]) -> list[Any]:
    """Many evaluations by the reference engine."""
    child = node()
    assert child is not None and child.stdin is not None and child.stdout is not None
    out: list[Any] = []
    for i in range(0, len(rows), 50):
        part = rows[i : i + 50]
        child.stdin.write("".join(json.dumps({"code": code, "states": states}) + "\n" for code, states in part))
        child.stdin.flush()
        for _ in part:
            answer = json.loads(child.stdout.readline())
            out.append(
                answer["value"]
                if "value" in answer
                else UNDEFINED
                if "undefined" in answer
                else Failed(answer["error"])
            )
    return out
