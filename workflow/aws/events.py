"""EventBridge: PutEvent. https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..diagnostics import Problem, caller_place
from ..lambdas import INPUT, kind_of, root
from ..resources import Symbol
from ..states.base import A, In, Out
from . import catalogue
from .calling import Calling
from .symbols import Bus

FAILED_ENTRY = "EventBridge.FailedEntry"
"""What a PutEvent fails with whose event the bus did not take."""


class PutEvent(Calling[In, Out]):
    """Puts an event on a bus and passes its input on.

    source and type are texts or lambdas; detail is data. Fails with FAILED_ENTRY if the bus does not take the event.
    """

    bus: Bus | None

    def __init__(
        self: PutEvent[A, A],
        name: str,
        bus: Bus | None = None,
        *,
        of: type[A],
        source: Callable[[A], str] | str,
        type: Callable[[A], str] | str,
        detail: Callable[[A], object],
    ) -> None:
        place = caller_place()
        takes = kind_of(of)
        problems: list[Problem] = []
        entry: dict[str, Any] = {"Source": source, "DetailType": type, "Detail": detail}
        if isinstance(bus, Bus):
            entry["EventBusName"] = Symbol(bus.key)
        elif bus is not None:
            what = f"`{name}` puts its event on {getattr(bus, '__name__', repr(bus))}, which is no bus"
            problems.append(Problem(place, what, 'give a Bus("..."), or leave it out for the default bus', "bus"))
        self._call(
            name,
            place,
            catalogue.optimized("events:putEvents"),
            takes,
            {"Entries": [entry]},
            result=root("states.input", takes),
            passes=takes,
            own=INPUT,
            bus=bus,
            problems=problems,
        )
