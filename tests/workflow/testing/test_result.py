"""Results: the questions that tests ask, and what is said where the answer is not the expected one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simulator import TaskFailed, simulate
from simulator.history import render
from tests.workflow.testing.shop import Order, Outcome, OutOfStock, Price, Slow, batch, bounded, sell
from workflow.testing import After, Environment, Path, Result, fails, in_turn, run
from workflow.testing.path import duration, matched

TEA = Order(id="o-1", sku="tea", count=2)
DEAR = Order(id="o-2", sku="tea", count=100)


def test_states_tell_their_inputs_outputs_attempts_and_times() -> None:
    result = run(sell, TEA, answers={"Price": in_turn(Slow, After(2, Price(order=TEA, cents=5)))})
    visit = result.state("Price")
    assert (visit.kind, visit.failed, visit.caught, visit.following) == ("Task", False, False, "Dear?")
    assert visit.input_as(Order) == TEA and visit.output_as(Price) == Price(order=TEA, cents=5)
    assert visit.seconds == 7 and visit.entered == result.started
    first, second = visit.attempts
    assert (first.number, first.failed, first.error, first.seconds) == (0, True, "Slow", 0)
    assert (second.number, second.failed, second.error, second.seconds) == (1, False, None, 2)
    assert second.result["Payload"]["cents"] == 5 and second.arguments["Payload"]["attempt"] == 1
    assert second.input == {"id": "o-1", "sku": "tea", "count": 2}
    assert result.calls("Store")[0].input == result.calls("Store")[0].arguments
    assert result.calls("Store")[0].arguments["TableName"] == "items" and result.took == timedelta(seconds=7)


def test_variables_are_shown_where_they_were_assigned() -> None:
    result = run(bounded, TEA)
    assert result.state("Limit").variables == {"limit": 200} and result.state("Within?").variables == {}


def test_the_states_of_items_are_found_by_their_index() -> None:
    result = run(batch, [TEA, Order(id="o-2", sku="gone"), TEA])
    assert result.path == ["Map"] or result.path == [result.visits[0].name]
    items = result.items("Map") if result.path == ["Map"] else result.visits[0].inside
    assert [item.index for item in items] == [0, 1, 2] and {item.status for item in items} == {"SUCCEEDED"}
    (inner,) = items[1].state("One").inside
    inner.assert_path(["Price", "None left"])
    assert result.state("Price", 1, 0).error == "OutOfStock" and len(result.entries("Price")) == 3
    assert result.state("None left").at == (1, 0)
    with pytest.raises(LookupError, match="`Price` was entered 3 times: say which by its index"):
        result.state("Price")
    with pytest.raises(LookupError, match="`Costs` was not entered at 1, 0"):
        result.state("Costs", 1, 0)
    with pytest.raises(LookupError, match="`Costs` was not entered; the path was Price > None left"):
        inner.state("Costs")


def test_what_failed_tells_why() -> None:
    result = run(sell, DEAR)
    assert (result.status, result.error, result.cause) == ("FAILED", "TooDear", "ask someone")
    assert result.state("Too dear").failed and result.path == ["Price", "Dear?", "Too dear"]
    assert repr(result).splitlines() == ["sell FAILED", "  Price", "  Dear?", "  Too dear", "TooDear: ask someone"]


def test_the_way_an_execution_took_is_shown_with_what_went_wrong() -> None:
    result = run(batch, [TEA, DEAR], answers={"Price": in_turn(Slow, fails("Boom"))})
    lines = [line.strip() for line in repr(result).splitlines()]
    assert lines[0].startswith("batch SUCCEEDED after 5 s")
    assert "One  Boom (caught)" in lines and "Price  2 tries, 5 s" in lines and "Failed" in lines


def test_paths_compare_with_lists_and_tell_where_they_part() -> None:
    result = run(sell, TEA)
    assert result.path == ["Price", "Dear?", "Fine", "Store", "Tell", "Sold"] and result.states == tuple(result.path)
    assert result.path != ["Price"] and result.path != "Price" and hash(result.path) == hash(tuple(result.path))
    result.assert_path(["Price", ..., "Sold"])
    result.assert_path([..., "Store", ...])
    with pytest.raises(AssertionError) as parted:
        result.assert_path(["Price", "Dear?", "Too dear"])
    assert str(parted.value).splitlines() == [
        "the path left expectation after `Dear?`: `Fine` came instead of `Too dear`",
        "  Price",
        "  Dear?",
        "> Fine",
        "  Store",
        "  Tell",
        "  Sold",
        "expected: Price > Dear? > Too dear",
    ]


@pytest.mark.parametrize(
    "path, expected, at",
    [
        ("ab", "ab", None),
        ("ab", "a", (1, None)),
        ("a", "ab", (1, "b")),
        ("", "a", (0, "a")),
        ("", "", None),
        ("abc", ["a", ..., "c"], None),
        ("abcbd", ["a", ..., "b", "d"], None),
        ("abc", [..., "x"], (3, "x")),
        ("ac", ["a", ..., "c", ...], None),
    ],
)
def test_paths_are_matched(path: str, expected: Any, at: Any) -> None:
    assert matched(list(path), list(expected)) == at
    assert Path(path).compared(expected) == [] if at is None else Path(path).compared(expected)


def test_long_paths_are_cut_and_times_are_short() -> None:
    result = run(batch, [TEA] * 30)
    assert "more" in result.path.tree()[-1] and len(result.path.tree()) == 61
    assert [duration(s) for s in (0.25, 3, 180, 7_500, 86_400 * 3)] == ["0.25 s", "3 s", "3 min", "2 h 5 min", "3 d"]


# ---------------------------------------------------------------- histories of any definition


def result_of(definition: dict[str, Any], value: Any = None, tasks: Any = None) -> Result[Any]:
    done = simulate({"QueryLanguage": "JSONata", **definition}, value, tasks)
    children = {m.arn: [[render(e) for e in child.events] for child in m.children] for m in done.map_runs}
    return Result([render(event) for event in done.events], children=children)


def work(**more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {}, "End": True, **more}


def failing(*states: str) -> Any:
    def tasks(call: Any) -> Any:
        if call.state in states:
            raise TaskFailed("Boom", f"in {call.state}")
        return call.state

    return tasks


def test_nested_failures_belong_to_the_states_around_them() -> None:
    inner = {"Type": "Parallel", "Branches": [{"StartAt": "A", "States": {"A": work()}}], "End": True}
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "Inner", "States": {"Inner": inner}}, "End": True}
    branches = [{"StartAt": "Each", "States": {"Each": each}}, {"StartAt": "B", "States": {"B": work()}}]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]
    outer = {"Type": "Parallel", "Branches": branches, "Catch": catch, "End": True}
    definition = {"StartAt": "Outer", "States": {"Outer": outer, "Done": {"Type": "Succeed"}}}
    result = result_of(definition, [1, 2], failing("A"))
    assert result.path == ["Outer", "Done"] and result.status == "SUCCEEDED"
    assert [result.entries(n)[0].error for n in ("Outer", "Each", "Inner", "A")] == ["Boom"] * 4
    assert result.state("Outer").caught and not result.entries("Each")[0].caught
    assert result.entries("A")[0].at == (0, 0, 0) and result.entries("A")[0].cause == "in A"
    fine = result_of(definition, [1, 2], failing())
    assert fine.path == ["Outer"] and [branch.path for branch in fine.items("Outer")] == [["Each"], ["B"]]


def test_retries_of_a_parallel_are_attempts_with_branches_of_their_own() -> None:
    retry = [{"ErrorEquals": ["Boom"], "MaxAttempts": 1, "IntervalSeconds": 3}]
    two = [{"StartAt": name, "States": {name: work()}} for name in "AB"]
    definition = {
        "StartAt": "Both",
        "States": {"Both": {"Type": "Parallel", "Branches": two, "Retry": retry, "End": True}},
    }
    left = ["Boom"]

    def tasks(call: Any) -> Any:
        if call.state == "A" and left:
            raise TaskFailed(left.pop())
        return call.state

    result = result_of(definition, tasks=tasks)
    both = result.state("Both")
    assert [(a.failed, a.error) for a in both.attempts] == [(True, "Boom"), (False, None)]
    assert [branch.index for branch in both.inside] == [0, 1, 0, 1] and both.seconds == 3 and not both.failed


def test_child_executions_of_a_distributed_map_read_like_items() -> None:
    config = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    processor = {**config, "StartAt": "A", "States": {"A": work()}}
    each = {"Type": "Map", "ItemProcessor": processor, "ToleratedFailureCount": 5, "End": True}
    result = result_of({"StartAt": "Each", "States": {"Each": each}}, ["x", "y"], failing())
    assert [item.path for item in result.items("Each")] == [["A"], ["A"]]
    assert result.state("A", 1).input == "y" and result.states == ["Each", "A", "A"]
    failed = result_of({"StartAt": "Each", "States": {"Each": each}}, ["x", "y"], failing("A"))
    assert [item.status for item in failed.items("Each")] == ["FAILED", "FAILED"]


def test_an_expression_that_fails_is_told_at_its_state() -> None:
    state = {"Type": "Pass", "Output": "{% $nothing() %}", "End": True}
    result = result_of({"StartAt": "P", "States": {"P": state}})
    assert result.state("P").error == "States.QueryEvaluationError" == result.error
    assert result.state("P").failed and not result.state("P").caught


def test_what_is_no_history_is_refused() -> None:
    with pytest.raises(ValueError, match="no event of a history"):
        _ = Result([{"type": "ExecutionStarted"}]).status
    with pytest.raises(ValueError, match="belongs to no state"):
        exited = {"type": "PassStateExited", "id": 1, "previousEventId": 0, "timestamp": 0}
        _ = Result([{**exited, "stateExitedEventDetails": {"name": "P"}}]).status


def test_a_result_may_be_read_while_it_goes_on() -> None:
    execution = Environment().start(sell, TEA, answers={"Price": After(4, Price(order=TEA, cents=1))})
    result = execution.result
    assert result.status == "RUNNING" and result.ended is None and result.path == ["Price"]
    assert repr(result).splitlines()[1] == "  Price  not left" and result.calls("Price")[0].seconds == 0
    assert execution.advance(4).output == Outcome(id="o-1", said="sold")
    assert OutOfStock.__name__ == "OutOfStock"
