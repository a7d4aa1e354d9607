"""The simulator's JSONata beside the reference engine, over random expressions; skipped aloud where there is none."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.expressions.engines import UNDEFINED, Failed, by_reference, by_simulator, node
from tests.simulator.random_jsonata import Writer


def same(a: Any, b: Any) -> bool:
    """JSON that is equal, numbers up to the last digits of a double; true is not 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-12)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and (isinstance(a, Failed) or a == b)


def differences(seed: int, count: int) -> list[str]:
    """The expressions of which the two say different things."""
    if node() is None:
        pytest.skip("no node, or no npm package jsonata (JSONATA_JS): the reference engine was not asked")
    writer = Writer(seed)
    rows = [(writer.expression(), {"input": writer.input()}) for _ in range(count)]
    answers = by_reference(rows)
    ours = [by_simulator(*row) for row in rows]
    assert sum(answer is not UNDEFINED and not isinstance(answer, Failed) for answer in answers) > count / 5
    return [
        f"{code}\n  of {states['input']}\n  is {answer}\n  not {mine}"
        for (code, states), answer, mine in zip(rows, answers, ours, strict=True)
        if not same(answer, mine)
    ]


def test_random_expressions_mean_what_the_reference_says() -> None:
    assert differences(seed=1, count=1_500) == []


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_more_do(seed: int) -> None:
    assert differences(seed, 4_000) == []
