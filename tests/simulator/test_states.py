"""Pass, Choice, Wait, Succeed, Fail, Parallel and Map, in JSONata, with variables and their scopes."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import After, TaskCall, TaskFailed
from simulator.clock import VIRTUAL_START
from simulator.drive import TaskFunction
from simulator.states.wait import parse_timestamp
from simulator.values import Value
from tests.simulator.support import LAMBDA, echo, run, types


def processor(states: dict[str, Any], **config: object) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states, **({"ProcessorConfig": config} if config else {})}


def test_pass_shapes_and_assigns_from_what_was_before() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"n": 1, "m": "{% $states.input.x %}"}, "Next": "B"},
        "B": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}", "old": "{% $n %}"}, "Output": "{% $n %}", "Next": "C"},
        "C": {
            "Type": "Pass",
            "Output": {"n": "{% $n %}", "old": "{% $old %}", "m": "{% $m %}", "in": "{% $states.input %}"},
        },
    }
    assert run(states, {"x": [1]}).output == {"n": 2, "old": 1, "m": [1], "in": 1}


def test_choice_takes_the_first_rule_that_holds_with_its_own_output() -> None:
    states = {
        "C": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input > 10 %}", "Next": "Big", "Output": "big", "Assign": {"size": "b"}},
                {"Condition": "{% $states.input > 5 %}", "Next": "Middle"},
            ],
            "Default": "Small",
            "Output": "default",
        },
        "Big": {"Type": "Pass", "Output": "{% $states.input & $size %}"},
        "Middle": {"Type": "Pass"},
        "Small": {"Type": "Pass"},
    }
    assert run(states, 11).output == "bigb"
    assert run(states, 6).output == 6
    assert run(states, 1).output == "default"


def test_choice_without_match_or_default_fails() -> None:
    states = {"C": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "X"}]}, "X": {"Type": "Pass"}}
    result = run(states)
    assert (result.status, result.error) == ("FAILED", "States.Runtime")
    assert (result.cause or "").endswith(
        "Failed to transition out of the state. The state does not point to a next state."
    )


def test_a_condition_that_is_no_boolean_fails() -> None:
    states = {"C": {"Type": "Choice", "Choices": [{"Condition": "{% 1 %}", "Next": "X"}]}, "X": {"Type": "Pass"}}
    result = run(states)
    assert result.error == "States.QueryEvaluationError"
    assert "Choices[0]/Condition" in (result.cause or "")


def test_wait_for_seconds_and_until_a_time() -> None:
    assert run({"W": {"Type": "Wait", "Seconds": "{% $states.input * 60 %}"}}, 3 * 24 * 60).status == "SUCCEEDED"
    waited = run({"W": {"Type": "Wait", "Seconds": 259_200}})
    assert waited.now - waited.started_at == 259_200
    until = run({"W": {"Type": "Wait", "Timestamp": "2026-01-01T00:01:00.5Z"}})
    assert until.now - until.started_at == 60.5


@pytest.mark.parametrize("seconds", [-1, 1.5, 100_000_000])
def test_wait_refuses_what_is_no_number_of_seconds(seconds: float) -> None:
    result = run({"W": {"Type": "Wait", "Seconds": "{% $states.input %}"}}, seconds)
    assert result.error == "States.QueryEvaluationError"


def test_fail_says_what_it_computes() -> None:
    result = run({"F": {"Type": "Fail", "Error": "{% $states.input.e %}", "Cause": "plain"}}, {"e": "Oops"})
    assert (result.error, result.cause) == ("Oops", "plain")
    bare = run({"F": {"Type": "Fail"}})
    assert (bare.status, bare.error, bare.cause) == ("FAILED", None, None)


def test_succeed_shapes_its_output() -> None:
    assert run({"S": {"Type": "Succeed", "Output": {"v": "{% $states.input %}"}}}, 1).output == {"v": 1}


def test_parallel_gives_all_branches_the_same_input_and_keeps_their_order() -> None:
    def tasks(call: TaskCall) -> Value:
        return After({"A": 9, "B": 3}[call.state], [call.state, call.arguments])

    branches = [processor({name: {"Type": "Task", "Resource": LAMBDA, "End": True}}) for name in ("A", "B")]
    result = run(
        {"P": {"Type": "Parallel", "Arguments": {"v": "{% $states.input.x %}"}, "Branches": branches}}, {"x": 1}, tasks
    )
    assert result.output == [["A", {"v": 1}], ["B", {"v": 1}]]
    assert result.now - result.started_at == 9


def test_variables_of_a_branch_stay_in_it() -> None:
    inner = {
        "I": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "J"},
        "J": {"Type": "Pass", "Output": "{% $n %}", "End": True},
    }
    states = {
        "A": {"Type": "Pass", "Assign": {"n": 1}, "Next": "P"},
        "P": {"Type": "Parallel", "Branches": [processor(inner)], "Next": "B"},
        "B": {"Type": "Pass", "Output": {"inner": "{% $states.input %}", "outer": "{% $n %}"}},
    }
    assert run(states).output == {"inner": [2], "outer": 1}


def test_parallel_is_retried_and_caught_as_a_whole() -> None:
    calls: list[str] = []

    def tasks(call: TaskCall) -> Value:
        calls.append(call.state)
        if len(calls) < 3:
            raise TaskFailed("Flaky")
        return "ok"

    branches = [processor({"T": {"Type": "Task", "Resource": LAMBDA, "End": True}})]
    retry = [{"ErrorEquals": ["Flaky"], "IntervalSeconds": 1, "BackoffRate": 1}]
    result = run({"P": {"Type": "Parallel", "Branches": branches, "Retry": retry}}, {}, tasks)
    assert result.output == ["ok"]
    assert "ParallelStateFailed" not in types(result)
    assert types(result).count("ParallelStateStarted") == 3


def test_map_gives_each_item_with_its_index_and_keeps_order() -> None:
    body = {"B": {"Type": "Pass", "Output": "{% $states.context.Map.Item.Index & ':' & $states.input %}", "End": True}}
    state = {"Type": "Map", "Items": "{% $states.input.xs %}", "ItemProcessor": processor(body)}
    assert run({"M": state}, {"xs": ["a", "b", "c"]}).output == ["0:a", "1:b", "2:c"]


def test_map_shapes_items() -> None:
    selector = {
        "v": "{% $states.context.Map.Item.Value * $states.input.by %}",
        "i": "{% $states.context.Map.Item.Index %}",
    }
    body = {"B": {"Type": "Pass", "End": True}}
    state = {
        "Type": "Map",
        "Items": "{% $states.input.xs %}",
        "ItemSelector": selector,
        "ItemProcessor": processor(body),
    }
    assert run({"M": state}, {"xs": [1, 2], "by": 10}).output == [{"v": 10, "i": 0}, {"v": 20, "i": 1}]


def test_an_item_that_cannot_be_shaped_fails_the_map() -> None:
    state = {
        "Type": "Map",
        "Items": [1, 2],
        "ItemSelector": "{% $states.context.Map.Item.Value.missing %}",
        "ItemProcessor": processor({"B": {"Type": "Pass", "End": True}}),
        "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "C"}],
        "Next": "C",
    }
    result = run({"M": state, "C": {"Type": "Pass"}})
    assert result.output["Error"] == "States.QueryEvaluationError"
    assert types(result).count("MapStateFailed") == 1


def test_map_of_nothing_is_nothing() -> None:
    state = {"Type": "Map", "Items": [], "ItemProcessor": processor({"B": {"Type": "Pass", "End": True}})}
    assert run({"M": state}).output == []


def test_map_keeps_to_its_concurrency() -> None:
    def tasks(call: TaskCall) -> Value:
        return After(1, call.arguments)

    body = {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}
    state = {"Type": "Map", "Items": list(range(10)), "MaxConcurrency": 2, "ItemProcessor": processor(body)}
    result = run({"M": state}, {}, tasks)
    assert result.output == list(range(10))
    assert result.now - result.started_at == 5
    free = run({"M": {**state, "Items": list(range(41)), "MaxConcurrency": 0}}, {}, tasks)
    assert free.now - free.started_at == 2


def test_one_failed_item_fails_the_map_and_stops_the_others() -> None:
    def tasks(call: TaskCall) -> Value:
        if call.arguments == 1:
            raise TaskFailed("Bad", "item")
        return After(50, call.arguments)

    body = {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}
    result = run({"M": {"Type": "Map", "Items": [0, 1, 2], "ItemProcessor": processor(body)}}, {}, tasks)
    assert (result.error, result.cause) == ("Bad", "item")
    assert types(result).count("MapIterationFailed") == 1
    assert types(result).count("MapIterationAborted") == 2
    assert types(result)[-2:] == ["MapStateFailed", "ExecutionFailed"]


def test_map_over_a_thousand_items_is_linear() -> None:
    body = {"B": {"Type": "Pass", "Output": "{% $states.input + 1 %}", "End": True}}
    result = run(
        {"M": {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": processor(body)}}, list(range(5000))
    )
    assert result.output == list(range(1, 5001))


def test_maps_nest() -> None:
    inner = {
        "Type": "Map",
        "Items": "{% $states.input %}",
        "ItemProcessor": processor({"B": {"Type": "Pass", "Output": "{% $states.input * 2 %}", "End": True}}),
        "End": True,
    }
    outer = {"Type": "Map", "Items": [[1, 2], [3]], "ItemProcessor": processor({"I": inner})}
    assert run({"M": outer}).output == [[2, 4], [6]]


def distributed(**more: object) -> dict[str, Any]:
    body = processor({"B": {"Type": "Pass", "End": True}}, Mode="DISTRIBUTED", ExecutionType="STANDARD")
    return {"Type": "Map", "ItemProcessor": body, **more}


def reader(body: object, **config: object) -> tuple[dict[str, Any], TaskFunction]:
    spec = {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": config,
        "Arguments": {"Bucket": "b", "Key": "k"},
    }
    return spec, lambda call: {"Body": body}


def test_distributed_map_reads_csv() -> None:
    spec, tasks = reader("id,name\n1,Ada\n2\n", InputType="CSV", CSVHeaderLocation="FIRST_ROW")
    result = run({"M": distributed(ItemReader=spec)}, {}, tasks)
    assert result.output == [{"id": "1", "name": "Ada"}, {"id": "2", "name": ""}]
    assert types(result) == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    given, tasks = reader(
        "1;Ada\n", InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=["i", "n"], CSVDelimiter="SEMICOLON"
    )
    assert run({"M": distributed(ItemReader=given)}, {}, tasks).output == [{"i": "1", "n": "Ada"}]
    twice, tasks = reader("a,a\n1,2\n", InputType="CSV", CSVHeaderLocation="FIRST_ROW")
    broken = run({"M": distributed(ItemReader=twice)}, {}, tasks)
    assert (broken.error, broken.cause) == ("States.ItemReaderFailed", "CSV headers cannot contain duplicates.")


def test_distributed_map_reads_json_and_lines() -> None:
    spec, tasks = reader('{"data": {"rows": [1, 2, 3]}}', InputType="JSON", ItemsPointer="/data/rows", MaxItems=2)
    assert run({"M": distributed(ItemReader=spec)}, {}, tasks).output == [1, 2]
    spec, tasks = reader('{"a": 1}\n\n{"a": 2}\n', InputType="JSONL")
    assert run({"M": distributed(ItemReader=spec)}, {}, tasks).output == [{"a": 1}, {"a": 2}]
    spec, tasks = reader("3", InputType="JSON")
    assert run({"M": distributed(ItemReader=spec)}, {}, tasks).error == "States.ItemReaderFailed"


def test_distributed_map_lists_a_bucket_page_by_page() -> None:
    def tasks(call: TaskCall) -> Value:
        if "ContinuationToken" in call.arguments:
            return {"Contents": [{"Key": "b"}]}
        return {"Contents": [{"Key": "a"}], "NextContinuationToken": "t"}

    spec = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Arguments": {"Bucket": "b"}}
    assert run({"M": distributed(ItemReader=spec)}, {}, tasks).output == [{"Key": "a"}, {"Key": "b"}]


def test_distributed_map_batches_by_count_and_bytes() -> None:
    by_count = run({"M": distributed(Items=[1, 2, 3], ItemBatcher={"MaxItemsPerBatch": 2, "BatchInput": {"f": 1}})})
    assert by_count.output == [{"BatchInput": {"f": 1}, "Items": [1, 2]}, {"BatchInput": {"f": 1}, "Items": [3]}]
    by_bytes = run({"M": distributed(Items=["x" * 40] * 4, ItemBatcher={"MaxInputBytesPerBatch": 120})})
    assert [len(batch["Items"]) for batch in by_bytes.output] == [2, 2]


def test_distributed_map_tolerates_what_it_is_told_to() -> None:
    body = processor(
        {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}, Mode="DISTRIBUTED", ExecutionType="EXPRESS"
    )

    def tasks(call: TaskCall) -> Value:
        if call.arguments in (1, 2):
            raise TaskFailed("Bad")
        return call.arguments

    state = {"Type": "Map", "Items": [0, 1, 2, 3], "ItemProcessor": body}
    strict = run({"M": state}, {}, tasks)
    assert strict.error == "States.ExceedToleratedFailureThreshold"
    assert strict.cause == "The specified tolerated failure threshold was exceeded"
    assert "MapRunFailed" in types(strict)
    lenient = run({"M": {**state, "ToleratedFailureCount": 2}}, {}, tasks)
    assert [lenient.output[0], lenient.output[3]] == [0, 3]
    assert lenient.map_runs[0].counts(lenient.now, items=False)["failed"] == 2
    assert run({"M": {**state, "ToleratedFailurePercentage": 50}}, {}, tasks).status == "SUCCEEDED"
    assert run({"M": {**state, "ToleratedFailurePercentage": 49}}, {}, tasks).status == "FAILED"


def test_children_of_a_distributed_map_have_their_own_history_and_no_outer_variables() -> None:
    body = processor(
        {"B": {"Type": "Pass", "Output": "{% $outer %}", "End": True}}, Mode="DISTRIBUTED", ExecutionType="STANDARD"
    )
    states = {
        "A": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "M"},
        "M": {"Type": "Map", "Items": [1], "ItemProcessor": body},
    }
    result = run(states)
    assert result.error == "States.ExceedToleratedFailureThreshold"
    child = result.map_runs[0].children[0]
    assert child.error == "States.QueryEvaluationError"
    assert [event.type for event in child.events][:2] == ["ExecutionStarted", "PassStateEntered"]


def test_results_are_written() -> None:
    written: dict[str, str] = {}

    def tasks(call: TaskCall) -> Value:
        written[call.arguments["Key"]] = call.arguments["Body"]
        return {}

    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "out", "Prefix": "p"}}
    result = run({"M": distributed(Items=[1, 2], ResultWriter=writer)}, {}, tasks)
    assert result.output["ResultWriterDetails"]["Bucket"] == "out"
    key = result.output["ResultWriterDetails"]["Key"]
    assert key.startswith("p/") and key.endswith("/manifest.json")
    assert sorted(name.rpartition("/")[2] for name in written) == ["SUCCEEDED_0.json", "manifest.json"]


def test_express_children_see_their_item() -> None:
    body = processor(
        {"T": {"Type": "Task", "Resource": LAMBDA, "End": True}}, Mode="DISTRIBUTED", ExecutionType="EXPRESS"
    )
    assert run({"M": {"Type": "Map", "Items": [{"k": 1}], "ItemProcessor": body}}, {}, echo).output == [{"k": 1}]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-01-01T00:01Z", 60.0),
        ("2026-01-01T00:00:01.5Z", 1.5),
        ("2026-01-01t02:00:07+02:00z", None),
        ("2026-01-01t00:00:07z", 7.0),
        ("2026-01-01T02:00:07+02:00", 7.0),
        ("2026-01-01T00:00:07+0000", None),
        ("2026-02-30T00:00:07Z", None),
        ("2026-01-01T00:00:07", None),
    ],
)
def test_timestamps_are_those_that_java_reads(text: str, seconds: float | None) -> None:
    # ISO_OFFSET_DATE_TIME: https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html
    parsed = parse_timestamp(text)
    assert (parsed and parsed - VIRTUAL_START) == seconds


def test_a_map_over_what_is_no_array_says_what_it_was() -> None:
    body = processor({"B": {"Type": "Pass", "End": True}})
    result = run({"M": {"Type": "Map", "ItemProcessor": body}}, {"foo": "bar"})
    assert result.cause == (
        "An error occurred while executing the state 'M' (entered at the event id #2). "
        'Map state input must be an array but was: {"foo":"bar"}'
    )
    (event,) = [event for event in result.events if event.type == "EvaluationFailed"]
    assert "location" not in event.details


def test_the_exit_of_a_map_or_parallel_follows_what_its_success_followed() -> None:
    body = processor({"B": {"Type": "Pass", "End": True}})
    states = {
        "M": {"Type": "Map", "Items": [1], "ItemProcessor": body, "Next": "P"},
        "P": {"Type": "Parallel", "Branches": [processor({"C": {"Type": "Pass", "End": True}})], "Next": "D"},
        "D": {
            **distributed(Items=[1]),
            "ItemProcessor": {
                **distributed()["ItemProcessor"],
                "StartAt": "E",
                "States": {"E": {"Type": "Pass", "End": True}},
            },
        },
    }
    events = {event.type: event for event in run(states).events}
    for kind in ("Map", "Parallel"):
        assert events[f"{kind}StateExited"].previous == events[f"{kind}StateSucceeded"].previous
    assert events["MapStateExited"].previous == events["MapRunSucceeded"].id
