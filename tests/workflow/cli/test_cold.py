"""A cold start stays cheap: what a command does not need is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
UNWANTED = ("rich", "boto3", "botocore", "pulumi", "pydantic", "jsonata", "asyncio", "simulator", "jinja2", "yaml")


def readme_example(folder: Path) -> Path:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    file = folder / "app.py"
    file.write_text(text.split("```python\n", 1)[1].split("```", 1)[0], encoding="utf-8")
    return file


@pytest.mark.parametrize("command", ["compile", "check", "graph"])
def test_the_example_of_the_readme_needs_few_modules(tmp_path: Path, command: str) -> None:
    readme_example(tmp_path)
    code = (
        "import sys\nsys.path.insert(0, sys.argv[2])\nfrom workflow.cli.app import main\n"
        "try:\n    main([sys.argv[1], 'app.py:monitor'])\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"print([name for name in {UNWANTED} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command, str(ROOT)], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "[]\n"


def test_the_module_runs(tmp_path: Path) -> None:
    readme_example(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "workflow", "check", "app.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("app.py:monitor: fine (Express workflow `monitor`,")
