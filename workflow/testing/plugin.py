"""What pytest does when workflows are measured: over processes of xdist too, with a report at the end.

Registered by `workflow_pytest`, which alone knows the options; this module is imported only when one is given.
"""

from __future__ import annotations

import importlib
from collections.abc import Generator
from typing import Any

import pytest

from ..definition import Workflow
from .coverage import KINDS, Coverage, start, stop

OUTPUT = "workflow_coverage"
MOST_MISSING = 40


class Measuring:
    """Measures a session."""

    def __init__(self, config: pytest.Config, targets: list[str], least: float | None) -> None:
        self._worker: Any = getattr(config, "workeroutput", None)
        self._least = least
        workflows = [_load(target) for target in targets]
        self.coverage = Coverage(frozenset(workflow.name for workflow in workflows))
        for workflow in workflows:
            self.coverage.expect(workflow)
        start(self.coverage)

    @property
    def _short(self) -> bool:
        return self._least is not None and self.coverage.percent < self._least

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Fail the session where too little was gone through."""
        result = yield
        if self._worker is None and self._short and not session.config.option.collectonly:
            session.testsfailed += 1
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Hand over to the process that reports."""
        if self._worker is not None:
            self._worker[OUTPUT] = self.coverage.dump()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """A worker of xdist has ended: add what it measured."""
        self.coverage.merge(getattr(node, "workeroutput", {}).get(OUTPUT, {}))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The report."""
        for line, style in report(self.coverage):
            if line.startswith("workflow coverage"):
                terminalreporter.section(line, "-")
            else:
                terminalreporter.write_line(line, **style)
        if self._short:
            said = f"{self.coverage.percent:.2f}% of the workflows was gone through, less than {self._least:g}%"
            terminalreporter.write_line(f"FAIL workflow coverage: {said}", red=True, bold=True)

    def pytest_unconfigure(self) -> None:
        """Measure no more."""
        stop(self.coverage)


def report(coverage: Coverage) -> list[tuple[str, dict[str, bool]]]:
    """The lines of the report, each with how it is to be marked."""
    plural = [f"{kind}s" for kind in KINDS]
    width = max([len("workflow"), *(len(c.name) for c in coverage.workflows.values())])
    lines: list[tuple[str, dict[str, bool]]] = [("workflow coverage", {})]
    head = f"{'':{width}}  " + "  ".join(f"{name:>11}" for name in plural) + "    all"
    lines.append((head, {}))
    for covered in sorted(coverage.workflows.values(), key=lambda c: c.name):
        counts = ["{}/{}".format(*covered.count(kind)) for kind in KINDS]
        hit, of = covered.count()
        full = hit == of
        share = f"{100.0 * hit / of if of else 100.0:.0f}%"
        line = f"{covered.name:{width}}  " + "  ".join(f"{count:>11}" for count in counts) + f"  {share:>5}"
        lines.append((line, {"green": full, "yellow": not full}))
    for covered in sorted(coverage.workflows.values(), key=lambda c: c.name):
        missing = covered.missing()
        whole = {element.state for element in missing if element.kind == "state"}
        told = [e for e in missing if e.kind == "state" or e.state not in whole]
        if told:
            lines.append((f"{covered.name}: no test went through", {"bold": True}))
            lines += [(f"  {element}", {}) for element in told[:MOST_MISSING]]
        if len(told) > MOST_MISSING:
            lines.append((f"  and {len(told) - MOST_MISSING} more", {}))
    return lines


def _load(target: str) -> Workflow[Any, Any]:
    """The workflow that an option names."""
    module, _, name = target.partition(":")
    try:
        found = getattr(importlib.import_module(module), name or module.rpartition(".")[2])
    except (ImportError, AttributeError) as error:
        raise pytest.UsageError(f"--workflow-cov={target}: {error}") from None
    if not isinstance(found, Workflow):
        raise pytest.UsageError(f"--workflow-cov={target} is {type(found).__name__}, no Workflow")
    return found
