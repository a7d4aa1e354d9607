"""What the result of an expression has to be: data with a JSON form, and of the type that is expected."""

from __future__ import annotations

from .kinds import (
    NONE,
    DictKind,
    DurationKind,
    Kind,
    ListKind,
    OpaqueKind,
    SetKind,
    TupleKind,
    family,
    fits,
    is_optional,
    join,
    members,
    show,
)
from .nodes import Node
from .refusals import Page, refuse

UNKNOWN = ("Any", "object")


def check_json(kind: Kind) -> None:
    """Refuse results without a JSON form."""
    for m in members(kind):
        match m:
            case DurationKind():
                raise refuse(Page.NOT_JSON, "a timedelta has no JSON form here", "write .total_seconds()")
            case SetKind():
                raise refuse(Page.NOT_JSON, "a set has no order in JSON", "write sorted(...)")
            case OpaqueKind() if m.name not in UNKNOWN and not m.scalar:
                raise refuse(Page.NOT_JSON, f"a {m.name} has no JSON form here", "return data")
            case ListKind():
                check_json(m.elem)
            case DictKind():
                check_json(m.value)
            case TupleKind():
                for i in m.items:
                    check_json(i)


def check_expected(node: Node, want: Kind) -> None:
    """Refuse a result of another type than is declared."""
    if fits(node.kind, want):
        return
    if is_optional(node.kind) and fits(node.kind, join(want, NONE)):
        said = f"the result may be None, but {show(want)} is expected"
        raise refuse(Page.OPTIONAL_UNTESTED, said, "test it first, or give a default: `x or ...`")
    said = f"the result is {show(node.kind)}, not {show(want)}"
    raise refuse(Page.WRONG_TYPE, said, INSTEAD.get(family(want), f"return {show(want)}"))


INSTEAD = {"str": "write an f-string", "bool": "compare it with something", "number": "write round(x) or int(x)"}
