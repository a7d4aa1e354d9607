"""Tasks: attempts, timeouts, heartbeats, errors and what catches them."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import After, Resource, Run, TaskCall, TaskFailed, compile_machine, simulate
from simulator.drive import DEFAULT_INFO
from simulator.effects import (
    CancelTimer,
    Command,
    Heartbeat,
    SetTimer,
    StartTask,
    Submitted,
    Succeeded,
)
from simulator.errors import matches
from simulator.values import Value
from tests.simulator.support import LAMBDA, echo, machine, run, run_path, types


class Failing:
    """Fails with these errors, one per attempt, then gives "done"."""

    def __init__(self, *errors: str) -> None:
        self.errors = list(errors)
        self.calls: list[TaskCall] = []

    def __call__(self, call: TaskCall) -> Value:
        self.calls.append(call)
        if self.errors:
            raise TaskFailed(self.errors.pop(0), "cause")
        return "done"


def retried(*retriers: dict[str, Any]) -> dict[str, Any]:
    return {"T": {"Type": "Task", "Resource": LAMBDA, "Retry": list(retriers)}}


def test_backoff_grows_and_is_capped() -> None:
    tasks = Failing("E", "E", "E", "E")
    retrier = {"ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 4, "MaxDelaySeconds": 10}
    result = run(retried(retrier), {}, tasks)
    assert result.output == "done"
    assert result.now - result.started_at == 2 + 6 + 10 + 10
    assert [call.attempt for call in tasks.calls] == [0, 1, 2, 3, 4]


def test_aws_defaults_are_three_attempts_from_a_second_doubling() -> None:
    result = run(retried({"ErrorEquals": ["E"]}), {}, Failing("E", "E", "E"))
    assert result.status == "SUCCEEDED"
    assert result.now - result.started_at == 1 + 2 + 4
    assert run(retried({"ErrorEquals": ["E"]}), {}, Failing("E", "E", "E", "E")).error == "E"


def test_each_retrier_counts_for_itself() -> None:
    retriers = [{"ErrorEquals": ["A"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]
    assert run(retried(*retriers), {}, Failing("A", "B", "B")).status == "SUCCEEDED"
    assert run(retried(*retriers), {}, Failing("A", "B", "A")).error == "A"


def test_full_jitter_stays_below_the_delay_and_is_seeded() -> None:
    retrier = {"ErrorEquals": ["E"], "IntervalSeconds": 10, "JitterStrategy": "FULL"}
    first, second = (run(retried(retrier), {}, Failing("E", "E")) for _ in range(2))
    waited = first.now - first.started_at
    assert 0 < waited < 30
    assert second.now - second.started_at == waited


def test_max_attempts_zero_means_never() -> None:
    tasks = Failing("E")
    assert run(retried({"ErrorEquals": ["E"], "MaxAttempts": 0}), {}, tasks).error == "E"
    assert len(tasks.calls) == 1


def test_a_refused_submission_has_an_event_of_its_own() -> None:
    # TaskSubmitFailed: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html, and
    # submitJob.sync refused by Batch: https://github.com/ASFHyP3/hyp3/pull/805
    state = {"Type": "Task", "Resource": "arn:aws:states:::batch:submitJob.sync"}
    refused = run({"T": state}, {}, Failing("Batch.ServerException"))
    assert types(refused)[2:] == ["TaskScheduled", "TaskStarted", "TaskSubmitFailed", "ExecutionFailed"]
    assert refused.events[-2].details == {
        "resourceType": "batch",
        "resource": "submitJob.sync",
        "error": "Batch.ServerException",
        "cause": "cause",
    }
    failed = run({"T": state}, {}, Failing("States.TaskFailed"))
    assert types(failed)[3:] == ["TaskStarted", "TaskSubmitted", "TaskFailed", "ExecutionFailed"]
    once = run({"T": {"Type": "Task", "Resource": LAMBDA}}, {}, Failing("Lambda.ServiceException"))
    assert types(once)[3:] == ["TaskStarted", "TaskFailed", "ExecutionFailed"]


@pytest.mark.parametrize(
    ("names", "error", "covered"),
    [
        (["States.ALL"], "Anything", True),
        (["States.ALL"], "States.Runtime", False),
        (["States.ALL"], "States.DataLimitExceeded", False),
        (["States.DataLimitExceeded"], "States.DataLimitExceeded", True),
        (["States.TaskFailed"], "Custom", True),
        (["States.TaskFailed"], "States.Timeout", False),
        (["States.Timeout"], "States.HeartbeatTimeout", True),
        (["Other", "Custom"], "Custom", True),
        (["Cust"], "Custom", False),
    ],
)
def test_error_names(names: list[str], error: str, covered: bool) -> None:
    assert matches(names, error) is covered


def test_a_catcher_sees_input_and_error_and_says_where_to() -> None:
    catch = {
        "ErrorEquals": ["E"],
        "Output": {"was": "{% $states.input.x %}", "error": "{% $states.errorOutput %}"},
        "Assign": {"seen": "{% $states.errorOutput.Error %}"},
        "Next": "Caught",
    }
    states = {
        "T": {"Type": "Task", "Resource": LAMBDA, "Catch": [catch]},
        "Caught": {"Type": "Pass", "Output": {"in": "{% $states.input %}", "var": "{% $seen %}"}},
    }
    result = run(states, {"x": 5}, Failing("E"))
    assert result.output == {"in": {"was": 5, "error": {"Error": "E", "Cause": "cause"}}, "var": "E"}


def test_a_catcher_without_output_passes_the_error_on() -> None:
    states: dict[str, Any] = {
        "T": {"Type": "Task", "Resource": LAMBDA, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
        "C": {"Type": "Pass"},
    }
    assert run(states, {"x": 1}, Failing("E")).output == {"Error": "E", "Cause": "cause"}
    placed = {**states["T"], "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "C"}]}
    result = run_path({"T": placed, "C": {"Type": "Pass"}}, {"x": 1}, Failing("E"))
    assert result.output == {"x": 1, "error": {"Error": "E", "Cause": "cause"}}


def test_an_output_that_cannot_be_evaluated_is_caught() -> None:
    states = {
        "T": {
            "Type": "Task",
            "Resource": LAMBDA,
            "Output": "{% $states.result.missing %}",
            "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "C"}],
        },
        "C": {"Type": "Pass"},
    }
    result = run(states, {}, echo)
    assert result.status == "SUCCEEDED"
    assert result.output["Error"] == "States.QueryEvaluationError"
    assert "(entered at the event id #2)" in result.output["Cause"]
    assert "EvaluationFailed" in types(result)


def test_a_task_times_out_and_the_late_answer_is_ignored() -> None:
    states = {"T": {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": 5}}
    result = run(states, {}, lambda call: After(6, "late"))
    assert (result.status, result.error) == ("FAILED", "States.Timeout")
    assert result.now - result.started_at == 5
    assert "TaskTimedOut" in types(result)
    assert run(states, {}, lambda call: After(4, "in time")).output == "in time"


def test_heartbeats_keep_a_task_alive() -> None:
    spec = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"MessageBody": "{% $states.context.Task.Token %}"},
        "HeartbeatSeconds": 10,
        "TimeoutSeconds": 100,
    }
    going = Run(compile_machine(machine({"T": spec})), DEFAULT_INFO, {})
    call = next(command.call for command in going.begin(0.0) if isinstance(command, StartTask))
    assert call.arguments == {"MessageBody": call.token}
    timers: dict[int, float] = {}

    def note(commands: list[Command]) -> None:
        for command in commands:
            if isinstance(command, SetTimer):
                timers[command.key] = command.when
            elif isinstance(command, CancelTimer):
                timers.pop(command.key, None)

    note(going.answer(call.key, Submitted({"MessageId": "m"}), 1.0))
    note(going.answer(call.key, Heartbeat(), 9.0))
    assert 19.0 in timers.values()
    late = next(key for key, when in timers.items() if when == 19.0)
    going.fire(late, 19.0)
    assert (going.status, going.error) == ("FAILED", "States.Timeout")
    caught = {**spec, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "C"}], "Next": "C"}
    late_again = run({"T": caught, "C": {"Type": "Pass"}}, {}, lambda call: After(1_000, 1))
    assert late_again.output == {"Error": "States.Timeout", "Cause": ""}


def test_a_task_answered_by_token_notes_its_submission() -> None:
    spec = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Arguments": {}}
    going = Run(compile_machine(machine({"T": spec})), DEFAULT_INFO, {})
    call = next(command.call for command in going.begin(0.0) if isinstance(command, StartTask))
    going.answer(call.key, Submitted({"MessageId": "m"}), 1.0)
    going.answer(call.key, Succeeded({"ok": True}), 2.0)
    assert going.output == {"ok": True}
    assert types(going)[2:6] == ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded"]


def test_a_result_over_the_limit_is_data_limit_exceeded() -> None:
    states = {"T": {"Type": "Task", "Resource": LAMBDA, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
              "C": {"Type": "Pass"}}  # fmt: skip
    result = run(states, {}, lambda call: "x" * 262_143)
    assert (result.status, result.error) == ("FAILED", "States.DataLimitExceeded")


def test_an_interval_may_be_computed() -> None:
    states = {"T": {"Type": "Task", "Resource": LAMBDA, "TimeoutSeconds": "{% $states.input.limit %}"}}
    assert run(states, {"limit": 3}, lambda call: After(4, 1)).error == "States.Timeout"
    wrong = run(states, {"limit": "3"}, echo)
    assert wrong.error == "States.QueryEvaluationError"
    assert "Expected 'number', but was 'string' for value: \"3\"" in (wrong.cause or "")


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:states:::lambda:invoke", ("service", "lambda", "invoke", "request")),
        ("arn:aws:states:::states:startExecution.sync:2", ("service", "states", "startExecution", "sync")),
        ("arn:aws:states:::aws-sdk:s3:getObject", ("service", "aws-sdk:s3", "getObject", "request")),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", ("service", "sqs", "sendMessage", "token")),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f:7", ("lambda", "lambda", "invoke", "request")),
        ("arn:aws:states:eu-west-1:123456789012:activity:work", ("activity", "activity", "work", "token")),
    ],
)
def test_resources_are_taken_apart(arn: str, expected: tuple[str, ...]) -> None:
    resource = Resource.parse(arn)
    assert (resource.kind, resource.service, resource.action, resource.pattern) == expected


@pytest.mark.parametrize("arn", ["nonsense", "arn:aws:s3:::bucket", "arn:aws:states:::lambda:invoke.later"])
def test_what_is_no_resource_is_refused(arn: str) -> None:
    with pytest.raises(ValueError, match="arn|ARN"):
        Resource.parse(arn)


def test_history_shows_parameters_and_lambda_arns_have_their_own_events() -> None:
    result = run(
        {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"}}, {"a": 1}, echo
    )
    assert types(result)[2:5] == ["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded"]
    assert result.output == {"a": 1}


def test_a_call_says_in_which_branch_and_item_it_stands() -> None:
    work = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Arguments": {}, "End": True}
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "Work", "States": {"Work": work}}, "End": True}
    both = {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": "Alone", "States": {"Alone": work}},
            {"StartAt": "Each", "States": {"Each": each}},
        ],
        "End": True,
    }
    definition = {"QueryLanguage": "JSONata", "StartAt": "Both", "States": {"Both": both}}
    seen: list[tuple[str, tuple[int, ...]]] = []
    simulate(definition, ["a", "b"], lambda call: seen.append((call.state, call.path)))
    assert seen == [("Alone", (0,)), ("Work", (1, 0)), ("Work", (1, 1))]


BROKEN = {"StartAt": "B", "States": {"B": {"Type": "Pass", "Parameters": {"v.$": "$.gone"}, "End": True}}}


def test_a_runtime_error_in_a_branch_ends_the_execution_at_once() -> None:
    # The history of AWS in https://github.com/floci-io/floci/issues/2868 has no ParallelStateFailed.
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "C"}]
    parallel = {"Type": "Parallel", "Branches": [BROKEN], "Catch": catch, "End": True}
    states = {"P": parallel, "C": {"Type": "Pass"}}
    result = run_path(states, {"x": "a"})
    assert types(result)[1:] == [
        "ParallelStateEntered",
        "ParallelStateStarted",
        "PassStateEntered",
        "ExecutionFailed",
    ]
    assert (result.cause or "").startswith(
        "An error occurred while executing the state 'B' (entered at the event id #4)"
    )
    each = {"Type": "Map", "ItemProcessor": BROKEN, "Catch": catch, "End": True}
    result = run_path({"M": each, "C": {"Type": "Pass"}}, [{}, {}])
    assert types(result)[1:] == [
        "MapStateEntered",
        "MapStateStarted",
        "MapIterationStarted",
        "MapIterationStarted",
        "PassStateEntered",
        "ExecutionFailed",
    ]


def test_what_fails_a_branch_is_caught_as_a_failed_branch_too() -> None:
    # States.BranchFailed in https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    branch = machine({"F": {"Type": "Fail", "Error": "Boom", "Cause": "why"}})
    del branch["QueryLanguage"]
    catch = [{"ErrorEquals": ["States.BranchFailed"], "Next": "C"}]
    states = {"P": {"Type": "Parallel", "Branches": [branch], "Catch": catch, "End": True}, "C": {"Type": "Pass"}}
    assert run(states, {}).output == {"Error": "Boom", "Cause": "why"}
    alone = {"Type": "Task", "Resource": LAMBDA, "Catch": catch, "End": True}
    assert run({"T": alone, "C": {"Type": "Pass"}}, {}, Failing("Boom")).error == "Boom"
