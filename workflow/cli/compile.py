"""`python -m workflow compile`: a workflow as Amazon States Language, or for SAM or Terraform."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..definition import Workflow
from ..diagnostics import did_you_mean
from ..substitutions import Files, sam, terraform
from .app import EXIT_CODES, OK
from .output import fail, show_json
from .targets import BadSource, parse, workflow

_TOOLS: dict[str, Callable[..., Files]] = {"sam": sam, "terraform": terraform}


@click.command(
    "compile",
    epilog="\b\nExamples:\n"
    "  python -m workflow compile pipelines.telemetry:telemetry\n"
    "  python -m workflow compile app.py:monitor -o monitor.asl.json\n"
    "  python -m workflow compile app.py:monitor --bind aws.partition=aws --bind table.devices=devices-prod\n"
    "  python -m workflow compile app.py:monitor --format sam -o deploy/\n"
    "  python -m workflow compile app.py:monitor --format terraform -o deploy/\n\n" + EXIT_CODES,
)
@click.argument("target")
@click.option(
    "--bind", "bindings", multiple=True, metavar="KEY=VALUE", help="What stands for a placeholder; may be repeated."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["asl", "sam", "terraform"]),
    default="asl",
    help="For which tool; asl is JSON.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="The file to write; for sam and terraform the folder."
)
@click.option("--json", "as_json", is_flag=True, help="Print definition, symbols and files as one JSON document.")
def command(target: str, bindings: tuple[str, ...], form: str, output: Path | None, as_json: bool) -> int:
    """Write the definition of TARGET, with `${function.validate}` and its like for what is not bound."""
    try:
        made = workflow(parse(target))
    except BadSource as source:
        return fail(source.problems, as_json=as_json)
    bound = _bindings(bindings, made)
    if form != "asl":
        return _for_tool(made, form, bound, output, as_json)
    definition = _definition(made, bound)
    left = [key for key in made.symbols if key not in bound]
    text = json.dumps(definition, indent=2, ensure_ascii=False)
    if output is not None:
        output.write_text(text + "\n", encoding="utf-8")
    if as_json:
        show_json({"ok": True, "name": made.name, "type": made.kind, "placeholders": left, "definition": definition})
    elif output is None:
        click.echo(text)
    else:
        click.echo(f"wrote {output}" + (f"; left to bind: {', '.join(left)}" if left else ""))
    return OK


def _definition(made: Workflow[Any, Any], bound: dict[str, str]) -> dict[str, Any]:
    return made.definition({key: bound.get(key, f"${{{key}}}") for key in made.symbols})


def _bindings(given: tuple[str, ...], made: Workflow[Any, Any]) -> dict[str, str]:
    bound: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--bind {text}: write KEY=VALUE")
        if key not in made.symbols:
            raise click.UsageError(f"--bind {key}: `{made.name}` has no such symbol; {did_you_mean(key, made.symbols)}")
        bound[key] = value
    return bound


def _for_tool(made: Workflow[Any, Any], form: str, bound: dict[str, str], output: Path | None, as_json: bool) -> int:
    if output is None and not as_json:
        raise click.UsageError(f"--format {form} writes two files: say where by -o FOLDER, or print both by --json")
    free = [key for key in made.symbols if key not in bound]
    try:
        files = _TOOLS[form](made.name, made.kind, free, lambda names: made.definition({**bound, **names}))
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    both = (files.definition, files.template)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for name, text in both:
            (output / name).write_text(text, encoding="utf-8")
    if as_json:
        show_json({"ok": True, "name": made.name, "substitutions": files.names, "files": dict(both)})
    else:
        click.echo(f"wrote {' and '.join(str((output or Path()) / name) for name, _ in both)}")
    return OK
