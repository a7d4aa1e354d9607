"""Errors by name: exception classes, `States.*` names, and those of services. A Lambda's error is its class's name.

AWS knows no inheritance: a class stands for itself and for its subclasses of the same package, all written out.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from .diagnostics import Place, Problem, did_you_mean

STATES_ERRORS = (
    "States.ALL",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.Permissions",
    "States.QueryEvaluationError",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
)
"""The reserved names that a JSONata workflow can meet.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""

LAMBDA_SERVICE_ERRORS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
)
"""https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html"""

DYNAMODB_SERVICE_ERRORS = (
    "DynamoDB.InternalServerErrorException",
    "DynamoDB.InternalServerError",
    "DynamoDB.ProvisionedThroughputExceededException",
    "DynamoDB.RequestLimitExceeded",
    "DynamoDB.RequestLimitExceededException",
    "DynamoDB.ThrottlingException",
    "DynamoDB.SdkClientException",
)
"""The errors of the API that a later call may not meet; the optimized integration prefixes them with `DynamoDB.`.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"""

SNS_SERVICE_ERRORS = (
    "SNS.InternalErrorException",
    "SNS.ThrottledException",
    "SNS.KMSThrottlingException",
    "SNS.SdkClientException",
)
"""https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors"""

EXISTS = "DynamoDB.ConditionalCheckFailedException"
"""What `PutItem(..., unless_exists=True)` fails with if there is an item under this key."""


@dataclass(frozen=True)
class ErrorGroup:
    """A name for several errors; which ones, depends on the service that a state calls."""

    name: str
    by_service: tuple[tuple[str, tuple[str, ...]], ...]

    def names(self, service: str | None) -> tuple[str, ...]:
        """The errors of one service; those of all where `service` is None."""
        return self._of.get(service, ())

    @cached_property
    def _of(self) -> dict[str | None, tuple[str, ...]]:
        return {None: tuple(n for _, names in self.by_service for n in names), **dict(self.by_service)}


TRANSIENT = ErrorGroup(
    "TRANSIENT",
    (("lambda", LAMBDA_SERVICE_ERRORS), ("dynamodb", DYNAMODB_SERVICE_ERRORS), ("sns", SNS_SERVICE_ERRORS)),
)
"""Errors of the services themselves that are gone when tried again: throttling, and failures inside AWS."""

Error = type[BaseException] | str | ErrorGroup
"""What `.retry` and `.catch` take."""

HTTP_STATUS = re.compile(r"States\.Http\.StatusCode\.[1-5]\d\d")
"""What a call of an HTTPS endpoint fails with, beside States.Http.Socket.
https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html"""

_CUSTOM = re.compile(r"[A-Za-z_][\w.$-]*")


def resolve(
    errors: Iterable[Error], service: str | None, place: Place, transient: tuple[str, ...] = ()
) -> tuple[tuple[str, ...], list[Problem]]:
    """The names to write into ErrorEquals, each once, and what is wrong with them.

    transient: what a group means here, where the service alone does not say.
    """
    names: list[str] = []
    problems: list[Problem] = []
    for error in errors:
        if isinstance(error, ErrorGroup):
            meant = transient or error.names(service)
            if not meant:
                what = f"{error.name} means nothing for {service}: AWS documents no names"
                problems.append(Problem(place, what, "name the errors, as executions show them", "error-names"))
            names += meant
        elif isinstance(error, type) and issubclass(error, BaseException):
            if error in (Exception, BaseException):
                instead = 'write "States.ALL", which catches timeouts and errors of services too'
                problems.append(
                    Problem(place, f"{error.__name__} would match that one class name", instead, "error-names")
                )
            names += (c.__name__ for c in _family(error))
        elif isinstance(error, str):
            problems += _check_name(error, place)
            names.append(error)
        else:
            shown = getattr(error, "__name__", repr(error))
            problems.append(Problem(place, f"{shown} is no error", "give an exception class or a name", "error-names"))
    return tuple(dict.fromkeys(names)), problems


def _family(error: type[BaseException]) -> Iterator[type[BaseException]]:
    """The class and its subclasses of the same package; what other libraries derived depends on what was imported."""
    yield error
    package = error.__module__.split(".")[0]
    for sub in error.__subclasses__():
        if sub.__module__.split(".")[0] == package and (package != "builtins" or hasattr(builtins, sub.__name__)):
            yield from _family(sub)


def _check_name(name: str, place: Place) -> Iterator[Problem]:
    if name == "States.Runtime":
        what = "States.Runtime always fails the execution: nothing retries or catches it"
        yield Problem(place, what, "leave it out", "error-names")
    if name.startswith("States.") and name not in STATES_ERRORS and not HTTP_STATUS.fullmatch(name):
        hint = did_you_mean(name, STATES_ERRORS)
        yield Problem(place, f"there is no error `{name}`: names with `States.` are AWS's own", hint, "error-names")
    elif not _CUSTOM.fullmatch(name):
        yield Problem(place, f"`{name}` can be no error's name", "write the name of an exception class", "error-names")


def check_all(names: tuple[str, ...], place: Place, role: str) -> Iterator[Problem]:
    """States.ALL stands alone. https://states-language.net/#errors"""
    if "States.ALL" in names and len(names) > 1:
        others = ", ".join(n for n in names if n != "States.ALL")
        what = f'"States.ALL" must stand alone in {role}, here it stands beside {others}'
        yield Problem(place, what, f"leave out {others}, which it includes", "states-all")
