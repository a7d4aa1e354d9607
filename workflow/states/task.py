"""Task: a handler run as a Lambda function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ..diagnostics import Problem, caller_place
from ..lambdas import INPUT, expression, root
from ..resources import Function, Symbol
from ..signatures import read_signature
from .base import In, Out
from .working import Service

RESOURCE = "lambda:invoke"

OUTPUT = expression(root("states.result.Payload", None).node)

PAYLOAD = {
    "input": INPUT,
    "execution": expression(root("states.context.Execution.Id", None).node),
    "state": expression(root("states.context.State.Name", None).node),
    "attempt": expression(root("states.context.State.RetryCount", None).node),
}
"""What the Lambda's entry point reads. RetryCount is 0 at the first time.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""


class Task(Service[In, Out]):
    """Calls a handler, a plain typed function, as a Lambda function.

    The undecorated function is given: decorators such as Powertools' erase its types and stand in the Lambda's entry.
    Beside its input the Lambda gets the execution, the state and the attempt, for its log lines.
    """

    function: Function

    def __init__(self, name: str, fn: Callable[[In], Out]) -> None:
        place = caller_place()
        signature = read_signature(fn) if callable(fn) else None
        shown = getattr(fn, "__name__", None) or repr(fn)
        if signature is None:
            problems = (
                Problem(
                    place, f"`{getattr(name, '__name__', name)}` has no handler: {shown}", "give a function", "handler"
                ),
            )
            takes = gives = None
        else:
            problems = tuple([Problem(place, what, instead, "handler") for what, instead in signature.wrong])
            takes, gives = signature.takes, signature.gives
        function, arguments = _called(shown, fn) if signature is not None else _call(shown, fn)
        self._serve(
            name,
            takes,
            root("states.result.Payload", gives),
            place,
            RESOURCE,
            passes=gives,
            own=OUTPUT,
            function=function,
            problems=problems,
            arguments=arguments,
        )


def _call(name: str, fn: Callable[..., Any]) -> tuple[Function, Mapping[str, Any]]:
    """A handler as a Lambda function, and the arguments of its calls."""
    function = Function(name, fn)
    return function, {"FunctionName": Symbol(function.key), "Payload": PAYLOAD}


_called = lru_cache(maxsize=4096)(_call)
"""The same for all states that call it; what is no function may not be hashable."""
