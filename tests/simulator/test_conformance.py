"""The recorded executions of real AWS, where they are at hand: every part of each must agree."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.conformance import adapter

_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "conformance"
_RECORDS = _FOLDER / "recorded.jsonl"


def _records() -> list[Any]:
    if not _RECORDS.exists():
        return [pytest.param(None, marks=pytest.mark.skip(reason="the recorded executions are not at hand"))]
    rows = [json.loads(line) for line in _RECORDS.read_text().splitlines()]
    return [pytest.param(row, id=row["id"].rpartition("::")[2]) for row in rows]


@pytest.fixture(scope="module")
def judge() -> Any:
    specification = importlib.util.spec_from_file_location("conformance_run", _FOLDER / "run.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.judge


@pytest.mark.parametrize("record", _records())
def test_execution_agrees_with_aws(record: dict[str, Any], judge: Any) -> None:
    got = adapter(record["definition"], record["input"], record["mocks"], record)
    verdict = judge(record, got)
    assert [part for part, agrees in verdict.items() if agrees is False] == [], got
