"""Random programs: compiled and equal to Python, or refused; never another result, never a defect of the compiler."""

from __future__ import annotations

import importlib.util
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.expressions import InternalError, Refusal, compile_function

from .compare import differences
from .models import Shipment, shipments
from .programs import HEADER, Program

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def programs(seed: int, count: int, folder: Path) -> Iterator[tuple[str, Any]]:
    """Programs with their functions, from a file as a user would have them."""
    r = random.Random(seed)
    texts = {f"f{i}": Program(r).text(f"f{i}") for i in range(count)}
    path = folder / f"programs{seed}.py"
    path.write_text(HEADER + "\n\n".join(texts.values()), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[path.stem]
    for name, text in texts.items():
        yield text, getattr(module, name)


def check(seed: int, count: int, folder: Path) -> Counter[str]:
    """How many were equal and how many refused; asserts that none is anything else."""
    seen: Counter[str] = Counter()
    values = list(shipments())
    for text, fn in programs(seed, count, folder):
        try:
            code = compile_function(fn, [Shipment])
        except Refusal as refusal:
            assert not isinstance(refusal, InternalError), f"{text}\n{refusal}"
            seen["refused"] += 1
            continue
        assert list(differences(fn, code, values)) == [], f"{text}\n{code}"
        seen["equal"] += 1
    return seen


def test_random_programs(tmp_path: Path) -> None:
    seen = check(1, 250, tmp_path)
    assert seen["equal"] > 150, seen


def steps(s: Shipment) -> list[int]:
    codes = s.codes.root
    if codes:
        if s.parcels[0].fragile:
            codes = [y - x for x, y in zip([code + 1 for code in codes], [1, 2])]
    return codes


def test_what_is_named_in_a_branch_inside_a_branch_is_named_where_it_is_read() -> None:
    code = compile_function(steps, [Shipment])
    assert list(differences(steps, code, list(shipments()))) == []


def heaviest(s: Shipment) -> str:
    return max(s.parcels, key=lambda p: p.net_weight / s.size.width).parcel_id


def in_order(s: Shipment) -> list[str]:
    return [p.parcel_id for p in sorted(s.parcels, key=lambda p: -(s.level / s.size.width))]


@pytest.mark.parametrize("fn", [heaviest, in_order])
def test_a_key_that_fails_does_so_for_an_only_item_too(fn: Any) -> None:
    code = compile_function(fn, [Shipment])
    assert list(differences(fn, code, list(shipments()))) == []


@pytest.mark.prove
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(seed=st.integers(2, 10**6))
def test_more_random_programs(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    check(seed, 100, tmp_path_factory.mktemp("programs"))
