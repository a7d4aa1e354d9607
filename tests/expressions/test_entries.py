"""Every expression of `entries` means the same as the Python it was made of, under every engine that is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflow.expressions import compile_function

from . import engines
from .compare import differences
from .entries import EQUAL
from .models import Shipment, shipments

VALUES = list(shipments())


@pytest.mark.parametrize("name", EQUAL)
def test_an_expression_means_what_python_says(name: str) -> None:
    fn: Callable[[Shipment], object] = EQUAL[name]
    code = compile_function(fn, [Shipment])
    assert list(differences(fn, code, VALUES)) == [], code


def test_the_reference_engine_took_part() -> None:
    if engines.node() is None:
        pytest.skip("no node, or no npm package jsonata (JSONATA_JS): the reference engine was not asked")
    assert engines.by_reference([("1 + $states.input", {"input": 2}), ("$error('x')", {})])[0] == 3
