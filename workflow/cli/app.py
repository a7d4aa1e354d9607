"""The group of commands: loads the one that is called, and turns what goes wrong into lines and exit codes.

A command is a click command named `command` in the module of its name. Only the called one is imported.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

import click

from ..diagnostics import did_you_mean

OK = 0
PROBLEMS = 1
"""The source has problems; they were printed."""
WRONG_CALL = 2
"""The call is wrong, or a file cannot be read or written."""
INTERNAL = 3
"""A mistake of this program."""

COMMANDS = {
    "check": "say every problem of workflows, or of plain ASL files",
    "compile": "write a definition as ASL, or for SAM or Terraform",
    "graph": "show states and transitions as text, Mermaid or DOT",
    "permissions": "show the statements that a workflow's role needs",
    "types": "write typed functions for operations of AWS's services",
}
"""Each command and what it does, so that help needs none of their modules."""

EXIT_CODES = """\b
Exit codes:
  0  nothing is wrong (there may be warnings)
  1  the source has problems; each line says where and what to write instead
  2  the call is wrong, or a file cannot be read or written
  3  internal error; report it with the source that caused it
"""


class Commands(click.Group):
    """A group whose commands are modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"workflow.cli.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"workflow.cli.{cmd_name}.command is no command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a hint for a misspelt name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command `{args[0]}`; {did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without importing what is listed."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nExamples:\n"
    "  python -m workflow check pipelines.telemetry\n"
    "  python -m workflow compile app.py:monitor -o monitor.asl.json\n"
    "  python -m workflow graph app.py:monitor --format mermaid\n"
    "  python -m workflow check machines/*.asl.json --sarif > lint.sarif\n\n" + EXIT_CODES,
)
def program() -> None:
    """Typed Step Functions workflows: check them, compile them, show them.

    A TARGET is MODULE:NAME or FILE.py:NAME, a workflow in a Python module (`:NAME` may be left out where there is only
    one), or a FILE.json with a definition in Amazon States Language.
    """


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code."""
    try:
        code = program.main(args=args, prog_name="python -m workflow", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(WRONG_CALL)
    except click.Abort:
        sys.exit(130)
    except OSError as wrong:
        click.echo(f"Error: {wrong.filename or ''}: {wrong.strerror or wrong}", err=True)
        sys.exit(WRONG_CALL)
    except Exception:
        click.echo(traceback.format_exc(), err=True)
        click.echo("internal error: please report it with the source that caused it", err=True)
        sys.exit(INTERNAL)
    sys.exit(code or OK)
