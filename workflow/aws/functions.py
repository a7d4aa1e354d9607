"""Lambda: functions that are no handlers of this project, called by a symbol or an ARN.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from ..diagnostics import Problem, caller_place
from ..lambdas import ANY, INPUT, expression, kind_of, root
from ..resources import Symbol, Text
from ..states.base import A, In, Out
from . import catalogue
from .calling import Calling
from .symbols import External

T = TypeVar("T")


class Invoke(Calling[In, Out]):
    """Calls a Lambda function and passes its answer on, a `returns`.

    function: External("..."), or the ARN of a version or alias. payload: what it gets; the input if nothing is said.
    A handler of this project is a Task. With `.wait_for_token(payload=...)` the state waits for an answer.
    """

    members: ClassVar[Mapping[str, str]] = {"payload": "Payload"}

    def __init__(
        self: Invoke[A, T],
        name: str,
        function: External | str,
        *,
        of: type[A],
        returns: type[T],
        payload: Callable[[A], object] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        problems: list[Problem] = []
        called: Any = function
        if isinstance(function, External):
            called = Symbol(function.key)
        elif not isinstance(function, (str, Symbol, Text)) or (isinstance(function, str) and ":" not in function):
            shown = getattr(function, "__name__", repr(function))
            what = f"`{name}` calls {shown}, which is no function's ARN"
            instead = f'write Task("{name}", {shown})' if callable(function) else 'give External("...") or an ARN'
            problems.append(Problem(place, what, instead, "function"))
            called = "?"
        given = {"FunctionName": called, "Payload": payload if payload is not None else (lambda value: value)}
        result = root("states.result.Payload", kind_of(returns))
        integration = catalogue.optimized("lambda:invoke")
        own = expression(root("states.result.Payload", ANY).node)
        self._call(
            name, place, integration, takes, given, result=result, passes=result.kind, own=own, problems=problems
        )
        if payload is None:
            self.__dict__["arguments"] = {**self.arguments, "Payload": INPUT}
