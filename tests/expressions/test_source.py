"""From a function object to its own text: lambdas wherever they stand, and the reasons where there is none."""

from __future__ import annotations

import functools
import importlib.util
import linecache
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from workflow.expressions import Page, Refusal, compile_function

from .models import Shipment


def text(fn: Callable[..., Any]) -> str:
    return compile_function(fn, [Shipment])


def module(folder: Path, source: str, name: str = "written") -> ModuleType:
    """A module from a file of its own."""
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    linecache.checkcache(str(path))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


Lambdas = list[Callable[..., Any]]
# fmt: off
first, second = (lambda s: s.count > 1), (lambda s: s.count > 2)
several = [(lambda s, n=n: s.count > n) for n in (1, 50)]
closures = [(lambda n: lambda s: s.count > n)(n) for n in (3, 4)]
multi = lambda s: (
    s.count
    + 1
)
constants: Lambdas = [(lambda s: 1), (lambda s: 2.0), (lambda s: True), (lambda s: None), (lambda s: "x"),
                      (lambda s, n=3: 1)]
chosen: Lambdas = [(lambda s: 1 if s.flag else 2), (lambda s: 3 if s.flag else 4), (lambda s: not s.flag),
          (lambda s: (lambda f: 5 if f else 6)(s.flag))]
tuples: Lambdas = [(lambda s: (1, 2)), (lambda s: (1, 3)), (lambda s: -1), (lambda s: 1 + 1), (lambda s: s.id and "a")]
# fmt: on


def decorated(fn: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fn)
    def inner(*args: Any) -> Any:
        return fn(*args)

    return inner


@decorated
def with_decorator(s: Shipment) -> int:
    return s.count + 2


class Rules:
    __hidden = 7

    def over(self, s: Shipment) -> bool:
        return s.count > self.__hidden

    inside = staticmethod(lambda s: s.count + 3)


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        (first, "$states.input.count > 1"),
        (second, "$states.input.count > 2"),
        (several[0], "$states.input.count > 1"),
        (several[1], "$states.input.count > 50"),
        (closures[0], "$states.input.count > 3"),
        (closures[1], "$states.input.count > 4"),
        (multi, "$states.input.count + 1"),
        (with_decorator, "$states.input.count + 2"),
        (Rules().over, "$states.input.count > 7"),
        (Rules.inside, "$states.input.count + 3"),
        (functools.partial(lambda n, s: s.count + n, 5), "$states.input.count + 5"),
        (functools.lru_cache(lambda s: s.count + 6), "$states.input.count + 6"),
    ],
)
def test_lambdas_are_found_where_they_stand(fn: Callable[..., Any], expected: str) -> None:
    assert text(fn) == expected


def test_lambdas_of_constants_are_told_apart_on_one_line() -> None:
    assert [text(fn) for fn in constants] == ["1", "2.0", "true", "null", "'x'", "1"]
    assert [text(fn) for fn in chosen] == [
        "$states.input.flag ? 1 : 2",
        "$states.input.flag ? 3 : 4",
        "$not($states.input.flag)",
        "$states.input.flag ? 5 : 6",
    ]
    assert [text(fn) for fn in tuples[:4]] == ["[1, 2]", "[1, 3]", "-1", "2"]


def test_two_lambdas_of_one_text_are_one(tmp_path: Path) -> None:
    made = module(tmp_path, "a, b = (lambda s: s.count), (lambda s: s.count)\n")
    assert text(made.a) == text(made.b) == "$states.input.count"


def test_a_file_that_changed_since_it_was_imported(tmp_path: Path) -> None:
    made = module(tmp_path, "f = lambda s: s.count + 1\n")
    assert text(made.f) == "$states.input.count + 1"
    Path(made.__file__ or "").write_text("f = lambda s: s.count + 200000\n", encoding="utf-8")
    linecache.checkcache(made.__file__)
    with pytest.raises(Refusal, match="changed since it was imported") as raised:
        text(made.f)
    assert raised.value.problem.page == Page.SOURCE_UNAVAILABLE


def test_a_file_that_moved_within_itself_is_not_read_wrongly(tmp_path: Path) -> None:
    made = module(tmp_path, "f = lambda s: s.count + 1\n")
    Path(made.__file__ or "").write_text("f = lambda s: s.count + 2\n", encoding="utf-8")
    linecache.checkcache(made.__file__)
    with pytest.raises(Refusal, match="changed since it was imported"):
        text(made.f)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: eval("lambda s: s.count"), "is not available"),  # noqa: S307
        (lambda: compile_in("def f(s):\n    return s.count\n"), "is not available"),
    ],
)
def test_without_source(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(Refusal, match=message) as raised:
        text(make())
    assert raised.value.problem.page == Page.SOURCE_UNAVAILABLE
    assert raised.value.problem.place is not None


def compile_in(source: str) -> Any:
    scope: dict[str, Any] = {}
    exec(compile(source, "<typed>", "exec"), scope)  # noqa: S102
    return scope["f"]


def test_a_module_in_a_zip_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("zipped_rules.py", "f = lambda s: s.count + 1\n")
    monkeypatch.syspath_prepend(str(archive))
    zipped = importlib.import_module("zipped_rules")
    try:
        assert text(zipped.f) == "$states.input.count + 1"
    finally:
        del sys.modules["zipped_rules"]


def test_a_place_counts_characters_not_bytes(tmp_path: Path) -> None:
    made = module(tmp_path, "f = lambda s: 'é😀' + s.nope\n")
    with pytest.raises(Refusal) as raised:
        text(made.f)
    place = raised.value.problem.place
    assert place is not None
    assert (place.line, place.column, place.end_column) == (1, 22, 28)
    assert str(raised.value).splitlines()[1:3] == [
        "    f = lambda s: 'é😀' + s.nope",
        "                         ^^^^^^",
    ]


def test_a_helper_of_another_file_is_blamed_where_it_is_wrong(tmp_path: Path) -> None:
    made = module(tmp_path, "def helper(s):\n    return s.coun\n", "helpers")
    with pytest.raises(Refusal) as raised:
        text(lambda s: made.helper(s))
    assert str(raised.value.problem.place).endswith("helpers.py:2:12")


def test_an_installed_project_reads_its_own_code_and_no_library() -> None:
    with pytest.raises(Refusal, match="is library code and is not read"):
        text(lambda s: textwrap.dedent(s.id))


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are syntax since Python 3.12")
def test_type_parameters_and_nested_f_strings(tmp_path: Path) -> None:
    made = module(
        tmp_path,
        """
        from pydantic import BaseModel

        class Box[T](BaseModel):
            value: T

        type Pair[T] = tuple[T, T]

        class Order(BaseModel):
            pair: Pair[float]
            box: Box[str]

        def first[T](xs: tuple[T, T]) -> T:
            return xs[0]

        sums = lambda o: first(o.pair) + o.pair[1]
        text = lambda o: f"{f"{o.box.value}!"}"
        """,
        "parameters",
    )
    sys.modules["parameters"] = made
    assert compile_function(made.sums, [made.Order]) == "$states.input.pair[0] + $states.input.pair[1]"
    assert compile_function(made.text, [made.Order]) == "$states.input.box.value & '!'"


def test_asserts_that_pytest_rewrote_are_read() -> None:
    def checked(s: Shipment) -> str:
        assert s.title is not None
        return s.title.upper()

    assert text(checked) == (
        "($assert($states.input.title != null, 'assertion failed'); $uppercase($states.input.title))"
    )
