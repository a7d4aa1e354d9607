"""DynamoDB's attribute values: models written as `{'S': ...}` and read back, emitted from the model's fields.

A field is an attribute of its JSON name. Text, dates and text enums are S, numbers N (as text, 15 significant digits:
JSONata's `$string`), Decimals N with all their digits, bool BOOL, lists and tuples L, models and dicts M, set[str] SS,
set[int] and set[float] NS. None is left out, so that an attribute may be the key of an index, unless the field has
another default, which would be read back instead: then it is NULL. An empty set is left out: DynamoDB has none.
Reading is tolerant where the model is: a missing attribute is the field's default, or None where the field may be None.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from ..diagnostics import Problem, Refusal
from ..expressions import constant, kinds
from ..expressions.nodes import (
    NULL,
    Array,
    Binary,
    Block,
    Call,
    Collect,
    Cond,
    Const,
    Field,
    Function,
    Index,
    Node,
    Object,
    Var,
    const,
    simple,
)
from ..lambdas import ANY, without_default

Fresh = Iterator[str]

RECORD = kinds.DictKind(ANY)
_RAW = {"S": kinds.STR, "N": kinds.STR, "BOOL": kinds.BOOL, "M": RECORD, "SS": kinds.ListKind(kinds.STR)}
_RAW |= {"NS": kinds.ListKind(kinds.STR), "L": kinds.ListKind(RECORD)}


def names() -> Iterator[str]:
    """Names for the variables of nested lists, outermost first."""
    yield "x"
    n = 2
    while True:
        yield f"x{n}"
        n += 1


def attribute_type(kind: kinds.Kind) -> str | None:
    """DynamoDB's letter for a kind that is not None; None where there is no one letter."""
    match kind:
        case kinds.SetKind(elem):
            return {"str": "SS", "number": "NS"}.get(kinds.family(elem))
        case kinds.EnumKind(members=values):
            return _letter_of({type(member.value) for member in values})
        case kinds.OpaqueKind():
            return None
    by_kind = {
        "str": "S",
        "datetime": "S",
        "date": "S",
        "named text": "S",
        "number": "N",
        "decimal": "N",
        "bool": "BOOL",
        "list": "L",
        "tuple": "L",
        "dict": "M",
        "model": "M",
    }
    return by_kind.get(kinds.family(kind))


def _letter_of(types: set[type]) -> str | None:
    if types and all(issubclass(t, str) for t in types):
        return "S"
    if types and all(issubclass(t, (int, float)) and t is not bool for t in types):
        return "N"
    return None


def check(cls: type, where: str = "") -> Iterator[str]:
    """The fields of a model, nested ones included, that have no attribute type, as `Item.field: kind`."""
    for name, field in kinds.fields_of(cls).items():
        yield from _check_kind(field.kind, f"{where or cls.__name__}.{name}", (cls,))


def _check_kind(kind: kinds.Kind, where: str, seen: tuple[type, ...]) -> Iterator[str]:
    some = kinds.some(kind)
    match some:
        case kinds.ListKind(elem) | kinds.DictKind(elem):
            yield from _check_element(elem, f"{where}[]", seen)
        case kinds.TupleKind(items):
            for item in items:
                yield from _check_element(item, f"{where}[]", seen)
        case kinds.RecordKind(cls):
            if cls in seen:
                yield f"{where}: {cls.__name__} inside itself"
            else:
                for name, field in kinds.fields_of(cls).items():
                    yield from _check_kind(field.kind, f"{where}.{name}", (*seen, cls))
        case _ if attribute_type(some) is None:
            yield f"{where}: {kinds.show(some)}"


def _check_element(kind: kinds.Kind, where: str, seen: tuple[type, ...]) -> Iterator[str]:
    """An element is always there: DynamoDB has no empty set, and JSONata would flatten a list that may be None."""
    some = kinds.some(kind)
    if isinstance(some, kinds.SetKind) or (kinds.is_optional(kind) and kinds.family(some) in ("list", "tuple")):
        yield f"{where}: {kinds.show(kind)}"
    else:
        yield from _check_kind(kind, where, seen)


# ---------------------------------------------------------------- writing


def item_of(node: Node, cls: type) -> Node:
    """The attributes of a whole item: `{'id': {'S': ...}, ...}`."""
    match node:
        case Block(bindings, result):
            return Block(bindings, item_of(result, cls), kind=RECORD)
        case Object():
            return _fields(node, cls, names())
    if simple(node):
        return _fields(node, cls, names())
    item = Var("item", kind=node.kind)
    return Block((("item", node),), _fields(item, cls, names()), kind=RECORD)


def _fields(node: Node, cls: type, fresh: Fresh) -> Object:
    written = {k.value: v for k, v in node.pairs if isinstance(k, Const)} if isinstance(node, Object) else None
    pairs = []
    for name, field in kinds.fields_of(cls).items():
        if isinstance(node, Const):
            known = node.value[name] if isinstance(node.value, dict) else getattr(node.value, name)
            value: Node | None = constant(known).node
        elif written is None:
            value = Field(node, field.json, kind=field.kind)
        else:
            value = written.get(field.json)
        if value is not None:
            attribute = _optional(value, field.kind, field.default, fresh)
            if attribute is not None:
                pairs.append((const(field.json), attribute))
    return Object(tuple(pairs), kind=kinds.RecordKind(cls))


def _optional(value: Node, declared: kinds.Kind, default: Any, fresh: Fresh) -> Node | None:
    """The attribute of one field; None where it is left out for certain."""
    kind = kinds.some(declared)
    keeps_null = default not in (None, kinds.REQUIRED, kinds.OMITTED)
    null = Object(((const("NULL"), const(True)),), kind=RECORD)
    if isinstance(value, Const):
        if value.value is None:
            return null if keeps_null else None
        if isinstance(kind, kinds.SetKind) and not value.value:
            return None
    if not kinds.is_optional(value.kind):
        return _unless_empty(value, kind, fresh)
    plain = without_default(value)
    test = Binary("!=", plain, NULL, kind=kinds.BOOL)
    return Cond(test, attribute(plain, kind, fresh), null if keeps_null else None, kind=RECORD)


def _unless_empty(value: Node, kind: kinds.Kind, fresh: Fresh) -> Node:
    made = attribute(value, kind, fresh)
    if not isinstance(kind, kinds.SetKind) or isinstance(value, Const):
        return made
    count = Call("$count", (value,), kind=kinds.INT)
    return Cond(Binary(">", count, const(0), kind=kinds.BOOL), made, None, kind=RECORD)


def attribute(value: Node, kind: kinds.Kind, fresh: Fresh) -> Node:
    """`{'S': value}` and its like, of a value that is not None."""
    letter = attribute_type(kind)
    if letter is None:
        raise Refusal(
            Problem(
                None, f"DynamoDB has no type for {kinds.show(kind)}", "keep it as text or as a model", "attribute-type"
            )
        )
    return Object(((const(letter), _content(value, kind, fresh)),), kind=RECORD)


def _content(value: Node, kind: kinds.Kind, fresh: Fresh) -> Node:
    match kind:
        case kinds.RecordKind(cls):
            return _fields(value, cls, fresh)
        case kinds.ListKind(elem):
            return _each(value, elem, fresh)
        case kinds.TupleKind(items):
            return _tuple(value, items, fresh)
        case kinds.DictKind(elem):
            return _entries(value, elem, fresh)
        case kinds.SetKind(elem) if kinds.family(elem) == "number":
            return _map(value, lambda x: _number(x), fresh)
        case kinds.SetKind():
            return value if isinstance(value, (Const, Collect, Array)) else Collect(value, kind=value.kind)
    return _number(value) if kinds.family(kind) in ("number", "enum") and attribute_type(kind) == "N" else value


def _number(value: Node) -> Node:
    if isinstance(value, Const):
        number = getattr(value.value, "value", value.value)
        return const(repr(number))
    return Call("$string", (value,), kind=kinds.STR)


def _nullable(value: Node, kind: kinds.Kind, fresh: Fresh) -> Node:
    """An element of a list: always there, so None is NULL."""
    if not kinds.is_optional(kind):
        return attribute(value, kind, fresh)
    null = Object(((const("NULL"), const(True)),), kind=RECORD)
    test = Binary("!=", value, NULL, kind=kinds.BOOL)
    return Cond(test, attribute(value, kinds.some(kind), fresh), null, kind=RECORD)


def _each(value: Node, elem: kinds.Kind, fresh: Fresh) -> Node:
    return _map(value, lambda x: _nullable(x, elem, fresh), fresh)


def _lists(value: Node, make: Callable[[Node], Node], fresh: Fresh) -> Node:
    """As `_map` where what is made is a list: `$map` would make one list of lists of one."""
    x, made = Var(next(fresh), kind=RECORD), Var("lists", kind=kinds.ListKind(ANY))
    one = Array((make(x),), kind=kinds.ListKind(ANY))
    body = Call("$append", (made, one), kind=kinds.ListKind(ANY))
    function = Function((made.name, x.name), body, kind=ANY)
    nothing = Array((), kind=kinds.ListKind(ANY))
    return Call("$reduce", (value, function, nothing), kind=kinds.ListKind(ANY))


def _map(value: Node, make: Callable[[Node], Node], fresh: Fresh) -> Node:
    x = Var(next(fresh), kind=RECORD)
    function = Function((x.name,), make(x), kind=RECORD)
    return Collect(Call("$map", (value, function), kind=kinds.ListKind(ANY)), kind=kinds.ListKind(ANY))


def _tuple(value: Node, items: tuple[kinds.Kind, ...], fresh: Fresh) -> Node:
    def item(i: int, kind: kinds.Kind) -> Node:
        own = value.items[i] if isinstance(value, Array) else Index(value, const(i), kind=kind)
        return _nullable(own, kind, fresh)

    return Array(tuple(item(i, kind) for i, kind in enumerate(items)), kind=kinds.ListKind(ANY))


def _entries(value: Node, elem: kinds.Kind, fresh: Fresh) -> Node:
    x = Var(next(fresh), kind=RECORD)
    key = Var(f"k{x.name[1:]}", kind=kinds.STR)
    entry = Object(((key, _nullable(x, elem, fresh)),), kind=RECORD)
    each = Call("$each", (value, Function((x.name, key.name), entry, kind=RECORD)), kind=kinds.ListKind(ANY))
    return Call("$merge", (Collect(each, kind=kinds.ListKind(ANY)),), kind=RECORD)


# ---------------------------------------------------------------- reading


def read_item(item: Node, cls: type, table: str) -> Node:
    """The model of an item that is there. Required attributes that are missing raise: later states count on them."""
    needed = [
        _raw(Field(item, field.json, kind=RECORD), field.kind)
        for field in kinds.fields_of(cls).values()
        if field.default is kinds.REQUIRED and not kinds.is_optional(field.kind) and not _may_vanish(field.kind)
    ]
    model = _read_fields(item, cls, names())
    if not needed:
        return model
    tests: list[Node] = [Call("$exists", (raw,), kind=kinds.BOOL) for raw in needed]
    test = functools.reduce(lambda a, b: Binary("and", a, b, kind=kinds.BOOL), tests)
    message = const(f"an item of table {table} lacks a required attribute")
    return Block((("", Call("$assert", (test, message), kind=kinds.NONE)),), model, kind=kinds.RecordKind(cls))


def _may_vanish(kind: kinds.Kind) -> bool:
    return isinstance(kind, kinds.SetKind)


def _raw(attribute: Node, kind: kinds.Kind) -> Node:
    letter = attribute_type(kinds.some(kind))
    if letter is None:
        raise Refusal(
            Problem(
                None, f"DynamoDB has no type for {kinds.show(kind)}", "keep it as text or as a model", "attribute-type"
            )
        )
    return Field(attribute, letter, kind=_RAW[letter])


def _read_fields(item: Node, cls: type, fresh: Fresh) -> Object:
    pairs = []
    for field in kinds.fields_of(cls).values():
        raw = _raw(Field(item, field.json, kind=RECORD), field.kind)
        value = _read(raw, kinds.some(field.kind), fresh)
        if field.default is kinds.REQUIRED and _may_vanish(field.kind):
            pass  # `[...]` makes an empty list of what is missing
        elif field.default is kinds.OMITTED:
            value = Cond(Call("$exists", (raw,), kind=kinds.BOOL), value, None, kind=field.kind)
        elif field.default is not kinds.REQUIRED or kinds.is_optional(field.kind):
            value = Cond(Call("$exists", (raw,), kind=kinds.BOOL), value, _default(item, field), kind=field.kind)
        pairs.append((const(field.json), value))
    return Object(tuple(pairs), kind=kinds.RecordKind(cls))


def _default(item: Node, field: Any) -> Node:
    if field.default is kinds.REQUIRED or field.default is None:
        return NULL
    if field.default is kinds.FACTORY:
        what = f"the attribute `{field.json}` is missing and its default would be made in Python"
        return Call("$error", (const(what),), kind=field.kind)
    default = const(field.default)
    if not kinds.is_optional(field.kind):
        return default
    null = Field(Field(item, field.json, kind=RECORD), "NULL", kind=RECORD)
    return Cond(Call("$exists", (null,), kind=kinds.BOOL), NULL, default, kind=field.kind)


def _read(raw: Node, kind: kinds.Kind, fresh: Fresh) -> Node:
    match kind:
        case kinds.RecordKind(cls):
            return _read_fields(raw, cls, fresh)
        case kinds.ListKind(elem):
            gather = _lists if kinds.family(elem) in ("list", "tuple") else _map
            return gather(raw, lambda x: _read_element(x, elem, fresh), fresh)
        case kinds.TupleKind(items):
            return Array(
                tuple(_read_element(Index(raw, const(i), kind=RECORD), k, fresh) for i, k in enumerate(items)),
                kind=kind,
            )
        case kinds.DictKind(elem):
            x = Var(next(fresh), kind=RECORD)
            key = Var(f"k{x.name[1:]}", kind=kinds.STR)
            entry = Object(((key, _read_element(x, elem, fresh)),), kind=RECORD)
            each = Call("$each", (raw, Function((x.name, key.name), entry, kind=RECORD)), kind=kinds.ListKind(ANY))
            return Call("$merge", (Collect(each, kind=kinds.ListKind(ANY)),), kind=kind)
        case kinds.SetKind(elem) if kinds.family(elem) == "number":
            return _map(raw, lambda x: Call("$number", (x,), kind=kinds.FLOAT), fresh)
        case kinds.SetKind():
            return Collect(raw, kind=kind)
    number = attribute_type(kind) == "N" and not isinstance(kind, kinds.DecimalKind)  # a Decimal is text in JSON
    return Call("$number", (raw,), kind=kind) if number else raw


def _read_element(x: Node, kind: kinds.Kind, fresh: Fresh) -> Node:
    raw = _raw(x, kind)
    value = _read(raw, kinds.some(kind), fresh)
    if not kinds.is_optional(kind):
        return value
    return Cond(Call("$exists", (raw,), kind=kinds.BOOL), value, NULL, kind=kind)
