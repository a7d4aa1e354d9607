"""What the workflow is written out as, how long it may take, and what it needs."""

from pathlib import Path

import pytest

from pipelines.telemetry import TIMEOUT, telemetry
from tests.pipelines.golden import FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_golden(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == FILES[file].to_json(), "wanted? then `make golden`"


def test_the_worst_path_ends_before_the_workflow_does() -> None:
    lambdas = 4 * 10 + (1 + 2 + 4)  # attempts of ten seconds, and the waits between them
    services = 4 * 5 + (1 + 2 + 4)
    assert telemetry.longest_seconds() == 2 * lambdas + 5 * services == 229
    assert telemetry.longest_seconds() < TIMEOUT <= 300


def test_every_lambda_is_a_handler_and_every_symbol_is_known() -> None:
    assert {function.name for function in telemetry.functions} == {"validate", "summarise", "quarantine"}
    assert set(telemetry.symbols) == {
        "aws.partition",
        "function.quarantine",
        "function.summarise",
        "function.validate",
        "table.devices",
        "table.readings",
        "table.repeats",
        "topic.alerts",
    }
