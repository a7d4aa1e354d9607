"""The fields of records, and whether one kind may stand where another is declared."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_origin

from ..refusals import Page, refuse
from .annotations import annotated, from_annotation, hints_of, is_pydantic, substituted
from .base import (
    NONE,
    DictKind,
    EnumKind,
    Kind,
    ListKind,
    LiteralKind,
    RecordKind,
    SetKind,
    ShapeKind,
    TupleKind,
    join,
    members,
)


@dataclass(frozen=True)
class RecordField:
    """One field: its Python name, its name in JSON, the keywords that the constructor takes for it."""

    name: str
    json: str
    kind: Kind
    annotation: Any
    default: Any  # REQUIRED, OMITTED, FACTORY or a value
    keywords: tuple[str, ...]
    excluded: bool = False
    positional: bool = True
    """May the constructor be given it by its place?"""
    config: Mapping[str, Any] | None = None
    """What the model's config does to its texts."""

    @property
    def read_kind(self) -> Kind:
        """The kind of what is read: a key that may be left out reads as None."""
        return join(self.kind, NONE) if self.default is OMITTED else self.kind


REQUIRED, OMITTED, FACTORY = object(), object(), object()

Fields = dict[str, RecordField]


def fields_of(kind: Kind | type) -> Fields:
    """The fields of a record kind or class by Python name; raises Refusal where its JSON cannot be known."""
    match kind:
        case RecordKind(cls, args):
            return _fields(cls, args)
        case ShapeKind():
            return {n: RecordField(n, n, k, None, REQUIRED, (n,)) for n, k in kind.fields}
        case type():
            return _fields(kind, ())
    return {}


@functools.cache
def _fields(cls: Any, args: tuple[Any, ...]) -> Fields:
    if is_pydantic(cls) or hasattr(cls, "__pydantic_fields__"):
        return _pydantic(cls)
    given = dict(zip(getattr(cls, "__parameters__", ()), args))
    hints = {n: substituted(a, given) for n, a in hints_of(cls).items()}
    if dataclasses.is_dataclass(cls):
        return {f.name: _of_dataclass(f, hints[f.name]) for f in dataclasses.fields(cls)}
    return {n: _of_key(cls, n, a) for n, a in hints.items()}


def _of_dataclass(f: dataclasses.Field[Any], annotation: Any) -> RecordField:
    default = f.default
    if default is dataclasses.MISSING:
        default = _from_factory(None if f.default_factory is dataclasses.MISSING else f.default_factory)
    kind = or_none(from_annotation(annotation), default)
    keywords = (f.name,) if f.init else ()
    return RecordField(f.name, f.name, kind, annotation, default, keywords, positional=f.init and not f.kw_only)


def or_none(kind: Kind, default: Any) -> Kind:
    """`title: str = None` may be None, whatever it says."""
    return join(kind, NONE) if default is None else kind


def _of_key(cls: Any, name: str, annotation: Any) -> RecordField:
    # Under `from __future__ import annotations` the class itself does not know what is NotRequired.
    said = getattr(get_origin(annotation), "__name__", "") or getattr(get_origin(annotation), "_name", "")
    required = said == "Required" or (said != "NotRequired" and name in cls.__required_keys__)
    default = REQUIRED if required else OMITTED
    return RecordField(name, name, from_annotation(annotation), annotation, default, (name,))


def _from_factory(factory: Any) -> Any:
    if factory is None:
        return REQUIRED
    return factory() if factory in (list, dict) else FACTORY


def _pydantic(cls: Any) -> Fields:
    own = cls.__pydantic_decorators__
    config = getattr(cls, "model_config", None) or getattr(cls, "__pydantic_config__", None) or {}
    if own.field_serializers or own.model_serializers or config.get("json_encoders"):
        what = f"{cls.__name__} has its own serializers: its JSON cannot be known"
        raise refuse(Page.MODEL_NOT_BUILT, what, "read it in a Task")
    texts = (_Texts(config),) if any(config.get(c) for c in TEXT_CONFIG) else ()
    out: Fields = {}
    for name, f in cls.__pydantic_fields__.items():
        kind = annotated(from_annotation(f.annotation), (*f.metadata, *texts))
        if config.get("use_enum_values"):
            kind = _enum_values(kind)
        annotation = Annotated[(f.annotation, *f.metadata)] if f.metadata else f.annotation
        default = REQUIRED if f.is_required() else _from_factory(f.default_factory) if f.default_factory else f.default
        json = f.serialization_alias or f.alias or name
        kind = or_none(kind, default)
        keywords, excluded = _keywords(name, f, config), bool(f.exclude)
        own = {c: config[c] for c in TEXT_CONFIG if config.get(c)} or None
        out[name] = RecordField(name, json, kind, annotation, default, keywords, excluded, f.init is not False, own)
    return out


TEXT_CONFIG = ("str_strip_whitespace", "str_to_lower", "str_to_upper", "str_min_length", "str_max_length")


class _Texts:
    """A model's config, as the metadata of its text fields."""

    said = "the model's config"

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.strip_whitespace = config.get("str_strip_whitespace")
        self.to_lower, self.to_upper = config.get("str_to_lower"), config.get("str_to_upper")
        self.min_length, self.max_length = config.get("str_min_length"), config.get("str_max_length")


def _keywords(name: str, f: Any, config: Any) -> tuple[str, ...]:
    """What pydantic accepts as a keyword for a field."""
    alias = f.validation_alias if f.validation_alias is not None else f.alias
    choices = [a for a in getattr(alias, "choices", [alias]) if isinstance(a, str)]
    if not choices:
        return (name,)
    by_name = config.get("populate_by_name") or config.get("validate_by_name")
    by_alias = config.get("validate_by_alias", True)
    return (*([name] if by_name or not by_alias else []), *(choices if by_alias else []))


def _enum_values(kind: Kind) -> Kind:
    """`use_enum_values`: a field holds the values, not the members."""
    values = [
        LiteralKind(tuple(x.value for x in m.members), True) if isinstance(m, EnumKind) else m for m in members(kind)
    ]
    return join(*values)


def computed_fields(cls: Any) -> dict[str, Any]:
    """pydantic's computed fields: (name in JSON, the getter) by name."""
    own = getattr(cls, "__pydantic_computed_fields__", None)
    if own is None:
        own = {n: d.info for n, d in cls.__pydantic_decorators__.computed_fields.items()} if is_pydantic(cls) else {}
    return {n: (f.alias or n, f.wrapped_property.fget) for n, f in own.items()}


def reachable(kind: Kind, seen: tuple[Any, ...] = ()) -> set[Any]:
    """Every record class that a value of the kind may hold."""
    out: set[Any] = set()
    for m in members(kind):
        if isinstance(m, RecordKind) and m.cls not in seen:
            out |= {m.cls}.union(*[reachable(f.kind, (*seen, m.cls)) for f in fields_of(m).values()])
        elif isinstance(m, (ListKind, SetKind)):
            out |= reachable(m.elem, seen)
        elif isinstance(m, DictKind):
            out |= reachable(m.value, seen)
        elif isinstance(m, TupleKind):
            out |= set().union(*[reachable(i, seen) for i in m.items])
    return out


def has_own_validators(cls: Any) -> bool:
    """Does building it run code of the user's?"""
    checks = getattr(cls, "__pydantic_decorators__", None)
    if checks and (checks.field_validators or checks.model_validators or checks.validators or checks.root_validators):
        return True
    own = [vars(c)[n] for c in cls.__mro__ for n in ("__post_init__", "model_post_init") if n in vars(c)]
    return any(not str(getattr(f, "__module__", "")).startswith("pydantic") for f in own)


def enum_names(kind: Kind) -> list[str]:
    """The values that a Literal or an enum was declared with, as text."""
    if isinstance(kind, EnumKind):
        return [str(m.value) for m in kind.cls]
    return [str(v) for v in kind.values] if isinstance(kind, LiteralKind) else []
