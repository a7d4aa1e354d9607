"""Sensitive data: which marked fields travel through a workflow, and where they can be read afterwards.

Inputs and outputs of states are kept in the history of a Standard execution for 90 days, and in logs where these
include execution data. X-Ray traces hold none.
https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from payloads.sensitive import is_sensitive

from ..diagnostics import Problem, Refusal
from ..expressions import kinds
from ..states.base import Kind
from .subject import Subject


def check(subject: Subject) -> Iterator[Problem]:
    """All checks of this module."""
    carried: dict[str, list[str]] = {}
    for vertex in subject.graph.vertices:
        state = vertex.state
        for name in dict.fromkeys((*sensitive_fields(state.takes), *sensitive_fields(state.passes))):
            carried.setdefault(name, []).append(state.name)
    for name, states in carried.items():
        shown = ", ".join(f"`{s}`" for s in states[:3]) + (f" and {len(states) - 3} more" if len(states) > 3 else "")
        lands = "the execution history and logs" if subject.kind == "STANDARD" else "logs"
        what = f"`{name}` is sensitive and passes through {shown}: it can be read in {lands} that include data"
        instead = 'pass a reference instead, or accept={"sensitive": "why"} of the workflow'
        yield Problem(subject.place, what, instead, "sensitive", "warning")


@lru_cache(maxsize=4096)
def sensitive_fields(kind: Kind) -> tuple[str, ...]:
    """The marked fields inside a value of this kind, as `Model.field`."""
    try:
        return tuple(_fields(kind, frozenset()))
    except Refusal:  # a model whose JSON cannot be known: told where it is read
        return ()


def _fields(kind: Kind, seen: frozenset[kinds.Kind]) -> Iterator[str]:
    match kind:
        case kinds.UnionKind(parts):
            for part in parts:
                yield from _fields(part, seen)
        case kinds.ListKind(elem=inner) | kinds.SetKind(elem=inner) | kinds.DictKind(value=inner):
            yield from _fields(inner, seen)
        case kinds.TupleKind(items=items):
            for item in items:
                yield from _fields(item, seen)
        case kinds.RecordKind() if kind not in seen:
            for field in kinds.fields_of(kind).values():
                if is_sensitive(field.annotation):
                    yield f"{kinds.show(kind)}.{field.name}"
                yield from _fields(field.kind, seen | {kind})
