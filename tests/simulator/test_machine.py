"""The interpreter: paths, branches, determinism, histories, ends."""

from __future__ import annotations

from simulator import After, Run, TaskCall, TaskFailed, compile_machine, simulate
from simulator.drive import DEFAULT_INFO
from simulator.effects import StartTask, Succeeded
from simulator.history import render
from simulator.machine import Info
from simulator.values import Value
from tests.simulator.support import LAMBDA, echo, machine, run, types


def test_a_long_chain_needs_no_stack() -> None:
    states = {f"S{n}": {"Type": "Pass", **({"Next": f"S{n + 1}"} if n < 5_000 else {})} for n in range(5_001)}
    result = run(states, {"kept": 1})
    assert result.status == "SUCCEEDED"
    assert result.output == {"kept": 1}
    assert len(result.events) == 2 + 2 * 5_001


def test_a_first_branch_that_fails_stops_one_that_waits() -> None:
    def tasks(call: TaskCall) -> Value:
        if call.state == "Bad":
            raise TaskFailed("Boom", "why")
        return After(100, "late")

    branches = [machine({name: {"Type": "Task", "Resource": LAMBDA}}) for name in ("Bad", "Slow")]
    for branch in branches:
        del branch["QueryLanguage"]
    result = run({"P": {"Type": "Parallel", "Branches": branches}}, {}, tasks)
    assert (result.status, result.error, result.cause) == ("FAILED", "Boom", "why")
    assert result.now == result.started_at
    assert types(result)[-2:] == ["ParallelStateFailed", "ExecutionFailed"]


def test_nested_branches_are_all_given_up() -> None:
    inner = {"StartAt": "Inner", "States": {"Inner": {"Type": "Task", "Resource": LAMBDA, "End": True}}}
    nested = {
        "StartAt": "Nest",
        "States": {"Nest": {"Type": "Parallel", "Branches": [inner], "End": True}},
    }
    failing = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 5, "Next": "F"}, "F": {"Type": "Fail"}}}
    result = run({"P": {"Type": "Parallel", "Branches": [nested, failing]}}, {}, lambda call: After(60, 1))
    assert result.status == "FAILED"
    assert result.now - result.started_at == 5


def test_the_same_seed_gives_the_same_history() -> None:
    states = {
        "Roll": {"Type": "Pass", "Output": "{% {'r': $random(), 'u': $uuid()} %}", "Next": "T"},
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Arguments": {"token": "{% $states.context.Task.Token %}"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}],
        },
    }

    def failing(call: TaskCall) -> Value:
        if call.attempt < 2:
            raise TaskFailed("Flaky")
        return call.arguments

    first, second, other = (simulate(machine(states), {}, failing, seed=seed) for seed in ("a", "a", "b"))
    assert [render(event) for event in first.events] == [render(event) for event in second.events]
    assert [render(event) for event in first.events] != [render(event) for event in other.events]


def test_events_name_what_came_before_on_their_path() -> None:
    branch = {"StartAt": "{}", "States": {"{}": {"Type": "Pass", "End": True}}}
    branches = [{"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}} for name in ("Left", "Right")]
    assert branch
    result = run({"P": {"Type": "Parallel", "Branches": branches}}, {})
    by_id = {event.id: event for event in result.events}
    entered = [event for event in result.events if event.type == "PassStateEntered"]
    assert [by_id[event.previous].type for event in entered] == ["ParallelStateStarted", "ParallelStateStarted"]
    exited = [event for event in result.events if event.type == "PassStateExited"]
    assert [by_id[event.previous].details["name"] for event in exited] == ["Left", "Right"]


def test_a_machine_times_out() -> None:
    result = run({"W": {"Type": "Wait", "Seconds": 100}}, {}, TimeoutSeconds=7)
    assert result.status == "TIMED_OUT"
    assert result.now - result.started_at == 7
    assert types(result)[-1] == "ExecutionTimedOut"


def test_a_stopped_run_gives_up_its_task_and_takes_no_late_answer() -> None:
    compiled = compile_machine(machine({"T": {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 60}}))
    going = Run(compiled, DEFAULT_INFO, {})
    commands = going.begin(0.0)
    call = next(command.call for command in commands if isinstance(command, StartTask))
    assert {type(command).__name__ for command in going.stop("E", "C", 1.0)} == {"CancelTask", "CancelTimer"}
    assert going.answer(call.key, Succeeded(1), 2.0) == []
    assert (going.status, going.error, going.cause, going.stopped_at) == ("ABORTED", "E", "C", 1.0)
    assert types(going)[-1] == "ExecutionAborted"


def test_a_standard_history_is_bounded() -> None:
    info = Info(
        DEFAULT_INFO.execution_arn, "n", "r", DEFAULT_INFO.machine_arn, DEFAULT_INFO.machine_name, event_limit=50
    )
    loop = {
        "A": {"Type": "Task", "Resource": LAMBDA, "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Condition": False, "Next": "E"}], "Default": "A"},
        "E": {"Type": "Succeed"},
    }
    result = simulate(machine(loop), {}, echo, info=info)
    assert (result.status, result.error) == ("FAILED", "States.Runtime")
    assert result.cause == "The execution reached the maximum number of history events (50)."


def test_output_over_the_limit_is_refused_to_the_byte() -> None:
    fits = "x" * (262_144 - 2)
    assert run({"P": {"Type": "Pass", "Output": fits}}).status == "SUCCEEDED"
    over = run({"P": {"Type": "Pass", "Output": fits + "x"}})
    assert (over.status, over.error) == ("FAILED", "States.DataLimitExceeded")
    wide = "é" * 131_071
    assert run({"P": {"Type": "Pass", "Output": wide}}).status == "SUCCEEDED"
    assert run({"P": {"Type": "Pass", "Output": wide + "x"}}).error == "States.DataLimitExceeded"


def test_an_endless_loop_of_passes_ends_at_the_event_limit() -> None:
    again = {"Type": "Choice", "Choices": [{"Condition": False, "Next": "E"}], "Default": "A"}
    result = run({"A": {"Type": "Pass", "Next": "C"}, "C": again, "E": {"Type": "Succeed"}})
    assert result.error == "States.Runtime"
    assert result.cause == "The execution reached the maximum number of history events (25000)."


def test_context_object() -> None:
    result = run(
        {"First": {"Type": "Pass", "Next": "P"}, "P": {"Type": "Pass", "Output": "{% $states.context %}"}}, {"in": 1}
    )
    assert result.output["Execution"]["Id"] == DEFAULT_INFO.execution_arn
    assert result.output["Execution"]["Input"] == {"in": 1}
    assert result.output["Execution"]["StartTime"] == "2026-01-01T00:00:00.000Z"
    # Only states that may be retried have a count: https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html
    assert result.output["State"] == {"Name": "P", "EnteredTime": "2026-01-01T00:00:00.000Z"}
    assert result.output["Execution"]["RedriveCount"] == 0
    assert result.output["StateMachine"]["Name"] == "simulated"


def test_a_task_sees_how_often_it_was_retried() -> None:
    state = {
        "Type": "Task",
        "Resource": LAMBDA,
        "Arguments": "{% $states.context.State.RetryCount %}",
        "Retry": [{"ErrorEquals": ["Again"]}],
    }

    def fail_twice(call: TaskCall) -> Value:
        if call.arguments < 2:
            raise TaskFailed("Again")
        return call.arguments

    assert run({"T": state}, {}, fail_twice).output == 2


def test_the_first_state_follows_no_event() -> None:
    # The log of an Express execution in https://github.com/aws-samples/aws-batch-runtime-monitoring/pull/21
    result = run({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass"}})
    assert [event.previous for event in result.events] == [0, 0, 2, 3, 4, 5]
