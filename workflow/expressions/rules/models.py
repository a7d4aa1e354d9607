"""Records: building them with every field checked, and copies."""

from __future__ import annotations

from typing import Any

from workflow.diagnostics import did_you_mean

from ..builder import Builder
from ..conditions import count
from ..constants import const_of
from ..kinds import (
    BOOL,
    FACTORY,
    INT,
    NONE,
    OMITTED,
    REQUIRED,
    DictKind,
    Kind,
    ListKind,
    LiteralKind,
    RecordField,
    RecordKind,
    RootKind,
    TupleKind,
    an,
    computed_fields,
    enum_names,
    family,
    fields_of,
    fits,
    has_own_validators,
    is_optional,
    is_pydantic,
    is_typed_dict,
    join,
    members,
    of_literal,
    shape_problem,
    show,
    unmet,
    with_limits_of,
)
from ..nodes import (
    NULL,
    TRUE,
    Array,
    Const,
    Node,
    Object,
    binary,
    both,
    call,
    cast,
    cond,
    const,
    or_null,
    with_kind,
)
from ..printer import show as text
from ..refusals import Page, refuse
from .fields import tuple_field


# ------------------------------------------------------------------ building
def build(b: Builder, cls: Any, args: list[Node], given: dict[str, Node], type_args: tuple[Any, ...] = ()) -> Node:
    """cls(*args, **given)"""
    kind = RecordKind(cls, type_args)
    fields = fields_of(kind)
    if has_own_validators(cls):
        said = f"{cls.__name__} has validators, which would not run in Step Functions"
        raise refuse(Page.MODEL_NOT_BUILT, said, "build it in a Task")
    values = keywords(cls, fields, args, given)
    pairs: list[tuple[Node, Node]] = []
    for name, f in fields.items():
        if name not in values:
            if f.default is OMITTED:
                continue
            pairs += [] if f.excluded else [(const(f.json), default_value(cls, f))]
            continue
        value = field_value(b, f"{cls.__name__}.{name}", f, values[name], checked=hasattr(cls, "__pydantic_fields__"))
        if not f.excluded:
            pairs.append((const(f.json), value))
    built: Node = Object(tuple(pairs), kind=kind)
    for json, getter in computed_fields(cls).values():  # JSON has them, so later states may read them
        own = b.apply(const_of(getter), [built])
        if isinstance(own, Node):
            pairs.append((const(json), or_null(own)))
    return Object(tuple(pairs), kind=kind)


def keywords(cls: Any, fields: dict[str, RecordField], args: list[Node], given: dict[str, Node]) -> dict[str, Node]:
    """Arguments by the name of their field, as the constructor takes them."""
    positional = [f for f in fields.values() if f.positional]
    if args and (is_pydantic(cls) or is_typed_dict(cls)):
        first = next(iter(fields), "x")
        said = f"{cls.__name__} takes no positional arguments"
        raise refuse(Page.WRONG_ARGUMENTS, said, f"name them: {cls.__name__}({first}=...)")
    if len(args) > len(positional):
        said = f"{cls.__name__} takes {len(positional)} values by position, {len(args)} are given"
        raise refuse(Page.WRONG_ARGUMENTS, said, "name them")
    values = {f.name: a for f, a in zip(positional, args)}
    accepted = {k: f.name for f in fields.values() for k in f.keywords}
    for k, v in given.items():
        if k not in accepted:
            said = f"{cls.__name__} has no field `{k}`"
            if k in fields:
                said = f"{cls.__name__} does not take `{k}` by that name"
                instead = " or ".join(f"{n}=" for n in fields[k].keywords)
                raise refuse(Page.WRONG_ARGUMENTS, said, f"write {instead}" if instead else "leave it out")
            raise refuse(Page.UNKNOWN_FIELD, said, did_you_mean(k, accepted))
        if accepted[k] in values:
            raise refuse(Page.WRONG_ARGUMENTS, f"{cls.__name__} got `{k}` twice", "give it once")
        values[accepted[k]] = v
    return values


def default_value(cls: Any, f: RecordField) -> Node:
    """What is written out for a field that is not given."""
    if f.default is REQUIRED:
        keyword = f.keywords[0] if f.keywords else f.name
        raise refuse(Page.WRONG_ARGUMENTS, f"{cls.__name__} needs `{f.name}`", f"give {keyword}=")
    if f.default is FACTORY:
        said = f"{cls.__name__}.{f.name} has a default_factory, which would run once, when compiling"
        raise refuse(Page.MODEL_NOT_BUILT, said, f"give {f.name}=")
    return const_of(f.default)


def field_value(b: Builder, where: str, f: RecordField, v: Node, checked: bool) -> Node:
    """A value for a field: of its type, and within its limits where `checked` (as pydantic does)."""
    if isinstance(v, Const):
        return constant_value(where, f, v, checked)
    check_fits(where, v, f.kind)
    if checked:
        v = guarded(b, where, v, f.kind)
    if isinstance(v.kind, RecordKind):
        check_same_json(where, v.kind, f.kind)
    return or_null(v)


def check_fits(where: str, v: Node, want: Kind) -> None:
    """Refuse a value of another type."""
    literals = [m for m in members(want) if isinstance(m, LiteralKind)] if isinstance(v, Const) else []
    if fits(v.kind, want) or any(fits(of_literal(v.value), m) for m in literals if isinstance(v, Const)):
        return
    if is_optional(v.kind) and fits(v.kind, join(want, NONE)):
        said = f"{where} is {show(want)}, but `{text(v)[:60]}` may be None"
        raise refuse(Page.OPTIONAL_UNTESTED, said, "test it first, or give a default: `x or ...`")
    hint = ""
    records = [m for m in members(want) if isinstance(m, RecordKind) and is_typed_dict(m.cls)]
    if isinstance(v.kind, DictKind) and v.kind.shape is not None and records:
        hint = shape_problem(v.kind.shape, records[0])
    raise refuse(Page.WRONG_TYPE, f"{where} is {show(want)}, not {show(v.kind)}", hint or "give a value of that type")


def check_same_json(where: str, have: RecordKind, want: Kind) -> None:
    """pydantic writes a field by its declared model: the fields of a subclass would be lost."""
    wanted = [m for m in members(want) if isinstance(m, RecordKind)]
    if any(have == w for w in wanted):
        return
    mine = {f.json for f in fields_of(have).values()}
    for w in wanted:
        if issubclass(have.cls, w.cls) and {f.json for f in fields_of(w).values()} != mine:
            said = f"{where} is {show(w)}, and {an(have)} would lose its own fields there"
            raise refuse(Page.WRONG_TYPE, said, f"build {an(w)}")


def constant_value(where: str, f: RecordField, v: Const, checked: bool) -> Node:
    """A constant, checked by pydantic where it is there, else by its kind."""
    if not checked:
        check_fits(where, v, f.kind)
        return v
    from pydantic import TypeAdapter, ValidationError  # a user's own model needed it already

    same_number = family(v.kind) == "number" and family(f.kind) == "number"
    strict = True if family(v.kind) in ("bool", "number", "str") and not same_number else None
    try:
        config: Any = f.config if family(f.kind) == "str" else None
        made = TypeAdapter(f.annotation, config=config).validate_python(v.value, strict=strict)
    except Exception as e:
        hint = ""
        names = [n for m in members(f.kind) for n in enum_names(m)]
        if isinstance(v.value, str) and names:
            hint = did_you_mean(v.value, names)
        elif isinstance(e, ValidationError) and fits(v.kind, f.kind):
            hint = str(e.errors()[0]["msg"])
        said = f"{where} is {show(f.kind)}, not {v.value!r}"
        raise refuse(Page.WRONG_TYPE, said, hint or "give a value of that type") from None
    return const_of(made)


# ------------------------------------------------------------------ limits of computed values
GUARDS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "min_length": ">=", "max_length": "<="}


def guarded(b: Builder, where: str, v: Node, want: Kind) -> Node:
    """A computed value that may break a field's limits raises where pydantic would."""
    limits = unmet(v.kind, want)
    if not limits:
        return v
    for inside, limit in limits:
        if inside or limit.name not in GUARDS or not isinstance(limit.bound, (int, float)):
            what = f"a validator ({limit.bound})" if limit.name == "validator" else f"the constraint {limit}"
            said = f"{where} has {what}, which cannot be checked in Step Functions"
            raise refuse(Page.MODEL_NOT_BUILT, said, "build it in a Task, or pass on a field with the same constraint")
    v = b.let(v)
    some = binary(v, "!=", NULL) if is_optional(v.kind) else TRUE
    test: Node = TRUE
    for _, limit in limits:
        measured = v if limit.name in ("ge", "gt", "le", "lt") else size(v)
        test = both(test, binary(measured, GUARDS[limit.name], const(limit.bound), BOOL))
    shown = ", ".join(str(limit) for _, limit in limits)
    error = call("error", const(f"{where}: {shown}"), kind=v.kind)
    checked = cond(test, v, error)
    if some != TRUE:
        checked = cond(some, checked, NULL)
    return b.let(with_kind(checked, with_limits_of(v.kind, want)), where.split(".")[-1])


def size(v: Node) -> Node:
    """The length of a text or the number of items."""
    return call("length", v, kind=INT) if family(v.kind) in ("str", "optional") else count(v)


# ------------------------------------------------------------------ copies
def copy(b: Builder, x: Node, *, update: Node | None = None, deep: Node | None = None) -> Node:
    """x.model_copy(update={...}): pydantic does not validate here, so no limits are checked; types are."""
    if update is None or not isinstance(x.kind, RecordKind):
        return x
    return changed(b, x, x.kind, pairs_of("model_copy(update=)", update))


def pairs_of(what: str, update: Node) -> list[tuple[str, Node]]:
    """The fields to change, by constant names."""
    if isinstance(update, Const):
        return [(k, const_of(v)) for k, v in update.value.items()]
    pairs = update.pairs if isinstance(update, Object) else None
    if pairs is None or not all(isinstance(k, Const) for k, _ in pairs):
        raise refuse(Page.NEEDS_A_CONSTANT, f"{what} with computed names", "write a dict with constant keys")
    return [(k.value, v) for k, v in pairs if isinstance(k, Const)]


def changed(b: Builder, x: Node, kind: RecordKind, update: list[tuple[str, Node]]) -> Node:
    """The record with other values for some fields."""
    if computed_fields(kind.cls):
        said = f"a copy of {show(kind)}, which has computed fields"
        raise refuse(Page.MODEL_NOT_BUILT, said, "build it anew")
    fields = fields_of(kind)
    out: list[tuple[Node, Node]] = []
    for name, v in update:
        if name not in fields:
            raise refuse(Page.UNKNOWN_FIELD, f"{show(kind)} has no field `{name}`", did_you_mean(name, fields))
        value = field_value(b, f"{show(kind)}.{name}", fields[name], v, checked=False)
        if not fields[name].excluded:
            out.append((const(fields[name].json), value))
    made = Object(tuple(out), kind=kind)
    if isinstance(x, Object):
        pairs = {k: (k, v) for k, v in (*x.pairs, *made.pairs)}
        return Object(tuple(pairs.values()), kind=kind)
    return call("merge", Array((x, made), kind=ListKind(kind)), kind=kind)


def dataclass_replace(b: Builder, x: Node, /, **changes: Node) -> Node:
    """dataclasses.replace(x, ...)"""
    if not isinstance(x.kind, RecordKind) or not hasattr(x.kind.cls, "__dataclass_fields__"):
        raise refuse(Page.WRONG_TYPE, f"replace() of {an(x.kind)}", "give a dataclass")
    if has_own_validators(x.kind.cls):
        raise refuse(Page.MODEL_NOT_BUILT, f"{show(x.kind)} has a __post_init__", "build it in a Task")
    return changed(b, x, x.kind, list(changes.items()))


# ------------------------------------------------------------------ RootModel
def build_root(b: Builder, cls: Any, kind: RootKind, args: list[Node], given: dict[str, Node]) -> Node:
    """RootModel(x): in JSON the root alone."""
    values = [*args, *given.values()]
    if len(values) != 1 or (given and "root" not in given):
        raise refuse(Page.WRONG_ARGUMENTS, f"{cls.__name__} takes one value, its root", f"{cls.__name__}(...)")
    if has_own_validators(cls):
        raise refuse(Page.MODEL_NOT_BUILT, f"{cls.__name__} has validators", "build it in a Task")
    f = RecordField("root", "root", kind.root, cls.__pydantic_fields__["root"].annotation, REQUIRED, ("root",))
    value = field_value(b, cls.__name__, f, values[0], checked=True)
    return cast(value, kind)


def root(x: Node) -> Node:
    """x.root"""
    return cast(x, x.kind.root) if isinstance(x.kind, RootKind) else x


def build_tuple(b: Builder, cls: Any, kind: TupleKind, args: list[Node], given: dict[str, Node]) -> Node:
    """A NamedTuple: in JSON a list."""
    names = cls._fields
    values = dict(zip(names, args))
    for k, v in given.items():
        if k not in names:
            raise refuse(Page.UNKNOWN_FIELD, f"{cls.__name__} has no field `{k}`", did_you_mean(k, names))
        values[k] = v
    items = []
    for name, want in zip(names, kind.items):
        if name not in values:
            if name not in cls._field_defaults:
                raise refuse(Page.WRONG_ARGUMENTS, f"{cls.__name__} needs `{name}`", f"give {name}=")
            values[name] = const_of(cls._field_defaults[name])
        check_fits(f"{cls.__name__}.{name}", values[name], want)
        items.append(or_null(values[name]))
    if len(args) > len(names):
        raise refuse(Page.WRONG_ARGUMENTS, f"{cls.__name__} has {len(names)} fields", "give fewer values")
    return Array(tuple(items), kind=kind)


def tuple_replace(b: Builder, x: Node, /, **changes: Node) -> Node:
    """x._replace(name=value) of a NamedTuple."""
    kind = x.kind
    cls: Any = getattr(kind, "cls", None)
    if not isinstance(kind, TupleKind):
        return x
    items = [tuple_field(b, x, name) or NULL for name in cls._fields]
    return build_tuple(b, cls, kind, [], {**dict(zip(cls._fields, items)), **known_names(cls, changes)})


def known_names(cls: Any, changes: dict[str, Node]) -> dict[str, Node]:
    """The changes, if all are of fields."""
    for k in changes:
        if k not in cls._fields:
            raise refuse(Page.UNKNOWN_FIELD, f"{cls.__name__} has no field `{k}`", did_you_mean(k, cls._fields))
    return changes


def tuple_as_dict(b: Builder, x: Node, /) -> Node:
    """x._asdict() of a NamedTuple."""
    names: tuple[str, ...] = getattr(getattr(x.kind, "cls", None), "_fields", ())
    values = [or_null(tuple_field(b, x, n) or NULL) for n in names]
    shape = tuple((n, v.kind) for n, v in zip(names, values))
    kind = DictKind(join(*[v.kind for v in values]), shape=shape)
    return Object(tuple((const(n), v) for n, v in zip(names, values)), kind=kind)


TUPLE_METHODS = {"_replace": tuple_replace, "_asdict": tuple_as_dict}
