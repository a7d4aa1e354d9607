"""What rules demand of their operands, said in one way: not None, of a family, a constant."""

from __future__ import annotations

from .kinds import an, family, is_optional, show
from .nodes import Const, Node
from .printer import show as text
from .refusals import Page, refuse


def refuse_none(what: str, *xs: Node) -> None:
    """Refuse operands that may be None here."""
    for x in xs:
        if is_optional(x.kind):
            shown = text(x)
            if shown == "$item":
                raise refuse(
                    Page.OPTIONAL_UNTESTED,
                    f"{what}: an item may be None here ({show(x.kind)})",
                    "leave None out: [x for x in xs if x is not None]",
                )
            shown = shown if len(shown) <= 80 else shown[:77] + "..."
            said = f"{what}: `{shown}` may be None here ({show(x.kind)})"
            raise refuse(Page.OPTIONAL_UNTESTED, said, "test it first: `... if x is not None else ...`")


def refuse_nothing(what: str, *xs: Node) -> None:
    """Refuse operands that are None for certain."""
    if any(isinstance(x, Const) and x.value is None for x in xs):
        raise refuse(Page.OPTIONAL_UNTESTED, f"{what} of None", "it is None here: turn the test round")


def need(what: str, wanted: str, *xs: Node) -> None:
    """Refuse operands of another family."""
    for x in xs:
        if family(x.kind) != wanted:
            refuse_none(what, x)
            raise refuse(Page.WRONG_TYPE, f"{what} with {an(x.kind)}", f"give a {wanted}")


def need_constant(what: str, x: Node, instead: str = "use a constant, or do it in a Task") -> Const:
    """Refuse what is computed in the execution."""
    if not isinstance(x, Const):
        raise refuse(Page.NEEDS_A_CONSTANT, what, instead)
    return x
