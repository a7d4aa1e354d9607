"""Task: work done outside, by Lambda, an AWS service, another execution, an activity's worker or whoever has a token.

https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator import errors, tokens
from simulator.effects import Await, Perform, Started, Submitted
from simulator.errors import EvaluationError, LocatedError, StateError
from simulator.states.base import Dialect
from simulator.states.working import Working
from simulator.tasks import Resource, TaskCall
from simulator.values import PAYLOAD_LIMIT, Value, dump

if TYPE_CHECKING:
    from simulator.effects import Steps
    from simulator.strand import Strand

#: A Task's timeout where it names none, in seconds.
LONGEST = 99_999_999


class Task(Working):
    """One call of a resource, with TimeoutSeconds and HeartbeatSeconds."""

    type = "Task"

    def __init__(self, name: str, spec: dict[str, Any], dialect: Dialect) -> None:
        super().__init__(name, spec, dialect)
        self.resource = Resource.parse(spec["Resource"])
        self._timeout = dialect.field(spec, "TimeoutSeconds", "number")
        self._heartbeat = dialect.field(spec, "HeartbeatSeconds", "number")
        credentials = spec.get("Credentials")
        self._credentials = None if credentials is None else dialect.template(credentials, "Credentials")
        parts = spec["Resource"].split(":")
        self._region = parts[3]
        self._events = _EVENTS[self.resource.kind]

    def attempt(self, strand: Strand, raw: Value, effective: Value) -> Steps:
        """Evaluate the arguments, have the task done, and note what happens on the way."""
        resource, run = self.resource, strand.run
        key = run.key()
        if resource.pattern == "token":
            strand.token = self._token(strand, key)
        arguments = self.dialect.arguments(strand, raw, effective)
        if len(dump(arguments)) > PAYLOAD_LIMIT:
            raise self._too_large()
        timeout = self._whole(self._timeout, "TimeoutSeconds", strand, raw, effective)
        heartbeat = self._whole(self._heartbeat, "HeartbeatSeconds", strand, raw, effective)
        credentials = None if self._credentials is None else self._credentials(strand, {"input": raw})
        call = TaskCall(
            resource,
            arguments,
            run.info.execution_arn,
            self.name,
            strand.retry_count,
            timeout,
            heartbeat,
            strand.token,
            credentials,
            key,
            strand.path(),
        )
        self._note_scheduled(strand, call)
        return (yield from self._perform(strand, call))

    def _perform(self, strand: Strand, call: TaskCall) -> Steps:
        resource, events = self.resource, self._events
        names = {"resourceType": resource.service, "resource": resource.full_action}
        about = names if resource.kind == "service" else {}
        if resource.kind != "activity":
            strand.note(events["started"], names if resource.kind == "service" else None)
        failed = "failed" if resource.kind != "service" or resource.pattern == "request" else "submit_failed"
        try:
            outcome = yield Perform(call)
            while isinstance(outcome, Submitted | Started):
                if isinstance(outcome, Started):
                    strand.note("ActivityStarted", {"workerName": outcome.worker})
                elif resource.kind == "service":
                    strand.note("TaskSubmitted", {**names, "output": outcome.result})
                    failed = "failed"
                outcome = yield Await(call.key)
            if len(dump(outcome)) > PAYLOAD_LIMIT:
                raise self._too_large()
        except StateError as error:
            timed_out = error.error in (errors.TIMEOUT, errors.HEARTBEAT_TIMEOUT)
            kind = events["timed_out" if timed_out else failed]
            strand.note(kind, {**about, "error": error.error, "cause": error.cause})
            raise
        strand.note(events["succeeded"], {**about, "output": outcome})
        return outcome

    def _note_scheduled(self, strand: Strand, call: TaskCall) -> None:
        details: dict[str, Any]
        if self.resource.kind == "service":
            details = {
                "resourceType": self.resource.service,
                "resource": self.resource.full_action,
                "region": self._region or strand.run.info.execution_arn.split(":")[3],
                "parameters": call.arguments,
            }
        else:
            details = {"resource": self.resource.arn, "input": call.arguments}
        if call.timeout is not None and call.timeout != LONGEST:
            details["timeoutInSeconds"] = int(call.timeout)
        if call.heartbeat is not None:
            details["heartbeatInSeconds"] = int(call.heartbeat)
        if call.credentials is not None:
            details["taskCredentials"] = {"roleArn": call.credentials.get("RoleArn")}
        strand.note(self._events["scheduled"], details)

    def _whole(self, field: Any, name: str, strand: Strand, raw: Value, effective: Value) -> float | None:
        """A number of seconds: a positive integer."""
        if field is None:
            return None
        value = field(strand, raw, effective)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or value != int(value)
            or not 0 < value <= LONGEST
        ):
            detail = f"The {name} field must be an integer between 1 and {LONGEST}, but was: {value}"
            if self.dialect.name == "JSONata":
                raise EvaluationError(detail, name)
            raise LocatedError(errors.RUNTIME, detail, name)
        return float(value)

    def _too_large(self) -> StateError:
        resource = self.resource
        name = resource.service if resource.kind == "service" else resource.arn
        return StateError(
            errors.DATA_LIMIT,
            f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes "
            "service limit.",
        )

    @staticmethod
    def _token(strand: Strand, key: int) -> str:
        """A token that names its execution and call, and that nobody guesses."""
        run = strand.run
        return tokens.issue(run.info.execution_arn, key, run.random.getrandbits(256))


_EVENTS = {
    "service": {
        "scheduled": "TaskScheduled",
        "started": "TaskStarted",
        "succeeded": "TaskSucceeded",
        "failed": "TaskFailed",
        "submit_failed": "TaskSubmitFailed",
        "timed_out": "TaskTimedOut",
    },
    "lambda": {
        "scheduled": "LambdaFunctionScheduled",
        "started": "LambdaFunctionStarted",
        "succeeded": "LambdaFunctionSucceeded",
        "failed": "LambdaFunctionFailed",
        "timed_out": "LambdaFunctionTimedOut",
    },
    "activity": {
        "scheduled": "ActivityScheduled",
        "started": "ActivityStarted",
        "succeeded": "ActivitySucceeded",
        "failed": "ActivityFailed",
        "timed_out": "ActivityTimedOut",
    },
}
