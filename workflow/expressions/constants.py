"""What is known when compiling: wrapped as it is, and computed by Python itself where that is safe."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from .kinds import is_record, of_value
from .nodes import Const, Node, Symbolic, check_number
from .refusals import Page, refuse
from .scope import Value

PURE_BUILTINS = {
    abs, all, any, bool, bytes, chr, complex, dict, divmod, enumerate, filter, float, format, frozenset, getattr,
    hasattr, int, isinstance, issubclass, len, list, map, max, min, ord, pow, range, repr, reversed, round, set, sorted,
    str, sum, tuple, type, zip,
}  # fmt: skip
PURE_MODULES = frozenset(
    """
    math operator _operator re json datetime decimal fractions itertools functools string textwrap statistics
    collections zoneinfo uuid
    """.split()  # noqa: SIM905
)
NEVER_PURE = frozenset(["now", "today", "utcnow", "fromtimestamp", "uuid1", "uuid4", "getnode"])
BY_VALUE = (str, int, float, bool, type(None), Enum)


def const_of(v: Any) -> Const:
    """A constant that need not be JSON: a function, a class, a time zone."""
    if isinstance(v, (int, float)) and not isinstance(v, (bool, Enum)):
        check_number(v)
    by_value = isinstance(v, BY_VALUE)
    return Const(f"{type(v).__name__}:{v!r}" if by_value else f"{type(v).__name__}:{id(v)}", v, kind=of_value(v))


def value_of(v: Any) -> Node:
    """What a name or an attribute of the user's code stands for: a constant, or a place of the execution."""
    return v.node if isinstance(v, Symbolic) else const_of(v)


def hashable(v: Any) -> bool:
    """May it be looked up in a table?"""
    try:
        hash(v)
    except Exception:  # a __hash__ of the user's may raise anything
        return False
    return True


def real(fn: Any, args: Sequence[Value], kw: Mapping[str, Value] | None = None) -> Const:
    """Plain Python on constants."""
    values = [a.value for a in args if isinstance(a, Const)]
    named = {k: v.value for k, v in (kw or {}).items() if isinstance(v, Const)}
    try:
        made = fn(*values, **named)
    except Exception as e:
        name = getattr(fn, "__name__", str(fn))
        why = (str(e).splitlines() or [""])[0]
        name = "[...]" if name == "getitem" else f"{name}()"
        said = f"{name} is decided when compiling, and raised {type(e).__name__}: {why}"
        raise refuse(Page.OUT_OF_RANGE, said, "these values are constants: correct them") from e
    return const_of(list(made) if isinstance(made, (map, filter, zip, enumerate, reversed)) else made)


def pure(fn: Any) -> bool:
    """May it be called when compiling: the same result always, and nothing done?"""
    if hashable(fn) and fn in PURE_BUILTINS:
        return True
    if getattr(fn, "__name__", "") in NEVER_PURE:
        return False
    if isinstance(fn, type):
        return is_record(fn) or issubclass(fn, (Enum, tuple)) or fn.__module__ in PURE_MODULES
    owner = getattr(fn, "__self__", None)
    if owner is not None and not isinstance(owner, types.ModuleType):
        cls = owner if isinstance(owner, type) else type(owner)
        return not isinstance(fn, types.MethodType) and cls.__module__ in (*PURE_MODULES, "builtins")
    return getattr(fn, "__module__", None) in PURE_MODULES
