"""The simulator's command line: `python -m simulator serve` and `python -m simulator run`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import click

from simulator.values import dump, load


@click.group()
def main() -> None:
    """Run Amazon States Language on this machine."""


@main.command()
@click.option("--port", default=8083, show_default=True, help="Port on 127.0.0.1; 0 for any that is free.")
@click.option("--endpoint", help="URL that answers AWS services and Lambda (AWS_ENDPOINT_URL).")
@click.option("--mocks", type=click.Path(path_type=Path), help="Mock configuration file (SFN_MOCK_CONFIG).")
@click.option("--store", type=click.Path(path_type=Path), help="SQLite file that keeps executions over restarts.")
def serve(port: int, endpoint: str | None, mocks: Path | None, store: Path | None) -> None:
    """Serve the Step Functions API on loopback: any definition, boto3 and the AWS CLI as clients."""
    # Not at the top: uvicorn and boto3 take half a second to import, and `run` needs neither.
    from simulator.mocks import BadMocks
    from simulator.serve import Settings
    from simulator.serve import serve as serving

    try:
        settings = Settings.from_environment(os.environ)
    except ValueError as error:
        raise click.ClickException(f"WAIT_TIME_SCALE must be a number: {error}") from None
    settings = replace(
        settings,
        port=port,
        endpoint=endpoint or settings.endpoint,
        mocks=mocks or settings.mocks,
        store=store,
    )

    async def until_stopped() -> None:
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        running = asyncio.create_task(serving(settings, ready))
        both: list[asyncio.Future[Any]] = [running, ready]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            click.echo(f"Step Functions API at http://127.0.0.1:{ready.result()} (Ctrl-C stops it)")
        await running

    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(until_stopped())
        except (BadMocks, OSError) as error:
            raise click.ClickException(str(error)) from None


@main.command()
@click.argument("definition", type=click.File("rb"))
@click.argument("value", default="{}")
def run(definition: BinaryIO, value: str) -> None:
    """Run DEFINITION (a file, or - for standard input) on the JSON text VALUE, on a virtual clock, without tasks."""
    from simulator.drive import simulate
    from simulator.validation import InvalidDefinition

    try:
        result = simulate(definition.read(), load(value))
    except InvalidDefinition as invalid:
        raise click.ClickException("\n".join(f"{p.location}: {p.message}" for p in invalid.problems)) from None
    except ValueError as error:
        raise click.ClickException(f"The input is no JSON: {error}") from None
    if result.status != "SUCCEEDED":
        click.echo(f"{result.status} {result.error or ''}: {result.cause or ''}", err=True)
        sys.exit(1)
    click.echo(dump(result.output).decode())


if __name__ == "__main__":
    main()
