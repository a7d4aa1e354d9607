"""Activities: work that is done by whoever asks for it, anywhere.
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..diagnostics import Problem, caller_place
from ..expressions import Expression
from ..lambdas import INPUT, compiled, kind_of, root
from ..resources import Symbol
from ..states.base import A, In, Out
from ..states.working import Service
from .symbols import Activity

T = TypeVar("T")


class RunActivity(Service[In, Out]):
    """Waits until a worker has done it: passes on what the worker answers, a `returns`.

    input: what the worker gets; the input if nothing is said. Workers call GetActivityTask and SendTaskSuccess. Write
    a timeout or a heartbeat: without one the state waits a year for a worker that may not exist.
    """

    activity: Symbol

    def __init__(
        self: RunActivity[A, T],
        name: str,
        activity: Activity,
        *,
        of: type[A],
        returns: type[T],
        input: Callable[[A], object] | None = None,
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        problems: list[Problem] = []
        arguments: Expression | None = INPUT
        if input is not None:
            made = compiled(input, (root("states.input", takes),), place)
            arguments, problems = made.expression, list(made.problems)
        if isinstance(activity, Activity):
            symbol = Symbol(activity.key)
        else:
            symbol = Symbol("activity.?")
            shown = getattr(activity, "__name__", repr(activity))
            what = f"the activity of `{name}` is {shown}"
            problems.append(Problem(place, what, 'give an Activity("...")', "activity"))
        result = root("states.result", kind_of(returns))
        values: dict[str, Any] = {"activity": symbol, "arguments": arguments, "problems": tuple(problems)}
        self._serve(name, takes, result, place, "activity", passes=result.kind, **values)
