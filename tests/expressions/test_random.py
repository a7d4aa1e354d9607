"""Random values through every expression of `entries`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings

from workflow.expressions import compile_function

from .compare import differences
from .entries import EQUAL
from .models import Shipment
from .strategies import SHIPMENT

HALVES = {"f-string of many", "percent"}
"""Show a value that may lie exactly between two texts: there the engines round to either side."""
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@cache
def compiled() -> dict[str, tuple[Callable[[Any], Any], str]]:
    """Every expression, once."""
    return {n: (fn, compile_function(fn, [Shipment])) for n, fn in EQUAL.items() if n not in HALVES}


@settings(max_examples=10, deadline=None, suppress_health_check=SLOW, derandomize=True)
@given(value=SHIPMENT)
def test_every_expression_on_random_values(value: Shipment) -> None:
    for name, (fn, code) in compiled().items():
        assert list(differences(fn, code, [value])) == [], f"{name}: {code}"
