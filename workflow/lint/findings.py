"""What linting collects: problems with places in the file, each with a page of its own under docs/errors."""

from __future__ import annotations

from ..diagnostics import Place, Problem, Severity
from .document import Document, Path


class Findings:
    """The problems found so far. `express`: the definition is run as an Express workflow."""

    def __init__(self, document: Document, *, express: bool) -> None:
        self.document, self.express = document, express
        self.problems: dict[Problem, None] = {}

    def key(self, path: Path, page: str, what: str, instead: str = "", severity: Severity = "error") -> None:
        """A problem of a field: its key is marked."""
        self._add(self.document.of_key(path), page, what, instead, severity)

    def value(self, path: Path, page: str, what: str, instead: str = "", severity: Severity = "error") -> None:
        """A problem of a value: it is marked."""
        self._add(self.document.of_value(path), page, what, instead, severity)

    def inside(
        self, path: Path, span: tuple[int, int], page: str, what: str, instead: str = "", severity: Severity = "error"
    ) -> None:
        """A problem of a part of a text."""
        self._add(self.document.inside(path, *span), page, what, instead, severity)

    def _add(self, place: Place, page: str, what: str, instead: str, severity: Severity) -> None:
        self.problems[Problem(place, _printable(what), _printable(instead), page, severity)] = None

    def sorted(self) -> list[Problem]:
        """All, in the order of the file."""

        def where(problem: Problem) -> tuple[int, int]:
            return (problem.place.line, problem.place.column) if problem.place else (0, 0)

        return sorted(self.problems, key=where)


def _printable(text: str) -> str:
    """One line without control characters: names in a file of others may hold anything."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
