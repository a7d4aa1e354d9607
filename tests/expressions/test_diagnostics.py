"""The form in which problems are told."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow.diagnostics import Place, Problem, Refusal, WorkflowError, caller_place, did_you_mean, short_path

HERE = Path(__file__)


def test_a_problem_is_one_line_the_source_and_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "flow.py"
    file.write_text("x = 1\n    y = wrong(x)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    problem = Problem(Place(str(file), 2, 9, 17), "this is wrong", "write that", "wrong-type")
    assert problem.render() == (
        "flow.py:2:9: this is wrong; write that\n    y = wrong(x)\n        ^^^^^^^^\n  docs/errors/wrong-type.md"
    )


def test_a_span_that_goes_on_reaches_to_the_end_of_the_line(tmp_path: Path) -> None:
    file = tmp_path / "flow.py"
    file.write_text("y = f(\n  1)\n", encoding="utf-8")
    assert Place(str(file), 1, 5).excerpt().splitlines()[1] == "        ^^"


def test_without_source_and_without_place() -> None:
    assert Problem(Place("/gone.py", 3, 1), "wrong", page="p").render() == "/gone.py:3:1: wrong\n  docs/errors/p.md"
    assert Problem(None, "wrong", "right", "p").render() == "wrong; right\n  docs/errors/p.md"
    warned = Problem(None, "perhaps", page="p", severity="warning")
    assert warned.render().startswith("warning: perhaps")


def test_the_innermost_place_wins() -> None:
    refusal = Refusal(Problem(None, "wrong", page="p"))
    inner, outer = Place("a.py", 1, 1), Place("b.py", 2, 2)
    assert refusal.at(None).problem.place is None
    assert refusal.at(inner).at(outer).problem.place == inner
    assert refusal.problems == (refusal.problem,)
    assert str(refusal).startswith("a.py:1:1: wrong")


def test_all_problems_at_once_sorted_by_place() -> None:
    problems = [
        Problem(Place("b.py", 1, 1), "third", page="p"),
        Problem(None, "last", page="p"),
        Problem(Place("a.py", 9, 1), "second", page="p"),
        Problem(Place("a.py", 2, 5), "first", page="p"),
    ]
    error = WorkflowError(problems)
    assert [p.what for p in error.problems] == ["first", "second", "third", "last"]
    assert str(error).startswith("a.py:2:5: first\n")
    assert str(error).count("docs/errors/p.md") == 4


def test_did_you_mean() -> None:
    assert did_you_mean("celsiu", ["celsius", "count"]) == "did you mean `celsius`?"
    assert did_you_mean("x", ["celsius", "count"]) == "it has celsius, count"
    assert did_you_mean("x", []) == ""
    assert did_you_mean("x", [f"name{i}" for i in range(20)]).endswith("name11, ...")


def called(make: Callable[[], Any]) -> Any:
    return make()


def test_the_place_of_the_caller() -> None:
    here = called(lambda: caller_place())
    assert here.path == str(HERE)
    assert here.source().strip() == "here = called(lambda: caller_place())"
    assert here.source()[here.column - 1 : here.end_column - 1] == "caller_place()"


def test_a_lazy_place_is_a_place() -> None:
    a = caller_place()
    plain = Place(a.path, a.line, a.column, a.end_column)
    assert a == plain
    assert hash(a) == hash(plain)
    assert len({a, plain}) == 1
    assert str(a) == str(plain)
    with pytest.raises(AttributeError):
        a.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_nearest_frame_outside_a_folder() -> None:
    inside = caller_place(inside=str(HERE.parent))
    assert not inside.path.startswith(str(HERE.parent))


def test_paths_are_short_under_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert short_path(str(tmp_path / "a" / "b.py")) == str(Path("a") / "b.py")
    assert short_path("/elsewhere/b.py") == "/elsewhere/b.py"


def test_problems_are_values() -> None:
    problem = Problem(Place("a.py", 1, 1), "wrong", page="p")
    assert pickle.loads(pickle.dumps(problem)) == problem
