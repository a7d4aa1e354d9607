"""JSONPath: paths, the five fields, payload templates, variables, intrinsic functions, Choice operators."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.jsonpath.path import BadPath, NoSuchPath, compile_path
from tests.simulator.support import LAMBDA, echo, run_path

STORE = {
    "store": {
        "book": [
            {"category": "reference", "author": "Rees", "price": 8.95},
            {"category": "fiction", "author": "Waugh", "price": 12.99, "isbn": "0-1"},
            {"category": "fiction", "author": "Tolkien", "price": 22.99, "isbn": "0-2"},
        ],
        "bicycle": {"color": "red", "price": 19.95},
    },
    "odd key": {"a.b": 1},
    "list": [0, 1, 2, 3, 4],
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", STORE),
        ("$.store.bicycle.color", "red"),
        ("$['odd key']['a.b']", 1),
        ("$.list[2]", 2),
        ("$.list[-1]", 4),
        ("$.list[1:3]", [1, 2]),
        ("$.list[-2:]", [3, 4]),
        ("$.list[0,2]", [0, 2]),
        ("$.list[*]", [0, 1, 2, 3, 4]),
        ("$.store.book[*].author", ["Rees", "Waugh", "Tolkien"]),
        ("$..color", ["red"]),
        ("$.store..price", [8.95, 12.99, 22.99, 19.95]),
        ("$.store.book[?(@.price < 10)].author", ["Rees"]),
        ("$.store.book[?(@.isbn)].author", ["Waugh", "Tolkien"]),
        ("$.store.book[?(@.category == 'fiction' && @.price > 20)].author", ["Tolkien"]),
        ("$.store.book[?(@.author =~ /w.*/i)].price", [12.99]),
        ("$.store.book[?(!(@.isbn))].author", ["Rees"]),
        ("$.list.length()", 5),
        ("$.store.book[?(@.price > 100)]", []),
        ("$.store.bicycle['color','price']", {"color": "red", "price": 19.95}),
        ("$.store.bicycle['color','nothing']", {"color": "red"}),
        ("$.store.book[0:2]['isbn','price']", [{"price": 8.95}, {"isbn": "0-1", "price": 12.99}]),
        ("$.list[0:4:2]", [0, 1, 2, 3]),
        ("$.store.bicycle.color ", "red"),
        ("$.list[?(@ == '3')]", [3]),
        ("$.list[?(@ === '3')]", []),
        ("$.list[?(@ in ['3', 4])]", [3, 4]),
        ("$.list[?(@ =~ /[12]/)]", [1, 2]),
        ("$.store.book[?(@.isbn != '0-1')].author", ["Rees", "Tolkien"]),
        ("$.store.book[?(@.isbn == @.nothing)].author", []),
        ("$.store.book[?(@..nothing)].price", [8.95, 12.99, 22.99]),
        ("$.store.book[?(@.nothing.more)].price", []),
        ("$.store.bicycle.color[*]", []),
        ("$.store.book[?(@.price > $.store.bicycle.price)].author", ["Tolkien"]),
        ("$.list[?(@ == $.list[-1])]", [4]),
        ("$.store.book[7][*]", []),
        ("$.store.book[?(@.author==Rees)].price", [8.95]),  # github.com/aws-samples/step-functions-workflows-collection
    ],
)
def test_paths(path: str, expected: Any) -> None:
    """As the library has it that AWS's paths follow: https://github.com/json-path/JsonPath"""
    assert compile_path(path).read(STORE) == expected


@pytest.mark.parametrize(
    "path",
    [
        "$.nowhere",
        "$.list[9]",
        "$.store.book.author",
        "$.nowhere[*]",
        # What is for arrays needs one, and a filter something to look into, as long as there is one node for certain.
        "$.store[0:1]",
        "$.store[0,1]",
        "$.store.bicycle.color[?(@.a)]",
        "$.list['a','b'].c",
    ],
)
def test_a_definite_path_to_nowhere_is_an_error(path: str) -> None:
    with pytest.raises(NoSuchPath):
        compile_path(path).read(STORE)


@pytest.mark.parametrize("path", ["store", "$.", "$[", "$.a[?(", "$.a b", "$['a", "$.list[:]", "$.list[::2]"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(BadPath):
        compile_path(path)


def test_all_five_fields_in_order() -> None:
    state = {
        "Type": "Task",
        "Resource": LAMBDA,
        "InputPath": "$.body",
        "Parameters": {"fixed": 1, "given.$": "$.x", "id.$": "$$.State.Name"},
        "ResultSelector": {"was.$": "$.given", "name.$": "$.id"},
        "ResultPath": "$.result.inner",
        "OutputPath": "$.result",
    }
    assert run_path({"T": state}, {"body": {"x": 7}}, echo).output == {"inner": {"was": 7, "name": "T"}}


def test_result_path_null_keeps_the_input_and_input_path_null_is_empty() -> None:
    assert run_path({"T": {"Type": "Task", "Resource": LAMBDA, "ResultPath": None}}, {"a": 1}, echo).output == {"a": 1}
    assert run_path({"P": {"Type": "Pass", "InputPath": None}}, {"a": 1}).output == {}
    assert run_path({"P": {"Type": "Pass", "OutputPath": None}}, {"a": 1}).output == {}


def test_pass_result_and_parameters() -> None:
    assert run_path({"P": {"Type": "Pass", "Result": {"r": 1}, "ResultPath": "$.x"}}, {"a": 1}).output == {
        "a": 1,
        "x": {"r": 1},
    }
    assert run_path({"P": {"Type": "Pass", "Parameters": {"v.$": "$.a"}}}, {"a": 1}).output == {"v": 1}


def test_variables_are_assigned_and_read() -> None:
    states = {
        "A": {"Type": "Pass", "Assign": {"n.$": "$.a", "fixed": {"deep": [1, 2]}}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"n.$": "$n", "deep.$": "$fixed.deep[1]"}},
    }
    assert run_path(states, {"a": 5}).output == {"n": 5, "deep": 2}


def test_what_is_missing_is_named() -> None:
    result = run_path({"P": {"Type": "Pass", "Parameters": {"v.$": "$.b"}}}, {"a": 1})
    assert result.error == "States.Runtime"
    assert result.cause == (
        "An error occurred while executing the state 'P' (entered at the event id #2). The JSONPath '$.b' specified "
        "for the field 'v.$' could not be found in the input '{\"a\":1}'"
    )
    missing = run_path({"P": {"Type": "Pass", "InputPath": "$.b"}}, {"a": 1})
    assert missing.cause == (
        "An error occurred while executing the state 'P' (entered at the event id #2). "
        "Invalid path '$.b' : No results for path: $['b']"
    )


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("$.b.c", "Missing property in path $['b']"),
        ("$.a.b.c", "Missing property in path $['a']['b']"),
        ("$.b[*]", "Missing property in path $['b']"),
        ("$.a.b", "No results for path: $['a']['b']"),
        ("$.list[5].x", "No results for path: $['list'][5]['x']"),
    ],
)
def test_the_property_that_is_missing_on_the_way_is_named(path: str, detail: str) -> None:
    # The words of https://github.com/json-path/JsonPath, whose syntax AWS's paths follow.
    result = run_path({"P": {"Type": "Pass", "OutputPath": path}}, {"a": {}, "list": [1]})
    assert (result.cause or "").endswith(f"Invalid path '{path}' : {detail}")


@pytest.mark.parametrize(
    "fields",
    [{"Parameters": {"Input.$": "$"}}, {"InputPath": "$.a"}, {"OutputPath": "$.a"}],
    ids=lambda f: next(iter(f)),
)
def test_no_path_applies_to_null(fields: dict[str, Any]) -> None:
    # "attempting to apply InputPath or OutputPath on a null JSON payload":
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    result = run_path({"P": {"Type": "Pass", **fields}}, None)
    assert (result.error, result.cause) == (
        "States.Runtime",
        "An error occurred while executing the state 'P' (entered at the event id #2). "
        "Unable to apply Path transformation to null or empty input.",
    )


def test_null_passes_where_no_path_is_applied_to_it() -> None:
    state = {"Type": "Pass", "Parameters": {"name.$": "$$.State.Name", "known.$": "$v", "at": 1}}
    states = {"V": {"Type": "Pass", "Assign": {"v": 2}, "Next": "P"}, "P": state}
    assert run_path(states, None).output == {"name": "P", "known": 2, "at": 1}


def test_a_map_without_a_path_names_the_whole_input() -> None:
    # ItemsPath is `$` by default: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemspath.html
    body = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    result = run_path({"M": {"Type": "Map", "ItemProcessor": body}}, {"a": 1})
    assert (result.cause or "").endswith('Reference path "$" must point to array.')


def test_runtime_errors_are_never_caught() -> None:
    states = {
        "T": {
            "Type": "Task",
            "Resource": LAMBDA,
            "Parameters": {"v.$": "$.b"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
        },
        "C": {"Type": "Pass"},
    }
    assert run_path(states, {}, echo).error == "States.Runtime"


def test_result_path_that_cannot_be_applied() -> None:
    result = run_path({"P": {"Type": "Pass", "Result": 1, "ResultPath": "$.a.b"}}, {"a": [1]})
    assert result.error == "States.ResultPathMatchFailure"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("States.Format('{} is {}', $.name, $.n)", "Ada is 3"),
        ("States.Format('\\{\\} {} {}', States.Array(1, 'a'), $.obj)", "{} [1, a] {a=1}"),
        ("States.StringToJson($.json)", {"k": [1]}),
        ("States.JsonToString($.obj)", '{"a":1}'),
        ("States.Array('a', 1, null, true, $.n)", ["a", 1, None, True, 3]),
        ("States.ArrayPartition($.list, 2)", [[1, 2], [3]]),
        ("States.ArrayContains($.list, 3)", True),
        ("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
        ("States.ArrayRange(9, 1, -4)", [9, 5, 1]),
        ("States.ArrayGetItem($.list, 1)", 2),
        ("States.ArrayLength($.list)", 3),
        ("States.ArrayUnique(States.Array(1, 2, 1, 'a', 'a'))", [1, 2, "a"]),
        ("States.Base64Encode('Data')", "RGF0YQ=="),
        ("States.Base64Decode('RGF0YQ==')", "Data"),
        ("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("States.JsonMerge($.obj, $.other, false)", {"a": 9, "b": 2}),
        ("States.MathAdd($.n, -4)", -1),
        ("States.StringSplit('1.2,3', '.,')", ["1", "2", "3"]),
        ("States.ArrayLength(States.StringSplit('a b', ' '))", 2),
    ],
)
def test_intrinsic_functions(call: str, expected: Any) -> None:
    value = {"name": "Ada", "n": 3, "json": '{"k":[1]}', "obj": {"a": 1}, "other": {"a": 9, "b": 2}, "list": [1, 2, 3]}
    result = run_path({"P": {"Type": "Pass", "Parameters": {"v.$": call}}}, value)
    assert result.output == {"v": expected}, result.cause


@pytest.mark.parametrize(
    "call",
    [
        "States.ArrayGetItem($.list, 7)",
        "States.ArrayRange(1, 5000, 1)",
        "States.ArrayPartition($.list, 0)",
        "States.StringToJson('{')",
        "States.Hash('a', 'CRC32')",
        "States.MathAdd('a', 1)",
        "States.MathAdd(2147483648, 1)",
        "States.Format('{} {}', 1)",
        "States.Base64Decode('*')",
        "States.JsonMerge($.list, $.list, false)",
    ],
)
def test_intrinsic_functions_fail_by_name(call: str) -> None:
    result = run_path({"P": {"Type": "Pass", "Parameters": {"v.$": call}}}, {"list": [1]})
    assert (result.status, result.error) == ("FAILED", "States.IntrinsicFailure")


def test_an_array_of_any_length_is_partitioned() -> None:
    # Only States.ArrayRange is bounded: https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
    state = {"Type": "Pass", "Parameters": {"v.$": "States.ArrayPartition($, 1)"}, "OutputPath": "$.v.length()"}
    assert run_path({"P": state}, list(range(1500))).output == 1500


def test_a_path_inside_a_function_is_named() -> None:
    result = run_path({"P": {"Type": "Pass", "Parameters": {"v.$": "States.Format('{}', $.x)"}}}, {"a": 1})
    assert result.error == "States.Runtime"
    assert (result.cause or "").endswith(
        "The function 'States.Format('{}', $.x)' had the following error: The JsonPath argument for the field '$.x' "
        "could not be found in the input '{\"a\":1}'"
    )


def test_seeded_random_is_the_same_each_time() -> None:
    state = {
        "Type": "Pass",
        "Parameters": {"a.$": "States.MathRandom(1, 1000, 7)", "b.$": "States.MathRandom(1, 1000, 7)"},
    }
    output = run_path({"P": state}, {}).output
    assert output["a"] == output["b"]
    assert 1 <= output["a"] < 1000


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ({"Variable": "$.n", "NumericEquals": 3}, True),
        ({"Variable": "$.n", "NumericGreaterThanPath": "$.m"}, True),
        ({"Variable": "$.s", "NumericEquals": 3}, False),
        ({"Variable": "$.s", "StringLessThan": "b"}, True),
        ({"Variable": "$.s", "StringMatches": "a*c"}, True),
        ({"Variable": "$.star", "StringMatches": "x\\*y"}, True),
        ({"Variable": "$.b", "BooleanEquals": True}, True),
        ({"Variable": "$.t", "TimestampEquals": "2020-01-01T01:00:00+01:00"}, True),
        ({"Variable": "$.t", "TimestampLessThan": "2020-01-01T00:00:00.001Z"}, True),
        ({"Variable": "$.t", "IsTimestamp": True}, True),
        ({"Variable": "$.s", "IsTimestamp": True}, False),
        ({"Variable": "$.nil", "IsNull": True}, True),
        ({"Variable": "$.n", "IsNumeric": True}, True),
        ({"Variable": "$.b", "IsNumeric": False}, True),
        ({"Variable": "$.gone", "IsPresent": False}, True),
        ({"Variable": "$.n", "IsPresent": True}, True),
        ({"And": [{"Variable": "$.b", "BooleanEquals": True}, {"Variable": "$.n", "NumericLessThan": 5}]}, True),
        ({"Or": [{"Variable": "$.b", "BooleanEquals": False}, {"Variable": "$.n", "NumericEquals": 3}]}, True),
        ({"Not": {"Variable": "$.b", "BooleanEquals": True}}, False),
    ],
)
def test_choice_operators(rule: dict[str, Any], holds: bool) -> None:
    value = {"n": 3, "m": 2, "s": "abc", "star": "x*y", "b": True, "t": "2020-01-01T00:00:00Z", "nil": None}
    states = {
        "C": {"Type": "Choice", "Choices": [{**rule, "Next": "Yes"}], "Default": "No"},
        "Yes": {"Type": "Pass", "Result": True},
        "No": {"Type": "Pass", "Result": False},
    }
    assert run_path(states, value).output is holds


def test_a_condition_on_nothing_fails() -> None:
    states = {
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": True, "Next": "D"}], "Default": "D"},
        "D": {"Type": "Pass"},
    }
    result = run_path(states, {})
    assert result.error == "States.Runtime"
    assert "Invalid path '$.x': The choice state's condition path references an invalid value." in (result.cause or "")


def test_map_over_a_path_with_parameters_and_old_iterator() -> None:
    body = {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": True}}}
    state = {
        "Type": "Map",
        "ItemsPath": "$.xs",
        "Parameters": {"v.$": "$$.Map.Item.Value", "k.$": "$.k"},
        "Iterator": body,
    }
    assert run_path({"M": state}, {"xs": [1, 2], "k": 0}).output == [{"v": 1, "k": 0}, {"v": 2, "k": 0}]
    wrong = run_path({"M": {**state, "ItemsPath": "$.k"}}, {"xs": [], "k": 0})
    assert (wrong.status, wrong.error) == ("FAILED", "States.Runtime")


def test_paths_for_numbers_and_errors() -> None:
    waited = run_path({"W": {"Type": "Wait", "SecondsPath": "$.s"}}, {"s": 4})
    assert waited.now - waited.started_at == 4
    failed = run_path(
        {"F": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('c{}', $.n)"}}, {"e": "E", "n": 1}
    )
    assert (failed.error, failed.cause) == ("E", "c1")


def test_an_index_past_the_end_gives_null_in_a_template_alone() -> None:
    # Measured on AWS: https://github.com/floci-io/floci/pull/3167
    value = {"list": [1], "deep": [{"x": 1}]}
    state = {"Type": "Pass", "Parameters": {"last.$": "$.list[0]", "beyond.$": "$.list[3]"}}
    assert run_path({"P": state}, value).output == {"last": 1, "beyond": None}
    further = run_path({"P": {"Type": "Pass", "Parameters": {"x.$": "$.deep[3].x"}}}, value)
    assert further.error == "States.Runtime"
    rule = {"Variable": "$.list[3]", "IsPresent": True, "Next": "P"}
    states = {"C": {"Type": "Choice", "Choices": [rule], "Default": "N"}, "P": state, "N": {"Type": "Succeed"}}
    assert run_path(states, value).output == value
