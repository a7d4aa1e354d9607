"""JSONata: the language, Step Functions' functions, what fails and how, and what hostile expressions may not do."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import pytest

from simulator import TaskCall, TaskFailed
from simulator.jsonata.engine import UNDEFINED, Problem, Program
from simulator.values import Value
from tests.simulator.support import LAMBDA, evaluate, refused, run


class Setting:
    """A fixed moment and seed."""

    now = 1_700_000_000.123

    def __init__(self) -> None:
        self.random = random.Random(1)


def value(expression: str, **variables: Any) -> Any:
    return Program(expression).evaluate(variables, Setting())


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("6 / 2", 3),
        ("-7 % 3", -1),
        ("5.5 % 2", 1.5),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("'a' & 1 & true & null & 1.50", "a1truenull1.5"),
        ("$x.a.b", 2),
        ("$x.items.v", [1, 2]),
        ("$x.items[v = 2].v", 2),
        ("$x.items[0].v", 1),
        ("$x.items[-1].v", 2),
        ("$x.items[].v[0]", [1, 2]),
        ("$x.one.v", 5),
        ("$x.one.v[]", [5]),
        ("$x.empty", []),
        ("[$x.missing]", []),
        ("{'a': $x.missing, 'b': null}", {"b": None}),
        ("$x.nothing = null", True),
        ("$x.missing = null", False),
        ("$x.missing != null", False),
        ("$exists($x.nothing)", True),
        ("$exists($x.missing)", False),
        ("$type($x.nothing)", "null"),
        ("[1..5][$ % 2 = 0]", [2, 4]),
        ("[[1, 2], [3]]", [[1, 2], [3]]),
        ("$map([1, 2], function($v, $i) { $v * $i })", [0, 2]),
        ("$filter([1, 2, 3], function($v) { $v > 1 })", [2, 3]),
        ("$filter([null, 1], function($v) { $v = null })", None),
        ("$reduce([1, 2, 3], function($a, $v) { $a + $v }, 10)", 16),
        ("$sort([3, 1, 2])", [1, 2, 3]),
        ("[{'k': 2, 'n': 'a'}, {'k': 1, 'n': 'b'}, {'k': 2, 'n': 'c'}]^(k).n", ["b", "a", "c"]),
        ("[{'k': 2}, {'k': 1}]^(>k).k", [2, 1]),
        ("$distinct([1, true, 1, '1', true])", [1, True, "1"]),
        ("true in [1, 2]", False),
        ("1 = true", False),
        ("{'a': [1, {'b': null}]} = {'a': [1, {'b': null}]}", True),
        ("($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(20))", 2432902008176640000.0),
        ("($loop := function($n) { $n = 0 ? 'done' : $loop($n - 1) }; $loop(5000))", "done"),
        ("'abc' ~> $uppercase ~> $length", 3),
        ("($add := function($a, $b) { $a + $b }; $inc := $add(1, ?); $inc(4))", 5),
        ("$x.{'a': a} ~> |a|{'c': 3}, 'b'|", {"a": {"c": 3}}),
        ("$merge([{'a': 1}, {'b': 2}, {'a': 3}])", {"a": 3, "b": 2}),
        ("$keys({'one': 1})", "one"),
        ("$lookup({'a': 1}, 'a')", 1),
        ("$substring('hello', -3, 2)", "ll"),
        ("$length('😀')", 1),
        ("$pad('x', -3, '0')", "00x"),
        ("$split('a, b, c', ', ')", ["a", "b", "c"]),
        ("$split('a1b2c', /[0-9]/)", ["a", "b", "c"]),
        ("$replace('265USD', /([0-9]+)USD/, '$$$1')", "$265"),
        ("$replace('abc', /b/, function($m) { $uppercase($m.match) })", "aBc"),
        ("$match('ab12', /([a-z]+)([0-9]+)/).groups", ["ab", "12"]),
        ("$contains('abc', /B/i)", True),
        ("$join(['a', 'b'], '-')", "a-b"),
        ("$string({'a': [1.0, 'x', null]})", '{"a":[1,"x",null]}'),
        ("$number('1e3')", 1000),
        ("$round(2.5)", 2),
        ("$round(-1.125, 2)", -1.12),
        ("$formatNumber(12345.6, '#,###.00')", "12,345.60"),
        ("$formatBase(255, 16)", "ff"),
        ("$toMillis('2020-01-01T00:00:00.123Z')", 1577836800123),
        ("$toMillis('2020-01-01T02:00:00+02:00')", 1577836800000),
        ("$fromMillis(1577836800123)", "2020-01-01T00:00:00.123Z"),
        ("$fromMillis(1577836800123, '[Y0001]/[M01]/[D01]')", "2020/01/01"),
        ("$now()", "2023-11-14T22:13:20.123Z"),
        ("$millis()", 1_700_000_000_123),
        ("$base64decode($base64encode('é'))", "é"),
        ("$encodeUrlComponent('a b&c')", "a%20b%26c"),
        ("$zip([1, 2], ['a', 'b'])", [[1, "a"], [2, "b"]]),
        ("$x.one#$i.{'i': $i, 'v': v}", {"i": 0, "v": 5}),
        ("$sum([0.1, 0.2])", 0.1 + 0.2),
        ("9007199254740993 - 1", 9007199254740991),
        ("1e300 * 1e-300", 1),
        ("$x.missing ? 'yes' : 'no'", "no"),
        ("($a := 1; ($a := 2); $a)", 1),
        ("'\\u00e9\\ud83d\\ude00'", "é😀"),
        ("$x.empty[]", []),
        ("{'a': $x.empty[]}", {"a": []}),
        ("$exists($x.empty[])", True),
        ("$x.missing[] = []", False),
        ("$spread([{'a': 1}])", [{"a": 1}]),
        ("$spread({'a': 1})", {"a": 1}),
        ("$map([1], function($v) { $keys({'a': 1}) })", ["a"]),
        ("$map([1, 2], function($v) { $keys({'a': 1}) })", [["a"], ["a"]]),
        ("$map([1, 2], function($v) { $filter([$v], function($w) { $w > 1 }) })", [[], [2]]),
        ("$x.a in [$x.a, 1]", True),
        ("{'b': 2} in [$x.a, 1]", False),
        ("$split('a,b,c', /,/, 1.5)", ["a", "b"]),
    ],
)
def test_language(expression: str, expected: Any) -> None:
    x = {"a": {"b": 2}, "items": [{"v": 1}, {"v": 2}], "one": [{"v": 5}], "empty": [], "nothing": None}
    found = value(expression, x=x)
    assert found == expected
    assert type(found) is type(expected) or isinstance(found, int | float)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$partition([1, 2, 3, 4, 5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition([1, 2, 3], 1.9)", [[1], [2], [3]]),
        ("$range(0, 9, 3)", [0, 3, 6, 9]),
        ("$range(5, 1, -2)", [5, 3, 1]),
        ("$hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        ("$hash('', 'MD5')", "d41d8cd98f00b204e9800998ecf8427e"),
        ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
        ("$random(7) = $random(7)", True),
        ("$random() < 1", True),
    ],
)
def test_functions_of_step_functions(expression: str, expected: Any) -> None:
    assert value(expression) == expected


def test_uuids_are_version_4_and_seeded() -> None:
    made = value("[$uuid(), $uuid()]")
    assert made[0] != made[1]
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", u) for u in made)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 + 'a'", "T2002"),
        ("'a' < 1", "T2009"),
        ("true < 1", "T2010"),
        ("1 / 0", "D1001"),
        ("5 % 0", "D1001"),
        ("-'a'", "D1002"),
        ("1 ~> |$|{'a': 1}|", "T0410"),
        ("$map([5], function($v) { $substring($v, 1) })", "T0410"),
        ("$number('x')", "D3030"),
        ("$undefinedFunction(1)", "T1006"),
        ("$eval('1')", "T1006"),
        ("$sqrt(-1)", "D3060"),
        ("$power(10, 400)", "D3061"),
        ("$error('mine')", "D3137"),
        ("$sum(['a'])", "T0412"),
        ("$length(1)", "T0410"),
        ("{1: 2}", "T1003"),
        ("$toMillis('yesterday')", "D3110"),
        ("$parse('{')", "D3137"),
        ("$partition([1], 0)", "D3137"),
        ("$hash('a', 'CRC')", "D3137"),
    ],
)
def test_what_fails_has_jsonatas_code(expression: str, code: str) -> None:
    with pytest.raises(Problem) as problem:
        value(expression)
    assert problem.value.code == code


@pytest.mark.parametrize("expression", ["1 +", "(", "$x[", "{'a' 1}", "'open", "/(/", "a b"])
def test_bad_syntax_is_a_problem(expression: str) -> None:
    with pytest.raises(Problem):
        Program(expression)


HOSTILE = [
    "($f := function($x) { $f($x) }; $f(1))",
    "($f := function($x) { 1 + $f($x) }; $f(1))",
    "$pad('', 100000000)",
    "[1..100000].$pad('', 100000)",
    "$reduce([1..100], function($a, $x) { $a & $a }, 'aaaaaaaaaa')",
    "$reduce([1..100], function($a, $x) { $append($a, $a) }, [1, 2])",
    "$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /(a+)+$/) or $f()",
    "$replace($pad('', 1000000, 'a'), /a/, $pad('', 1000, 'b'))",
    "$join($map([1..100000], function($x) { $pad('x', 10000) }))",
    "[1..10000000000]",
    "$range(0, 1000000000, 1)",
    "$power(9, 99999)",
    "$parse($pad('', 200000, '['))",
    "$formatInteger($power(10, 15), 'I')",
    "$encodeUrl($pad('', 4000000, 'é'))",
    "$reduce([1..100], function($a, $x) { {'a': $a, 'b': $a} }, {}) ~> $string",
]


@pytest.mark.parametrize("expression", HOSTILE, ids=lambda text: text[:40])
def test_hostile_expressions_end_soon_as_evaluation_errors(expression: str) -> None:
    begun = time.thread_time()
    cause = refused(expression)
    assert time.thread_time() - begun < 1.0
    assert "threw an error during evaluation" in cause


def test_an_expression_that_nests_too_deeply_is_refused_before_it_runs() -> None:
    with pytest.raises(Problem, match="nests too deeply"):
        Program("(" * 20000 + "1" + ")" * 20000)


def test_deep_recursion_that_is_honest_works() -> None:
    assert value("($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(150))") == 150


def test_errors_name_the_field() -> None:
    result = run({"P": {"Type": "Pass", "Output": {"a": [1, "{% $states.input.x %}"]}}}, {})
    assert result.cause == (
        "An error occurred while executing the state 'P' (entered at the event id #2). The JSONata expression "
        "'$states.input.x' specified for the field 'Output/a[1]' returned nothing (undefined)."
    )


def test_a_function_is_no_result() -> None:
    assert "returned an unsupported result type" in refused("function($x) { $x }")


def test_undefined_is_told_from_null() -> None:
    assert evaluate("$states.input.a", {"a": None}) is None
    assert "returned nothing (undefined)" in refused("$states.input.b", {"a": None})


def test_there_is_no_root_input() -> None:
    assert value("$") is UNDEFINED
    assert value("$$") is UNDEFINED


def test_values_are_never_changed_in_place() -> None:
    shared = {"a": {"b": [1, 2]}}
    value("$x ~> |a|{'c': 1}|", x=shared)
    value("$append($x.a.b, 3)", x=shared)
    value("$sort($x.a.b, function($l, $r) { $l < $r })", x=shared)
    assert shared == {"a": {"b": [1, 2]}}


@pytest.mark.parametrize(
    ("expression", "ending"),
    [
        ("$sum([1..900000])", ": Expression evaluation memory limit exceeded: Check for excessive memory usage"),
        ("($f := function($n){ 1 + $f($n + 1) }; $f(1))", ": Stack overflow error: Check for non-terminating"),
        ("($f := function($n){ $f($n + 1) }; $f(1))", ": Expression evaluation timeout: Check for infinite loop"),
        ("$abs('a')", ". T0410: "),
        ("[1..1000001]", ". D2014: "),
    ],
)
def test_a_bound_that_ends_an_evaluation_is_told_without_a_code(expression: str, ending: str) -> None:
    assert f"threw an error during evaluation{ending}" in refused(expression)


def test_a_seed_gives_what_javas_generator_does() -> None:
    # Seed 42 on AWS, bit for bit: https://github.com/floci-io/floci/issues/2662
    assert evaluate("$random(42)") == 0.7275636800328681
    assert evaluate("$random(42.9)") == evaluate("$random(42)") != evaluate("$random(43)")


def test_a_rules_and_a_catchers_fields_are_named_under_their_index() -> None:
    # Choices[1]/Output/v and the like, measured on AWS: https://github.com/floci-io/floci/pull/2689
    choices = [{"Condition": False, "Next": "E"}, {"Condition": True, "Next": "E", "Output": {"v": "{% $gone %}"}}]
    chosen = run({"C": {"Type": "Choice", "Choices": choices}, "E": {"Type": "Succeed"}}, {})
    assert "specified for the field 'Choices[1]/Output/v' returned nothing" in (chosen.cause or "")
    assigned = [{"Condition": True, "Next": "E", "Assign": {"x": "{% $gone %}"}}]
    chosen = run({"C": {"Type": "Choice", "Choices": assigned}, "E": {"Type": "Succeed"}}, {})
    assert "specified for the field 'Choices[0]/Assign/x' returned nothing" in (chosen.cause or "")
    catch = [
        {"ErrorEquals": ["Other"], "Next": "E"},
        {"ErrorEquals": ["States.ALL"], "Next": "E", "Output": "{% $gone %}"},
    ]
    state = {"Type": "Task", "Resource": LAMBDA, "Catch": catch, "End": True}

    def fail(call: TaskCall) -> Value:
        raise TaskFailed("Boom")

    caught = run({"T": state, "E": {"Type": "Succeed"}}, {}, fail)
    assert "specified for the field 'Catch[1]/Output' returned nothing" in (caught.cause or "")
    assert [event.details["location"] for event in caught.events if event.type == "EvaluationFailed"] == [
        "Catch[1]/Output"
    ]
