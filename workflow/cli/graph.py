"""`python -m workflow graph`: states and transitions, catch targets included, as text, Mermaid or DOT."""

from __future__ import annotations

from typing import Any

import click

from ..diagram import Chart, chart, dot, mermaid, outline
from .app import EXIT_CODES, OK
from .output import fail, show_json
from .targets import BadSource, definition, parse


@click.command(
    "graph",
    epilog="\b\nExamples:\n"
    "  python -m workflow graph pipelines.telemetry:telemetry\n"
    "  python -m workflow graph app.py:monitor --format mermaid\n"
    "  python -m workflow graph machine.asl.json --format dot | dot -Tsvg > machine.svg\n\n" + EXIT_CODES,
)
@click.argument("target")
@click.option(
    "--format", "form", type=click.Choice(["outline", "mermaid", "dot"]), default="outline", help="How it is drawn."
)
@click.option("--json", "as_json", is_flag=True, help="Print states and transitions as JSON.")
def command(target: str, form: str, as_json: bool) -> int:
    """Show the states of TARGET and where each may lead."""
    try:
        name, asl = definition(parse(target))
    except BadSource as source:
        return fail(source.problems, as_json=as_json)
    drawn = chart(asl)
    if as_json:
        show_json({"ok": True, "name": name, **_json(drawn)})
    elif form == "mermaid":
        click.echo(mermaid(drawn), nl=False)
    elif form == "dot":
        click.echo(dot(name, drawn), nl=False)
    else:
        click.echo(outline(name, drawn), nl=False)
    return OK


def _json(drawn: Chart) -> dict[str, Any]:
    steps = [
        {
            "name": step.name,
            "type": step.type,
            "ends": step.ends,
            "transitions": [{"to": t.target, "kind": t.kind, "label": t.label} for t in step.transitions],
            **({"inner": [_json(inner) for inner in step.inner]} if step.inner else {}),
        }
        for step in drawn.steps
    ]
    return {"start": drawn.start, "states": steps}
