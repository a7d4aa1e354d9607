"""docs/reference is what the code says: every public name has a page, every parameter a meaning, every example runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import workflow
from tests.docs import reference, signatures
from tests.docs.reference_pages import INTEGRATIONS, PAGES, STATES, TYPES, Page
from workflow.states.base import Part

BY_NAME = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.mark.parametrize("file", reference.FILES, ids=lambda file: file.stem)
def test_pages_are_current(file: Path) -> None:
    assert reference.is_current(file), "write `make golden`"


def test_no_other_pages_are_there() -> None:
    assert {*reference.REFERENCE.iterdir()} == {*reference.FILES}


def test_every_public_name_is_on_a_page() -> None:
    shown = {part for page in PAGES for entry in page.shows for part in entry.split(".")[:1]}
    shown |= {constant for page in PAGES for constant in page.constants} | {*TYPES}
    assert {*workflow.__all__} - shown == set()


def test_every_state_has_a_page_of_its_own() -> None:
    own = {page.shows[0] for page in STATES + INTEGRATIONS}
    states = {
        name
        for name in workflow.__all__
        if isinstance(value := getattr(workflow, name), type) and issubclass(value, Part) and name not in TYPES
    }
    assert states - own == set()


@BY_NAME
def test_every_parameter_has_a_meaning(page: Page) -> None:
    unsaid = [(shown, name) for shown in page.shows for name, said in reference.parameters(shown).items() if not said]
    assert unsaid == []


@BY_NAME
def test_the_example_runs_and_is_checked(page: Page) -> None:
    made = reference.example(page)  # its assertions hold
    assert isinstance(made.example, workflow.Workflow)
    code = Path(str(made.__file__)).read_text(encoding="utf-8")
    assert "\nassert " in code
    if page in STATES + INTEGRATIONS:
        assert re.search(rf"\b{page.shows[0]}(\[.+\])?\(", code), f"the example has no {page.shows[0]}"


def test_every_page_has_an_example_and_no_example_is_left_over() -> None:
    modules = {file.stem for file in reference.EXAMPLES.glob("*.py")} - {"__init__"}
    assert modules == {page.example for page in PAGES}


@BY_NAME
def test_pages_name_aws_s_page(page: Page) -> None:
    assert re.fullmatch(r"https://docs\.aws\.amazon\.com/[\w./-]+\.html", page.url)


def test_a_stale_page_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "task.md"
    monkeypatch.setitem(reference.BY_FILE, file, PAGES[0])
    assert not reference.is_current(file)
    file.write_text(reference.text(file), encoding="utf-8")
    assert reference.is_current(file)
    file.write_text("# Task\n", encoding="utf-8")
    assert not reference.is_current(file)


def test_what_is_refused_is_read_from_the_source() -> None:
    assert {"handler", "name"} >= signatures.refusals(workflow.Task) >= {"handler"}
    assert signatures.refusals(workflow.PutItem) >= {"table", "table-item"}


@pytest.mark.parametrize(
    "name, said",
    [("task", "retried three times"), ("get-object", "retried three times"), ("put-object", "not retried")],
)
def test_pages_say_what_is_retried(name: str, said: str) -> None:
    page = (reference.REFERENCE / f"{name}.md").read_text(encoding="utf-8")
    assert f"Transient errors, {said}" in page
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    assert any("Retry" in state for state in shown["States"].values()) == (said == "retried three times")


def test_only_what_can_wait_for_a_token_has_that_method() -> None:
    pages = {
        page.name
        for page in INTEGRATIONS
        if "#wait_for_token" in reference.text(reference.REFERENCE / f"{page.name}.md")
    }
    assert {"send-message", "start-execution", "invoke", "put-event"} <= pages
    assert not pages & {"call-http", "publish", "get-item", "run-activity"}


def test_a_page_shows_the_definition_of_its_example() -> None:
    page = (reference.REFERENCE / "map.md").read_text(encoding="utf-8")
    shown = json.loads(page.split("```json\n")[1].split("```")[0])
    assert shown["States"]["Each line"]["Type"] == "Map"
    assert shown["States"]["Each line"]["Items"] == "{% $states.input.lines %}"
    assert "Map(" in page.split("```python\n")[1].split("```")[0]
