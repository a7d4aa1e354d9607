"""`python -m workflow check`: every problem of workflows and of plain ASL files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..definition import Workflow
from ..diagnostics import Problem
from .app import EXIT_CODES, OK, PROBLEMS
from .output import problem_json, show, show_json
from .targets import BadSource, Target, parse, read, warned, workflows


@click.command(
    "check",
    epilog="\b\nExamples:\n"
    "  python -m workflow check pipelines.telemetry:telemetry\n"
    "  python -m workflow check app.py\n"
    "  python -m workflow check machines/*.asl.json --express\n"
    "  python -m workflow check machines/*.asl.json --sarif > lint.sarif\n\n" + EXIT_CODES,
)
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--sarif", is_flag=True, help="Print the problems as SARIF 2.1.0, as code scanning reads it.")
@click.option("--express", is_flag=True, help="ASL files are run as Express workflows.")
@click.option("--strict", is_flag=True, help="Warnings count as problems.")
def command(targets: tuple[str, ...], as_json: bool, sarif: bool, express: bool, strict: bool) -> int:
    """Check each TARGET and print all that is wrong.

    A Python module is imported, and so checked, with all its workflows. A FILE.json is linted: structure, JSONata and
    JSONPath, variables, transitions, retries and limits.
    """
    if as_json and sarif:
        raise click.UsageError("--json and --sarif are two forms of the output; give one")
    problems: list[Problem] = []
    sound: list[dict[str, Any]] = []
    for target in map(parse, targets):
        found, good = _check(target, express)
        problems += found
        sound += good
    failed = any(strict or p.severity == "error" for p in problems)
    if sarif:
        from .sarif import report  # one of three forms of the output

        show_json(report(problems))
    elif as_json:
        show_json({"ok": not failed, "problems": [problem_json(p) for p in problems], "sound": sound})
    else:
        show(problems, err=False)
        for index, good_one in enumerate(sound):
            click.echo(("\n" if problems and not index else "") + _line(good_one))
    return PROBLEMS if failed else OK


def _check(target: Target, express: bool) -> tuple[list[Problem], list[dict[str, Any]]]:
    """The problems of one target, and what of it is sound."""
    if target.is_asl:
        from ..lint import lint_text  # a check of Python modules needs none of it

        problems = lint_text(read(Path(target.module)), target.module, express=express)
        good = [] if any(p.severity == "error" for p in problems) else [{"target": target.text}]
        return problems, good
    try:
        made = workflows(target)
    except BadSource as source:
        return list(source.problems), []
    problems = list(dict.fromkeys(p for w in made.values() for p in warned(w)))
    return problems, [_summary(f"{target.module}:{name}", w) for name, w in made.items()]


def _summary(text: str, workflow: Workflow[Any, Any]) -> dict[str, Any]:
    longest = workflow.longest_seconds()
    return {
        "target": text,
        "name": workflow.name,
        "type": workflow.kind,
        "states": len(workflow.graph.vertices),
        "functions": [f.name for f in workflow.functions],
        "symbols": list(workflow.symbols),
        "longestSeconds": longest if longest != float("inf") else None,
    }


def _line(sound: dict[str, Any]) -> str:
    if "name" not in sound:
        return f"{sound['target']}: fine"
    kind = str(sound["type"]).capitalize()
    longest = sound["longestSeconds"]
    worst = f"at most {longest:g} s" if longest is not None else "no longest time"
    states = f"{sound['states']} state{'s' if sound['states'] != 1 else ''}"
    return f"{sound['target']}: fine ({kind} workflow `{sound['name']}`, {states}, {worst})"
