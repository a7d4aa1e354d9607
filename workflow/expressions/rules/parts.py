"""x[i] by the kind of x."""

from __future__ import annotations

from ..builder import Builder
from ..demands import refuse_none
from ..kinds import an, family, is_typed_dict
from ..nodes import Node
from ..refusals import Page, refuse
from . import dicts, fields, lists, slices


def part(b: Builder, x: Node, i: Node) -> Node:
    """x[i]"""
    match family(x.kind):
        case "str":
            return slices.character(b, x, i)
        case "dict":
            return dicts.item(b, x, i)
        case "list" | "tuple":
            return lists.item(b, x, i)
        case "model" if is_typed_dict(getattr(x.kind, "cls", None)):
            return fields.key(b, x, i)
    refuse_none("`[...]`", x)
    raise refuse(Page.WRONG_TYPE, f"`[...]` of {an(x.kind)} has no JSONata form", "read a field: x.name")
