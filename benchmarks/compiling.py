"""How long compiling takes, beside sfnx: states in a row, lambdas, and a small example from a cold process.

Both compile from source: ours imports a generated module (its states check and compile themselves) and renders the
definition; sfnx parses a generated file of as many Task states and renders it. Best of several runs, one process.
"""

from __future__ import annotations

import importlib.util
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from sfnx.compiler import definitions as sfnx_definitions

from workflow import WorkflowWarning

ROOT = Path(__file__).parent.parent
OURS_HEAD = """
from dataclasses import dataclass
from workflow import Pass, Task, Workflow

@dataclass
class Order:
    id: str
    total: float
    paid: bool = False

def step(order: Order) -> Order:
    return order
"""


def ours(states: int) -> str:
    """A module with `states` Task states in a row and their workflow."""
    chain = "\n    >> ".join(f'Task("s{i}", step).timeout(5)' for i in range(states))
    return f'{OURS_HEAD}\nw = Workflow.standard("w", (\n    {chain}\n))\n'


def ours_lambdas(count: int) -> str:
    """A module with `count` Pass states, each with a lambda of its own."""
    lines = [
        f'Pass("s{i}", Order, lambda o: Order(id=o.id + "{i}", total=o.total * {i + 1}, paid=o.total > {i} or o.paid))'
        for i in range(count)
    ]
    chain = "\n    >> ".join(lines)
    return f'{OURS_HEAD}\nw = Workflow.standard("w", (\n    {chain}\n))\n'


def peers(states: int) -> str:
    """The same number of Task states for sfnx."""
    lines = ["from sfnx import state_machine, task", "@state_machine", "def w(input):"]
    for i in range(states):
        payload = "input" if i == 0 else f'r{i - 1}["Payload"]'
        lines.append(
            f'    r{i} = task("arn:aws:states:::lambda:invoke", {{"FunctionName": "step", "Payload": {payload}}})'
        )
    lines.append(f'    return r{states - 1}["Payload"]')
    return "\n".join(lines) + "\n"


def load_and_render(path: Path) -> int:
    """Import the module at `path` anew and render its workflow; returns how many states it has."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return len(module.w.definition()["States"])


def best(runs: int, work: Callable[[], object]) -> float:
    """The fastest of `runs`, in seconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def cold(*command: str) -> float:
    """A whole process, in seconds: best of five."""
    return best(5, lambda: subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL))


def row(what: str, mine: float, peer: float | None = None) -> tuple[str, str, str, str]:
    """One line of the table; times in seconds."""
    if peer is None:
        return what, f"{mine * 1000:.0f} ms", "", ""
    return what, f"{mine * 1000:.0f} ms", f"{peer * 1000:.0f} ms", f"{peer / mine:.1f}x"


def main() -> None:
    """Print the table."""
    sys.dont_write_bytecode = True  # or all but the first run would read what Python compiled
    warnings.filterwarnings("ignore", "(?s).*AWS takes 1,048,576", WorkflowWarning)  # 4,000 states are too many for AWS
    with tempfile.TemporaryDirectory() as folder:
        rows: list[tuple[str, str, str, str]] = []
        for states in (100, 901, 4000):
            mine, theirs = Path(folder, f"ours_{states}.py"), Path(folder, f"peer_{states}.py")
            mine.write_text(ours(states))
            theirs.write_text(peers(states))
            assert load_and_render(mine) == states
            ours_s = best(3, lambda mine=mine: load_and_render(mine))  # type: ignore[misc]
            if states <= 901:
                found = sfnx_definitions(theirs.read_text(), str(theirs), False)
                assert len(found["w"]["States"]) == states  # type: ignore[arg-type]
                text = theirs.read_text()
                peer_s = best(3, lambda text=text: sfnx_definitions(text, "peer.py", False))  # type: ignore[misc]
                rows.append(row(f"{states} Task states", ours_s, peer_s))
            else:
                rows.append(row(f"{states} Task states", ours_s))
        lambdas = Path(folder, "lambdas.py")
        lambdas.write_text(ours_lambdas(600))
        load_and_render(lambdas)
        rows.append(row("600 lambdas", best(3, lambda: load_and_render(lambdas))))
        example, peer = Path(folder, "example.py"), Path(folder, "peer_example.py")
        example.write_text(ours(3))
        peer.write_text(peers(3))
        code = "import runpy, sys; sys.stdout.write(runpy.run_path(sys.argv[1])['w'].to_json())"
        mine_s = cold(sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); {code}", str(example))
        peer_s = cold(sys.executable, "-m", "sfnx", "compile", str(peer))
        rows.append(row("3 states, cold process", mine_s, peer_s))
        bare = cold(sys.executable, "-c", "pass")
        rows.append(row("(python -c pass)", bare))
    print(f"compiling, Python {platform.python_version()}, beside sfnx {version('sfnx')}")
    for what, mine_text, peer_text, ratio in (("", "symphony", "sfnx", "ratio"), *rows):
        print(f"  {what:26}{mine_text:>12}{peer_text:>12}{ratio:>8}")


if __name__ == "__main__":
    main()
