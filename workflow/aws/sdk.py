"""`sdk` and `optimized`: any operation that Step Functions integrates, as a typed state.

Arguments are keywords by the names of AWS's API, each a value or a lambda of the input; they are checked against the
service's model when the state is written. https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar, overload

from ..diagnostics import Problem, caller_place
from ..lambdas import kind_of, root
from ..resources import Keyed, Symbol, Text
from ..states.base import A
from . import catalogue
from .calling import Calling, check_returns, fill, service_fields
from .models import ModelsMissing

T = TypeVar("T")


Plain = str | int | float | bool | Enum | Symbol | Text | Keyed | Mapping[str, Any] | Sequence[Any] | None


@overload
def sdk(
    name: str, operation: str, /, *, of: type[A], returns: type[T], **arguments: Plain | Callable[[A], object]
) -> Calling[A, T]: ...
@overload
def sdk(
    name: str, operation: str, /, *, of: type[A], **arguments: Plain | Callable[[A], object]
) -> Calling[A, Any]: ...
def sdk(name: str, operation: str, /, *, of: Any, returns: Any = None, **arguments: Any) -> Any:
    """Calls an operation of any AWS service: `sdk("Tag", "s3:putObjectTagging", of=File, Bucket=bucket, ...)`.

    operation: `service:operation` as in a Resource after `aws-sdk:`. arguments: by the API's names; each a value, a
    resource, or a lambda of the input. returns: a model of those members of the result that later states read, by
    their names in Step Functions (Pascal case); without it each member may be None. Passes the result on.
    """
    return _call(name, operation, catalogue.sdk, of, returns, arguments)


@overload
def optimized(
    name: str, operation: str, /, *, of: type[A], returns: type[T], **arguments: Plain | Callable[[A], object]
) -> Calling[A, T]: ...
@overload
def optimized(
    name: str, operation: str, /, *, of: type[A], **arguments: Plain | Callable[[A], object]
) -> Calling[A, Any]: ...
def optimized(name: str, operation: str, /, *, of: Any, returns: Any = None, **arguments: Any) -> Any:
    """Calls an optimized integration: `optimized("Run", "glue:startJobRun.sync", of=Day, JobName="nightly")`.

    operation: `service:operation`, with `.sync` to wait until the job is done. The result of a job that was waited for
    is what AWS says of the finished job; `returns` names the members that later states read. Passes the result on.
    """
    return _call(name, operation, catalogue.optimized, of, returns, arguments)


def _call(
    name: str,
    text: str,
    find: Callable[[str], catalogue.Integration],
    of: Any,
    returns: Any,
    arguments: Mapping[str, Any],
) -> Any:
    place = caller_place()
    takes = kind_of(of)
    state: Calling[Any, Any] = object.__new__(Calling)
    try:
        integration = find(text)
    except catalogue.Unknown as unknown:
        page = unknown.page
        problem = (
            Problem(place, unknown.what, unknown.instead, "pattern")
            if page == "pattern"
            else Problem(place, unknown.what, unknown.instead, "integration")
        )
        return _unfound(state, name, takes, place, problem)
    except ModelsMissing as missing:
        return _unfound(state, name, takes, place, Problem(place, str(missing), "", "integration"))
    if integration.pattern == catalogue.TOKEN:
        what = f"`{name}` waits for a callback, but nothing places its token"
        instead = "leave the suffix out and write .wait_for_token(returns=..., NAME=lambda value, token: ...)"
        return _unfound(state, name, takes, place, Problem(place, what, instead, "token"))
    filled = fill(name, place=place, integration=integration, takes=takes, given=arguments)
    result, problems = check_returns(name, integration, returns, place)
    state._work(
        name,
        takes,
        result,
        place,
        **service_fields(integration),
        **filled.fields,
        problems=(*filled.problems, *problems),
        passes=result.kind,
    )
    return state


def _unfound(state: Calling[Any, Any], name: str, takes: Any, place: Any, problem: Problem) -> Any:
    """Stands where nothing can be called; what it passes on is not known, so nothing else is wrong because of it."""
    state._work(
        name,
        takes,
        root("states.result", None),
        place,
        **service_fields(None),
        integration=None,
        resource="",
        given={},
        arguments={},
        problems=(problem,),
        passes=None,
    )
    return state
