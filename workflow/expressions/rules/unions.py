"""isinstance: members of a union told apart by what JSON shows of them.

Models are told apart by a Literal tag, or by a required field that only they have; other kinds by their JSON type.
"""

from __future__ import annotations

import datetime
from typing import Any

from ..kinds import (
    ANY,
    BOOL,
    NEVER,
    NONE,
    REQUIRED,
    STR,
    BoolKind,
    DateKind,
    DateTimeKind,
    DictKind,
    EnumKind,
    Kind,
    ListKind,
    LiteralKind,
    NoneKind,
    NumberKind,
    RecordKind,
    RootKind,
    SetKind,
    TextKind,
    TupleKind,
    an,
    family,
    fields_of,
    is_optional,
    is_typed_dict,
    join,
    members,
    show,
    values_of,
)
from ..narrowing import JSON_TYPES
from ..nodes import FALSE, NULL, TRUE, Array, Const, Field, Node, binary, call, const
from ..refusals import Page, refuse


def is_instance(x: Node, classes: Node) -> Node:
    """isinstance(x, classes)"""
    if not isinstance(classes, Const):
        raise refuse(Page.NEEDS_A_CONSTANT, "isinstance() of a computed class", "name the class")
    wanted = flat(classes.value)
    for c in wanted:
        if not isinstance(c, type):
            raise refuse(Page.WRONG_TYPE, f"isinstance() with {c!r}, which is not a class", "name the class")
    if x.kind == ANY and wanted and all(c in ANY_JSON for c in wanted):
        names = sorted({ANY_JSON[c] for c in wanted})
        kind_of = call("type", x, kind=join(STR, NONE))
        if len(names) == 1:
            return binary(kind_of, "=", const(names[0]))
        return binary(kind_of, "in", Array(tuple(map(const, names)), kind=ListKind(STR)))
    yes = [m for m in members(x.kind) if any(is_a(m, c, wanted) for c in wanted)]
    no = [m for m in members(x.kind) if m not in yes]
    if not no:
        return TRUE
    if not yes:
        return FALSE
    return told_apart(x, yes, no)


ANY_JSON: dict[Any, str] = {str: "string", bool: "boolean", list: "array", dict: "object"}
"""What $type says of values of these classes alone: a number of JSON may be an int or a float."""


def flat(classes: Any) -> list[type]:
    """int, (int, str), int | str"""
    if isinstance(classes, tuple):
        return [c for part in classes for c in flat(part)]
    return (
        flat(tuple(classes.__args__)) if hasattr(classes, "__args__") and not isinstance(classes, type) else [classes]
    )


def is_a(kind: Kind, cls: type, wanted: list[type]) -> bool:
    """Are the values of the kind instances of the class?"""
    match kind:
        case NumberKind() if not kind.integer and bool(int in wanted) != bool(float in wanted):
            return undecided(kind, cls, "write isinstance(x, (int, float))")  # int | float is read as float
        case NumberKind():
            return issubclass(int if kind.integer else float, cls)
        case EnumKind() | RecordKind() | RootKind():
            return issubclass(dict if is_typed_dict(kind.cls) else kind.cls, cls)
        case LiteralKind():
            return all(isinstance(v, cls) for v in kind.values)
        case TupleKind():
            return issubclass(kind.cls or tuple, cls)
    python = PYTHON.get(type(kind))
    if python is not None:
        return issubclass(python, cls)
    return undecided(kind, cls)


PYTHON: dict[type[Kind], type] = {
    NoneKind: type(None),
    BoolKind: bool,
    TextKind: str,
    DateTimeKind: datetime.datetime,
    DateKind: datetime.date,
    ListKind: list,
    SetKind: set,
    DictKind: dict,
}


def undecided(kind: Kind, cls: type, instead: str = "give the field one type, or test another field") -> bool:
    """The refusal where the kind says too little."""
    said = f"isinstance(..., {getattr(cls, '__name__', cls)}) of {an(kind)} cannot be decided in JSON"
    raise refuse(Page.UNION_UNDECIDED, said, instead)


def told_apart(x: Node, yes: list[Kind], no: list[Kind]) -> Node:
    """A test that holds for the first kinds and not for the others."""
    names = json_types(yes)
    missing = NONE if is_optional(x.kind) else NEVER  # of what is missing $type and every field are undefined
    kind_of = call("type", x, kind=join(STR, missing))
    if not names & json_types(no) and len(names) == 1:
        return binary(kind_of, "=", const(names.pop()))
    if yes == [m for m in yes if isinstance(m, NoneKind)]:
        return call("not", binary(x, "!=", NULL), kind=BOOL)
    if not names & json_types(no) and not any(isinstance(m, NoneKind) for m in yes):
        return binary(kind_of, "in", Array(tuple(map(const, sorted(names))), kind=ListKind(STR)))
    mine = [m for m in yes if isinstance(m, RecordKind)]
    others = [m for m in no if isinstance(m, RecordKind)]
    if len(mine) == len(yes) and all(isinstance(m, (RecordKind, NoneKind)) for m in no):
        test = by_tag(x, mine, others) or by_field(x, mine, others)
        if test is not None:
            return test
    said = f"isinstance() cannot tell {show(join(*yes))} from {show(join(*no))} in JSON"
    raise refuse(Page.UNION_UNDECIDED, said, "add a Literal field to tell them apart")


def json_types(kinds: list[Kind]) -> set[str]:
    """What $type says of their values."""
    return {name for name, families in JSON_TYPES.items() for m in kinds if family(m) in families}


def by_tag(x: Node, yes: list[RecordKind], no: list[RecordKind]) -> Node | None:
    """A field that is a Literal, or one member of an enum, in all of them, with no value in common."""
    for name in fields_of(yes[0]):
        tags = [[fields_of(m).get(name) for m in side] for side in (yes, no)]
        if not all(f is not None and values_of(f.kind) for side in tags for f in side):
            continue
        values = [[v for f in side if f is not None for v in values_of(f.kind)] for side in tags]
        jsons = {f.json for side in tags for f in side if f is not None}
        if len(jsons) == 1 and not any(v in values[1] for v in values[0]):
            kinds = [f.kind for f in tags[0] + tags[1] if f is not None]
            tag = Field(x, jsons.pop(), kind=join(*kinds, NONE if is_optional(x.kind) else NEVER))
            options = [const(v) for v in dict.fromkeys(values[0])]
            if len(options) == 1:
                return binary(tag, "=", options[0])
            return binary(tag, "in", Array(tuple(options), kind=ListKind(STR)))
    return None


def by_field(x: Node, yes: list[RecordKind], no: list[RecordKind]) -> Node | None:
    """A required field that all on one side have and none on the other; null is not a value of it."""
    for mine, others, positive in ((yes, no, True), (no, yes, False)):
        for f in fields_of(mine[0]).values() if mine else ():
            if all(certain(m, f.json) for m in mine) and not any(possible(o, f.json) for o in others):
                test = call("exists", Field(x, f.json, kind=f.kind), kind=BOOL)
                return test if positive else call("not", test, kind=BOOL)
    return None


def certain(kind: RecordKind, json: str) -> bool:
    """Is the field in JSON, whatever the value?"""
    found = [f for f in fields_of(kind).values() if f.json == json]
    return bool(found) and found[0].default is REQUIRED and not is_optional(found[0].kind) and not found[0].excluded


def possible(kind: RecordKind, json: str) -> bool:
    """May JSON have a field of this name?"""
    config = getattr(kind.cls, "model_config", {})
    return config.get("extra") == "allow" or any(f.json == json for f in fields_of(kind).values())
