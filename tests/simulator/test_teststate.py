"""TestState, by boto3 over HTTP.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html and
https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.values import Value
from tests.simulator.conftest import Call
from tests.simulator.support import LAMBDA, denied, machine

ITEM = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
TASK = {"Type": "Task", "Resource": LAMBDA, "End": True}


async def asked(call: Call, state: Any, value: Value, level: str = "DEBUG", **more: Any) -> dict[str, Any]:
    """The answer, its JSON texts parsed."""
    given = {name: _given(item) for name, item in more.items()}
    answer = await call(
        "test_state", definition=json.dumps(state), input=json.dumps(value), inspectionLevel=level, **given
    )
    inspected = {
        name: json.loads(item) if isinstance(item, str) else item
        for name, item in answer.get("inspectionData", {}).items()
    }
    shown = {"inspectionData": inspected} if inspected else {}
    return {**answer, **shown, **({"output": json.loads(answer["output"])} if "output" in answer else {})}


def _given(item: Any) -> Any:
    """A mock or configuration as it is; variables and context as JSON text."""
    plain = isinstance(item, dict) and item.keys() & {"result", "errorOutput", "retrierRetryCount", "mapItemReaderData"}
    counted = isinstance(item, dict) and "mapIterationFailureCount" in item
    return item if plain or counted or not isinstance(item, dict) else json.dumps(item)


def answers(value: Value, mode: str = "NONE") -> dict[str, Any]:
    """A mock that answers."""
    return {"result": json.dumps(value), "fieldValidationMode": mode}


def fails(error: str, cause: str = "why") -> dict[str, Any]:
    """A mock that fails."""
    return {"errorOutput": {"error": error, "cause": cause}}


async def test_each_step_of_a_jsonpath_pass_is_shown(call: Call) -> None:
    state = {
        "Type": "Pass",
        "InputPath": "$.a",
        "Parameters": {"b.$": "$.b", "c": 2},
        "ResultPath": "$.made",
        "OutputPath": "$.made",
        "Next": "Anywhere",
    }
    answer = await asked(call, state, {"a": {"b": 1}})
    assert (answer["status"], answer["output"], answer["nextState"]) == ("SUCCEEDED", {"b": 1, "c": 2}, "Anywhere")
    assert answer["inspectionData"] == {
        "input": {"a": {"b": 1}},
        "afterInputPath": {"b": 1},
        "afterParameters": {"b": 1, "c": 2},
        "afterResultSelector": {"b": 1, "c": 2},
        "afterResultPath": {"a": {"b": 1}, "made": {"b": 1, "c": 2}},
    }
    fixed = await asked(call, {"Type": "Pass", "Result": 5, "End": True}, {})
    assert fixed["inspectionData"] == {"input": {}, "result": 5, "afterResultSelector": 5, "afterResultPath": 5}


async def test_the_level_info_shows_the_output_alone(call: Call) -> None:
    answer = await asked(call, {"Type": "Succeed"}, {"a": 1}, "INFO")
    assert answer == {"status": "SUCCEEDED", "output": {"a": 1}}


async def test_a_task_is_called_for_real_where_it_has_no_mock(call: Call) -> None:
    state = {**TASK, "Parameters": {"v.$": "$.v"}, "ResultSelector": {"w.$": "$.v"}}
    answer = await asked(call, state, {"v": 7})
    assert answer["output"] == {"w": 7}
    shown = answer["inspectionData"]
    assert (shown["afterParameters"], shown["result"], shown["afterResultSelector"]) == ({"v": 7}, {"v": 7}, {"w": 7})
    failed = await asked(call, {**TASK, "Parameters": {"fail": "Boom"}}, {})
    assert (failed["status"], failed["error"], failed["cause"]) == ("FAILED", "Boom", "asked for")
    assert "output" not in failed


async def test_jsonata_with_variables(call: Call) -> None:
    state = {
        **TASK,
        "QueryLanguage": "JSONata",
        "Arguments": {"n": "{% $n + $states.input.n %}"},
        "Assign": {"m": "{% $states.result.n %}"},
        "Output": "{% $states.context.State.Name & $n %}",
    }
    answer = await asked(call, state, {"n": 1}, variables={"n": 2})
    assert answer["output"] == "StateName2"
    assert answer["inspectionData"] == {
        "input": {"n": 1},
        "afterArguments": {"n": 3},
        "result": {"n": 3},
        "variables": {"n": 2, "m": 3},
    }


async def test_a_choice_says_where_it_goes_and_a_failure_what_it_is(call: Call) -> None:
    rule = {"Variable": "$.n", "NumericGreaterThan": 5, "Next": "Big"}
    state = {"Type": "Choice", "Choices": [rule], "Default": "Small"}
    assert (await asked(call, state, {"n": 9}))["nextState"] == "Big"
    assert (await asked(call, state, {"n": 1}))["nextState"] == "Small"
    failed = await asked(call, state, {})
    # The cause names no event, unlike in an execution's history.
    assert (failed["error"], failed["cause"]) == (
        "States.Runtime",
        "Invalid path '$.n': The choice state's condition path references an invalid value.",
    )
    ended = await asked(call, {"Type": "Fail", "Error": "E", "Cause": "C"}, {})
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "E", "C")


async def test_a_mocked_error_is_retried_then_caught(call: Call) -> None:
    state = {
        **TASK,
        "Retry": [{"ErrorEquals": ["Other"]}, {"ErrorEquals": ["Boom"], "MaxAttempts": 3, "IntervalSeconds": 2}],
        "Catch": [
            {"ErrorEquals": ["States.Timeout"], "Next": "Late"},
            {"ErrorEquals": ["States.ALL"], "Next": "Caught", "ResultPath": "$.e"},
        ],
    }
    again = await asked(call, state, {"a": 1}, mock=fails("Boom"), stateConfiguration={"retrierRetryCount": 2})
    assert (again["status"], again["error"], "output" in again) == ("RETRIABLE", "Boom", False)
    assert again["inspectionData"]["errorDetails"] == {"retryIndex": 1, "retryBackoffIntervalSeconds": 8}
    caught = await asked(call, state, {"a": 1}, mock=fails("Boom"), stateConfiguration={"retrierRetryCount": 3})
    assert (caught["status"], caught["nextState"], caught["error"]) == ("CAUGHT_ERROR", "Caught", "Boom")
    assert caught["output"] == {"a": 1, "e": {"Error": "Boom", "Cause": "why"}}
    assert caught["inspectionData"]["errorDetails"] == {"catchIndex": 1}
    runtime = await asked(call, {**state, "Parameters": {"x.$": "$.gone"}}, {"a": 1}, mock=answers({}))
    assert (runtime["status"], runtime["error"]) == ("FAILED", "States.Runtime")


async def test_a_mocked_map_shapes_its_items_and_runs_none(call: Call) -> None:
    state = {
        "Type": "Map",
        "ItemsPath": "$.xs",
        "ItemSelector": {"x.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"},
        "ItemProcessor": ITEM,
        "MaxConcurrency": 4,
        "ToleratedFailureCount": 1,
        "End": True,
    }
    answer = await asked(call, state, {"xs": [5, 6]}, mock=answers([50, 60]))
    assert answer["output"] == [50, 60]
    shown = answer["inspectionData"]
    assert shown["afterItemsPath"] == [5, 6]
    assert shown["afterItemSelector"] == [{"x": 5, "i": 0}, {"x": 6, "i": 1}]
    assert (shown["maxConcurrency"], shown["toleratedFailureCount"]) == (4, 1)
    failed = await asked(
        call, state, {"xs": [5, 6]}, mock=answers([0, 0]), stateConfiguration={"mapIterationFailureCount": 2}
    )
    assert (failed["error"], failed["cause"]) == (
        "States.ExceedToleratedFailureThreshold",
        "The specified tolerated failure threshold was exceeded",
    )
    shared = {key: item for key, item in state.items() if key != "ToleratedFailureCount"}
    half = await asked(
        call,
        {**shared, "ToleratedFailurePercentage": 50},
        {"xs": [5, 6]},
        mock=answers([0, 0]),
        stateConfiguration={"mapIterationFailureCount": 1},
    )
    assert (half["status"], half["inspectionData"]["toleratedFailurePercentage"]) == ("SUCCEEDED", 50.0)


async def test_a_mocked_parallel(call: Call) -> None:
    other = {"StartAt": "J", "States": {"J": {"Type": "Pass", "End": True}}}
    state = {"Type": "Parallel", "Branches": [ITEM, other]}
    answer = await asked(call, {**state, "ResultPath": "$.r", "End": True}, {"a": 1}, mock=answers([1, 2]))
    assert answer["output"] == {"a": 1, "r": [1, 2]}
    code, message = await denied(asked(call, {**state, "End": True}, {}, mock=answers([1])))
    assert (code, message) == (
        "ValidationException",
        "Mocked result must contain the same number of items as number of Parallel branches.",
    )


async def test_a_state_of_a_machine_by_its_name(call: Call) -> None:
    inner = {"Type": "Pass", "Output": "{% $states.context.Map.Item.Value.n + $base %}", "End": True}
    whole = machine(
        {"M": {"Type": "Map", "Items": [1], "ItemProcessor": {"StartAt": "In", "States": {"In": inner}}, "End": True}}
    )
    answer = await asked(call, whole, {"n": 3}, stateName="In", variables={"base": 4})
    assert answer["output"] == 7
    assert await denied(asked(call, whole, {}, stateName="Nowhere")) == (
        "ValidationException",
        "State not found in definition",
    )


async def test_the_context_object_may_be_given_with_a_mock(call: Call) -> None:
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    state = {"Type": "Task", "Resource": resource, "Parameters": {"MessageBody.$": "$$.Task.Token"}, "End": True}
    context = {"Task": {"Token": "t0k3n"}, "Execution": {"Name": "n"}}
    answer = await asked(call, state, {}, mock=answers({"ok": True}), context=context)
    assert answer["inspectionData"]["afterParameters"] == {"MessageBody": "t0k3n"}
    for wrong, said in (
        ({"Map": {}}, "'Map' field is not supported when mocking a Context object"),
        ({"Pokedex": {}}, "Field 'Pokedex' is not allowed"),
        ({"Execution": {"Id": 5}}, "Execution.Id must be a string"),
    ):
        code, message = await denied(asked(call, state, {}, mock=answers({}), context=wrong))
        assert (code, message) == ("ValidationException", f"Invalid Context object provided: {said}")


async def test_a_wait_takes_the_clock_and_no_longer_than_five_minutes(call: Call) -> None:
    state = {"Type": "Wait", "Seconds": 200, "End": True}
    assert (await asked(call, state, {"a": 1}))["output"] == {"a": 1}
    longer = await asked(call, {**state, "Seconds": 301}, {})
    assert (longer["status"], longer["error"]) == ("FAILED", "States.Timeout")


@pytest.mark.parametrize(
    ("resource", "result", "mode", "said"),
    [
        ("states:startExecution", {"StartDate": "d"}, "STRICT", "Required field 'ExecutionArn' is missing"),
        ("states:startExecution", {"StartDate": "d"}, "PRESENT", None),
        ("states:startExecution", {"StartDate": 5}, "PRESENT", "Field 'StartDate' must be a string"),
        ("states:startExecution", {"StartDate": 5}, "NONE", None),
        ("states:startExecution.sync:2", {"Status": "DONE"}, "PRESENT", "Field 'Status' is not an expected value"),
        (
            "events:putEvents",
            {"Entries": [{"EventId": "a"}, {"EventId": 1}]},
            "STRICT",
            "Field 'EventId' must be a string",
        ),
        ("events:putEvents", {"Entries": {}}, "STRICT", "Field 'Entries' must be an array"),
        ("lambda:invoke", {"StatusCode": "200", "Payload": {}}, "STRICT", "Field 'StatusCode' must be a number"),
        ("lambda:invoke", {"StatusCode": 200, "Payload": {"any": 1}}, "STRICT", None),
        ("aws-sdk:dynamodb:getItem", {"Item": {"a": {"S": 1}}}, "STRICT", "Field 'S' must be a string"),
        (
            "aws-sdk:lambda:getFunction",
            {"Configuration": {"MemorySize": 1}},
            "STRICT",
            "Field 'MemorySize' is less than the minimum value",
        ),
        ("aws-sdk:nothing:here", {"any": 1}, "STRICT", None),
    ],
)
async def test_a_mocked_result_is_what_the_api_answers(
    call: Call, resource: str, result: Value, mode: str, said: str | None
) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html
    request = asked(call, {**TASK, "Resource": f"arn:aws:states:::{resource}"}, {}, mock=answers(result, mode))
    if said is None:
        assert (await request)["output"] == result
    else:
        assert await denied(request) == ("ValidationException", f"Mock result schema validation error: {said}")


@pytest.mark.parametrize(
    ("state", "more", "code", "said"),
    [
        (
            {"Type": "Pass", "End": True},
            {"mock": answers(1)},
            "ValidationException",
            "State type 'Pass' is not supported",
        ),
        (TASK, {"mock": {**answers(1), **fails("E")}}, "ValidationException", "only one of the following fields"),
        (TASK, {"mock": {"result": "{"}}, "ValidationException", "Mocked result must be valid JSON"),
        (TASK, {"mock": answers({}), "revealSecrets": True}, "ValidationException", "does not support RevealSecrets"),
        (TASK, {"context": {}}, "ValidationException", "Context"),
        (TASK, {"variables": "[]"}, "ValidationException", "variables must be a JSON object"),
        ({"Type": "Map", "ItemProcessor": ITEM, "End": True}, {}, "InvalidDefinition", "Map or Parallel"),
        ({**TASK, "Resource": f"{LAMBDA}.waitForTaskToken"}, {}, "ValidationException", "when a mock is not specified"),
        ({"Type": "Nap", "End": True}, {}, "InvalidDefinition", "at /States/StateName/Type"),
        (
            TASK,
            {"stateConfiguration": {"mapIterationFailureCount": 1}},
            "ValidationException",
            "MapIterationFailureCount",
        ),
    ],
)
async def test_what_cannot_be_tested_is_refused(
    call: Call, state: dict[str, Any], more: dict[str, Any], code: str, said: str
) -> None:
    found, message = await denied(asked(call, state, {}, **more))
    assert found == code
    assert said in message
