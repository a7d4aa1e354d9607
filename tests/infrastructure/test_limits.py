"""What the workflow says about time, and that a definition is bound as a whole."""

import pytest

from infrastructure.settings import ROOT, read
from infrastructure.stack_files import StackFiles
from infrastructure.state_machine import StateMachineArgs, definition_of, limits_of
from pipelines.telemetry import TIMEOUT, telemetry


def test_the_workflows_limits_are_its_own() -> None:
    limits = limits_of(telemetry)
    assert limits.timeout == TIMEOUT
    assert limits.longest == telemetry.longest_seconds()
    assert limits.shortest_task == 10
    assert limits.place.startswith("pipelines/telemetry.py:")


@pytest.mark.parametrize("stack", ["dev", "prod", "local"])
def test_worst_path_timeout_and_visibility_nest(stack: str) -> None:
    limits = limits_of(telemetry)
    files = StackFiles(ROOT, stack, "symphony")
    given = {key: entry.value for key, entry in files.entries.items() if entry.value is not None}
    settings = read(given, files, "symphony", stack, limits)
    assert limits.longest < limits.timeout < settings.queue_visibility_seconds


def test_a_symbol_that_nobody_deploys_is_named_before_anything_is_created() -> None:
    symbols = [symbol for symbol in telemetry.symbols if symbol not in ("aws.partition", "topic.alerts")]
    args = StateMachineArgs(
        settings=None,  # type: ignore[arg-type]
        account=None,  # type: ignore[arg-type]
        workflow=telemetry,
        bindings=dict.fromkeys(symbols, "x"),
        arns={},
    )
    with pytest.raises(ValueError, match=r"workflow telemetry uses topic\.alerts, which this stack does not deploy"):
        definition_of(args)
