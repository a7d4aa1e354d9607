"""How commands print problems and results: text for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import click

from ..diagnostics import Problem, short_path


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as data. Lines and columns count from 1; `endColumn` is the column after the span."""
    place = problem.place
    return {
        "path": short_path(place.path) if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "endColumn": place.end_column if place else None,
        "severity": problem.severity,
        "what": problem.what,
        "instead": problem.instead,
        "page": f"docs/errors/{problem.page}.md",
    }


def show(problems: Iterable[Problem], *, err: bool) -> None:
    """Print problems as diagnostics render them, with an empty line between."""
    for i, problem in enumerate(problems):
        click.echo(("\n" if i else "") + problem.render(), err=err)


def show_json(value: Any) -> None:
    """Print a result for programs."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def fail(problems: tuple[Problem, ...], *, as_json: bool) -> int:
    """Print why a command cannot do its work. Returns the exit code."""
    if as_json:
        show_json({"ok": False, "problems": [problem_json(p) for p in problems]})
    else:
        show(problems, err=True)
    return 1
