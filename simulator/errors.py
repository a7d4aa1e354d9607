"""What can go wrong inside an execution: one exception that carries an error name and a cause, and name matching.

Error names: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from collections.abc import Sequence

ALL = "States.ALL"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
TASK_FAILED = "States.TaskFailed"
RUNTIME = "States.Runtime"
QUERY_EVALUATION = "States.QueryEvaluationError"
DATA_LIMIT = "States.DataLimitExceeded"
RESULT_PATH_MATCH_FAILURE = "States.ResultPathMatchFailure"
PARAMETER_PATH_FAILURE = "States.ParameterPathFailure"
BRANCH_FAILED = "States.BranchFailed"
INTRINSIC_FAILURE = "States.IntrinsicFailure"
EXCEED_TOLERATED_FAILURE = "States.ExceedToleratedFailureThreshold"
ITEM_READER_FAILED = "States.ItemReaderFailed"
RESULT_WRITER_FAILED = "States.ResultWriterFailed"

#: What States.ALL does not cover. Retry and Catch handle DataLimitExceeded only by its name, Runtime never.
_TERMINAL = frozenset({RUNTIME, DATA_LIMIT})


class StateError(Exception):
    """An error as Step Functions reports it. `error` and `cause` may be None: a Fail state may give neither.

    `also` is a second name that Retry and Catch know it by: a missed heartbeat is reported as States.Timeout and may be
    caught as States.HeartbeatTimeout too, and what failed a branch as States.BranchFailed around it.
    """

    def __init__(self, error: str | None, cause: str | None = None, also: str | None = None) -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause
        self.also = also


class OutOfTime(StateError):
    """A child execution of a Map Run took longer than it may: its status is TIMED_OUT, not FAILED."""

    def __init__(self) -> None:
        super().__init__(TIMEOUT)


class LocatedError(StateError):
    """An error that a state's own field made (an expression, a path): its cause names the state and the event.

    `detail` is the message alone; `location` the field, as EvaluationFailed events carry it. The interpreter puts the
    state's name and event in front once it knows them (`placed`).
    """

    def __init__(self, error: str, detail: str, location: str | None = None) -> None:
        super().__init__(error, detail)
        self.detail = detail
        self.location = location

    def placed(self, state: str, entered_event: int) -> None:
        """Make `cause` the full text: which state, entered at which event, then what went wrong. Errors of other names
        than these are reported by what went wrong alone."""
        if self.error not in (RUNTIME, QUERY_EVALUATION, INTRINSIC_FAILURE):
            return
        self.cause = (
            f"An error occurred while executing the state '{state}' (entered at the event id #{entered_event}). "
            f"{self.detail}"
        )


class EvaluationError(LocatedError):
    """States.QueryEvaluationError: a JSONata field could not be evaluated or gave what the field cannot take."""

    def __init__(self, detail: str, location: str | None = None) -> None:
        super().__init__(QUERY_EVALUATION, detail, location)


def covers(names: Sequence[str], error: StateError) -> bool:
    """Whether a retrier's or catcher's ErrorEquals covers an error, by either of its names."""
    return matches(names, error.error) or (error.also is not None and error.also in names)


def matches(names: Sequence[str], error: str | None) -> bool:
    """Whether a retrier's or catcher's ErrorEquals covers an error.

    States.ALL covers all but States.DataLimitExceeded and States.Runtime; States.TaskFailed all but States.Timeout;
    States.Timeout covers States.HeartbeatTimeout too.
    """
    for name in names:
        if name == ALL:
            if error not in _TERMINAL:
                return True
        elif name == error and error != RUNTIME:
            return True
        elif name == TASK_FAILED:
            if error not in (TIMEOUT, HEARTBEAT_TIMEOUT) and error not in _TERMINAL:
                return True
        elif name == TIMEOUT and error == HEARTBEAT_TIMEOUT:
            return True
    return False
