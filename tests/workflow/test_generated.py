"""Generated workflows: sound to the simulator, and giving what the same steps give in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.drive import simulate
from simulator.validation import problems
from workflow import Choice, Fail, Map, Parallel, Pass, Return, Same, Try, Variable, Wait, Workflow

Names = Iterator[int]


class Failed(Exception):
    """A Fail, in Python."""


class Ended(Exception):
    """A Return: the scope ends with a value."""

    def __init__(self, value: int) -> None:
        self.value = value


@dataclass
class Flow:
    """A part of a workflow, made anew with fresh names, and what it does to a number."""

    build: Callable[[Names], Any]
    run: Callable[[int], int]


def scope(flow: Flow, x: int) -> int:
    """What a branch gives: what it passes on, or ends with inside."""
    try:
        return flow.run(x)
    except Ended as end:
        return end.value


LAMBDAS: list[Callable[[int], int]] = [
    lambda x: x + 1,
    lambda x: 3 * x,
    lambda x: x - 7,
    lambda x: x if x > 0 else -x,
    lambda x: x // 2,
]
TESTS: list[Callable[[int], bool]] = [
    lambda x: x > 10,
    lambda x: x % 2 == 0,
    lambda x: -5 < x <= 5,
    lambda x: not (x == 3 or x == 4),
]


def a_pass(number: int) -> Flow:
    fn = LAMBDAS[number]
    return Flow(lambda names: Pass(f"Pass {next(names)}", int, fn), fn)


def a_same() -> Flow:
    return Flow(lambda names: Same(f"Same {next(names)}") >> Wait(f"Wait {next(names)}", seconds=5), lambda x: x)


def a_fail() -> Flow:
    def run(x: int) -> int:
        raise Failed

    return Flow(lambda names: Fail(f"Fail {next(names)}"), run)


def a_return(number: int) -> Flow:
    fn = LAMBDAS[number]

    def run(x: int) -> int:
        raise Ended(fn(x))

    return Flow(lambda names: Return(f"Return {next(names)}", int, fn), run)


def in_a_row(one: Flow, other: Flow) -> Flow:
    """The first has to be open at its end."""
    return Flow(lambda names: one.build(names) >> other.build(names), lambda x: other.run(one.run(x)))


def a_choice(number: int, yes: Flow, no: Flow, shaped: bool) -> Flow:
    test, shape = TESTS[number], LAMBDAS[0]

    def build(names: Names) -> Any:
        choice = Choice(f"Choice {next(names)}", int)
        if shaped:
            return choice.when(test, output=shape, then=yes.build(names)).otherwise(no.build(names))
        return choice.when(test, then=yes.build(names)).otherwise(no.build(names))

    def run(x: int) -> int:
        if test(x):
            return yes.run(shape(x) if shaped else x)
        return no.run(x)

    return Flow(build, run)


def a_try(flow: Flow, caught: int) -> Flow:
    def build(names: Names) -> Any:
        guarded = Try(f"Try {next(names)}", flow.build(names))
        then = Pass(f"Caught {next(names)}", int, LAMBDAS[caught])
        return guarded.catch("States.ALL", output=lambda c: c.input, then=then)

    def run(x: int) -> int:
        try:
            return scope(flow, x)
        except Failed:
            return LAMBDAS[caught](x)

    return Flow(build, run)


def a_parallel(one: Flow, other: Flow) -> Flow:
    def build(names: Names) -> Any:
        both = Parallel(f"Parallel {next(names)}", one.build(names), other.build(names))
        return both.output(lambda results, x: results[0] - results[1] + x)

    return Flow(build, lambda x: scope(one, x) - scope(other, x) + x)


def a_map(flow: Flow) -> Flow:
    def build(names: Names) -> Any:
        each = Map(f"Map {next(names)}", flow.build(names), of=int, items=lambda x: [x, x + 1, 0])
        return each.output(lambda results: sum(results))

    return Flow(build, lambda x: sum(scope(flow, i) for i in (x, x + 1, 0)))


def a_variable(flow: Flow) -> Flow:
    """What was before is added afterwards."""

    def build(names: Names) -> Any:
        before = Variable(f"before{next(names)}", int)
        return (
            Pass(f"Keep {next(names)}", int, lambda x: x).assign(before, lambda x: x)
            >> flow.build(names)
            >> Pass(f"Add {next(names)}", int, lambda x: x + before.value)
        )

    return Flow(build, lambda x: flow.run(x) + x)


numbers = st.integers(0, len(LAMBDAS) - 1)
tests = st.integers(0, len(TESTS) - 1)
leaves = st.builds(a_pass, numbers)


def typed(flow: Flow) -> Flow:
    """A flow whose input is known: a Same alone takes what leads to it."""
    return in_a_row(a_pass(0), flow)


def grown(inner: st.SearchStrategy[Flow]) -> st.SearchStrategy[Flow]:
    ends = st.one_of(inner, st.builds(a_return, numbers), st.builds(a_fail))
    return st.one_of(
        st.builds(in_a_row, inner, inner),
        st.builds(in_a_row, inner, st.builds(a_same)),
        st.builds(a_choice, tests, ends, inner, st.booleans()),
        st.builds(a_try, st.builds(typed, ends), numbers),
        st.builds(a_parallel, inner, inner),
        st.builds(a_map, inner),
        st.builds(a_variable, inner),
    )


flows = st.recursive(leaves, grown, max_leaves=8)


@given(flow=flows, x=st.integers(-20, 20))
@settings(max_examples=150, deadline=None)
def test_a_workflow_gives_what_its_steps_give(flow: Flow, x: int) -> None:
    definition = Workflow.standard("generated", flow.build(count())).definition()
    assert problems(definition) == []
    run = simulate(definition, x)
    try:
        expected: Any = ("SUCCEEDED", scope(flow, x))
    except Failed:
        expected = ("FAILED", None)
    assert (run.status, run.output) == expected


@given(flow=flows)
@settings(max_examples=50, deadline=None)
def test_a_workflow_is_equal_to_itself_made_again(flow: Flow) -> None:
    one, other = flow.build(count()), flow.build(count())
    assert one == other
    assert hash(one) == hash(other)
