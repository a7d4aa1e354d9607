"""States that call an AWS service by an integration of the catalogue: what they share, whatever the service.

Last but one stage of the integrations. `sdk` and `optimized` make them of any operation; the states of single services
(`SendMessage`, `RunExecution`, ...) are the same with arguments of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from ..diagnostics import Place, Problem
from ..expressions import Expression, Root, kinds
from ..lambdas import kind_of, root
from ..resources import Symbol, Text
from ..states.base import In, Out
from ..states.working import Service
from .arguments import Builder
from .catalogue import SYNC, TOKEN, Integration, only_reads, transient_names
from .shapes import result_kind, wrong_model

T = TypeVar("T")
Fn = Callable[..., Any]

TOKEN_PATH = "states.context.Task.Token"  # noqa: S105  (a path)


class Calling(Service[In, Out]):
    """Calls an operation of an AWS service."""

    members: ClassVar[Mapping[str, str]] = {}
    """The API's names of this state's arguments, where they are other names."""
    integration: Integration | None
    """Which; None where something else is wrong."""
    given: Mapping[str, Any]
    """The arguments as they were given."""
    allowed: tuple[str | Symbol | Text, ...]
    """The ARNs that the call needs, where they cannot be read from its arguments."""

    def allow(self, *resources: str | Symbol | Text) -> Calling[In, Out]:
        """The ARNs that the state's role needs for this call, where permissions cannot tell: computed arguments."""
        return self._replace(allowed=(*self.allowed, *resources))

    def wait_for_token(self, *, returns: type[T], **placed: Callable[[In, str], object]) -> Calling[In, T]:
        """Wait until somebody answers with SendTaskSuccess, whose output is a `returns`.

        placed: the arguments that carry the token, as lambdas of the input and the token; they replace those given.
        Write .timeout(...) or .heartbeat(...) too: an answer may never come.
        https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
        """
        waiting: Calling[In, T] = self._waiting(returns, placed)
        return waiting

    def _waiting(self, returns: Any, placed: Mapping[str, Any]) -> Any:
        place, integration = self.place, self.integration
        if integration is None:
            return self
        if TOKEN not in integration.offered:
            what = f"`{integration.name}` of `{self.name}` does not offer `{TOKEN}` (wait for a callback)"
            instead = "send the token by a service that does: SQS, SNS, Lambda"
            return self._refuse(Problem(place, what, instead, "pattern"))
        arguments = {self.members.get(name, name): fn for name, fn in placed.items()}
        waiting = fill(
            self,
            place=place,
            integration=_with_pattern(integration, TOKEN),
            takes=self.takes,
            given={**self.given, **arguments},
            tokens=tuple(arguments),
        )
        result = root("states.result", kind_of(returns))
        before = tuple(p for p in self.problems if p.page != "argument-missing")
        state = self._replace(
            **waiting.fields, problems=(*before, *waiting.problems), result=result, passes=result.kind, own=None
        )
        return state._refuse(*_token_unused(self.name, waiting.fields["arguments"], place))

    def _call(
        self,
        name: str,
        place: Place,
        integration: Integration,
        takes: kinds.Kind | None,
        given: Mapping[str, Any],
        **values: Any,
    ) -> None:
        """Fill in the fields of a new state; called by constructors only. `problems` add to those of the arguments."""
        self.__dict__["name"] = name
        filled = fill(self, place=place, integration=integration, takes=takes, given=given)
        problems = (*filled.problems, *values.pop("problems", ()))
        fields = {**service_fields(integration), **values}
        result = fields.pop("result", None) or root("states.result", kind_of(object))
        self._work(name, takes, result, place, **filled.fields, **fields, problems=problems)


def service_fields(integration: Integration | None) -> dict[str, Any]:
    """What is known of a new state's service; `transient` is what TRANSIENT means for it."""
    service = None if integration is None else f"{'aws-sdk:' * integration.sdk}{integration.service}"
    transient = () if integration is None else transient_names(integration)
    reads = integration is not None and only_reads(integration)
    known = {"service": service, "transient": transient, "reads": reads}
    return {**known, "seconds": None, "beat": None, "role": None, "allowed": ()}


class Filled:
    """Fields of a state that calls, and the problems of its arguments."""

    def __init__(self, fields: dict[str, Any], problems: tuple[Problem, ...]) -> None:
        self.fields = fields
        self.problems = problems


def fill(
    state: Calling[Any, Any] | str,
    *,
    place: Place,
    integration: Integration,
    takes: kinds.Kind | None,
    given: Mapping[str, Any],
    tokens: tuple[str, ...] = (),
) -> Filled:
    """Arguments and resource of a call. `tokens`: the members whose lambdas take the input and the token."""
    name = state if isinstance(state, str) else state.name
    shown = {} if isinstance(state, str) else {api: own for own, api in state.members.items()}
    token = Root.path(TOKEN_PATH, str)
    builder = Builder(name, integration, (root("states.input", takes), token), place, shown)
    if not tokens and integration.pattern != TOKEN:
        builder = Builder(name, integration, (root("states.input", takes),), place, shown)
    arguments = builder.build(given)
    fields = {"integration": integration, "resource": integration.resource, "given": given, "arguments": arguments}
    return Filled(fields, tuple(builder.problems))


def check_returns(name: str, integration: Integration, returns: Any, place: Place) -> tuple[Root, list[Problem]]:
    """What the result is to a lambda: the user's model, checked against the service's, or the service's own."""
    operation = integration.operation
    shape = operation.output if operation is not None else None
    if returns is None:
        known = integration.pattern not in (SYNC,) and operation is not None
        return root("states.result", result_kind(shape, sdk=integration.sdk) if known else kind_of(object)), []
    kind = kind_of(returns)
    if operation is None or integration.pattern:  # the result of a finished job is another operation's
        return root("states.result", kind), []
    problems = [
        Problem(place, f"{wrong.what} (the result of `{name}`)", wrong.instead, "returns")
        for wrong in wrong_model(shape, kind, integration.key)
    ]
    return root("states.result", kind), problems


def _with_pattern(integration: Integration, pattern: str) -> Integration:
    return Integration(
        integration.service,
        integration.action,
        pattern,
        integration.sdk,
        integration.offered,
        integration.source,
        integration.operation,
        integration.own,
    )


def _token_unused(name: str, arguments: Mapping[str, Any], place: Place) -> list[Problem]:
    if carries_token(arguments):
        return []
    what = f"`{name}` waits for an answer, but nobody gets its token"
    return [Problem(place, what, "use the token in what is sent: lambda value, token: ...", "token")]


def carries_token(value: Any) -> bool:
    """Whether the token stands anywhere in arguments."""
    match value:
        case Expression(text=text):
            return f"${TOKEN_PATH}" in text
        case Mapping():
            return any(carries_token(item) for item in value.values())
        case list() | tuple():
            return any(carries_token(item) for item in value)
    return False
