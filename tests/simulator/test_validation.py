"""Whatever JSON is given as a definition: it is refused with problems, or it runs. Nothing else is ever raised."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator import TaskFailed, compile_machine, simulate
from simulator.validation import InvalidDefinition, problems
from tests.simulator.support import LAMBDA, machine

PROCESSOR = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
DISTRIBUTED = {**PROCESSOR, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
S3 = "arn:aws:states:::s3:getObject"
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "S", "Output": 1, "ResultPath": "$.e", "Assign": {"v": 1}}]
RETRY = [{"ErrorEquals": ["X"], "IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1.5, "MaxDelaySeconds": 9}]

#: Values that are right somewhere, so that a field gets the right value of another.
GOOD: list[Any] = [
    LAMBDA,
    S3,
    "S",
    "{% $states.input %}",
    "{% [1, 2] %}",
    "$.a",
    "$",
    "DISTRIBUTED",
    "2024-01-01T00:00:00Z",
    PROCESSOR,
    DISTRIBUTED,
    [PROCESSOR],
    CATCH,
    RETRY,
    {"Resource": S3, "ReaderConfig": {"InputType": "JSON"}, "Arguments": {}},
    {"Mode": "DISTRIBUTED"},
    {"ErrorEquals": ["States.ALL"]},
    {"MaxItemsPerBatch": 2},
]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.text(max_size=3) | st.sampled_from(GOOD),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
#: States that are right, of every type; a field at a time is spoilt.
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("JSONata", {"Type": "Pass", "Output": 1, "Assign": {"v": 1}, "End": True}),
    ("JSONPath", {"Type": "Pass", "InputPath": "$", "ResultPath": "$.a", "Result": 1, "OutputPath": "$", "End": True}),
    ("JSONPath", {"Type": "Pass", "Parameters": {"a.$": "$.a"}, "Assign": {"v.$": "$.a"}, "Next": "S"}),
    ("JSONata", {"Type": "Task", "Resource": LAMBDA, "Arguments": {}, "Retry": RETRY, "Catch": CATCH, "End": True}),
    ("JSONata", {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 9, "HeartbeatSeconds": 3, "End": True}),
    ("JSONPath", {"Type": "Task", "Resource": LAMBDA, "ResultSelector": {}, "TimeoutSecondsPath": "$.a", "End": True}),
    ("JSONPath", {"Type": "Task", "Resource": LAMBDA, "Credentials": {"RoleArn": "r"}, "Catch": CATCH, "End": True}),
    ("JSONata", {"Type": "Choice", "Choices": [{"Condition": True, "Next": "S", "Output": 1}], "Default": "S"}),
    ("JSONPath", {"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": 1, "Next": "S"}]}),
    ("JSONPath", {"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "IsNull": True}, "Next": "S"}]}),
    ("JSONPath", {"Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "IsNull": True}], "Next": "S"}]}),
    ("JSONata", {"Type": "Wait", "Seconds": 1, "End": True}),
    ("JSONata", {"Type": "Wait", "Timestamp": "2024-01-01T00:00:00Z", "End": True}),
    ("JSONPath", {"Type": "Wait", "SecondsPath": "$.a", "End": True}),
    ("JSONata", {"Type": "Succeed", "Output": 1}),
    ("JSONata", {"Type": "Fail", "Error": "E", "Cause": "C"}),
    ("JSONPath", {"Type": "Fail", "ErrorPath": "$.a", "CausePath": "$.a"}),
    ("JSONata", {"Type": "Parallel", "Branches": [PROCESSOR], "Arguments": 1, "Catch": CATCH, "End": True}),
    ("JSONata", {"Type": "Map", "Items": [1], "ItemProcessor": PROCESSOR, "MaxConcurrency": 1, "End": True}),
    ("JSONPath", {"Type": "Map", "ItemsPath": "$.l", "Iterator": PROCESSOR, "ItemSelector": {}, "End": True}),
    (
        "JSONata",
        {
            "Type": "Map",
            "ItemProcessor": DISTRIBUTED,
            "ItemReader": {"Resource": S3, "ReaderConfig": {"InputType": "JSON", "MaxItems": 2}, "Arguments": {}},
            "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {}},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b"}},
            "ToleratedFailureCount": 1,
            "ToleratedFailurePercentage": 5,
            "Label": "l",
            "End": True,
        },
    ),
]


@st.composite
def spoilt(draw: Any) -> dict[str, Any]:
    """A right definition with some field, at any depth, that has another value, or is gone."""
    language, right = draw(st.sampled_from(RIGHT))
    state = _spoil(draw, right)
    never = {"Condition": False} if language == "JSONata" else {"Variable": "$.never", "IsPresent": True}
    begin = {"Type": "Choice", "Choices": [{**never, "Next": "S"}], "Default": "A"}
    states = {"Begin": begin, "A": state, "S": {"Type": "Succeed"}}
    return {"QueryLanguage": language, "StartAt": "Begin", "States": states}


def _spoil(draw: Any, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value)))
        if draw(st.integers(0, 9)) == 0:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: _spoil(draw, value[key])}
    if isinstance(value, list) and value and draw(st.booleans()):
        return [_spoil(draw, value[0]), *value[1:]]
    return draw(JSON)


def problems_or_a_run(definition: Any) -> None:
    """Refused with problems that say where; or run to an end."""
    found = problems(definition)
    assert all(problem.message and problem.location.startswith(("/", "null")) for problem in found)
    try:
        compiled = compile_machine(definition)
    except InvalidDefinition as refused:
        assert any(problem.severity == "ERROR" for problem in refused.problems)
        return

    def answer(call: Any) -> Any:
        if call.attempt == 0 and call.resource.service == "lambda":
            raise TaskFailed("X")
        return {"Body": "[1, 2]"}

    run = simulate(compiled, {"a": 1, "l": [1]}, answer)
    assert run.status in ("SUCCEEDED", "FAILED", "TIMED_OUT")


@settings(max_examples=400, deadline=None)
@given(spoilt())
def test_a_spoilt_definition_is_refused_or_runs(definition: dict[str, Any]) -> None:
    problems_or_a_run(definition)


@pytest.mark.prove
@settings(max_examples=20_000, deadline=None)
@given(spoilt())
def test_many_spoilt_definitions_are_refused_or_run(definition: dict[str, Any]) -> None:
    problems_or_a_run(definition)


@pytest.mark.parametrize(
    "rule", [{"And": {"": 1}, "Next": "S"}, {"Or": [], "Next": "S"}, {"Not": 5, "Next": "S"}, {"And": [5], "Next": "S"}]
)
def test_a_rule_of_no_comparisons_is_refused(rule: Any) -> None:
    states = {"A": {"Type": "Choice", "Choices": [rule]}, "S": {"Type": "Succeed"}}
    assert any(one.severity == "ERROR" for one in problems(machine(states, "JSONPath")))


@settings(max_examples=100, deadline=None)
@given(JSON)
@example({"StartAt": "A", "States": {"A": {"Type": ["Pass"], "End": True}}})
@example({"StartAt": "A", "States": {"A": {"Type": {}, "End": True}}})
@example({"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": 5, "End": True}}})
@example({"QueryLanguage": [], "StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
def test_any_json_is_refused_or_runs(definition: Any) -> None:
    problems_or_a_run(definition)


@pytest.mark.parametrize("kind", [["Pass"], {"a": 1}, None, 5, True])
def test_a_type_that_is_no_name_is_refused_where_it_stands(kind: Any) -> None:
    (found,) = [one for one in problems({"StartAt": "A", "States": {"A": {"Type": kind}}}) if one.severity == "ERROR"]
    assert (found.code, found.location) == ("SCHEMA_VALIDATION_FAILED", "/States/A/Type")


@pytest.mark.parametrize("branches", [False, 5, 1.5, "x", {}, [], None])
def test_branches_that_are_no_list_are_refused_where_they_stand(branches: Any) -> None:
    found = problems(machine({"A": {"Type": "Parallel", "Branches": branches}}))
    assert "/States/A/Branches" in [one.location for one in found]


MAP = {"Type": "Map", "ItemProcessor": PROCESSOR}
TASK = {"Type": "Task", "Resource": LAMBDA}


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ({"Type": "Fail", "Error": "E", "ErrorPath": "$.e"}, "ErrorPath"),
        ({"Type": "Fail", "Cause": "C", "CausePath": "$.c"}, "CausePath"),
        ({**TASK, "TimeoutSeconds": 9, "TimeoutSecondsPath": "$.t"}, "TimeoutSecondsPath"),
        ({**MAP, "Parameters": {}, "ItemSelector": {}}, "Parameters"),
        ({**MAP, "MaxConcurrency": 1, "MaxConcurrencyPath": "$.m"}, "MaxConcurrencyPath"),
        ({"Type": "Wait", "Seconds": 1, "ResultPath": "$.a"}, "ResultPath"),
        ({"Type": "Pass", "ResultSelector": {}}, "ResultSelector"),
        ({"Type": "Pass", "Retry": RETRY}, "Retry"),
        ({"Type": "Succeed", "Parameters": {}}, "Parameters"),
        ({"Type": "Succeed", "Next": "S"}, "Next"),
        ({"Type": "Fail", "InputPath": "$.a"}, "InputPath"),
        ({"Type": "Fail", "Assign": {"v": 1}}, "Assign"),
        ({"Type": "Succeed", "Assign": {"v": 1}}, "Assign"),
        ({"Type": "Fail", "CausePath": "States.MathAdd($.a, 1)"}, "CausePath"),
        ({"Type": "Pass", "InputPath": "States.Array($.a)"}, "InputPath"),
        ({**MAP, "ItemsPath": "States.Array($.a)"}, "ItemsPath"),
        ({"Type": "Wait", "SecondsPath": "States.MathAdd($.a, 1)"}, "SecondsPath"),
    ],
)
def test_fields_that_exclude_each_other_or_belong_elsewhere_are_refused(state: dict[str, Any], place: str) -> None:
    # As AWS's own linters do: https://github.com/awslabs/statelint/blob/master/spec/statelint_spec.rb and
    # https://github.com/aws/amazon-states-language-service/blob/main/src/tests/validation.test.ts
    found = [one for one in problems(machine({"A": state}, "JSONPath")) if one.location.startswith("/States/A")]
    assert "ERROR" in [one.severity for one in found if place in one.message or one.location.endswith(place)]


@pytest.mark.parametrize(
    ("comparison", "place"),
    [
        ({"NumericEquals": "1"}, "/NumericEquals"),
        ({"StringEquals": 1}, "/StringEquals"),
        ({"BooleanEquals": "true"}, "/BooleanEquals"),
        ({"IsPresent": 1}, "/IsPresent"),
        ({"TimestampEquals": "2016-08-18"}, "/TimestampEquals"),
        ({"StringEqualsPath": 5}, "/StringEqualsPath"),
        ({"NumericEquals": 1, "NumericLessThan": 2}, ""),
    ],
)
def test_an_operand_of_another_type_is_refused(comparison: dict[str, Any], place: str) -> None:
    # "the corresponding value must be of the appropriate type":
    # https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
    rule = {"Variable": "$.v", **comparison, "Next": "S"}
    states = {"A": {"Type": "Choice", "Choices": [rule]}, "S": {"Type": "Succeed"}}
    assert f"/States/A/Choices[0]{place}" in [one.location for one in problems(machine(states, "JSONPath"))]


def test_only_the_outermost_rule_says_where_to_go() -> None:
    # "the Next field can appear only in a top-level Choice Rule": the same page.
    rule = {"And": [{"Variable": "$.v", "IsNull": True, "Next": "S"}], "Next": "S"}
    states = {"A": {"Type": "Choice", "Choices": [rule]}, "S": {"Type": "Succeed"}}
    assert "/States/A/Choices[0]/And[0]/Next" in [one.location for one in problems(machine(states, "JSONPath"))]


def errors(definition: dict[str, Any]) -> list[str]:
    """The places of a definition's errors."""
    return [one.location for one in problems(definition) if one.severity == "ERROR"]


@pytest.mark.parametrize("name", ["states", "a b", "1a", "a.b", "a-b", "", "x" * 81])
def test_a_name_that_no_variable_can_have_is_refused(name: str) -> None:
    # https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
    assert errors(machine({"A": {"Type": "Pass", "Assign": {name: 1}}})) == [f"/States/A/Assign/{name}"]
    assert errors(machine({"A": {"Type": "Pass", "Assign": {"x" * 80: 1, "é_1": 2}}})) == []
    assert errors(machine({"A": {"Type": "Pass", "Assign": {"v.$": "$.a"}}}, "JSONPath")) == []
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "S", "Assign": {name: 1}}]
    caught = machine({"A": {**TASK, "Catch": catch}, "S": {"Type": "Succeed"}})
    assert errors(caught) == [f"/States/A/Catch[0]/Assign/{name}"]


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (
            machine({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}),
            "MISSING_END_STATE: Workflow has no terminal state at null",
        ),
        (
            machine({"A": {"Type": "Succeed"}, "C": {"Type": "Pass"}}),
            'MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C',
        ),
        (
            machine({"M": {**MAP, "TimeoutSeconds": 5}}),
            "SCHEMA_VALIDATION_FAILED: Field 'TimeoutSeconds' is not supported at /States/M",
        ),
        (
            machine({"A": {"Type": "Pass", "Output": 1}}, "JSONPath"),
            "SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported "
            "for the 'JSONata' QueryLanguage at /States/A",
        ),
        (
            machine({"A": {"Type": "Pass", "QueryLanguage": "JSONPath"}}),
            "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state "
            "machine at /States/A",
        ),
        (
            machine({"M": {**MAP, "MaxConcurrency": 1, "MaxConcurrencyPath": "$.m"}}, "JSONPath"),
            "SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: "
            "[MaxConcurrency, MaxConcurrencyPath] at /States/M",
        ),
        (
            machine({"W": {"Type": "Wait", "Seconds": 10**16}}),
            "SCHEMA_VALIDATION_FAILED: Maximum value is 99999999 at /States/W/Seconds",
        ),
    ],
)
def test_what_aws_says_of_a_definition(definition: dict[str, Any], message: str) -> None:
    # Measured on AWS: https://github.com/floci-io/floci/issues/2735, /2968 and /3733 there, and
    # https://github.com/aws-cloudformation/cfn-lint/issues/4075
    with pytest.raises(InvalidDefinition, match=re.escape(message)):
        compile_machine(definition)
