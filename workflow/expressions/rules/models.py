"""Records: fields, construction checked field by field, copies."""
from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from ..conditions import Builder
from ..constants import const_fn
from ..errors import Refused, did_you_mean
from ..nodes import Array, Const, Field, Node, Object, call, const, or_null
from ..printer import show as text
from ..kinds import FACTORY, NONE, OMITTED, REQUIRED, FieldT, ListT, ModelT, Type, ShapeT, fields_of, fits, UnionT, is_optional, join, kind, members, show


def build(b: Builder, cls: type, args: list[Node], given: dict[str, Node]) -> Node:
    fs = fields_of(cls)
    aliases = {f.json: n for n, f in fs.items()}
    if hasattr(cls, "model_fields") and args: raise Refused(f"{cls.__name__} takes no positional arguments", f"name them: {cls.__name__}({next(iter(fs))}=...)")
    checks = getattr(cls, "__pydantic_decorators__", None)
    if checks is not None and (checks.field_validators or checks.model_validators or checks.validators or checks.root_validators):
        raise Refused(f"{cls.__name__} has validators, which would not run in Step Functions", "build it in a Task")
    if len(args) > len(fs): raise Refused(f"{cls.__name__} has {len(fs)} fields")
    values = dict(zip(fs, args))
    for k, v in given.items():
        name = k if k in fs else aliases.get(k)
        if name is None: raise Refused(f"{cls.__name__} has no field `{k}`", did_you_mean(k, list(fs)))
        values[name] = v
    pairs = []
    for name, f in fs.items():
        if name not in values:
            if f.default is REQUIRED: raise Refused(f"{cls.__name__} needs `{name}`", f"give {name}=")
            if f.default is FACTORY: raise Refused(f"{cls.__name__}.{name} has a default_factory, which would run once, when compiling", f"give {name}=")
            if f.default is OMITTED: continue
            values[name] = const(f.default)
        pairs.append((const(f.json), field_value(b, cls, name, f, values[name])))
    built = Object(tuple(pairs), type=ModelT(cls))
    for name, computed in getattr(cls, "model_computed_fields", {}).items():      # JSON has them, so later states may read them
        own = b.apply(const_fn(computed.wrapped_property.fget), [built])
        if isinstance(own, Node): pairs.append((const(computed.alias or name), or_null(own)))
    return Object(tuple(pairs), type=ModelT(cls))

def field_value(b: Builder, cls: type, name: str, f: FieldT, v: Node) -> Node:
    where = f"{cls.__name__}.{name}"
    if isinstance(v, Const):
        try: TypeAdapter(f.annotation).validate_python(v.value, strict=kind(v.type) in ("bool", "number", "str") and not is_enumish(f.type, v) or None)
        except Exception as e:
            hint = ""
            if isinstance(v.value, str) and any(hasattr(m, "values") for m in members(f.type)):
                hint = did_you_mean(v.value, [str(x) for m in members(f.type) for x in getattr(m, "values", ())])
            raise Refused(f"{where} is {show(f.type)}, not {v.value!r}", hint) from e
        return v
    if not fits(v.type, f.type):
        if is_optional(v.type) and fits(v.type, join(f.type, NONE)):
            raise Refused(f"{where} is {show(f.type)}, but `{text(v)[:60]}` may be None", "test it first, or give a default: `x or ...`")
        raise Refused(f"{where} is {show(f.type)}, not {show(v.type)}")
    return or_null(v)

def is_enumish(t: Type, v: Const) -> bool:
    return kind(v.type) == "number" and kind(t) == "number"

def field(b: Builder, x: Node, name: str) -> Node | None:
    if isinstance(x.type, UnionT): return shared_field(b, x, name)
    if isinstance(x.type, ShapeT):
        if isinstance(x, Object):
            for k, v in x.pairs:
                if k == const(name): return v
        if name in dict(x.type.fields): return Field(b.let(x), name, type=dict(x.type.fields)[name])
        raise Refused(f"{x.type.name} has no field `{name}`", did_you_mean(name, [k for k, _ in x.type.fields]))
    f = fields_of(x.type.cls).get(name)  # type: ignore[attr-defined]
    if f is None: return None
    if isinstance(x, Object):
        for k, v in x.pairs:
            if k == const(f.json): return v
    return Field(b.let(x), f.json, type=f.type if f.default is not OMITTED else join(f.type, NONE))

def shared_field(b: Builder, x: Node, name: str) -> Node | None:
    """A field that every member of a union of models has."""
    fs = [fields_of(m.cls).get(name) for m in members(x.type)]  # type: ignore[attr-defined]
    if None in fs or len({f.json for f in fs if f}) != 1: return None
    return Field(b.let(x), fs[0].json, type=join(*[f.type for f in fs if f]))  # type: ignore[union-attr]

def copy(b: Builder, x: Node, *, update: Node | None = None, deep: Node | None = None) -> Node:
    if update is None: return x
    cls = x.type.cls  # type: ignore[attr-defined]
    if getattr(cls, "model_computed_fields", None): raise Refused(f"model_copy() of {cls.__name__}, which has computed fields", "build it anew")
    fs = fields_of(cls)
    pairs: Any = [(const(k), const(v)) for k, v in update.value.items()] if isinstance(update, Const) else update.pairs if isinstance(update, Object) else None
    if pairs is None or not all(isinstance(k, Const) for k, _ in pairs): raise Refused("model_copy(update=) with computed names", "write a dict with constant keys")
    changed = []
    for k, v in pairs:
        if k.value not in fs: raise Refused(f"{cls.__name__} has no field `{k.value}`", did_you_mean(k.value, list(fs)))
        f = fs[k.value]
        changed.append((const(f.json), field_value(b, cls, k.value, f, v)))
    return call("merge", Array((x, Object(tuple(changed), type=x.type)), type=ListT(x.type)), type=x.type)
