"""The exact messages of problems that `mistakes/` cannot show: of files, of what is missing, of answers in tests."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.models import Item, Reading
from tests.workflow.testing.shop import Order, sell
from workflow import Table, Workflow, WorkflowError
from workflow.aws import attributes
from workflow.aws.models import ModelsMissing
from workflow.aws.sdk import sdk
from workflow.diagnostics import Refusal
from workflow.expressions import kinds
from workflow.expressions.nodes import Var
from workflow.integrations import UpdateItem
from workflow.testing import run

ANYTHING = kinds.from_annotation(object)
ITEMS = Table("items", Item)


def problems(make: Callable[[], object]) -> list[str]:
    """What is wrong and what to write, of every problem."""
    with pytest.raises(WorkflowError) as raised:
        make()
    return [f"{p.what}; {p.instead}" for p in raised.value.problems]


def test_a_value_without_a_type_of_dynamodb() -> None:
    x, fresh = Var("x", kind=ANYTHING), (f"x{n}" for n in count())
    written: list[Callable[[], object]] = [
        lambda: attributes.attribute(x, ANYTHING, fresh),
        lambda: attributes._raw(x, ANYTHING),
    ]
    for make in written:
        with pytest.raises(Refusal) as raised:
            make()
        assert raised.value.problem.instead == "keep it as text or as a model"
        assert raised.value.problem.what == "DynamoDB has no type for Any | None"


def test_an_update_that_may_be_none() -> None:
    def maybe(r: Reading) -> str | None:
        return r.device_id if r.celsius > 3 else None

    update = UpdateItem("Mark", ITEMS, of=Reading, key=lambda r: r.id, set={"alert": maybe})
    assert problems(lambda: Workflow.standard("w", update)) == [
        "`alert` of `Mark` may be None; test it before, and remove the attribute where it is"
    ]


def test_without_the_models_of_services(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Any:
        raise ModelsMissing("install botocore: its data files say what AWS's services take")

    monkeypatch.setattr("workflow.aws.catalogue.sdk", missing)
    call = sdk("Put", "sns:publish", of=Reading)
    assert problems(lambda: Workflow.standard("w", call)) == [
        "install botocore: its data files say what AWS's services take; "
    ]


def test_a_definition_that_is_no_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "orders.asl.json"
    file.write_bytes(b'{"Comment": "\xff"}')
    assert problems(lambda: Workflow.from_asl(file)) == [
        "this is no UTF-8: invalid start byte at byte 13; save it as UTF-8"
    ]


def test_what_cannot_be_run() -> None:
    what: Any = 3
    assert problems(lambda: run(what)) == ["3 cannot be run; give a Workflow, a state or chain, or a definition"]


def test_every_page_is_named_by_the_language() -> None:
    root = Path(__file__).parents[2]
    named: set[object] = set()
    for path in (root / "workflow").rglob("*.py"):
        named |= {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)}
    pages = {path.stem for path in (root / "docs" / "errors").glob("*.md")} - {"README"}
    assert sorted(pages - named) == []


class Odd:
    def __repr__(self) -> str:
        return "<odd>"


def test_an_answer_without_a_json_form() -> None:
    (said,) = problems(lambda: run(sell, Order(id="o", sku="s"), answers={"Tell": Odd()}))
    assert said == (
        "`Tell` is answered with <odd>, which has no JSON form: Unable to serialize unknown type: "
        "<class 'tests.workflow.test_messages.Odd'>; give JSON data or a model"
    )
