"""`python -m local`: the whole pipeline on this machine. Run by `make local`; Ctrl-C ends it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from local.launcher import STATE, main
from local.run import Options


def options(arguments: list[str]) -> tuple[Options, Path]:
    """Read the command line; argparse ends the process with code 2 and a line that says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--seconds", type=_positive, help="end by itself after this many seconds (default: Ctrl-C)")
    parser.add_argument("--rate", type=_positive, default=Options.rate, help="messages a second (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=Options.seed, help="what the devices say (default: %(default)s)")
    parser.add_argument("--state", type=Path, default=STATE, help="folder for this run's files (default: .local)")
    given = parser.parse_args(arguments)
    return Options(seconds=given.seconds, rate=given.rate, seed=given.seed), given.state.resolve()


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number")
    return number


if __name__ == "__main__":
    chosen, state = options(sys.argv[1:])
    sys.exit(main(chosen, state))
