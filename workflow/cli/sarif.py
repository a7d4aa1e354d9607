"""SARIF 2.1.0 of problems: what GitHub code scanning and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from ..diagnostics import Place, Problem, short_path

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report(problems: Sequence[Problem]) -> dict[str, Any]:
    """One run with a rule per page of docs/errors and a result per problem."""
    pages = list(dict.fromkeys(p.page for p in problems))
    rules = [{"id": page, "help": {"text": f"docs/errors/{page}.md says more."}} for page in pages]
    driver = {"name": "symphony", "rules": rules}
    results = [_result(problem, pages.index(problem.page)) for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(problem: Problem, rule: int) -> dict[str, Any]:
    text = problem.what + (f"; {problem.instead}" if problem.instead else "")
    result: dict[str, Any] = {
        "ruleId": problem.page,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": text},
    }
    if problem.place is not None:
        result["locations"] = [{"physicalLocation": _location(problem.place)}]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column}
    if place.end_column is not None:
        region["endColumn"] = place.end_column
    path = PurePath(short_path(place.path))
    return {"artifactLocation": {"uri": path.as_uri() if path.is_absolute() else path.as_posix()}, "region": region}
