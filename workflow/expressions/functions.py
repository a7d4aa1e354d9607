"""The tables of the built-ins and methods that have a JSONata form, gathered from the rules."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from .binding import data
from .builder import Builder
from .kinds import FLOAT, INT, NamedTextKind
from .nodes import binary, call, const
from .refusals import Page, refuse
from .rules import (
    aggregates,
    dicts,
    formats,
    lists,
    loops,
    making,
    models,
    rounding,
    sets,
    slices,
    splitting,
    text,
    times,
)
from .scope import Value

Rule = Callable[..., Any]

FUNCTIONS: dict[Any, Rule] = {
    **rounding.FUNCTIONS,
    **lists.FUNCTIONS,
    **loops.FUNCTIONS,
    **aggregates.FUNCTIONS,
    **formats.FUNCTIONS,
    **making.FUNCTIONS,
    **slices.FUNCTIONS,
    str: text.to_text,
    timedelta: times.make_delta,
    dataclasses.replace: models.dataclass_replace,
}
METHODS: dict[tuple[str, str], Rule] = {
    **text.METHODS,
    **splitting.METHODS,
    **lists.METHODS,
    **dicts.METHODS,
    **times.METHODS,
    **sets.METHODS,
}
TAKE_ITERATORS = {
    *lists.FUNCTIONS.values(),
    *loops.FUNCTIONS.values(),
    *aggregates.FUNCTIONS.values(),
    *making.FUNCTIONS.values(),
    *slices.FUNCTIONS.values(),
    aggregates.mean,
    text.join,
}
"""Rules whose arguments may be functions and iterators; all others take data."""


def apply_rule(rule: Rule, name: str, b: Builder, args: Sequence[Value], kw: Mapping[str, Value]) -> Value:
    """Call a rule of the tables; arguments that it has no parameter for are refused."""
    try:
        signature(rule).bind(b, *args, **kw)
    except TypeError as e:
        said = f"{name}() with these arguments has no JSONata form ({e})"
        raise refuse(Page.WRONG_ARGUMENTS, said, "use other arguments, or do it in a Task") from None
    if rule not in TAKE_ITERATORS:
        data(list(args))
        data(list(kw.values()))
    made: Value = rule(b, *args, **kw)
    return made


@functools.cache
def signature(rule: Rule) -> inspect.Signature:
    """A rule's parameters: read once."""
    return inspect.signature(rule)


def changing(fn: Any) -> Rule | None:
    """The rule of a function that is another value at each call: of the clock, of chance."""
    name, module = getattr(fn, "__name__", ""), getattr(fn, "__module__", None)
    if name == "uuid4" and module == "uuid":
        return lambda b: call("uuid", kind=NamedTextKind("UUID"))
    if name == "random" and type(getattr(fn, "__self__", None)).__name__ == "Random":
        return lambda b: call("random", kind=FLOAT)
    if fn is time.time:
        return lambda b: binary(call("millis", kind=INT), "/", const(1000), FLOAT)
    return None


def by_name(fn: Any) -> Rule | None:
    """The rule of a function whose module is not imported for it."""
    is_mean = getattr(fn, "__module__", None) == "statistics" and fn.__name__ in ("mean", "fmean")
    return aggregates.mean if is_mean else None


def method_names(family: str) -> list[str]:
    """The methods and attributes that values of a family have here, for did-you-mean."""
    return [n for f, n in (*METHODS, *times.ATTRIBUTES) if f == family]
