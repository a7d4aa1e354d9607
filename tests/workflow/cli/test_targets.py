"""How a target is found, and what is said when it is not: one line, with its exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.cli.conftest import Run

FINE = "app:shop: fine (Express workflow `shop`, 6 states, at most 74 s)\n"


def error(text: str) -> str:
    """What the last line of a wrong call is."""
    return text.splitlines()[-1]


def test_a_module_and_a_name(run: Run) -> None:
    assert run("check", "app:shop").out == FINE


def test_a_file_and_a_name(run: Run) -> None:
    assert run("check", "app.py:shop").out == FINE.replace("app:", "app.py:")


def test_a_module_alone_is_all_its_workflows(run: Run) -> None:
    said = run("check", "app")
    assert said.out == FINE + "app:small: fine (Standard workflow `small`, 2 states, at most 0 s)\n"


def test_a_file_inside_a_package_is_imported_as_its_module(run: Run, tmp_path: Path) -> None:
    package = tmp_path / "shops"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text((tmp_path / "app.py").read_text())
    (package / "flows.py").write_text("from .models import small\n")
    assert run("check", "shops/flows.py").out.startswith("shops/flows.py:small: fine")


def test_a_file_elsewhere_finds_its_neighbours(
    run: Run, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("elsewhere")
    (other / "neighbour.py").write_text((tmp_path / "app.py").read_text())
    (other / "flows_elsewhere.py").write_text("from neighbour import small\n")
    assert "fine" in run("check", str(other / "flows_elsewhere.py")).out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["check", "ap:shop"], "Error: there is no module `ap`; did you mean `app`?"),
        (["check", "zzz"], "Error: there is no module `zzz`"),
        (["compile", "app:shp"], "Error: app has no `shp`; did you mean `shop`?"),
        (["compile", "app:Order"], "Error: `Order` in app is no workflow but a type; it has shop, small"),
        (["compile", "app"], "Error: app has 2 workflows; say which: app:shop, app:small"),
        (["compile", "ap.py:shop"], "Error: there is no file ap.py; did you mean `app.py`?"),
        (["compile", "json:loads"], "Error: `loads` in json is no workflow but a function"),
        (["check", "json.tool"], "Error: json.tool has no workflow: no name in it is bound to a Workflow"),
        (["check", "json.tol"], "Error: there is no module `json.tol`; did you mean `json.tool`?"),
        (["check", "a b"], "Error: `a b` is no module; write MODULE:NAME, FILE.py:NAME or FILE.json"),
        (["check", ":shop"], "Error: `:shop` is no target; write MODULE:NAME, FILE.py:NAME or FILE.json"),
        (["chek"], "Error: there is no command `chek`; did you mean `check`?"),
        (["check"], "Error: Missing argument 'TARGET...'."),
        (["compile", "app:shop", "--bind", "table.order=x"], "Error: --bind table.order: `shop` has no such symbol; "
         "did you mean `table.orders`?"),
        (["compile", "app:shop", "--bind", "x"], "Error: --bind x: write KEY=VALUE"),
        (["compile", "app:shop", "--format", "sam"], "Error: --format sam writes two files: say where by -o FOLDER, "
         "or print both by --json"),
        (["compile", "app:shop", "-o", "no/such/file"], "Error: no/such/file: No such file or directory"),
        (["check", "app", "--json", "--sarif"], "Error: --json and --sarif are two forms of the output; give one"),
    ],
)  # fmt: skip
def test_a_wrong_call_ends_with_one_line_and_code_2(run: Run, args: list[str], said: str) -> None:
    result = run(*args)
    assert (result.code, result.out, error(result.err)) == (2, "", said)
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import nosuchthing\n", "broken.py:1:1: broken cannot be imported: ModuleNotFoundError: "
         "No module named 'nosuchthing'\n    import nosuchthing\n    ^^^^^^^^^^^^^^^^^^\n  docs/errors/import.md\n"),
        ("x = {}\ny = [x['a']]\n", "broken.py:2:6: broken cannot be imported: KeyError: 'a'\n"
         "    y = [x['a']]\n         ^^^^^^\n  docs/errors/import.md\n"),
        ("def f(:\n", "broken.py:1:7: broken cannot be imported: SyntaxError: invalid syntax\n"
         "    def f(:\n          ^\n  docs/errors/import.md\n"),
        ("import sys\nsys.exit(4)\n", "broken.py:2:1: broken cannot be imported: it ends the program "
         "(SystemExit: 4)\n    sys.exit(4)\n    ^^^^^^^^^^^\n  docs/errors/import.md\n"),
        ("import json\njson.loads('{')\n", "broken.py:2:1: broken cannot be imported: JSONDecodeError: Expecting "
         "property name enclosed in double quotes: line 1 column 2 (char 1)\n    json.loads('{')\n"
         "    ^^^^^^^^^^^^^^^\n  docs/errors/import.md\n"),
    ],
    ids=["missing", "key", "syntax", "exit", "inside the library"],
)  # fmt: skip
def test_a_module_that_cannot_be_imported_gives_its_line(run: Run, tmp_path: Path, code: str, said: str) -> None:
    (tmp_path / "broken.py").write_text(code)
    result = run("check", "broken")
    assert (result.code, result.out, result.err) == (1, said, "")
    result = run("compile", "broken:x")
    assert (result.code, result.out, result.err) == (1, "", said)


def test_what_a_module_prints_does_not_mix_with_the_output(run: Run, tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text("print('hello')\nfrom app import small\n")
    result = run("compile", "loud")
    assert result.out.startswith("{")
    assert result.err == "hello\n"


def test_an_internal_error_is_code_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import workflow.cli.graph

    def fall(asl: object) -> None:
        raise RuntimeError("by mistake")

    monkeypatch.setattr(workflow.cli.graph, "chart", fall)
    result = run("graph", "app:small")
    assert result.code == 3
    assert "RuntimeError: by mistake" in result.err
    assert error(result.err) == "internal error: please report it with the source that caused it"
