"""Places and how messages read."""

from pathlib import Path

import pytest

from local.engine import diagnostics
from local.engine.diagnostics import DeploymentError, Place, Problem, column_of, did_you_mean, in_program, source_places


def test_a_problem_reads_from_the_place_to_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inner, outer = Place(tmp_path / "parts.py", 9, 22), Place(tmp_path / "__main__.py", 5, 1)
    problem = Problem("it is wrong", "write it right", inner, "a:b:C 'x'", (outer,))
    assert str(problem) == "parts.py:9:22: a:b:C 'x': it is wrong; write it right\n    called from __main__.py:5:1"
    assert str(Problem("only this")) == "only this"
    error = DeploymentError([problem, Problem("and that")], "  the traceback")
    assert str(error).splitlines()[-2:] == ["and that", "  the traceback"]
    assert str(Place(Path("/elsewhere/a.py"), 1, 2)) == "/elsewhere/a.py:1:2"


def test_names_that_are_close_and_names_that_are_not() -> None:
    assert did_you_mean("queu", ["queue", "topic"]) == "did you mean 'queue'?"
    assert did_you_mean("xyz", ["queue", "topic", "queue"]) == "there is queue, topic"
    assert did_you_mean("xyz", []) == ""


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("Queue('q')\n", 1, 1),
        ("queue = aws.sqs.Queue(\n    'q',\n)\n", 1, 9),
        ("queue = (\n    aws.sqs.Queue('q')\n)\n", 2, 5),
        ("größe = 'ü'; queue = Queue('q')\n", 1, 22),
        ("if True:\n    x = 1\n", 2, 5),
        ("this is no Python (\n", 1, 1),
    ],
)
def test_the_column_of_a_call(tmp_path: Path, text: str, line: int, column: int) -> None:
    file = tmp_path / "program.py"
    file.write_text(text, encoding="utf-8")
    assert column_of(file, line) == column


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text("a = Queue()\n")
    assert column_of(file, 1) == 5
    file.write_text("longer = Queue()  # another size\n")
    assert column_of(file, 1) == 10


def test_the_column_in_a_file_that_is_gone(tmp_path: Path) -> None:
    assert column_of(tmp_path / "gone.py", 3) == 1


def test_what_belongs_to_a_program(tmp_path: Path) -> None:
    assert in_program(tmp_path / "a" / "b.py", tmp_path)
    assert not in_program(tmp_path / ".venv" / "lib" / "b.py", tmp_path)
    assert not in_program(tmp_path / "env" / "site-packages" / "b.py", tmp_path)
    assert not in_program(Path("/usr/lib/python3/b.py"), tmp_path)
    engine = Path(diagnostics.__file__)
    assert not in_program(engine, engine.parents[2])


def test_the_stack_of_calls_in_the_program(tmp_path: Path) -> None:
    main = tmp_path / "main program.py"
    main.write_text("x = Queue()\n")
    uris = [(main.as_uri(), 1), ("file:///usr/lib/python3/runpy.py", 88), (main.as_uri(), 0)]
    assert source_places(uris, tmp_path) == (Place(main, 1, 5),)
