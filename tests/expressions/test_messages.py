"""The exact messages that no lambda over a model alone can show: of roots, of source, of the compiler's own limits."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import pytest

from workflow.expressions import Refusal, Root, compile_expression, compile_function, compiler, kinds, source
from workflow.expressions.nodes import Outer, Symbolic

from .models import Shipment
from .test_source import module


def said(fn: Callable[..., Any], *roots: Root) -> str:
    """What and what to write instead."""
    with pytest.raises(Refusal) as raised:
        compile_expression(fn, roots or [Root.path("states.input", Shipment)])
    return f"{raised.value.problem.what}; {raised.value.problem.instead}"


def test_a_variable_with_the_name_of_a_function() -> None:
    assert said(lambda c: c + 1, Root.variable("count", int)) == (
        "the variable `count` has the name of a function of JSONata, which it would hide; give it another name"
    )


class Limit(Symbolic):
    node = Outer("limit", kind=kinds.INT)


LIMIT: Any = Limit()


def test_a_local_with_the_name_of_a_variable() -> None:
    def over(s: Shipment) -> Any:
        limit = s.count * s.count + 1
        return limit + limit > LIMIT

    assert said(over) == "`limit` is a local here and a variable of the workflow; give the local another name"


def test_an_expression_that_is_nested_too_deeply(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(compiler, "interpret", deep)
    assert said(lambda s: s.id) == "the expression is nested too deeply; split it"


def test_calls_that_are_nested_too_deeply(tmp_path: Any) -> None:
    made = module(tmp_path, "def f0(s):\n    return s.count\n", "deep")
    lines = [f"def f{i}(s):\n    return f{i - 1}(s) + 1\n" for i in range(1, 60)]
    made = module(tmp_path, "def f0(s):\n    return s.count\n" + "".join(lines), "deeper")
    assert compile_function(made.f9, [Shipment]).startswith("$states.input.count + 1")
    assert said(made.f59) == "calls nested too deeply; do it in a Task"


def test_several_lambdas_that_nothing_tells_apart(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = module(tmp_path, "a, b = (lambda s: s.count), (lambda s: s.id)\n", "pair")
    monkeypatch.setattr(source, "at_its_place", lambda *_: [])
    assert said(made.a) == "several lambdas on this line; put each on its own line"


def test_a_file_that_changed(tmp_path: Any) -> None:
    made = module(tmp_path, "f = lambda s: s.count + 1\n", "changed")
    code = made.f.__code__
    other = types.FunctionType(code.replace(co_consts=(None, 2)), {}, "f")
    assert said(other) == f"{code.co_filename} changed since it was imported; import it again: restart the process"


def test_code_that_is_no_function(tmp_path: Any) -> None:
    made = module(tmp_path, "class Rules:\n    limit = 3\n", "body")
    text = "class Rules:\n    limit = 3\n"
    codes = list(source.all_code(compile(text, made.__file__ or "", "exec", dont_inherit=True)))
    body = types.FunctionType(codes[1], vars(made))
    assert said(body) == f"the source of Rules was not found in {made.__file__}; put it into a file as it is"


def test_a_mistake_of_the_compiler_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(compiler, "interpret", broken)
    assert said(lambda s: s.id) == "internal: KeyError: 'x'; please report it with the expression"
