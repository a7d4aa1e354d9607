"""How long commands take from a cold process, beside sfnx's: help, and compiling. Best of ten whole processes.

Ours compiles the README's example, states of four kinds with lambdas; sfnx three Task states.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from benchmarks.compiling import ROOT, best, peers, row

RUNS = 10


def command(folder: Path, *arguments: str) -> float:
    """A whole process in `folder`, in seconds."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run() -> None:
        subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)

    run()  # byte code is written once
    return best(RUNS, run)


def main() -> None:
    """Print the table."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app.py").write_text(readme.split("```python\n", 1)[1].split("```", 1)[0], encoding="utf-8")
        (folder / "peer.py").write_text(peers(3), encoding="utf-8")
        ours, theirs = ("-m", "workflow"), ("-m", "sfnx")
        rows = [
            row("--help", command(folder, *ours, "--help"), command(folder, *theirs, "--help")),
            row("compile", command(folder, *ours, "compile", "app.py"), command(folder, *theirs, "compile", "peer.py")),
            row("check", command(folder, *ours, "check", "app.py")),
            row("graph", command(folder, *ours, "graph", "app.py")),
            row("permissions", command(folder, *ours, "permissions", "app.py")),
            row("(python -c pass)", command(folder, "-c", "pass")),
        ]
    print(f"commands, Python {platform.python_version()}, beside sfnx {version('sfnx')}")
    for what, mine, peer, ratio in (("", "symphony", "sfnx", "ratio"), *rows):
        print(f"  {what:26}{mine:>12}{peer:>12}{ratio:>8}")


if __name__ == "__main__":
    main()
