"""States that do work: retried, timed out, shaped and caught. Task, Parallel, Map and Try build on these.

`Working` has what all of them have, `Service` adds the timeouts that only a Task of ASL has. How a state works is said
before its catchers: an `.output` written after a `.catch` would not see the catcher's result, so after a `.catch` only
`.catch` is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar, Never, Self, TypeVar, overload

from ..diagnostics import Place, Problem, caller_place
from ..error_names import TRANSIENT, Error, check_all, resolve
from ..expressions import Expression, Root, kinds
from ..lambdas import Compiled, compiled, kind_of, place_of, root, value_or_lambda
from ..policies import Catcher, Retrier, caught_root, caught_whole
from ..records import Caught
from ..resources import Keyed, Symbol, Text
from ..variables import NOTHING, Assignment, Assigns, Variable, all_assigned, assigned
from .base import (
    End,
    In,
    Kind,
    Out,
    Part,
    R,
    Res,
    Same,
    State,
    Step,
    Succeed,
    X,
    accepts,
    as_part,
    is_open,
    joined,
    show,
)

T = TypeVar("T")
Seconds = int | Expression

LONGEST = 99_999_999
"""Seconds of a wait, a timeout, a heartbeat and the interval of retries; and how often to retry. https://states-language.net/#task-state"""


class Guarded(State[In, Out, Res]):
    """A state with catchers: what is left to say is another catcher."""

    catchers: tuple[Catcher, ...]

    @overload
    def catch(self, *on: Error, then: End[Caught[In], R], assign: Assigns = ...) -> Guarded[In, Out, Res | R]: ...
    @overload
    def catch(
        self, *on: Error, then: Step[Caught[In], X, R], assign: Assigns = ...
    ) -> Guarded[In, Out | X, Res | R]: ...
    @overload
    def catch(
        self, *on: Error, output: Callable[[Caught[In]], T], then: Same, assign: Assigns = ...
    ) -> Guarded[In, Out | T, Res]: ...
    @overload
    def catch(
        self, *on: Error, output: Callable[[Caught[In]], T], then: Succeed, assign: Assigns = ...
    ) -> Guarded[In, Out, Res | T]: ...
    @overload
    def catch(
        self, *on: Error, output: Callable[[Caught[In]], T], then: Step[T, X, R], assign: Assigns = ...
    ) -> Guarded[In, Out | X, Res | R]: ...
    def catch(self, *on: Error, then: Any, output: Any = None, assign: Assigns = NOTHING) -> Any:
        """Go on with `then` when one of the errors occurs and is not retried (any more).

        on: exception classes, `States.*` names or names of services' errors. output: what `then` gets, made of a
        Caught; without it `then` gets the Caught itself. A `then` that is not closed joins the main path. assign: what
        variables become, made of a Caught.
        """
        place = caller_place()
        names, problems = resolve(on, None, place)
        problems += check_all(names, place, "a catcher")
        if not on:
            problems.append(Problem(place, "a catcher without errors", 'name them, or "States.ALL"', "error-names"))
        target = as_part(then, f"the catch target of `{self.name}`", place)
        shaped, wrong = _caught_output(self, output, target, place)
        assigns, bad = all_assigned(assign, (caught_root(self.takes),), place)
        catcher = Catcher(names, shaped.expression, target, assigns, passes_on(target, shaped.kind), place)
        return self._replace(
            catchers=(*self.catchers, catcher),
            problems=(*self.problems, *problems, *shaped.problems, *wrong, *bad),
            passes=joined(self.passes, catcher.passes),
            ends=joined(self.ends, ends_with(target, shaped.kind)),
        )


class Working(Guarded[In, Out, Res]):
    """A state that does work (Task, Parallel, Map, Try): how it does it is said before its catchers."""

    result: Root
    """What `$states.result` means to the user."""
    service: str | None
    """Whose transient errors TRANSIENT means here; None for those of all."""
    retriers: tuple[Retrier, ...]
    own: Expression | None
    """What it passes on if the user says nothing; None: its result as it is."""
    shaped: Expression | None
    """What the user says that it passes on."""
    assigns: tuple[Assignment, ...]

    _start: ClassVar[Mapping[str, Any]] = {
        **Part._start,
        "service": None,
        "retriers": (),
        "own": None,
        "shaped": None,
        "assigns": (),
        "catchers": (),
    }

    def _work(self, name: str, takes: Kind, result: Root, place: Place, **values: Any) -> None:
        values.setdefault("passes", result.kind)
        values |= {"takes": takes, "result": result}
        self._set(name, place, values)

    def retry(
        self,
        *on: Error,
        attempts: int = 3,
        interval: int = 1,
        backoff: float = 2.0,
        max_delay: int | None = None,
        jitter: bool = True,
    ) -> Self:
        """Try again when one of the errors occurs.

        attempts: how often at most, after the first time. interval: seconds before the first retry, multiplied by
        backoff each time, up to max_delay seconds. jitter: wait a random part of that, so that many executions do not
        come back at once. https://states-language.net/#errors
        """
        place = caller_place()
        names, problems = resolve(on, self.service, place, self.__dict__.get("transient", ()))
        problems += check_all(names, place, "a retrier")
        problems += self._too_late("retry", place)
        if not on:
            problems.append(Problem(place, "a retry without errors", "name them: .retry(TRANSIENT)", "error-names"))
        wrong = _check_retry(attempts, interval, backoff, max_delay, place)
        problems += wrong
        retrier = Retrier(names, attempts, interval, backoff, max_delay, jitter, place)
        if wrong:
            retrier = Retrier(names, 0, 1, 1.0, None, jitter, place)
        return self._replace(retriers=(*self.retriers, retrier))._refuse(*problems)

    @overload
    def output(self, fn: Callable[[Out], T]) -> Working[In, T, Res]: ...
    @overload
    def output(self, fn: Callable[[Out, In], T]) -> Working[In, T, Res]: ...
    def output(self, fn: Any) -> Any:
        """What the state passes on, made of its result, and of its input if the lambda takes two arguments."""
        place = caller_place()
        problems = self._too_late("output", place)
        if self.shaped is not None:
            problems.append(Problem(place, f"`{self.name}` has two outputs", "make one of them", "output-twice"))
        shaped = compiled(fn, (self.result, root("states.input", self.takes)), place)
        return self._replace(shaped=shaped.expression, passes=shaped.kind)._refuse(*problems, *shaped.problems)

    def assign(self, variable: Variable[T], value: Callable[[Out], T]) -> Self:
        """Set a workflow's variable when the state has succeeded, from what it passes on."""
        place = caller_place()
        problems = self._too_late("assign", place)
        given = self.result if self.shaped is None else Root.of(self.shaped.node, self.shaped.kind)
        assignment, wrong = assigned(variable, value, (given,), place)
        return self._replace(assigns=(*self.assigns, assignment))._refuse(*problems, *wrong)

    def _too_late(self, method: str, place: Place) -> list[Problem]:
        if not self.catchers:
            return []
        what = f".{method} of `{self.name}` after a .catch"
        return [Problem(place, what, f"write .{method} before .catch", "after-catch")]


class Branching(Working[In, Out, Never]):
    """Parallel and Try: a Working state whose branches may get something else than its input."""

    entered: Expression | None
    """What the branches get; None: the input."""

    def arguments(self, of: type[T], make: Callable[[T], In]) -> Working[T, Out]:
        """Let the branches get what `make` makes of the state's input, which is of type `of`."""
        place = caller_place()
        takes = kind_of(of)
        made = compiled(make, (root("states.input", takes),), place)
        problems = [*self._too_late("arguments", place), *made.problems]
        if self.shaped is not None or self.assigns:
            problems.append(
                Problem(place, f".arguments of `{self.name}` after .output or .assign", "write it first", "arguments")
            )
        if made.kind is not None and self.takes is not None and not kinds.fits(made.kind, self.takes):
            what = f"the branches of `{self.name}` take {show(self.takes)}, but this is {show(made.kind)}"
            problems.append(Problem(place_of(make, place), what, "make what they take", "arguments"))
        changed: Any = self._replace(takes=takes, entered=made.expression)._refuse(*problems)
        return changed  # type: ignore[no-any-return]


class Service(Working[In, Out, Never]):
    """A Task of ASL: the only state with TimeoutSeconds and HeartbeatSeconds."""

    resource: str
    """The part of the resource's ARN after `arn:<partition>:states:::`."""
    arguments: dict[str, Any]
    """Arguments as JSON data with Expressions and Symbols in it."""
    seconds: Seconds | None
    beat: Seconds | None
    role: Expression | Symbol | Text | None
    """The role that the call is made with; None for the state machine's own."""

    _start: ClassVar[Mapping[str, Any]] = {**Working._start, "seconds": None, "beat": None, "role": None}

    def _serve(self, name: str, takes: Kind, result: Root, place: Place, resource: str, **values: Any) -> None:
        self._work(name, takes, result, place, service=resource.partition(":")[0], resource=resource, **values)

    def timeout(self, seconds: int | Callable[[In], int]) -> Self:
        """Fail with States.Timeout after so many seconds; a lambda reads them from the input."""
        return self._limit("seconds", "timeout", seconds)

    def heartbeat(self, seconds: int | Callable[[In], int]) -> Self:
        """Fail with States.HeartbeatTimeout if the task does not report for so many seconds; less than the timeout."""
        return self._limit("beat", "heartbeat", seconds)

    def assume(self, role: str | Symbol | Text | Keyed | Callable[[In], str]) -> Self:
        """Call with another role, such as one of another account: its ARN, or a lambda of the input.

        The role must trust this state machine's role; permissions name it.
        https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html
        """
        place = caller_place()
        late = self._too_late("assume", place)
        if isinstance(role, (Symbol, Text)):
            return self._replace(role=role)._refuse(*late)
        key = getattr(role, "key", None)
        if isinstance(key, str):
            return self._replace(role=Symbol(key))._refuse(*late)
        made = value_or_lambda(role, (root("states.input", self.takes),), place, expected=str)
        problems = [*late, *made.problems]
        if isinstance(role, str) and not (role.startswith("arn:") and ":role/" in role):
            what = f"`{self.name}` assumes {role!r}, which is no role's ARN"
            problems.append(Problem(place, what, 'write "arn:aws:iam::ACCOUNT:role/NAME"', "assume"))
        return self._replace(role=made.expression)._refuse(*problems)

    def _limit(self, field: str, method: str, seconds: Any) -> Self:
        if type(seconds) is int and 1 <= seconds <= LONGEST and not self.catchers:
            return self._replace(**{field: seconds})
        place = caller_place()
        problems = self._too_late(method, place)
        if callable(seconds):
            shaped = compiled(seconds, (root("states.input", self.takes),), place, expected=int)
            return self._replace(**{field: shaped.expression})._refuse(*problems, *shaped.problems)
        if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= LONGEST:
            what = f".{method}({seconds!r}) of `{self.name}`"
            problems.append(Problem(place, what, f"give whole seconds from 1 to {LONGEST}", "seconds"))
            return self._refuse(*problems)
        return self._replace(**{field: seconds})._refuse(*problems)


DEFAULT_RETRY = Retrier((), attempts=3, interval=1, backoff=2.0, max_delay=None, jitter=True)
"""How service errors are retried where the user says nothing: after 1, 2 and 4 seconds at most."""


def all_retriers(state: Working[Any, Any, Any]) -> tuple[Retrier, ...]:
    """The user's retriers and the default one for errors of the service that they do not name.

    The first retrier that names an error counts, and States.ALL is last: so the default stands before that.
    """
    if not isinstance(state, Service):
        return state.retriers
    reads = state.__dict__.get("reads", False)  # what only reads may be done twice; the rest is the user's to say
    meant = state.__dict__["transient"] if reads else TRANSIENT.names(state.service)
    if not state.retriers:
        return _by_default(meant)
    named = {name for retrier in state.retriers for name in retrier.errors}
    default = _by_default(tuple(n for n in meant if n not in named))
    if not default:
        return state.retriers
    own = [r for r in state.retriers if "States.ALL" not in r.errors]
    rest = [r for r in state.retriers if "States.ALL" in r.errors]
    return (*own, *default, *rest)


@lru_cache(maxsize=1024)
def _by_default(errors: tuple[str, ...]) -> tuple[Retrier, ...]:
    """The default retrier of these errors; none where there are none."""
    return (replace(DEFAULT_RETRY, errors=errors),) if errors else ()


def passes_on(target: Part, given: Kind) -> Kind:
    """What a target that gets `given` passes on where it joins again; never for an end."""
    if isinstance(target, Same):
        return given
    return target.passes if is_open(target) else kinds.NEVER


def ends_with(target: Part, given: Kind) -> Kind:
    """What the execution ends with inside a target that gets `given`."""
    return joined(target.ends, given) if isinstance(target, Succeed) else target.ends


def check_target(role: str, target: Part, given: Kind, place: Place) -> list[Problem]:
    """A target must take what it gets."""
    if accepts(target, given):
        return []
    what = f"`{target.name}` takes {show(target.takes)}, but {role} gives {show(given)}"
    return [Problem(place, what, "make what it takes in `output=`", "target")]


def _caught_output(state: Part, output: Any, target: Part, place: Place) -> tuple[Compiled, list[Problem]]:
    if output is not None:
        shaped = compiled(output, (caught_root(state.takes),), place)
        return shaped, check_target(f"the catcher of `{state.name}`", target, shaped.kind, place)
    whole = caught_whole(state.takes)
    if target.takes is None or state.takes is None or kinds.fits(whole.kind, target.takes):
        return Compiled(whole), []
    what = (
        f"`{target.name}` takes {show(target.takes)}, but a catcher without `output=` gives the Caught itself:"
        " input, error, cause and message"
    )
    return Compiled(whole), [Problem(place, what, "write output=lambda c: ...", "target")]


def _check_retry(attempts: int, interval: int, backoff: float, max_delay: int | None, place: Place) -> list[Problem]:
    """The ranges of https://states-language.net/#errors and of AWS."""
    wrong: list[tuple[str, object, str]] = []
    if not isinstance(attempts, int) or not 0 <= attempts <= LONGEST:
        wrong.append(("attempts", attempts, "a whole number from 0"))
    if not isinstance(interval, int) or not 1 <= interval <= LONGEST:
        wrong.append(("interval", interval, "whole seconds from 1"))
    if isinstance(backoff, bool) or not isinstance(backoff, (int, float)) or not backoff >= 1:
        wrong.append(("backoff", backoff, "a factor from 1.0"))
    least = interval if isinstance(interval, int) else 0
    if max_delay is not None and (not isinstance(max_delay, int) or not least < max_delay < 31_622_400):
        wrong.append(("max_delay", max_delay, "whole seconds, more than the interval and less than 31622400"))
    return [Problem(place, f"{name}={value!r} of a retry", f"give {need}", "retry") for name, value, need in wrong]
