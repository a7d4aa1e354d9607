"""Runs every benchmark and prints one table each: `make bench`, or `python -m benchmarks NAME ...`."""

import importlib
import sys

NAMES = ("compiling", "commands", "simulating", "engine", "pipeline")

if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:
        importlib.import_module(f"benchmarks.{name}").main()
