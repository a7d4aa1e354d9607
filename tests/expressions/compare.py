"""Is the emitted JSONata equal to the Python it was made of: on a value, on null, and on a missing field?"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from . import engines
from .engines import UNDEFINED, Failed


def as_json(v: Any, missing: bool) -> Any:
    """A value as a handler writes it; with `missing`, the fields that are None are left out."""
    return json.loads(TypeAdapter(Any).dump_json(v, by_alias=True, exclude_none=missing))


def instant(v: Any) -> Any:
    """`Z` and `+00:00`, with and without milliseconds, are one instant."""
    if isinstance(v, str) and len(v) >= 19 and v[4:5] == "-" and v[10:11] == "T":
        try:
            return round(datetime.fromisoformat(v.replace("Z", "+00:00")).timestamp(), 3)
        except ValueError:
            return v
    return v


def same(got: Any, want: Any, missing: bool) -> bool:
    """Equal as JSON; a null may be missing where fields that are None were left out of the input."""
    got, want = instant(got), instant(want)
    if isinstance(got, bool) != isinstance(want, bool):
        return False
    if isinstance(got, (int, float)) and isinstance(want, (int, float)):
        return math.isclose(got, want, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(got, list) and isinstance(want, list):
        return len(got) == len(want) and all(same(a, b, missing) for a, b in zip(got, want))
    if isinstance(got, dict) and isinstance(want, dict):
        extra = all(k in want or missing and got[k] is None for k in got)
        return extra and all(k in got and same(got[k], v, missing) for k, v in want.items())
    return bool(got == want)


def wanted(fn: Callable[[Any], Any], value: Any) -> Any:
    """What Python says."""
    try:
        return fn(value)
    except Exception as e:
        return Failed(type(e).__name__)


def differences(fn: Callable[[Any], Any], code: str, values: Iterable[Any]) -> Iterator[str]:
    """Every evaluation that is not what Python says, under every engine that is there."""
    rows: list[tuple[str, Any]] = []
    wants: list[tuple[bool, Any]] = []
    for value in values:
        result = wanted(fn, value)
        for missing in (False, True):
            wants.append((missing, result if isinstance(result, Failed) else as_json(result, missing)))
            rows.append((code, {"input": as_json(value, missing)}))
    answers = {
        "jsonata-python": [engines.by_library(code, states) for code, states in rows],
        "simulator": [engines.by_simulator(code, states) for code, states in rows],
    }
    if engines.node() is not None:
        answers["reference"] = engines.by_reference(rows)
    for engine, results in answers.items():
        for (_, states), (missing, want), got in zip(rows, wants, results):
            if isinstance(want, Failed):
                equal = isinstance(got, Failed)
            else:
                equal = not isinstance(got, Failed) and got is not UNDEFINED and same(got, want, missing)
            if not equal:
                shown = json.dumps(states["input"])[:100]
                yield f"{engine}, {'missing' if missing else 'null'}: Python {want!r}, JSONata {got!r} on {shown}"
