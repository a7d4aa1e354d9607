"""What a user sees of a mistake that nobody catches: the problems, first line first, and no frame of ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = """from dataclasses import dataclass

from workflow import Pass, Workflow


@dataclass
class Order:
    total: float


{before}
total = Pass("Total", Order, lambda order: order.totel)
flow = Workflow.standard("flow", total)
"""


def python(folder: Path, *args: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run the module with the mistake."""
    (folder / "app.py").write_text(APP.format(before=before))
    command = [sys.executable, *args]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
    )


def test_a_mistake_is_said_alone(tmp_path: Path) -> None:
    done = python(tmp_path, "app.py")
    assert (done.returncode, done.stdout) == (1, "")
    place, _, what = done.stderr.splitlines()[0].partition(": ")
    assert place.startswith("app.py:12:")
    assert what == "Order has no field `totel`; did you mean `total`?"
    assert done.stderr.splitlines()[1] == '    total = Pass("Total", Order, lambda order: order.totel)'
    assert "docs/errors/" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr and "workflow/" not in done.stderr


def test_also_when_another_module_imports_it(tmp_path: Path) -> None:
    done = python(tmp_path, "-c", "import app")
    assert done.returncode == 1
    assert done.stderr.startswith("app.py:12:")
    assert "Traceback" not in done.stderr


def test_other_errors_keep_their_traceback(tmp_path: Path) -> None:
    code = "try:\n    import app\nexcept Exception:\n    pass\nprint(1 / 0)"
    done = python(tmp_path, "-c", code)
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")


def test_a_hook_of_others_stays(tmp_path: Path) -> None:
    done = python(tmp_path, "app.py", before="import sys; sys.excepthook = lambda *a: print('theirs', a[0].__name__)")
    assert (done.stdout, done.stderr) == ("theirs WorkflowError\n", "")


def test_development_mode_keeps_the_traceback(tmp_path: Path) -> None:
    done = python(tmp_path, "-X", "dev", "app.py")
    assert "Traceback (most recent call last):" in done.stderr
    assert "workflow.WorkflowError: app.py:12:" in done.stderr


def test_catching_it_is_as_ever(tmp_path: Path) -> None:
    code = (
        "from workflow import WorkflowError\n"
        "try:\n    import app\n"
        "except WorkflowError as error:\n    print(len(error.problems), bool(error.__traceback__))"
    )
    done = python(tmp_path, "-c", code)
    assert (done.stdout, done.stderr) == ("1 True\n", "")
