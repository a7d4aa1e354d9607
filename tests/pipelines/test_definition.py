"""What the workflow is written out as. After a wanted change: `make golden`, which runs

python -m pytest tests/pipelines --inline-snapshot=create,fix
"""

from inline_snapshot import external_file

from pipelines.telemetry import TIMEOUT, telemetry


def test_golden() -> None:
    assert telemetry.to_json() == external_file("golden/telemetry.asl.json", format=".txt")


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
