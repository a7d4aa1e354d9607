"""The corpus that is shared between versions of the compiler, where its folder is beside the project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
CORPUS = PROJECT.parent / "shared" / "corpus"
ADAPTER = "tests.expressions.corpus_adapter"


@pytest.mark.parametrize(
    ("script", "options"),
    [("run.py", ()), ("fuzz_programs.py", ("--n", "250", "--seed", "7"))],
    ids=["entries", "programs"],
)
def test_the_shared_corpus(script: str, options: tuple[str, ...]) -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"{CORPUS} is not there: the shared corpus was not run")
    command = [sys.executable, "-W", "ignore", str(CORPUS / script)]
    command += ["--compiler", f"{ADAPTER}:compile", "--refusal", f"{ADAPTER}:Refusal", *options]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
