"""pytest for workflows: `--workflow-cov`, the fixture `environment`, and readable comparisons of paths.

Named in a conftest: `pytest_plugins = ["workflow_pytest"]`. It stands outside of the package so that loading it imports
nothing: the language and the simulator are imported when an option or the fixture is used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from workflow.testing import Environment


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("workflow", "coverage of workflows")
    group.addoption(
        "--workflow-cov",
        action="append",
        nargs="?",
        const="",
        default=[],
        metavar="MODULE:NAME",
        help="tell which states, transitions, rules, catchers and retriers of workflows the tests went through;"
        " of one workflow, or without a name of all that ran. May be given several times.",
    )
    group.addoption(
        "--workflow-cov-fail-under",
        type=float,
        metavar="PERCENT",
        help="fail the session where less than this is gone through",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Measure, if that is asked for."""
    targets: list[str] = config.getoption("workflow_cov") or []
    least: float | None = config.getoption("workflow_cov_fail_under")
    if targets or least is not None:
        from workflow.testing.plugin import Measuring  # nothing is imported where nothing is measured

        config.pluginmanager.register(Measuring(config, [t for t in targets if t], least), "workflow-coverage")


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Where a path left expectation."""
    path: Any = sys.modules.get("workflow.testing.path")
    if path is None or op != "==":
        return None
    taken, expected = (left, right) if isinstance(left, path.Path) else (right, left)
    if not isinstance(taken, path.Path) or not isinstance(expected, (list, tuple)):
        return None
    made: Any = taken
    lines: list[str] = made.compared(expected)
    return lines


@pytest.fixture
def environment() -> Environment:
    """What executions of one test share: virtual time, tables, topics."""
    from workflow.testing import Environment  # imported by the first test that uses it

    return Environment()
