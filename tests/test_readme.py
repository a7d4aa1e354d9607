"""The README keeps its word: its first example runs, type-checks and fits a screen; the message it shows is real."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE, RUN = (block.split("```", 1)[0] for block in README.split("```python\n")[1:3])
SCREEN = 50
"""Lines."""


@pytest.fixture
def example(tmp_path: Path) -> Path:
    file = tmp_path / "README.py"
    file.write_text(EXAMPLE, encoding="utf-8")
    return file


def python(*args: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *args], cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    )


def test_it_fits_a_screen() -> None:
    lines = EXAMPLE.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 120


def test_it_runs(example: Path) -> None:
    done = python("-W", "error", example.name, folder=example.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_its_run(example: Path) -> None:
    example.write_text(EXAMPLE + RUN, encoding="utf-8")
    done = python("-W", "error", example.name, folder=example.parent)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_it_passes_mypy(example: Path) -> None:
    config = ["--config-file", str(ROOT / "pyproject.toml"), "--follow-imports=silent"]
    out, err, code = api.run([*config, "--strict", str(example)])
    assert (code, err) == (0, ""), out


def test_it_passes_pyright(example: Path) -> None:
    settings = {"include": [example.name], "extraPaths": [str(ROOT)], "typeCheckingMode": "strict"}
    (example.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    done = python("-m", "pyright", "--outputjson", folder=example.parent)
    said = json.loads(done.stdout)
    assert said["summary"]["filesAnalyzed"] == 1
    assert [d["message"] for d in said["generalDiagnostics"] if d["severity"] == "error"] == []


def test_the_message_that_it_shows_is_the_one_that_is_raised(example: Path) -> None:
    shown = re.search(r"^```\n(\w+\.py:\d+:\d+: .*)\n```$", README, re.MULTILINE)
    wrong = re.search(r"^`([\w.]+)` is an error in your editor", README, re.MULTILINE)
    assert shown is not None and wrong is not None
    right = wrong[1].replace("celcius", "celsius")
    assert right != wrong[1] and f"{right} >" in EXAMPLE
    example.write_text(EXAMPLE.replace(f"{right} >", f"{wrong[1]} >", 1), encoding="utf-8")
    done = python(example.name, folder=example.parent)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[0] == shown[1]
