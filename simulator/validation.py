"""What AWS refuses in a definition, found before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.values import load


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One finding, as ValidateStateMachineDefinition reports it. `location` is a JSON pointer."""

    severity: str
    code: str
    message: str
    location: str


class InvalidDefinition(ValueError):
    """The definition cannot be used. `problems` lists all that was found."""

    def __init__(self, problems: list[DefinitionProblem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.code}: {p.message} at {p.location}" for p in problems))

    @staticmethod
    def of(code: str, message: str, location: str) -> InvalidDefinition:
        """One problem alone."""
        return InvalidDefinition([DefinitionProblem("ERROR", code, message, location)])


def problems(definition: Any) -> list[DefinitionProblem]:
    """Every problem of a definition."""
    return []


def validate_text(text: str) -> list[DefinitionProblem]:
    """Every problem of a definition given as JSON text."""
    try:
        definition = load(text)
    except ValueError as error:
        return [DefinitionProblem("ERROR", "INVALID_JSON_DESCRIPTION", str(error), "/")]
    return problems(definition)
