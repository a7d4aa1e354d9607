"""Whether a value of one kind may stand where another is declared, and what it would still have to meet."""

from __future__ import annotations

from typing import Any

from .annotations import from_annotation, is_typed_dict
from .base import (
    DateTimeKind,
    DictKind,
    EnumKind,
    Kind,
    Limit,
    ListKind,
    LiteralKind,
    NeverKind,
    NumberKind,
    OffloadedKind,
    OpaqueKind,
    RecordKind,
    RootKind,
    SetKind,
    TextKind,
    TupleKind,
    UnionKind,
    family,
    members,
)
from .records import REQUIRED, fields_of


def fits(have: Kind, want: Kind) -> bool:
    """May a value of `have` stand where `want` is declared? Limits are not looked at: see `unmet`."""
    if isinstance(have, NeverKind) or (isinstance(want, OpaqueKind) and want.name in ("Any", "object")):
        return True
    if isinstance(have, UnionKind):
        return all(fits(m, want) for m in have.members)
    if isinstance(want, UnionKind):
        return any(fits(have, m) for m in want.members)
    match have, want:
        case OffloadedKind(), OffloadedKind():
            return fits(have.value, want.value)
        case NumberKind(), NumberKind():
            return have.integer or not want.integer
        case LiteralKind(), LiteralKind():
            return _among(have.values, want.values)
        case EnumKind(), EnumKind():
            return have.cls is want.cls and set(have.members) <= set(want.members)
        case EnumKind(), LiteralKind():
            return family(have) == "str" and _among(tuple(m.value for m in have.members), want.values)
        case ((LiteralKind() | EnumKind()), NumberKind()):
            return family(have) == "number" and all(isinstance(v, int) or not want.integer for v in _values(have))
        case ((LiteralKind() | EnumKind()), _) if family(want) in ("str", "bool") and not isinstance(
            want, (LiteralKind, EnumKind)
        ):
            return family(have) == family(want)
        case DateTimeKind(), DateTimeKind():
            return (have.zone == "naive") == (want.zone == "naive")
        case RecordKind(), RecordKind():
            return have == want or _same_generic(have, want) or _inherits(have, want)
        case RootKind(), RootKind():
            return issubclass(have.cls, want.cls)
        case ListKind(), ListKind():
            return fits(have.elem, want.elem)
        case SetKind(), SetKind():
            return fits(have.elem, want.elem)
        case TupleKind(), ListKind():
            return all(fits(i, want.elem) for i in have.items)
        case DictKind(), RecordKind():
            return is_typed_dict(want.cls) and have.shape is not None and shape_problem(have.shape, want) == ""
        case DictKind(), DictKind():
            return fits(have.key, want.key) and fits(have.value, want.value)
        case TupleKind(), TupleKind():
            return len(have.items) == len(want.items) and all(map(fits, have.items, want.items))
    return have == want


def _same_generic(have: RecordKind, want: RecordKind) -> bool:
    """The same generic class, its type arguments fitting one by one: each an annotation or a kind."""
    if have.cls is not want.cls or len(have.args) != len(want.args):
        return False
    return all(fits(from_annotation(a), from_annotation(b)) for a, b in zip(have.args, want.args))


def _among(values: tuple[Any, ...], of: tuple[Any, ...]) -> bool:
    """`True in (1,)` is not meant."""
    return all(any(type(v) is type(o) and v == o for o in of) for v in values)


def _values(kind: LiteralKind | EnumKind) -> tuple[Any, ...]:
    return kind.values if isinstance(kind, LiteralKind) else tuple(m.value for m in kind.members)


def _inherits(have: RecordKind, want: RecordKind) -> bool:
    if have.cls is want.cls:  # generic: of other arguments, or of none that are known
        return not (have.args and want.args)
    return not is_typed_dict(have.cls) and not is_typed_dict(want.cls) and issubclass(have.cls, want.cls)


def shape_problem(shape: tuple[tuple[str, Kind], ...], want: Kind) -> str:
    """Why a dict display is not a TypedDict: empty if it is one."""
    from_shape, fields = dict(shape), fields_of(want)
    for name, kind in from_shape.items():
        if name not in fields:
            return f"it has no key `{name}`"
        if not fits(kind, fields[name].kind):
            return f"`{name}` has another type"
    missing = [n for n, f in fields.items() if f.default is REQUIRED and n not in from_shape]
    return f"`{missing[0]}` is missing" if missing else ""


def unmet(have: Kind, want: Kind) -> list[tuple[bool, Limit]]:
    """The limits of `want` that a value of `have` is not known to meet; True for those inside a list or dict."""
    out: list[tuple[bool, Limit]] = []
    known = getattr(have, "limits", ())
    match want:
        case UnionKind():
            same = [m for m in want.members if family(m) in {family(h) for h in members(have)}]
            for m in same:
                mine = [h for h in members(have) if family(h) == family(m)]
                out += unmet(mine[0], m) if len(mine) == 1 else []
        case NumberKind() | TextKind() | ListKind() | SetKind() | DictKind():
            out += [(False, x) for x in want.limits if x not in known]
    match have, want:
        case ((ListKind() | SetKind()), (ListKind() | SetKind())):
            out += [(True, x) for _, x in unmet(have.elem, want.elem)]
        case DictKind(), DictKind():
            out += [(True, x) for _, x in unmet(have.value, want.value)]
    return out
