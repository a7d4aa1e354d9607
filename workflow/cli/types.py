"""`python -m workflow types`: a module of typed functions for the operations that a project calls."""

from __future__ import annotations

from pathlib import Path

import click

from ..aws.catalogue import Unknown
from ..aws.models import ModelsMissing
from ..aws.typed import source
from .app import EXIT_CODES, OK


@click.command(
    "types",
    epilog="\b\nExamples:\n"
    "  python -m workflow types ecs:listTasks glue:startJobRun.sync > calls.py\n"
    "  python -m workflow types aws-sdk:dynamodb:query -o calls.py\n\n" + EXIT_CODES,
)
@click.argument("operations", nargs=-1, required=True, metavar="OPERATION...")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write.")
def command(operations: tuple[str, ...], output: Path | None) -> int:
    """Write typed functions for each OPERATION: `service:operation`, with `.sync` where the state waits for the job.

    Editors complete their arguments and the members of their results. An optimized integration is taken where there is
    one; `aws-sdk:` in front takes AWS's SDK.
    """
    try:
        text = source(operations)
    except Unknown as unknown:
        raise click.UsageError(str(unknown)) from None
    except ModelsMissing as missing:
        raise click.UsageError(str(missing)) from None
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
    return OK
