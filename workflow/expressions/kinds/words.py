"""Kinds in words: as a user would annotate them."""

from __future__ import annotations

from .base import (
    DateTimeKind,
    DecimalKind,
    DictKind,
    EnumKind,
    Kind,
    ListKind,
    LiteralKind,
    NamedTextKind,
    NeverKind,
    NumberKind,
    OffloadedKind,
    OpaqueKind,
    RecordKind,
    RootKind,
    SetKind,
    ShapeKind,
    TupleKind,
    UnionKind,
    family,
)


def show(kind: Kind) -> str:
    """The kind as a user would annotate it."""
    match kind:
        case NumberKind():
            return "int" if kind.integer else "float"
        case EnumKind() | RootKind():
            return kind.cls.__name__
        case LiteralKind():
            return f"Literal[{', '.join(map(repr, kind.values))}]"
        case RecordKind():
            args = ", ".join(getattr(a, "__name__", str(a)) for a in kind.args)
            return kind.cls.__name__ + (f"[{args}]" if args else "")
        case ListKind():
            return f"list[{show(kind.elem)}]"
        case SetKind():
            return f"set[{show(kind.elem)}]"
        case DictKind():
            return f"dict[{show(kind.key)}, {show(kind.value)}]"
        case TupleKind():
            return kind.cls.__name__ if kind.cls is not None else f"tuple[{', '.join(map(show, kind.items))}]"
        case UnionKind():
            return " | ".join(map(show, kind.members))
        case OpaqueKind() | ShapeKind() | NamedTextKind():
            return kind.name
        case NeverKind():
            return "Never"
        case DecimalKind():
            return "Decimal"
        case DateTimeKind(zone="naive"):
            return "naive datetime"
    return family(kind)


def an(kind: Kind) -> str:
    """The kind with its article: an int, a str."""
    text = show(kind)
    if isinstance(kind, OffloadedKind):  # whatever is refused of it, this is why
        return f"an {text} (its value is in S3, not in the state's data)"
    return f"{'an' if text[:1] in 'aeiouAEIO' else 'a'} {text}"
