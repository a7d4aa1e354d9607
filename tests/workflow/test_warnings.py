"""Warnings: told when a workflow is created, accepted in code with a reason."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from tests.workflow.models import Batch, validate
from workflow import Map, Task, Workflow, WorkflowWarning

TOLD = "warning: `Each` asks for 100 items at once; an inline Map runs 40; use a Distributed Map, or a smaller number"


def many() -> Map[Batch, list[object]]:
    return Map("Each", Task("Validate", validate), of=Batch, items=lambda b: b.items, max_concurrency=100)


def test_a_warning_is_told_with_its_place() -> None:
    with pytest.warns(WorkflowWarning, match=re.escape(TOLD)) as told:
        workflow = Workflow.standard("w", many())
    assert len(told) == 1
    text = str(told[0].message)
    assert text.startswith("tests/workflow/test_warnings.py:")
    assert text.endswith("  docs/errors/map-concurrency.md")
    assert [w.page for w in workflow.warnings] == ["map-concurrency"]
    assert (Path(__file__).parents[2] / "docs" / "errors" / "map-concurrency.md").is_file()


def test_an_accepted_warning_is_not_told() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        workflow = Workflow.standard("w", many().accept("map-concurrency", because="the quota was raised"))
    assert workflow.warnings == ()
