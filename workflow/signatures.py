"""What a handler takes and returns, read from its signature; what cannot be deployed is said here."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .expressions import kinds
from .states.base import Kind


@dataclass(frozen=True)
class Signature:
    """Kinds of the parameter and of the result, or (what, instead) for each thing that is wrong."""

    takes: Kind
    gives: Kind
    wrong: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=4096)
def read_signature(fn: Callable[..., Any]) -> Signature:
    """The signature of a handler: one annotated parameter, perhaps `context`, and an annotated result."""
    name = getattr(fn, "__name__", repr(fn))
    if not isinstance(fn, types.FunctionType):
        return Signature(None, None, ((f"{name} is no function", "give the handler itself: a module's function"),))
    if name == "<lambda>":
        return Signature(None, None, (("a lambda cannot be deployed as a handler", "write a function, or a Pass"),))
    wrong: list[tuple[str, str]] = []
    if inspect.iscoroutinefunction(fn) or inspect.isasyncgenfunction(fn) or inspect.isgeneratorfunction(fn):
        kind = "async" if fn.__code__.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR) else "a generator"
        wrong.append((f"{name} is {kind}; Lambda calls plain functions", f"write `def {name}`, and return the result"))
    parameters = list(inspect.signature(fn).parameters.values())
    if not parameters:
        wrong.append((f"{name} takes nothing", "give it one parameter: what the state gets"))
        return Signature(None, None, tuple(wrong))
    if parameters[0].kind not in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
        wrong.append((f"{name} takes `{parameters[0]}`", "give it one plain parameter: what the state gets"))
    for extra in parameters[1:]:
        if extra.name != "context":
            what = f"{name} has a second parameter `{extra.name}`"
            wrong.append((what, "a state passes one value: put both into a model (or call it `context`)"))
    try:
        hints = typing.get_type_hints(fn, include_extras=True)
    except Exception as error:
        wrong.append((f"the annotations of {name} cannot be read: {error}", "import what they name"))
        return Signature(None, None, tuple(wrong))
    first = parameters[0]
    for missing in [p for p in (first.name, "return") if p not in hints]:
        of = "result" if missing == "return" else f"parameter `{missing}`"
        wrong.append((f"the {of} of {name} has no annotation", "annotate it: checks and the Lambda read it"))
    return Signature(_kind(hints, first.name), _kind(hints, "return"), tuple(wrong))


def _kind(hints: dict[str, Any], name: str) -> Kind:
    return kinds.from_annotation(hints[name]) if name in hints else None
