"""Methods with two underscores that a user's class defines: they decide what an operator means for its values.

Where the language has a meaning of its own for the kind, such a method is read and inlined, or refused: never ignored.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from .kinds import EnumKind, Kind, RecordKind, RootKind, TupleKind, members, show
from .refusals import Page, refuse

LIBRARIES = ("builtins", "enum", "typing", "typing_extensions", "pydantic", "abc", "collections", "dataclasses")


def own_method(kind: Kind, name: str) -> Callable[..., Any] | None:
    """The method, where a class of the user's defines it in Python."""
    if not isinstance(kind, (EnumKind, RecordKind, RootKind, TupleKind)) or kind.cls is None:
        return None
    for cls in kind.cls.__mro__:
        if name in vars(cls):
            method = vars(cls)[name]
            written = isinstance(method, types.FunctionType) and not method.__code__.co_filename.startswith("<")
            return method if written and cls.__module__.split(".")[0] not in LIBRARIES else None
    return None


def refuse_own(what: str, kind: Kind, *names: str) -> None:
    """Refuse a value whose class decides by itself what is asked here."""
    for member in members(kind):
        for name in names:
            if own_method(member, name) is not None:
                said = f"{what} of {show(member)}, which has its own {name}"
                raise refuse(Page.WRONG_TYPE, said, "call a method or property with a name")
