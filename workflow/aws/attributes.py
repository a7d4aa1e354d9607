"""DynamoDB's attribute values: models written as `{'S': ...}` and read back, emitted from the model's fields.

A field is an attribute of its JSON name. text, dates and text enums are S, numbers N (as text, 15 significant digits:
JSONata's `$string`), bool BOOL, lists and tuples L, models and dicts M, set[str] SS, set[int] and set[float] NS. None
is left out, so that an attribute may be the key of an index, unless the field has another default, which would be read
back instead: then it is NULL. An empty set is left out: DynamoDB has none.
Reading is tolerant where the model is: a missing attribute is the field's default, or None where the field may be None.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from ..expressions import constant, kinds
from ..expressions.errors import Refused
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

RECORD = kinds.DictT(ANY)
_RAW = {"S": kinds.STR, "N": kinds.STR, "BOOL": kinds.BOOL, "M": RECORD, "SS": kinds.ListT(kinds.STR)}
_RAW |= {"NS": kinds.ListT(kinds.STR), "L": kinds.ListT(RECORD)}


def names() -> Iterator[str]:
    """Names for the variables of nested lists, outermost first."""
    yield "x"
    n = 2
    while True:
        yield f"x{n}"
        n += 1


def attribute_type(kind: kinds.Type) -> str | None:
    """DynamoDB's letter for a kind that is not None; None where there is no one letter."""
    match kind:
        case kinds.SetT(elem):
            return {"str": "SS", "number": "NS"}.get(kinds.kind(elem))
        case kinds.EnumT(members=values):
            return _letter_of({type(member.value) for member in values})
        case kinds.OpaqueT():
            return None
    by_kind = {
        "str": "S",
        "datetime": "S",
        "date": "S",
        "number": "N",
        "bool": "BOOL",
        "list": "L",
        "tuple": "L",
        "dict": "M",
        "model": "M",
    }
    return by_kind.get(kinds.kind(kind))


def _letter_of(types: set[type]) -> str | None:
    if types and all(issubclass(t, str) for t in types):
        return "S"
    if types and all(issubclass(t, (int, float)) and t is not bool for t in types):
        return "N"
    return None


def check(cls: type, where: str = "") -> Iterator[str]:
    """The fields of a model, nested ones included, that have no attribute type, as `Item.field: kind`."""
    for name, field in kinds.fields_of(cls).items():
        yield from _check_kind(field.type, f"{where or cls.__name__}.{name}", (cls,))


def _check_kind(kind: kinds.Type, where: str, seen: tuple[type, ...]) -> Iterator[str]:
    some = kinds.some(kind)
    match some:
        case kinds.ListT(elem) | kinds.DictT(elem):
            yield from _check_element(elem, f"{where}[]", seen)
        case kinds.TupleT(items):
            for item in items:
                yield from _check_element(item, f"{where}[]", seen)
        case kinds.ModelT(cls):
            if cls in seen:
                yield f"{where}: {cls.__name__} inside itself"
            else:
                for name, field in kinds.fields_of(cls).items():
                    yield from _check_kind(field.type, f"{where}.{name}", (*seen, cls))
        case _ if attribute_type(some) is None:
            yield f"{where}: {kinds.show(some)}"


def _check_element(kind: kinds.Type, where: str, seen: tuple[type, ...]) -> Iterator[str]:
    """An element is always there: DynamoDB has no empty set, and JSONata would flatten a list that may be None."""
    some = kinds.some(kind)
    if isinstance(some, kinds.SetT) or (kinds.is_optional(kind) and kinds.kind(some) in ("list", "tuple")):
        yield f"{where}: {kinds.show(kind)}"
    else:
        yield from _check_kind(kind, where, seen)


# ---------------------------------------------------------------- writing


def item_of(node: Node, cls: type) -> Node:
    """The attributes of a whole item: `{'id': {'S': ...}, ...}`."""
    match node:
        case Block(bindings, result):
            return Block(bindings, item_of(result, cls), type=RECORD)
        case Object():
            return _fields(node, cls, names())
    if simple(node):
        return _fields(node, cls, names())
    item = Var("item", type=node.type)
    return Block((("item", node),), _fields(item, cls, names()), type=RECORD)


def _fields(node: Node, cls: type, fresh: Fresh) -> Object:
    written = {k.value: v for k, v in node.pairs if isinstance(k, Const)} if isinstance(node, Object) else None
    pairs = []
    for name, field in kinds.fields_of(cls).items():
        if isinstance(node, Const):
            known = node.value[name] if isinstance(node.value, dict) else getattr(node.value, name)
            value: Node | None = constant(known).node
        elif written is None:
            value = Field(node, field.json, type=field.type)
        else:
            value = written.get(field.json)
        if value is not None:
            attribute = _optional(value, field.type, field.default, fresh)
            if attribute is not None:
                pairs.append((const(field.json), attribute))
    return Object(tuple(pairs), type=kinds.ModelT(cls))


def _optional(value: Node, declared: kinds.Type, default: Any, fresh: Fresh) -> Node | None:
    """The attribute of one field; None where it is left out for certain."""
    kind = kinds.some(declared)
    keeps_null = default not in (None, kinds.REQUIRED, kinds.OMITTED)
    null = Object(((const("NULL"), const(True)),), type=RECORD)
    if isinstance(value, Const):
        if value.value is None:
            return null if keeps_null else None
        if isinstance(kind, kinds.SetT) and not value.value:
            return None
    if not kinds.is_optional(value.type):
        return _unless_empty(value, kind, fresh)
    plain = without_default(value)
    test = Binary("!=", plain, NULL, type=kinds.BOOL)
    return Cond(test, attribute(plain, kind, fresh), null if keeps_null else None, type=RECORD)


def _unless_empty(value: Node, kind: kinds.Type, fresh: Fresh) -> Node:
    made = attribute(value, kind, fresh)
    if not isinstance(kind, kinds.SetT) or isinstance(value, Const):
        return made
    count = Call("$count", (value,), type=kinds.INT)
    return Cond(Binary(">", count, const(0), type=kinds.BOOL), made, None, type=RECORD)


def attribute(value: Node, kind: kinds.Type, fresh: Fresh) -> Node:
    """`{'S': value}` and its like, of a value that is not None."""
    letter = attribute_type(kind)
    if letter is None:
        raise Refused(f"DynamoDB has no type for {kinds.show(kind)}", "keep it as text or as a model", "attribute-type")
    return Object(((const(letter), _content(value, kind, fresh)),), type=RECORD)


def _content(value: Node, kind: kinds.Type, fresh: Fresh) -> Node:
    match kind:
        case kinds.ModelT(cls):
            return _fields(value, cls, fresh)
        case kinds.ListT(elem):
            return _each(value, elem, fresh)
        case kinds.TupleT(items):
            return _tuple(value, items, fresh)
        case kinds.DictT(elem):
            return _entries(value, elem, fresh)
        case kinds.SetT(elem) if kinds.kind(elem) == "number":
            return _map(value, lambda x: _number(x), fresh)
        case kinds.SetT():
            return value if isinstance(value, (Const, Collect, Array)) else Collect(value, type=value.type)
    return _number(value) if attribute_type(kind) == "N" else value


def _number(value: Node) -> Node:
    if isinstance(value, Const):
        number = getattr(value.value, "value", value.value)
        return const(repr(number))
    return Call("$string", (value,), type=kinds.STR)


def _nullable(value: Node, kind: kinds.Type, fresh: Fresh) -> Node:
    """An element of a list: always there, so None is NULL."""
    if not kinds.is_optional(kind):
        return attribute(value, kind, fresh)
    null = Object(((const("NULL"), const(True)),), type=RECORD)
    test = Binary("!=", value, NULL, type=kinds.BOOL)
    return Cond(test, attribute(value, kinds.some(kind), fresh), null, type=RECORD)


def _each(value: Node, elem: kinds.Type, fresh: Fresh) -> Node:
    return _map(value, lambda x: _nullable(x, elem, fresh), fresh)


def _lists(value: Node, make: Callable[[Node], Node], fresh: Fresh) -> Node:
    """As `_map` where what is made is a list: `$map` would make one list of lists of one."""
    x, made = Var(next(fresh), type=RECORD), Var("lists", type=kinds.ListT(ANY))
    one = Array((make(x),), type=kinds.ListT(ANY))
    body = Call("$append", (made, one), type=kinds.ListT(ANY))
    function = Function((made.name, x.name), body, type=ANY)
    nothing = Array((), type=kinds.ListT(ANY))
    return Call("$reduce", (value, function, nothing), type=kinds.ListT(ANY))


def _map(value: Node, make: Callable[[Node], Node], fresh: Fresh) -> Node:
    x = Var(next(fresh), type=RECORD)
    function = Function((x.name,), make(x), type=RECORD)
    return Collect(Call("$map", (value, function), type=kinds.ListT(ANY)), type=kinds.ListT(ANY))


def _tuple(value: Node, items: tuple[kinds.Type, ...], fresh: Fresh) -> Node:
    def item(i: int, kind: kinds.Type) -> Node:
        own = value.items[i] if isinstance(value, Array) else Index(value, const(i), type=kind)
        return _nullable(own, kind, fresh)

    return Array(tuple(item(i, kind) for i, kind in enumerate(items)), type=kinds.ListT(ANY))


def _entries(value: Node, elem: kinds.Type, fresh: Fresh) -> Node:
    x = Var(next(fresh), type=RECORD)
    key = Var(f"k{x.name[1:]}", type=kinds.STR)
    entry = Object(((key, _nullable(x, elem, fresh)),), type=RECORD)
    each = Call("$each", (value, Function((x.name, key.name), entry, type=RECORD)), type=kinds.ListT(ANY))
    return Call("$merge", (Collect(each, type=kinds.ListT(ANY)),), type=RECORD)


# ---------------------------------------------------------------- reading


def read_item(item: Node, cls: type, table: str) -> Node:
    """The model of an item that is there. Required attributes that are missing raise: later states count on them."""
    needed = [
        _raw(Field(item, field.json, type=RECORD), field.type)
        for field in kinds.fields_of(cls).values()
        if field.default is kinds.REQUIRED and not kinds.is_optional(field.type) and not _may_vanish(field.type)
    ]
    model = _read_fields(item, cls, names())
    if not needed:
        return model
    tests: list[Node] = [Call("$exists", (raw,), type=kinds.BOOL) for raw in needed]
    test = functools.reduce(lambda a, b: Binary("and", a, b, type=kinds.BOOL), tests)
    message = const(f"an item of table {table} lacks a required attribute")
    return Block((("", Call("$assert", (test, message), type=kinds.NONE)),), model, type=kinds.ModelT(cls))


def _may_vanish(kind: kinds.Type) -> bool:
    return isinstance(kind, kinds.SetT)


def _raw(attribute: Node, kind: kinds.Type) -> Node:
    letter = attribute_type(kinds.some(kind))
    if letter is None:
        raise Refused(f"DynamoDB has no type for {kinds.show(kind)}", "keep it as text or as a model", "attribute-type")
    return Field(attribute, letter, type=_RAW[letter])


def _read_fields(item: Node, cls: type, fresh: Fresh) -> Object:
    pairs = []
    for field in kinds.fields_of(cls).values():
        raw = _raw(Field(item, field.json, type=RECORD), field.type)
        value = _read(raw, kinds.some(field.type), fresh)
        if field.default is kinds.REQUIRED and _may_vanish(field.type):
            pass  # `[...]` makes an empty list of what is missing
        elif field.default is kinds.OMITTED:
            value = Cond(Call("$exists", (raw,), type=kinds.BOOL), value, None, type=field.type)
        elif field.default is not kinds.REQUIRED or kinds.is_optional(field.type):
            value = Cond(Call("$exists", (raw,), type=kinds.BOOL), value, _default(item, field), type=field.type)
        pairs.append((const(field.json), value))
    return Object(tuple(pairs), type=kinds.ModelT(cls))


def _default(item: Node, field: Any) -> Node:
    if field.default is kinds.REQUIRED or field.default is None:
        return NULL
    if field.default is kinds.FACTORY:
        what = f"the attribute `{field.json}` is missing and its default would be made in Python"
        return Call("$error", (const(what),), type=field.type)
    default = const(field.default)
    if not kinds.is_optional(field.type):
        return default
    null = Field(Field(item, field.json, type=RECORD), "NULL", type=RECORD)
    return Cond(Call("$exists", (null,), type=kinds.BOOL), NULL, default, type=field.type)


def _read(raw: Node, kind: kinds.Type, fresh: Fresh) -> Node:
    match kind:
        case kinds.ModelT(cls):
            return _read_fields(raw, cls, fresh)
        case kinds.ListT(elem):
            gather = _lists if kinds.kind(elem) in ("list", "tuple") else _map
            return gather(raw, lambda x: _read_element(x, elem, fresh), fresh)
        case kinds.TupleT(items):
            return Array(
                tuple(_read_element(Index(raw, const(i), type=RECORD), k, fresh) for i, k in enumerate(items)),
                type=kind,
            )
        case kinds.DictT(elem):
            x = Var(next(fresh), type=RECORD)
            key = Var(f"k{x.name[1:]}", type=kinds.STR)
            entry = Object(((key, _read_element(x, elem, fresh)),), type=RECORD)
            each = Call("$each", (raw, Function((x.name, key.name), entry, type=RECORD)), type=kinds.ListT(ANY))
            return Call("$merge", (Collect(each, type=kinds.ListT(ANY)),), type=kind)
        case kinds.SetT(elem) if kinds.kind(elem) == "number":
            return _map(raw, lambda x: Call("$number", (x,), type=kinds.FLOAT), fresh)
        case kinds.SetT():
            return Collect(raw, type=kind)
    return Call("$number", (raw,), type=kind) if attribute_type(kind) == "N" else raw


def _read_element(x: Node, kind: kinds.Type, fresh: Fresh) -> Node:
    raw = _raw(x, kind)
    value = _read(raw, kinds.some(kind), fresh)
    if not kinds.is_optional(kind):
        return value
    return Cond(Call("$exists", (raw,), type=kinds.BOOL), value, NULL, type=kind)
