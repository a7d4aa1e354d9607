"""What is known when compiling: wrapped as it is, and computed by Python itself where that is safe."""
from __future__ import annotations

import types
from enum import Enum
from typing import Any

from .errors import Refused
from .nodes import Const
from .scope import Value
from .kinds import is_record, of_value

PURE_BUILTINS = {abs, all, any, bool, bytes, chr, complex, dict, divmod, enumerate, filter, float, format, frozenset, int, isinstance, issubclass, len, list, map,
                 max, min, ord, pow, range, repr, reversed, round, set, sorted, str, sum, tuple, zip, getattr, hasattr, type}
PURE_MODULES = {"math", "operator", "re", "json", "datetime", "decimal", "fractions", "itertools", "functools", "string", "textwrap", "statistics", "collections", "zoneinfo", "_operator"}
NEVER_PURE = {"now", "today", "utcnow", "fromtimestamp"}


def const_fn(v: Any) -> Const:
    """A constant that need not be JSON."""
    return Const(f"{type(v).__name__}:{id(v)}" if not isinstance(v, (str, int, float, bool, type(None), Enum)) else f"{type(v).__name__}:{v!r}", v, type=of_value(v))

def hashable(v: Any) -> bool:
    try: hash(v)
    except TypeError: return False
    return True

def real(fn: Any, args: list[Value], kw: dict[str, Value]) -> Const:
    """Plain Python on constants."""
    try: return const_fn(fn(*[a.value for a in args], **{k: v.value for k, v in kw.items()}))  # type: ignore[union-attr]
    except Exception as e: raise Refused(f"evaluating {getattr(fn, '__name__', fn)}() when compiling raised {type(e).__name__}: {e}") from e

def pure(fn: Any) -> bool:
    if hashable(fn) and fn in PURE_BUILTINS: return True
    if isinstance(fn, type): return is_record(fn) or issubclass(fn, (Enum, tuple)) or fn.__module__ in PURE_MODULES
    owner = getattr(fn, "__self__", None)
    if getattr(fn, "__name__", "") in NEVER_PURE: return False
    if owner is not None and not isinstance(owner, types.ModuleType):
        cls = owner if isinstance(owner, type) else type(owner)
        return not isinstance(fn, types.MethodType) and cls.__module__ in (*PURE_MODULES, "builtins")
    return getattr(fn, "__module__", None) in PURE_MODULES
