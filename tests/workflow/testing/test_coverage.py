"""Coverage: what runs went through, measured here; and in pytest, with a report, a limit, and over processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.testing.shop import Order, OutOfStock, Slow, batch, priced, sell
from workflow import EXISTS, Choice, Succeed, Workflow
from workflow.testing import Environment, coverage, fails, in_turn, run
from workflow.testing.coverage import Coverage, Element, measured

ROOT = Path(__file__).parents[3]
TEA = Order(id="o-1", sku="tea")


def test_what_no_run_went_through_is_told_with_its_place() -> None:
    with measured() as coverage_:
        run(sell, TEA)
    missing = coverage_.missing()
    assert any(m.startswith("sell: catcher Price: OutOfStock  tests/workflow/testing/shop.py:") for m in missing)
    assert any(m.startswith("sell: retrier Price: ") and "Slow" in m for m in missing)
    assert any(m.startswith("sell: rule Dear?: $states.input.cents > 10000") for m in missing)
    assert any(m.startswith("sell: transition Dear? > Too dear") for m in missing)
    (covered,) = coverage_.workflows.values()
    assert covered.count("state") == (6, 9) and covered.count() == (13, 23) and round(coverage_.percent) == 57


def test_everything_can_be_gone_through() -> None:
    with measured() as coverage_:
        run(sell, TEA, answers={"Price": in_turn(Slow)})
        run(sell, TEA, answers={"Price": OutOfStock})
        run(sell, TEA, answers={"Store": fails(EXISTS)})
        run(sell, Order(id="o-2", sku="tea", count=100))
    assert coverage_.missing() == [] and coverage_.percent == 100.0


def test_nothing_is_measured_outside_and_measures_may_nest() -> None:
    with measured() as outer:
        run(sell, TEA)
        with measured() as inner:
            run(batch, [TEA])
    run(batch, [Order(id="o-2", sku="gone")])
    assert {c.name for c in outer.workflows.values()} == {"sell", "batch"}
    (only,) = inner.workflows.values()
    assert only.name == "batch" and Element("catcher", "Price", "0") in only.missing()
    assert Coverage().percent == 100.0


def test_rules_that_lead_to_the_same_state_are_told_apart() -> None:
    end = Succeed("End")
    choice = (
        Choice("Which?", Order).when(lambda o: o.count == 1, then=end).when(lambda o: o.count == 2, then=end)
    ).otherwise(end)
    flow = Workflow.standard("which", choice)
    for count, rule in ((1, "0"), (2, "1"), (3, "otherwise")):
        with measured() as coverage_:
            run(flow, Order(id="o", sku="s", count=count))
        (covered,) = coverage_.workflows.values()
        assert {e.detail for e in covered.hits if e.kind == "rule"} == {rule}


def test_runs_from_a_state_count_for_the_whole_and_parts_alone_do_not() -> None:
    with measured() as coverage_:
        Environment().run_from(sell, "Dear?", {"order": {"id": "1", "sku": "s", "count": 1}, "cents": 1})
        run(priced, TEA)
    (covered,) = coverage_.workflows.values()
    assert covered.name == "sell" and covered.count("state") == (5, 9)


def test_plain_definitions_are_measured_with_all_their_retriers() -> None:
    retry = [{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {}, "Retry": retry, "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "T", "States": {"T": task}}
    with measured() as coverage_:
        run(definition, answers={"T": in_turn(fails("B"), {})})
    assert coverage_.missing() == ["definition: retrier T: A"]


def test_what_another_process_measured_is_added() -> None:
    with measured() as first:
        run(sell, TEA)
    with measured() as second:
        run(sell, TEA, answers={"Price": OutOfStock})
        run(batch, [])
    whole = Coverage()
    whole.merge(first.dump())
    whole.merge(second.dump())
    by_name = {c.name: c for c in whole.workflows.values()}
    assert by_name["sell"].count("catcher") == (1, 2) and by_name["sell"].count("state") == (7, 9)
    assert [str(e) for e in by_name["sell"].missing()] != [] and set(by_name) == {"sell", "batch"}


def test_a_workflow_is_expected_even_if_nothing_runs_it() -> None:
    measure = Coverage(frozenset({"sell"}))
    measure.expect(sell)
    coverage.start(measure)
    try:
        run(batch, [TEA])
    finally:
        coverage.stop(measure)
    (covered,) = measure.workflows.values()
    assert covered.name == "sell" and covered.count()[0] == 0


# ---------------------------------------------------------------- in pytest

TESTS = """
from tests.workflow.testing.shop import Order, OutOfStock, sell
from workflow.testing import run

def test_sold():
    assert run(sell, Order(id="1", sku="tea")).path[-1] == "Sold"

def test_gone():
    assert run(sell, Order(id="1", sku="gone")).path == ["Price", "None left"]
"""


def session(folder: Path, tests: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A session of its own, in a folder with nothing but these tests."""
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    (folder / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "workflow_pytest", "-p", "no:cacheprovider", *options]
    environment: dict[str, Any] = {"PYTHONPATH": str(ROOT), "PATH": "", "COLUMNS": "120"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("options", [[], ["-n2"]])
def test_a_session_reports_and_keeps_its_limit(tmp_path: Path, options: list[str]) -> None:
    done = session(tmp_path, TESTS, "--workflow-cov", "--workflow-cov-fail-under=60", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "workflow coverage" in done.stdout and "sell: no test went through" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("sell  ")]
    assert line.split() == ["sell", "7/9", "7/9", "1/2", "1/2", "0/1", "70%"]
    short = session(tmp_path, TESTS, "--workflow-cov-fail-under=99", *options)
    assert short.returncode == 1 and "FAIL workflow coverage" in short.stdout


def test_a_session_may_name_its_workflow(tmp_path: Path) -> None:
    named = session(tmp_path, TESTS, "--workflow-cov=tests.workflow.testing.shop:batch")
    assert named.returncode == 0 and "batch: no test went through" in named.stdout and "sell" not in named.stdout
    wrong = session(tmp_path, TESTS, "--workflow-cov=tests.workflow.testing.shop:priced")
    assert wrong.returncode == 4 and "no Workflow" in wrong.stderr
    gone = session(tmp_path, TESTS, "--workflow-cov=tests.workflow.testing.shop:nothing")
    assert gone.returncode == 4 and "nothing" in gone.stderr


def test_the_plugin_imports_nothing_until_it_is_used(tmp_path: Path) -> None:
    tests = """
import sys

def test_unused():
    assert not {"workflow", "simulator"} & set(sys.modules)

def test_used(environment):
    assert environment.now.year == 2026 and "workflow.testing" in sys.modules
"""
    done = session(tmp_path, tests)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_path_that_is_not_as_expected_is_explained(tmp_path: Path) -> None:
    tests = (
        TESTS
        + """
def test_wrong():
    assert run(sell, Order(id="1", sku="tea")).path == ["Price", "Dear?", "Too dear"]

def test_wrong_too():
    assert ["Price"] == run(sell, Order(id="1", sku="gone")).path
"""
    )
    done = session(tmp_path, tests)
    assert done.returncode == 1
    assert "the path left expectation after `Dear?`: `Fine` came instead of `Too dear`" in done.stdout
    assert "the path left expectation after `Price`: `None left` came instead of the end" in done.stdout
