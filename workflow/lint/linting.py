"""The linter: reads a file, runs the checks, gives all problems in the order of the file.

An error is what AWS refuses when a state machine is created; a warning is what it takes, and what then fails or
surprises.
"""

from __future__ import annotations

from pathlib import Path

from ..diagnostics import Problem
from . import choices, errors, flow, integrations, structure, variables
from .charts import chart
from .document import BadJson, Document, read
from .findings import Findings


def lint_file(path: Path, *, express: bool = False) -> list[Problem]:
    """Every problem of a definition in a file. Raises OSError and UnicodeDecodeError."""
    return lint_text(path.read_text(encoding="utf-8"), str(path), express=express)


def lint_text(text: str, path: str, *, express: bool = False) -> list[Problem]:
    """Every problem of a definition in JSON; `path` is what places say. `express`: it is run as an Express workflow."""
    try:
        document = read(path, text)
    except BadJson as bad:
        place = Document(path, text).place((bad.at, bad.at + 1))
        return [Problem(place, f"this is no JSON: {bad}", "", "asl-json")]
    found = Findings(document, express=express)
    if not isinstance(document.value, dict):
        found.value((), "asl-json", f"a definition is an object, this is {structure.shown(document.value)}")
        return found.sorted()
    machine = chart(document.value)
    for family in (structure, flow, choices, errors, variables, integrations):
        family.check(machine, found)
    return found.sorted()
