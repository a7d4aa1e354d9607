"""The emitted JSONata and the exact messages of refusals, readable in one review."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workflow.expressions import InternalError, Page, Refusal, compile_function

from .corners import CORNERS, Corner
from .goldens import FILES
from .mistakes import MISTAKES
from .models import Shipment
from .orders import Order
from .refused import REFUSED
from .slips import SLIPS

PAGES = Path(__file__).parents[2] / "docs" / "errors"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_golden(file: Path) -> None:
    text = FILES[file]()
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text, "wanted? then UPDATE_GOLDEN=1, and read the diff"


TABLES: dict[type, dict[str, Callable[..., object]]] = {
    Shipment: REFUSED,
    Order: {**MISTAKES, **SLIPS},
    Corner: CORNERS,
}


@pytest.mark.parametrize(("model", "name"), [(model, name) for model, table in TABLES.items() for name in table])
def test_a_refusal_has_a_place_a_page_and_something_to_write(model: type, name: str) -> None:
    with pytest.raises(Refusal) as raised:
        compile_function(TABLES[model][name], [model])
    refusal = raised.value
    assert not isinstance(refusal, InternalError)
    assert refusal.problem.place is not None
    assert refusal.problem.instead
    assert refusal.problem.page in set(Page)
    lines = str(refusal).splitlines()
    if refusal.problem.page != Page.SOURCE_UNAVAILABLE:
        assert set(lines[2].strip()) == {"^"}
    assert lines[-1].strip() == f"docs/errors/{refusal.problem.page}.md"


@pytest.mark.parametrize("page", Page)
def test_each_page_is_written(page: Page) -> None:
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(text.split()) > 20


def test_the_pages_of_frequent_mistakes_are_used() -> None:
    used = set()
    for fn in REFUSED.values():
        with pytest.raises(Refusal) as raised:
            compile_function(fn, [Shipment])
        used.add(raised.value.problem.page)
    assert set(Page) - used == {Page.INTERNAL, Page.OFFLOADED}  # tests/workflow/test_offloaded.py uses the other
