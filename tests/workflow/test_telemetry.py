"""The telemetry flow as a whole: its definition, its symbols, its worst path."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.flows import telemetry

GOLDEN = Path(__file__).parent / "golden"


def states(machine: dict[str, Any]) -> dict[str, Any]:
    """Every state of a definition by name."""
    found = dict(machine["States"])
    for state in machine["States"].values():
        for inner in [*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())]:
            found.update(states(inner))
    return found


def test_the_definition_is_the_golden_one() -> None:
    golden = GOLDEN / "telemetry.asl.json"
    assert telemetry.to_json() == golden.read_text()


def test_states_stand_in_the_order_in_which_they_were_written() -> None:
    definition = telemetry.definition()
    inner = definition["States"]["Each"]["ItemProcessor"]["States"]["Reading"]["Branches"][0]
    assert inner["StartAt"] == "Validate"
    assert list(inner["States"]) == [
        "Validate",
        "Enrich",
        "Decide",
        "Store",
        "Read stored",
        "Still there?",
        "Same content?",
        "Keep stored",
        "Id reused",
        "Quarantine",
        "Expired while read",
        "Alert pending?",
        "Alert",
        "Mark",
        "Complete",
        "Result",
    ]


def test_a_shared_end_is_written_once() -> None:
    definition = telemetry.definition()
    found = states(definition)
    assert found["Validate"]["Catch"][0]["Next"] == "Quarantine"
    assert found["Id reused"]["Next"] == "Quarantine"
    assert found["Quarantine"]["End"] is True
    assert found["Keep stored"]["Next"] == found["Store"]["Next"] == "Alert pending?"


def test_symbols_functions_tables_and_topics() -> None:
    assert telemetry.symbols == (
        "aws.partition",
        "function.quarantine",
        "function.summarize",
        "function.validate",
        "table.devices",
        "table.readings",
        "topic.alerts",
    )
    assert [f.name for f in telemetry.functions] == ["validate", "summarize", "quarantine"]
    assert [(t.name, t.key, t.partition_key) for t in telemetry.tables] == [
        ("devices", "table.devices", "device_id"),
        ("readings", "table.readings", "id"),
    ]
    assert [t.key for t in telemetry.topics] == ["topic.alerts"]


def test_bindings_replace_every_symbol() -> None:
    bindings = {key: f"bound-{key.split('.')[1]}" for key in telemetry.symbols} | {"aws.partition": "aws-cn"}
    text = telemetry.to_json(bindings)
    found = states(json.loads(text))
    assert found["Validate"]["Resource"] == "arn:aws-cn:states:::lambda:invoke"
    assert found["Validate"]["Arguments"]["FunctionName"] == "bound-validate"
    assert found["Store"]["Arguments"]["TableName"] == "bound-readings"
    assert found["Alert"]["Arguments"]["TopicArn"] == "bound-alerts"
    assert "${" not in text


def test_a_missing_binding_is_named() -> None:
    bindings = dict.fromkeys(telemetry.symbols, "x")
    del bindings["table.devices"], bindings["topic.alerts"]
    with pytest.raises(KeyError, match="workflow `telemetry` needs bindings for table.devices, topic.alerts"):
        telemetry.definition(bindings)


def test_the_worst_path_counts_timeouts_attempts_and_waits() -> None:
    # Validate 20 s x 3 + 1 + 2; Summarise 10 x 4 + 7 beside the look-up; Store, Read stored, Alert, Mark 5 x 4 + 7 each
    assert telemetry.longest_seconds() == 63 + 47 + 4 * 27


def test_the_definition_is_the_same_on_every_call() -> None:
    assert telemetry.to_json() == telemetry.to_json()
    first = telemetry.definition()
    first["States"].clear()
    assert telemetry.definition()["States"]


def test_a_workflow_shows_its_types() -> None:
    assert repr(telemetry) == "ExpressWorkflow('telemetry': list[Record] -> Report)"
