"""`types`: a module of typed functions, printed or written, and operations that there are not."""

from __future__ import annotations

from pathlib import Path

from tests.workflow.cli.conftest import Run


def test_a_module_is_printed_or_written(run: Run, tmp_path: Path) -> None:
    said = run("types", "glue:startJobRun.sync")
    assert said.code == 0
    assert "def glue_start_job_run_sync(" in said.out
    compile(said.out, "calls.py", "exec")
    written = run("types", "glue:startJobRun.sync", "-o", str(tmp_path / "calls.py"))
    assert (written.code, written.out) == (0, "")
    assert (tmp_path / "calls.py").read_text() == said.out


def test_an_operation_that_there_is_not(run: Run) -> None:
    said = run("types", "dynamodb:qurey")
    assert said.code == 2
    assert "`dynamodb` has no operation `qurey`; did you mean `query`?" in said.err


def test_help(run: Run) -> None:
    said = run("types", "-h")
    assert "Examples:" in said.out and "Exit codes:" in said.out
