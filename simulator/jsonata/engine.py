"""Compiles and evaluates one JSONata expression, bounded, through jsonata-python."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

from jsonata.jsonata import Jsonata

from simulator.values import Value


class Problem(Exception):
    """The expression cannot be parsed or evaluated; the message is JSONata's."""


class Setting(Protocol):
    """What an evaluation may ask of the execution: seeded randomness and the time."""

    random: Any
    now: float


class Undefined:
    """The result of an expression that returned nothing."""


UNDEFINED = Undefined()


class Program:
    """A parsed expression."""

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self._program = Jsonata(source, timeout=1000, stack=200)
        except Exception as error:
            raise Problem(str(error)) from None

    def evaluate(self, variables: dict[str, Value], setting: Setting) -> Any:
        """The value, UNDEFINED, or something that is no JSON (a function). Raises Problem."""
        # The library's clock runs from the parse; a program that is kept needs a fresh one each time.
        self._program.environment.set_runtime_bounds(1000, 200)
        try:
            result = self._program.evaluate(None, variables)
        except Exception as error:
            raise Problem(str(error)) from None
        return UNDEFINED if result is None else result


@lru_cache(maxsize=4096)
def program(source: str) -> Program:
    """The parsed expression, from a cache. Raises Problem."""
    return Program(source)
