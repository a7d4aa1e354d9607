"""`python -m workflow permissions`: the least statements that a workflow's role needs, and which states need them."""

from __future__ import annotations

from typing import Any

import click

from ..diagnostics import did_you_mean
from ..permissions import Permissions, Statement, derive
from ..permissions.arns import written
from .app import EXIT_CODES, OK
from .output import fail, show_json
from .targets import BadSource, definition, parse, workflow


@click.command(
    "permissions",
    epilog="\b\nExamples:\n"
    "  python -m workflow permissions pipelines.telemetry:telemetry\n"
    "  python -m workflow permissions app.py:monitor --policy --bind table.devices=devices-prod > policy.json\n"
    "  python -m workflow permissions machine.asl.json --logs --traces --json\n\n" + EXIT_CODES,
)
@click.argument("target")
@click.option("--policy", is_flag=True, help="Print the policy document alone, as IAM takes it.")
@click.option(
    "--bind", "bindings", multiple=True, metavar="KEY=VALUE", help="What stands for a placeholder; may be repeated."
)
@click.option("--logs", is_flag=True, help="Executions are logged to CloudWatch.")
@click.option("--traces", is_flag=True, help="Executions are traced by X-Ray.")
@click.option("--json", "as_json", is_flag=True, help="Print statements, states, sources and the policy as JSON.")
def command(target: str, policy: bool, bindings: tuple[str, ...], logs: bool, traces: bool, as_json: bool) -> int:
    """Show what the role of TARGET must be allowed, derived from its definition."""
    try:
        name, needed = _derived(target, logs, traces)
    except BadSource as source:
        return fail(source.problems, as_json=as_json)
    bound = _bindings(bindings, needed)
    if as_json:
        show_json({"ok": True, "name": name, **_json(needed, bound)})
    elif policy:
        show_json(needed.document(bound))
    else:
        click.echo(_text(name, needed))
    return OK


def _derived(text: str, logs: bool, traces: bool) -> tuple[str, Permissions]:
    target = parse(text)
    if target.is_asl:
        name, asl = definition(target)
        return name, derive(asl, logs=logs, traces=traces)
    made = workflow(target)
    return made.name, made.permissions(logs=logs, traces=traces)


def _bindings(given: tuple[str, ...], needed: Permissions) -> dict[str, str] | None:
    """What stands for symbols; None, and so readable placeholders, where nothing is given."""
    bound: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals:
            raise click.UsageError(f"--bind {text}: write KEY=VALUE")
        if key not in needed.symbols:
            raise click.UsageError(f"--bind {key}: the policy has no such symbol; {did_you_mean(key, needed.symbols)}")
        bound[key] = value
    missing = [key for key in needed.symbols if key not in bound]
    if bound and missing:
        raise click.UsageError(f"bind all or nothing: --bind is missing for {', '.join(missing)}")
    return bound or None


def _text(name: str, needed: Permissions) -> str:
    count = len(needed.statements)
    if not count:
        return f"The role of `{name}` needs no statements."
    lines = [f"The role of `{name}` needs {count} statement{'s' if count > 1 else ''}:", "", needed.explain()]
    for role, statements in needed.assumed.items():
        shown = "a computed role" if role is None else written(role, None)
        lines += ["", f"{shown}, which states assume, needs:"]
        lines += [f"  {', '.join(s.states)}: {', '.join(s.actions)}" for s in statements]
    lines += (
        ["", *(f"Nothing is known of `{u.state}`: {u.what}; {u.instead}".rstrip("; ") for u in needed.unread)]
        if needed.unread
        else []
    )
    return "\n".join(lines)


def _json(needed: Permissions, bound: dict[str, str] | None) -> dict[str, Any]:
    return {
        "statements": [_statement(s, bound) for s in needed.statements],
        "unread": [{"state": u.state, "what": u.what, "instead": u.instead} for u in needed.unread],
        "policy": needed.document(bound),
    }


def _statement(statement: Statement, bound: dict[str, str] | None) -> dict[str, Any]:
    policy = statement.written(bound)
    return {
        "states": list(statement.states),
        "actions": policy["Action"],
        "resources": policy["Resource"],
        "condition": policy.get("Condition"),
        "source": statement.source,
        "wide": statement.wide or None,
    }
